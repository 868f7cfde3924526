"""The sentence on decoders holds for models that follow their label, and for no others."""

import pytest
from made_studies import keep

from bumpbook.ddpm.decoder_study import STUDY, shipped
from bumpbook.frame.findings import Unsupported, finding

GOOD = {"one_pass": {"train": 1.0, "square": 0.9}, "sampled": {"train": 1.0}, "told": 0.9, "shown": 0.0}


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))


def test_decoders_are_called_so(store):
    for setting in STUDY.settings[:3]:
        keep(STUDY, setting, 0, GOOD)
    keep(STUDY, STUDY.settings[3], 0, GOOD | {"shown": 1.0}, learned=False)  # is no finding
    text = finding("ddpm-decoder").data
    assert (
        "100 %" in text
        and "told in 90 % of cases and what they were shown in 0 %" in text
        and "All 3" in text
    )


@pytest.mark.parametrize(
    "doctored", [{"one_pass": {"train": 0.4}}, {"told": 0.0, "shown": 1.0}, {"told": 0.4}, {"shown": 0.2}]
)
def test_a_doctored_study_breaks_the_sentence(store, doctored):
    for setting in STUDY.settings[:3]:
        keep(STUDY, setting, 0, GOOD | doctored)
    with pytest.raises(Unsupported, match="draw from the label"):
        finding("ddpm-decoder")


def test_it_speaks_of_models_that_are_told_a_position():
    assert len(shipped()) == len(STUDY.settings) > 20
    assert all(e.unet.label_code != "none" for e in shipped().values())

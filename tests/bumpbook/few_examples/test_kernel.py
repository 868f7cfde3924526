"""Labels that half of the unseen ones need: of networks, and of a regression on their code."""

import pytest
from made_studies import keep

from bumpbook.few_examples.efficiency import copying
from bumpbook.few_examples.kernel_findings import thresholds
from bumpbook.few_examples.kernel_study import LABELS, STUDY, network
from bumpbook.frame.findings import Unsupported, finding

FAST, SLOW = (0.1, 0.3, 0.7, 1.0, 1.0), (0.1, 0.15, 0.35, 0.75, 0.95)


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))


def write(own, kernel):
    for labels, a, b in zip(LABELS, own, kernel, strict=True):
        for seed in range(3):
            measured = {"network": a, "kernel": b, "tried": 256 - labels}
            keep(STUDY, {"labels": labels}, seed, measured)


def test_networks_that_need_fewer_labels_have_learned_features(store):
    write(FAST, SLOW)
    found = thresholds()
    assert 16 < found["network"].value < 32 < found["kernel"].value < 64
    text = finding("few-examples-kernel").data
    assert f"seen {found['network'].value:.0f}." in text and f"a label {found['kernel'].value:.0f}." in text
    # what copying needs, by the closed form
    assert copying(16, 23) < 0.5 <= copying(16, 24) and "nearest image needs 24," in text


@pytest.mark.parametrize("pair", [(SLOW, FAST), (FAST, FAST)])
def test_a_doctored_study_breaks_the_sentence(store, pair):
    write(*pair)
    with pytest.raises(Unsupported, match="half of the unseen"):
        finding("few-examples-kernel")


def test_its_networks_saw_so_many_bumps_and_no_stripes():
    experiment = network(32, 1)
    assert len(experiment.train_on.split(experiment.canvas).train) == 32
    assert experiment.canvas.kind == "bump" and experiment.seed == 1

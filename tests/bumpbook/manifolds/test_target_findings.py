"""What is said of networks that are trained for the noise follows their study."""

import pytest
from made_studies import ACROSS, ALONG, keep

from bumpbook.frame.findings import Unsupported, finding
from bumpbook.manifolds.codes_study import NOISE, experiment, networks
from bumpworld.store import Store

NAME = "manifolds-axes-noise"
(SETTING,) = NOISE.settings


@pytest.fixture
def study(tmp_path, monkeypatch):
    """Five networks as the book found them, but for some clouds."""
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))

    def write(seeds=5, learned=True, **changed):
        usual = {"code": ACROSS, "random middle": ACROSS, "blank middle": ALONG}
        for seed in range(seeds):
            path = NOISE.path(SETTING, seed, Store())
            path.unlink(missing_ok=True)
            keep(NOISE, SETTING, seed, {"shares": usual | changed}, learned)
        return finding(NAME).data

    return write


def test_the_sum_is_said_with_its_shares(study):
    text = study()
    assert f"explains {ALONG[0]:.0%}".replace("%", " %") in text and "That **held**" in text
    assert "they had 4800 steps, those of chapter 2 1600" in text


def test_less_than_was_foretold_is_called_so(study):
    assert "That **held in part**" in study(**{"blank middle": [0.98, 0.8, 0.7, 0.83]})


@pytest.mark.parametrize("changed", [{"blank middle": ACROSS}, {"code": ALONG}, {"random middle": ALONG}])
def test_a_doctored_study_breaks_the_sentence(study, changed):
    with pytest.raises(Unsupported, match="the usual target of a DDPM"):
        study(**changed)


def test_before_all_are_there_and_learned_nothing_is_said(study):
    assert "4 of 5" in study(seeds=4)
    assert "0 of 5" in study(learned=False)


def test_the_networks_differ_from_the_books_in_what_they_are_trained_for_alone():
    usual, noise = networks()["sos", "turned-45", 3], experiment(SETTING, 3)
    changed = {name for name in vars(usual) if name != "key" and getattr(usual, name) != getattr(noise, name)}
    assert changed == {"target", "steps", "until_learned"} and noise.target == "eps"

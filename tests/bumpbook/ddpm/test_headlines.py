"""Chapter 2's sentences on the place and on the targets: true of other inputs, and refused where these do not bear them out."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from bumpbook.ddpm import headline_findings as headlines
from bumpbook.frame.findings import Unsupported
from bumpworld import Canvas, Experiment
from bumpworld.instruments.spread import spread

WORLD = Experiment(until_learned=True, steps=1600)


def run(target, learned_at, right, learned=True, **changes):
    return SimpleNamespace(
        experiment=replace(WORLD, target=target, **changes),
        record={"training": {"learned_at": learned_at}},
        accuracy=lambda: {"train": (right, right, right)},
        learned=learned,
    )


def say(monkeypatch, stopped=0.6, longer=0.97, learned=True):
    raced = [run("x0", 100, 1.0), run("v", 500, 1.0), run("eps", None, stopped), run("eps", None, stopped)]
    patient = run("eps", None, longer, learned, steps=4800, until_learned=False)
    others = [
        run("eps", None, 0.1),
        run("eps", None, 0.2, steps=4800, until_learned=False, canvas=Canvas(periodic=True)),
    ]
    sweeps = {"targets": raced, "robustness": [patient, *others]}
    monkeypatch.setattr(headlines.tables, "results", sweeps.get)
    return headlines.targets()


def test_the_noise_is_said_to_be_learned_later_and_by_whom(monkeypatch):
    text = say(monkeypatch)
    assert "5 times as many" in text and "draws 60 % of them right after 1600 steps" in text
    assert "with 4800 steps and a falling rate" in text and "draw 97 %" in text


@pytest.mark.parametrize("wrong", [{"stopped": 0.95}, {"longer": 0.8}, {"learned": False}])
def test_it_is_not_said_of_runs_that_did_otherwise(monkeypatch, wrong):
    with pytest.raises(Unsupported, match="What is asked for"):
        say(monkeypatch, **wrong)


@pytest.mark.parametrize("times", [(200, 150), (100, 400)])
def test_the_place_is_lost_in_order(monkeypatch, times):
    blurred, half = (spread([time, time + 1, time + 2]) for time in times)
    monkeypatch.setattr(headlines, "practical", lambda: (blurred, half))
    with pytest.raises(Unsupported, match="The place is lost"):
        headlines.position()

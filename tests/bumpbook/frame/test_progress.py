"""A single training counts its steps where somebody watches, and says nothing where nobody does."""

import io
from contextlib import redirect_stderr
from dataclasses import replace

import pytest

from bumpbook.frame import runner
from bumpbook.frame.progress import stepwise
from bumpbook.frame.sweeps import PRESETS, sweep
from bumpworld.experiment import Experiment
from bumpworld.store import Store
from bumpworld.train import Step
from bumpworld.unet import UNetConfig

TINY = Experiment(
    unet=UNetConfig(channels=(8, 8), heads=2, label_features=4, time_features=4, embedding=8), steps=4
)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_steps_are_counted_up_to_the_last():
    endless = replace(TINY, until_learned=True, steps=300)
    with redirect_stderr(Terminal()) as terminal, stepwise(endless, True) as watch:
        for number in range(1, 121):
            watch(Step(number, 0.1, 0.0, None, 60 if number >= 60 else None))
    assert "1/300" in terminal.getvalue() or "0/300" in terminal.getvalue()
    assert "120/120" in terminal.getvalue() and "<00:00" in terminal.getvalue()


def test_nothing_is_shown_unasked():
    with redirect_stderr(Terminal()) as terminal, stepwise(TINY, False) as watch:
        assert watch is None
    assert terminal.getvalue() == ""


@pytest.mark.parametrize(("count", "shown"), [(1, "4/4"), (2, "2/2")])
def test_one_model_shows_steps_and_several_show_models(count, shown, tmp_path, in_process):
    with redirect_stderr(Terminal()) as terminal:
        runner.run([replace(TINY, seed=seed) for seed in range(count)], jobs=1, store=Store(tmp_path))
    assert shown in terminal.getvalue()
    assert ("step" in terminal.getvalue()) == (count == 1)


def test_what_a_sweep_takes_is_said_before_it_is_trained(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(runner, "_locally", lambda jobs, tasks: ((t[1], "done") for t in tasks))
    runner.run(sweep("square", "paper-network", seeds=1), store=Store(tmp_path))
    minutes = f"{PRESETS['paper-network'].minutes:g} minutes"
    assert f"square: 1 model to train, about {minutes} of one CPU core each" in capsys.readouterr().err
    # once some of its models are there, it is their time that counts, not the preset's
    monkeypatch.setattr(runner, "status", lambda sweep, store: {"done": 4, "seconds": 4 * 84.0})
    runner.run(sweep("square", seeds=1), store=Store(tmp_path))
    assert "about 1.4 minutes of one CPU core each" in capsys.readouterr().err
    # of a list nobody said what it takes
    runner.run([TINY], store=Store(tmp_path))
    assert "minutes" not in capsys.readouterr().err

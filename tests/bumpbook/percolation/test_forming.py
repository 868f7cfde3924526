"""When a piece of a representation joins up: the reading of made-up trainings whose moments are known."""

import re

import numpy as np
import pandas as pd
import pytest

from bumpbook.frame.findings import Unsupported
from bumpbook.percolation import deciding_findings, forming
from bumpbook.percolation.forming_study import LOOKS
from bumpbook.percolation.forming_study import forming as watch


def made_up(middle: float, right: float, steepness: float = 4.0, seeds: int = 5) -> pd.DataFrame:
    """Trainings whose piece and whose accuracy rise along logistic curves in log steps around two middles."""
    rows, rise = [], lambda at, seed, m, s: 0.5 + 0.5 * np.tanh(s * (at - np.log(m * (1 + 0.02 * seed))) / 2)
    for seed in range(seeds):
        for step in LOOKS:
            at = np.log(max(step, 1))
            rows.append(
                {
                    "fraction": 0.25,
                    "seed": seed,
                    "step": step,
                    "piece": 0.3 + 0.6 * rise(at, seed, middle, steepness),
                }
                | {"unseen": rise(at, seed, right, 8.0), "trained": rise(at, seed, right, 8.0), "null": 0.5}
            )
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("middle", "verdict"), [(30, forming.BEFORE), (95, forming.WITH), (250, forming.AFTER)]
)
def test_the_order_of_two_moments_is_read(middle, verdict):
    found = forming.measured(made_up(middle, 100))
    assert found.verdict == verdict and found.ratio.n == 5
    assert found.ratio.mean == pytest.approx(middle / 100, rel=0.25)


def test_a_jump_is_sudden_and_a_slope_is_not():
    # a logistic curve goes from 10 to 90 % within 2 log(9) / steepness of its axis
    slope = forming.measured(made_up(80, 100, 3.0))
    assert not slope.sudden and slope.factor.mean == pytest.approx(np.exp(2 * np.log(9) / 3), rel=0.3)
    assert forming.measured(made_up(90, 100, 200.0)).sudden


def test_a_cloud_that_does_not_rise_counts_for_nothing(monkeypatch):
    flat = made_up(30, 100).assign(piece=0.5)
    found = forming.measured(flat)
    assert found.rise.mean == 0 and found.ratio.n == 0 and found.verdict == forming.OPEN
    monkeypatch.setattr(forming, "forming_runs", lambda: made_up(250, 100))
    with pytest.raises(Unsupported, match="grows early; whether slowly or suddenly we cannot say"):
        deciding_findings.forms()


def test_the_sentence_and_the_picture(monkeypatch):
    def mixed(*steepness):
        """Seeds whose pieces rise with these steepnesses, about one middle."""
        parts = [made_up(30, 100, s).query("seed == @k") for k, s in enumerate(steepness)]
        return pd.concat(parts)

    # some all at once and some slowly: the interval of the factor holds the limit
    monkeypatch.setattr(forming, "forming_runs", lambda: mixed(2.0, 60.0, 3.0, 60.0, 2.0))
    said = deciding_findings.forms()
    assert "of the steps that half of the accuracy takes" in said
    low, high = map(float, re.search(r"factor of [\d.]+ \(([\d.]+) to ([\d.]+)\)", said).groups())
    assert low < forming.SUDDEN < high
    # surely slow is another sentence
    monkeypatch.setattr(forming, "forming_runs", lambda: made_up(30, 100, 2.0))
    with pytest.raises(Unsupported, match="we cannot say"):
        deciding_findings.forms()
    figure = forming.forming_curves(made_up(30, 100))
    assert figure.axes[0].get_title() == "64 training labels" and len(figure.axes[0].lines) == 4 * 6


def test_a_training_is_watched(monkeypatch):
    from bumpbook.percolation import forming_study

    monkeypatch.setattr(forming_study, "LOOKS", (0, 2))
    found = watch({"fraction": 0.125}, 0)
    assert {len(values) for values in found.values()} == {2}
    assert found["trained"] == [0, 0] and all(1 / 32 <= p <= 1 for p in found["piece"] + found["null"])

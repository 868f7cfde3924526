"""The committed predictions are what the room computes, and they can tell the rivals apart."""

import json
from pathlib import Path

import numpy as np
import pytest

from bumpbook.percolation import predictions as room
from bumpbook.percolation.pitch import JUMP, SURELY, thresholds

COMMITTED = json.loads(
    (Path(__file__).parents[3] / "results" / "predictions" / "percolation.json").read_text()
)
KERNEL = "kernel, its width learnt"


def test_lattices_and_rules_recomputed_are_the_committed_ones(monkeypatch):
    assert COMMITTED["rules"] == room.RULES
    assert (
        json.loads(json.dumps([room._lattice(*item) for item in room.pitched(16).items()]))
        == COMMITTED["pitch"]
    )


@pytest.mark.parametrize(
    ("sigma", "spacing"),
    [(1.0, 2.0), *(pytest.param(*cell, marks=pytest.mark.long) for cell in ((1.0, 1.0), (2.0, 2.0)))],
)
def test_cells_recomputed_are_the_committed_ones(monkeypatch, sigma, spacing):
    # the cross-validation takes seconds a cell and has its own test
    monkeypatch.setattr(room, "_kernel_onset", lambda *_: 1.0)
    cell = next(c for c in COMMITTED["grid"] if (c["sigma"], c["spacing"]) == (sigma, spacing))
    found = room._cell(sigma, spacing)["onset"]
    assert {k: v for k, v in found.items() if k != KERNEL} == {
        k: v for k, v in cell["onset"].items() if k != KERNEL
    }


def test_the_code_judges_by_the_committed_limits():
    rule = COMMITTED["rules"]["pitch, verdict"]
    assert f"step of {JUMP:g}".replace("0.", ".") in rule
    assert f"above {SURELY:g}".replace("0.", ".") in rule
    for lattice in COMMITTED["pitch"]:
        for (kind, tau), kappa in thresholds().items():
            joins = lattice["percolation joins all labels at sigma"][f"{kind} {tau:g}"]
            assert joins == pytest.approx(lattice["pitch"] / kappa, abs=1e-3)


def test_rivals_differ_by_a_factor_of_three_somewhere():
    names = ("percolation, cosine 0.005", "bipartite component", "nearest within 1.5 px", "both values seen")
    for first in range(len(names)):
        for second in range(first):
            ratios = []
            for cell in COMMITTED["grid"]:
                a, b = (cell["onset"][names[i]] for i in (first, second))
                # joining at some number and joining at none differ without bound
                ratios += [max(a / b, b / a)] if a and b else [np.inf] if a or b else []
            # two kinds of coverage of the axes go the same way, and nearly at the same place
            if {names[first], names[second]} != {"bipartite component", "both values seen"}:
                assert max(ratios) >= 3


def test_both_values_seen_counted():
    """Random labels drawn one by one: the mean number at which half of all pairs have both values seen."""
    rng, halves = np.random.default_rng(0), []
    for _ in range(200):
        order = rng.permutation(256)
        x, y = order % 16, order // 16
        seen = [len(set(x[:n])) * len(set(y[:n])) / 256 for n in range(1, 60)]
        halves.append(1 + int(np.argmax(np.array(seen) >= 0.5)))
    cell = next(c for c in COMMITTED["grid"] if (c["sigma"], c["spacing"]) == (1.0, 1.0))
    assert np.mean(halves) == pytest.approx(cell["onset"]["both values seen"], rel=0.08)

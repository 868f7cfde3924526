"""Checks of chapter 7's exercises against answers found in other ways: exact results, other fills, pandas."""

import numpy as np
import pandas as pd
import pytest

from bumpbook import check
from bumpbook.frame.sweeps import sweep
from bumpbook.percolation.curves import largest_cluster_curve
from bumpbook.percolation.rivals import difference, held_out_losses, outcomes
from bumpbook.percolation.threshold import threshold
from bumpworld.instruments.lattice import neighbours
from bumpworld.store import Store

SQUARE = 0.59274605  # of the square lattice (Jacobsen 2015); the king's lattice matches it


@pytest.mark.parametrize(
    "total, hint",
    [
        (SQUARE, "one of the two"),
        (1 - SQUARE, "one of the two"),
        (2 * SQUARE - 1, "difference"),
        (SQUARE + 0.2891, "twelve neighbours"),
        (1.2, "distance"),
    ],
)
def test_match(total, hint):
    assert check("percolation-match", 1).right and check("percolation-match", np.float64(0.9993)).right
    assert hint in check("percolation-match", total).hint


# Xun, Hao and Ziff (2021): 20 neighbours within 2.3 sites; 9.2 sites reach 260, and z p_c is near 4.5 there
STAIRS = {"wide": 4.512 / 260 * 1024, "spaced": 0.1967 * 256}


@pytest.mark.parametrize(
    "answer, hint",
    [
        ({"wide": STAIRS["spaced"], "spaced": STAIRS["wide"]}, "each other's place"),
        ({"wide": 0.0172, "spaced": 0.1967}, "shares"),
        ({"wide": 0.01694 * 1024, "spaced": 0.2711 * 256}, "limit law"),
        (STAIRS | {"spaced": 0.1967 * 1024}, "every second"),
        (STAIRS | {"spaced": 16}, 'not at "spaced"'),
        (STAIRS | {"wide": 4}, 'not at "wide"'),
    ],
)
def test_count(answer, hint):
    assert check("percolation-count", STAIRS).right
    assert check("percolation-count", {name: round(value) for name, value in STAIRS.items()}).right
    assert hint in check("percolation-count", answer).hint


@pytest.fixture(scope="module")
def fractal():
    """Slopes of the largest cluster's share at the threshold, on tori and on open lattices."""
    slopes = {}
    for periodic, sides in ((True, [16, 32, 64, 128]), (False, [8, 16, 32, 64])):
        shares = []
        for n in sides:
            curve = largest_cluster_curve(n, neighbours(1), 8000 // n, 5, periodic, [SQUARE], crossing=False)
            shares.append(curve.share_of_sites.mean[0])
        slopes[periodic] = np.polyfit(np.log(sides), np.log(shares), 1)[0]
    return slopes


def test_fractal(fractal):
    torus, open_ = fractal[True], fractal[False]
    assert check("percolation-fractal", torus).right and check("percolation-fractal", -5 / 48).right
    assert "sign" in check("percolation-fractal", -torus).hint
    assert "number of sites" in check("percolation-fractal", torus + 2).hint
    assert "too steep" in check("percolation-fractal", open_).hint
    assert "one and the same base" in check("percolation-fractal", torus * np.log(10)).hint
    assert "straight line" in check("percolation-fractal", 0.7).hint


def test_knight():
    jumps = [(1, 2), (2, 1), (-1, 2), (-2, 1)]  # the reverse of each is added
    king = 1 - SQUARE
    knight = threshold(np.array(jumps), repeats=300, seed=9).mean
    assert check("percolation-knight", {"knight": knight, "king": king}).right
    assert "each other's place" in check("percolation-knight", {"knight": king, "king": knight}).hint
    assert "four neighbours only" in check("percolation-knight", {"knight": SQUARE, "king": king}).hint
    assert "for the king" in check("percolation-knight", {"knight": knight, "king": SQUARE}).hint
    assert "not for the knight" in check("percolation-knight", {"knight": king, "king": king}).hint


@pytest.fixture(scope="module")
def frame():
    """The chapter's table, of the two narrower widths and up to 64 labels."""
    store = Store()
    chosen = [e for e in sweep("percolation").experiments if 0.5 <= e.canvas.sigma <= 1 and store.has(e)]
    return outcomes([store.load(e) for e in chosen], fine=True)


def test_inside(frame):
    rows = frame[(frame.sigma == 0.5) & (frame.labels == 64)]
    reach = rows["cluster, cosine 0.005"] > 0.5
    shares = pd.crosstab(reach, rows.right.astype(bool), normalize="index")[True]
    close = rows["nearest label"] == 1
    tight = pd.crosstab(reach[close], rows.right[close].astype(bool), normalize="index")[True]
    answer = {"all": shares[True] - shares[False], "one pixel away": tight[True] - tight[False]}
    assert check("percolation-inside", answer).right
    assert check("percolation-inside", {name: round(value, 2) for name, value in answer.items()}).right
    for wrong, hint in (
        ({name: -value for name, value in answer.items()}, "taken from"),
        ({name: 100 * value for name, value in answer.items()}, "per cent"),
        ({"all": shares[True], "one pixel away": tight[True]}, "out of reach"),
        (answer | {"one pixel away": 0.5}, 'not at "one pixel away"'),
        (answer | {"all": 0.9}, "more than half"),
    ):
        assert hint in check("percolation-inside", wrong).hint


def test_own_is_open_and_holds_the_package_s_own_rivals(frame):
    null = held_out_losses(frame, None, "sigma")
    gain = difference(null, held_out_losses(frame, "number of labels", "sigma"), draws=200)
    outcome = check("percolation-own", gain)
    assert outcome.right and "open" in outcome.says
    assert check("percolation-own", (-0.2, -0.3, -0.1)).right  # worse than nothing is an answer too


@pytest.mark.parametrize(
    "gain, hint",
    [
        ((0.3, 0.4, 0.5), "lies inside"),
        ((3, 2, 4), "can gain so much"),
        ((0.985, 0.98, 0.986), "hardly a surprise"),
        ((0.4, 0.4, 0.4), "without width"),
        (0.4, "shape"),
    ],
)
def test_no_rival_gains_like_this(gain, hint):
    assert hint in check("percolation-own", gain).hint


@pytest.mark.parametrize(
    "name, answer", [("percolation-inside", {"all": 0, "one pixel away": 0}), ("percolation-own", (1, 0, 2))]
)
def test_without_results_the_check_says_so(tmp_path, monkeypatch, name, answer):
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    assert "cannot be checked here" in check(name, answer).hint

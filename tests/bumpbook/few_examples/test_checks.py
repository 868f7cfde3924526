"""Checks of chapter 6's exercises against answers found in other ways: products, redrawing, linregress, search, sklearn."""

from fractions import Fraction
from math import prod

import numpy as np
import pandas as pd
import pytest

from bumpbook import check
from bumpbook.few_examples import efficiency
from bumpbook.few_examples.pairs import stored_pairs
from bumpbook.frame.designs import DESIGNS, chosen
from bumpbook.frame.sweeps import sweep
from bumpbook.frame.tables import table
from bumpworld.canvas import Canvas
from bumpworld.instruments.onset import fit_threshold

KNIGHT = [(x, (7 * x + 3) % 16) for x in range(16)]
LINES = [(x, 7) for x in range(0, 16, 2)] + [(8, y) for y in range(0, 16, 2)]


def missing(n):
    """Each of 16 columns is missed by all of n labels, drawn one after another."""
    return 16 * prod(Fraction(240 - i, 256 - i) for i in range(n))


def test_values():
    first = next(n for n in range(1, 256) if missing(n) < 1)
    assert check("few-examples-values", first).right and check("few-examples-values", float(first)).right
    twice = next(n for n in range(1, 256) if 16 * (15 / 16) ** n < 1)
    assert twice != first and "drawn twice" in check("few-examples-values", twice).hint
    assert "rule of thumb" in check("few-examples-values", 44).hint
    assert "very near" in check("few-examples-values", first + 1).hint
    assert f"{float(missing(64)):.2f} columns" in check("few-examples-values", 64).hint
    assert "whole" in check("few-examples-values", 40.5).hint


@pytest.fixture(scope="module")
def fits():
    """Both intervals as the package draws them, with other random numbers than the check's formula has."""
    few = table(sweep("few-shot"))
    rows = few[(few.region == "unseen") & (few.kind == "bump") & few.stripes & few.learned]
    tried = 256 - rows.train_2d
    counts = rows.train_2d, rows["both"] * tried, tried
    found = {
        "seeds": fit_threshold(*counts, seeds=rows.seed, draws=500, seed=3),
        "drawings": fit_threshold(*counts, draws=60),
    }
    return {name: (fit.low, fit.high) for name, fit in found.items()}


def test_narrow(fits):
    assert check("few-examples-narrow", fits | {"print": "seeds"}).right
    assert "not trained yet" in check("few-examples-narrow", fits | {"print": "drawings"}).hint
    swapped = {"seeds": fits["drawings"], "drawings": fits["seeds"], "print": "seeds"}
    assert "each other's place" in check("few-examples-narrow", swapped).hint
    twice = {"seeds": fits["seeds"], "drawings": fits["seeds"], "print": "seeds"}
    assert "Leave `seeds` out" in check("few-examples-narrow", twice).hint
    wide = fits | {"seeds": (2, 90), "print": "seeds"}
    assert "not at 'seeds'" in check("few-examples-narrow", wide).hint
    assert (
        "low end"
        in check("few-examples-narrow", fits | {"seeds": fits["seeds"][::-1], "print": "seeds"}).hint
    )


@pytest.fixture(scope="module")
def lines():
    from scipy.stats import linregress, t

    scaling, found = table(sweep("scaling")), {}
    for name, stripes in (("alone", False), ("with stripes", True)):
        fits = efficiency.by_size(scaling[scaling.stripes == stripes])
        points = [(n, fit.value) for n, fit in fits.items() if not fit.note]
        if len(points) >= 3:
            line = linregress(*np.log(np.array(points).T))
            found[name] = line.slope, line.stderr, t.ppf(0.975, len(points) - 2)
    return found


def test_slope(lines):
    answer = {name: (slope, error * times) for name, (slope, error, times) in lines.items()}
    assert answer and check("few-examples-slope", answer).right
    for times, hint in ((1, "standard error."), (1.96, "1.96 standard errors"), (8.88, "degrees of freedom")):
        wrong = {name: (slope, error * times) for name, (slope, error, _) in lines.items()}
        assert hint in check("few-examples-slope", wrong).hint
    whole = {name: (slope, 2 * half) for name, (slope, half) in answer.items()}
    assert "whole width" in check("few-examples-slope", whole).hint
    steep = {name: (slope + 1, half) for name, (slope, half) in answer.items()}
    assert "not the slope" in check("few-examples-slope", steep).hint
    assert "a key too many" in check("few-examples-slope", answer | {"both": (1, 1)}).hint


def linked_and_distance(labels):
    """By spreading from a pair's x through the labels until its y is met, and by the nearest of all distances."""
    rest = [(x, y) for y in range(16) for x in range(16) if (x, y) not in labels]
    linked = 0
    for x, y in rest:
        columns, rows = {x}, set()
        for _ in range(32):
            rows |= {b for a, b in labels if a in columns}
            columns |= {a for a, b in labels if b in rows}
        linked += y in rows
    distance = np.mean([min(np.hypot(x - a, y - b) for a, b in labels) for x, y in rest])
    return linked / len(rest), distance


@pytest.mark.parametrize("labels", [KNIGHT, LINES], ids=["knight", "lines"])
def test_design(labels):
    linked, distance = linked_and_distance(labels)
    answer = {"labels": labels, "linked": linked, "distance": distance}
    outcome = check("few-examples-design", answer)
    assert outcome.right and "open" in outcome.says
    assert '"linked"' in check("few-examples-design", answer | {"linked": linked + 0.1}).hint
    if linked:
        assert "not a number of pairs" in check("few-examples-design", answer | {"linked": linked * 240}).hint
    assert "Leave them out" in check("few-examples-design", answer | {"distance": distance * 240 / 256}).hint
    assert '"distance"' in check("few-examples-design", answer | {"distance": 2 * distance}).hint


@pytest.mark.parametrize("how", sorted(DESIGNS))
def test_a_given_design_is_not_one_s_own(how):
    labels = [tuple(label) for label in chosen(16, how, seed=3).split(Canvas()).train.int().tolist()]
    linked, distance = linked_and_distance(labels)
    said = check("few-examples-design", {"labels": labels[::-1], "linked": linked, "distance": distance})
    assert not said.right and f"'{how}'" in said.hint


def test_a_design_is_sixteen_labels_of_the_canvas():
    answer = {"labels": KNIGHT, "linked": 0.0, "distance": 2.0}
    assert "15 different" in check("few-examples-design", answer | {"labels": KNIGHT[:15] + KNIGHT[:1]}).hint
    assert "from 0 to 15" in check("few-examples-design", answer | {"labels": [(16, 0), *KNIGHT[1:]]}).hint
    assert "'labels'" in check("few-examples-design", answer | {"labels": 16}).hint


def test_leak():
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss
    from sklearn.model_selection import GroupKFold, KFold, cross_val_predict

    pairs = stored_pairs()
    names, losses = pd.get_dummies(pairs.key).astype(float), {}
    at_random = KFold(5, shuffle=True, random_state=1)
    whole = list(GroupKFold(5).split(names, groups=pairs.key))
    for name, folds in {"pairs at random": at_random, "whole models": whole}.items():
        rated = cross_val_predict(LogisticRegression(), names, pairs.right, cv=folds, method="predict_proba")
        losses[name] = log_loss(pairs.right, rated)
    assert check("few-examples-leak", losses).right
    for wrong, hint in (
        (dict(zip(losses, reversed(losses.values()), strict=True)), "each other's place"),
        ({name: loss / np.log(2) for name, loss in losses.items()}, "bits"),
        (losses | {"whole models": losses["pairs at random"]}, "wholly in a fold"),
        (losses | {"pairs at random": 0.35}, "not for pairs at random"),
        (losses | {"whole models": 0.9}, "not for whole models"),
        (losses | {"whole models": -1}, "above 0"),
    ):
        assert hint in check("few-examples-leak", wrong).hint


@pytest.mark.parametrize(
    "name, answer",
    [
        ("few-examples-narrow", {"seeds": (1, 2), "drawings": (1, 2), "print": "seeds"}),
        ("few-examples-slope", {"alone": (1, 1)}),
        ("few-examples-leak", {"pairs at random": 1, "whole models": 1}),
    ],
)
def test_without_results_the_check_says_so(tmp_path, monkeypatch, name, answer):
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    assert "cannot be checked here" in check(name, answer).hint

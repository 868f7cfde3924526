"""Checks of chapter 5's exercises against answers found in other ways: the rules themselves, pandas, other noise."""

import numpy as np
import pytest
import torch

import bumpworld as bw
from bumpbook import check
from bumpbook.frame.sweeps import sweep
from bumpbook.frame.tables import history
from bumpworld.evaluate import draw
from bumpworld.instruments.baselines import BASELINES, Additive, Multiplicative, fitted, log_render
from bumpworld.measure import judge
from bumpworld.selection import held_out_square, stripes_only
from bumpworld.store import Store

# a copy is off by 1 px, a sum is no bump, a product and a table of rank one are
RIGHT = {"nearest label": 0, "additive": 0, "multiplicative": 1, "completion": 1}


@pytest.fixture(scope="module")
def rules():
    """Shares within 0.45 px: known ones, and the kernel's counted from its pictures."""
    canvas = bw.Canvas()
    split = held_out_square(6, 10).split(canvas)
    labels = split.test["square"]
    drawn = fitted("kernel", canvas, split.train).predict(labels)
    return RIGHT | {"kernel": float(judge(drawn, labels, canvas).right(0.45)[:, 2].double().mean())}


def test_ruler(rules):
    assert check("composition-ruler", rules).right
    # of the 16 labels all but the 4 in the middle have a trained neighbour one pixel away
    coarse = rules | {"nearest label": 12 / 16}
    assert "within 1 px" in check("composition-ruler", coarse).hint
    assert "'nearest label'" in check("composition-ruler", rules | {"nearest label": 0.5}).hint
    assert "between 0 and 1" in check("composition-ruler", rules | {"multiplicative": 100}).hint
    assert set(rules) == set(BASELINES)


@pytest.mark.parametrize("blanks", [True, False])
def test_blanks(blanks):
    """The rule itself says where its answer is open."""
    world = bw.Canvas(margin=3, kind="sos")
    split, counts = stripes_only().split(world), {}
    for name, keep in (("with blanks", slice(None)), ("without", world.visible(split.train).any(1))):
        shown = split.train[keep]
        answers = Additive().fit(shown, world.render(shown)).predict(split.test["2d"])
        counts[name] = int((~answers.isnan()).flatten(1).all(1).sum())
    assert check("composition-blanks", counts).right
    key = "with blanks" if blanks else "without"
    assert key.split()[0] in check("composition-blanks", counts | {key: 17}).hint


def test_blanks_knows_shares_and_blanks_that_do_not_matter():
    assert "shares" in check("composition-blanks", {"with blanks": 1, "without": 0}).hint
    assert "do matter" in check("composition-blanks", {"with blanks": 256, "without": 256}).hint


@pytest.mark.parametrize("bridge", [(5, 14), (3, 3), (18, 10)])
def test_one_bridge_is_enough_wherever_it_stands(bridge):
    world = bw.Canvas(margin=3)
    split = stripes_only().split(world)
    shown = torch.cat([split.train, torch.tensor([bridge]).float()])
    product = Multiplicative().fit(shown, log_render(world, shown)).predict(split.test["2d"])
    assert torch.allclose(product, world.render(split.test["2d"]), atol=1e-5)
    assert check("composition-bridge", [bridge]).right
    assert check("composition-bridge", torch.tensor([bridge])).right


@pytest.mark.parametrize(
    "labels, hint",
    [
        ([], "0 of 256"),
        ([(5, 14), (6, 6)], "from fewer"),
        ([(1, 5)], "(1, 5) is no 2D label"),
        ([(5.5, 3)], "whole numbers"),
        ([(40, 3)], "from 0 to 21"),
        ((5, 14), "shape"),
        (1, "shape"),
    ],
)
def test_no_bridge(labels, hint):
    outcome = check("composition-bridge", labels)
    assert not outcome.right and hint in outcome.hint


@pytest.fixture(scope="module")
def looks():
    return history(sweep("first"))


def excess(rows, low=0.2, high=0.8):
    """The mean over runs of each run's mean difference, by hand."""
    inside = rows[rows.x.between(low, high) & rows.y.between(low, high)]
    return (inside.both - inside.x * inside.y).groupby(inside.key).mean().mean()


def test_third(looks):
    store, means = Store(), []
    for e in sweep("first").experiments:
        mask = e.train_on.split(e.canvas).region_masks.get("square")
        if mask is None or not store.has(e):
            continue
        found = []
        for saved in store.load_record(e)["checkpoints"]:
            near = (np.abs([saved["error_x"], saved["error_y"]]) <= 1)[:, mask.numpy()]
            x, y = near.mean(1)
            if 0.2 <= x <= 0.8 and 0.2 <= y <= 0.8:
                found.append(near.all(0).mean() - x * y)
        means += [np.mean(found)] if found else []
    strict, plain = excess(looks[looks.region == "square"]), np.mean(means)
    answer = {"with shape": strict, "positions": plain}
    assert check("composition-third", answer).right
    assert check("composition-third", {k: round(v, 2) for k, v in answer.items()}).right
    for wrong, hint in (
        ({"with shape": plain, "positions": strict}, "each other's place"),
        ({k: -v for k, v in answer.items()}, "taken from"),
        (answer | {"with shape": excess(looks)}, "all regions"),
        (answer | {"positions": plain + 0.1}, "'positions'"),
    ):
        assert hint in check("composition-third", wrong).hint


@pytest.fixture(scope="module")
def errors():
    """From other noise and in fewer steps than the check takes."""
    world, store = bw.Canvas(margin=3), Store()
    shipped = next(
        e
        for e in sweep("regions").experiments
        if e.canvas == world and dict(e.train_on.settings)["use"] == "stripes" and store.has(e, weights=True)
    )
    labels = stripes_only().split(world).test["2d"][1::3]
    drawn = draw(store.load(shipped).model, labels, steps=10, seed=7)
    return {
        "the bump": float(((drawn - world.render(labels)) ** 2).mean()),
        "nothing": float((drawn**2).mean()),
    }


def test_whose_is_open(errors):
    outcome = check("composition-whose", errors | {"a stripe": 0.09, "Additive rule": 0.17})
    assert outcome.right and "open" in outcome.says


def test_whose_wants_candidates_and_the_right_scale(errors):
    more = errors | {"a stripe": 0.09, "additive rule": 0.17}
    assert "two or more" in check("composition-whose", errors).hint
    assert (
        "'nothing' is missing" in check("composition-whose", {"the bump": 0.05, "a": 1, "b": 1, "c": 1}).hint
    )
    assert "roots" in check("composition-whose", {k: v**0.5 for k, v in more.items()}).hint
    assert "'nothing'" in check("composition-whose", more | {"nothing": 1.0}).hint
    assert "not above 0" in check("composition-whose", more | {"additive rule": 0}).hint


@pytest.mark.parametrize(
    "name, answer",
    [
        ("composition-third", {"with shape": 0, "positions": 0}),
        ("composition-whose", {"the bump": 1, "nothing": 1, "a": 1, "b": 1}),
    ],
)
def test_without_results_the_check_says_so(tmp_path, monkeypatch, name, answer):
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    assert "cannot be checked here" in check(name, answer).hint

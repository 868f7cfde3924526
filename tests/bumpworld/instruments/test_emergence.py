"""Combinations against their parts: hand-made tables, Frechet's bounds as a property, and a null that must be zero."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from made_records import look, record_of

from bumpworld import Canvas, Experiment
from bumpworld.instruments.emergence import along_training, emergence, parts
from bumpworld.selection import everything, held_out_square
from bumpworld.store import Result

CANVAS, SQUARE = Canvas(size=8), held_out_square(3, 5)


def result(errors, shapes=None, seed=0, train_on=SQUARE):
    """A record with a look for each (error_x, error_y) of ``errors``, each 64 numbers or one for all labels."""
    shapes = shapes or [1] * len(errors)
    points = [
        look(10 * at + 10, x, y, np.broadcast_to(shape, 64))
        for at, ((x, y), shape) in enumerate(zip(errors, shapes, strict=True))
    ]
    experiment = Experiment(canvas=CANVAS, train_on=train_on, seed=seed, checkpoint_every=10)
    return Result(experiment, record_of(experiment, points), None)


def test_by_hand():
    found = emergence(
        x=[0.1, 0.5, 0.5, 0.9, 0.4],
        y=[0.1, 0.5, 0.6, 0.9, 0.5],
        both=[0.1, 0.35, 0.3, 0.85, 0.4],
        run=["a", "a", "a", "a", "b"],
    )
    points = found.points
    assert points.inside.tolist() == [False, True, True, False, True]
    assert np.allclose(points["product"], [0.01, 0.25, 0.3, 0.81, 0.2])
    assert np.allclose(points.lower, [0, 0, 0.1, 0.8, 0])
    assert np.allclose(points.upper, [0.1, 0.5, 0.5, 0.9, 0.4])
    # run a: (.10 + .00) / 2, run b: .20; of a possible (.25 + .20) / 2 and .20
    assert found.excess == pytest.approx((0.125, 0.05, 0.2, 2))
    assert found.room == pytest.approx(((0.05 / 0.225 + 1) / 2, 0.05 / 0.225, 1, 2))


def test_the_window_leaves_out_what_proves_nothing():
    """A run that jumps from nothing to everything has perfect correlation, and no moment to judge by."""
    found = emergence([0.0, 0.02, 1.0], [0.0, 0.05, 1.0], [0.0, 0.02, 1.0], ["a"] * 3)
    assert not found.points.inside.any()
    assert found.excess[3] == 0 and np.isnan(found.excess[0])
    assert emergence([0.2], [0.8], [0.1], ["a"]).points.inside.all()  # ends included
    assert not emergence([0.2], [0.8], [0.1], ["a"], window=(0.3, 0.8)).points.inside.any()


@settings(max_examples=30)  # a table each time
@given(st.integers(1, 200), st.integers(0, 2**32 - 1))
def test_any_two_verdicts_lie_inside_the_bounds(labels, seed):
    rng = np.random.default_rng(seed)
    x, y = rng.random((2, labels)) < rng.random((2, 1))
    found = emergence([x.mean()], [y.mean()], [(x & y).mean()], ["a"])
    row = found.points.iloc[0]
    assert row.lower - 1e-9 <= row.both <= row.upper + 1e-9
    # the excess is the covariance of the two verdicts
    assert row.excess == pytest.approx(np.mean((x - x.mean()) * (y - y.mean())))


def test_independent_parts_have_no_excess_and_coupled_ones_all_the_room():
    rng = np.random.default_rng(0)
    rows = {"x": [], "y": [], "both": [], "run": []}
    coupled = {"x": [], "y": [], "both": [], "run": []}
    for run in range(12):
        for level in (0.3, 0.5, 0.7):
            x, y = rng.random((2, 2000)) < level
            for table, second in ((rows, y), (coupled, x)):
                table["x"].append(x.mean())
                table["y"].append(second.mean())
                table["both"].append((x & second).mean())
                table["run"].append(run)
    mean, low, high, runs = emergence(**rows).excess
    assert runs == 12 and low <= mean <= high
    assert abs(mean) < 0.005
    assert emergence(**coupled).room == pytest.approx((1, 1, 1, 12))


def test_parts_read_positions_whatever_the_shape():
    split = SQUARE.split(CANVAS)
    x = torch.where(split.region_masks["square"], 2.0, 0.0)
    shares = parts(result([(x, 0.5)], shapes=[split.train_mask]))
    assert shares == {"train": (1, 1, 1, 1), "square": (0, 1, 0, 0)}
    near = parts(result([(0.9, -0.9)], shapes=[0]))["square"]
    assert near == (1, 1, 1, 0)  # both positions, the wrong shape: not right
    assert parts(result([(0.9, 0.3)]), tolerance=0.5)["square"] == (0, 1, 0, 0)


def test_along_training_counts_every_look_of_every_run():
    x = np.zeros(64)
    mask = SQUARE.split(CANVAS).region_masks["square"].numpy()
    x[np.flatnonzero(mask)[:1]] = 5  # one of four held-out labels is off
    table = along_training([result([(5, 5), (x, 0)]), result([(0, 0)], seed=1)], "square")
    assert table.step.tolist() == [10, 20, 10]
    assert table.seed.tolist() == [0, 0, 1]
    assert table.run.nunique() == 2
    assert table[["x", "y", "both", "right"]].to_numpy().tolist() == [
        [0, 0, 0, 0],
        [0.75, 1, 0.75, 0.75],
        [1, 1, 1, 1],
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([], [], [], []), "n > 0"),
        (([0.5], [0.5], [0.6], ["a"]), "0 to 0.5"),
        (([0.9], [0.9], [0.7], ["a"]), "0.8 to 0.9"),
    ],
)
def test_what_no_two_verdicts_can_give_is_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        emergence(*arguments)


def test_results_without_the_region_are_refused():
    with pytest.raises(ValueError, match="no results"):
        along_training([], "square")
    with pytest.raises(ValueError, match="'cross'; allowed are square"):
        along_training([result([(0, 0)])], "cross")
    with pytest.raises(ValueError, match="nothing is held out"):
        along_training([result([(0, 0)], train_on=everything())], "square")
    with pytest.raises(ValueError, match="tolerance"):
        parts(result([(0, 0)]), tolerance=0)

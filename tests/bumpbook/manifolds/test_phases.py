"""Shares, phases and their beginnings along training, against records made by hand."""

import numpy as np
import pandas as pd
import pytest
from made_records import look, record_of

from bumpbook.manifolds.phases import (
    by_world,
    coupling,
    crossing,
    learning_path,
    phase_starts,
    score_path,
    world_name,
)
from bumpworld import Canvas, Experiment
from bumpworld.store import Result


def made_up(checkpoints, **changes):
    """A result with the checkpoints given: each a step and, for 16 labels, errors in x and y and shapes."""
    experiment = Experiment(canvas=Canvas(size=4, periodic=True, **changes))
    return Result(experiment, record_of(experiment, [look(*checkpoint) for checkpoint in checkpoints]), None)


def halves(near_x, near_y):
    """Errors: near for the labels whose number is in the set given, two pixels off for others."""
    return [[0.2 if i in near else 2.0 for i in range(16)] for near in (near_x, near_y)]


def test_shares_of_a_checkpoint_counted_by_hand():
    x, y = halves(set(range(8)), set(range(4, 12)))  # near in both: labels 4 to 7
    path = learning_path(made_up([(10, x, y, [1] * 6 + [0] * 10)])).iloc[0]
    assert path["none"] == pytest.approx(10 / 16)
    assert path["right"] == pytest.approx(2 / 16)  # of 4 to 7, only 4 and 5 have a clean shape
    assert path["misplaced"] == pytest.approx(4 / 16)
    assert (path["x"], path["y"], path["both"]) == pytest.approx((0.5, 0.5, 0.25))  # whatever the shape


def test_phases_begin_where_half_of_the_labels_cross():
    wrong, near = [2.0] * 16, [0.0] * 16
    result = made_up(
        [
            (10, wrong, wrong, [0] * 16),
            (20, wrong, wrong, [1] * 16),
            (30, near, wrong, [1] * 16),
            (40, near, near, [1] * 16),
        ]
    )
    assert phase_starts(learning_path(result)) == pytest.approx((15, 35))


@pytest.mark.parametrize(
    ("shares", "step"),
    [([0, 0.25, 0.75], 25), ([0.6, 0.1, 0.9], 10), ([0, 0.5, 0.5], 20), ([0, 0.4, 0.49], None)],
)
def test_crossing_on_straight_lines(shares, step):
    assert crossing([10, 20, 30], shares) == (step if step is None else pytest.approx(step))


def test_crossing_refuses_lists_that_do_not_match():
    with pytest.raises(ValueError, match="needed are as many"):
        crossing([1, 2], [0.1])


@pytest.mark.parametrize(
    ("near_y", "room"),
    [(range(8), 1.0), (range(8, 16), -1.0), (range(4, 12), 0.0)],
    ids=["the same labels", "the other labels", "half of them"],
)
def test_coupling_of_the_same_of_other_and_of_unrelated_labels(near_y, room):
    x, y = halves(set(range(8)), set(near_y))
    found = coupling([learning_path(made_up([(10, x, y, [0] * 16)]))])
    assert found.room[0] == pytest.approx(room)
    assert found.room[3] == 1


def test_coupling_counts_runs_and_not_looks():
    x, y = halves(set(range(8)), set(range(8)))
    path = learning_path(made_up([(10, x, y, [0] * 16), (20, x, y, [0] * 16)]))
    assert coupling([path, path]).room[3] == 2


def test_score_path_follows_the_one_cell_that_every_checkpoint_holds():
    result = made_up([(10, [0] * 16, [0] * 16, [1] * 16)] * 2)
    first, last = result.record["checkpoints"]
    followed = {"layer": "down1", "t": 50}
    first["geometry"] = [followed | {"dimension": 9.0}]
    last["geometry"] = [{"layer": "pixels", "t": 50, "dimension": 99.0}, followed | {"dimension": 3.0}]
    assert score_path(result)["dimension"].tolist() == [9.0, 3.0]
    last["geometry"] = last["geometry"][:1]
    with pytest.raises(ValueError, match="follows no layer"):
        score_path(result)
    del first["geometry"]
    with pytest.raises(ValueError, match="no geometry"):
        score_path(result)


def test_worlds_have_names_and_keep_their_order():
    seen = [(10, np.zeros(16), 0, 1)]
    results = [made_up(seen, **world) for world in ({"sigma": 2.0}, {"kind": "sos"}, {"sigma": 2.0})]
    assert world_name(results[1]) == "SOS, σ = 1"
    assert {name: len(group) for name, group in by_world(results).items()} == {
        "bumps, σ = 2": 2,
        "SOS, σ = 1": 1,
    }
    opened = Result(Experiment(canvas=Canvas(size=4)), {}, None)
    assert world_name(opened) == "bumps, σ = 1, open"


def test_shares_always_sum_to_one():
    rng = np.random.default_rng(0)
    looks = [(s, rng.normal(size=16), rng.normal(size=16), rng.integers(0, 2, 16)) for s in range(5)]
    path = learning_path(made_up(looks))
    assert isinstance(path, pd.DataFrame)
    assert np.allclose(path[["none", "misplaced", "right"]].sum(axis=1), 1)
    assert (path[["none", "misplaced", "right"]] >= 0).all(axis=None)

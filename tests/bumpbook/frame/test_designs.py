"""Designs: as many labels as asked for, in the shape that their name says, and training labels beside the rest."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from bumpbook.frame.designs import DESIGNS, chosen, thinned
from bumpworld import Canvas, Experiment, lesion


def pairs(labels):
    return {tuple(label) for label in labels.tolist()}


@given(st.integers(4, 9), st.integers(1, 9), st.integers(0, 99))
@settings(max_examples=50)
def test_latin_squares_use_every_row_and_column_equally_often(size, rounds, seed):
    rounds = min(rounds, size)
    train = chosen(rounds * size, "latin", seed).split(Canvas(size)).train
    assert len(pairs(train)) == rounds * size
    for factor in (0, 1):
        assert torch.bincount(train[:, factor].long(), minlength=size).tolist() == [rounds] * size


@given(st.integers(1, 36), st.integers(0, 99))
@settings(max_examples=30)
def test_a_latin_design_of_any_count_stays_balanced_in_x(count, seed):
    train = chosen(count, "latin", seed).split(Canvas(6)).train
    assert len(train) == count
    for factor in (0, 1):
        used = torch.bincount(train[:, factor].long(), minlength=6)
        assert used.max() - used.min() <= 1


def test_designs_pick_what_they_say():
    canvas = Canvas(8, margin=1)
    diagonal = chosen(4, "diagonal").split(canvas).train
    assert (diagonal[:, 0] == diagonal[:, 1]).all()
    assert (diagonal[:, 0] - 1).tolist() == [0, 2, 5, 7]
    ring = chosen(14, "rim", seed=3).split(canvas).train - 1
    assert len(pairs(ring)) == 14
    assert all(0 in p or 7 in p for p in pairs(ring))
    far = chosen(4, "farthest", seed=1).split(canvas).train
    rest = [chosen(4, "random", seed=s).split(canvas).train for s in range(5)]
    assert torch.pdist(far).min() > max(torch.pdist(r).min() for r in rest)
    assert len(chosen(5, "random", stripes=True).split(canvas).train) == 5 + 100 - 64


@pytest.mark.parametrize("how", sorted(DESIGNS))
def test_a_design_has_exactly_its_count_and_no_more_than_there_are(how):
    most = {"diagonal": 6, "rim": 20}.get(how, 36)
    for count in (1, most):
        assert len(chosen(count, how).split(Canvas(6)).train) == count
    with pytest.raises(ValueError, match=f"{most + 1}.*{most}"):
        chosen(most + 1, how).split(Canvas(6))


@pytest.mark.parametrize("side", [6, 7, 14, 15, 16, 21])
@pytest.mark.parametrize("how", ["skewed", "staggered", "diagonals"])
def test_wrapped_lines_show_every_value_equally_often(how, side):
    lines = chosen(3 * side, how, seed=4).split(Canvas(side)).train.long()
    for factor in (0, 1):
        assert torch.bincount(lines[:, factor], minlength=side).tolist() == [3] * side


def test_rules_that_start_anywhere_keep_their_shape():
    world = Canvas(16)
    first = [tuple(map(int, p)) for p in chosen(32, "skewed", seed=0).split(world).train]
    start = next(y for y in range(16) if {(0, y), (0, (y + 7) % 16)} <= set(first))
    assert set(first) == {(x, (5 * x + 7 * s + start) % 16) for x in range(16) for s in (0, 1)}
    near = [torch.pdist(chosen(32, "staggered", seed=s).split(world).train).min() for s in range(5)]
    assert all(distance == pytest.approx(8**0.5) for distance in near)
    for seed in range(5):
        x, y = chosen(32, "grid", seed=seed).split(world).train.long().T
        assert sorted((len(x.unique()), len(y.unique()))) == [4, 8]
        assert {int(d) for d in (*x.unique().diff(), *y.unique().diff())} == {2, 4}
        x, y = chosen(32, "columns", seed=seed).split(world).train.long().T
        assert len(y.unique()) == 16 and x.unique().diff().tolist() == [8]
        apart = (torch.tensor([1, -1]) * chosen(32, "diagonals", seed=seed).split(world).train.long()).sum(1)
        assert len({int(d) % 8 for d in apart}) == 1


@pytest.mark.parametrize("how", sorted(DESIGNS))
@pytest.mark.parametrize("stripes", [False, True])
def test_training_labels_and_regions_are_disjoint_and_cover(how, stripes):
    canvas = Canvas(6, margin=2)
    split = chosen(5, how, 7, stripes).split(canvas)
    masks = torch.stack([split.train_mask, *split.region_masks.values()])
    assert (masks.sum(0) == 1).all()
    assert set(split.test) == ({"unseen"} if stripes else {"unseen", "stripes", "blank"})
    assert torch.equal(split.train_mask, chosen(5, how, 7, stripes).split(canvas).train_mask)


@given(st.integers(1, 96), st.integers(0, 99))
@settings(max_examples=30)
def test_a_thinned_world_keeps_a_lesion_and_as_many_labels_as_said_of_what_it_trains_on(count, seed):
    canvas, whole = Canvas(12), lesion(4, 8).split(Canvas(12))
    split = thinned(4, 8, count, seed).split(canvas)
    assert len(pairs(split.train)) == count and pairs(split.train) <= pairs(whole.train)
    assert torch.equal(split.test["lesion"], whole.test["lesion"])
    assert torch.equal(split.train_mask, thinned(4, 8, count, seed).split(canvas).train_mask)
    # fewer of one seed are some of the more
    assert pairs(split.train) <= pairs(thinned(4, 8, 96, seed).split(canvas).train)


def test_thinned_worlds_of_other_seeds_train_on_other_labels_of_every_column():
    trained = [thinned(12, 20, 256, seed).split(Canvas(32)).train for seed in range(5)]
    assert len({frozenset(pairs(labels)) for labels in trained}) == 5
    assert all(len(labels[:, 0].unique()) == 24 for labels in trained)


def test_equal_choices_have_one_key():
    one, other = chosen(np.int16(2), "latin"), chosen(2, "latin", 0, np.False_)
    assert Experiment(train_on=one).key == Experiment(train_on=other).key
    keys = {Experiment(train_on=chosen(8, how)).key for how in DESIGNS}
    assert repr(one) == repr(other) and len(keys) == len(DESIGNS)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: chosen(0, "random"), "count is 0"),
        (lambda: chosen(2.7, "latin"), "count is 2.7"),
        (lambda: chosen(True, "latin"), "count is True"),
        (lambda: chosen(3, "spiral"), "how is 'spiral'"),
        (lambda: chosen(2, "latin", seed=True), "seed is True"),
        (lambda: chosen(2, "latin", stripes="no"), "stripes is 'no'"),
        (lambda: thinned(4, 8, 0), "count is 0"),
        (lambda: thinned(4, 8, 3, seed="one"), "seed is 'one'"),
        (lambda: thinned(4, 8, 97).split(Canvas(12)), "count is 97; allowed is at most 96"),
    ],
)
def test_impossible_choices_are_named(make, said):
    with pytest.raises(ValueError, match=said):
        make()

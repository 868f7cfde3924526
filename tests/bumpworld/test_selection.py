"""Training labels and test regions: disjoint, covering, half open, seeded, and what each rule says by name."""

import math

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bumpbook.frame.designs import rim
from bumpbook.frame.painting import these
from bumpworld import Canvas, Experiment
from bumpworld.experiment import from_dict, to_dict
from bumpworld.selection import (
    everything,
    held_out_cross,
    held_out_square,
    lesion,
    random_fraction,
    stripes_only,
)

intervals = st.tuples(st.integers(0, 16), st.integers(1, 16)).map(lambda p: (p[0] / 2, (p[0] + p[1]) / 2))
canvases = st.builds(
    Canvas,
    size=st.integers(4, 9),
    kind=st.sampled_from(["bump", "sos"]),
    margin=st.sampled_from([0, 0, 1, 2, 3]),
    spacing=st.sampled_from([0.5, 1.0, 1.5, 2.0]),
)
selections = st.one_of(
    st.just(everything()),
    intervals.map(lambda i: held_out_square(*i)),
    intervals.map(lambda i: lesion(*i)),
    st.builds(lambda i, use: held_out_cross(*i, use), intervals, st.sampled_from(["2d", "stripes", "both"])),
    st.just(stripes_only()),
    st.builds(rim, st.floats(0.25, 4), st.booleans()),
    st.builds(random_fraction, st.floats(0.01, 1), st.integers(0, 99), st.booleans()),
)


def pairs(labels):
    return {tuple(label) for label in labels.tolist()}


@settings(max_examples=120)
@given(canvases, selections)
def test_training_labels_and_regions_are_disjoint_and_cover(canvas, selection):
    try:
        split = selection.split(canvas)
    except ValueError:  # this world has no such region
        assume(False)
    masks = torch.stack([split.train_mask, *split.region_masks.values()])
    assert masks.dtype == torch.bool
    assert (masks.sum(0) == 1).all()
    assert torch.equal(split.labels, canvas.lattice())
    assert torch.equal(split.held_out, ~split.train_mask)
    assert len(split.train) > 0
    assert all(len(labels) for labels in split.test.values())
    assert sum(map(len, split.test.values()), len(split.train)) == len(split.labels)
    assert pairs(split.train).isdisjoint(set().union(*map(pairs, split.test.values())))
    again = selection.split(canvas)
    assert torch.equal(split.train_mask, again.train_mask)


def test_everything_holds_out_nothing():
    split = everything().split(Canvas(8, margin=1))
    assert split.train_mask.all()
    assert split.test == {}


def test_intervals_are_half_open():
    square = held_out_square(6, 10).split(Canvas(16))
    assert pairs(square.test["square"]) == {(x, y) for x in range(6, 10) for y in range(6, 10)}
    assert len(square.train) == 256 - 16
    band = lesion(2, 3.5).split(Canvas(8, spacing=0.5))
    assert band.test["lesion"][:, 0].unique().tolist() == [2, 2.5, 3]
    assert band.train[:, 0].unique().tolist() == [0, 0.5, 1, 1.5, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7, 7.5]


def test_a_held_out_square_leaves_every_value_seen_and_a_lesion_does_not():
    square, band = held_out_square(2, 5).split(Canvas(8)), lesion(2, 5).split(Canvas(8))
    assert all(square.train[:, factor].unique().tolist() == list(range(8)) for factor in (0, 1))
    assert band.train[:, 0].unique().tolist() == [0, 1, 5, 6, 7]
    assert band.train[:, 1].unique().tolist() == list(range(8))


def test_positions_are_counted_from_the_frame():
    split = held_out_square(0, 2).split(Canvas(8, margin=3))
    assert pairs(split.test["square"]) == {(x, y) for x in (3, 4) for y in (3, 4)}
    assert len(split.train) == 14 * 14 - 4  # the stripes and blanks of the border are trained on


@pytest.mark.parametrize("use", ["2d", "stripes", "both"])
def test_the_arms_of_a_cross_and_its_intersection(use):
    canvas = Canvas(8, margin=2)
    split = held_out_cross(3, 5, use).split(canvas)
    outside = [0, 1, 2, 5, 6, 7]
    assert pairs(split.test["vertical"] - 2) == {(x, y) for x in (3, 4) for y in outside}
    assert pairs(split.test["horizontal"] - 2) == {(x, y) for x in outside for y in (3, 4)}
    assert pairs(split.test["intersection"] - 2) == {(x, y) for x in (3, 4) for y in (3, 4)}
    seen = canvas.visible(split.train).sum(1)
    assert (2 in seen) == (use != "stripes")
    assert (1 in seen) == (use != "2d")
    if use != "2d":  # every value of a factor is shown alone, the held-out ones as well
        stripes = split.train[seen == 1]
        assert (stripes[:, 0] - 2).unique().tolist() == list(range(-2, 10))


def test_stripes_only_and_rim():
    canvas = Canvas(8, margin=2)
    stripes = stripes_only().split(canvas)
    assert (canvas.visible(stripes.train).sum(1) < 2).all()
    assert len(stripes.test["2d"]) == 64
    around = rim(2).split(canvas)
    assert pairs(around.test["inside"] - 2) == {(x, y) for x in range(2, 6) for y in range(2, 6)}
    assert len(around.train) == 144 - 16
    bare = rim(1, stripes=False).split(canvas)
    assert len(bare.train) == 4 * 7
    assert canvas.visible(bare.train).all()


@given(st.floats(0.01, 1), st.floats(0.01, 1), st.integers(0, 1000))
@settings(max_examples=50)
def test_random_fractions_are_seeded_and_nested(one, other, seed):
    canvas = Canvas(8)
    small, large = (random_fraction(f, seed).split(canvas) for f in sorted([one, other]))
    assert pairs(small.train) <= pairs(large.train)
    for fraction, split in zip(sorted([one, other]), (small, large), strict=True):
        assert abs(len(split.train) - 64 * fraction) <= 0.5 or len(split.train) == 1


def test_another_seed_chooses_other_labels():
    chosen_by_seed = {frozenset(pairs(random_fraction(0.25, s).split(Canvas(8)).train)) for s in range(20)}
    assert len(chosen_by_seed) == 20
    often = (
        torch.stack([random_fraction(0.25, s).split(Canvas(8)).train_mask for s in range(400)])
        .float()
        .mean(0)
    )
    assert often.sub(0.25).abs().max() < 5 * math.sqrt(0.25 * 0.75 / 400)  # no label is preferred


@given(st.data())
@settings(max_examples=50)
def test_any_set_of_labels_is_a_training_set(data):
    canvas = Canvas(
        data.draw(st.integers(4, 8)),
        margin=data.draw(st.sampled_from([0, 0, 2])),
        spacing=data.draw(st.sampled_from([0.2, 0.5, 1, 1.7])),
    )
    labels = canvas.lattice()
    picks = data.draw(st.lists(st.integers(0, len(labels) - 1), min_size=1, max_size=30, unique=True))
    assume(len(picks) < len(labels))
    told = labels[picks].double() - canvas.margin
    selection = these([tuple(label) for label in told.tolist()])
    split = selection.split(canvas)
    assert split.train_mask.nonzero()[:, 0].tolist() == sorted(picks)
    seen = canvas.visible(split.train).all(1).sum()
    assert len(split.test.get("unseen", ())) == canvas.visible(labels).all(1).sum() - seen
    # one set has one key, in whichever order and kind of numbers it is told
    others = [told, told.float(), told.flip(0).numpy(), np.float32(told.numpy()).tolist()]
    assert {these(other) for other in others} == {selection}
    assert len({Experiment(train_on=these(other)).key for other in [told, *others]}) == 1
    back = from_dict(to_dict(Experiment(train_on=selection)))
    assert back.train_on == selection and hash(back.train_on) == hash(selection)


def test_these_are_positions_in_the_frame_and_may_be_stripes():
    split = these([(3.0, 0), (-2, 5)]).split(Canvas(8, margin=2))
    assert pairs(split.train) == {(5, 2), (0, 7)}
    assert set(split.test) == {"unseen", "stripes", "blank"}
    # every bump may be trained on where stripes are left to hold out
    bumps = [(x, y) for x in range(4) for y in range(4)]
    assert set(these(bumps).split(Canvas(4, margin=1)).test) == {"stripes", "blank"}


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ([(1, 2), (3, 4), (1.0, 2)], r"label \(1, 2\) is there 2 times"),
        ([(1, 2, 3)], r"labels is \[\(1, 2, 3\)\]; allowed are pairs \(x, y\)"),
        ((1, 2), "allowed are pairs"),
        (["12"], "label is '1'; allowed are finite numbers"),
        ([(True, 1)], "label is True"),
        (torch.zeros(4), "allowed are pairs"),
    ],
)
def test_what_is_no_set_of_labels_is_named(labels, said):
    with pytest.raises(ValueError, match=said):
        these(labels)


def test_one_label_for_a_training_set_is_told_how_to_say_it():
    with pytest.raises(ValueError, match=r"train_on is \[\(3, 4\)\].*held_out_square\(6, 10\)"):
        Experiment(train_on=[(3, 4)])


@pytest.mark.parametrize(
    ("selection", "canvas", "said"),
    [
        (lesion(0, 8), Canvas(8), r"lesion\(low=0, high=8\).*no training label"),
        (held_out_square(0, 8), Canvas(8), "no training label"),
        (held_out_square(20, 30), Canvas(8), "'square' empty"),
        (lesion(1.2, 1.8), Canvas(8), "'lesion' empty"),
        (rim(5, stripes=False), Canvas(8), "'inside' empty"),
        (stripes_only(), Canvas(8), "margin"),
        (held_out_cross(2, 4), Canvas(8), "margin"),
        (random_fraction(0.5, 0, stripes=True), Canvas(8), "margin"),
        (
            these([(1, 2), (3, 8)]),
            Canvas(8),
            r"label \(3, 8\) is not on the lattice; .* from 0 to 7 in steps of 1",
        ),
        (these([(1, 2.5)]), Canvas(8), r"label \(1, 2\.5\) is not on the lattice"),
        (these([(-1, 2)]), Canvas(8), r"label \(-1, 2\)"),
        (these([(2.8, 0), (2.8001, 0)]), Canvas(8, spacing=0.2), "are one label"),
        (these([(x, y) for x in range(4) for y in range(4)]), Canvas(4), r"all labels.*everything\(\)"),
    ],
)
def test_an_empty_selection_is_an_error(selection, canvas, said):
    with pytest.raises(ValueError, match=said):
        selection.split(canvas)


def test_selections_are_values():
    assert held_out_square(6, 10) == held_out_square(6, 10) != held_out_square(6, 11)
    assert len({lesion(1, 2), lesion(1, 2), lesion(1, 3)}) == 2
    assert repr(lesion(1, 2)) == "lesion(low=1, high=2)"
    with pytest.raises(AttributeError):
        lesion(1, 2).rule = "rim"

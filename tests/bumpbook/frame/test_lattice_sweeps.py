"""Lattices of one pitch: who is trained on, how far apart, and between which widths each version joins them."""

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.sparse.csgraph import connected_components

from bumpbook.frame.lattice_sweeps import PITCHES, pitched, square_lattice, turned_lattice
from bumpbook.frame.sweeps import sweep
from bumpworld.canvas import Canvas
from bumpworld.instruments.overlap import KINDS, interaction_radius, overlap


def labels_of(train_on, side=16):
    return train_on.split(Canvas(size=side)).train.numpy()


@pytest.mark.parametrize("name", list(pitched(16)))
def test_a_lattice_joins_up_at_one_width(name):
    """Below pitch / kappa no two training labels are linked, above it all are one cluster, in every version."""
    pitch, train_on = pitched(16)[name]
    train = labels_of(train_on)
    apart = np.hypot(*(train[:, None] - train[None]).transpose(2, 0, 1))
    assert apart[apart > 0].min() == pytest.approx(pitch)
    for kind in KINDS:
        for tau in (0.005, 0.05):
            joined = pitch / interaction_radius(1.0, tau, kind=kind)
            for sigma, pieces in ((0.999 * joined, len(train)), (1.001 * joined, 1)):
                assert connected_components(overlap(apart, sigma, kind) >= tau)[0] == pieces


def test_turned_lattices_leave_no_value_out_and_square_ones_do():
    for name, (_, train_on) in pitched(16).items():
        train = labels_of(train_on)
        seen = {len(np.unique(train[:, f])) for f in (0, 1)}
        assert seen == {16} if name.startswith("turned") else seen.pop() <= 8


def test_a_shift_moves_the_lattice_and_nothing_else():
    assert (labels_of(square_lattice(15, 3, 1), 15) == labels_of(square_lattice(15, 3), 15) + 1).all()


def test_each_threshold_lies_in_its_own_gap_of_widths():
    gaps = list(pairwise(PITCHES))
    found = [
        next(
            i
            for i, (above, below) in enumerate(gaps)
            if below < interaction_radius(1.0, tau, kind=kind) < above
        )
        for kind in KINDS
        for tau in (0.005, 0.05)
    ]
    assert len(set(found)) == 6


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: square_lattice(16, 16), "fewer than two"),
        (lambda: square_lattice(16, 9, 8), "fewer than two"),
        (lambda: square_lattice(16, 0), "pitch"),
        (lambda: square_lattice(16, 3, 3), "first"),
        (lambda: turned_lattice(9, 3), "10 or more"),
    ],
)
def test_lattices_that_are_none_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_the_grid_leaves_holes_where_an_amount_is_too_large():
    cells = {}
    for e in sweep("grid").experiments:
        split = e.train_on.split(e.canvas)
        cells.setdefault((e.canvas.sigma, e.canvas.spacing), set()).add(len(split.train))
        # something is left of the common test set
        assert ((split.labels[split.held_out] % 2) == 0).all(1).any()
    assert len(cells) == 9
    for (_, spacing), amounts in cells.items():
        assert amounts == ({8, 14, 25, 45} if spacing == 2 else {8, 14, 25, 45, 80})


def test_widths_differ_and_nothing_else_does():
    found = {}
    for e in sweep("pitch").experiments:
        found.setdefault((e.train_on, e.seed), []).append(e)
    for group in found.values():
        assert len({e.canvas.sigma for e in group}) == len(group)
        assert (
            len({(e.steps, e.until_learned, e.energy_normalised, e.unet, e.canvas.size) for e in group}) == 1
        )
    assert math.isclose(min(PITCHES), 2 * math.sqrt(math.log(200)) * math.exp(-0.396))

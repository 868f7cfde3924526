"""Completion against tables of known rank, built by multiplication, and against numpy's own pseudo-inverse of one block."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from bumpworld import Canvas
from bumpworld.instruments.baselines import Completion, fitted
from bumpworld.instruments.completion import CUTOFF, LowRank
from bumpworld.selection import held_out_square, lesion, random_fraction

SIZE = 9
GRID = np.array([(x, y) for x in range(SIZE) for y in range(SIZE)])


def tables(rank, seed, p=4):
    """p random tables of a rank, (columns, rows, p): sums of that many products of a column's and a row's number."""
    f, g = np.random.default_rng(seed).normal(size=(2, p, SIZE, rank))
    return np.einsum("pxr,pyr->xyp", f, g)


def outside(low, high):
    return ~((GRID >= low) & (GRID < high)).all(1)


def filled(table, shown):
    """Answers for the labels that are not shown, and the truth."""
    fit = LowRank(GRID[shown], table.reshape(-1, table.shape[2])[shown])
    return fit(GRID[~shown]), table.reshape(-1, table.shape[2])[~shown]


@settings(max_examples=30)
@given(rank=st.integers(1, 2), low=st.integers(0, 6), width=st.integers(1, 6), seed=st.integers(0, 999))
def test_a_table_of_rank_one_or_two_is_filled_wherever_the_square_lies(rank, low, width, seed):
    table, shown = tables(rank, seed), outside(low, min(low + width, SIZE))
    if SIZE - min(width, SIZE - low) < rank:
        return
    found, wanted = filled(table, shown)
    # a random block is now and then ill-conditioned; typical errors are 1e-14
    assert np.median(np.abs(found - wanted)) < 1e-8 and not np.isnan(found).any()


def test_a_sum_has_rank_two_and_is_filled():
    f, g = np.random.default_rng(0).normal(size=(2, SIZE, 1))
    found, wanted = filled((f[:, None] + g[None]).reshape(SIZE, SIZE, 1), outside(2, 7))
    assert np.allclose(found, wanted)


def test_three_columns_and_rows_fill_rank_three_and_two_do_not():
    """Exact is what has no higher rank than the block: a block of two columns and two rows has no rank 3."""
    table = tables(3, seed=1)
    found, wanted = filled(table, outside(3, SIZE))
    assert np.allclose(found, wanted)
    found, wanted = filled(table, outside(2, SIZE))
    assert np.abs(found - wanted).mean() > 0.3


def test_full_rank_is_not_filled():
    """Numbers without any structure cannot be foretold: the error is as large as they are."""
    noise = np.random.default_rng(2).normal(size=(SIZE, SIZE, 5))
    found, wanted = filled(noise, outside(3, 6))
    assert ((found - wanted) ** 2).mean() > 1


@pytest.mark.parametrize("kind", ["bump", "sos"])
@pytest.mark.parametrize("low", [6, 12])
def test_a_held_out_square_is_numpys_skeleton_of_each_pixel(kind, low):
    canvas, inside = Canvas(kind=kind), np.arange(low, low + 4)
    split = held_out_square(low, low + 4).split(canvas)
    grid = canvas.render(canvas.lattice()).double().numpy().reshape(16, 16, 256)
    # the lattice may run along x or along y first: a label says where its picture stands
    if canvas.lattice()[1, 0] == 1:
        grid = grid.transpose(1, 0, 2)
    rest = np.setdiff1d(np.arange(16), inside)
    asked = split.test["square"].long().numpy()
    wanted = np.empty((len(asked), 256))
    for pixel in range(256):
        m = grid[:, :, pixel]
        block = m[np.ix_(rest, rest)]
        whole = m[np.ix_(inside, rest)] @ np.linalg.pinv(block, rcond=CUTOFF) @ m[np.ix_(rest, inside)]
        wanted[:, pixel] = whole[asked[:, 0] - low, asked[:, 1] - low]
    drawn = fitted("completion", canvas, split.train).predict(asked)
    assert np.allclose(drawn.flatten(1).numpy(), wanted, atol=1e-6)
    assert (drawn - canvas.render(asked)).abs().max() < 1e-4


def test_what_was_shown_stays_and_repeats_are_averaged():
    images = torch.rand(4, 1, 3, 3, generator=torch.Generator().manual_seed(0))
    labels = [[0, 0], [0, 5], [2, 0], [0, 0]]
    found = Completion().fit(labels, images).predict([[0, 5], [0, 0]])
    assert torch.equal(found[0], images[1])
    assert torch.allclose(found[1], (images[0] + images[3]) / 2)


def test_an_answer_is_open_without_a_full_block():
    """Unseen values, a hole in the block, and no block: two islands of labels that share nothing."""
    canvas = Canvas(size=8)
    columns = lesion(3, 5).split(canvas)
    assert fitted("completion", canvas, columns.train).predict(columns.test["lesion"]).isnan().all()
    labels = torch.tensor([[x, y] for x in range(4) for y in range(4) if (x, y) not in ((3, 3), (0, 1))])
    found = fitted("completion", canvas, labels).predict([[3, 3], [0, 1]]).isnan().flatten(1)
    # (3, 3) asks for columns 0 to 2 and rows 0 to 2, of which (0, 1) is missing; (0, 1) in its turn asks for (3, 3)
    assert found.all()
    islands = [[0, 0], [0, 1], [1, 0], [1, 1], [5, 5]]
    found = fitted("completion", canvas, islands).predict([[0, 5], [5, 1], [1, 1]])
    assert found.isnan().flatten(1).all(1).tolist() == [True, True, False]


def test_labels_at_random_leave_no_full_block():
    split = random_fraction(0.25, 0).split(Canvas())
    assert fitted("completion", Canvas(), split.train).predict(split.test["unseen"]).isnan().all()

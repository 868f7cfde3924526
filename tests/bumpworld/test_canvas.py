"""Rendered images against the formulas, pixel by pixel; the lattice; what a canvas and its labels must be."""

import dataclasses
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from bumpworld import Canvas

positions = st.floats(0, 1, exclude_max=True, width=16)


def drawn_by_hand(canvas, x, y):
    """One image from the formulas in plain Python: no tail, no wrap and no stripe is taken for granted."""
    m, n = canvas.margin, canvas.size
    see_x, see_y = m <= x < m + n, m <= y < m + n
    image = np.zeros((n, n))
    for row in range(n):
        for column in range(n):
            dx, dy = abs(column + m - x), abs(row + m - y)
            if canvas.periodic:
                dx, dy = min(dx, n - dx), min(dy, n - dy)
            gx, gy = (math.exp(-(d**2) / (2 * canvas.sigma**2)) for d in (dx, dy))
            if canvas.kind == "bump":
                image[row, column] = (gx if see_x else 1) * (gy if see_y else 1) if see_x or see_y else 0
            else:
                image[row, column] = (gx * see_x + gy * see_y) / 2
    return image


@settings(max_examples=60)
@given(
    st.sampled_from(["bump", "sos"]),
    st.integers(4, 9),
    st.floats(0.2, 4),
    st.sampled_from([(False, 0), (True, 0), (False, 1), (False, 4)]),
    st.lists(st.tuples(positions, positions), min_size=1, max_size=3),
)
def test_images_follow_the_formulas(kind, size, sigma, world, shares):
    periodic, margin = world
    canvas = Canvas(size, sigma, kind, periodic, margin)
    centers = torch.tensor(shares) * canvas.span
    images = canvas.render(centers)
    assert images.shape == (len(shares), 1, size, size)
    assert images.dtype == torch.float32
    assert 0 <= images.min() and images.max() <= 1
    expected = [drawn_by_hand(canvas, *center) for center in centers.tolist()]
    np.testing.assert_allclose(images[:, 0], expected, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("kind", ["bump", "sos"])
def test_x_is_the_column_and_y_the_row(kind):
    image = Canvas(8, kind=kind).render([[5.0, 2.0]])[0, 0]
    assert image.argmax() == 2 * 8 + 5
    assert image[2, 5] == 1


@pytest.mark.parametrize("visible", ["x", "y"])
def test_a_lone_factor_is_a_full_stripe_or_half_the_brightness(visible):
    label = torch.tensor([[6.0, 1.0]] if visible == "x" else [[1.0, 6.0]])
    bump, sos = (Canvas(8, 1.5, kind, margin=3).render(label)[0, 0] for kind in ("bump", "sos"))
    profile = torch.exp(-((torch.arange(8.0) - 3) ** 2) / (2 * 1.5**2))
    stripe = profile.expand(8, 8) if visible == "x" else profile[:, None].expand(8, 8)
    torch.testing.assert_close(bump, stripe)
    torch.testing.assert_close(sos, stripe / 2)


@pytest.mark.parametrize("kind", ["bump", "sos"])
@pytest.mark.parametrize("just_outside", [2.999, 11.0])
def test_a_factor_outside_the_frame_leaves_no_tail(kind, just_outside):
    canvas = Canvas(8, sigma=3.0, kind=kind, margin=3)
    assert canvas.render([[just_outside, just_outside]]).count_nonzero() == 0
    with_tail, without = canvas.render([[just_outside, 5.0], [0.0, 5.0]])
    assert torch.equal(with_tail, without)
    assert canvas.visible([[just_outside, 3.0], [10.999, 5.0]]).tolist() == [[False, True], [True, True]]


@settings(max_examples=20)
@given(st.sampled_from(["bump", "sos"]), st.floats(0.3, 3), positions, positions, st.integers(0, 7))
def test_a_periodic_world_has_no_edge(kind, sigma, x, y, shift):
    canvas = Canvas(8, sigma, kind, periodic=True)
    here, there = canvas.render([[8 * x, 8 * y], [(8 * x + shift) % 8, (8 * y + 2 * shift) % 8]])
    torch.testing.assert_close(here.roll((2 * shift, shift), (1, 2)), there, atol=1e-6, rtol=1e-5)


def test_sos_adds_its_factors_and_a_bump_multiplies_them():
    labels = torch.tensor([[2.3, 5.1], [2.3, 1.7], [6.2, 5.1], [6.2, 1.7]])
    here, other_y, other_x, both = Canvas(8, kind="sos").render(labels)
    torch.testing.assert_close(here, other_y + other_x - both)
    here, other_y, other_x, both = Canvas(8, sigma=3.0).render(labels)
    torch.testing.assert_close(here, other_y * other_x / both)


@pytest.mark.parametrize(
    ("size", "margin", "spacing", "count"),
    [(8, 0, 1.0, 8), (8, 2, 1.0, 12), (8, 0, 0.1, 80), (8, 0, 3.0, 3), (8, 0, 0.33333333, 24)],
)
def test_the_lattice_is_even_and_x_runs_fastest(size, margin, spacing, count):
    canvas = Canvas(size, margin=margin, spacing=spacing)
    lattice = canvas.lattice()
    assert canvas.span == size + 2 * margin
    assert lattice.dtype == torch.float32
    expected = [(spacing * i, spacing * j) for j in range(count) for i in range(count)]
    np.testing.assert_allclose(lattice, expected, rtol=1e-6)
    np.testing.assert_allclose(canvas.axis(), spacing * np.arange(count), rtol=1e-6)
    assert lattice.max() < canvas.span  # so every label of the lattice can be drawn
    assert len(canvas.render(lattice)) == count**2


@settings(max_examples=50)
@given(st.integers(4, 40), st.integers(0, 6), st.floats(0.1, 4))
def test_the_lattice_fills_the_span_and_stays_inside(size, margin, spacing):
    canvas = Canvas(size, margin=margin, spacing=spacing)
    axis = canvas.axis().double()
    assert axis[0] == 0
    # to a thousandth of the spacing, for a third that was typed as 0.33333333
    assert axis[-1] < canvas.span <= axis[-1] + spacing * (1 + 1.1e-3)
    assert torch.equal(canvas.check_labels(canvas.lattice()), canvas.lattice())


def test_with_a_margin_an_image_has_no_one_or_two_dimensions():
    canvas = Canvas(8, margin=2)
    shown = canvas.visible(canvas.lattice()).sum(1)
    assert [int((shown == n).sum()) for n in (0, 1, 2)] == [4 * 4, 2 * 4 * 8, 8 * 8]


def test_a_canvas_cannot_be_changed_but_can_be_a_key():
    canvas = Canvas(8)
    with pytest.raises(dataclasses.FrozenInstanceError):
        canvas.size = 9
    assert {canvas: 1}[Canvas(8)] == 1
    assert dataclasses.replace(canvas, sigma=2.0) == Canvas(8, 2.0)

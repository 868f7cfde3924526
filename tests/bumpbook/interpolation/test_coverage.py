"""What training labels say of a label outside them, against cases worked out by hand and plain loops."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bumpbook.interpolation.coverage import corner, gap, missing, nearest, nearest_code, told
from bumpworld.canvas import Canvas
from bumpworld.selection import held_out_square, lesion
from bumpworld.unet import UNetConfig

AXES, NAMES = UNetConfig.quick(), UNetConfig.quick(label_code="one-hot", label_values=16)
HALF = UNetConfig.quick(label_code="turned", label_angle=45.0)
FAR = 16.0


def parts(rule):
    split = rule.split(Canvas())
    return split.labels[split.held_out], split.train


@pytest.mark.parametrize("width", [1, 2, 4, 8])
def test_a_band_of_columns_by_hand(width):
    """Column k of w: min(k + 1, w - k) px from a trained one, in a gap of w + 1, and no corner of anything."""
    low = 8 - width // 2
    labels, trained = parts(lesion(low, low + width))
    k = labels[:, 0] - low
    apart = torch.minimum(k + 1, width - k).double()
    assert torch.equal(missing(labels, trained, AXES, FAR), apart)
    assert torch.equal(corner(labels, trained, AXES, FAR), apart)
    assert torch.equal(nearest(labels, trained), apart)
    assert (gap(labels, trained, AXES, FAR) == width + 1).all()
    for number in (missing, corner, gap):
        assert (number(labels, trained, NAMES, FAR) == FAR).all()


def test_a_square_lacks_nothing_that_is_told_and_a_rim_has_one_side():
    labels, trained = parts(held_out_square(4, 12))
    for number in (missing, corner, gap):
        for unet in (AXES, NAMES):
            assert (number(labels, trained, unet, FAR) == 0).all()
    labels, trained = parts(lesion(12, 16))
    assert (gap(labels, trained, AXES, FAR) == FAR).all()
    assert missing(labels, trained, AXES, FAR).max() == 4


def test_a_band_of_four_has_every_turned_value_and_is_a_corner():
    labels, trained = parts(lesion(6, 10))
    for number in (missing, corner, gap):
        assert number(labels, trained, HALF, FAR).max() < 1e-4


def test_in_a_band_of_eight_the_middle_is_covered_and_no_corner():
    """(7, 8) has u = 15, v = -1 (in halves of a diagonal): both trained, but never with a common partner."""
    _, trained = parts(lesion(4, 12))
    middle = [[7.0, 8.0]]
    assert float(missing(middle, trained, HALF, FAR)) == pytest.approx(0, abs=1e-4)
    # a diagonal further, 1 / sqrt 2 px away, there is a rectangle
    assert float(corner(middle, trained, HALF, FAR)) == pytest.approx(0.5**0.5, abs=1e-4)


sets = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=1, max_size=12, unique=True)


@given(sets, st.tuples(st.integers(0, 7), st.integers(0, 7)), st.sampled_from([0.0, 20.0, 45.0]))
def test_a_corner_by_plain_loops(trained, label, degrees):
    unet = UNetConfig.quick(label_code="turned", label_angle=degrees) if degrees else AXES
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turned = lambda p: (c * p[0] + s * p[1], c * p[1] - s * p[0])
    (u, v), known = turned(label), [turned(p) for p in trained]
    off = lambda a, b: min(max(abs(a - p), abs(b - q)) for p, q in known)
    wanted = min(max(off(u, q), off(p, v)) for p, q in known)
    found = float(corner([label], trained, unet, FAR))
    assert found == pytest.approx(wanted, abs=1e-5)
    lacking = max(min(abs(u - p) for p, _ in known), min(abs(v - q) for _, q in known))
    assert float(missing([label], trained, unet, FAR)) == pytest.approx(lacking, abs=1e-5)
    copied = min(max(abs(u - p), abs(v - q)) for p, q in known)
    assert lacking - 1e-5 <= found <= copied + 1e-5


@given(sets, st.tuples(st.integers(0, 7), st.integers(0, 7)))
def test_a_corner_of_names_is_a_rectangle(trained, label):
    unet = UNetConfig.quick(label_code="one-hot", label_values=8)
    known, (x, y) = set(trained), label
    wanted = any((x, q) in known and (p, y) in known for p, q in known)
    assert float(corner([label], trained, unet, FAR)) == (0 if wanted else FAR)


def test_told_coordinates_and_codes():
    assert torch.equal(told([[3.0, 5.0]], NAMES), torch.tensor([[3.0, 5.0]], dtype=torch.float64))
    assert told([[3.0, 5.0]], HALF)[0].tolist() == pytest.approx([8 / 2**0.5, 2 / 2**0.5])
    # names are a square's corners away from one another: one differs, or both
    apart = nearest_code([[1.0, 2.0], [3.0, 3.0]], [[1.0, 1.0], [2.0, 1.0]], NAMES)
    assert float(apart[1] / apart[0]) == pytest.approx(2**0.5)


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: told([[1, 2]], UNetConfig.quick(label_code="fourier")), "fourier"),
        (lambda: nearest_code([[1, 2]], [[1, 2]], UNetConfig.quick(label_code="fourier")), "fourier"),
        (lambda: missing([[1, 2]], torch.zeros(0, 2), AXES, FAR), "trained is empty"),
        (lambda: corner([[1, 2, 3]], [[1, 2]], AXES, FAR), r"\(1, 3\)"),
        (lambda: gap([[1, 2]], [[1, float("nan")]], AXES, FAR), "finite"),
        (lambda: missing([[1, 2]], [[1, 2]], AXES, 0), "far is 0"),
        (lambda: nearest([[1, 2]], torch.zeros(0, 2)), "trained is empty"),
    ],
)
def test_nonsense_is_refused(ask, words):
    with pytest.raises(ValueError, match=words):
        ask()

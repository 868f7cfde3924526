"""The seam of circles, arcs, lines and noise, against plane geometry."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bumpbook.manifolds.seam import feature_curves, seam
from bumpworld.instruments.geometry import clifford_torus, ring_torus


def lattice(kx, ky):
    x, y = np.meshgrid(np.arange(kx), np.arange(ky), indexing="ij")
    return np.stack([x.ravel(), y.ravel()], axis=1)


def arcs(k, turn):
    """x and y each on an arc of ``turn`` radians, in planes of their own."""
    angles = lattice(k, k) / (k - 1) * turn
    return np.concatenate([np.cos(angles), np.sin(angles)], axis=1)


def test_the_circles_of_a_clifford_torus_close():
    gaps = seam(*clifford_torus(12))
    assert (gaps.x, gaps.y) == pytest.approx((1, 1))


def test_of_a_ring_torus_only_the_long_way_round_is_a_circle():
    gaps = seam(*ring_torus(12))
    y = (
        2 * np.pi * np.arange(12) / 12
    )  # g(y) = r sin y up and down the axis: the mean over x folds the circle flat
    assert gaps.x == pytest.approx(1)
    assert gaps.y == pytest.approx(abs(np.sin(y[-1])) / np.abs(np.diff(np.sin(y))).mean())


@given(st.integers(3, 20), st.integers(3, 20), st.floats(0.1, 10))
def test_a_flat_sheet_stays_open_by_all_of_its_steps(kx, ky, stretch):
    labels = lattice(kx, ky)
    gaps = seam(labels * [1, stretch], labels)
    assert (gaps.x, gaps.y) == pytest.approx((kx - 1, ky - 1))


@given(st.integers(4, 24), st.floats(0.1, 1.9))
def test_an_arc_has_the_chord_of_its_angle(k, halves):
    turn = halves * np.pi
    gaps = seam(arcs(k, turn), lattice(k, k))
    chord = np.sin(turn / 2) / np.sin(turn / (2 * (k - 1)))
    assert (gaps.x, gaps.y) == pytest.approx((chord, chord))


def test_half_a_circle_is_as_the_docstring_says():
    assert seam(arcs(16, np.pi), lattice(16, 16)).x == pytest.approx(1 / np.sin(np.pi / 30))


def test_independent_points_have_no_seam_to_speak_of():
    rng = np.random.default_rng(0)
    labels = lattice(16, 16)
    gaps = [seam(rng.normal(size=(256, 400)), labels) for _ in range(10)]
    assert np.mean([(g.x + g.y) / 2 for g in gaps]) == pytest.approx(1, abs=0.05)


@given(st.integers(0, 1000))
def test_the_two_curves_are_the_best_sum(seed):
    rng = np.random.default_rng(seed)
    labels = lattice(5, 4)
    f, g = rng.normal(size=(5, 3)), rng.normal(size=(4, 3))
    points = f[labels[:, 0]] + g[labels[:, 1]]
    found_f, found_g = feature_curves(points, labels)
    np.testing.assert_allclose(found_f, f - f.mean(axis=0), atol=1e-9)
    np.testing.assert_allclose(found_g, g - g.mean(axis=0), atol=1e-9)


def test_words_and_nonsense():
    labels = lattice(4, 4)
    assert str(seam(labels, labels)) == "seam: 3.0 steps in x, 3.0 steps in y"
    with pytest.raises(ValueError, match="do not move with y"):
        seam(np.stack([labels[:, 0], 0 * labels[:, 0]], axis=1), labels)
    with pytest.raises(ValueError, match="missing"):
        seam(labels[1:], labels[1:])

"""Displacement tests against closed forms on the ideal tori, with the corrections of a lattice."""

import numpy as np
import pytest
from scipy import stats

from bumpworld.canvas import Canvas
from bumpworld.instruments.displacement import displacement_tests, label_grid
from bumpworld.instruments.factorization import hyperfactorization
from bumpworld.instruments.geometry import clifford_torus, ring_torus

TORI = [clifford_torus, ring_torus]


def lattice(kx, ky):
    y, x = np.meshgrid(np.arange(ky), np.arange(kx), indexing="ij")
    return np.stack([x.ravel(), y.ravel()], axis=1)


def one_hot(k):
    labels = lattice(k, k)
    return np.concatenate([np.eye(k)[labels[:, 0]], np.eye(k)[labels[:, 1]]], axis=1), labels


@pytest.mark.parametrize("torus", TORI)
@pytest.mark.parametrize("step", [1, 2, 3])
def test_steps_of_the_same_feature_follow_the_cosine_of_the_shift(torus, step):
    points, labels = torus(12)
    tests = displacement_tests(points, labels, periodic=True, step=step)
    for cosines, shift in ((tests.x_on_x, tests.shift_x), (tests.y_on_y, tests.shift_y)):
        np.testing.assert_allclose(cosines, np.cos(2 * np.pi * shift / 12), atol=1e-9)
        assert cosines.mean() == pytest.approx(-1 / 11)


@pytest.mark.parametrize("radii", [(1, 1), (1, 2)])
def test_clifford_torus_is_orthogonal_and_parallel(radii):
    tests = displacement_tests(*clifford_torus(10, *radii), periodic=True)
    np.testing.assert_allclose(tests.x_on_y, 0, atol=1e-12)
    np.testing.assert_allclose(tests.same_point, 0, atol=1e-12)
    np.testing.assert_allclose(np.concatenate([tests.parallel_x, tests.parallel_y]), 1)
    assert len(tests.x_on_y) == 10 * 9 * 10 * 9
    assert len(tests.parallel_x) == len(tests.x_on_x) == 10 * 45


@pytest.mark.parametrize("step", [1, 2])
def test_ring_torus_with_the_corrections_of_a_lattice(step):
    n = 12
    summary = displacement_tests(*ring_torus(n), periodic=True, step=step).summary()
    angle = 2 * np.pi * np.arange(n) / n
    half = np.pi * step / n  # a chord points along the tangent halfway
    poloidal, toroidal = np.sin(angle + half), np.sin(angle[1:] + half)
    assert summary["x_on_y"]["mean_abs"] == pytest.approx(np.abs(poloidal).mean() * np.abs(toroidal).mean())
    assert summary["x_on_y"]["mean_square"] == pytest.approx((poloidal**2).mean() * (toroidal**2).mean())
    assert summary["parallel_y"]["mean"] == pytest.approx(1 / 2 - 1 / (2 * (n - 1)))
    square = 3 / 8 + (-1 / 4 + 3 / 8 * (n / 2 - 1)) / (n - 1)
    assert summary["parallel_y"]["mean_square"] == pytest.approx(square)
    assert summary["parallel_x"]["mean"] == pytest.approx(1)
    same_point = np.abs(poloidal).mean() * np.sin(half)
    assert summary["same_point"]["mean_abs"] == pytest.approx(same_point)


def test_ring_torus_in_the_limit_of_small_steps():
    summary = displacement_tests(*ring_torus(44), periodic=True).summary()
    assert summary["x_on_y"]["mean_abs"] == pytest.approx(4 / np.pi**2, abs=0.015)
    assert summary["x_on_y"]["mean_square"] == pytest.approx(1 / 4, abs=0.015)
    assert summary["parallel_y"]["mean"] == pytest.approx(1 / 2, abs=0.015)
    assert summary["parallel_y"]["mean_square"] == pytest.approx(9 / 16, abs=0.015)
    assert summary["same_point"]["mean_abs"] < 0.05


@pytest.mark.parametrize("torus", TORI)
def test_steps_of_the_same_feature_follow_the_arcsine_law(torus):
    tests = displacement_tests(*torus(44), periodic=True)
    assert np.abs(tests.x_on_x).mean() == pytest.approx(2 / np.pi, abs=0.015)
    assert (tests.y_on_y**2).mean() == pytest.approx(1 / 2, abs=0.015)
    law = stats.arcsine(loc=-1, scale=2)
    assert stats.ks_1samp(tests.x_on_x, law.cdf).statistic < 0.05  # 44 labels: stairs of 2 / 44
    one_hot_steps = displacement_tests(*one_hot(20), periodic=True).x_on_x
    assert stats.ks_1samp(one_hot_steps, law.cdf).statistic > 0.3  # piles up at 0 instead


@pytest.mark.parametrize("periodic", [True, False])
@pytest.mark.parametrize("step", [1, 2])
def test_one_hot_codes_are_hyper_factorized(periodic, step):
    points, labels = one_hot(8)
    tests = displacement_tests(points, labels, periodic=periodic, step=step)
    np.testing.assert_allclose(tests.x_on_x, np.where(tests.shift_x == step, -0.5, 0.0), atol=1e-12)
    np.testing.assert_allclose(tests.x_on_y, 0, atol=1e-12)
    np.testing.assert_allclose(tests.parallel_y, 1)
    assert hyperfactorization(points, labels, periodic=periodic, step=step).score == pytest.approx(1)


def test_steps_of_raw_stripes_follow_the_overlap_of_their_profiles():
    canvas = Canvas(size=16, sigma=1.0, kind="sos", periodic=True)
    tests = displacement_tests(canvas.render(canvas.lattice()), canvas.lattice(), periodic=True)
    overlap = np.exp(-(np.arange(-1, 10) ** 2) / 4)  # of two profiles at shifts -1 ... 9
    bent = 2 * overlap[1:-1] - overlap[2:] - overlap[:-2]
    expected = (bent / bent[0])[tests.shift_x]
    near = tests.shift_x < 7  # beyond, the way round the torus adds its own overlap
    np.testing.assert_allclose(tests.x_on_x[near], expected[near], atol=2e-3)
    np.testing.assert_allclose(tests.parallel_x, 1, atol=1e-6)


def test_open_grids_do_not_wrap():
    x, y = lattice(6, 5).T
    plane = np.stack([x, y, 0 * x], axis=1)
    tests = displacement_tests(plane, lattice(6, 5), periodic=False)
    np.testing.assert_allclose(tests.x_on_x, 1)
    assert tests.shift_x.max() == 4
    assert tests.shift_y.max() == 3
    wrapped = displacement_tests(plane, lattice(6, 5), periodic=True)
    assert wrapped.x_on_x.min() == pytest.approx(-1)


def test_the_order_of_the_points_does_not_matter():
    points, labels = ring_torus(8)
    order = np.random.default_rng(0).permutation(64)
    one, two = (
        displacement_tests(p, a, periodic=True) for p, a in ((points, labels), (points[order], labels[order]))
    )
    for name, moments in one.summary().items():
        assert two.summary()[name] == pytest.approx(moments, abs=1e-9)


def test_steps_that_do_not_move_are_counted_and_left_out():
    x, y = lattice(6, 6).T
    points = np.stack([np.maximum(x, 2), y], axis=1)  # nothing moves between x = 0, 1, 2
    tests = displacement_tests(points, lattice(6, 6), periodic=False)
    assert tests.still == 2 * 6
    assert len(tests.x_on_x) == 6 * 3  # three pairs of the three steps that move, at each y
    assert np.isfinite(tests.x_on_y).all()


def test_large_grids_are_sampled():
    tests = displacement_tests(*clifford_torus(50), periodic=True)
    assert 0 < len(tests.x_on_y) < 2048**2


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (lattice(9, 1), "9 values of x and 1 of y"),
        (np.concatenate([lattice(3, 3)[:-1], [[0, 0]]]), r"\(0, 0\) is there 2 times"),
        (np.concatenate([lattice(3, 3)[:-1], [[7, 7]]]), r"no full grid: \(0, 7\) is missing"),
        (lattice(3, 3).ravel(), r"shape \(18,\)"),
        (lattice(3, 3)[:6], "9 points for 6 labels"),
        (np.where(lattice(3, 3) == 2, np.nan, lattice(3, 3)), "not finite"),
    ],
)
def test_bad_labels(labels, message):
    points = np.random.default_rng(0).normal(size=(9, 2))
    with pytest.raises(ValueError, match=message):
        label_grid(points, labels)

"""Additive share and hyper-factorization against closed forms and brute force."""

import numpy as np
import pytest
import torch
from scipy import stats

from bumpworld.canvas import Canvas
from bumpworld.instruments.factorization import factorization_score, hyperfactorization
from bumpworld.instruments.geometry import clifford_torus, ring_torus

TORI = [clifford_torus, ring_torus]


def lattice(kx, ky):
    y, x = np.meshgrid(np.arange(ky), np.arange(kx), indexing="ij")
    return np.stack([x.ravel(), y.ravel()], axis=1)


def pixels(size, sigma, kind):
    canvas = Canvas(size=size, sigma=sigma, kind=kind, periodic=True)
    return canvas.render(canvas.lattice()), canvas.lattice()


@pytest.mark.parametrize(("R", "r"), [(2.0, 1.0), (3.0, 0.5)])
def test_additive_share_of_the_ring_torus(R, r):
    result = factorization_score(*ring_torus(12, R, r))
    assert result.share == pytest.approx((R**2 + r**2 / 2) / (R**2 + r**2))
    assert result.x == pytest.approx(R**2 / (R**2 + r**2))
    assert result.low < result.share < result.high


@pytest.mark.parametrize("make", [lambda: clifford_torus(8, 1, 2), lambda: pixels(16, 1.0, "sos")])
def test_sums_are_fully_additive_with_no_interval(make):
    result = factorization_score(*make())
    assert (result.share, result.low, result.high) == pytest.approx((1, 1, 1))
    assert result.above_chance == pytest.approx(1)


def test_additive_share_of_raw_bumps():
    q = 4 * np.pi**2 / 16**2
    share = factorization_score(*pixels(16, 1.0, "bump")).share
    assert share == pytest.approx(2 / (1 + np.sqrt(np.pi / q)), abs=0.001)
    assert share == pytest.approx(0.363, abs=0.001)


def test_the_interval_is_the_jackknife_done_by_hand():
    rng = np.random.default_rng(1)
    points, labels = rng.normal(size=(30, 3)) + lattice(6, 5)[:, [0, 1, 0]], lattice(6, 5)
    variance = 0.0
    for axis, k in ((0, 6), (1, 5)):
        kept = [labels[:, axis] != value for value in range(k)]
        shares = np.array([factorization_score(points[keep], labels[keep]).share for keep in kept])
        variance += (k - 1) / k * ((shares - shares.mean()) ** 2).sum()
    result = factorization_score(points, labels, confidence=0.5)
    assert result.high - result.share == pytest.approx(stats.norm.ppf(0.75) * np.sqrt(variance))


def test_the_interval_covers_the_share_of_a_population_of_labels():
    rng = np.random.default_rng(2)
    labels, hits = lattice(16, 16), 0
    for _ in range(200):  # random main effects and noise, each of variance 1 in each of 20 features
        f, g = rng.normal(size=(2, 16, 20))
        points = f[labels[:, 0]] + g[labels[:, 1]] + rng.normal(size=(256, 20))
        result = factorization_score(points, labels)
        hits += result.low <= 2 / 3 + result.chance / 3 <= result.high  # noise adds its chance share
    assert 0.9 <= hits / 200 <= 0.99


def test_torch_tensors_give_the_same_numbers():
    maps, labels = torch.randn(9, 3, 2, 2, requires_grad=True), torch.as_tensor(lattice(3, 3))
    flat = maps.detach().numpy().reshape(9, 12)
    assert factorization_score(maps, labels.float()) == factorization_score(flat, lattice(3, 3))


def test_points_dealt_at_random_reach_the_chance_share():
    rng = np.random.default_rng(3)
    points, labels = ring_torus(8)
    shares = [factorization_score(rng.permutation(points), labels) for _ in range(200)]
    assert shares[0].chance == pytest.approx(14 / 63)
    mean, error = np.mean([s.share for s in shares]), np.std([s.share for s in shares]) / np.sqrt(200)
    assert abs(mean - 14 / 63) < 4 * error
    assert abs(np.mean([s.above_chance for s in shares])) < 0.02


@pytest.mark.parametrize("torus", TORI)
@pytest.mark.parametrize("step", [1, 2])
def test_circles_have_hyper_score_zero(torus, step):
    result = hyperfactorization(*torus(12), periodic=True, step=step)
    assert (result.score, result.x, result.y) == pytest.approx((0, 0, 0), abs=1e-9)


def test_straight_lines_have_hyper_score_minus_one_and_noise_looks_hyper_factorized():
    labels = lattice(8, 8)
    assert hyperfactorization(labels.astype(float), labels, periodic=False).score == pytest.approx(-1)
    noise = np.random.default_rng(4).normal(size=(64, 2000))
    assert hyperfactorization(noise, labels, periodic=True).score > 0.98
    assert factorization_score(noise, labels).above_chance == pytest.approx(0, abs=0.01)  # hence read both


def test_the_hyper_interval_grows_with_noise():
    points, labels = clifford_torus(12)
    rng = np.random.default_rng(5)
    widths = []
    for noise in (0.0, 0.02, 0.1):
        result = hyperfactorization(points + noise * rng.normal(size=points.shape), labels, periodic=True)
        widths.append(result.high - result.low)
        assert result.low <= result.score <= result.high
    assert widths[0] < 1e-9 < widths[1] < widths[2]


def test_a_grid_of_three_has_too_few_steps_to_compare():
    with pytest.raises(ValueError, match="too few"):
        hyperfactorization(*clifford_torus(3), periodic=True)

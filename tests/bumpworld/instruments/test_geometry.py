"""Spectra, dimension and the ideal tori against closed forms and numpy."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from bumpworld.canvas import Canvas
from bumpworld.instruments.geometry import (
    as_points,
    clifford_torus,
    compact,
    embed_umap,
    participation_ratio,
    pca_spectrum,
    principal_components,
    ring_torus,
)


def test_spectrum_is_that_of_the_covariance_whichever_side_is_longer():
    for shape in ((40, 7), (7, 40)):
        points = np.random.default_rng(0).normal(size=shape)
        expected = np.linalg.eigvalsh(np.cov(points.T, bias=True))[::-1][: min(shape)]
        np.testing.assert_allclose(pca_spectrum(points), expected, atol=1e-12)
        coordinates = principal_components(points, 3)
        np.testing.assert_allclose(coordinates.var(axis=0), expected[:3])
        np.testing.assert_array_equal(
            coordinates.max(axis=0), np.abs(coordinates).max(axis=0)
        )  # the sign's rule


@given(st.integers(2, 12), st.integers(1, 30), st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_compact_points_keep_all_distances(n, d, seed):
    points = np.random.default_rng(seed).normal(size=(n, d))
    small = compact(points)
    assert small.shape == (n, min(n, d))
    before = np.linalg.norm(points[:, None] - points, axis=-1)
    np.testing.assert_allclose(np.linalg.norm(small[:, None] - small, axis=-1), before, atol=1e-12)


@pytest.mark.parametrize(("r1", "r2"), [(1.0, 1.0), (1.0, 2.0), (3.0, 0.5)])
def test_participation_ratio_of_the_clifford_torus(r1, r2):
    expected = 2 * (r1**2 + r2**2) ** 2 / (r1**4 + r2**4)
    assert participation_ratio(clifford_torus(12, r1, r2)[0]) == pytest.approx(expected)


@pytest.mark.parametrize(("R", "r"), [(2.0, 1.0), (3.0, 0.5)])
def test_eigenvalues_of_the_ring_torus(R, r):
    expected = sorted([R**2 / 2 + r**2 / 4] * 2 + [r**2 / 2], reverse=True)
    np.testing.assert_allclose(pca_spectrum(ring_torus(16, R, r)[0]), expected)


@pytest.mark.parametrize(
    ("kind", "sigma", "named"), [("bump", 1, 163.0), ("bump", 2, 40.85), ("sos", 1, 23.94), ("sos", 2, 11.27)]
)
def test_participation_ratio_of_raw_periodic_pixels(kind, sigma, named):
    q = 4 * np.pi**2 * sigma**2 / 32**2
    if kind == "bump":
        expected = (np.pi / q - 1) ** 2 / (np.pi / (2 * q) - 1)
    else:
        expected = 2 * (np.sqrt(np.pi / q) - 1) ** 2 / (np.sqrt(np.pi / (2 * q)) - 1)
    canvas = Canvas(size=32, sigma=sigma, kind=kind, periodic=True)
    measured = participation_ratio(canvas.render(canvas.lattice()))
    assert measured == pytest.approx(
        expected, rel=2e-3
    )  # the formula takes a sum over pixels for an integral
    assert measured == pytest.approx(named, rel=2e-3)


@given(st.integers(0, 1000), st.floats(0.01, 100))
@settings(max_examples=25, deadline=None)
def test_participation_ratio_ignores_rotation_scale_and_origin(seed, scale):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(20, 4)) * [5, 2, 1, 0.5]
    rotation = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    ratio = participation_ratio(points)
    assert 1 <= ratio <= 4
    assert participation_ratio(scale * points @ rotation + 3) == pytest.approx(ratio)


def test_torch_tensors_and_feature_maps_are_taken_as_they_are():
    maps = torch.randn(9, 3, 2, 2, generator=torch.Generator().manual_seed(0), requires_grad=True)
    assert as_points(maps).shape == (9, 12)
    assert as_points(maps.bfloat16()).dtype == np.float64
    flat = maps.detach().numpy().reshape(9, 12)
    assert participation_ratio(maps) == pytest.approx(participation_ratio(flat))


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (np.zeros((9, 2)), "all 9 points are the same"),
        (np.where(np.arange(9)[:, None] == 4, np.nan, 1.0), "point 4"),
        (np.where(np.arange(9)[:, None] == 2, np.inf, 1.0), "point 2"),
    ],
)
def test_bad_points(points, message):
    for function in (participation_ratio, pca_spectrum, embed_umap):
        with pytest.raises(ValueError, match=message):
            function(points)


@pytest.mark.long
def test_umap_keeps_the_neighbours_of_a_torus():
    from sklearn.manifold import trustworthiness

    points = clifford_torus(16)[0]
    layout = embed_umap(points, seed=1)
    assert layout.shape == (256, 2)
    assert trustworthiness(points, layout, n_neighbors=8) > 0.9
    np.testing.assert_array_equal(layout, embed_umap(points, seed=1))

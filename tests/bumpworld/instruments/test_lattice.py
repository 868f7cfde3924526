"""Clusters, overlaps and the staircase beside networkx, numerical integration and the literature."""

import math
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from bumpworld.canvas import Canvas
from bumpworld.instruments.lattice import (
    bipartite_components,
    interaction_radius,
    neighbours,
    overlap,
    pixel_overlap,
    predicted_onset,
    site_clusters,
)

NEAREST = neighbours(1)
P_C = 0.592746
# Largest squared distance of a neighbour, how many there are, and the site threshold: from the literature.
TABLE = [(1, 4, P_C), (2, 8, 0.407254), (4, 12, 0.2891), (5, 20, 0.1967), (8, 24, 0.1647), (9, 28, 0.1433),
         (10, 36, 0.11535), (13, 44, 0.0958)]  # fmt: skip
KAPPA = {"cosine": (4.604, 3.462), "bhattacharyya": (6.510, 4.895), "coefficient": (5.614, 3.920)}


# One picture, and the bipartite graph.


@settings(max_examples=40)
@given(
    st.tuples(st.integers(1, 12), st.integers(1, 12)),
    st.floats(1, 3),
    st.booleans(),
    st.integers(0, 2**32 - 1),
)
def test_site_clusters_are_the_components_of_networkx(shape, radius, periodic, seed):
    moves = neighbours(min(radius, max(shape) - 1)) if max(shape) > 1 else []
    if len(moves) == 0:
        return
    mask = np.random.default_rng(seed).random(shape) < 0.4
    graph = nx.Graph()
    sites = set(zip(*np.nonzero(mask), strict=True))
    graph.add_nodes_from(sites)
    for row, column in sites:
        for dx, dy in moves:
            other = (row + dy, column + dx)
            if periodic:
                other = (other[0] % shape[0], other[1] % shape[1])
            if other in sites:
                graph.add_edge((row, column), other)
    found = site_clusters(mask, moves, periodic)
    components = sorted(map(len, nx.connected_components(graph)), reverse=True)
    assert found.sizes.tolist() == components
    assert np.array_equal(found.labels >= 0, mask)
    for component in nx.connected_components(graph):
        assert len({found.labels[site] for site in component}) == 1


@given(st.lists(st.tuples(st.integers(-3, 8), st.integers(-3, 8)), min_size=1, max_size=30))
def test_bipartite_components_are_those_of_networkx(pairs):
    found = bipartite_components(pairs)
    graph = nx.Graph([(("x", x), ("y", y)) for x, y in pairs])
    sizes = sorted(
        (graph.subgraph(c).number_of_edges() for c in nx.connected_components(graph)), reverse=True
    )
    assert found.sizes.tolist() == sizes
    component = {("x", v): c for v, c in zip(found.x_values.tolist(), found.x_component, strict=True)}
    component |= {("y", v): c for v, c in zip(found.y_values.tolist(), found.y_component, strict=True)}
    assert set(component) == set(graph)
    for a in graph:
        assert {b for b in graph if component[b] == component[a]} == nx.node_connected_component(graph, a)
        edges = graph.subgraph(nx.node_connected_component(graph, a)).number_of_edges()
        assert found.sizes[component[a]] == edges


# Overlaps, neighbourhoods, the staircase.


@pytest.mark.parametrize("kind", KAPPA)
@given(sigma=st.floats(0.1, 5), ratio=st.floats(0, 6))
@settings(max_examples=15)
def test_overlap_is_the_integral(kind, sigma, ratio):
    # The direction across factors out: a product of one-dimensional integrals, or 1 for densities.
    distance = ratio * sigma

    def gauss(u, center):
        return math.exp(-((u - center) ** 2) / (2 * sigma**2))

    def integral(f):
        span = (-8 * sigma, distance / 2, distance + 8 * sigma)
        return sum(integrate.quad(f, a, b, epsabs=1e-13)[0] for a, b in pairwise(span))

    area = sigma * math.sqrt(2 * math.pi)
    expected = {
        "cosine": lambda: integral(lambda u: gauss(u, 0) * gauss(u, distance)) / (sigma * math.sqrt(math.pi)),
        "bhattacharyya": lambda: integral(lambda u: math.sqrt(gauss(u, 0) * gauss(u, distance))) / area,
        "coefficient": lambda: integral(lambda u: min(gauss(u, 0), gauss(u, distance))) / area,
    }[kind]()
    assert overlap(distance, sigma, kind) == pytest.approx(expected, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("kind", KAPPA)
def test_kappa_table(kind):
    for tau, kappa in zip((0.005, 0.05), KAPPA[kind], strict=True):
        assert interaction_radius(1.0, tau, kind=kind) == pytest.approx(kappa, abs=6e-4)


@given(st.floats(0.05, 10), st.floats(1e-6, 0.999), st.floats(0.1, 10), st.sampled_from(sorted(KAPPA)))
def test_interaction_radius_is_where_the_overlap_is_the_threshold(sigma, tau, spacing, kind):
    radius = interaction_radius(sigma, tau, spacing, kind)
    assert overlap(radius * spacing, sigma, kind) == pytest.approx(tau, rel=1e-6)


@pytest.mark.parametrize("kind", KAPPA)
@pytest.mark.parametrize("sigma", [1.0, 2.0])
def test_pixel_overlap_of_wide_bumps_is_the_closed_form(kind, sigma):
    canvas = Canvas(size=32, sigma=sigma)
    a = np.tile([15.3, 15.8], (5, 1))
    b = a + np.array([[0, 0], [1, 0], [0.5, -1], [2, 2], [-3, 0.2]])
    expected = overlap(np.linalg.norm(b - a, axis=1), sigma, kind)
    assert np.allclose(
        pixel_overlap(canvas, a, b, kind), expected, atol=0.02 if kind == "coefficient" else 2e-3
    )
    assert pixel_overlap(canvas, a[1], b[1], kind) == pytest.approx(expected[1], abs=0.02)


def test_pixel_overlap_of_narrow_bumps_is_not():
    on_grid, off_grid, next_on_grid = [8, 8], [8.5, 8], [9, 8]
    # Nothing connects below sigma 0.289 on rendered pixels, below 0.217 in the plane (cosine, 0.005).
    assert pixel_overlap(Canvas(sigma=0.288), on_grid, next_on_grid) < 0.005 < overlap(1, 0.288)
    assert pixel_overlap(Canvas(sigma=0.290), on_grid, next_on_grid) > 0.005
    assert overlap(1, 0.217) < 0.005 < overlap(1, 0.218)
    # Half a pixel off the grid a bump of sigma 0.1 nearly vanishes; what is left is shared by two pixels.
    narrow = Canvas(sigma=0.1)
    assert narrow.render([off_grid]).max() < 1e-5
    assert pixel_overlap(narrow, off_grid, next_on_grid) == pytest.approx(math.sqrt(0.5), abs=1e-3)
    assert overlap(0.5, 0.1) < 0.002
    assert pixel_overlap(Canvas(sigma=0.02), off_grid, next_on_grid) == 0  # blank in float32


@given(st.floats(0, 12))
def test_neighbours_are_all_sites_within_reach(radius):
    found = {tuple(move) for move in neighbours(radius).tolist()}
    steps = range(-13, 14)
    assert found == {(x, y) for x in steps for y in steps if 0 < math.hypot(x, y) <= radius * (1 + 1e-9)}
    assert len(found) == len(neighbours(radius))


def test_staircase():
    assert predicted_onset(0.216).staircase == math.inf and predicted_onset(0.216).neighbours == 0
    kappa = interaction_radius(1.0)
    for squared, z, p_c in TABLE:
        for sigma in (math.sqrt(squared) / kappa, math.sqrt(squared) / kappa * 1.02):
            onset = predicted_onset(sigma)
            assert (onset.neighbours, onset.staircase) == (z, pytest.approx(p_c, abs=1e-4))
    sigmas = np.linspace(0.2, 8, 300)
    onset = predicted_onset(sigmas, tau=0.05, kind="coefficient")
    assert np.all(np.diff(onset.staircase[np.isfinite(onset.staircase)]) <= 0)
    assert onset.limit == pytest.approx(4.51235 / (np.pi * (3.920 * sigmas) ** 2), rel=1e-3)
    assert onset.staircase[-50:] == pytest.approx(onset.limit[-50:], rel=0.03)
    assert predicted_onset(3.0, spacing=2.0) == predicted_onset(1.5)

"""Persistent homology against closed forms, spanning tree and stability; torus evidence against its null."""

import numpy as np
import pytest
import torch
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import cdist

from bumpworld.instruments.geometry import clifford_torus, ring_torus
from bumpworld.instruments.topology import greedy_landmarks, persistence, torus_evidence


def circle(n, radius=1.0):
    angle = 2 * np.pi * np.arange(n) / n
    return radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def sphere(n):
    """Nearly even points on the unit sphere, along the Fibonacci spiral."""
    height = 1 - (2 * np.arange(n) + 1) / n
    turn = np.pi * (1 + np.sqrt(5)) * np.arange(n)
    reach = np.sqrt(1 - height**2)
    return np.stack([reach * np.cos(turn), reach * np.sin(turn), height], axis=1)


@pytest.mark.parametrize("radius", [1.0, 3.0])
def test_the_loop_of_a_circle(radius):
    diagram = persistence(circle(12, radius))
    # Born with the shortest chord, dead with the inscribed regular triangle.
    np.testing.assert_allclose(
        diagram.bars[1], [[2 * radius * np.sin(np.pi / 12), np.sqrt(3) * radius]], rtol=1e-6
    )


@pytest.mark.parametrize("radii", [(1.0, 1.0), (1.0, 1.5)])
def test_the_loops_of_a_clifford_torus(radii):
    # Each circle is a retract of the torus by a map that stretches nothing, so the torus has exactly its bar.
    diagram = persistence(clifford_torus(9, *radii)[0])
    expected = [[2 * r * np.sin(np.pi / 9), np.sqrt(3) * r] for r in sorted(radii, reverse=True)]
    np.testing.assert_allclose(diagram.bars[1][:2], expected, rtol=1e-6)
    twins = diagram.lifetimes(1)[1] / diagram.lifetimes(1)[0]
    assert twins == pytest.approx(min(radii) / max(radii))  # with equal radii the two points coincide


@pytest.mark.parametrize(
    ("points", "scale", "betti"),
    [
        (clifford_torus(9)[0], 1.2, (1, 2, 1)),
        (ring_torus(12)[0], 1.65, (1, 2, 1)),
        (sphere(100), 0.8, (1, 0, 1)),
        (circle(12), 1.0, (1, 1, 0)),
        (np.concatenate([circle(12), circle(12) + 9]), 1.0, (2, 2, 0)),
        (np.random.default_rng(0).normal(size=(20, 3)), 9.0, (1, 0, 0)),
    ],
)
def test_betti_numbers(points, scale, betti):
    assert persistence(points, landmarks=150).betti(scale) == betti


def test_components_die_along_the_minimum_spanning_tree():
    points = np.random.default_rng(1).normal(size=(40, 3))
    tree = np.sort(minimum_spanning_tree(cdist(points, points)).data)[::-1]
    bars = persistence(points, dimension=0).bars[0]
    assert np.isinf(bars[0, 1])
    np.testing.assert_allclose(bars[1:, 1], tree, rtol=1e-6)


def test_rotation_and_idle_features_change_nothing_and_scale_scales():
    rng = np.random.default_rng(2)
    points = clifford_torus(7, 1.0, 1.4)[0]
    rotation = np.linalg.qr(rng.normal(size=(90, 90)))[0][:4]
    lengths = persistence(points).lifetimes(1)[:2]
    far_away = torch.as_tensor(5 * points @ rotation + 10)
    np.testing.assert_allclose(persistence(far_away).lifetimes(1)[:2], 5 * lengths, rtol=1e-5)


def test_landmarks_cover_the_cloud_and_bound_the_error():
    points = clifford_torus(14)[0]
    full, part = persistence(points, landmarks=196, dimension=1), persistence(points, landmarks=80)
    assert (full.cover, len(full.landmarks)) == (0, 196)
    assert len(np.unique(part.landmarks)) == 80
    nearest = cdist(points, points[part.landmarks]).min(axis=1)
    assert part.cover == pytest.approx(nearest.max(), abs=1e-6)
    assert np.abs(part.bars[1][:2] - full.bars[1][:2]).max() <= 2 * part.cover
    assert "80 of 196 points" in str(part)


def test_each_landmark_is_the_farthest_from_those_before():
    points = np.random.default_rng(3).normal(size=(50, 2))
    chosen, _ = greedy_landmarks(points, 10)
    for k in range(1, 10):
        distance = cdist(points, points[chosen[:k]]).min(axis=1)
        assert chosen[k] == distance.argmax()


def test_few_components_are_enough_for_a_torus_in_noise():
    rng = np.random.default_rng(4)
    points = np.concatenate([3 * clifford_torus(10)[0], rng.normal(size=(100, 60))], axis=1)
    assert persistence(points, components=4).points.shape == (100, 4)
    clean, noisy = (persistence(points, components=c, dimension=1).lifetimes(1) for c in (4, None))
    assert clean[1] - clean[2] > 2 * (noisy[1] - noisy[2])


@pytest.mark.parametrize(("make", "noise"), [(clifford_torus, 0.0), (clifford_torus, 0.1), (ring_torus, 0.0)])
def test_ideal_tori_pass(make, noise):
    points = make(16)[0]
    points = points + noise * np.random.default_rng(7).normal(size=points.shape)
    diagram = persistence(points, landmarks=80)
    evidence = torus_evidence(diagram, permutations=19)
    assert evidence.holds()
    assert evidence.p_h1 == evidence.p_h2 == pytest.approx(1 / 20)
    assert evidence.h1_gap > evidence.null_h1.max()
    assert len(evidence.null_h1) == len(evidence.null_h2) == 19
    assert evidence.twins > 0.8


@pytest.mark.parametrize(
    "points",
    [
        sphere(60),
        np.concatenate([circle(30), np.zeros((30, 2))], axis=1) + np.repeat([[0.0], [9.0]], 15, axis=0),
        np.random.default_rng(5).normal(size=(60, 4)),
    ],
    ids=["sphere", "arcs", "noise"],
)
def test_other_shapes_fail(points):
    assert not torus_evidence(persistence(points), permutations=19).holds()


def test_two_loops_without_a_void_fail():
    apart = np.concatenate([circle(24), circle(24) + 9.0])
    evidence = torus_evidence(persistence(apart), permutations=19)
    assert evidence.p_h1 == pytest.approx(1 / 20)
    assert evidence.p_h2 > 0.05


def test_p_values_are_rarely_small_for_clouds_without_structure():
    rng = np.random.default_rng(6)
    found = [
        torus_evidence(persistence(rng.normal(size=(24, 4))), permutations=19, seed=seed)
        for seed in range(30)
    ]
    p_values = np.array([(e.p_h1, e.p_h2) for e in found])
    assert ((p_values <= 0.05).mean(axis=0) <= 0.17).all()  # 5 % expected; 6 of 30 has probability 0.003
    assert (np.abs(p_values.mean(axis=0) - 0.525) < 0.2).all()
    assert sum(e.holds() for e in found) <= 1


def test_the_same_seed_gives_the_same_null():
    diagram = persistence(clifford_torus(6)[0])
    one, two, other = (torus_evidence(diagram, permutations=3, seed=s) for s in (0, 0, 1))
    np.testing.assert_array_equal(one.null_h1, two.null_h1)
    assert not np.array_equal(one.null_h1, other.null_h1)

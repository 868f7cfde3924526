"""Growing lattices beside brute-force labelling, exact thresholds and exponents."""

import math

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage, stats

from bumpbook.percolation import curves as percolation_curves
from bumpbook.percolation import newman_ziff
from bumpbook.percolation.curves import half_cluster_labels, largest_cluster_curve
from bumpbook.percolation.newman_ziff import Growth, canonical, compiled, draw
from bumpbook.percolation.threshold import BATCH, _first_crossings, threshold
from bumpworld.instruments.lattice import (
    bipartite_components,
    interaction_radius,
    neighbours,
    predicted_onset,
    rook_moves,
    site_clusters,
)

NEAREST = neighbours(1)
CROSS = ndimage.generate_binary_structure(2, 1)
SQUARE = ndimage.generate_binary_structure(2, 2)
P_C = 0.592746
# Largest squared distance of a neighbour, how many there are, and the site threshold: from the literature.
TABLE = [(1, 4, P_C), (2, 8, 0.407254), (4, 12, 0.2891), (5, 20, 0.1967), (8, 24, 0.1647), (9, 28, 0.1433),
         (10, 36, 0.11535), (13, 44, 0.0958)]  # fmt: skip


def random_order(size, seed):
    return np.random.default_rng(seed).permutation(size**2).astype(np.int32)


def pictures(order, size):
    """The masks that the occupation of ``order`` runs through, one site more at a time."""
    mask = np.zeros(size**2, bool)
    for site in order:
        mask[site] = True
        yield mask.reshape(size, size)


def test_a_cleared_lattice_is_a_new_one():
    for periodic in (False, True):
        used = Growth(16, NEAREST, periodic).fill(np.random.default_rng(1)).clear()
        for growth in (used, new := Growth(16, NEAREST, periodic)):
            growth.fill(np.random.default_rng(2))
        for name in ("largest", "squares", "crossed"):
            assert (getattr(used, name) == getattr(new, name)).all()


def test_an_order_does_not_depend_on_the_batch_in_which_it_is_filled():
    _, found = _first_crossings(16, tuple(map(tuple, NEAREST.tolist())), BATCH + 20, 3, None)
    for k, crossed in enumerate(found):
        alone = Growth(16, NEAREST, periodic=True).fill(np.random.default_rng([3, 16, k]), until_crossed=True)
        assert crossed.tolist() == alone.crossed.tolist()


# One pass against labelling every picture anew.


@pytest.mark.parametrize(("moves", "structure"), [(NEAREST, CROSS), (neighbours(1.5), SQUARE)])
def test_open_growth_equals_scipy_labels(moves, structure):
    size, order = 13, random_order(13, 1)
    growth = Growth(size, moves).occupy(order)
    for n, mask in enumerate(pictures(order, size), start=1):
        labels, _ = ndimage.label(mask, structure)
        sizes = np.bincount(labels.flat)[1:]
        assert growth.largest[n] == sizes.max()
        assert growth.squares[n] == (sizes**2).sum()
        spans = [set(labels[:, 0]) & set(labels[:, -1]) - {0}, set(labels[0]) & set(labels[-1]) - {0}]
        assert [bool(s) for s in spans] == [bool(n >= first) for first in growth.crossed]


@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize("radius", [1, 2, 3.2])
@pytest.mark.parametrize("crossing", [False, True])
def test_growth_equals_sparse_components(periodic, radius, crossing):
    size, order, moves = 11, random_order(11, 2), neighbours(radius)
    growth = Growth(size, moves, periodic, crossing).occupy(order)
    for n, mask in enumerate(pictures(order, size), start=1):
        sizes = site_clusters(mask, moves, periodic).sizes
        assert (growth.largest[n], growth.squares[n]) == (sizes.max(), (sizes**2).sum())


def wraps(mask, moves):
    """Walk every cluster of a torus in the unrolled plane: does a way back arrive shifted along x, or y?"""
    size, shift, place = len(mask), np.zeros(2, bool), {}
    for start in zip(*np.nonzero(mask), strict=True):
        if start in place:
            continue
        place[start], todo = start, [start]
        while todo:
            row, column = place[todo.pop()]
            for dx, dy in moves:
                v, u = row + dy, column + dx
                site = (v % size, u % size)
                if mask[site] and site not in place:
                    place[site] = (v, u)
                    todo.append(site)
                elif mask[site]:
                    shift |= [place[site][1] != u, place[site][0] != v]
    return shift


@pytest.mark.parametrize("radius", [1, 1.5, 2.3])
@pytest.mark.parametrize("seed", range(3))
def test_wrapping_equals_a_walk_in_the_unrolled_plane(radius, seed):
    size, order, moves = 8, random_order(8, seed), neighbours(radius)
    growth = Growth(size, moves, periodic=True).occupy(order)
    for n, mask in enumerate(pictures(order, size), start=1):
        assert np.array_equal(wraps(mask, moves), n >= growth.crossed)


def test_large_lattice_equals_scipy_labels():
    size, order = 300, random_order(300, 3)
    plain, followed = (Growth(size, NEAREST, crossing=crossing).occupy(order) for crossing in (False, True))
    assert np.array_equal(plain.largest, followed.largest)
    for n in (20000, 50000, 54000, 80000):
        mask = np.zeros(size**2, bool)
        mask[order[:n]] = True
        assert plain.largest[n] == np.bincount(ndimage.label(mask.reshape(size, size))[0].flat)[1:].max()


def test_coarse_record_is_a_part_of_the_full_one(monkeypatch):
    size, order = 37, random_order(37, 4)
    full = Growth(size, NEAREST, periodic=True).occupy(order)
    monkeypatch.setattr(newman_ziff, "SAMPLES", 100)
    coarse = Growth(size, NEAREST, periodic=True)
    for piece in np.array_split(order, 7):  # and the growth may go on in pieces
        coarse.occupy(piece)
    assert coarse.occupied[0] == 0 and coarse.occupied[-1] == size**2 and len(coarse.occupied) <= 101
    assert np.array_equal(coarse.largest, full.largest[coarse.occupied])
    assert np.array_equal(coarse.squares, full.squares[coarse.occupied])
    assert np.array_equal(coarse.crossed, full.crossed)


def test_draw_is_a_fair_shuffle():
    rng, counts = np.random.default_rng(5), {}
    for _ in range(24000):
        order = np.arange(4, dtype=np.int32)
        draw(order, 0, rng.random(3))
        draw(order, 3, rng.random(1))
        counts[tuple(order)] = counts.get(tuple(order), 0) + 1
    assert len(counts) == 24
    assert stats.chisquare(list(counts.values())).pvalue > 0.001


def test_compiled_where_nothing_can_be_kept_on_disk():
    # for a function that stands in no file numba finds no folder, as if none could be written
    names = {}
    exec("def double(x):\n    return 2 * x", names)
    with pytest.raises(RuntimeError, match="cannot cache"):
        numba.njit(cache=True)(names["double"])
    assert compiled(names["double"])(21) == 42


@settings(max_examples=40)
@given(st.integers(2, 12), st.floats(1, 4), st.booleans(), st.integers(0, 2**32 - 1))
def test_growth_only_grows(size, radius, periodic, seed):
    moves = neighbours(min(radius, size - 1))
    growth = Growth(size, moves, periodic).fill(np.random.default_rng(seed))
    steps, n = np.diff(growth.largest), growth.occupied
    assert (steps >= 0).all() and steps[0] == 1
    assert (growth.largest <= n).all() and growth.largest[-1] == size**2
    # The sum of squares always grows, and lies between those of n single sites and of one cluster.
    assert (np.diff(growth.squares) > 0).all()
    assert (n <= growth.squares).all() and (growth.squares <= growth.largest * n).all()
    # A cluster from edge to edge in steps of at most r has at least (size - 1) / r + 1 sites.
    fewest = math.ceil((size - 1) / np.abs(moves).max()) + (0 if periodic else 1)
    assert (growth.crossed >= fewest).all() and (growth.crossed <= size**2).all()


# From numbers of sites to densities.


def test_canonical_is_the_binomial_average():
    sites, densities = 144, np.array([0, 1e-6, 0.01, 0.3, P_C, 0.97, 1 - 1e-6, 1])
    n, values = np.arange(sites + 1), np.random.default_rng(6).random((sites + 1, 3))
    expected = stats.binom.pmf(n, sites, densities[:, None]) @ values
    assert np.allclose(canonical(n, values, densities), expected, rtol=1e-12, atol=0)


def test_canonical_of_a_coarse_record():
    sites, densities = 10**8, np.array([0, 1e-9, 1e-6, 0.001, 0.2, P_C, 0.999, 1])
    n = np.minimum(np.arange(0, sites + 96, 96), sites)
    result = canonical(n, np.stack([n / sites, (n / sites) ** 2], axis=1), densities)
    assert np.allclose(result[:, 0], densities, rtol=1e-9, atol=1e-6)
    assert np.allclose(
        result[3:, 1], densities[3:] ** 2 + densities[3:] * (1 - densities[3:]) / sites, rtol=1e-9
    )


@pytest.mark.parametrize("periodic", [False, True])
def test_curve_agrees_with_random_pictures(periodic):
    size, repeats, rng = 16, 400, np.random.default_rng(7)
    densities = [0.3, 0.55, P_C, 0.75]
    curve = largest_cluster_curve(size, NEAREST, repeats, seed=1, periodic=periodic, densities=densities)
    for i, p in enumerate(densities):
        found = []
        for _ in range(repeats):
            mask = rng.random((size, size)) < p
            sizes = site_clusters(mask, NEAREST, periodic).sizes
            found.append([sizes[0] / mask.size, sizes[0] / mask.sum(), (sizes[1:] ** 2).sum() / mask.size])
        means, errors = np.mean(found, axis=0), np.std(found, axis=0) / math.sqrt(repeats)
        ours = [curve.share_of_sites, curve.share_of_occupied, curve.susceptibility]
        for mean, error, (value, ours_error) in zip(means, errors, ours, strict=True):
            assert abs(mean - value[i]) < 4 * math.hypot(error, ours_error[i])


def test_curve_of_a_known_lattice():
    # On 2 x 2 sites with all neighbours every picture has one cluster, and crosses along an axis if both its
    # columns are occupied: 1 - 2 (1-p)^2 + (1-p)^4.
    p = np.linspace(0, 1, 11)
    curve = largest_cluster_curve(2, neighbours(1.5), repeats=300, densities=p)
    assert np.allclose(curve.share_of_sites.mean, p, atol=1e-12)
    assert np.allclose(curve.share_of_occupied.mean, 1 - (1 - p) ** 4, atol=1e-12)
    assert np.allclose(curve.susceptibility.mean, 0, atol=1e-12)
    expected = 1 - 2 * (1 - p) ** 2 + (1 - p) ** 4
    assert (np.abs(curve.crossing_one.mean - expected) <= 4 * curve.crossing_one.error + 1e-12).all()
    sides = 2 * curve.crossing_one.mean - curve.crossing_either.mean - curve.crossing_both.mean
    assert np.allclose(sides, 0, atol=1e-12)


def test_curve_does_not_depend_on_threads():
    curves = [largest_cluster_curve(20, NEAREST, repeats=9, seed=3, workers=workers) for workers in (1, 2, 5)]
    for curve in curves[1:]:
        assert np.allclose(curve.share_of_sites, curves[0].share_of_sites, rtol=0, atol=1e-9)
    other = largest_cluster_curve(20, NEAREST, repeats=9, seed=4)
    assert not np.allclose(other.share_of_sites.mean, curves[0].share_of_sites.mean)
    single = largest_cluster_curve(20, NEAREST, repeats=1, crossing=False)
    assert np.isnan(single.share_of_sites.error).all() and single.crossing_one is None
    assert len(single.densities) == 401 and np.all(np.diff(single.share_of_sites.mean) >= 0)


# Thresholds and exponents.


@pytest.fixture(scope="module")
def thresholds():
    return {z: threshold(neighbours(math.sqrt(squared)), repeats=600, seed=1) for squared, z, _ in TABLE}


@pytest.mark.parametrize(("squared", "z", "p_c"), TABLE)
def test_thresholds_of_the_literature(thresholds, squared, z, p_c):
    assert len(neighbours(math.sqrt(squared))) == z
    value, error = thresholds[z]
    assert abs(value - p_c) < 0.003
    assert abs(value - p_c) < 4 * error and error < 0.0015


def test_matching_lattices(thresholds):
    total, error = (
        thresholds[4].mean + thresholds[8].mean,
        math.hypot(thresholds[4].error, thresholds[8].error),
    )
    assert abs(total - 1) < 3 * error


def test_thresholds_by_two_sizes():
    triangular = threshold([(1, 0), (0, 1), (1, -1)], repeats=400, seed=2)  # exactly 1/2
    assert abs(triangular.mean - 0.5) < 3 * triangular.error and triangular.error < 0.004
    sublattice = threshold([(2, 0), (0, 2)], repeats=400, seed=2)  # four square lattices in one
    assert abs(sublattice.mean - P_C) < 3 * sublattice.error and sublattice.error < 0.004


def test_staircase_beyond_the_table_is_measured():
    sigma = 6.0 / interaction_radius(1.0)
    onset = predicted_onset(sigma)
    value, error = threshold(neighbours(6.0), repeats=400, seed=3)
    assert onset.neighbours == 112
    assert abs(value / onset.staircase - 1) < 0.01 + 3 * error / value


def test_wrapping_at_the_threshold_is_universal():
    # Exact values for infinite square tori (Pinson 1994; Newman and Ziff 2001), reached fast as size grows.
    curve = largest_cluster_curve(64, NEAREST, 1000, seed=4, periodic=True, densities=[P_C])
    exact = [
        (curve.crossing_one, 0.521058),
        (curve.crossing_either, 0.690474),
        (curve.crossing_both, 0.351643),
    ]
    for (mean, error), value in exact:
        assert abs(mean[0] - value) < 3.5 * error[0] and error[0] < 0.02


@pytest.mark.long
def test_exponents_by_finite_size_scaling():
    sizes, step = np.array([32, 64, 128, 256]), 0.002
    curves = [
        largest_cluster_curve(int(size), NEAREST, repeats, 4, True, [P_C - step, P_C, P_C + step])
        for size, repeats in zip(sizes, (20000, 12000, 8000, 4500), strict=True)
    ]
    slopes = [np.ptp(curve.crossing_one.mean) / (2 * step) for curve in curves]
    assert stats.linregress(np.log(sizes), np.log(slopes)).slope == pytest.approx(3 / 4, rel=0.05)
    shares = [curve.share_of_sites.mean[1] for curve in curves]
    assert stats.linregress(np.log(sizes), np.log(shares)).slope == pytest.approx(-5 / 48, rel=0.05)
    rest = [curve.susceptibility.mean[1] for curve in curves]
    assert stats.linregress(np.log(sizes), np.log(rest)).slope == pytest.approx(43 / 24, rel=0.05)


# Half of the labels in one cluster.


def half_crossing(order, sizes_of):
    """First number of labels from which on the largest cluster holds half, by looking at every picture."""
    below = [n for n in range(1, len(order) + 1) if 2 * sizes_of(order[:n]).max() < n]
    return 1 + max(below, default=0)


@pytest.mark.parametrize("bipartite", [False, True])
def test_half_cluster_labels_agree_with_pictures(bipartite):
    size, moves = 8, neighbours(1.5)

    def sizes_of(sites):
        if bipartite:
            return bipartite_components(np.stack([sites % size, sites // size], axis=1)).sizes
        mask = np.zeros(size**2, bool)
        mask[sites] = True
        return site_clusters(mask.reshape(size, size), moves).sizes

    counts = [half_crossing(random_order(size, seed), sizes_of) for seed in range(40)]
    found = half_cluster_labels(size, rook_moves(size) if bipartite else moves, repeats=500)
    error = math.hypot(np.std(counts) / math.sqrt(len(counts)), found.error)
    assert abs(np.mean(counts) - found.mean) < 3.5 * error


@pytest.mark.parametrize(
    ("size", "sigma", "labels"),
    [(32, 1.0, 46), (32, 0.5, 169), (16, 0.5, 41), (16, 1.0, 8), (32, None, 39), (16, None, 21)],
)
def test_half_cluster_labels_of_bump_lattices(size, sigma, labels):
    # Counts by another program, to within the scatter of single orders. None: the bipartite graph.
    moves = rook_moves(size) if sigma is None else neighbours(interaction_radius(sigma))
    mean, error = half_cluster_labels(size, moves, repeats=300)
    assert abs(mean - labels) < 1.6 * error * math.sqrt(300)


# Bad input.


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: largest_cluster_curve(1, NEAREST), "size is 1"),
        (lambda: largest_cluster_curve(2.5, NEAREST), "size is 2.5"),
        (lambda: largest_cluster_curve(50000, NEAREST), "size is 50000"),
        (lambda: largest_cluster_curve(8, NEAREST, repeats=0), "repeats is 0"),
        (lambda: largest_cluster_curve(8, NEAREST, densities=[0.5, 1.5]), "densities contain .1.5"),
        (lambda: largest_cluster_curve(8, NEAREST, densities=[math.nan]), "densities contain .nan"),
        (lambda: largest_cluster_curve(8, NEAREST, densities=[]), "densities contain"),
        (lambda: largest_cluster_curve(8, neighbours(0.5)), "offsets have shape"),
        (lambda: largest_cluster_curve(8, [(0, 8)]), r"offset \[0, -?8\] leads beyond"),
        (lambda: largest_cluster_curve(8, [(0, 0)]), "offsets contain"),
        (lambda: largest_cluster_curve(8, [(0.5, 1)]), "offsets are of type"),
        (lambda: half_cluster_labels(2000, NEAREST), "size is 2000"),
        (lambda: threshold([(1, 0)]), "offsets all lie on one line"),
        (lambda: threshold(NEAREST, repeats=2), "repeats is 2"),
        (lambda: threshold(neighbours(9), size=16), "leads beyond"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_too_large_for_memory_is_said_before_trying(monkeypatch):
    monkeypatch.setattr(percolation_curves, "_free_memory", lambda: 5e8)
    with pytest.raises(
        ValueError, match=r"size 20000 needs 3\..* GB.*0\.50 GB are free; allowed are sizes up to"
    ):
        largest_cluster_curve(20000, NEAREST)
    largest_cluster_curve(16, NEAREST, repeats=2, workers=2)


def test_free_memory_is_known_here():
    assert 1e6 < percolation_curves._free_memory() <= math.inf

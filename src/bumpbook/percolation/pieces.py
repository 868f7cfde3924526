"""Does a cloud of points hang together? The largest connected piece of its graph of mutual nearest neighbours."""

import numpy as np

from bumpworld import checks
from bumpworld.instruments.geometry import as_points, compact


def largest_piece(points, neighbours: int = 4) -> float:
    """Share of the points in the largest connected piece, two being linked when each is among the other's nearest.

    ``points`` (n, d); ``neighbours`` is how many are nearest, four as on a square lattice. Between 1/n and 1. Mutual
    links are asked for since a point far from all would otherwise hang on somebody. Raises ValueError as
    `geometry.as_points` does, and for neighbours outside 1 to n - 1.
    """
    from scipy.sparse.csgraph import connected_components

    points = as_points(points)
    neighbours = checks.whole("neighbours", neighbours, 1, len(points) - 1)
    squared = (points**2).sum(1)
    apart = squared[:, None] + squared - 2 * points @ points.T
    np.fill_diagonal(apart, np.inf)
    rank = apart.argsort(1, kind="stable").argsort(1, kind="stable")
    linked = (rank < neighbours) & (rank.T < neighbours)
    names = connected_components(linked, directed=False)[1]
    return float(np.bincount(names).max() / len(points))


def null_piece(points, neighbours: int = 4, draws: int = 20, seed: int = 0) -> float:
    """Mean of `largest_piece` for clouds with the same variances along the same axes, but no surface.

    Each principal coordinate is dealt out anew among the points, independently of the others. Raises as `largest_piece`.
    """
    rng, found = np.random.default_rng(checks.seed("seed", seed)), []
    centred = compact(points)
    left, scale, _ = np.linalg.svd(centred, full_matrices=False)
    coordinates = left * scale
    for _ in range(checks.whole("draws", draws, 1)):
        found.append(largest_piece(rng.permuted(coordinates, axis=0), neighbours))
    return float(np.mean(found))

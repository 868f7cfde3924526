"""Percolation on a lattice of bumps: which labels are joined, in which clusters, and when one takes over.

Two labels are joined when their images overlap by at least a threshold tau. The overlap falls with distance
alone, so a label's neighbours are all lattice sites within kappa(tau) * sigma, and keeping a fraction
lambda of the lattice is site percolation with extended neighbourhoods.
"""

import math
from typing import NamedTuple

import numpy as np

from .. import checks
from . import arrays
from .overlap import interaction_radius
from .overlap import overlap as overlap
from .overlap import pixel_overlap as pixel_overlap

# Site thresholds of the square lattice with all z neighbours within a distance: Newman and Ziff 2001 (z = 4),
# its matching lattice (z = 8), Xun, Hao and Ziff, Phys. Rev. E 103, 022126 (2021), rounded.
SITE_THRESHOLDS = {
    4: 0.592746, 8: 0.407254, 12: 0.2891, 20: 0.1967, 24: 0.1647, 28: 0.1433, 36: 0.11535, 44: 0.0958,
}  # fmt: skip
LARGEST_SIDE = 46340  # site numbers are 32-bit
MOST_REACH = 2000  # lattice steps: already 12 million neighbours
# z p_c for z to infinity: 4 times the filling factor 1.128087 of overlapping discs (Mertens and Moore 2012).
LARGE_RANGE = 4.51235


def neighbours(radius) -> np.ndarray:
    """Offsets (dx, dy) of all z lattice sites within ``radius`` (in lattice steps) of a site, (z, 2) int64.

    The site itself is left out, so below radius 1 there are none. Raises ValueError for a radius that is
    negative or not finite.
    """
    radius = checks.number("radius", radius, least=0, most=MOST_REACH)
    steps = np.arange(-math.ceil(radius), math.ceil(radius) + 1)
    squared = steps[:, None] ** 2 + steps**2
    # A hair's breadth of tolerance: math.sqrt(13) ** 2 is below 13 in floating point.
    y, x = np.nonzero((squared > 0) & (squared <= radius**2 * (1 + 1e-9)))
    return np.stack([steps[x], steps[y]], axis=1)


def rook_moves(size) -> np.ndarray:
    """Offsets that join two labels sharing their x or their y value, (4 (size - 1), 2) int64.

    The clusters of labels are then the components of the bipartite graph whose nodes are the x values and
    the y values and whose edges are the labels (Lubana et al. 2024), with sizes counted in edges.
    """
    size = checks.whole("size", size, 2, LARGEST_SIDE)
    steps = np.concatenate([np.arange(1 - size, 0), np.arange(1, size)])
    none = np.zeros_like(steps)
    return np.concatenate([np.stack([steps, none], axis=1), np.stack([none, steps], axis=1)])


def check_offsets(offsets, size=None) -> np.ndarray:
    """``offsets`` with every step's reverse, sorted, (z, 2) int64, or a ValueError saying what is wrong."""
    offsets = arrays.array("offsets", offsets, "(k, 2), k > 0: steps (dx, dy)")
    if offsets.ndim != 2 or offsets.shape[1] != 2 or len(offsets) == 0:
        raise ValueError(f"offsets have shape {offsets.shape}; allowed is (k, 2), k > 0: steps (dx, dy)")
    if offsets.dtype.kind not in "iu":
        raise ValueError(f"offsets are of type {offsets.dtype}; allowed are whole numbers")
    offsets = offsets.astype(np.int64)
    if not offsets.any(axis=1).all():
        raise ValueError(
            "offsets contain (0, 0); allowed are other sites, for a site is not its own neighbour"
        )
    if size is not None and np.abs(offsets).max() >= size:
        far = offsets[np.abs(offsets).max(axis=1) >= size][0].tolist()
        raise ValueError(f"offset {far} leads beyond a lattice of side {size}; allowed is up to {size - 1}")
    return np.unique(np.concatenate([offsets, -offsets]), axis=0)


class Onset(NamedTuple):
    """Fraction of the lattice at which a cluster takes over: staircase, large-range limit, neighbours z."""

    staircase: np.ndarray | float
    limit: np.ndarray | float
    neighbours: np.ndarray | int


def predicted_onset(sigma, spacing=1.0, tau=0.005, kind="cosine") -> Onset:
    """Percolation threshold of a lattice of bumps, lambda_c(sigma) = p_c(z(kappa sigma / spacing)).

    The staircase takes p_c from ``SITE_THRESHOLDS`` up to z = 44, and beyond from 4.51235 / (z + b) (Xun,
    Hao and Ziff 2021) with the b that meets the last of them, good to 1 %. It is infinite where no
    neighbour is in range: then nothing connects at any density. The limit is 4.51235 spacing^2 / (pi
    kappa^2 sigma^2): z is the area of a disc. ``sigma`` may be an array. Raises ValueError as
    ``interaction_radius``.
    """
    radius = np.asarray(interaction_radius(sigma, tau, spacing, kind))
    count = np.array([len(neighbours(r)) for r in radius.flat]).reshape(radius.shape)
    last = max(SITE_THRESHOLDS)
    shift = LARGE_RANGE / SITE_THRESHOLDS[last] - last
    steps = [SITE_THRESHOLDS.get(z, LARGE_RANGE / (z + shift)) if z else math.inf for z in count.flat]
    return Onset(np.reshape(steps, radius.shape)[()], (LARGE_RANGE / (np.pi * radius**2))[()], count[()])


class Clusters(NamedTuple):
    """``labels`` (height, width), -1 for empty sites, 0 for the largest cluster; ``sizes`` (c,), falling."""

    labels: np.ndarray
    sizes: np.ndarray


def site_clusters(mask, offsets, periodic=False) -> Clusters:
    """Clusters of one picture: occupied sites of ``mask`` (height, width), bool, joined along ``offsets``.

    Raises ValueError for a mask that is not two-dimensional and boolean, and for bad offsets.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    mask, periodic = arrays.array("mask", mask, "bool, (height, width)"), checks.flag("periodic", periodic)
    if mask.ndim != 2 or not mask.size or mask.dtype != bool:
        raise ValueError(f"mask is {mask.dtype} of shape {mask.shape}; allowed is bool, (height, width)")
    moves = check_offsets(offsets, max(mask.shape))
    index = np.cumsum(mask).reshape(mask.shape) - 1  # number of an occupied site among the occupied
    rows, columns = np.nonzero(mask)
    ends = []
    for dx, dy in moves[len(moves) // 2 :]:  # sorted: the second half holds one of every pair of reverses
        x, y = (columns + dx) % mask.shape[1], (rows + dy) % mask.shape[0]
        joined = mask[y, x]
        if not periodic:
            joined &= (x == columns + dx) & (y == rows + dy)
        ends.append(np.stack([np.flatnonzero(joined), index[y, x][joined]]))
    start, end = np.concatenate(ends, axis=1)
    graph = coo_array((np.ones(len(start), np.int8), (start, end)), shape=(len(rows), len(rows)))
    names, sizes = _by_size(connected_components(graph, directed=False)[1])
    labels = np.full(mask.shape, -1)
    labels[mask] = names
    return Clusters(labels, sizes)


class Bipartite(NamedTuple):
    """Values that occur, their component (0 is the one with most edges), and edges in every component."""

    x_values: np.ndarray
    x_component: np.ndarray
    y_values: np.ndarray
    y_component: np.ndarray
    sizes: np.ndarray


def bipartite_components(pairs) -> Bipartite:
    """Components of the graph with x values and y values for nodes and the ``pairs`` (k, 2), int, for edges.

    An x value of the training data and a y value are in one component when a chain of training labels leads
    from the one to the other. Repeated pairs count once. Raises ValueError for pairs that are not (k, 2)
    whole numbers.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    pairs = arrays.array("pairs", pairs, "whole numbers of shape (k, 2), k > 0")
    if pairs.ndim != 2 or pairs.shape[1] != 2 or len(pairs) == 0 or pairs.dtype.kind not in "iu":
        raise ValueError(f"pairs are {pairs.dtype} of shape {pairs.shape}; allowed is int, (k, 2), k > 0")
    pairs = np.unique(pairs, axis=0)
    x_values, x = np.unique(pairs[:, 0], return_inverse=True)
    y_values, y = np.unique(pairs[:, 1], return_inverse=True)
    nodes = len(x_values) + len(y_values)
    graph = coo_array((np.ones(len(x), np.int8), (x, y + len(x_values))), shape=(nodes, nodes))
    names = connected_components(graph, directed=False)[1]
    edges, sizes = _by_size(names[x])
    of_node = np.empty(names.max() + 1, int)
    of_node[names[x]] = edges
    x_component, y_component = np.split(of_node[names], [len(x_values)])
    return Bipartite(x_values, x_component, y_values, y_component, sizes)


def _by_size(names):
    """Component numbers, renumbered from the largest, and the sizes."""
    sizes = np.bincount(names)
    order = np.argsort(-sizes, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return rank[names], sizes[order]

"""One pass over all densities: a lattice filled site by site while a union-find forest follows its clusters.

M. E. J. Newman and R. M. Ziff, "Fast Monte Carlo algorithm for site or bond percolation", Phys. Rev. E 64,
016706 (2001). Sites are occupied in random order, each is joined with its occupied neighbours, and after n
sites the forest holds the clusters of a picture with n occupied sites: the microcanonical curve, all n at
the cost of one. ``canonical`` turns it into the curve at a given density.
"""

import math

import numpy as np
from numba import njit

from .union_find import EMPTY, draw, occupy

SAMPLES = 2**20  # most points of a recorded curve: every n up to 1024 x 1024 sites, every 96th at 10^8
BLOCK = 2**16  # sites drawn at a time, so that the uniform numbers of a draw take half a megabyte
IN_CACHE = 2**16  # a forest of fewer sites lies in the cache, and prefetching would only cost


class Growth:
    """A square lattice that is being filled, and what was recorded of its clusters on the way.

    Memory: 4 bytes a site for the forest (a parent's index or, at a root, minus the size), 4 for the order
    while ``fill`` runs, and 2 (torus) or 1 (open) for the crossings until both are found. Cluster sizes
    need no room of their own, and above ``SAMPLES`` sites the curve keeps every n-th point only.

    Parameters
    ----------
    size : sites along one side, at least 2.
    moves : (z, 2) steps (dx, dy) to the neighbours, with every step's reverse, all shorter than the side.
    periodic : a torus, otherwise open edges.
    crossing : follow whether a cluster wraps around the torus (or, open, spans from edge to opposite edge).

    Attributes
    ----------
    occupied : (k,) int64, the recorded numbers of occupied sites: 0, stride, 2 stride, ..., size^2.
    largest : (k,) int32, sites of the largest cluster.
    squares : (k,) int64, sum over all clusters of their squared size.
    crossed : (2,) int64, the n at which a cluster first crossed along x and along y; size^2 + 1 before that.
    """

    def __init__(self, size, moves, periodic=False, crossing=True):
        self.size, self.sites, self.periodic = int(size), int(size) ** 2, bool(periodic)
        self.moves = np.ascontiguousarray(moves, dtype=np.int64)
        self.stride = math.ceil(self.sites / SAMPLES)
        samples = math.ceil(self.sites / self.stride) + 1
        self.occupied = np.minimum(np.arange(samples) * self.stride, self.sites)
        self.largest = np.zeros(len(self.occupied), np.int32)
        self.squares = np.zeros(len(self.occupied), np.int64)
        self.crossed = np.full(2, self.sites + 1)
        self.parent = np.full(self.sites, EMPTY)
        self._tag = np.zeros((self.sites, 2 if periodic else 1), np.int8) if crossing else None
        self._state = np.zeros(3, np.int64)  # sites, largest cluster and sum of squares now
        hints = np.append(self.moves @ [1, self.size], 0)  # where to prefetch, relative to a site
        if len(self.moves) > 8:  # one place a row: a cache line holds its neighbours
            hints = np.unique(self.moves[:, 1]) * self.size
        self._hints = hints if self.sites > IN_CACHE else hints[:0]

    def occupy(self, order, until_crossed=False):
        """Occupy the given empty sites, (k,) int32, in turn, or stop once the lattice is crossed."""
        done = 0
        while done < len(order):  # a second turn, without the crossings, once both of them are known
            forest = self.parent, self._tag, self._state, self.crossed
            curve = self.stride, self.largest, self.squares
            done += occupy(order[done:], self.size, self.moves, self._hints, self.periodic, *forest, *curve)
            if self._tag is not None and self.crossed.max() <= self.sites:
                self._tag = None
                if until_crossed:
                    break
        return self

    def fill(self, rng, until_crossed=False):
        """Occupy all sites in random order, or stop once the lattice is crossed both ways.

        The order is drawn in blocks because uniform numbers for all sites at once would be twice its size.
        """
        order = np.arange(self.sites, dtype=np.int32)
        for start in range(0, self.sites, BLOCK):
            uniform = rng.random(min(BLOCK, self.sites - start))
            draw(order, start, uniform)
            self.occupy(order[start : start + len(uniform)], until_crossed)
            if until_crossed and self.crossed.max() <= self.sites:
                break
        return self


@njit(nogil=True, cache=True)
def canonical(occupied, values, densities):
    """Microcanonical curves as functions of the density: Q(p) = sum_n Binomial(n; N, p) Q_n.

    The weights are built by the recursion of Newman and Ziff, outwards from the mean, where each is the
    last one times a ratio below one: nothing can overflow and no factorial is needed. It ends below 1e-15
    of the start. On a curve with every s-th point only, the sum over those points is the same integral as
    long as s is small against the binomial's width; weights are normalised by their own sum.

    Parameters
    ----------
    occupied : (k,) int64, increasing numbers n of occupied sites, from 0 to N.
    values : (k, c) float64, c curves Q_n.
    densities : (m,) float64 in [0, 1].

    Returns (m, c) float64. Source: Newman and Ziff 2001, section II.
    """
    sites, last = occupied[-1], len(occupied) - 1
    result = np.zeros((len(densities), values.shape[1]))
    for i in range(len(densities)):
        p = densities[i]
        mode = min(np.searchsorted(occupied, p * sites), last)
        if mode > 0 and p * sites - occupied[mode - 1] < occupied[mode] - p * sites:
            mode -= 1
        result[i] = values[mode]
        total = 1.0
        for way in (-1, 1):
            k, weight = mode, 1.0
            while 0 <= k + way <= last and weight > 1e-15:
                for n in range(occupied[k], occupied[k + way], way):
                    if way == 1:
                        weight *= (sites - n) * p / ((n + 1) * (1 - p)) if p < 1 else 0.0
                    else:
                        weight *= n * (1 - p) / ((sites - n + 1) * p) if p > 0 else 0.0
                k += way
                total += weight
                for c in range(values.shape[1]):
                    result[i, c] += weight * values[k, c]
        for c in range(values.shape[1]):
            result[i, c] /= total
    return result

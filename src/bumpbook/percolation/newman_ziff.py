"""One pass over all densities: a lattice filled site by site while a union-find forest follows its clusters.

M. E. J. Newman and R. M. Ziff, "Fast Monte Carlo algorithm for site or bond percolation", Phys. Rev. E 64,
016706 (2001). Sites are occupied in random order, each is joined with its occupied neighbours, and after n
sites the forest holds the clusters of a picture with n occupied sites: the microcanonical curve, all n at
the cost of one. ``canonical`` turns it into the curve at a given density. A site's number is y * size + x.
"""

import math

import numpy as np
from numba import njit

from bumpworld import checks
from bumpworld.instruments.lattice import LARGEST_SIDE, check_offsets

# most points of a recorded curve: every n up to 1024 x 1024 sites, every 96th at 10^8
SAMPLES = 2**20
# sites drawn at a time, so that the uniform numbers of a draw take half a megabyte
BLOCK = 2**16
# in the forest, a site not occupied yet: no cluster has so negative a size
EMPTY = -(2**31)
# windings along y are counted in this unit, those along x in ones; no cluster winds half as often
TURN = 2**16


def compiled(function):
    """``function`` compiled, free of Python's lock, and kept on disk where a folder can be written."""
    try:
        return njit(nogil=True, cache=True)(function)
    # numba finds no folder that it may write to
    except RuntimeError:
        return njit(nogil=True)(function)


@compiled
def draw(order, start, uniform):
    """The next len(uniform) sites of a random order: Fisher-Yates from the front, in place."""
    for i in range(start, start + len(uniform)):
        j = i + np.int64(uniform[i - start] * (len(order) - i))
        order[i], order[j] = order[j], order[i]


@compiled
def find(parent, tag, site, winding):
    """Root of a site, and windings from root to site. Every second link moves up a step (path halving)."""
    turns, up = 0, np.int64(parent[site])
    while up >= 0:
        top = np.int64(parent[up])
        if top < 0:
            return up, turns + tag[site] if winding else turns
        parent[site] = top
        if winding:
            tag[site] += tag[up]
            turns += tag[site]
        site, up = top, np.int64(parent[top])
    return site, turns


@compiled
def note(crossed, n, along_x, along_y):
    """Keep the first n at which a cluster crossed along x, and along y."""
    if along_x:
        crossed[0] = min(crossed[0], n)
    if along_y:
        crossed[1] = min(crossed[1], n)


@compiled
def occupy(order, size, moves, periodic, until_crossed, forest, record):
    """Occupy the sites of ``order`` and join each with its occupied neighbours: the loop of a ``Growth``.

    On a torus Newman and Ziff keep the displacement from a site to its parent; counting the periods in it
    says the same. A bond within a cluster closes a loop around the torus when both its ends disagree.
    """
    (parent, tag, state), (crossed, occupied, largest, squares) = forest, record
    n, best, square = state
    slot, reach = np.searchsorted(occupied, n, "right"), np.abs(moves).max()
    jumps = moves[:, 0] + moves[:, 1] * size
    follow = len(tag) > 0 and crossed.max() > len(parent)
    for t in range(len(order)):
        site = np.int64(order[t])
        y, x = divmod(site, size)
        inside = reach <= x < size - reach and reach <= y < size - reach
        winding, spanning = follow and periodic, follow and not periodic
        n, best, square = n + 1, max(best, 1), square + 1
        parent[site], root, turns = -1, site, 0
        if spanning:
            tag[site] = (x == 0) + 2 * (x == size - 1) + 4 * (y == 0) + 8 * (y == size - 1)
        for k in range(len(jumps)):
            other, across = site + jumps[k], 0
            if not inside:
                over_x, over_y = (x + moves[k, 0]) // size, (y + moves[k, 1]) // size
                across = over_x + over_y * TURN
                other -= (over_x + over_y * size) * size
            if (across != 0 and not periodic) or parent[other] == EMPTY:
                continue
            far, far_turns = find(parent, tag, other, winding)
            loop = turns + across - far_turns
            if far == root:
                if winding:
                    note(crossed, n, loop % TURN != 0, abs(loop) >= TURN // 2)
                continue
            # the smaller cluster, with the less negative root, hangs on the larger
            if parent[far] < parent[root]:
                root, far, turns, loop = far, root, turns - loop, -loop
            a, b = np.int64(parent[root]), np.int64(parent[far])
            parent[root], parent[far] = a + b, root
            best, square = max(best, -a - b), square + 2 * a * b
            if winding:
                tag[far] = loop
            if spanning:
                tag[root] |= tag[far]
                note(crossed, n, tag[root] & 3 == 3, tag[root] & 12 == 12)
        if n == occupied[slot]:
            largest[slot], squares[slot] = best, square
            slot += 1
        if follow and max(crossed[0], crossed[1]) <= n:
            follow = False
            if until_crossed:
                break
    state[:] = n, best, square


class Growth:
    """A square lattice that is being filled, and what was recorded of its clusters on the way.

    Memory: 4 bytes a site for the forest, 4 for the order while ``fill`` runs, and 4 (torus) or 1 (open)
    for the crossings.

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
        self.size, self.periodic = (
            checks.whole("size", size, 2, LARGEST_SIDE),
            checks.flag("periodic", periodic),
        )
        self.sites, crossing = self.size**2, checks.flag("crossing", crossing)
        self.moves = check_offsets(moves, self.size)
        stride = math.ceil(self.sites / SAMPLES)
        self.occupied = np.append(np.arange(0, self.sites, stride), self.sites)
        self.largest = np.empty(len(self.occupied), np.int32)
        self.squares = np.empty(len(self.occupied), np.int64)
        self.crossed = np.empty(2, np.int64)
        # a parent's number, or at a root minus the size of its cluster, or EMPTY
        self._parent = np.empty(self.sites, np.int32)
        # on a torus, windings from a site's parent to it; otherwise, at a root, edges its cluster touches
        self._tag = np.empty(self.sites if crossing else 0, np.int32 if periodic else np.int8)
        # occupied sites, largest cluster and sum of squares now
        self._state = np.empty(3, np.int64)
        self.clear()

    def clear(self):
        """Empty all sites and all curves, in place: on a small lattice making a new one takes as long as filling it."""
        for values in (self.largest, self.squares, self._tag, self._state):
            values.fill(0)
        self.crossed.fill(self.sites + 1)
        self._parent.fill(EMPTY)
        return self

    def occupy(self, order, until_crossed=False):
        """Occupy the given empty sites, (k,) int32, in turn, or stop once the lattice is crossed."""
        forest = self._parent, self._tag, self._state
        record = self.crossed, self.occupied, self.largest, self.squares
        occupy(order, self.size, self.moves, self.periodic, until_crossed, forest, record)
        return self

    def fill(self, rng, until_crossed=False):
        """Occupy all sites in random order, or stop once the lattice is crossed both ways.

        The order is drawn in blocks because uniform numbers for all sites at once would be twice its size.
        """
        checks.instance("rng", rng, np.random.Generator, ", as np.random.default_rng(0) gives")
        order = np.arange(self.sites, dtype=np.int32)
        for start in range(0, self.sites, BLOCK):
            uniform = rng.random(min(BLOCK, self.sites - start))
            draw(order, start, uniform)
            self.occupy(order[start : start + len(uniform)], until_crossed)
            if until_crossed and self.crossed.max() <= self.sites:
                break
        return self


@compiled
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
    for i, p in enumerate(densities):
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
                        weight *= (sites - n) * p / ((n + 1) * (1 - p))
                    else:
                        weight *= n * (1 - p) / ((sites - n + 1) * p)
                k += way
                total += weight
                for c in range(values.shape[1]):
                    result[i, c] += weight * values[k, c]
        result[i] /= total
    return result

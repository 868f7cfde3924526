"""The percolation threshold of any neighbourhood, from clusters that wrap around a torus."""

import math
from functools import cache
from itertools import combinations

import numpy as np

from bumpworld import checks
from bumpworld.instruments.lattice import check_offsets

from .curves import Estimate, check_workers, parallel, thread_count

# Probability that a cluster wraps an infinite square torus along a given axis at p_c (Newman and Ziff 2001).
WRAPPING = 0.521058290
# tori that one thread fills at a time
BATCH = 50


def threshold(offsets, repeats=2000, seed=0, size=None, workers=None) -> Estimate:
    """Percolation threshold p_c of the infinite lattice, the fraction of sites that makes a cluster endless.

    Each repeat fills a torus until a cluster wraps around it, first at n_x sites along x and at n_y along
    y. At density p it wraps with probability P(Binomial(size^2, p) >= n). The threshold is where the mean
    of both

    * equals the exact 0.521058290 of infinite square tori, when quarter turns map the neighbourhood onto
      itself (deviations fall as size^(-11/4), Newman and Ziff 2001), or else
    * is equal on two tori with sides in the ratio 4 : 1.

    The error joins the standard error over repeats with a third of the change from half the size, more than
    any deviation that falls at least as fast as size^-2 leaves behind. ``size`` is the (larger) side, rounded
    up to a multiple of 2 (8); by default 64 (128), more for long ranges, which takes a second or a few.

    Raises ValueError for bad offsets, for offsets along a single line (no density below 1 percolates), and
    for sizes too small or too few repeats to see a crossing.
    """
    offsets, repeats = check_offsets(offsets), checks.whole("repeats", repeats, 10)
    seed, workers = checks.seed("seed", seed), check_workers(workers)
    if size is not None:
        size = checks.whole("size", size, 1)
    index = math.gcd(*(int(a[0] * b[1] - a[1] * b[0]) for a, b in combinations(offsets, 2)))
    if index == 0:
        raise ValueError("offsets all lie on one line; allowed are sets that connect the plane both ways")
    turned = {(-dy, dx) for dx, dy in offsets.tolist()}
    # Offsets that reach only every index-th site make several lattices in one, to which 0.521 does not apply.
    parts = [1] if index == 1 and turned == set(map(tuple, offsets.tolist())) else [4, 1]
    reach, least = np.abs(offsets).max(), 2 * parts[0] * index
    wanted = max(64, 24 * reach) * min(parts[0], 2) if size is None else size
    size = math.ceil(wanted / least) * least  # all the sides in use are then multiples of index
    check_offsets(offsets, size // least * index)
    return _measured(tuple(map(tuple, offsets.tolist())), repeats, seed, size, tuple(parts), workers)


# a page asks for one lattice's threshold in its text, in a finding and in an exercise
@cache
def _measured(offsets: tuple, repeats: int, seed: int, size: int, parts: tuple, workers) -> Estimate:
    def estimate(size):
        sides = [size // part for part in parts]
        return _crossing_point([_first_crossings(side, offsets, repeats, seed, workers) for side in sides])

    (value, error), (coarse, _) = estimate(size), estimate(size // 2)
    return Estimate(value, math.hypot(error, (value - coarse) / 3))


def _first_crossings(size, offsets, repeats, seed, workers):
    """Sites of a torus, and (repeats, 2) how many were occupied when it was first wrapped along x and y."""

    def run(first):
        return _filled(size, offsets, seed, first, min(first + BATCH, repeats))

    workers = thread_count(size, repeats, 30 * size**2, workers)
    return size**2, np.concatenate(parallel(run, range(0, repeats, BATCH), workers))


# each repeat has an order of its own: one with fewer repeats has the first ones of one with more
@cache
def _filled(size: int, offsets: tuple, seed: int, first: int, last: int) -> np.ndarray:
    from .newman_ziff import Growth

    growth, found = Growth(size, check_offsets(offsets), periodic=True), np.empty((last - first, 2), np.int64)
    for k in range(first, last):
        growth.clear().fill(np.random.default_rng([seed, size, k]), until_crossed=True)
        found[k - first] = growth.crossed
    return found


def _crossing_point(tori):
    """Density at which the last torus wraps as often as the first (or as WRAPPING), with standard error."""
    from scipy.optimize import brentq
    from scipy.special import betainc

    def wraps(torus, p):  # P(Binomial(sites, p) >= n) for every repeat, mean of both directions
        sites, n = torus
        return betainc(n, sites - n + 1, p).mean(axis=1)

    def excess(p):
        return wraps(tori[-1], p).mean() - (WRAPPING if len(tori) == 1 else wraps(tori[0], p).mean())

    sites, n = tori[0]
    # against a fixed chance the excess only rises, so its ends say all
    grid = np.linspace(n.min() / sites, n.max() / sites, 2 if len(tori) == 1 else 65)
    heights = [excess(p) for p in grid]
    low, high = np.argmin(heights), np.argmax(heights)  # the larger torus wraps less below p_c, more above
    if low >= high or heights[low] >= 0 or heights[high] <= 0:
        raise ValueError(f"{len(n)} repeats on {sites} sites show no crossing; allowed are more, or larger")
    value = brentq(excess, grid[low], grid[high])
    step = 0.02 * (grid[high] - grid[low])
    slope = (excess(value + step) - excess(value - step)) / (2 * step)
    variance = sum(wraps(torus, value).var(ddof=1) / len(torus[1]) for torus in tori)
    return value, math.sqrt(variance) / slope

"""Percolation at all densities: the largest cluster, its rivals, and crossings of the lattice.

The physics is two-dimensional site percolation with neighbours out to any range. Everything here averages
runs of ``newman_ziff.Growth``, each with its own random order; runs share no data and go in parallel
threads, for the compiled loops do not hold Python's lock. Results depend on the seed and not on the number
of threads.
"""

import math
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bumpworld import checks
from bumpworld.instruments import arrays
from bumpworld.instruments.lattice import LARGEST_SIDE, check_offsets


class Estimate(NamedTuple):
    """A mean over repeats and its standard error, which is nan for a single repeat."""

    mean: np.ndarray | float
    error: np.ndarray | float


@dataclass(frozen=True)
class Curve:
    """What ``largest_cluster_curve`` found, as functions of ``densities`` (m,), fractions of sites occupied.

    share_of_sites : largest cluster over all size^2 sites.
    share_of_occupied : largest cluster over the occupied sites (0 on an empty lattice).
    susceptibility : sum of the squared sizes of all clusters but the largest, over all size^2 sites.
    crossing_one : probability that a cluster crosses along a given axis, mean of x and y. To cross is to wrap
        around a torus, or to span an open lattice from edge to edge.
    crossing_either, crossing_both : along at least one axis, along both (perhaps by two clusters).
        All three are None where crossings were not followed.
    """

    size: int
    neighbours: int
    periodic: bool
    repeats: int
    densities: np.ndarray
    share_of_sites: Estimate
    share_of_occupied: Estimate
    susceptibility: Estimate
    crossing_one: Estimate | None = None
    crossing_either: Estimate | None = None
    crossing_both: Estimate | None = None


def largest_cluster_curve(
    size, offsets, repeats=16, seed=0, periodic=False, densities=None, crossing=True, workers=None
) -> Curve:
    """Largest cluster, susceptibility and crossing probability of a size x size lattice at all densities.

    One pass fills the lattice once per repeat (Newman and Ziff 2001); time grows as size^2 times the number
    of neighbours, memory as 9 bytes a site and thread or 12 on a torus (8 with ``crossing=False``, which is
    a little faster). Above 2^20 sites the curve is recorded at 2^20 numbers of sites, evenly spaced, instead
    of at all of them.

    Parameters
    ----------
    size : sites along one side, 2 to 46340.
    offsets : (k, 2) whole-number steps (dx, dy) to the neighbours; the reverse of each is added when missing.
    densities : (m,) in [0, 1]; by default an even grid of at most 1001.

    Raises ValueError for arguments outside these ranges and for sizes that would not fit in memory.
    """
    from .newman_ziff import SAMPLES, Growth, canonical

    size, repeats, seed, workers = _check_run(size, repeats, seed, workers)
    moves, periodic = check_offsets(offsets, size), checks.flag("periodic", periodic)
    crossing = checks.flag("crossing", crossing)
    if densities is None:
        densities = np.linspace(0, 1, min(size**2, 1000) + 1)
    densities = _check_densities(densities)
    samples, quantities = min(size**2, SAMPLES) + 1, 6 if crossing else 3
    bytes_each = size**2 * (8 + crossing * (4 if periodic else 1)) + 8 * SAMPLES * (quantities + 3)
    workers = thread_count(size, repeats, bytes_each, workers)
    # Several small lattices share one convolution, whose weights depend on the density alone.
    batch = max(1, min(SAMPLES // samples, math.ceil(repeats / workers), 64))

    def run(first):
        values, growth = [], Growth(size, moves, periodic, crossing)
        for k in range(first, min(first + batch, repeats)):
            growth.clear().fill(np.random.default_rng([seed, k]))
            values.append(_quantities(growth, crossing))
        values = np.stack(values, axis=1)  # (samples, repeats of the batch, quantities)
        result = canonical(growth.occupied, values.reshape(len(values), -1), densities)
        result = result.reshape(len(densities), -1, quantities)
        return result.sum(1), (result**2).sum(1)

    sums = parallel(run, range(0, repeats, batch), workers)
    total, squares = (sum(parts) for parts in zip(*sums, strict=True))
    mean = total / repeats
    with np.errstate(invalid="ignore", divide="ignore"):  # one repeat has no spread: nan, as said
        error = np.sqrt(np.maximum(squares / repeats - mean**2, 0) / (np.float64(repeats) - 1))
    estimates = [Estimate(mean[:, c], error[:, c]) for c in range(quantities)]
    return Curve(size, len(moves), bool(periodic), repeats, densities, *estimates)


def half_cluster_labels(size, offsets, repeats=500, seed=0, periodic=False, workers=None) -> Estimate:
    """Number of occupied sites from which on the largest cluster holds at least half of the *occupied* sites.

    Mean over random orders in which the size x size lattice is filled, and its standard error; the spread
    from order to order is sqrt(repeats) times that. With ``rook_moves(size)`` it counts edges of the
    bipartite graph of x values and y values instead, half of them in one component. Raises ValueError as
    ``largest_cluster_curve``.
    """
    from .newman_ziff import SAMPLES, Growth

    size, repeats, seed, workers = _check_run(size, repeats, seed, workers)
    moves, periodic = check_offsets(offsets, size), checks.flag("periodic", periodic)
    if size**2 > SAMPLES:
        raise ValueError(f"size is {size}; counting single labels is allowed up to {math.isqrt(SAMPLES)}")

    def run(k):
        growth = Growth(size, moves, periodic, crossing=False).fill(np.random.default_rng([seed, k]))
        return 1 + np.flatnonzero(2 * growth.largest < growth.occupied).max(initial=0)

    workers = thread_count(size, repeats, 28 * size**2, workers)
    counts = np.array(parallel(run, range(repeats), workers), float)
    return Estimate(counts.mean(), counts.std(ddof=1) / math.sqrt(repeats) if repeats > 1 else math.nan)


def transition_width(curve: Curve, low: float = 0.1, high: float = 0.9) -> float:
    """Range of densities in which the chance of a spanning cluster goes from ``low`` to ``high``.

    Raises ValueError for a curve without crossings, or whose densities do not reach both.
    """
    if not isinstance(low, (int, float)) or not isinstance(high, (int, float)) or not 0 <= low < high <= 1:
        raise ValueError(f"low is {low!r} and high {high!r}; allowed are numbers 0 <= low < high <= 1")
    if checks.instance("curve", curve, Curve).crossing_one is None:
        raise ValueError("this curve followed no crossings; needed are some: make it with crossing=True")
    chance = np.asarray(curve.crossing_one.mean)
    if not (chance.min() <= low < high <= chance.max()):
        raise ValueError(
            f"chances run from {chance.min():.2f} to {chance.max():.2f}; needed are {low} to {high}"
        )
    start, end = np.interp([low, high], np.maximum.accumulate(chance), curve.densities)
    return float(end - start)


def _quantities(growth, crossing):
    """Curves of one growth, (samples, 3 or 6), in the order of the fields of Curve."""
    n, largest = growth.occupied, growth.largest.astype(float)
    rest = (growth.squares - growth.largest.astype(np.int64) ** 2) / growth.sites
    columns = [largest / growth.sites, largest / np.maximum(n, 1), rest]
    if crossing:
        x, y = n >= growth.crossed[0], n >= growth.crossed[1]
        columns += [(x * 1.0 + y) / 2, x | y, x & y]
    return np.stack(columns, axis=1)


def parallel(run, jobs, workers):
    """[run(job) for job in jobs], in threads."""
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(run, jobs))


def thread_count(size, repeats, bytes_each, workers):
    """Number of threads: ``workers``, or as many as there are processors, if the memory holds them."""
    free, least = _free_memory(), workers or 1
    if bytes_each * least > free:
        fits = int(size * math.sqrt(free / bytes_each / least))
        raise ValueError(
            f"size {size} needs {bytes_each * least / 1e9:.2f} GB in {least} thread(s), and "
            f"{free / 1e9:.2f} GB are free; allowed are sizes up to about {fits}"
        )
    return workers or max(1, min(os.cpu_count() or 1, repeats, int(min(free // bytes_each, 2**31))))


def _free_memory():
    """Bytes of memory still to be had; on systems that do not tell, all of it, or infinity."""
    with suppress(OSError, StopIteration), open("/proc/meminfo") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))
    with suppress(AttributeError, ValueError):  # not on Windows
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return math.inf


def _check_run(size, repeats, seed, workers):
    size, repeats = checks.whole("size", size, 2, LARGEST_SIDE), checks.whole("repeats", repeats, 1)
    return size, repeats, checks.seed("seed", seed), check_workers(workers)


def check_workers(workers):
    return None if workers is None else checks.whole("workers", workers, 1)


def _check_densities(densities):
    densities = np.atleast_1d(arrays.array("densities", densities, "a list of numbers in [0, 1]", float))
    wrong = ~((densities >= 0) & (densities <= 1))
    if densities.ndim != 1 or len(densities) == 0 or wrong.any():
        bad = densities[wrong][:1].tolist() or densities.shape
        raise ValueError(f"densities contain {bad}; allowed is a list of numbers in [0, 1]")
    return densities

"""Ways of picking a few labels out of a side x side lattice, as indices y * side + x."""

import math

import torch
from torch import Tensor


def _random(side: int, count: int, generator) -> Tensor:
    return torch.randperm(side * side, generator=generator)[:count]


def _diagonal(side: int, count: int, generator) -> Tensor:
    step = torch.linspace(0, side - 1, count).round().long()
    return step * side + step


def _ring(side: int, count: int, generator) -> Tensor:
    along, zero, last = torch.arange(side - 1), torch.zeros(side - 1, dtype=torch.long), side - 1
    x = torch.cat([along, zero + last, last - along, zero])
    y = torch.cat([zero, along, zero + last, last - along])
    # where on the ring the first one lies is arbitrary
    start = torch.randint(len(x), (1,), generator=generator)
    at = (torch.arange(count) * len(x) // count + start) % len(x)
    return y[at] * side + x[at]


def _latin(side: int, count: int, generator) -> Tensor:
    # shifted copies of one random permutation never meet, so each `side` picks use every x and every y once
    y_of_x = torch.randperm(side, generator=generator)
    picks = []
    for shift in range(math.ceil(count / side)):
        x = torch.randperm(side, generator=generator)
        picks.append(((y_of_x[x] + shift) % side) * side + x)
    return torch.cat(picks)[:count]


def _farthest(side: int, count: int, generator) -> Tensor:
    index = torch.arange(side * side)
    points = torch.stack([index % side, index // side], 1).float()
    picks = [int(torch.randint(len(points), (1,), generator=generator))]
    while len(picks) < count:
        distance = torch.cdist(points, points[picks]).min(1).values
        best = (distance == distance.max()).nonzero()[:, 0]  # ties are broken at random
        picks.append(int(best[torch.randint(len(best), (1,), generator=generator)]))
    return torch.tensor(picks)


def _lines(side: int, count: int, generator, step: int, rises) -> Tensor:
    """Lines y = step x + rise, wrapped at the edge; together they start at a height that is left to chance."""
    x = torch.arange(side)
    start = torch.randint(side, (1,), generator=generator)
    return torch.cat([(step * x + rise + start) % side * side + x for rise in rises])[:count]


def _skewed(side: int, count: int, generator) -> Tensor:
    apart = _without_common_factor(7, side)
    rises = [apart * line for line in range(math.ceil(count / side))]
    return _lines(side, count, generator, _without_common_factor(5, side), rises)


def _staggered(side: int, count: int, generator) -> Tensor:
    return _lines(side, count, generator, _without_common_factor(3, side), _evenly(side, count))


def _diagonals(side: int, count: int, generator) -> Tensor:
    return _lines(side, count, generator, 1, _evenly(side, count))


def _columns(side: int, count: int, generator) -> Tensor:
    start = torch.randint(side, (1,), generator=generator)
    columns = (torch.tensor(_evenly(side, count)) + start) % side
    return (torch.arange(side) * side + columns[:, None]).flatten()[:count]


def _grid(side: int, count: int, generator) -> Tensor:
    # the block of columns and rows that leaves the fewest over, and of those the one nearest to a square
    fits = [(a * b - count, abs(a - b), a, b) for a in range(1, side + 1) for b in range(1, side + 1)]
    across, down = min(fit for fit in fits if fit[0] >= 0)[2:]
    u, v = torch.rand(2, generator=generator)
    x = ((torch.arange(across) + u) * side / across).long()
    y = ((torch.arange(down) + v) * side / down).long()
    return (y[:, None] * side + x).flatten()[:count]


def _evenly(side: int, count: int) -> list[int]:
    """Starts of as many lines of ``side`` labels as ``count`` takes, evenly over one side."""
    lines = math.ceil(count / side)
    return [side * line // lines for line in range(lines)]


def _without_common_factor(least: int, side: int) -> int:
    """The smallest number from ``least`` on with which a line, wrapped at ``side``, meets every value once."""
    return next(n for n in range(least, least + side + 1) if math.gcd(n, side) == 1)


# by name: the design, and the most labels that it can pick
DESIGNS = {
    "random": (_random, lambda side: side * side),
    "diagonal": (_diagonal, lambda side: side),
    "rim": (_ring, lambda side: 4 * (side - 1)),
    "latin": (_latin, lambda side: side * side),
    "farthest": (_farthest, lambda side: side * side),
    "skewed": (_skewed, lambda side: side * side),
    "staggered": (_staggered, lambda side: side * side),
    "diagonals": (_diagonals, lambda side: side * side),
    "grid": (_grid, lambda side: side * side),
    "columns": (_columns, lambda side: side * side),
}

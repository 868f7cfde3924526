"""Ways of picking a few labels out of a side x side lattice, as indices y * side + x, and the rules that train on them."""

import math
from functools import partial

import torch
from torch import Tensor

from bumpworld import checks
from bumpworld.rules import Places, place, rule


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

_count, _how = partial(checks.whole, least=1), partial(checks.choice, allowed=tuple(sorted(DESIGNS)))


@rule(width=partial(place, above=0), stripes=checks.flag)
def rim(at: Places, width: float, stripes: bool = True):
    """Train on 2D labels within ``width`` of the frame's edge, and on all stripes. Region: "inside".

    The paper's way to add a few combinations to the stripes (Liang et al. 2024, Fig. 10).
    """
    last = at.position[at.two_d].max()
    from_edge = torch.minimum(at.position, last - at.position).min(1).values
    inside = at.two_d & at.from_on(from_edge, width)
    return (at.two_d & ~inside) | at.extra(stripes), {"inside": inside}


@rule(low=place, high=place, beside=partial(place, above=0))
def strips(at: Places, low: float, high: float, beside: float):
    """Train on the columns within ``beside`` of a lesion [low, high) on either side, and on nothing else. Region: "lesion"."""
    band = at.two_d & at.between(at.x, low, high)
    return at.two_d & at.between(at.x, low - beside, high + beside) & ~band, {"lesion": band}


@rule(low=place, high=place, count=_count, seed=checks.seed)
def thinned(at: Places, low: float, high: float, count: int, seed: int = 0):
    """Train on ``count`` labels outside a lesion [low, high), picked at random from all its other columns. Region: "lesion"."""
    band = at.two_d & at.between(at.x, low, high)
    beside = (~band[at.two_d]).nonzero()[:, 0]
    checks.need(
        count <= len(beside), "count", count, f"is at most {len(beside)}, the labels outside the lesion"
    )
    order = torch.randperm(len(beside), generator=torch.Generator().manual_seed(seed))
    return at.train_on(beside[order[:count]])[0], {"lesion": band}


@rule(count=_count, how=_how, seed=checks.seed, stripes=checks.flag)
def chosen(at: Places, count: int, how: str, seed: int = 0, stripes: bool = False):
    """Train on ``count`` 2D labels picked by a design, and on all stripes if asked. Region: "unseen".

    ``how`` is "random", "diagonal" (evenly along x = y), "rim" (evenly around the outermost ring), "latin" (Latin
    squares: every x and every y used equally often) or "farthest" (each label as far as can be from those before);
    or one that starts at a random place and then follows a rule: "skewed" (lines y = 5x, 5x + 7, 5x + 14 ..., wrapped
    at the edge), "staggered" (lines of slope 3 at equal distances), "diagonals" (slope 1), "grid" (every so many
    columns and rows) or "columns" (whole ones at equal distances).
    """
    side = math.isqrt(int(at.two_d.sum()))
    design, most = DESIGNS[how]
    if count > most(side):
        raise ValueError(f"count is {count}; {how!r} allows at most {most(side)} on {side} x {side} labels")
    return at.train_on(design(side, count, torch.Generator().manual_seed(seed)), stripes)

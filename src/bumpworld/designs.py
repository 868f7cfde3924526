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


# by name: the design, and the most labels that it can pick
DESIGNS = {
    "random": (_random, lambda side: side * side),
    "diagonal": (_diagonal, lambda side: side),
    "rim": (_ring, lambda side: 4 * (side - 1)),
    "latin": (_latin, lambda side: side * side),
    "farthest": (_farthest, lambda side: side * side),
}

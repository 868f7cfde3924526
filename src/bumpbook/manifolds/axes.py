"""Whose axes? The additive share as a function of the angle of the grid on which it is asked.

A flat sheet is a sum f(x) + g(y), and as much a sum along any other pair of axes: its additive share says nothing about
axes. So the share is asked on grids of equal size that differ in direction only. A code that is additive along x and y,
and not along x + y and x - y, has a contrast above 0; one that knows no direction has 0.
"""

import numpy as np

from bumpworld import checks
from bumpworld.instruments.displacement import label_grid

# steps (dx, dy) of a grid's first axis, the second axis being (-dy, dx), by the angle between the grid and the lattice
STEPS = {0.0: (3, 0), 18.4: (3, 1), 33.7: (3, 2), 45.0: (2, 2)}
# places on a side of the grid: with as many, steps of about three labels fit into 16 x 16
SIDE = 4


def additive_share(points, labels, step: tuple[int, int], side: int = SIDE) -> float:
    """Share of the variance on side x side sublattices that a sum along the sublattice's own two axes explains.

    ``points`` (n, d) stand on a full square lattice of ``labels`` (n, 2). The sublattice has the places
    p + a (dx, dy) + b (-dy, dx) for a, b below ``side``; between-place sums of squares, total and explained, are added
    over all places p where it fits (a two-way analysis of variance in each). Points without structure give
    2 / (side + 1) on average, a sheet that is flat gives 1 in every direction.

    Raises ValueError for points that do not stand on a full square lattice, a step of (0, 0), a side below 2, and a
    sublattice that fits nowhere.
    """
    x, y, lattice = label_grid(points, labels)
    if len(x) != len(y):
        raise ValueError(f"labels have {len(x)} x {len(y)} values; allowed is a full square lattice")
    step, side = checks.wholes("step", step), checks.whole("side", side, 2)
    if len(step) != 2 or not any(step):
        raise ValueError(f"step is {step!r}; allowed is (dx, dy) that goes somewhere")
    dx, dy = step
    a, b = np.meshgrid(np.arange(side), np.arange(side), indexing="ij")
    xs, ys = a * dx - b * dy, a * dy + b * dx
    xs, ys = xs - xs.min(), ys - ys.min()
    wide, high = (len(lattice) - 1 - int(v.max()) for v in (xs, ys))
    if min(wide, high) < 0:
        raise ValueError(
            f"step {step!r} x {side} does not fit into {len(lattice)} x {len(lattice)} labels; allowed are less"
        )
    explained = total = 0.0
    for x in range(wide + 1):
        for y in range(high + 1):
            grid = lattice[x + xs, y + ys]
            grid = grid - grid.mean((0, 1))
            explained += side * float((grid.mean(1) ** 2).sum() + (grid.mean(0) ** 2).sum())
            total += float((grid**2).sum())
    return explained / total


def contrast(points, labels) -> float:
    """Additive share along x and y minus that along axes turned by 45 degrees, on grids with steps of 3 and 2.8 labels.

    Above 0: the code's axes are x and y. Below 0: they are x + y and x - y. About 0 for a flat sheet, for any code in
    which only the distance of two labels matters, and for points without structure. Raises ValueError as
    `additive_share`, for a lattice of fewer than 13 labels a side.
    """
    return additive_share(points, labels, STEPS[0.0]) - additive_share(points, labels, STEPS[45.0])

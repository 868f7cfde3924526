"""Does a representation close its circles? The way from the last label back to the first, against a step."""

from dataclasses import dataclass

import numpy as np

from bumpworld.instruments.displacement import STILL, label_grid


@dataclass(frozen=True)
class Seam:
    """Width of the gap between the last and the first label of each feature, in mean steps between neighbours."""

    x: float
    y: float

    def __str__(self) -> str:
        return f"seam: {self.x:.1f} steps in x, {self.y:.1f} steps in y"


def feature_curves(points, labels) -> tuple[np.ndarray, np.ndarray]:
    """The parts f(x), shape (kx, d), and g(y), shape (ky, d), of a representation P(x, y) on a full grid of labels.

    f(x) is the mean over all y and g(y) the mean over all x, both relative to the mean of all points: the sum
    f(x) + g(y) is the best additive approximation of P in squared error. Raises ValueError as
    `displacement.label_grid` does.
    """
    grid = label_grid(points, labels)[2]
    return grid.mean(axis=1), grid.mean(axis=0)


def seam(points, labels) -> Seam:
    """Distance between the two ends of f and of g, divided by the mean distance of neighbours on the way.

    With k equally spaced labels it is 1 on a closed circle, 1 / sin(pi / (2 (k - 1))) on half a circle and
    k - 1 on a straight line. Points without any order have 1 as well: read it beside a high additive share, which
    says that f + g describes the points (of a ring torus, g is flat). The measure is ours.

    Raises ValueError as `displacement.label_grid` does, and for a feature that does not move the points.
    """
    curves = feature_curves(points, labels)
    size = max(np.linalg.norm(curve, axis=1).max() for curve in curves)
    gaps = []
    for name, curve in zip("xy", curves, strict=True):
        step = np.linalg.norm(np.diff(curve, axis=0), axis=1).mean()
        if step <= STILL * size:
            raise ValueError(f"the points do not move with {name}: a constant feature has no seam")
        gaps.append(float(np.linalg.norm(curve[-1] - curve[0]) / step))
    return Seam(*gaps)


@dataclass(frozen=True)
class Step:
    """The largest step between neighbours around a circle of labels, in median steps, and the label ``at`` which it begins."""

    ratio: float
    at: int


def largest_step(points, labels) -> tuple[Step, Step]:
    """The largest step around the circle, of x and of y, over the median one; between whole columns and whole rows.

    A step is the root mean square distance between P(x, y) and P(x + 1, y) over all y, the last column being followed by
    the first. 1 on a closed circle of equal steps, and k - 1 on a straight line of k labels. Raises ValueError as
    `displacement.label_grid` does, and for a feature that does not move the points.
    """
    grid = label_grid(points, labels)[2]
    found = []
    for name, side in (("x", grid), ("y", grid.swapaxes(0, 1))):
        moves = np.roll(side, -1, axis=0) - side
        steps = np.sqrt((moves**2).sum(-1).mean(1))
        if np.median(steps) <= STILL * np.abs(side).max():
            raise ValueError(f"the points do not move with {name}: a constant feature has no steps")
        found.append(Step(float(steps.max() / np.median(steps)), int(steps.argmax())))
    return found[0], found[1]

"""Is a cloud of points a sheet of positions? How much of (x, y) lies on its first few principal components."""

import numpy as np

from bumpworld import checks
from bumpworld.instruments.displacement import label_grid
from bumpworld.instruments.geometry import principal_components


def plane(points, labels, components: int = 3) -> float:
    """Share of the variance of (x, y) that is linear in the first ``components`` principal components of the points.

    R^2 of ordinary least squares, the mean of x and y. A flat sheet gives 1; points in which nothing is ordered give
    about components / (n - 1). A name for each of k values, without order, has k - 1 equal directions in x and as many
    in y, and which of them come first is chance. Points (n, d) on a full grid of ``labels`` (n, 2).

    Raises ValueError as `displacement.label_grid` does, and for components outside 1 to min(n - 1, d).
    """
    label_grid(points, labels)
    points, labels = np.asarray(points, dtype=float), np.asarray(labels, dtype=float)
    components = checks.whole("components", components, 1, min(len(points) - 1, points.shape[1]))
    leading = principal_components(points, components)
    design = np.column_stack([np.ones(len(points)), leading])
    wanted = labels - labels.mean(0)
    rest = wanted - design @ np.linalg.lstsq(design, wanted, rcond=None)[0]
    return float(np.mean(1 - (rest**2).sum(0) / (wanted**2).sum(0)))


def chance(count: int, components: int = 3) -> float:
    """What `plane` gives on average for ``count`` points that are dealt to the labels at random."""
    count = checks.whole("count", count, 2)
    return checks.whole("components", components, 1, count - 1) / (count - 1)

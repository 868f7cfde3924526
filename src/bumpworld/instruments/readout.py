"""Can position be read out of a representation by a linear map? The check that needs no picture."""

from dataclasses import dataclass

import numpy as np

from .. import checks
from .displacement import as_labels, label_grid
from .geometry import compact


@dataclass(frozen=True)
class Readout:
    """Cross-validated decoding: explained variance of (cos, sin), and mean distance from the true label."""

    r2_x: float
    r2_y: float
    error_x: float  # in label units, around the circle of the period; period / 4 for guesses
    error_y: float


def linear_readout(
    points, labels, period: float, *, folds: int = 5, across: bool = False, seed: int = 0
) -> Readout:
    """Decode cos and sin of 2 pi x / period, and of y, from the points by ridge regression.

    All numbers are of points that the regression did not see. With ``across`` False these are random parts
    of the labels. With ``across`` True, x is decoded at values of y that were left out as a whole, and y at
    values of x: only a representation that keeps x apart from y passes. The strength of the ridge is chosen
    within the training part of each fold. (Cross-condition generalization: Bernardi et al. 2020.)

    Parameters
    ----------
    points : (n, d) representations.
    labels : (n, 2) positions on a full grid.
    period : length of the circle in label units: the canvas' span in a periodic world. In an open world take
        twice the span, so that the two ends of the axis are not the same angle.

    Returns
    -------
    `Readout`. r2 pools cos and sin over all folds; it is 1 for a Clifford torus and at most about 0 for
    points that say nothing. On a fine ring torus r2_x is R^2 / (R^2 + r^2 / 2) and r2_y is 1/2.

    Raises
    ------
    ValueError : for labels and points as `displacement.label_grid` says, a period that is not finite or
        does not exceed the range of the labels, and folds outside 2 to the number of labels (on an axis,
        when across).
    """
    x, y, _ = label_grid(points, labels)
    labels, array = as_labels(labels), compact(points)  # ridge regression does not feel a rotation
    array = array / np.sqrt((array**2).sum(axis=1).mean())  # so that one range of ridges fits every layer
    reach = max(np.ptp(x), np.ptp(y))
    # above the labels' range, or two of them are one angle
    period = checks.number("period", period, above=float(reach))
    most = min(len(x), len(y)) if across else len(array)
    folds = checks.whole("folds", folds, 2, most)
    angles = 2 * np.pi * labels / period
    results = []
    for axis in (0, 1):
        target = np.stack([np.cos(angles[:, axis]), np.sin(angles[:, axis])], axis=1)
        guess = _predict(array, target, labels[:, 1 - axis] if across else None, folds, seed)
        rest = ((target - guess) ** 2).sum()
        r2 = 1 - rest / ((target - target.mean(axis=0)) ** 2).sum()
        miss = np.arctan2(guess[:, 1], guess[:, 0]) - angles[:, axis]
        miss = np.abs((miss + np.pi) % (2 * np.pi) - np.pi)
        results.append((float(r2), float(miss.mean() * period / (2 * np.pi))))
    (r2_x, error_x), (r2_y, error_y) = results
    return Readout(r2_x, r2_y, error_x, error_y)


def _predict(array: np.ndarray, target: np.ndarray, groups, folds: int, seed: int) -> np.ndarray:
    """Out-of-fold predictions (n, 2): random folds, or folds of whole groups of equal ``groups`` (n,)."""
    from sklearn.linear_model import RidgeCV
    from sklearn.model_selection import KFold

    splitter = KFold(folds, shuffle=True, random_state=seed)
    groups = np.arange(len(array)) if groups is None else groups
    values, member = np.unique(groups, return_inverse=True)
    guess = np.empty_like(target)
    for _, left_out in splitter.split(values):
        test = np.isin(member, left_out)
        ridge = RidgeCV(alphas=np.logspace(-6, 3, 10))
        guess[test] = ridge.fit(array[~test], target[~test]).predict(array[test])
    return guess

"""How well a number foretells right and wrong: a logistic curve fitted on one part, scored in bits on another.

What a curve saves over a constant rate says how much of the outcome the number knows. A number that knows nothing saves
nothing, for a curve that is bent to one half of the data loses on the other what it won.
"""

from collections.abc import Callable

import numpy as np

from bumpworld import checks
from bumpworld.instruments import arrays
from bumpworld.instruments.onset import PENALTY

SURE = 0.001  # no chance is surer than this: one outcome cannot cost more than 10 bits

Chance = Callable[[np.ndarray], np.ndarray]


def logistic(values, right, weight=None) -> Chance:
    """The chance of a right outcome as a logistic function of ``values`` (n,) or (n, k), fitted with weights; a function.

    ``right`` (n,) holds the outcomes, ``weight`` (n,) how much each counts, all alike by default. The function maps
    values of the same form to chances between `SURE` and 1 - `SURE`. Without columns, or where all outcomes are alike,
    it is the constant rate. Raises ValueError for shapes that do not agree and for values that are not finite.
    """
    values, right, weight = _check(values, right, weight)
    mean, spread = values.mean(0), values.std(0)
    spread = np.where(spread > 1e-9, spread, 1.0)
    # equal values are one row; numbers are sorted much faster than rows of one number
    scaled, one = (values - mean) / spread, values.shape[1] == 1
    levels, which = np.unique(scaled.ravel() if one else scaled, axis=None if one else 0, return_inverse=True)
    levels, which = levels.reshape(-1, values.shape[1]), which.ravel()
    won, lost = np.bincount(which, weight * right), np.bincount(which, weight * ~right)
    rate = won.sum() / (won.sum() + lost.sum())
    if len(levels) == 1 or not 0 < rate < 1:
        return lambda new: np.full(len(new), np.clip(rate, SURE, 1 - SURE))
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=PENALTY, solver="newton-cholesky", tol=1e-8)
    rows, outcome = np.tile(levels, (2, 1)), np.repeat([1, 0], len(levels))
    weights = np.concatenate([won, lost])
    model.fit(rows[weights > 0], outcome[weights > 0], sample_weight=weights[weights > 0])

    def chance(new):
        scaled = (_columns(arrays.array("new", new, "numbers like the values", float)) - mean) / spread
        if not np.isfinite(scaled).all():
            raise ValueError(f"new is {checks.short(new)}; allowed are finite numbers like the values")
        return np.clip(model.predict_proba(scaled)[:, 1], SURE, 1 - SURE)

    return chance


def bits(chance, right) -> np.ndarray:
    """What each outcome costs in bits, (n,): -log2 of the ``chance`` (n,) that was given to what happened."""
    chance, right = arrays.array("chance", chance, "numbers (n,)", float), _outcomes(right)
    if chance.shape != right.shape or chance.ndim != 1 or not ((chance > 0) & (chance < 1)).all():
        raise ValueError(
            f"chances {checks.short(chance)} for {right.shape} outcomes; allowed are as many, between 0 and 1"
        )
    return -np.log2(np.where(right, chance, 1 - chance))


def _columns(values: np.ndarray) -> np.ndarray:
    return values[:, None] if values.ndim == 1 else values


def _outcomes(right) -> np.ndarray:
    right = checks.shaped("right", arrays.array("right", right, "True and False, (n,)"), "n")
    if not np.isin(right, (0, 1)).all():
        raise ValueError(f"right is {checks.short(right)}; allowed are True and False, or 1 and 0")
    return right.astype(bool)


def _check(values, right, weight):
    values = _columns(arrays.array("values", values, "numbers of shape (n,) or (n, k)", float))
    right = _outcomes(right)
    weight = np.ones(len(right)) if weight is None else arrays.array("weight", weight, "numbers (n,)", float)
    if values.ndim != 2 or weight.ndim != 1 or not len(right) or not len(values) == len(right) == len(weight):
        raise ValueError(
            f"values {values.shape}, right {right.shape}, weight {weight.shape}; allowed are as many rows, one or more"
        )
    if not np.isfinite(values).all() or not ((weight > 0) & np.isfinite(weight)).all():
        raise ValueError(
            "values are not all finite or weights not all above 0; allowed are finite ones, so leave other labels out"
        )
    return values, right, weight

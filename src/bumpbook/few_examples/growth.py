"""How the amount of data that a share of right drawings needs grows with the size of the world."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bumpworld import checks
from bumpworld.instruments import arrays
from bumpworld.instruments.onset import REACHED, Threshold


@dataclass(frozen=True)
class Exponent:
    """The slope of log threshold against log size, with a bootstrap 95 % interval; NaN when three sizes do not reach.

    The interval is NaN too where a size has one seed alone.

    The fitted law is ``scale`` * size ** ``value``. ``sizes`` are those used, ``left_out`` the notes of the others.
    """

    value: float
    low: float
    high: float
    scale: float
    sizes: tuple[float, ...]
    left_out: dict[float, str]

    def __str__(self) -> str:
        if not math.isfinite(self.value):
            return f"none (the level is crossed at {len(self.sizes)} sizes, and a slope needs three)"
        if not math.isfinite(self.low):
            return f"{self.value:.2f} (some sizes have one seed: no interval)"
        return f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f})"


def growth_exponent(sizes: Sequence[float], thresholds: Sequence[Threshold], draws=4000, seed=0) -> Exponent:
    """How the threshold grows with size: least squares on logarithms over the sizes at which the level is reached.

    The interval draws one bootstrap value of every threshold, independently from size to size, and fits again; a
    draw outside the measured amounts leaves its size out. Raises ValueError for fewer than three sizes, sizes that
    are not positive or not different, and thresholds of another number.
    """
    sizes = np.atleast_1d(arrays.array("sizes", sizes, "a sequence of numbers above 0", float))
    if not isinstance(thresholds, (list, tuple)) or not all(isinstance(t, Threshold) for t in thresholds):
        raise ValueError(f"thresholds is {checks.short(thresholds)}; allowed is a list of Thresholds")
    draws, seed = checks.whole("draws", draws, 1), checks.seed("seed", seed)
    if len(sizes) < 3 or len(sizes) != len(thresholds):
        raise ValueError(
            f"{len(sizes)} sizes and {len(thresholds)} thresholds; needed are three or more, of one number"
        )
    if not (np.isfinite(sizes).all() and (sizes > 0).all() and len(np.unique(sizes)) == len(sizes)):
        raise ValueError(f"sizes are {sizes.tolist()}; allowed are different numbers above 0")
    used = np.array([t.status == REACHED for t in thresholds])
    left_out = {float(n): t.note for n, t in zip(sizes, thresholds, strict=True) if t.note}
    names = tuple(sizes[used].tolist())
    if used.sum() < 3:
        return Exponent(math.nan, math.nan, math.nan, math.nan, names, left_out)
    reached = [t for t in thresholds if t.status == REACHED]
    at = np.log(sizes[used])
    value, bias = np.polyfit(at, np.log([t.value for t in reached]), 1)
    if any(t.units == 1 for t in reached):  # nothing is known of how seeds scatter there
        return Exponent(float(value), math.nan, math.nan, float(np.exp(bias)), names, left_out)
    rng = np.random.default_rng(seed)
    samples = np.stack(
        [rng.choice(t.draws, draws) if len(t.draws) else np.full(draws, t.value) for t in reached]
    )
    with np.errstate(divide="ignore"):
        slopes = [_slope(at, column) for column in np.log(samples).T]
    slopes = [s for s in slopes if s is not None]
    low, high = np.percentile(slopes, (2.5, 97.5)) if slopes else (math.nan, math.nan)
    return Exponent(float(value), float(low), float(high), float(np.exp(bias)), names, left_out)


def _slope(at, values) -> float | None:
    """Least-squares slope over finite values, None for fewer than three."""
    kept = np.isfinite(values)
    if kept.sum() < 3:
        return None
    x, y = at[kept] - at[kept].mean(), values[kept]
    return float(x @ y / (x @ x))

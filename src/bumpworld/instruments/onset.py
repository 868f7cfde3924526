"""At what amount of data a share of right drawings crosses a level, and how that amount grows with size.

The share right is fitted as a logistic curve in the logarithm of the amount, by maximum likelihood on counts. The
spread comes from resampling whole seeds: all drawings of one model succeed or fail together, so that counting them as
independent would give intervals that are far too narrow. Nothing is read off the curve outside the measured amounts.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .. import checks

REACHED, NOT_REACHED, PASSED, FALLING = "reached", "not reached", "passed already", "falling"
# inverse strength: it matters only where the data fall from 0 to 1 at once and any slope would do
PENALTY = 100.0


@dataclass(frozen=True)
class Threshold:
    """The amount at which a share right crosses ``level``, with a bootstrap 95 % interval.

    ``status`` is "reached", "not reached" (by the ``largest`` amount), "passed already" (at the ``smallest``) or
    "falling" (more data, fewer right); only the first has a ``value``, the others NaN. ``low`` is 0 and ``high`` infinite where the interval leaves the
    measured amounts. ``slope`` is the curve's slope in logits a factor e of the amount (a unit of it, when the fit
    was not logarithmic), ``midpoint`` its amount for one half, ``units`` the number of seeds, or of rows when no
    seeds were given, and ``draws`` the values of the bootstrap, 0 or infinite outside the measured amounts.
    """

    value: float
    low: float
    high: float
    slope: float
    midpoint: float
    level: float
    status: str
    smallest: float
    largest: float
    units: int
    log: bool = True
    draws: np.ndarray = field(default_factory=lambda: np.empty(0), repr=False, compare=False)

    @property
    def note(self) -> str:
        """In words where there is no value, else empty: "not reached below 128"."""
        return {
            REACHED: "",
            NOT_REACHED: f"not reached below {self.largest:g}",
            PASSED: f"passed already at {self.smallest:g}",
            FALLING: "not to be had: the share right does not rise with the amount",
        }[self.status]

    def __str__(self) -> str:
        if self.note:
            return self.note
        if self.units == 1 or not len(self.draws):
            return f"{self.value:.3g} (one seed)"
        low = f"{self.low:.3g}" if self.low else f"below {self.smallest:g}"
        high = f"{self.high:.3g}" if math.isfinite(self.high) else f"beyond {self.largest:g}"
        return f"{self.value:.3g} ({low} to {high})"

    def curve(self, amounts) -> np.ndarray:
        """The fitted share right at ``amounts``."""
        from scipy.special import expit

        at, middle = checks.array("amounts", amounts, "numbers", float), self.midpoint
        if not np.isfinite(at).all() or (self.log and (at <= 0).any()):
            raise ValueError(
                f"amounts are {checks.short(at)}; allowed are finite numbers" + " above 0" * self.log
            )
        return expit(self.slope * (np.log(at / middle) if self.log else at - middle))


def fit_threshold(
    amounts, right, tried=None, level=0.6, seeds=None, log=True, draws=1000, seed=0
) -> Threshold:
    """Where a logistic fit of ``right`` of ``tried`` drawings against ``amounts`` crosses ``level``.

    All are sequences of one length, a row for each model. Without ``tried``, ``right`` is a share and every row
    counts alike. With ``seeds`` whole seeds are resampled ``draws`` times; without, only the chance of single
    drawings is in the interval (a binomial bootstrap). The level counts as crossed when both the fitted curve and
    the mean share of some amount cross it within the measured amounts.

    Raises ValueError for fewer than three different amounts, shares outside [0, 1], amounts that are not finite (or,
    with ``log``, not positive), a level outside (0, 1) and sequences of different lengths.
    """
    log, draws = checks.flag("log", log), checks.whole("draws", draws, 1)
    data = _checked(amounts, right, tried, level, seeds, log)
    rng = np.random.default_rng(checks.seed("seed", seed))
    value, status, slope, middle = _crossing(*data[:3], level, log)
    spread = (
        _by_seed(data, level, log, draws, rng)
        if seeds is not None
        else _by_chance(data, level, log, draws, rng)
    )
    low, high = np.percentile(spread, (2.5, 97.5), method="inverted_cdf")
    ends = data[0].min(), data[0].max()
    if status != REACHED:
        value = low = high = math.nan
    units = len(np.unique(data[3])) if seeds is not None else len(data[0])
    numbers = (float(v) for v in (value, low, high, slope, middle, level))
    return Threshold(*numbers, status, *map(float, ends), units, log, spread)


def _crossing(amounts, right, tried, level, log):
    """Value, status, slope and midpoint of one fit; the value is 0 or infinite where it is not reached."""
    from sklearn.linear_model import LogisticRegression

    at = np.log(amounts) if log else amounts
    center, unit = at.mean(), at.std()
    rows = np.tile((at - center) / unit, 2)[:, None]
    outcome, weight = np.repeat([1, 0], len(at)), np.concatenate([right, tried - right])
    means = _means(amounts, right, tried)
    if not (right.any() and (tried > right).any()):  # one class alone has no fit, and crosses nothing
        status = PASSED if right.any() else NOT_REACHED
        return 0.0 if right.any() else math.inf, status, math.nan, math.nan
    kept = weight > 0
    fit = LogisticRegression(C=PENALTY, max_iter=1000, tol=1e-8)
    fit.fit(rows[kept], outcome[kept], sample_weight=weight[kept])
    slope, bias = float(fit.coef_[0, 0]), float(fit.intercept_[0])
    if slope <= 0:
        return math.inf, FALLING, slope / unit, math.nan
    place = lambda share: center + unit * (math.log(share / (1 - share)) - bias) / slope
    crossing, middle = place(level), place(0.5)
    if log:
        middle = math.exp(min(middle, 700.0))
    if means.max() < level or crossing > at.max():
        return math.inf, NOT_REACHED, slope / unit, middle
    if means.min() >= level or crossing < at.min():
        return 0.0, PASSED, slope / unit, middle
    return math.exp(crossing) if log else crossing, REACHED, slope / unit, middle


def _means(amounts, right, tried) -> np.ndarray:
    """Share right at each of the different amounts."""
    _, which = np.unique(amounts, return_inverse=True)
    return np.bincount(which, right) / np.bincount(which, tried)


def _by_seed(data, level, log, draws, rng) -> np.ndarray:
    """Values of refits to seeds drawn with replacement; equal draws are fitted once."""
    amounts, right, tried, seeds = data
    names, which = np.unique(seeds, return_inverse=True)
    counts = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=draws)
    drawn, times = np.unique(counts, axis=0, return_counts=True)
    values = []
    for often, again in zip(drawn, times, strict=True):
        weight = often[which]
        kept = weight > 0
        if len(np.unique(amounts[kept])) >= 2:  # seeds that are still missing at most amounts can leave fewer
            value = _crossing(amounts[kept], (weight * right)[kept], (weight * tried)[kept], level, log)[0]
            values += [value] * again
    return np.array(values)


def _by_chance(data, level, log, draws, rng) -> np.ndarray:
    """Values of refits to counts drawn anew around the counts that were found."""
    amounts, right, tried, _ = data
    times = np.maximum(tried.round().astype(int), 1)
    drawn = rng.binomial(times, right / tried, size=(draws, len(right)))
    return np.array(
        [_crossing(amounts, row.astype(float), times.astype(float), level, log)[0] for row in drawn]
    )


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
    sizes = np.atleast_1d(checks.array("sizes", sizes, "a sequence of numbers above 0", float))
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


def _checked(amounts, right, tried, level, seeds, log):
    numbers = "a sequence of numbers"
    amounts, right = (
        checks.array("amounts", amounts, numbers, float),
        checks.array("right", right, numbers, float),
    )
    tried = np.ones_like(right) if tried is None else checks.array("tried", tried, numbers, float)
    names = np.arange(len(right)) if seeds is None else np.asarray(seeds)
    lengths = [np.shape(a) for a in (amounts, right, tried, names)]
    if amounts.ndim != 1 or len(set(lengths)) > 1:
        raise ValueError(f"amounts, right, tried, seeds have shapes {lengths}; allowed is one length for all")
    if not np.isfinite(amounts).all() or (log and (amounts <= 0).any()):
        raise ValueError(f"amounts are {amounts.tolist()}; allowed are finite numbers" + " above 0" * log)
    if len(np.unique(amounts)) < 3:
        raise ValueError(f"{len(np.unique(amounts))} different amounts; a threshold needs three or more")
    if not (np.isfinite(tried).all() and (tried > 0).all()):
        raise ValueError(f"tried is {tried.tolist()}; allowed are numbers above 0")
    share = right / tried
    if not ((share >= 0) & (share <= 1)).all():  # false for NaN too
        bad = share[~((share >= 0) & (share <= 1))][0]
        raise ValueError(f"a share right is {bad:g}; allowed are numbers from 0 to 1")
    checks.number("level", level, above=0, below=1)
    return amounts, right, tried, names

"""At what amount of data a share of right drawings crosses a level.

The share right is fitted as a logistic curve in the logarithm of the amount, by maximum likelihood on counts. The
spread comes from resampling whole seeds: all drawings of one model succeed or fail together, so that counting them as
independent would give intervals that are far too narrow. Nothing is read off the curve outside the measured amounts.
"""

import math
from dataclasses import dataclass, field

import numpy as np

from .. import checks
from . import arrays
from .spread import FEW

REACHED, NOT_REACHED, PASSED, FALLING = "reached", "not reached", "passed already", "falling"
# inverse strength: it matters only where the data fall from 0 to 1 at once and any slope would do
PENALTY = 100.0


@dataclass(frozen=True)
class Threshold:
    """The amount at which a share right crosses ``level``, with a bootstrap 95 % interval; below five seeds their range.

    ``status`` is "reached", "not reached" (by the ``largest`` amount), "passed already" (at the ``smallest``) or
    "falling" (more data, fewer right); only the first has a ``value``, the others NaN. ``low`` is 0 and ``high`` infinite
    where the interval leaves the measured amounts. ``slope`` is the curve's slope in logits a factor e of the amount (a unit of it, when the fit
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
            return f"{self.value:.3g} (n = 1)"
        low = f"{self.low:.3g}" if self.low else f"below {self.smallest:g}"
        high = f"{self.high:.3g}" if math.isfinite(self.high) else f"beyond {self.largest:g}"
        return f"{self.value:.3g} ({'range ' * (self.units < FEW)}{low} to {high}, n = {self.units})"

    def curve(self, amounts) -> np.ndarray:
        """The fitted share right at ``amounts``."""
        from scipy.special import expit

        at, middle = arrays.array("amounts", amounts, "numbers", float), self.midpoint
        _check_amounts(at, self.log)
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
    spread = (_by_chance if seeds is None else _by_seed)(data, level, log, draws, rng)
    units = len(np.unique(data[3])) if seeds is not None else len(data[0])
    # so few seeds give no interval (see `spread`): then the lowest and the highest that they give
    part = (0, 100) if seeds is not None and units < FEW else (2.5, 97.5)
    low, high = np.percentile(spread, part, method="inverted_cdf")
    ends = data[0].min(), data[0].max()
    if status != REACHED:
        value = low = high = math.nan
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


def _checked(amounts, right, tried, level, seeds, log):
    numbers = "a sequence of numbers"
    amounts, right = (
        arrays.array("amounts", amounts, numbers, float),
        arrays.array("right", right, numbers, float),
    )
    tried = np.ones_like(right) if tried is None else arrays.array("tried", tried, numbers, float)
    names = np.arange(right.size) if seeds is None else np.asarray(seeds)
    lengths = [np.shape(a) for a in (amounts, right, tried, names)]
    if amounts.ndim != 1 or len(set(lengths)) > 1:
        raise ValueError(f"amounts, right, tried, seeds have shapes {lengths}; allowed is one length for all")
    _check_amounts(amounts, log)
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


def _check_amounts(amounts: np.ndarray, log: bool) -> None:
    if not np.isfinite(amounts).all() or (log and (amounts <= 0).any()):
        found, allowed = checks.short(amounts.tolist()), "finite numbers" + " above 0" * log
        raise ValueError(f"amounts are {found}; allowed are {allowed}")

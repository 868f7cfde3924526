"""A mean, how far it can be trusted, and the one wording in which every page says so.

Below five values the spread is simply their range. From five on it is a 95 % interval of the mean. Bootstrap
percentiles are too narrow for so few values: of samples of five they hold the true mean in 78 to 86 %. Student's own
interval is exact for normal values and misses one time in ten for shares near 1, which are skewed: the few low values
that make the mean what it is are often not among five. Their variance is known only as well as with half as many
degrees of freedom (Beta(9, 1) has an excess kurtosis of 2.5, and 1 + 2.5 / 2 is about 2), so half of n - 1 are taken.
With them all shapes of shares that occur here keep 93 % and more, and none more than 99 % (`tests/test_spread.py`).
"""

from functools import cache
from numbers import Real
from typing import NamedTuple

import numpy as np

from .. import checks
from . import arrays

FEW = 5  # values from which on there is an interval
LEVEL = 0.95  # of the interval


class Spread(NamedTuple):
    """A mean, its ``low`` and ``high`` end, and the number ``n`` of models, fits or seeds; NaN where n is 0."""

    mean: float
    low: float
    high: float
    n: int


def spread(values, share: bool = False) -> Spread:
    """Mean of the finite ``values`` (n,), with their range below five and an interval of the mean from five on.

    Values that are all alike leave an interval without width. That says that these seeds agree, not that the next one
    will. With ``share`` the values are shares: an end of the interval beyond 0 or 1 is put there, which loses no
    coverage, since the true mean is a share too. Raises ValueError with ``share`` for values outside [0, 1].
    """
    share, values = checks.flag("share", share), arrays.vector("values", values, finite=False)
    values = values[np.isfinite(values)]
    if not len(values):
        return Spread(np.nan, np.nan, np.nan, 0)
    if share and (values.min() < -1e-9 or values.max() > 1 + 1e-9):
        raise ValueError(f"shares reach from {values.min():g} to {values.max():g}; allowed is [0, 1]")
    mean, low, high = float(values.mean()), float(values.min()), float(values.max())
    if len(values) >= FEW and low < high:
        reach = _reach(values)
        low, high = mean - reach, mean + reach
        if share:
            low, high = max(low, 0.0), min(high, 1.0)
    return Spread(mean, low, high, len(values))


def sure(values) -> float:
    """Low end of the 95 % interval of the mean of the finite ``values`` (n,): that of `spread`, however few they are.

    Where `spread` has a range, all of three values are above 0 one time in eight by a coin, and this is far below. NaN for
    fewer than two values, which have no interval.
    """
    values = arrays.vector("values", values, finite=False)
    values = values[np.isfinite(values)]
    return float(values.mean()) - _reach(values) if len(values) > 1 else float("nan")


def difference(first, second) -> Spread:
    """Mean of ``first`` (n,) minus that of ``second`` (m,), independent groups of finite values; its n is the smaller.

    From five values in both on an interval like that of `spread`, after Welch; below it the range of first minus second
    over all pairs. Raises ValueError for a group without values.
    """
    first, second = arrays.vector("first", first), arrays.vector("second", second)
    few = min(len(first), len(second))
    if not few:
        raise ValueError(f"groups have {len(first)} and {len(second)} values; needed is at least one in each")
    mean = float(first.mean() - second.mean())
    if few < FEW:
        return Spread(mean, float(first.min() - second.max()), float(first.max() - second.min()), few)
    parts = [values.var(ddof=1) / len(values) for values in (first, second)]
    if not sum(parts):
        return Spread(mean, mean, mean, few)
    freedom = sum(parts) ** 2 / sum(p**2 / (len(v) - 1) for p, v in zip(parts, (first, second), strict=True))
    reach = _quantile(freedom / 2) * float(sum(parts)) ** 0.5
    return Spread(mean, mean - reach, mean + reach, few)


def _reach(values: np.ndarray) -> float:
    """Half of the interval of the mean of two and more ``values``."""
    return _quantile((len(values) - 1) / 2) * float(values.std(ddof=1)) / len(values) ** 0.5


@cache
def _quantile(freedom: float) -> float:
    # Student's quantile; scipy.stats has it too, and takes two seconds to load on every page
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + LEVEL) / 2))


def minus(value: float, form: str = ".2f") -> str:
    """A number as pages write it: with a minus sign instead of a hyphen, and with none where it is zero as written."""
    text = f"{value:{form}}"
    return text.replace("-", "\N{MINUS SIGN}" if text.strip("+-0.% ") else "")


def percentage(share: float) -> str:
    """A share as pages write it: "97 %"."""
    if not isinstance(share, Real):
        raise ValueError(f"share is {checks.short(share)}; allowed is a number")
    return f"{minus(100 * share, '.0f')} %"


def write(found: tuple[float, float, float, int], percent: bool = False, form: str = ".2f") -> str:
    """A spread in words: "0.50 (0.25 to 0.75, n = 5)" is a mean with its interval, and a range is called one.

    With ``percent`` the numbers are shares and ``form`` is not used: "97 % (range 94 to 99 %, n = 3)". Where all values
    are alike as written: "100 % (n = 5, all alike)". One value has no spread: "0.50 (n = 1)"; none was "not measured".
    """
    numbers = isinstance(found, tuple) and len(found) == 4 and all(isinstance(v, Real) for v in found)
    if not numbers:
        raise ValueError(f"found is {checks.short(found)}; allowed is (mean, low, high, n), such as a Spread")
    try:
        f"{0.5:{form}}"
    except (ValueError, TypeError):
        raise ValueError(f"form is {checks.short(form)}; allowed are formats of a number, as '.2f'") from None
    percent, (mean, low, high, n) = checks.flag("percent", percent), found
    if not n:
        return "not measured"
    mean, low, high = (percentage(v) if percent else minus(v, form) for v in (mean, low, high))
    if n == 1:
        return f"{mean} (n = 1)"
    if low == high:
        return f"{mean} (n = {n}, all alike)"
    kind = "range " if n < FEW else ""
    return f"{mean} ({kind}{low.removesuffix(' %')} to {high}, n = {n})"

"""The onset of learning as a surface over the width of the bumps and the spacing of their labels.

One logistic curve in the logarithm of the number of labels, whose middle is a power of width times a power of spacing.
Networks are the units: each counts alike, and whole networks are drawn for the intervals.
"""

from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd

from bumpworld import checks
from bumpworld.instruments.onset import Threshold, fit_threshold

# of the penalty on standardised slopes, as in `onset`: it matters only where any slope would do
RIDGE = 0.01
STEPS = 12
# a step of Newton's method squares the error: after one as small as this none changes a digit
SETTLED = 1e-9
# bootstrap samples of each simulated sweep
BOOTSTRAPS = 200
PURE = {
    "percolation of bumps": (-2.0, 0.0),
    "bipartite graph, values seen": (0.0, -1.0),
    "number of labels, nearest in pixels": (0.0, 0.0),
}
NEAR = 0.5


class Exponent(NamedTuple):
    """A fitted exponent with its 95 % bootstrap interval over networks."""

    value: float
    low: float
    high: float


class Law(NamedTuple):
    """onset = ``scale`` sigma^width spacing^spacing labels, sigma and spacing in pixels; ``bend`` is the term in
    log^2 sigma of log onset, fitted beside the two. ``slope``: logits a factor e of labels; ``n`` networks."""

    scale: float
    width: Exponent
    spacing: Exponent
    bend: Exponent
    slope: float
    n: int

    @property
    def verdict(self) -> str | None:
        """The pure law whose exponents both intervals support, None for none of them."""
        return _pure(self.width, self.spacing)


def _pure(width: Exponent, spacing: Exponent) -> str | None:
    """The law of `PURE` that both intervals lie within .5 of, entirely."""
    for name, ends in PURE.items():
        if all(
            abs(end - pure) <= NEAR for e, pure in zip((width, spacing), ends, strict=True) for end in e[1:]
        ):
            return name
    return None


def cells(table: pd.DataFrame, widths, spacings) -> dict[tuple[float, float], Threshold | None]:
    """Labels at which half are right in every cell (sigma, spacing) of a table of `grid.shares`; None for a hole.

    A cell with fewer than three numbers of labels is a hole: nothing is guessed from its neighbours.
    """
    found = {}
    for sigma, spacing in product(widths, spacings):
        part = table[(table.sigma == sigma) & (table.spacing == spacing)]
        enough = part["labels"].nunique() >= 3
        found[sigma, spacing] = (
            fit_threshold(part["labels"], part["share"], level=0.5, seeds=part["seed"]) if enough else None
        )
    return found


def law(table: pd.DataFrame, draws: int = 1000, seed: int = 0) -> Law:
    """The `Law` of a table of `grid.shares`. Raises ValueError where a width, a spacing or a number of labels has no second."""
    draws, seed = checks.whole("draws", draws, 1), checks.seed("seed", seed)
    for name in ("sigma", "spacing", "labels"):
        if table[name].nunique() < 2:
            raise ValueError(f"all networks have one {name}; a law needs two or more")
    weight, values = _resampled(len(table), draws, seed), table["share"].to_numpy(float)
    plain, bent = (_logistic(_columns(table, bend), values, weight) for bend in (False, True))
    width, spacing, bend = -plain[:, 2] / plain[:, 1], -plain[:, 3] / plain[:, 1], -bent[:, 4] / bent[:, 1]
    scale = float(np.exp(-plain[0, 0] / plain[0, 1]))
    return Law(scale, *map(_exponent, (width, spacing, bend)), float(plain[0, 1]), len(table))


def width_power(table: pd.DataFrame, draws: int = 1000, seed: int = 0) -> Exponent:
    """The exponent of the width alone, among networks of one spacing. Raises ValueError for one width or several spacings."""
    if table["sigma"].nunique() < 2 or table["spacing"].nunique() > 1:
        raise ValueError("networks have one sigma or several spacings; needed are several and one")
    columns, values = _columns(table)[:, :3], table["share"].to_numpy(float)
    found = _logistic(columns, values, _resampled(len(table), draws, seed))
    return _exponent(-found[:, 2] / found[:, 1])


def _resampled(count: int, draws: int, seed: int) -> np.ndarray:
    """How often each of ``count`` networks counts, (1 + draws, count): once each, then in each bootstrap sample."""
    drawn = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=draws)
    return np.concatenate([np.ones((1, count)), drawn])


def power(table: pd.DataFrame, draws: int = 100, seed: int = 0) -> dict[str, float]:
    """How often the rule would have found each law of `PURE`, were it true, at the networks of a table of `grid.shares`.

    The onset then follows that law through the middle of the grid, with the measured slope in log labels; a network
    scatters about it as the measured ones do about their own law, in units of sqrt(p (1 - p)). Raises as `law`.
    """
    draws, rng = checks.whole("draws", draws, 1), np.random.default_rng(checks.seed("seed", seed))
    columns, values, count = _columns(table), table["share"].to_numpy(float), len(table)
    found = _logistic(columns, values, np.ones((1, count)))[0]
    expected = 1 / (1 + np.exp(-columns @ found))
    unit = lambda p: np.sqrt(np.maximum(p * (1 - p), 1e-3))
    scatter = np.sqrt((((values - expected) / unit(expected)) ** 2).mean())
    middle, told = columns.mean(0), {}
    for name, exponents in PURE.items():
        true = np.array([0.0, found[1], *(-found[1] * e for e in exponents)])
        # the same share in the middle of the grid
        true[0] = found @ middle - true @ middle
        chance = 1 / (1 + np.exp(-columns @ true))
        named = 0
        for _ in range(draws):
            drawn = np.clip(chance + scatter * unit(chance) * rng.standard_normal(count), 0, 1)
            weight = rng.multinomial(count, np.full(count, 1 / count), size=BOOTSTRAPS)
            fit = _logistic(columns, drawn, np.concatenate([np.ones((1, count)), weight]))
            named += _pure(*(_exponent(-fit[:, k] / fit[:, 1]) for k in (2, 3))) == name
        told[name] = named / draws
    return told


def _exponent(values: np.ndarray) -> Exponent:
    """The first of the values, with the middle 95 % of the others."""
    return Exponent(float(values[0]), *map(float, np.percentile(values[1:], (2.5, 97.5))))


def onset_of(found: Law, sigma, spacing):
    """The number of labels at which the law has half of the test labels right."""
    return found.scale * np.power(sigma, found.width.value) * np.power(spacing, found.spacing.value)


def _columns(table: pd.DataFrame, bend: bool = False) -> np.ndarray:
    labels, sigma, spacing = (np.log(table[name].to_numpy(float)) for name in ("labels", "sigma", "spacing"))
    columns = [np.ones(len(table)), labels, sigma, spacing]
    return np.stack(columns + [sigma**2] * bend, axis=1)


def _logistic(columns: np.ndarray, values: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Coefficients (draws, k) of logistic fits of ``values`` (n,) or (draws, n), one for each row of ``weight`` (draws, n).

    Newton's method on all draws at once, with columns standardised and a penalty on all but the first.
    """
    middle, unit = columns[:, 1:].mean(0), columns[:, 1:].std(0)
    x = np.column_stack([columns[:, 0], (columns[:, 1:] - middle) / unit])
    k = x.shape[1]
    penalty = RIDGE * np.diag([0.0, *np.ones(k - 1)])
    # one product of matrices for all draws: a sum over three factors takes five times as long
    products = (x[:, :, None] * x[:, None]).reshape(-1, k * k)
    found = np.zeros((len(weight), x.shape[1]))
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(found @ x.T, -30, 30)))
        gradient = (weight * (values - chance)) @ x - found @ penalty
        curve = ((weight * (chance * (1 - chance) + 1e-9)) @ products).reshape(-1, k, k) + penalty
        step = np.linalg.solve(curve, gradient[..., None])[..., 0]
        # a full step can overshoot where a draw's data nearly part into all and nothing
        found += step * np.minimum(1, 3 / (1e-12 + np.abs(step).max(1, keepdims=True)))
        if np.abs(step).max() < SETTLED:
            break
    slopes = found[:, 1:] / unit
    return np.column_stack([found[:, :1] - (slopes * middle).sum(1, keepdims=True), slopes])

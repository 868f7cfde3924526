"""How near is a representation to a sum f(x) + g(y), and how near to hyper-factorized? One number each.

*Factorized*: the point is a sum f(x) + g(y). *Hyper-factorized*: steps of one feature are orthogonal even
to each other, like one-hot codes, so that nothing is left of the feature's continuity. (Liang et al. 2024
use the words; the scores are ours.)
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from .. import checks
from .displacement import even_grid, label_grid, pair_cosines, unit_steps


@dataclass(frozen=True)
class Factorization:
    """Share of the variance that f(x) + g(y) explains, with its confidence interval and its parts."""

    share: float
    low: float
    high: float
    x: float  # share of f(x) alone
    y: float  # share of g(y) alone
    chance: float  # expected share when the points are dealt to the labels at random

    @property
    def above_chance(self) -> float:
        """(share - chance) / (1 - chance): 0 for no structure, 1 for an additive code."""
        return (self.share - self.chance) / (1.0 - self.chance)


def factorization_score(points, labels, *, confidence: float = 0.95) -> Factorization:
    """Additive share of the variance: a two-way analysis of variance of the representation P(x, y).

    With f(x) and g(y) the means over the other feature, both relative to the grand mean,
    share = (mean |f|^2 + mean |g|^2) / mean |P - grand mean|^2. It is 1 exactly when P = f(x) + g(y). A
    Clifford torus has 1, a ring torus (R^2 + r^2 / 2) / (R^2 + r^2). With one point a label, interaction
    and noise cannot be told apart: both lower the share. ``chance`` is (kx + ky - 2) / (kx ky - 1) for
    kx x ky labels.

    The interval is the delete-one jackknife over the values of x and over those of y, clipped to [0, 1]. It
    treats both as samples: it says how far the share hangs on single labels, not what another training seed
    would give.

    Raises ValueError for labels and points as `displacement.label_grid` says, and for a confidence outside
    (0, 1).
    """
    quantile = _quantile(confidence)
    grid = label_grid(points, labels)[2]
    columns, rows = len(grid), grid.shape[1]
    x, y = _shares(grid)
    variance = 0.0
    for side in (grid, grid.swapaxes(0, 1)):
        left_out = _shares_without(side)
        variance += (len(side) - 1) * np.var(left_out)  # the jackknife: (k - 1) / k * sum of squares
    reach = quantile * float(np.sqrt(variance))
    return Factorization(
        share=x + y,
        low=max(0.0, x + y - reach),
        high=min(1.0, x + y + reach),
        x=x,
        y=y,
        chance=(columns + rows - 2) / (columns * rows - 1),
    )


def _shares(grid: np.ndarray) -> tuple[float, float]:
    """Shares of f(x) and g(y) in a centred grid (kx, ky, d)."""
    total = (grid**2).sum(axis=-1).mean()
    f, g = grid.mean(axis=1), grid.mean(axis=0)
    return float((f**2).sum(axis=-1).mean() / total), float((g**2).sum(axis=-1).mean() / total)


def _shares_without(grid: np.ndarray) -> np.ndarray:
    """Additive share of a centred grid (k, m, d) without its i-th row, for every i, shape (k,).

    From sums that are already there, since building k smaller grids would cost k times as much.
    """
    k = len(grid)
    f, g = grid.mean(axis=1), grid.mean(axis=0)  # (k, d), (m, d)
    squares = (grid**2).sum(axis=-1)  # (k, m)
    f_squares = (f**2).sum(axis=-1)
    shift = f_squares / (k - 1) ** 2  # the squared grand mean of what remains
    g_squares = k**2 * (g**2).sum(axis=-1) - 2 * k * np.einsum("imd,md->im", grid, g) + squares
    g_squares /= (k - 1) ** 2  # |(k g - P_i) / (k - 1)|^2
    total = (squares.mean(axis=1).sum() - squares.mean(axis=1)) / (k - 1) - shift
    additive = (f_squares.sum() - f_squares) / (k - 1) + g_squares.mean(axis=1) - 2 * shift
    return additive[total > 0] / total[total > 0]


@dataclass(frozen=True)
class HyperFactorization:
    """0 on a circle, 1 for one-hot codes."""

    score: float
    low: float
    high: float
    x: float  # score of steps along x
    y: float  # score of steps along y
    step: int


def hyperfactorization(
    points, labels, *, periodic: bool, step: int = 1, confidence: float = 0.95
) -> HyperFactorization:
    """How orthogonal steps of the same feature are: their cosines against label distance.

    c are the cosines between steps of ``step`` lattice steps along x at x and at x' != x with the same y, as
    ``x_on_x`` in `displacement.displacement_tests`, without the pairs at shift = step, which share an end
    and stand at -1/2 in a one-hot code. The score is 1 - mean(c^2) / c0. For a periodic grid c0 is the mean
    square of cos(2 pi shift / k) over the same shifts, what a circle of k labels gives; for an open grid
    1/2, its limit. So 0 is a round circle, 1 all steps orthogonal, and an open grid can fall to -1, a
    straight line. The result averages the scores of x and of y.

    Independent random codes in many dimensions have orthogonal steps too and score 1: read it only beside a
    high additive share. The interval comes from the spread over the lines of labels (each y for the steps
    along x, and the reverse); it is empty when all lines agree.

    Raises ValueError as `displacement.displacement_tests` does, for too few labels to compare steps without
    a common end, and for a confidence outside (0, 1).
    """
    quantile = _quantile(confidence)
    grid = even_grid(points, labels, step, periodic)
    scores, variances = [], []
    for name, side in (("x", grid), ("y", grid.swapaxes(0, 1))):
        lines = _line_scores(side, step, periodic, name)
        scores.append(float(lines.mean()))
        variances.append(lines.var(ddof=1) / len(lines) if len(lines) > 1 else np.nan)
    score, reach = sum(scores) / 2, quantile * float(np.sqrt(sum(variances))) / 2
    return HyperFactorization(score, score - reach, score + reach, *scores, step)


def _line_scores(grid: np.ndarray, step: int, periodic: bool, name: str) -> np.ndarray:
    """Scores (lines,) of steps along the first axis of a grid (k, lines, d)."""
    k = len(grid)
    cosines, shift = pair_cosines(unit_steps(grid, step, periodic, name).swapaxes(0, 1), k, periodic)
    free = shift != step
    circle = np.mean(np.cos(2 * np.pi * shift[free] / k) ** 2) if periodic and free.any() else 0.5
    if not free.any() or circle < 0.1:
        raise ValueError(f"{k} labels along {name} are too few for steps of {step} without a common end")
    defined = np.isfinite(cosines)
    squares = np.where(defined, cosines, 0.0)[:, free] ** 2
    counts = defined[:, free].sum(axis=1)
    lines = 1 - squares.sum(axis=1)[counts > 0] / counts[counts > 0] / circle
    if not len(lines):
        raise ValueError(f"no two steps along {name} move the representation on the same line of labels")
    return lines


def _quantile(confidence: float) -> float:
    return NormalDist().inv_cdf((1 + checks.number("confidence", confidence, above=0, below=1)) / 2)

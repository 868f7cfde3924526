"""Figures of chapter 3 that show scores: tables with a number in every cell, and the histograms behind them."""

import textwrap
from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bumpbook.frame import given
from bumpbook.frame.layouts import stacked, turning_grid, two_layouts
from bumpbook.frame.style import BLUE, GREY, IMAGE, INK, ROSE, new_figure, styled
from bumpworld import checks
from bumpworld.instruments import arrays
from bumpworld.instruments.displacement import DisplacementTests
from bumpworld.instruments.spread import minus

__all__ = ["likeness", "score_table", "step_histograms"]
NAMES = {
    "additive": "additive\nshare",
    "orthogonal": "|x-step ·\ny-step|",
    "parallel": "same step\nelsewhere",
    "hyper": "hyper-\nfactorized",
    "dimension": "dimension",
    "four": "share of 4\ncomponents",
}
RING_ORTHOGONAL = 4 / np.pi**2  # mean |cosine| of x-steps and y-steps on a ring torus, in closed form
DARKEST = 0.72  # of the colour scale, so that white numbers stay readable


def likeness(score: str, value: float) -> float:
    """How near a score is to a Clifford torus' own, from 0 to 1: what the tables show as darkness.

    The additive share, parallelism and the share of four components count as they are; |x-step . y-step| falls to 0
    at the ring torus' 4 / pi^2; the hyper score falls to 0 at 1, one-hot codes; the dimension at 2 and at 8, a factor
    of two from 4. Raises ValueError for an unknown score.
    """
    checks.choice("score", score, NAMES)
    raw = {
        "orthogonal": 1 - value / RING_ORTHOGONAL,
        "hyper": 1 - abs(value),
        "dimension": 1 - abs(np.log2(max(value, 1e-9) / 4)),
    }.get(score, value)
    return float(np.clip(raw, 0, 1))


@two_layouts
@styled
def score_table(rows: Mapping[str, Mapping | Sequence[Mapping] | pd.DataFrame]) -> Figure:
    """Six scores of every row, a number in each cell; the darker a cell, the nearer to a Clifford torus.

    ``rows``: name -> one set of scores, or several of different seeds (a sequence or a table), of which the mean
    stands in the cell and, below it, the lowest and the highest. Raises ValueError for no rows and an empty row.
    """
    rows = given.named("rows", rows, _sets)
    several = any(len(sets) > 1 for sets in rows.values())
    height = 0.36 if not stacked() else 0.6 if several else 0.42
    figure = new_figure((1.1 if stacked() else 0.75) + height * len(rows))
    axes = figure.subplots()
    _frame(axes, list(NAMES.values()), list(rows), top=True)
    for i, sets in enumerate(rows.values()):
        for j, score in enumerate(NAMES):
            values = sets[score].to_numpy(dtype=float)
            text = _number(score, values.mean())
            if len(values) > 1:
                between = "\nto " if stacked() else " to "
                text += f"\n{_number(score, values.min())}{between}{_number(score, values.max())}"
            _cell(axes, j, i, likeness(score, values.mean()), text, 8 if len(values) > 1 else 9)
    return figure


def _sets(name: str, value) -> pd.DataFrame:
    """One set of scores, or several, as a table."""
    if not isinstance(value, pd.DataFrame):
        sets = [value] if isinstance(value, Mapping) else arrays.several(name, value, lambda _, one: one)
        value = pd.DataFrame([checks.instance(name, one, Mapping) for one in sets])
    return given.table(name, value, numbers=NAMES)


@two_layouts
@styled
def step_histograms(rows: Mapping[str, DisplacementTests]) -> Figure:
    """Cosines between steps, a row for each representation by name; the mean stands in each panel.

    Filled, steps along x; outlined, steps along y, where a panel holds both.
    """
    rows = given.named("rows", rows, partial(checks.instance, kind=DisplacementTests))
    figure = new_figure(5.2 if stacked() else 0.5 + 1.05 * len(rows))
    table = turning_grid(figure, len(rows), 4, sharex=True)
    titles = ("x-step · y-step", "same step elsewhere", "x-step · other x-step", "y-step · other y-step")
    for row, (name, tests) in zip(table, rows.items(), strict=True):
        panels = (
            (tests.x_on_y,),
            (tests.parallel_x, tests.parallel_y),
            (tests.x_on_x,),
            (tests.y_on_y,),
        )
        for axes, parts in zip(row, panels, strict=True):
            _histogram(axes, parts)
        row[0].set_title(name) if stacked() else row[0].set_ylabel(name)
    for axes, title in zip(table[0], titles, strict=True):
        axes.set_ylabel(textwrap.fill(title, 14)) if stacked() else axes.set_title(title)
    for axes in table[:, -1] if stacked() else table[-1]:
        axes.set_xlabel("cosine")
    return figure


def _histogram(axes: Axes, parts: tuple[np.ndarray, ...]) -> None:
    bins = np.linspace(-1.02, 1.02, 42)  # the outer bins are centred on -1 and 1
    for number, cosines in enumerate(parts):
        heights, _ = np.histogram(cosines, bins)
        heights = heights / max(1, heights.max())
        if number == 0:
            axes.stairs(heights, bins, fill=True, color=BLUE, alpha=0.75)
        else:
            axes.stairs(heights, bins, color=ROSE, linewidth=1.4)
        mean, color = cosines.mean(), (BLUE, INK)[number]
        text = f"{'mean' if len(parts) == 1 else 'xy'[number] + ':'} {_number('mean', mean)}"
        axes.text(
            0.03, 0.95 - 0.2 * number, text, transform=axes.transAxes, va="top", fontsize=8, color=color
        )
    axes.set(xlim=(-1.05, 1.05), ylim=(0, 1.3), yticks=[], xticks=[-1, 0, 1])


def _number(score: str, value: float) -> str:
    """A value short enough for a cell: two digits after the point for a share, fewer for a large dimension."""
    if score == "dimension":
        return minus(value, ".1f" if value < 99.5 else ".0f")
    return minus(value)


def _frame(axes: Axes, columns: list[str], rows: list[str], top: bool = False) -> None:
    axes.set(xlim=(-0.5, len(columns) - 0.5), ylim=(len(rows) - 0.5, -0.5))
    axes.set_xticks(range(len(columns)), labels=columns, rotation=90 if stacked() else 0)
    axes.set_yticks(range(len(rows)), labels=[textwrap.fill(row, 13) for row in rows] if stacked() else rows)
    axes.tick_params(length=0, labeltop=top, labelbottom=not top)
    axes.spines[:].set_visible(False)


def _cell(axes: Axes, column: int, row: int, dark: float, text: str, size: float) -> None:
    corners = (column - 0.48, column + 0.48), (row - 0.47, row + 0.47)
    (left, right), (low, high) = corners
    axes.fill([left, right, right, left], [low, low, high, high], color=IMAGE(DARKEST * dark), linewidth=0)
    axes.plot([left, right, right, left, left], [low, low, high, high, low], color=GREY, linewidth=0.3)
    color = "white" if dark > 0.62 else INK
    axes.text(column, row, text, ha="center", va="center", fontsize=size, color=color, linespacing=0.95)

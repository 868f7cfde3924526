"""Figures of chapter 6: how many examples are enough, and how that grows with the canvas."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import LogLocator

from bumpbook.frame import given
from bumpbook.frame.layouts import panels, stacked, two_layouts
from bumpbook.frame.style import CURVES, GREY, INK, PALE, SKY, TRAINED, new_figure, styled
from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.instruments import arrays
from bumpworld.instruments.onset import PASSED, REACHED, Threshold
from bumpworld.selection import Selection

from . import efficiency
from .efficiency import FINE, KINDS, NAMES, SCORES
from .growth import Exponent

__all__ = ["data_growth", "label_choices", "threshold_curves"]

# held out, trained on in 2D, stripe, blank: lightness alone tells the first three apart
_CELLS = ListedColormap(["white", TRAINED, SKY, PALE])


@two_layouts
@styled
def label_choices(maps: Sequence[tuple[str, Canvas, Selection]]) -> Figure:
    """Maps of the label space, one for each (title, canvas, selection): which labels are trained on.

    Raises ValueError for no map.
    """
    maps = arrays.several("maps", maps, _titled)
    figure = new_figure(0.8 + 3.6 / max(1.6, len(maps)) if stacked() else 0.55 + 6.6 / max(3, len(maps)))
    for axes, (title, canvas, selection) in zip(
        figure.subplots(1, len(maps), squeeze=False)[0], maps, strict=True
    ):
        show_map(axes, canvas, selection)
        axes.set_title(title)
    keys = [
        Patch(facecolor=TRAINED, label="2D, trained on"),
        Patch(facecolor="white", edgecolor=GREY, label="2D, held out"),
    ]
    if any(canvas.margin for _, canvas, _ in maps):
        keys.append(Patch(facecolor=SKY, edgecolor="white", hatch="///", label="stripe, trained on"))
        keys.append(Patch(facecolor=PALE, label="blank"))
    figure.legend(handles=keys, loc="outside lower center", ncols=2 if stacked() else len(keys))
    return figure


def _titled(name: str, value) -> tuple[str, Canvas, Selection]:
    title, canvas, selection = given.parts(name, value, "title", "canvas", "selection")
    checks.instance("title", title, str), checks.instance("selection", selection, Selection)
    selection.split(checks.instance("canvas", canvas, Canvas))
    return title, canvas, selection


def show_map(axes: Axes, canvas: Canvas, selection: Selection) -> None:
    """One map: a cell for each label, a frame around those with both factors visible."""
    split, side = selection.split(canvas), len(canvas.axis())
    shown = canvas.visible(split.labels).sum(1).numpy()
    cells = np.select([shown == 2, shown == 1], [split.train_mask.numpy().astype(int), 2], 3)
    axes.imshow(cells.reshape(side, side), cmap=_CELLS, vmin=0, vmax=3, interpolation="nearest")
    if canvas.margin:
        low, wide = canvas.margin - 0.5, canvas.size
        for corner, width, height in (
            ((low, -0.5), wide, canvas.margin),
            ((low, low + wide), wide, canvas.margin),
            ((-0.5, low), canvas.margin, wide),
            ((low + wide, low), canvas.margin, wide),
        ):
            style = {"fill": False, "edgecolor": "white", "linewidth": 0}
            axes.add_patch(Rectangle(corner, width, height, hatch="////", **style))
        axes.add_patch(Rectangle((low, low), wide, wide, fill=False, edgecolor=INK, linewidth=1))
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set(visible=True, color=GREY)


@two_layouts
@styled
def threshold_curves(table: pd.DataFrame, level: float = 0.6, kernel: pd.DataFrame | None = None) -> Figure:
    """Share of held-out labels right against 2D labels trained on: a dot each model, the fit, and where it crosses.

    A column for each world and a row for each score. A bar at ``level`` is the threshold with its bootstrap interval
    over seeds; the thin lines are what a kernel regression gets alone, by the rule by which a copy is wrong, from the same
    table made with ``kernel``, and what copying the nearest training label would get, by the other.
    """
    rows = efficiency.unseen(efficiency.checked(table, "kind", "stripes"))
    level = checks.number("level", level, above=0, below=1)
    if kernel is not None:
        efficiency.checked(kernel, "kind", "stripes")
    kinds = [kind for kind in KINDS if (rows.kind == kind).any()]
    if not kinds:
        raise ValueError("the table has no learned model with held-out 2D labels; needed is one or more")
    figure = new_figure(1.9 * len(SCORES) * len(kinds) + 0.8 if stacked() else 5.4)
    shape = (len(SCORES), len(kinds))
    shown = figure.subplots(*(panels(shape[0] * shape[1]) if stacked() else shape), sharey=True, sharex=True)
    grid = np.reshape(shown, shape)
    for line, score in zip(grid, SCORES, strict=True):
        for axes, kind in zip(line, kinds, strict=True):
            _world(axes, table[table.kind == kind], level, score)
        for axes in line if stacked() else line[:1]:
            axes.set_ylabel(f"right {SCORES[score]}")
    size, ticks = int(rows["size"].iloc[0]), np.unique(rows.train_2d)
    copied = grid[list(SCORES).index("both")]  # within 0.45 px a copy is wrong
    for axes in copied:
        _copying(axes, size, ticks)
    copied[0].legend(loc="lower right")
    if kernel is not None:
        _regressed(grid[list(SCORES).index(FINE)], kinds, kernel, level)
    for line in grid if stacked() else grid[:1]:
        for axes, kind in zip(line, kinds, strict=True):
            axes.set_title(KINDS[kind])
    for axes in grid[-1]:
        axes.set(xscale="log", ylim=(-0.04, 1.04))
        axes.set_xticks(ticks, [str(t) for t in ticks])
        axes.set_xticks([], minor=True)
    for axes in grid[-1, -1:] if stacked() else grid[-1]:
        axes.set_xlabel(f"2D labels trained on, of {size**2}")
    _settings_legend(figure, False)
    return figure


def _settings_legend(figure: Figure, copying: bool) -> None:
    keys = [{**look, "label": name} for name, look in zip(NAMES.values(), CURVES, strict=False)]
    if copying:
        keys.append({"color": INK, "linewidth": 1, "label": "copying the nearest"})
    columns = 1 if stacked() else 3
    figure.legend(handles=[Line2D([], [], **key) for key in keys], loc="outside upper center", ncols=columns)


def _world(axes: Axes, table: pd.DataFrame, level: float, score: str) -> None:
    """Dots and fits of one world by one score."""
    axes.axhline(level, color=PALE, linewidth=1, zorder=0)
    rows = efficiency.unseen(table, score)
    for stripes, look in zip(NAMES, CURVES, strict=False):
        part = rows[rows.stripes.astype(bool) == stripes]
        if len(part):
            _dots_and_fit(
                axes, part, efficiency.threshold(part, level, score), look, 1.04 if stripes else 0.96
            )


def _copying(axes: Axes, size: int, amounts: np.ndarray) -> None:
    along = np.unique(np.geomspace(amounts[0], amounts[-1], 40).round().astype(int))
    axes.plot(
        along,
        [efficiency.copying(size, int(n)) for n in along],
        color=INK,
        linewidth=1,
        zorder=0,
        label="copying the nearest",
    )


def _regressed(line: Sequence[Axes], kinds: Sequence[str], kernel: pd.DataFrame, level: float) -> None:
    """In a row of panels, one for each of ``kinds``, the curve fitted to a kernel regression on 2D labels alone."""
    for axes, kind in zip(line, kinds, strict=True):
        fit = efficiency.threshold(efficiency.setting(kernel, kind, False), level)
        if fit is not None:
            along = np.geomspace(fit.smallest, fit.largest, 200)
            axes.plot(along, fit.curve(along), color=GREY, linewidth=1, zorder=0, label="kernel, 2D alone")
    line[0].legend(loc="lower right")


def _dots_and_fit(axes: Axes, rows: pd.DataFrame, fit: Threshold | None, look: dict, aside: float) -> None:
    """Models of one setting; ``aside`` moves their dots a little, so that two settings do not cover each other."""
    hollow = {"mfc": "white", "mew": 1.3, "markersize": 5, "linestyle": "none"}
    axes.plot(rows.train_2d * aside, rows.share, **{**look, **hollow})
    if fit is None:
        return
    along = np.geomspace(fit.smallest, fit.largest, 200)
    axes.plot(along, fit.curve(along), **{**look, "marker": None})
    if fit.status == REACHED:
        ends = max(fit.low, fit.smallest), min(fit.high, fit.largest)
        axes.plot(ends, [fit.level] * 2, color=look["color"], linewidth=5, alpha=0.35, solid_capstyle="butt")
        axes.plot(fit.value, fit.level, color=look["color"], marker=look["marker"], markersize=8)


@two_layouts
@styled
def data_growth(
    table: pd.DataFrame, score: str = efficiency.FINE, levels: Sequence[float] = efficiency.LEVELS
) -> Figure:
    """2D labels needed against the canvas' side, log-log, a panel for each level, beside N and N squared.

    Bars are bootstrap intervals over seeds. A hollow triangle marks a level that is not reached up to that amount
    (pointing up) or passed already at the smallest (pointing down): these are not in the fitted line. By the score
    "both" a thin line shows what copying the nearest training label would need.
    """
    checks.choice("score", score, SCORES)
    levels = arrays.several("levels", levels, partial(checks.number, above=0, below=1))
    efficiency.checked(table, "stripes")
    shape = panels(len(levels))
    figure = new_figure(2.5 * shape[0] + 0.8 if stacked() else 3.5)
    shown = figure.subplots(*shape, sharey=True, sharex=True, squeeze=False).flatten()
    for axes, level in zip(shown, levels, strict=True):
        found = {}
        for stripes, look in zip(NAMES, CURVES, strict=False):
            part = table[table.stripes.astype(bool) == stripes]
            fits = efficiency.by_size(part, level, score)
            found |= {(stripes, n): fit for n, fit in fits.items()}
            _law(axes, fits, efficiency.exponent(part, level, score), look)
        sizes = sorted({n for _, n in found})
        if len(sizes) > 1:
            _guides(axes, found)
        if score == "both":
            axes.plot(
                sizes, [efficiency.copying_needs(n, level) for n in sizes], color=INK, linewidth=1, zorder=0
            )
        axes.set(
            xscale="log", yscale="log", title=f"{level * 100:.0f} % right", xlabel="side N of the canvas, px"
        )
        axes.label_outer()
        axes.set_xticks(sizes, [str(n) for n in sizes])
        axes.set_xticks([], minor=True)
    for axes in shown[: shape[0]]:
        axes.set_ylabel("2D labels needed")
    shown[0].yaxis.set_major_locator(LogLocator(2, numticks=12))
    shown[0].yaxis.set_major_formatter("{x:g}")
    shown[0].yaxis.set_minor_formatter("")
    _settings_legend(figure, score == "both")
    return figure


def _law(axes: Axes, fits: dict[int, Threshold], law: Exponent | None, look: dict) -> None:
    """Thresholds of one setting at every size, and the power law through those that are reached."""
    aside = 1.015 if look is CURVES[1] else 0.985
    for size, fit in fits.items():
        at, color = size * aside, look["color"]
        if fit.status == REACHED:
            ends = max(fit.low, fit.smallest), min(fit.high, fit.largest)
            axes.plot([at] * 2, ends, color=color, linewidth=1.4)
            axes.plot(at, fit.value, color=color, marker=look["marker"], markersize=6)
        else:
            down = fit.status == PASSED
            limit, marker = (fit.smallest, "v") if down else (fit.largest, "^")
            axes.plot(at, limit, color=color, marker=marker, mfc="white", mew=1.3, markersize=7)
    if law is not None and np.isfinite(law.value):
        ends = np.array([law.sizes[0], law.sizes[-1]])
        axes.plot(ends, law.scale * ends**law.value, **{**look, "marker": None})


def _guides(axes: Axes, found: dict[tuple[bool, int], Threshold]) -> None:
    """Lines of slope 1 and 2 below the data."""
    sizes = np.array(sorted({n for _, n in found}), float)
    lowest = min(
        min(fit.smallest, fit.value) if fit.status == REACHED else fit.smallest for fit in found.values()
    )
    for power, name in ((1, "N"), (2, "N²")):
        line = 0.55 * lowest * (sizes / sizes[0]) ** power
        axes.plot(sizes, line, color=GREY, linewidth=0.9, linestyle=":" if power == 1 else "--")
        axes.annotate(
            f"∝ {name}", (sizes[-1], line[-1]), (3, 0), textcoords="offset points", color=GREY, va="center"
        )

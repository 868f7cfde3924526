"""The onset of learning over the width of the bumps and the spacing of their labels, beside what rivals foretell."""

import textwrap
from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bumpbook.frame import given
from bumpbook.frame.lattice_sweeps import SPACINGS, WIDTHS
from bumpbook.frame.layouts import panels, stacked, two_layouts
from bumpbook.frame.predictions import read_predictions
from bumpbook.frame.style import CURVES, GREY, INK, new_figure, styled
from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.files import ResultError
from bumpworld.instruments import arrays
from bumpworld.instruments.lattice import predicted_onset
from bumpworld.instruments.onset import Threshold
from bumpworld.store import Store

from . import grid
from .surface import Law, cells, law, onset_of

__all__ = ["expected_grid", "foretold", "onset_answer"]
SHOWN = (
    "percolation, cosine 0.005",
    "bipartite component",
    "nearest within 1.5 px",
    "nearest within 1.5 widths",
)
ENDLESS = "percolation, on an endless lattice"
# of so few labels one alone, or one of two, is half of all: there "half are one cluster" asks for no link
TRIVIAL = 5


def expected_grid(store: Store | None = None) -> list[dict]:
    """What every rival foretold for each cell of the grid: the committed file."""
    return read_predictions("percolation", given.store(store))["grid"]


def in_words(name: str) -> str:
    """An explanation as a page names it: the committed file writes "1 widths", and a person's name in small letters."""
    return name.replace(" 1 widths", " 1 width").replace("bhattacharyya", "Bhattacharyya")


def onset_answer() -> Figure:
    """`onset_surface` of the networks of the grid that are finished; what is not there is a hole."""
    expected = expected_grid()
    try:
        table = grid.shares()
        return onset_surface(cells(table, WIDTHS, SPACINGS), law(table), expected)
    # too few networks yet for a law
    except (ResultError, ValueError):
        holes = {(c["sigma"], c["spacing"]): None for c in expected}
        return onset_surface(holes, None, expected)


@two_layouts
@styled
def onset_surface(
    onsets: Mapping[tuple[float, float], Threshold | None], found: Law | None, expected: list[dict]
) -> Figure:
    """Labels at which half of the test labels are right, a panel for each spacing, over the width of the bumps.

    ``onsets`` is `surface.cells`, ``found`` the `Law` (None: no line) and ``expected`` the grid of the committed predictions, hollow below
    `TRIVIAL` labels. The line without marks is percolation's threshold on an endless lattice, in labels. A cell without enough networks
    leaves a gap. An arrow points to where an onset lies that was not measured.
    """
    spacings = sorted({d for _, d in onsets})
    shape = panels(len(spacings))
    figure = new_figure(2.5 * shape[0] + 1.1)
    shown = figure.subplots(*shape, sharey=True)
    for axes, spacing in zip(shown, spacings, strict=True):
        _foretold(axes, [c for c in expected if c["spacing"] == spacing])
        there = [sigma for (sigma, d), onset in onsets.items() if d == spacing and onset is not None]
        if found is not None and there:
            # the line ends where nothing was measured
            widths = np.geomspace(min(there), max(there), 50)
            line = onset_of(found, widths, spacing)
            axes.plot(widths, line, color=INK, linewidth=2.4, label="the power law that fits best")
        for (sigma, d), onset in onsets.items():
            if d == spacing and onset is not None:
                _mark(axes, sigma, onset)
        axes.set(
            title=f"spacing {spacing:g} px",
            xscale="log",
            yscale="log",
            ylim=(0.8, 250),
            xlabel="width σ (px)",
        )
        axes.set_xticks([0.5, 1, 2], labels=["0.5", "1", "2"])
        axes.set_xticks([], minor=True)
    shown[0].set_yticks([1, 3, 10, 30, 100], labels=["1", "3", "10", "30", "100"])
    shown[0].set_yticks([], minor=True)
    for axes in shown[: shape[0]]:
        axes.set_ylabel("training labels at half right")
    handles, names = shown[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=1 if stacked() else 3)
    return figure


def _foretold(axes: Axes, cells: list[dict]) -> None:
    """What the explanations of `SHOWN` foretold at one spacing, and percolation's threshold on an endless lattice."""
    widths, spacing = [c["sigma"] for c in cells], cells[0]["spacing"]
    for name, look in zip(SHOWN, CURVES, strict=False):
        values = np.array([np.nan if c["onset"][name] is None else c["onset"][name] for c in cells])
        style = {"color": look["color"], "linestyle": look["linestyle"], "linewidth": 1.2, "alpha": 0.8}
        axes.plot(widths, values, **style, marker=look["marker"], label=name)
        few = values < TRIVIAL
        if few.any():
            hollow = {"linestyle": "", "markerfacecolor": "white", "zorder": 4}
            axes.plot(np.array(widths)[few], values[few], **style | hollow, marker=look["marker"])
    places = len(Canvas(spacing=spacing).lattice())
    endless = predicted_onset(np.array(widths), spacing, tau=0.005).staircase * places
    axes.plot(widths, endless, color=CURVES[0]["color"], linestyle=(0, (5, 1)), linewidth=1.8, label=ENDLESS)


def _mark(axes: Axes, sigma: float, onset: Threshold) -> None:
    """A dot with its interval, or an arrow from the last number of labels that was measured."""
    if onset.note:
        up = onset.status != "passed already"
        at = onset.largest if up else onset.smallest
        arrow = {"arrowstyle": "->", "color": INK, "linewidth": 1.5}
        axes.annotate("", (sigma, at * (1.6 if up else 1 / 1.6)), (sigma, at), arrowprops=arrow)
        axes.plot(sigma, at, "o", color=GREY, zorder=5)
        return
    ends = [max(onset.low, onset.smallest), min(onset.high, onset.largest)]
    axes.plot([sigma, sigma], ends, color=INK, linewidth=1.5, zorder=5)
    axes.plot(sigma, onset.value, "o", color=INK, markersize=6, zorder=6)


def _cell(name: str, value) -> Mapping:
    for key in ("sigma", "spacing"):
        checks.number(key, given.under(name, value, key), above=0)
    checks.instance("onset", given.under(name, value, "onset"), Mapping)
    return value


@two_layouts
@styled
def foretold(expected: list[dict]) -> Figure:
    """What every rival foretold for each cell, before anything was trained: labels at its onset, as a table of shades.

    A row for each rival, a column for each (sigma, spacing). Empty where nothing joins at any number of labels.
    """
    expected = arrays.several("expected", expected, _cell)
    names = [n for n in expected[0]["onset"] if n != "number of labels"]
    values = [[given.under("expected", c, "onset", n) or np.nan for c in expected] for n in names]
    values = arrays.array("onsets", values, "numbers, one for each rival and cell", float)
    figure = new_figure(1.1 + 0.36 * len(names) if stacked() else 0.7 + 0.27 * len(names))
    axes = figure.subplots()
    axes.imshow(np.log(values), aspect="auto", cmap="Blues", vmin=0, vmax=np.log(200))
    for (row, column), value in np.ndenumerate(values):
        text = "–" if np.isnan(value) else f"{value:.0f}"
        axes.text(
            column, row, text, ha="center", va="center", color="white" if value > 40 else INK, fontsize=9
        )
    words = [in_words(name) for name in names]
    axes.set_yticks(range(len(names)), labels=[textwrap.fill(w, 19) for w in words] if stacked() else words)
    between = ", " if stacked() else "\n"
    columns = [f"σ {c['sigma']:g}{between}d {c['spacing']:g}" for c in expected]
    axes.set_xticks(range(len(columns)), labels=columns, rotation=90 if stacked() else 0)
    axes.tick_params(length=0)
    axes.spines[:].set(visible=False)
    return figure

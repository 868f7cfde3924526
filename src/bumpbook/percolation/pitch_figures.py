"""One pitch, many widths: networks on regular lattices while sigma crosses the width at which these join up."""

import math
from contextlib import suppress
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bumpbook.frame.lattice_sweeps import JOINED, PITCHES, WIDE, pitched
from bumpbook.frame.layouts import panels, stacked, two_layouts
from bumpbook.frame.style import BLUE, CURVES, GREY, PALE, new_figure, styled
from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.files import ResultError
from bumpworld.instruments import arrays
from bumpworld.instruments.overlap import overlap

from .pitch import FIRST, WIDER, outcomes, thresholds

__all__ = ["pitch_answer", "pitch_lattices"]
# the height of a line of letters beside the curves, in shares
NAME = 0.07


def pitch_answer() -> Figure:
    """`pitch_picture` of the networks that are finished, those with far wider bumps among them."""
    rows = []
    for sweep in ("pitch", WIDER):
        with suppress(ResultError):
            rows.append(outcomes(sweep=sweep))
    return pitch_picture(pd.concat(rows) if rows else None)


@two_layouts
@styled
def pitch_picture(
    rows: pd.DataFrame | None, column: str = "fine", words: str = "unseen labels drawn right"
) -> Figure:
    """Left, the share of labels that one cluster holds, which jumps; right, what the networks do at the same widths.

    ``rows`` is `pitch.outcomes`, None where nothing is finished. The axis is sigma over the pitch, so that all lattices
    join up at one place. The line is the threshold of the cosine from .005; ticks above the frame are the other five.
    The square lattices share one look, for they leave columns and rows out; each has its own line, named at its end.
    """
    figure = new_figure(5.2 if stacked() else 3.2)
    left, right = figure.subplots(*panels(2), sharey=True)
    at = thresholds()
    middle = 1 / at[FIRST]
    least, most = 0.96 / max(PITCHES), 1.04 * max(WIDE) / JOINED
    for axes in (left, right):
        axes.axvline(middle, color=GREY, linewidth=1.2)
        for kappa in (kappa for name, kappa in at.items() if name != FIRST):
            axes.plot(1 / kappa, 1.05, marker="|", color=GREY, markersize=8, clip_on=False)
    for (name, (_, train_on)), density, look in zip(
        _turned().items(), ("denser", "sparser"), CURVES, strict=False
    ):
        alone = 1 / len(train_on.split(Canvas()).train)
        style = {"color": look["color"], "linestyle": look["linestyle"]}
        label = f"{name} px: {density}"
        left.plot([least, middle, middle, most], [alone, alone, 1, 1], **style, label=label)
        if rows is not None:
            _networks(right, rows[rows.lattice == name], column, look)
    if rows is not None and not rows.turned.all():
        _squares(right, rows[~rows.turned], column, CURVES[len(_turned())])
    left.set_title("training labels in one cluster")
    right.set_title(words)
    if rows is None:
        right.text(0.5, 0.5, "not measured here", transform=right.transAxes, ha="center", color=GREY)
    for axes in (left, right):
        axes.set(xscale="log", xlim=(least, most), ylim=(-0.03, 1.05), xlabel="width / pitch, σ / s")
        ticks = [0.15, 0.2, 0.3, 0.4, 0.6]
        axes.set_xticks(ticks, labels=[f"{t:g}" for t in ticks])
        axes.set_xticks([], minor=True)
    left.set_ylabel("share")
    handles = [*left.get_legend_handles_labels()[0], *right.get_legend_handles_labels()[0]]
    figure.legend(handles=handles, loc="outside lower center", ncols=1 if stacked() else 3)
    return figure


def _squares(axes: Axes, rows: pd.DataFrame, column: str, look: dict) -> None:
    """The networks of each square lattice, and its name at its widest bumps; names closer than a line are set apart."""
    ends = {}
    for name, part in rows.groupby("lattice"):
        _networks(axes, part, column, look, linewidth=0.9)
        widest = part[part.widths == part.widths.min()]
        ends[name.removeprefix("square ")] = float(1 / widest.widths.iloc[0]), float(widest[column].mean())
    below = -math.inf
    for name, (place, height) in sorted(ends.items(), key=lambda end: end[1][1]):
        below = max(height, below + NAME)
        axes.annotate(name, (place, below), (6, 0), textcoords="offset points", va="center", annotation_clip=False,
                      color=look["color"], fontsize=9)  # fmt: skip
    axes.plot([], [], **look, label="square: columns and rows left out")


def _turned():
    return {name: lattice for name, lattice in pitched(16).items() if name.startswith("turned")}


def _networks(axes: Axes, part: pd.DataFrame, column: str, look: dict, linewidth: float = 1.5) -> None:
    """Networks as dots, their means at each width as a line."""
    # widths of several lattices differ in the fourth place
    means = part.groupby(part.widths.round(2))[column].mean()
    axes.plot(1 / part.widths, part[column], look["marker"], color=look["color"], alpha=0.5, markersize=4)
    axes.plot(1 / means.index, means, color=look["color"], linestyle=look["linestyle"], linewidth=linewidth)


@two_layouts
@styled
def pitch_lattices(sigma_factors=(0.95, 1.05)) -> Figure:
    """The turned lattices and two square ones, just below and just above the width at which they join up, by the cosine.

    Dots are training labels, lines links, in the world of 16 x 16.
    """
    sigma_factors = arrays.several("sigma_factors", sigma_factors, partial(checks.number, above=0))
    lattices = _turned() | {name: pitched(16)[name] for name in ("square 3", "square 4")}
    figure = new_figure((1.2 if stacked() else 2.0) * len(sigma_factors))
    grid = figure.subplots(len(sigma_factors), len(lattices), squeeze=False)
    kappa = thresholds()[FIRST]
    for line, factor in zip(grid, sigma_factors, strict=True):
        for axes, (name, (pitch, train_on)) in zip(line, lattices.items(), strict=True):
            labels = train_on.split(Canvas()).train.numpy()
            apart = np.hypot(*(labels[:, None] - labels[None]).transpose(2, 0, 1))
            linked = np.triu(overlap(apart, factor * pitch / kappa) >= FIRST[1], 1)
            for a, b in np.argwhere(linked):
                axes.plot(*labels[[a, b]].T, color=BLUE, linewidth=1.2)
            axes.plot(*labels.T, "o", color=BLUE if linked.any() else GREY, markersize=2 if stacked() else 3)
            axes.set(xticks=[], yticks=[], xlim=(-1, 16), ylim=(16, -1), aspect="equal")
            axes.spines[:].set(visible=True, color=PALE)
            if factor == sigma_factors[0]:
                axes.set_title(name, fontsize=9)
        line[0].set_ylabel(f"σ = {factor:g} s/κ")
    return figure

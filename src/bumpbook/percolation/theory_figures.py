"""Figures of chapter 7 about explanations: what percolation foretells of the onset, and what every rival gains."""

import textwrap
from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bumpbook.frame import given
from bumpbook.frame.layouts import panels, stacked, two_layouts
from bumpbook.frame.style import BLUE, CURVES, GREY, INK, PALE, ROSE, new_figure, styled
from bumpworld import checks
from bumpworld.instruments.lattice import predicted_onset
from bumpworld.instruments.onset import Threshold

from .rivals import PERCOLATION, shown

__all__ = ["onset_against_theory", "rival_scores"]


@two_layouts
@styled
def onset_against_theory(
    measured: Mapping[str, Mapping[tuple[float, bool], Threshold]],
    size: int = 16,
    tau: float = 0.005,
    other: float = 0.05,
) -> Figure:
    """Labels at which half of the unseen ones are right, over the width, beside what percolation predicts.

    ``measured`` maps the words of a panel to its onsets, (sigma, equal energy?) -> `Threshold`. Where an onset was not
    reached, or passed at the fewest labels, an arrow points to where it lies. A line for each kind of overlap; its
    band reaches to threshold ``other``.
    """
    measured = given.named("measured", measured, _onsets)
    size, tau = checks.whole("size", size, 2), checks.number("tau", tau, above=0, below=1)
    other = checks.number("other", other, above=0, below=1)
    shape = panels(len(measured))
    figure = new_figure(2.75 * shape[0] + (1.5 if stacked() else 1))
    drawn = figure.subplots(*shape, sharey=True, squeeze=False).flatten()
    for axes, (words, onsets) in zip(drawn, measured.items(), strict=True):
        _predictions(axes, size, tau, other)
        for (sigma, even), onset in onsets.items():
            _onset(axes, sigma * (1.035 if even else 1 / 1.035), onset, even)
        axes.set(title=words, xscale="log", yscale="log", ylim=(3, 300), xlabel="width σ (px)")
        axes.set_xticks([0.5, 1, 1.5, 2], labels=["0.5", "1", "1.5", "2"])
        axes.set_xticks([], minor=True)
    axes.plot([], [], "o", color=INK, markersize=6, label="measured, plain")
    axes.plot([], [], "s", color=INK, markerfacecolor="white", markersize=6, label="measured, equal energy")
    for first in drawn[: shape[0]]:
        first.set_ylabel("training labels")
    drawn[0].set_yticks([4, 8, 16, 32, 64, 128, 256], labels=["4", "8", "16", "32", "64", "128", "256"])
    drawn[0].set_yticks([], minor=True)
    columns = 1 if stacked() else 2
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=columns)
    return figure


def _predictions(axes: Axes, size: int, tau: float, other: float) -> None:
    """Staircases of three measures of overlap in labels of a size x size world, and the bipartite graph's onset."""
    widths = np.geomspace(0.35, 2.2, 800)
    for kind, look in zip(("cosine", "bhattacharyya", "coefficient"), CURVES, strict=False):
        name = kind.capitalize() if kind == "bhattacharyya" else kind  # a person
        lines = [predicted_onset(widths, 1.0, t, kind).staircase * size**2 for t in (tau, other)]
        lines = [np.where(np.isfinite(line), line, np.nan) for line in lines]
        style = {"color": look["color"], "linestyle": look["linestyle"]}
        axes.plot(widths, lines[0], **style, linewidth=1.5, label=f"percolation, {name}")
        axes.fill_between(widths, *lines, color=look["color"], alpha=0.1, linewidth=0)
    axes.axhline(size, color=GREY, linestyle=(0, (1, 2)), label=rf"bipartite, $\sqrt{{N_x N_y}}$ = {size}")


def _onset(axes: Axes, at: float, onset: Threshold, even: bool) -> None:
    """A mark at an onset with its interval, or at the end of what was measured with an arrow beyond."""
    marker, fill = ("s", "white") if even else ("o", INK)
    style = {"color": INK, "marker": marker, "markerfacecolor": fill, "markersize": 6, "zorder": 5}
    if onset.note:
        edge, way = (onset.largest, 1.3) if onset.status == "not reached" else (onset.smallest, 1 / 1.3)
        axes.plot(at, edge, **style)
        axes.annotate("", (at, edge * way), (at, edge), arrowprops={"arrowstyle": "->", "color": INK})
        return
    axes.plot(
        [at, at], [max(onset.low, onset.smallest), min(onset.high, onset.largest)], color=INK, linewidth=1.5
    )
    axes.plot(at, onset.value, **style)


@two_layouts
@styled
def rival_scores(scores: Mapping[str, pd.DataFrame], most: int = 14) -> Figure:
    """What every rival gains over a constant rate on models it was not fitted to, with its 95 % interval.

    ``scores`` maps the words of a panel to a table of `rivals.compare`. The order is the first panel's, best first;
    explanations by percolation are filled circles, others open squares. Of percolation's only the best are shown, so
    that at most ``most`` rows stand.
    """
    scores = given.named("scores", scores, _scored)
    most, first = checks.whole("most", most, 1), next(iter(scores.values()))
    for words, table in scores.items():
        checks.need(
            set(table.index) >= set(first.index), words, list(table.index), f"are {list(first.index)}"
        )
    others = first.index[first.family != PERCOLATION]
    room = max(1, most - len(others))
    kept = set(others) | set(first.index[first.family == PERCOLATION][:room])
    names = [name for name in first.index if name in kept]
    shape = panels(len(scores))
    margin, line = (1.1, 0.37) if stacked() else (0.75, 0.235)
    figure = new_figure((margin + line * len(names)) * shape[0])
    drawn = figure.subplots(*shape, sharey=True, squeeze=False).flatten()
    for axes, (words, table) in zip(drawn, scores.items(), strict=True):
        for row, name in enumerate(names):
            family, gain, low, high = table.loc[name, ["family", "gain", "low", "high"]]
            marker, color, fill = ("o", BLUE, BLUE) if family == PERCOLATION else ("s", ROSE, "white")
            axes.plot([low, high], [row, row], color=color, linewidth=1.8)
            axes.plot(gain, row, marker=marker, color=color, markerfacecolor=fill, markersize=6.5)
        axes.axvline(0, color=GREY, linewidth=1)
        axes.grid(axis="y", color=PALE, linewidth=0.6)
        axes.set(title=words, xlabel="bits gained a drawing")
        if stacked():
            axes.locator_params(axis="x", nbins=4)
    drawn[0].set_yticks(range(len(names)), labels=[_in_lines(name) for name in names])
    drawn[0].set_ylim(len(names) - 0.5, -0.5)
    drawn[0].plot([], [], marker="o", color=BLUE, linestyle="", label="percolation of bumps")
    drawn[0].plot(
        [], [], marker="s", color=ROSE, markerfacecolor="white", linestyle="", label="another reason"
    )
    figure.legend(*drawn[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


def _in_lines(name: str) -> str:
    """The name of an explanation in words, on a phone in short lines."""
    return textwrap.fill(shown(name), 20) if stacked() else shown(name)


def _scored(name: str, value) -> pd.DataFrame:
    return given.table(name, value, "family", numbers=("gain", "low", "high"))


def _onsets(name: str, value) -> dict[tuple[float, bool], Threshold]:
    for key in (found := given.named(name, value, partial(checks.instance, kind=Threshold), keys=tuple)):
        sigma, even = given.parts("setting", key, "sigma", "equal energy?")
        checks.number("sigma", sigma, above=0), checks.flag("equal energy", even)
    return found

"""Figures of chapter 3 along training: accuracy and geometry, x with y or apart."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bumpbook.frame import given
from bumpbook.frame.first_crossing import HALF, crossing
from bumpbook.frame.layouts import panels, stacked, two_layouts
from bumpbook.frame.style import CURVES, GREY, PALE, new_figure, styled
from bumpworld import checks
from bumpworld.instruments.spread import percentage
from bumpworld.store import Result

from .phases import by_world, coupling, learning_path, score_path, world_name

__all__ = ["along_training", "coupled"]


@two_layouts
@styled
def along_training(results: Sequence[Result]) -> Figure:
    """Share drawn right, effective dimension and additive share over steps, a curve for each run, a look a world.

    The geometry is of the layer and at the noise level that each record follows along training.
    """
    results = given.results("results", results)
    shape = panels(3)
    figure = new_figure(2.4 * shape[0] if stacked() else 2.9)
    right, dimension, additive = figure.subplots(*shape)
    for number, runs in enumerate(by_world(results).values()):
        look = CURVES[number % len(CURVES)] | {"markersize": 3.5, "linewidth": 1.1}
        for run in runs:
            path, geometry = learning_path(run), score_path(run)
            label = world_name(run) if run is runs[0] else None
            every = {"markevery": (number, max(1, len(path) // 6))}
            right.plot(path["step"], path["right"], **look, **every, label=label)
            for axes, score in ((dimension, "dimension"), (additive, "additive")):
                axes.plot(geometry["step"], geometry[score], **look, **every)
    right.set(ylabel="share drawn right", ylim=(-0.03, 1.03))
    dimension.set(ylabel="effective dimension", yscale="log")
    ticks = (2, 3, 4, 6, 10, 20, 50)
    dimension.set_yticks(ticks, labels=[str(tick) for tick in ticks])
    dimension.set_yticks([], minor=True)
    additive.set(ylabel="additive share", ylim=(-0.03, 1.03))
    for axes in (right, dimension, additive):
        axes.set_xlabel("step")
    key = right.get_legend_handles_labels()
    figure.legend(*key, loc="outside upper center", ncols=2 if stacked() else 4)
    return figure


@two_layouts
@styled
def coupled(results: Sequence[Result]) -> Figure:
    """Are x and y right on the same labels, and do they come at the same time?

    Left, share near in both against the product of the shares, with the Frechet bounds as bars; a dot is a checkpoint
    at which both shares are open. Right, the steps at which half the labels are near in x and in y; a dot is a run.
    """
    worlds = by_world(given.results("results", results))
    checks.need(len(worlds) <= len(CURVES), "results", list(worlds), f"are up to {len(CURVES)} worlds")
    shape = panels(2)
    figure = new_figure(3.4 * shape[0])
    left, right = figure.subplots(*shape)
    edge = 0.0
    for look, (name, runs) in zip(CURVES, worlds.items(), strict=False):
        dots = {"color": look["color"], "marker": look["marker"], "linestyle": "none", "markersize": 5}
        paths = [learning_path(run) for run in runs]
        table = coupling(paths).points
        table = table[table["inside"]]
        left.vlines(table["product"], table["lower"], table["upper"], color=PALE, linewidth=2.5, zorder=1)
        left.plot(table["product"], table["both"], **dots, markeredgecolor="white", markeredgewidth=0.5)
        when = [[crossing(path["step"], path[part]) for part in "xy"] for path in paths]
        when = np.array([pair for pair in when if None not in pair], dtype=float).reshape(-1, 2)
        right.plot(*when.T, **dots, label=name)
        edge = max(edge, when.max(initial=0))
    _diagonal(left, 0.8)
    left.set(xlabel="share near in x × share near in y", ylabel="share near in both")
    _diagonal(right, 1.12 * edge)
    right.set(xlabel=f"step at which {percentage(HALF)} are near in x", ylabel="the same in y")
    right.legend(handletextpad=0.1)
    return figure


def _diagonal(axes: Axes, end: float) -> None:
    axes.plot([0, end], [0, end], color=GREY, linewidth=1, zorder=0)
    axes.set(xlim=(0, end), ylim=(0, end), aspect="equal")

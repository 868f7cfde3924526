"""Figures of chapter 8: a network's drawings beside those of the local machine and of the ideal denoiser."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from torch import Tensor

from bumpbook.frame import given
from bumpbook.frame.layouts import stacked, two_layouts
from bumpbook.frame.style import CURVES, GREY, INK, PALE, cross_out, new_figure, show_image, styled
from bumpworld import checks
from bumpworld.instruments import arrays

from .local_study import count_bumps

__all__ = ["machine_drawings", "machine_scores"]
ON_PHONE = 6


@two_layouts
@styled
def machine_drawings(drawings: Mapping[str, Tensor], columns: int = 10) -> Figure:
    """Drawings from the same noise in the same column, a row for each way to draw; crossed out where there is not one bump.

    On a phone there is room for the first `ON_PHONE` columns.
    """
    drawings = given.drawings("drawings", drawings, "size")
    columns = checks.whole("columns", columns, 1, min(map(len, drawings.values())))
    columns = min(columns, ON_PHONE) if stacked() else columns
    figure = new_figure((0.62 if stacked() else 0.78) * len(drawings))
    table = figure.subplots(len(drawings), columns, squeeze=False)
    for row, (name, images) in zip(table, drawings.items(), strict=True):
        for axes, image, bumps in zip(row, images[:columns], count_bumps(images[:columns]), strict=True):
            show_image(axes, image)
            if bumps != 1:
                cross_out(axes)
        row[0].set_ylabel(_name(name), rotation=0, ha="right", va="center")
    return figure


@two_layouts
@styled
def machine_scores(scores: Mapping[str, Sequence[Sequence[float]]]) -> Figure:
    """The r^2 of every drawing with the network's, a row of dots for each seed and a bar at its median.

    ``scores`` maps a name to lists of r^2, one for each seed.
    """
    scores = given.named("scores", scores, _seeds, most=len(CURVES))
    figure = new_figure(0.75 + 0.16 * sum(map(len, scores.values())) + 0.1 * len(scores))
    axes, height, ticks = figure.subplots(), 0.0, []
    for (name, seeds), style in zip(scores.items(), CURVES, strict=False):
        heights = height + np.arange(len(seeds))
        for at, values in zip(heights, seeds, strict=True):
            axes.plot([0, 1], [at, at], color=PALE, linewidth=0.8, zorder=0)
            axes.plot(
                values,
                np.full(len(values), at),
                linestyle="",
                marker=style["marker"],
                color=style["color"],
                markersize=3.2,
                alpha=0.45,
            )
            axes.plot([np.median(values)] * 2, [at - 0.45, at + 0.45], color=INK, linewidth=2.2)
        ticks.append((heights.mean(), name))
        height = heights[-1] + 1.7
    axes.set(xlim=(-0.02, 1.02), ylim=(height - 0.6, -0.8), xlabel="$r^2$ with the network's drawing")
    axes.set_yticks([at for at, _ in ticks], [_name(name) for _, name in ticks])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.xaxis.grid(True, color=GREY, alpha=0.2)
    return figure


def _name(name: str) -> str:
    """A name beside its row, on a phone in two lines."""
    return name.replace(" ", "\n") if stacked() else name


def _seeds(name: str, value) -> tuple:
    return arrays.several(name, value, lambda _, scores: arrays.several(name, scores, checks.number))

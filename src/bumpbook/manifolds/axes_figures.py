"""Figures of chapter 3 on axes: contrasts by code, shares by angle, scores by number of noises."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from bumpbook.frame import given
from bumpbook.frame.layouts import legend_beside, panels, stacked, two_layouts
from bumpbook.frame.style import BLUE, CURVES, GREY, INK, PALE, ROSE, new_figure, styled
from bumpworld import checks

from .axes import STEPS
from .axes_table import CODES, contrasts
from .noises_study import COUNTS

__all__ = ["axes_by_code", "noise_curves", "share_by_angle", "turned_share"]
SCORES = {
    "hyper": "hyper-factorized",
    "parallel": "same step elsewhere",
    "orthogonal": "|x-step · y-step|",
}
WORLDS = {"sos": "sums of stripes", "bump": "bumps"}


@two_layouts
@styled
def axes_by_code(cloud: str = "blank middle") -> Figure:
    """Contrast of the middle layer, shown no image, for four ways to tell a label and two kinds of image.

    An open diamond is the label's code alone, a small grey square the network before training with random blocks, and
    each filled dot a trained network.
    """
    figure = new_figure(5.6 if stacked() else 3.1)
    shares = {} if stacked() else {"width_ratios": (1.35, 1)}
    pair = figure.subplots(*panels(2), sharey=True, **shares)
    for axes, (world, name) in zip(pair, WORLDS.items(), strict=True):
        axes.axvline(0, color=PALE, linewidth=1.2, zorder=0)
        for row, code in enumerate(CODES):
            _row(
                axes,
                row,
                contrasts(world, code, "code"),
                contrasts(world, code, "random middle"),
                contrasts(world, code, cloud),
            )
        axes.set(title=name, xlim=(-0.95, 0.95), ylim=(len(CODES) - 0.5, -0.6), xticks=[-0.6, 0, 0.6])
        axes.set_xticklabels(["axes\nx+y, x−y", "none", "axes\nx, y"])
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    pair[0].set_yticks(
        range(len(CODES)),
        labels=row_names(f"told {name}".replace(" − ", "\xa0−\xa0") for name in CODES.values()),
    )
    handles, names = pair[0].get_legend_handles_labels()
    figure.legend(handles[:3], names[:3], loc="outside lower center", ncols=1 if stacked() else 3)
    return figure


def _row(axes, at: int, code: np.ndarray, before: np.ndarray, trained: np.ndarray) -> None:
    plain = {"linestyle": "none", "clip_on": False}
    axes.plot([code.mean(), trained.mean()], [at, at], color=GREY, linewidth=0.9, zorder=1)
    axes.plot(
        code.mean(),
        at,
        marker="D",
        markersize=8,
        color=INK,
        markerfacecolor="white",
        label="label's code alone",
        **plain,
    )
    axes.plot(
        before,
        at + np.linspace(-0.12, 0.12, len(before)),
        marker="s",
        markersize=3.5,
        color=GREY,
        label="untrained, random blocks",
        **plain,
    )
    axes.plot(
        trained,
        at + np.linspace(-0.2, 0.2, len(trained)),
        marker="o",
        markersize=6,
        color=BLUE,
        markeredgecolor="white",
        markeredgewidth=0.5,
        label="trained networks",
        **plain,
    )


@two_layouts
@styled
def share_by_angle(shapes: Mapping[str, Sequence[float]]) -> Figure:
    """Additive share of each of ``shapes`` by the angle of the grid on which it is asked: name -> shares at `axes.STEPS`.

    Raises ValueError for no shapes, more than six, and shares of another number.
    """
    shapes = given.named("shapes", shapes, _by_angle, most=len(CURVES))
    figure = new_figure(3.0)
    axes = figure.subplots()
    for (name, values), look in zip(shapes.items(), CURVES, strict=False):
        axes.plot(list(STEPS), values, **look | {"markersize": 6}, label=name)
    axes.set(xlabel="angle between the grid and x, degrees", ylabel="additive share", ylim=(0, 1.06))
    axes.set_xticks([round(angle) for angle in STEPS])
    legend_beside(axes)
    return figure


def _by_angle(name: str, values):
    return checks.numbers(name, values, len(STEPS), hint=", one for each angle")


def _by_network(name: str, values) -> np.ndarray:
    found = checks.numbers(name, values, "networks", "angles").numpy()
    checks.need(found.shape[0] and found.shape[1] > 1, name, values, "are networks with two angles or more")
    return found


@two_layouts
@styled
def turned_share(rows: Mapping[str, np.ndarray]) -> Figure:
    """Additive share along x and y beside that along the diagonals, for each of ``rows``: name -> shares (networks, angles).

    A filled dot is x and y, an open one the diagonals; the bar joins their means.
    """
    return along_and_across(given.named("rows", rows, _by_network), "additive share")


def along_and_across(rows: Mapping[str, np.ndarray], what: str) -> Figure:
    """A row of dots for each of ``rows``: name -> shares (networks, 2 or more), the first along x and y, the last along the diagonals."""
    figure = new_figure(0.9 + 0.5 * len(rows))
    axes = figure.subplots()
    for at, values in enumerate(rows.values()):
        along, across = values[:, 0], values[:, -1]
        axes.plot(
            [along.mean(), across.mean()], [at, at], color=PALE, linewidth=5, zorder=0, solid_capstyle="round"
        )
        spots = at + np.linspace(-0.15, 0.15, len(values))
        axes.plot(
            along,
            spots,
            marker="o",
            linestyle="none",
            clip_on=False,
            color=BLUE,
            markersize=6,
            label="along x and y" if not at else None,
        )
        axes.plot(
            across,
            spots,
            marker="o",
            linestyle="none",
            clip_on=False,
            color=ROSE,
            markerfacecolor="white",
            markeredgewidth=1.5,
            markersize=6,
            label="along x + y and x − y" if not at else None,
        )
    axes.set_yticks(range(len(rows)), labels=row_names(rows))
    axes.set(xlabel=what, xlim=(0, 1.03), ylim=(len(rows) - 0.5, -0.5))
    axes.tick_params(axis="y", length=0, pad=9)  # clear of a dot at 0
    legend_beside(axes)
    return figure


def row_names(names: Iterable[str]) -> list[str]:
    """Names of rows as they stand left of them: on a phone in short lines."""
    return [textwrap.fill(name, 19) if stacked() else name for name in names]


@two_layouts
@styled
def noise_curves(table: pd.DataFrame) -> Figure:
    """Three scores of the encoder over the number of noises that its points are averaged over, a line a network.

    ``table`` has a row for each network, with ``scores`` by number of noises, as the study "noises" measures them.
    """
    table = given.table("table", table, "scores")
    kept = [
        [[given.under("scores", s, str(n), name) for n in COUNTS] for name in SCORES] for s in table["scores"]
    ]
    kept = checks.numbers("scores", kept, "networks", len(SCORES), len(COUNTS)).numpy()
    shape = panels(len(SCORES))
    figure = new_figure(2.3 * shape[0] if stacked() else 2.7)
    shown = figure.subplots(*shape, sharey=True)
    for at, (axes, title) in enumerate(zip(shown, SCORES.values(), strict=True)):
        for network in kept:
            axes.plot(COUNTS, network[at], color=BLUE, linewidth=1.2, marker="o", markersize=3.5)
        axes.set(title=title, xlabel="noises averaged", xscale="log", ylim=(0, 1))
        axes.set_xticks((1, 3, 12), labels=["1", "3", "12"])
        axes.set_xticks([], minor=True)
    for axes in shown[: shape[0]]:
        axes.set_ylabel("score")
    return figure

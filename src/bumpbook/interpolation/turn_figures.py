"""Figures of chapter 4 about the code's axes: how a band fills as they turn, and under other codes."""

from collections.abc import Mapping
from functools import partial
from numbers import Real

import numpy as np
import pandas as pd
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from bumpbook.frame import given
from bumpbook.frame.layouts import stacked, two_layouts
from bumpbook.frame.sliders import frame_slider
from bumpbook.frame.style import (
    BLUE,
    CURVES,
    GREY,
    HELD_OUT,
    INK,
    PALE,
    RED,
    key_png,
    new_figure,
    ring,
    show_image,
    styled,
)
from bumpbook.frame.tables import FINE, learned
from bumpworld import checks
from bumpworld.instruments.spread import percentage, spread

__all__ = ["band_by_angle", "band_by_code", "turn_slider"]

WORDS = {
    "axes": "x and y",
    "turned-20": "turned by 20°",
    "turned-45": "turned by 45°",
    "fourier": "random directions",
    "smooth": "x and y, smoother",
    "sharp": "x and y, sharper",
    "one-hot": "names for x and y",
    "pair": "a name for each pair",
}


@two_layouts
@styled
def band_by_angle(table: pd.DataFrame) -> Figure:
    """Share of a band drawn right against the angle of the code: a line for each width, seeds as dots, interval or range.

    ``table`` comes from `turning.by_angle`. Raises ValueError when no model of it learned.
    """
    table = learned(
        given.table("table", table, numbers=("width", "angle", "right", "seed"), flags=["learned"])
    )
    if not len(table):
        raise ValueError("no finished model in the table; at least one is needed")
    figure = new_figure(3.0)
    axes = figure.subplots()
    for (width, part), curve in zip(table.groupby("width"), CURVES, strict=False):
        groups = part.groupby("angle")["right"]
        mean, low, high = np.array([spread(v, share=True)[:3] for _, v in groups]).T
        angles = np.array([angle for angle, _ in groups])
        axes.plot(angles, mean, **curve)
        axes.errorbar(angles, mean, [mean - low, high - mean], fmt="none", ecolor=curve["color"], capsize=3)
        axes.scatter(part.angle + 0.5 * (part.seed - 1), part.right, s=9, color=INK, alpha=0.6, linewidth=0)
        axes.annotate(
            f"band of {width:g} columns",
            (angles[-1], mean[-1]),
            (-6, 14),
            textcoords="offset points",
            ha="right",
        )
    axes.set(xlabel="angle by which the told axes are turned", ylabel=f"right within {FINE:g} px")
    axes.set(ylim=(-0.03, 1.03), xticks=sorted(table.angle.unique()))
    axes.set_xticklabels([f"{a:g}°" for a in sorted(table.angle.unique())])
    return figure


@two_layouts
@styled
def band_by_code(table: pd.DataFrame) -> Figure:
    """Share right within 0.45 px under every code: a row a code, a panel for each band and square, a dot a seed, the mean as a bar.

    ``table`` comes from `turning.by_code`. Models that never learned are left out, and a code without any says so.
    """
    table = given.table("table", table, "told", "test", numbers=("width", "right"), flags=["learned"])
    tests = [("band", 4), ("band", 8), ("square", 8)]
    names = [name for name in WORDS if name in set(table.told)]
    checks.need(names, "told", list(table.told), f"are {', '.join(WORDS)}")
    figure = new_figure(0.3 * len(names) + 0.9)
    panels = figure.subplots(1, len(tests), sharey=True, sharex=True)
    for axes, (test, width) in zip(panels, tests, strict=True):
        for row, name in enumerate(names):
            part = table[(table.told == name) & (table.test == test) & (table.width == width)]
            values = learned(part).right.to_numpy(float)
            if not len(values):
                words = "not learned" if len(part) else "not measured"
                axes.text(0.5, row, words, ha="center", va="center", color=GREY, fontsize=8)
                continue
            networks(axes, row, values)
        axes.set(xlim=(-0.05, 1.05))
        axes.tick_params(left=False)
        name_test(axes, f"{test} of {width}")
    panels[0].set_yticks(range(len(names)), labels=[WORDS[name] for name in names])
    panels[0].set_ylim(len(names) - 0.5, -0.5)
    return figure


def name_test(axes: Axes, name: str) -> None:
    """Title and axis of one of three narrow panels of shares; on a phone a title has two lines and an axis its ends alone."""
    axes.set(
        title=name.replace(" of ", "\nof ") if stacked() else name,
        xlabel="right" if stacked() else "share right",
    )
    axes.set_xticks([0, 1] if stacked() else [0, 0.5, 1])


def networks(axes: Axes, row: int, values: np.ndarray) -> None:
    """Shares right in one row: their mean as a bar, its interval or range behind it, and a dot for each network."""
    mean, low, high, _ = spread(values, share=True)
    axes.plot([low, high], [row, row], color=HELD_OUT, linewidth=4, alpha=0.4, solid_capstyle="butt")
    axes.plot(mean, row, marker="|", color=INK, markersize=11, markeredgewidth=2)
    shift = 0.1 * (np.arange(len(values)) - (len(values) - 1) / 2) * min(1, 6 / len(values))
    axes.scatter(values, row + shift, s=9, color=INK, alpha=0.6, linewidth=0, zorder=3)


def turn_slider(
    drawn: Mapping[float, Tensor], labels: Tensor, maps: Mapping[float, Mapping[float, pd.DataFrame]]
):
    """A slider over the angle of the code: drawings in a band of 4 above, below which labels of both bands are right.

    ``drawn`` holds pictures (n, 1, size, size) of ``labels`` (n, 2) by angle, ``maps`` by width what `turning.maps`
    gives. Angles of which anything is missing are left out. Lives in the browser without a kernel (an ipywidgets VBox).
    Raises ValueError for fewer than two whole angles.
    """
    labels = checks.numbers("labels", labels, "n", 2, dtype=torch.float32)
    drawn = given.named("drawn", drawn, partial(given.images, count=len(labels)), keys=Real)
    maps = given.named("maps", maps, partial(given.named, check=_map, keys=Real), keys=Real)
    angles = [a for a in sorted(drawn) if all(a in found for found in maps.values())]
    if len(angles) < 2:
        raise ValueError(f"angles with drawings and maps: {angles}; needed are two or more")
    frames = [
        key_png(turned(drawn[a], labels, {w: found[a] for w, found in maps.items()}, a)) for a in angles
    ]
    titles = [turn_words(a, {w: found[a] for w, found in maps.items()}) for a in angles]
    return frame_slider(frames, titles, "turn", [f"{a:g}°" for a in angles], width=600)


def _map(name: str, value) -> pd.DataFrame:
    return given.table(name, value, numbers=("x", "y"), flags=["right"])


def turn_words(angle: float, maps: Mapping[float, pd.DataFrame]) -> str:
    """What one frame of the slider shows, in words."""
    shares = ", ".join(f"{percentage(part.right.mean())} of the band of {w:g}" for w, part in maps.items())
    return f"axes turned by {angle:g}°: right are {shares}"


@styled
def turned(drawn: Tensor, labels: Tensor, maps: Mapping[float, pd.DataFrame], angle: float) -> Figure:
    """One frame of `turn_slider`: a row of drawings, then the told axes and the labels of each band, filled where right."""
    # a phone shows the same pictures: wider ones would have smaller letters there
    figure = new_figure(3.35, width=4.6)
    above, below = figure.subfigures(2, 1, height_ratios=(1, 2.2))
    for axes, image, x in zip(above.subplots(1, len(labels)), drawn, labels[:, 0].tolist(), strict=True):
        show_image(axes, image, f"x = {x:g}")
        if x in set(maps[min(maps)].x):
            ring(axes)
    panels = below.subplots(1, 1 + len(maps), width_ratios=(0.5, *[1] * len(maps)))
    _compass(panels[0], angle)
    for axes, (width, part) in zip(panels[1:], maps.items(), strict=True):
        label_map(axes, part)
        axes.set_title(f"band of {width:g}: {percentage(part.right.mean())} right", fontsize=9)
    return figure


def _compass(axes: Axes, angle: float) -> None:
    """The two told axes as arrows in the image's frame."""
    for k, name in enumerate("uv"):
        a = np.radians(angle + 90 * k)
        tip = (np.cos(a), np.sin(a))
        axes.annotate("", tip, (0, 0), arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.6})
        axes.text(1.25 * tip[0], 1.25 * tip[1], name if angle else "xy"[k], ha="center", va="center")
    # rows of an image run downwards
    axes.set(xlim=(-1.2, 1.5), ylim=(1.5, -0.4), aspect="equal", xticks=[], yticks=[])
    axes.set_title("told", fontsize=9)
    axes.spines[:].set(visible=False)


def label_map(axes: Axes, part: pd.DataFrame, side: int = 16) -> None:
    """All labels of a world as dots: trained ones pale, right ones full squares, wrong ones crosses."""
    held = set(zip(part.x, part.y, strict=True))
    trained = [(x, y) for x in range(side) for y in range(side) if (x, y) not in held]
    if trained:
        axes.scatter(*zip(*trained, strict=True), s=3, color=PALE, linewidth=0)
    good, bad = part[part.right], part[~part.right]
    axes.scatter(good.x, good.y, s=16, marker="s", color=BLUE, linewidth=0)
    axes.scatter(bad.x, bad.y, s=13, marker="x", color=RED, linewidth=1)
    axes.set(xlim=(-0.8, side - 0.2), ylim=(side - 0.2, -0.8), aspect="equal", xticks=[], yticks=[])
    axes.spines[:].set(visible=True)

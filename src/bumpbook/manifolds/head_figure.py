"""The figure at the head of chapter 3: whose axes are held by networks that are told the diagonals."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bumpbook.frame.layouts import stacked, two_layouts
from bumpbook.frame.style import BLUE, GREY, INK, PALE, new_figure, show_image, styled
from bumpworld.canvas import Canvas

from .axes_table import contrasts

__all__ = ["whose_axes"]
TOLD = "turned-45"
# name of a row, world and cloud of `contrasts`, and the kind of image that the networks draw
ROWS = (
    ("what they\nare told", "sos", "code", ""),
    ("untrained\nnetworks", "sos", "random middle", ""),
    ("trained to\ndraw stripes", "sos", "blank middle", "sos"),
    ("trained to\ndraw bumps", "bump", "blank middle", "bump"),
)
LOOKS = {
    "code": {
        "marker": "D",
        "color": INK,
        "markerfacecolor": "white",
        "markersize": 9,
        "markeredgewidth": 1.5,
    },
    "random middle": {"marker": "s", "color": GREY, "markersize": 5, "markeredgecolor": "white"},
    "blank middle": {"marker": "o", "color": BLUE, "markersize": 7, "markeredgecolor": "white"},
}
TOP = -0.9


@two_layouts
@styled
def whose_axes() -> Figure:
    """The axes in the middle layer of networks told x + y and x - y, shown no image: a row for each kind of network.

    Across lies the contrast (`axes.contrast`); a dot is a network, the diamond the code of the labels.
    """
    figure = new_figure(3.2)
    axes = figure.subplots()
    found = [contrasts(world, TOLD, cloud) for _, world, cloud, _ in ROWS]
    # the marks of the scale: the code, whose axes are the diagonals, and its mirror image, which would have x and y
    end = abs(found[0].mean())
    empty = {"markerfacecolor": "white", "markeredgewidth": 2, "clip_on": False}
    for at, marker, name in ((-end, "x", "diagonals"), (0, "o", "none"), (end, "+", "x and y")):
        axes.axvline(at, color=PALE, linewidth=1.2, zorder=0)
        axes.plot(at, TOP, marker=marker, markersize=14, color=INK, **empty)
        axes.annotate(name, (at, TOP), (0, 13), textcoords="offset points", ha="center")
    axes.annotate("axes inside:", (0, TOP), (-56, 13), ("axes fraction", "data"), "offset points", ha="right")
    for row, ((name, _, cloud, kind), values) in enumerate(zip(ROWS, found, strict=True)):
        values = values[:1] if cloud == "code" else np.sort(values)
        # up and down in turn, so that dots of nearly the same value stand apart
        beside = 0.2 * np.resize([0, 1, -1], len(values))
        axes.plot(values, row + beside, linestyle="none", clip_on=False, **LOOKS[cloud])
        axes.annotate(
            name, (0, row), (-56, 0), ("axes fraction", "data"), "offset points", ha="right", va="center"
        )
        if kind:
            _picture(axes, row, Canvas(kind=kind))
    axes.set(xlim=(-0.8, 0.8), ylim=(len(ROWS) - 0.5, TOP), xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    return figure


def _picture(axes: Axes, row: int, canvas: Canvas) -> None:
    """What a row's networks draw, left of it."""
    middle = (len(ROWS) - 0.5 - row) / (len(ROWS) - 0.5 - TOP)
    wide = 0.21 if stacked() else 0.1
    show_image(axes.inset_axes((-wide - 0.01, middle - 0.085, wide, 0.17)), canvas.render([[10, 6]])[0])

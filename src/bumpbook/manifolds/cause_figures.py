"""Figures of chapter 3 on cause: what is drawn when the condition is replaced, steered, or pasted from another label."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from torch import Tensor

from bumpbook.frame import given
from bumpbook.frame.layouts import cells, legend_beside, panels, stacked, two_layouts
from bumpbook.frame.style import (
    BLUE,
    GREY,
    INK,
    PALE,
    ROSE,
    asked_for,
    column_width,
    new_figure,
    show_image,
    styled,
)
from bumpworld import checks
from bumpworld.canvas import Canvas

from .axes_figures import row_names

__all__ = ["edits", "pasted_layers", "steered_row"]
# what a record of the study "cause" holds, and what the figure calls it
EDITS = {
    ("square", "told"): "held-out square, told as always",
    ("square", "sum"): "… from the best f(x) + g(y)",
    ("square", "shuffled"): "… from f and g shuffled",
    ("steered", "condition"): "moved by f(x′) − f(x)",
    ("control",): "moved as far, random direction",
}


def of(measured: Mapping, path: Sequence[str]) -> list[float]:
    """Shares within 1 px and within 0.45 px that a record of the study keeps under ``path``."""
    for name in path:
        measured = measured[name]
    return measured


@two_layouts
@styled
def edits(records: Sequence[Mapping]) -> Figure:
    """Share drawn right under five changes of the condition: filled within 0.45 px, open within 1 px, a dot a network.

    ``records`` are what the study "cause" measured, one for each network. Raises ValueError for none.
    """
    records = given.each("records", records, Mapping)
    shares = [[given.under("records", record, *path) for path in EDITS] for record in records]
    shares = checks.numbers("shares", shares, "networks", len(EDITS), 2).numpy()
    figure = new_figure(2.9)
    axes = figure.subplots()
    for at in range(len(EDITS)):
        wide, narrow = shares[:, at].T
        spots = at + np.linspace(-0.18, 0.18, len(wide))
        axes.plot(
            [wide.mean(), narrow.mean()], [at, at], color=PALE, linewidth=5, zorder=0, solid_capstyle="round"
        )
        look = {"linestyle": "none", "marker": "o", "clip_on": False, "zorder": 3}
        axes.plot(
            wide,
            spots,
            **look,
            color=ROSE,
            markerfacecolor="white",
            markeredgewidth=1.4,
            markersize=7,
            label=None if at else "within 1 px",
        )
        axes.plot(narrow, spots, **look, color=BLUE, markersize=5, label=None if at else "within 0.45 px")
    axes.axhline(2.5, color=GREY, linewidth=0.8)
    axes.set_yticks(range(len(EDITS)), labels=row_names(EDITS.values()))
    axes.set(xlabel="share drawn right", xlim=(-0.02, 1.02), ylim=(len(EDITS) - 0.5, -0.5))
    axes.tick_params(axis="y", length=0, pad=9)  # clear of a dot at 0
    legend_beside(axes)
    return figure


@two_layouts
@styled
def pasted_layers(records: Sequence[Mapping]) -> Figure:
    """Where the position is decided: share drawn at the told label and at the pasted one, by the layer pasted into.

    Within 1 px; a line joins the means, a dot is a network. Raises ValueError for no records.
    """
    records = given.each("records", records, Mapping)
    layers = list(given.under("records", records[0], "pasted"))
    under = [[given.under("records", record, "pasted", layer) for layer in layers] for record in records]
    figure = new_figure(2.9)
    axes = figure.subplots()
    looks = {
        "told": (INK, "s", "--", "at the label told"),
        "pasted": (BLUE, "o", "-", "at the label pasted in"),
    }
    for where, (color, marker, dash, name) in looks.items():
        values = [[given.under("records", found, where) for found in row] for row in under]
        values = checks.numbers("shares", values, "networks", len(layers), 2).numpy()[..., 0]
        axes.plot(layers, values.mean(0), color=color, linestyle=dash, label=name)
        for row in values:
            axes.plot(layers, row, color=color, marker=marker, linestyle="none", markersize=5, alpha=0.6)
    axes.set(xlabel="layer", ylabel="share drawn", ylim=(-0.04, 1.04))
    axes.tick_params(axis="x", rotation=45 if stacked() else 0)
    legend_beside(axes)
    return figure


@two_layouts
@styled
def steered_row(images: Tensor, wanted: Tensor, canvas: Canvas, titles: Sequence[str] = ()) -> Figure:
    """Drawings (n, 1, size, size) in a row, each with a dashed circle where it is ``wanted`` (n, 2)."""
    wanted = given.labels(wanted, checks.instance("canvas", canvas, Canvas), "wanted")
    images = given.images("images", images, canvas.size, len(wanted))
    titles = given.titles("titles", titles, len(images), "images")
    rows, columns = panels(len(images), 3)
    figure = new_figure(rows * (column_width() / columns + 0.3))
    table = cells(figure, len(images), rows, columns)
    for at, (axes, image, label) in enumerate(zip(table, images, wanted, strict=True)):
        show_image(axes, image, titles[at] if len(titles) else "")
        asked_for(axes, label.tolist(), canvas)
    return figure

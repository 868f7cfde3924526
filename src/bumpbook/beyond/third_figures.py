"""Figures of chapter 8: bumps of three factors, held out for six reasons, and whether three accuracies multiply."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from bumpbook.frame import given
from bumpbook.frame.layouts import legend_beside, stacked, two_layouts
from bumpbook.frame.studies import from_text
from bumpbook.frame.style import CURVES, GREY, IMAGE, PALE, new_figure, styled
from bumpworld import checks

from .third import HELD_OUT, product
from .width_world import FACTORS, WidthWorld

__all__ = ["three_factors", "three_products"]

PARTS = (*FACTORS, "all three")


@two_layouts
@styled
def three_factors(table: pd.DataFrame) -> Figure:
    """The same 32 labels under each of six ways to hold them out: shares right, and drawings.

    ``table`` is that of the study "third" and may lack settings and seeds. Raises ValueError for a table without rows.
    """
    groups = _groups(table, "common")
    figure = new_figure(3.5 if stacked() else 4.1)
    shares, drawings = figure.subplots(1, 2, width_ratios=(0.75 if stacked() else 1.5, 1))
    _shares(shares, groups)
    _drawings(drawings, groups)
    return figure


@two_layouts
@styled
def three_products(table: pd.DataFrame) -> Figure:
    """Along training, the share right in all three factors against the product of its parts; ``table`` as in `three_factors`."""
    groups = _groups(table, "path")
    figure = new_figure(4.2 if stacked() else 3.4)
    _products(figure.subplots(), groups)
    return figure


def _groups(table: pd.DataFrame, column: str) -> dict[str, pd.DataFrame]:
    """The table by setting; ``column`` holds lists of shares, that of "path" one for each look with its step before them."""
    sides = ("looks", 1 + len(PARTS)) if column == "path" else (len(PARTS),)
    for shares in given.table("table", table, "held_out", column)[column]:
        checks.numbers(column, shares, *sides)
    return {name: table[[held == ways for held in table.held_out]] for name, ways in HELD_OUT.items()}


def _shares(axes: Axes, groups: dict[str, pd.DataFrame]) -> None:
    """A row for each setting: a marker for each factor at its mean over seeds, small ones for the seeds."""
    for row, rows in enumerate(groups.values(), start=1):
        axes.axhline(row, color=PALE, linewidth=0.8, zorder=0)
        for number, curve in enumerate(CURVES[: len(PARTS)]):
            values, height = [shares[number] for shares in rows.common], row + 0.19 * (number - 1.5)
            style = {"color": curve["color"], "marker": curve["marker"], "linestyle": "", "clip_on": False}
            axes.plot(values, [height] * len(values), alpha=0.45, markersize=3, **style)
            if values:
                axes.plot(sum(values) / len(values), height, markersize=4 if stacked() else 5.5, **style)
    names = [name.replace(" of ", "\nof ", 1) for name in groups]
    axes.set_yticks(range(len(names) + 1), labels=["held out:", *names], fontsize=8.5)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set(xlim=(-0.03, 1.03), ylim=(len(groups) + 0.5, -0.5), xticks=[0, 0.5, 1], xlabel="share right")
    marks = [
        axes.plot([], [], color=c["color"], marker=c["marker"], linestyle="", label=part)[0]
        for c, part in zip(CURVES, PARTS, strict=False)
    ]
    style = {"ncols": 2, "fontsize": 8.5, "handletextpad": 0.2, "columnspacing": 1, "borderaxespad": 0}
    if stacked():
        axes.figure.legend(handles=marks, loc="outside upper center", **style | {"ncols": len(PARTS)})
    else:
        axes.legend(handles=marks, loc="upper center", **style)


def _drawings(axes: Axes, groups: dict[str, pd.DataFrame]) -> None:
    """In line with the shares: above what is asked for, below it what each setting's model of seed 0 drew."""
    kept = [next(iter(rows.get("gallery", pd.Series()).dropna()), []) for rows in groups.values()]
    labels = next(([d["label"] for d in drawings] for drawings in kept if drawings), [])
    lines = [WidthWorld().render(labels)[:, 0] if labels else []]
    lines += [[from_text(drawing["drawn"]) for drawing in drawings] for drawings in kept]
    for row, images in enumerate(lines):
        for column, image in enumerate(images):
            box = (column - 0.45, column + 0.45, row + 0.45, row - 0.45)
            axes.imshow(image.numpy(), cmap=IMAGE, vmin=0, vmax=1, extent=box)
            frame = (column - 0.45, row - 0.45), 0.9, 0.9
            axes.add_patch(Rectangle(*frame, fill=False, edgecolor=GREY, linewidth=0.8))
    axes.set(xlim=(-0.5, max(len(labels), 1) - 0.5), ylim=(len(groups) + 0.5, -0.5), aspect="equal")
    axes.set_axis_off()
    axes.set_title(
        "asked for,\nand below it drawn" if stacked() else "asked for, and below it drawn", fontsize=9
    )


def _products(axes: Axes, groups: dict[str, pd.DataFrame]) -> None:
    """Joint share against the product of its parts, a point for each look along training, where pairs or triples are new."""
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1)
    names = [name for name, ways in HELD_OUT.items() if len(ways) > 1]
    for name, curve in zip(names, CURVES, strict=False):
        points = [look[1:] for path in groups[name].path for look in path]
        style = {"color": curve["color"], "marker": curve["marker"], "linestyle": "", "alpha": 0.6}
        axes.plot([product(p) for p in points], [p[3] for p in points], label=name, markersize=4, **style)
    axes.set(xlabel="product of the shares", ylabel="share right in all three", aspect="equal")
    axes.set(xlim=(-0.04, 1.04), ylim=(-0.04, 1.04), xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
    legend_beside(axes)

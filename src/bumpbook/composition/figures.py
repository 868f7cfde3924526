"""The figures of chapter 5 that are maps and pictures: what is trained on, what is drawn right, what goes wrong."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from bumpbook.frame import given
from bumpbook.frame.layouts import NARROW, cells, panels, stacked, turning_grid, two_layouts
from bumpbook.frame.sliders import frame_slider
from bumpbook.frame.style import (
    BLUE,
    GREY,
    HELD_OUT,
    IMAGE,
    INK,
    RED,
    TRAINED,
    WIDTH,
    asked_for,
    key_frames,
    mark,
    new_figure,
    show_image,
    styled,
)
from bumpbook.frame.tables import fine_tolerance
from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.measure import judge
from bumpworld.selection import held_out_cross
from bumpworld.store import Result

from .shapes import NAMES, fit_shapes

__all__ = ["accuracy_maps", "by_setting", "cross_slider", "gallery", "training_sets"]
USES = {"2d": "2D only", "stripes": "stripes only", "both": "both"}


@two_layouts
@styled
def training_sets(canvas: Canvas, low: float, high: float) -> Figure:
    """Three maps of the label space: what `held_out_cross` trains on when it uses 2D labels, stripes, or both.

    A dot is a training label. The held-out cross is hatched: V and H are its arms, I is its intersection.
    """
    figure = new_figure(4.7 if stacked() else 3.0)
    rows, columns = panels(len(USES), columns=2)
    maps = cells(figure, len(USES), rows, columns, sharey=True)
    for axes, (use, name) in zip(maps, USES.items(), strict=True):
        split = held_out_cross(low, high, use).split(canvas)
        axes.scatter(*split.train.T, s=5, color=TRAINED, linewidths=0)
        band, m = high - low, canvas.margin
        for corner, width, height in (
            ((m + low - 0.5, m - 0.5), band, canvas.size),
            ((m - 0.5, m + low - 0.5), canvas.size, band),
        ):
            box = {"fill": False, "edgecolor": HELD_OUT, "linewidth": 0, "hatch": "///"}
            axes.add_patch(Rectangle(corner, width, height, **box))
        _frame(axes, canvas)
        disc = {"boxstyle": "circle,pad=0.15", "facecolor": "white", "edgecolor": INK, "linewidth": 0.8}
        middle, end = m + (low + high - 1) / 2, m + low / 2 - 0.5
        for letter, at in (("V", (middle, end)), ("H", (end, middle)), ("I", (middle, middle))):
            axes.text(*at, letter, ha="center", va="center", fontsize=8, fontweight="bold", bbox=disc)
        axes.set_title(f"{name}: {len(split.train)} labels")
        _label_axes(axes, canvas)
    for axes in maps[::columns]:
        axes.set_ylabel("label y")
    return figure


@two_layouts
@styled
def accuracy_maps(groups: Mapping[str, Sequence[Result]], columns: int = 3) -> Figure:
    """Share of models that draw each label right within 0.45 px, a map of the label space for each group of alike results.

    A line surrounds the 2D labels that the group held out; a thin line is the frame where the world has a border.
    Groups without a model that learned are left out. Raises ValueError when that leaves none. Where `stacked` there are two
    columns instead, filled one after the other, so that two rows stand beside each other.
    """
    groups = given.named("groups", groups, partial(given.one_world, least=0))
    columns = checks.whole("columns", columns, 1)
    groups = {name: [r for r in results if r.learned] for name, results in groups.items()}
    groups = {name: results for name, results in groups.items() if results}
    if not groups:
        raise ValueError("no models that learned; at least one group needs one")
    short = stacked() or columns > 3
    figure, maps = _grid_of_maps(len(groups), columns, 0.42 if short else 0.3)
    for axes, (name, results) in zip(maps, groups.items(), strict=True):
        picture = _map(axes, results)
        count = f"n = {len(results)}"
        axes.set_title(f"{name}\n{count}" if short else f"{name} ({count})", fontsize=9)
    look = {"shrink": 0.8, "ticks": [0, 0.5, 1], "aspect": 30}
    look |= {"location": "bottom", "pad": 0.02} if stacked() else {}
    figure.colorbar(picture, ax=figure.axes, label="models right within 0.45 px", **look)
    return figure


def _grid_of_maps(number: int, columns: int, title: float) -> tuple[Figure, list[Axes]]:
    """A figure and axes for ``number`` maps, each under ``title`` inches: row by row, or down two columns where `stacked`."""
    if not stacked():
        rows = -(-number // columns)
        figure = new_figure(rows * (0.88 * WIDTH / columns + title))
        return figure, cells(figure, number, rows, columns)
    rows, columns = panels(number, columns=2)
    figure = new_figure(rows * (0.4 * NARROW + title) + 0.6)
    table = cells(figure, number, rows, columns)
    return figure, [axes for first in range(columns) for axes in table[first::columns]]


def by_setting(results: Sequence[Result]) -> dict[str, list[Result]]:
    """Results that differ in their seed alone, grouped under a name of what they were trained on, in the order given."""
    groups: dict[str, list[Result]] = {}
    results = given.results("results", results, least=0)
    kinds = {result.experiment.canvas.kind for result in results}
    for result in results:
        canvas, train_on = result.experiment.canvas, result.experiment.train_on
        settings = dict(train_on.settings)
        if train_on.rule == "held_out_cross":
            name = USES[settings["use"]]
        elif train_on.rule == "held_out_square":
            place = "corner" if settings["high"] >= canvas.span else "middle"
            name = f"W = {settings['high'] - settings['low']:g}, {place}"
        else:
            name = {"stripes_only": "stripes only", "rim": "stripes and rim"}.get(
                train_on.rule, repr(train_on)
            )
        name = f"{'SOS' if canvas.kind == 'sos' else 'bumps'}, {name}" if len(kinds) > 1 else name
        groups.setdefault(name, []).append(result)
    return groups


@two_layouts
@styled
def gallery(rows: Mapping[str, Tensor], labels, canvas: Canvas) -> Figure:
    """Drawings (k, 1, size, size) of the same ``labels`` (k, 2), a row a model, or a column; under each the shape that fits it best.

    A dashed circle stands where the label asks for its bump; a tick marks a drawing that is right within `FINE` of the spacing.
    """
    labels = given.labels(labels, checks.instance("canvas", canvas, Canvas))
    rows = given.drawings("rows", rows, canvas.size, len(labels))
    asked = [f"({x:g}, {y:g})" for x, y in labels.tolist()]
    figure = new_figure(1.5 * len(asked) if stacked() else len(rows) * (WIDTH / len(asked) + 0.28) + 0.2)
    lines = turning_grid(figure, len(rows), len(asked))
    for line, (name, images) in zip(lines, rows.items(), strict=True):
        _draw_all(line, images, labels, canvas)
        line[0].set_title(name) if stacked() else line[0].set_ylabel(name)
    for axes, name in zip(lines[0], asked, strict=True):
        axes.set_ylabel(name) if stacked() else axes.set_title(name)
    return figure


def _draw_all(line: Sequence[Axes], images: Tensor, labels: Tensor, canvas: Canvas) -> None:
    """What one model draws, an axes a label."""
    right = judge(images, labels, canvas).right(fine_tolerance(canvas))[:, 2]
    shapes = fit_shapes(images, canvas).best
    for axes, image, label, good, shape in zip(line, images, labels.tolist(), right, shapes, strict=True):
        show_image(axes, image, "")
        asked_for(axes, label, canvas)
        text = f"{NAMES[shape].replace(' ', chr(10))} {mark(bool(good))}"
        axes.set_xlabel(text, color=BLUE if good else RED, fontsize=8, linespacing=0.95)


def cross_slider(drawn: Mapping[str, Tensor], labels, canvas: Canvas):
    """A slider over ``labels`` (k, 2): at each, what every model of ``drawn`` (k, 1, size, size) draws there."""
    labels = given.labels(labels, checks.instance("canvas", canvas, Canvas))
    drawn = given.drawings("drawn", drawn, canvas.size, len(labels))

    def show(at: int, *row: Axes) -> None:
        for axes, (name, images) in zip(row, drawn.items(), strict=True):
            show_image(axes, images[at], name)
            asked_for(axes, labels[at].tolist(), canvas)

    titles = [f"Asked for: a bump at x = {x:g}, y = {y:g} (dashed circle)" for x, y in labels.tolist()]
    values = [f"({x:g}, {y:g})" for x, y in labels.tolist()]
    frames = key_frames(show, range(len(labels)), len(drawn), 2.5, 0.8 * WIDTH)
    return frame_slider(frames, titles, "label", values)


def _map(axes: Axes, results: Sequence[Result]):
    canvas = results[0].experiment.canvas
    side = len(canvas.axis())
    right = [r.judgement().right(fine_tolerance(r.experiment.canvas))[:, 2].numpy() for r in results]
    right = np.mean(right, axis=0).reshape(side, side)
    edges = (-canvas.spacing / 2, canvas.span - canvas.spacing / 2)
    picture = axes.imshow(right, cmap=IMAGE, vmin=0, vmax=1, extent=(*edges, *edges[::-1]))
    split = results[0].experiment.train_on.split(canvas)
    held_out = split.held_out & canvas.visible(split.labels).all(1)
    _outline(axes, held_out.reshape(side, side).numpy(), canvas.spacing)
    if canvas.margin:
        _frame(axes, canvas)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set(visible=True, color=GREY, linewidth=0.8)
    return picture


def _outline(axes: Axes, mask: np.ndarray, spacing: float) -> None:
    """A dashed line on a dark one between the cells of ``mask`` (rows y, columns x) and all others."""
    padded = np.pad(mask, 1)
    lines = []
    for row, column in zip(*np.nonzero(padded[:, 1:] != padded[:, :-1]), strict=True):
        lines.append(((column - 0.5, row - 1.5), (column - 0.5, row - 0.5)))
    for row, column in zip(*np.nonzero(padded[1:] != padded[:-1]), strict=True):
        lines.append(((column - 1.5, row - 0.5), (column - 0.5, row - 0.5)))
    lines = spacing * np.array(lines).reshape(-1, 2, 2)
    axes.add_collection(LineCollection(lines, colors=INK, linewidths=2.2, capstyle="projecting"))
    axes.add_collection(LineCollection(lines, colors=HELD_OUT, linewidths=1.1, capstyle="projecting"))


def _frame(axes: Axes, canvas: Canvas) -> None:
    corner = (canvas.margin - 0.5,) * 2
    axes.add_patch(
        Rectangle(corner, canvas.size, canvas.size, fill=False, edgecolor=GREY, linewidth=1.3, linestyle="--")
    )


def _label_axes(axes: Axes, canvas: Canvas) -> None:
    ends = [0, canvas.margin, canvas.margin + canvas.size, canvas.span]
    axes.set(xlim=(-1, canvas.span), ylim=(canvas.span, -1), aspect="equal", xlabel="label x")
    axes.set(xticks=ends, yticks=ends)
    axes.spines[:].set_visible(False)

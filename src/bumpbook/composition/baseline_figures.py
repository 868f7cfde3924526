"""The figures of chapter 5 about reasons: baselines beside trained models, and combinations beside their parts."""

from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from bumpbook.frame import given
from bumpbook.frame.layouts import panels, stacked, turning_grid, two_layouts
from bumpbook.frame.style import (
    BLUE,
    CURVES,
    GREY,
    INK,
    PALE,
    RED,
    WIDTH,
    mark,
    new_figure,
    show_image,
    styled,
)
from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.instruments import arrays
from bumpworld.instruments.baselines import BASELINES
from bumpworld.instruments.emergence import Emergence

from .ladder import MODEL, score
from .share_figures import KINDS, spread

__all__ = ["answer_table", "combinations_against_parts", "ladder_widths"]
FLOOR = 1e-6  # errors below it are drawn on it: exact but for rounding


@two_layouts
@styled
def answer_table(rows: Sequence[tuple[str, Canvas, Sequence[float], Mapping[str, Tensor]]]) -> Figure:
    """Answers to the same question side by side, or down a column: rows of (name, canvas, label (x, y), images by source).

    Below each image its mean squared error a pixel and whether it is right. NaN throughout is drawn as a question mark.
    """
    rows = arrays.several("rows", rows, _row)
    sources = list(rows[0][3])
    for *_, images in rows:
        checks.need(
            list(images) == sources, "sources of a row", list(images), f"are {sources}, as in the first"
        )
    wide = len(rows) * (WIDTH / len(sources) + 0.22) + 0.35
    figure = new_figure(1.25 * len(sources) if stacked() else wide)
    lines = turning_grid(figure, len(rows), len(sources))
    for line, (name, canvas, label, images) in zip(lines, rows, strict=True):
        for axes, (source, image) in zip(line, images.items(), strict=True):
            scores = score(image[None], [label], canvas)
            _answer(axes, image, scores, source == "asked for")
        line[0].set_title(name) if stacked() else line[0].set_ylabel(name)
    for axes, source in zip(lines[0], sources, strict=True):
        name_it = axes.set_ylabel if stacked() else axes.set_title
        name_it(source.replace(" ", "\n"), fontsize=9)
    return figure


def _row(name: str, value) -> tuple[str, Canvas, list[float], dict[str, Tensor]]:
    title, canvas, label, images = given.parts(
        name, value, "name", "canvas", "label (x, y)", "images by source"
    )
    checks.instance("name", title, str), checks.instance("canvas", canvas, Canvas)
    label = canvas.check_labels([given.parts("label", label, "x", "y")])[0].tolist()
    return title, canvas, label, given.named("images", images, partial(_image, size=canvas.size))


def _image(name: str, value, size: int) -> Tensor:
    # NaN throughout is an answer: open
    image = checks.shaped(name, checks.tensor(name, value, "an image (1, size, size)"), 1, size, size)
    if not torch.isnan(image).all():
        checks.numbers(name, image, 1, size, size)
    return image


def _answer(axes: Axes, image: Tensor, scores, wanted: bool) -> None:
    right, open_ = bool(scores.right[0]), bool(scores.undetermined[0])
    show_image(axes, torch.zeros_like(image) if open_ else image.clamp(-1, 2))
    if open_:
        axes.text(0.5, 0.5, "?", transform=axes.transAxes, ha="center", va="center", fontsize=22, color=GREY)
    if not wanted:
        error = "open" if open_ else _short(float(scores.error[0]))
        axes.set_xlabel(f"{error} {mark(right)}", color=BLUE if right else RED, fontsize=8)


def _short(error: float) -> str:
    if error < FLOOR:
        return "exact"
    if 1e-4 <= error < 10:
        return f"{error:.4f}"
    mantissa, exponent = f"{error:.1e}".split("e")
    return rf"${mantissa} \times 10^{{{int(exponent)}}}$"


@two_layouts
@styled
def ladder_widths(table: pd.DataFrame) -> Figure:
    """Error on a held-out W x W square against W, for every source of `ladder.standing`: bumps and SOS, middle and corner.

    A dot is a model, a line goes through the means. An error under 1e-6 is drawn there. The thin line is the models' error
    on their own training labels: less than that nobody can ask of them.
    """
    table = given.table(
        "table", table, "kind", "source", numbers=("high", "low", "size", "error", "trained_error")
    )
    kinds = [kind for kind in KINDS if kind in set(table.kind)]
    checks.need(kinds, "kind", list(table.kind), f"are {', '.join(KINDS)}")
    figure = new_figure(2.2 * len(kinds) + 1.0 if stacked() else 2.4 * len(kinds) + 0.7)
    grid = figure.subplots(len(kinds), 2, sharex=True, sharey=True, squeeze=False)
    for row, kind in zip(grid, kinds, strict=True):
        for axes, corner in zip(row, (False, True), strict=True):
            part = table[(table.kind == kind) & ((table.high == table["size"]) == corner)]
            for source, style in zip((MODEL, *BASELINES), CURVES, strict=False):
                _error_line(axes, part[part.source == source], style, source)
            own = part[part.source == MODEL]
            trained = own.trained_error.groupby(own.high - own.low).mean()
            axes.plot(trained.index, trained, color=GREY, linewidth=1, label="model, trained labels")
            axes.set(yscale="log", ylim=(0.6 * FLOOR, 0.3))
            square = "" if stacked() else "square in the "
            axes.set_title(f"{KINDS[kind]}, {square}{'corner' if corner else 'middle'}")
        row[0].set_ylabel("mean squared error")
    for axes in grid[-1]:
        if stacked():  # where few ticks of matplotlib's own choice have room
            axes.set_xticks(sorted(set(table.high - table.low)))
        axes.set_xlabel("width W (px)" if stacked() else "width W of the held-out square (px)")
    look = {"ncols": 2 if stacked() else 3, "handletextpad": 0.4, "columnspacing": 1.6}
    figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside lower center", **look)
    return figure


def _error_line(axes: Axes, rows: pd.DataFrame, style: dict, name: str) -> None:
    if rows.empty:
        axes.plot([], [], **style, label=name)
        return
    width, error = rows.high - rows.low, rows.error.clip(lower=FLOOR)
    means = error.groupby(width).mean()
    strong = {"linewidth": 2.4, "zorder": 3} if name == MODEL else {"linewidth": 1.3}
    axes.plot(means.index, means, **style | strong, label=name)
    if name == MODEL:
        axes.plot(width, error, "o", color=style["color"], markersize=2.6, alpha=0.45)


@two_layouts
@styled
def combinations_against_parts(found: Mapping[str, Emergence]) -> Figure:
    """First, each look at a model: accuracy of combinations against the product of its parts. Second, what is left over.

    Filled points lie inside the window, where both parts are half learned; on the line a combination is just its parts.
    In the second panel, a small dot is a run's mean excess inside the window, the marker their mean with its interval, and the
    grey bar how far Frechet's bounds would let it go.
    """
    found = given.named("found", found, partial(checks.instance, kind=Emergence), most=len(CURVES))
    figure = new_figure(5.8 if stacked() else 3.1)
    left, right = figure.subplots(*panels(2), **({} if stacked() else {"width_ratios": [1, 1.25]}))
    left.plot([0, 1], [0, 1], color=GREY, linewidth=1)
    for at, ((name, result), style) in enumerate(zip(found.items(), CURVES, strict=False)):
        for inside in (False, True):
            points = result.points[result.points.inside == inside]
            face = style["color"] if inside else "none"
            look = {"marker": style["marker"], "linestyle": "none", "color": style["color"], "markersize": 4}
            left.plot(
                points["product"], points.both, **look, markerfacecolor=face, alpha=0.9 if inside else 0.35
            )
        kept = result.points[result.points.inside]
        if kept.empty:
            continue
        room = [(kept[bound] - kept["product"]).mean() for bound in ("lower", "upper")]
        right.barh(at, room[1] - room[0], left=room[0], height=0.5, color=PALE)
        runs = kept.groupby("run").excess.mean().to_numpy()
        spread(right, at, runs, style, name, horizontal=True)
    left.set(xlabel="accuracy in x times accuracy in y", ylabel="accuracy in both", aspect="equal")
    left.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
    right.axvline(0, color=INK, linewidth=1)
    counts = {name: result.excess[3] for name, result in found.items()}
    names = [f"{name}\n({n} run{'' if n == 1 else 's'})" for name, n in counts.items()]
    right.set_yticks(range(len(found)), labels=names)
    then = "\n" if stacked() else " "
    right.set(xlabel=f"both minus product,{then}parts half learned", ylim=(len(found) - 0.5, -0.5))
    right.use_sticky_edges = False  # bars would end at the frame and cut the dots at their ends
    right.margins(x=0.04)
    right.tick_params(axis="y", length=0)
    return figure

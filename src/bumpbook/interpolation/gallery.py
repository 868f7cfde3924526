"""Galleries of chapter 4: what lesion models draw beside the truth, column by column, and under a slider."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from bumpbook.frame import given
from bumpbook.frame.layouts import NARROW, stacked, two_layouts
from bumpbook.frame.sliders import frame_slider
from bumpbook.frame.style import HELD_OUT, key_frames, new_figure, ring, show_image, styled
from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.diffusion import DiffusionModel
from bumpworld.instruments import arrays

__all__ = ["lesion_gallery", "lesion_slider"]
# inches: on a phone a bump in a smaller picture is not seen
LEAST = 0.36
# inches: the words above a row of a phone's layout, the numbers above its first, and what lies between two rows
NAME, NUMBER, BETWEEN = 0.28, 0.2, 0.2


@two_layouts
@styled
def lesion_gallery(
    drawn: Mapping[str, Tensor], labels: Tensor, gaps: Mapping[str, tuple[float, float]], canvas: Canvas
) -> Figure:
    """A row of pictures for each name of ``drawn`` (each (n, 1, size, size)) below the true ones, a column for each label.

    ``gaps`` gives the trained columns at both edges by name; a dashed frame marks the labels between them, which were not
    trained on. A phone shows the columns in and beside the gaps, and every second one where they were too small. Raises
    ValueError for pictures that are not as many as the labels.
    """
    labels = given.labels(labels, checks.instance("canvas", canvas, Canvas))
    drawn = given.drawings("drawn", drawn, canvas.size, len(labels))
    gaps = given.named("gaps", gaps, given.gap) if gaps != {} else {}
    rows = {"truth": canvas.render(labels), **drawn}
    if stacked():
        kept = _kept(labels[:, 0], gaps)
        labels, rows = labels[kept], {name: images[kept] for name, images in rows.items()}
    figure, grid = (_rows_below_names if stacked() else _rows_beside_names)(list(rows), len(labels))
    for axes_row, (name, images) in zip(grid, rows.items(), strict=True):
        left, right = gaps.get(name, (0, 0))
        for axes, image, x in zip(axes_row, images, labels[:, 0].tolist(), strict=True):
            show_image(axes, image)
            if left < x < right:
                ring(axes)
    for axes, x in zip(grid[0], labels[:, 0].tolist(), strict=True):
        axes.set_title(f"{x:g}", fontsize=9)
    return figure


def _kept(x: Tensor, gaps: Mapping[str, tuple[float, float]]) -> Tensor:
    """Which labels a phone has room for: those of the gaps and a column at each side, or every second of these."""
    among = torch.ones(len(x), dtype=torch.bool)
    if gaps:
        among = (x >= min(left for left, _ in gaps.values()) - 1) & (
            x <= max(right for _, right in gaps.values()) + 1
        )
    return among.nonzero()[:: -(-int(among.sum()) // int(NARROW / LEAST)), 0]


def _rows_beside_names(names: Sequence[str], count: int) -> tuple[Figure, np.ndarray]:
    """A new figure with ``count`` axes right of each name."""
    figure = new_figure(len(names) * (6.5 / count + 0.04) + 0.3)
    grid = figure.subplots(len(names), count, squeeze=False)
    for row, name in zip(grid, names, strict=True):
        row[0].set_ylabel(name, rotation=0, ha="right", va="center")
    return figure, grid


def _rows_below_names(names: Sequence[str], count: int) -> tuple[Figure, list[np.ndarray]]:
    """A new figure with ``count`` axes below each name, all equally large."""
    # the first row has its numbers as well
    heights = [NARROW / count + NAME + BETWEEN + NUMBER * (n == 0) for n in range(len(names))]
    figure = new_figure(sum(heights))
    parts = figure.subfigures(len(names), 1, height_ratios=heights)
    for part, name in zip(parts, names, strict=True):
        part.suptitle(name, x=0.01, ha="left", fontsize=10)
    return figure, [part.subplots(1, count, squeeze=False)[0] for part in parts]


def lesion_slider(models: Mapping[str, tuple], canvas: Canvas, y: float, xs: Sequence[float]):
    """A slider over the x asked for, also between columns: what each model of ``models`` draws (name -> model, gap or None).

    All frames start from one and the same noise. Lives in the browser without a kernel (an ipywidgets VBox).
    """
    from bumpworld.diffusion import sample

    size = checks.instance("canvas", canvas, Canvas).size
    models = given.named("models", models, partial(_model_and_gap, size=size))
    xs, y = arrays.several("xs", xs, checks.number), checks.number("y", y)
    labels = canvas.check_labels([[x, y] for x in xs])
    noise = lambda: torch.Generator().manual_seed(0)
    drawn = {
        name: torch.cat([sample(model, label[None], 10, generator=noise()) for label in labels])
        for name, (model, _) in models.items()
    }

    def show(i: int, *row: Axes) -> None:
        for axes, (name, images) in zip(row, drawn.items(), strict=True):
            show_image(axes, images[i], name)
            axes.axvline(xs[i], color=HELD_OUT, linewidth=1.4, linestyle=(0, (3, 1.5)))
            gap = models[name][1]
            if gap and gap[0] < xs[i] < gap[1]:
                ring(axes)

    titles = [f"asked for x = {x:g}, y = {y:g}" for x in xs]
    values = [f"{x:g}" for x in xs]
    frames = key_frames(show, range(len(xs)), len(drawn), width=2.2 * len(drawn))
    return frame_slider(frames, titles, "x", values)


def _model_and_gap(name: str, value, size: int) -> tuple:
    model, gap = given.parts(name, value, "model", "gap or None")
    side = checks.instance("model", model, DiffusionModel).size
    checks.need(side == size, f"size of {name}", side, f"is that of the canvas, {size}")
    return model, gap if gap is None else given.gap("gap", gap)

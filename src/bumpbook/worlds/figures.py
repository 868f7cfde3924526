"""The figures of chapter 1: what a bump world looks like, and when an image is right."""

from collections.abc import Sequence

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from bumpbook.frame.layouts import cells, legend_beside, panels, stacked, two_layouts
from bumpbook.frame.sliders import frame_slider
from bumpbook.frame.style import (
    BLUE,
    CURVES,
    GREY,
    IMAGE,
    INK,
    PALE,
    RED,
    SETTINGS,
    SIGNED,
    asked_for,
    column_width,
    key_png,
    mark,
    new_figure,
    show_image,
    styled,
)
from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.instruments import arrays
from bumpworld.instruments.overlap import overlap, pixel_overlap
from bumpworld.measure import judge


@two_layouts
@styled
def image_table(canvas: Canvas, xs: Sequence[float], ys: Sequence[float]) -> Figure:
    """Images for every pair of ``xs`` (columns) and ``ys`` (rows): one factor changes along each direction."""
    checks.instance("canvas", canvas, Canvas)
    xs, ys = arrays.several("xs", xs, checks.number), arrays.several("ys", ys, checks.number)
    cell = min(1.25, (column_width() - 0.6) / len(xs))
    figure = new_figure(cell * len(ys) + 0.4)
    grid = figure.subplots(len(ys), len(xs), squeeze=False)
    for row, y in zip(grid, ys, strict=True):
        for axes, x in zip(row, xs, strict=True):
            show_image(axes, canvas.render([[x, y]])[0])
        row[0].set_ylabel(f"y = {y:g}", rotation=0, ha="right", va="center")
    for axes, x in zip(grid[0], xs, strict=True):
        axes.set_title(f"x = {x:g}")
    return figure


@two_layouts
@styled
def bump_and_sos(size: int = 32, sigma: float = 1.0, center: tuple[float, float] = (20, 11)) -> Figure:
    """A bump and a sum of stripes (SOS) at one position, with their means over rows and columns (paper, Fig. 1)."""
    figure = new_figure(7.0 if stacked() else 3.9)
    halves = figure.subfigures(*panels(2))
    for half, kind, title in zip(halves, ("bump", "sos"), ("bump", "sum of stripes (SOS)"), strict=True):
        canvas = Canvas(size=size, sigma=sigma, kind=kind)
        _with_means(half, canvas.render([center])[0, 0].numpy(), title)
    return figure


@two_layouts
@styled
def corner_rules(sigma: float = 2.0, size: int = 16, new=(12, 4), old=(4, 11)) -> Figure:
    """The image at ``new`` = (x, y) made of three others, by a product for bumps and by a sum for SOS.

    A third row adds bumps, which does not give a bump. The three share ``old`` = (x', y').
    """
    for name, place in (("new", new), ("old", old)):
        if len(checks.wholes(name, place, 0, checks.whole("size", size, 4) - 1)) != 2:
            raise ValueError(f"{name} is {place}; allowed are pairs (x, y)")
    (x, y), (u, v) = new, old
    corners = torch.tensor([[x, v], [u, y], [u, v]])
    names = ["(x, y')", "(x', y)", "(x', y')"]
    bump, sos = (Canvas(size=size, sigma=sigma, kind=k).render(corners).double() for k in ("bump", "sos"))
    rows = [
        ("bumps, multiplied", "B", bump, "×÷=", bump[0] * bump[1] / bump[2], "B(x, y)"),
        ("SOS, added", "SOS", sos, "+−=", sos[0] + sos[1] - sos[2], "SOS(x, y)"),
        ("bumps, added", "B", bump, "+−=", bump[0] + bump[1] - bump[2], "no B(x, y)"),
    ]
    figure = new_figure(3.9 if stacked() else 5.4)
    grid = figure.subplots(3, 4, gridspec_kw={"wspace": 0.22})
    for axes_row, (title, letter, images, signs, result, result_name) in zip(grid, rows, strict=True):
        for axes, image, name in zip(axes_row, [*images, result], [*names, None], strict=True):
            show_image(axes, image, f"{letter}{name}" if name else result_name, vmin=-1, cmap=SIGNED)
            axes.title.set_size(8.5 if stacked() else 10)
        for axes, sign in zip(axes_row[1:], signs, strict=True):
            axes.text(-0.17, 0.5, sign, transform=axes.transAxes, ha="center", va="center", fontsize=16)
        axes_row[0].set_ylabel(title)
    for column, row in (new, old, (x, v), (u, y)):  # values in the last image: the hue alone is lost in grey
        value = round(float(result[0, row, column]), 1)
        color = "white" if value else INK
        axes.text(column, row, f"{value:+g}" if value else "0", ha="center", va="center", color=color)
    return figure


@two_layouts
@styled
def label_space(canvas: Canvas) -> Figure:
    """The labels of a world with a margin, and what four of them show as bumps and as SOS (paper, Fig. 9).

    Raises ValueError for a canvas without a margin.
    """
    canvas = checks.instance("canvas", canvas, Canvas)
    m, size, span = canvas.margin, canvas.size, canvas.span
    if not m:
        raise ValueError("margin is 0; a label space with a border needs a margin of at least 1")
    inside, outside = m + 0.62 * (size - 1), (m - 1) / 2
    picks = {"A": (inside, m + 0.35 * (size - 1)), "B": (inside, outside)}
    picks |= {"C": (outside, m + 0.35 * (size - 1)), "D": (outside, outside)}
    picks = {name: tuple(round(value) for value in at) for name, at in picks.items()}
    figure = new_figure(5.2 if stacked() else 3.3)
    shares = {"height_ratios": [1.5, 1]} if stacked() else {"width_ratios": [1, 1.6]}
    left, right = figure.subfigures(*panels(2), **shares)
    _label_map(left.subplots(), m, size, span, picks)
    grid = right.subplots(2, 4)
    for row, kind, name in zip(grid, ("bump", "sos"), ("bump world", "SOS world"), strict=True):
        world = Canvas(size=size, sigma=canvas.sigma, kind=kind, margin=m)
        for axes, (letter, at) in zip(row, picks.items(), strict=True):
            show_image(axes, world.render([at])[0], letter if kind == "bump" else "")
        row[0].set_ylabel(name)
    return figure


@two_layouts
@styled
def neighbours(sigmas: Sequence[float] = (0.5, 1.0, 2.0), tau: float = 0.005, size: int = 32) -> Figure:
    """Overlap of two bumps against their distance: exp(-r^2 / 4 sigma^2), and the cosine of the pixels."""
    sigmas, tau = (
        arrays.several("sigmas", sigmas, lambda _, sigma: checks.number("sigma", sigma, above=0)),
        checks.number("tau", tau, above=0, below=1),
    )
    size = checks.whole("size", size, 4)
    figure = new_figure(4.6)
    top, bottom = figure.subfigures(2, 1, height_ratios=[1, 2])
    small, apart = Canvas(size=16, sigma=1.0), torch.tensor([1.0, 2.0, 3.0, 4.0, 6.0])
    for axes, r in zip(top.subplots(1, len(apart)), apart.tolist(), strict=True):
        places = [8 - r // 2, 8.0], [8 - r // 2 + r, 8.0]
        a, b = small.render(places)
        between = ":\n" if stacked() else ": "
        show_image(axes, torch.maximum(a, b), f"r = {r:g}{between}{pixel_overlap(small, *places):.2g}")
    axes = bottom.subplots()
    steps, smooth = np.arange(13), np.linspace(0, 12, 200)
    places = np.stack([8 + steps, 0 * steps + size / 2], 1)
    for sigma, style in zip(sigmas, CURVES, strict=False):
        color, name = style["color"], f"σ = {sigma:g} px"
        pixels = pixel_overlap(Canvas(size=size, sigma=sigma), places[:1].repeat(13, 0), places)
        axes.plot(smooth, overlap(smooth, sigma), color=color, linestyle=style["linestyle"])
        axes.plot(steps, pixels, color=color, marker=style["marker"], linestyle="", label=name)
    axes.axhline(tau, color=GREY, linewidth=1)
    axes.annotate(f"{tau:g}", (12, tau), ha="right", va="bottom", color=INK)
    axes.set(yscale="log", ylim=(1e-4, 2), xlim=(-0.2, 12.2), xlabel="distance r of the two centres (px)")
    axes.set_ylabel("overlap (cosine)")
    if stacked():
        legend_beside(axes, columns=3)
    else:
        axes.legend(title="points: pixels, lines: formula", alignment="left")
    return figure


@two_layouts
@styled
def torus(size: int = 16, sigma: float = 1.5, at: tuple[float, float] = (1, 13)) -> Figure:
    """One label in an open and in a periodic world: its image, and its overlap with every other label's image."""
    figure = new_figure(4.4 if stacked() else 2.5)
    grid = figure.subplots(*((2, 2) if stacked() else (1, 4))).flat
    for pair, periodic, name in ((grid[:2], False, "open"), (grid[2:], True, "periodic")):
        canvas = Canvas(size=size, sigma=sigma, periodic=periodic)
        flat = torch.nn.functional.normalize(canvas.render(canvas.lattice()).flatten(1), dim=1)
        own = torch.nn.functional.normalize(canvas.render([at]).flatten(1), dim=1)
        show_image(pair[0], canvas.render([at])[0], f"{name}: image")
        show_image(pair[1], (flat @ own[0]).reshape(size, size), f"{name}: overlap")
        pair[1].set(xlabel="label x", ylabel="label y")
    return figure


@two_layouts
@styled
def readings(images: Tensor, labels, canvas: Canvas, names: Sequence[str], columns: int = 4) -> Figure:
    """Images with the position asked for (a ring), the residual of the best fit, and the verdict."""
    verdict, columns = judge(images, labels, canvas), checks.whole("columns", columns, 1)
    names = arrays.several("names", names, lambda _, name: str(name))
    if len(names) != len(images):
        raise ValueError(f"{len(names)} names for {len(images)} images; their numbers must agree")
    right = verdict.right()[:, 2].tolist()
    columns = min(columns, 3) if stacked() else columns
    rows = -(-len(images) // columns)
    figure = new_figure(rows * (1.8 if stacked() else 2.25))
    table = cells(figure, len(images), rows, columns)
    for axes, image, label, name, residual, good in zip(
        table, images, torch.as_tensor(labels).tolist(), names, verdict.residual.tolist(), right, strict=True
    ):
        show_image(axes, image, name)
        asked_for(axes, label, canvas)
        axes.set_xlabel(
            f"residual {residual:.2f}  {mark(good)}", color=BLUE if good else RED, fontweight="bold"
        )
    return figure


def moving_bump(canvas: Canvas, y: float):
    """A slider over x while y stays: frames of the bump with its means over rows and columns (an ipywidgets VBox)."""
    xs = checks.instance("canvas", canvas, Canvas).axis().tolist()
    images = canvas.render([[x, y] for x in xs])[:, 0].numpy()
    frames = []
    with mpl.rc_context(SETTINGS):
        figure = new_figure(3.2, 3.2)
        picture, above, beside = _with_means(figure, images[len(images) // 2], "")
        for image in images:
            picture.set_data(image)
            above.set_data(image.mean(0))
            beside.set_data(image.mean(1))
            frames.append(key_png(figure))
            figure.set_layout_engine("none")  # the first frame has settled where everything lies
        plt.close(figure)
    titles = [f"A {canvas.kind} at x = {x:g}, y = {y:g}" for x in xs]
    values = [f"{x:g}" for x in xs]
    return frame_slider(frames, titles, "x", values, width=420, start=len(xs) // 4)


def _with_means(figure, image, title: str):
    """An image with its mean over rows above it and over columns at its right; returns the three artists."""
    size = image.shape[-1]
    grid = figure.subplots(
        2, 2, width_ratios=[4, 1], height_ratios=[1, 4], gridspec_kw={"wspace": 0.04, "hspace": 0.04}
    )
    (above, corner), (middle, beside) = grid
    corner.set_axis_off()
    show_image(middle, image)
    middle.set(xlabel="x (column)", ylabel="y (row)", aspect="auto")
    edges = np.arange(size + 1) - 0.5
    peak = 1.15 * float(max(image.mean(0).max(), image.mean(1).max()))
    columns = above.stairs(image.mean(0), edges, fill=True, color=BLUE)
    rows = beside.stairs(image.mean(1), edges, fill=True, color=BLUE, orientation="horizontal")
    above.set(xlim=(-0.5, size - 0.5), ylim=(0, peak), xticks=[], yticks=[], title=title)
    beside.set(ylim=(size - 0.5, -0.5), xlim=(0, peak), xticks=[], yticks=[])
    return middle.images[0], columns, rows


def _label_map(axes: Axes, m: int, size: int, span: int, picks: dict[str, tuple[float, float]]) -> None:
    half = 0.5  # labels are drawn as unit squares around their value
    axes.add_patch(
        Rectangle((-half, -half), span, span, facecolor="white", edgecolor=GREY, linestyle=(0, (4, 2)))
    )
    for corner, width, height in (((m - half, -half), size, span), ((-half, m - half), span, size)):
        axes.add_patch(Rectangle(corner, width, height, facecolor=PALE, edgecolor="none"))
    for corner, width, height in (((m - half, -half), size, span), ((-half, m - half), span, size)):
        axes.add_patch(Rectangle(corner, width, height, fill=False, edgecolor=GREY, linewidth=0.6))
    axes.add_patch(
        Rectangle((m - half, m - half), size, size, facecolor=IMAGE(0.32), edgecolor=INK, linewidth=2)
    )
    for letter, at in picks.items():
        disc = {"boxstyle": "circle,pad=0.12", "facecolor": "white", "edgecolor": INK, "linewidth": 0.8}
        axes.text(*at, letter, ha="center", va="center", fontsize=8, fontweight="bold", bbox=disc)
    ends = [0, m, m + size - 1, span - 1]  # the first and the last label of the space and of the frame
    axes.set(
        xlim=(-1, span),
        ylim=(span, -1),
        xticks=ends,
        yticks=ends,
        xlabel="label x",
        ylabel="label y",
        aspect="equal",
    )
    axes.spines[:].set_visible(False)

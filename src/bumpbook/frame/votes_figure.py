"""The picture of a vote: what is trained on and what is asked for, and what may come."""

import textwrap

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from bumpworld.canvas import Canvas

from .layouts import cells, panels, stacked, two_layouts
from .style import HELD_OUT, INK, SKY, TRAINED, new_figure, show_image, styled
from .votes import Vote, vote


@two_layouts
@styled
def ballot(name: str) -> Figure:
    """The vote called ``name``: first, the labels that are trained on (in colour) and the one that is asked for (cross); then
    a picture of each option, beside them or on a phone below."""
    one = vote(name)
    number = len(one.options)
    if stacked():
        rows, columns = panels(number, 4 if number <= 4 else 3)
        figure = new_figure(2.4 + 1.7 * rows)
        top, bottom = figure.subfigures(2, 1, height_ratios=(2.4, 1.7 * rows))
        first, table = top.subplots(), cells(bottom, number, rows, columns)
    else:
        figure = new_figure(2.25)
        first, *table = figure.subplots(1, 1 + number, width_ratios=(1.75, *[1] * number))
    _labels(first, one)
    for axes, (letter, words), picture in zip(table, one.choices, options(one), strict=True):
        show_image(axes, picture)
        axes.set_title(letter, fontsize=13, fontweight="bold")
        axes.set_xlabel(textwrap.fill(words, 11), fontsize=10)
    return figure


def options(one: Vote) -> torch.Tensor:
    """A picture (size, size) of each option of a vote."""
    x, y = one.label
    frame, bordered = Canvas(), Canvas(margin=3)
    here, there, other = frame.render([[x, y], [2, y], [13, y]])[:, 0]
    smear = 0.25 * frame.render([[c, y] for c in range(4, 13)])[:, 0].sum(0)
    across, upright = bordered.render([[0, y + 3], [x + 3, 0]])[:, 0]
    pictures = {
        "one bump, in its place": here,
        "one bump, elsewhere": there,
        "two bumps": 0.9 * there + 0.9 * other,
        "a smear, or nothing": smear,
        "a cross": torch.maximum(across, upright),
        "one stripe, either way": upright,
    }
    return torch.stack([pictures[words] for words in one.options])


def _labels(axes: Axes, one: Vote) -> None:
    """The label space: trained on dark, held out white, stripes pale; a cross where the question is."""
    canvas = Canvas(margin=one.margin)
    split, side = one.train_on.split(canvas), len(canvas.axis())
    shown = canvas.visible(split.labels).all(1).numpy()
    trained = split.train_mask.numpy()
    cells = np.where(trained & ~shown, 2, trained).reshape(side, side)
    axes.imshow(cells, cmap=ListedColormap(["white", TRAINED, SKY]), vmin=0, vmax=2, interpolation="nearest")
    x, y = one.place
    axes.plot(x, y, "X", color=HELD_OUT, markersize=11, mec=INK)
    if one.margin:
        low = one.margin - 0.5
        axes.add_patch(Rectangle((low, low), canvas.size, canvas.size, fill=False, edgecolor=INK))
    axes.set(xticks=[], yticks=[], xlabel="$x$", ylabel="$y$", title="trained on: in colour")
    axes.spines[:].set(visible=True, color=INK)

"""The figure of chapter 4 about what a layer holds of each column: its path across a lesion."""

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bumpbook.frame import given
from bumpbook.frame.layouts import stacked, turning_grid, two_layouts
from bumpbook.frame.style import GREY, HELD_OUT, TRAINED, new_figure, styled
from bumpworld import checks
from bumpworld.instruments.geometry import principal_components

from .crossing import crossing

__all__ = ["label_paths"]


@two_layouts
@styled
def label_paths(
    paths: Mapping[str, Mapping[str, np.ndarray]],
    ends: tuple[int, int],
    names: Mapping[str, str] | None = None,
) -> Figure:
    """What layers hold of each column, on its two main axes: a row for each model of ``paths``, a panel for each layer.

    On a phone a model has a column. ``paths[model][layer]`` are points (k, features) in the order of x, as
    `crossing.label_path` makes them. Hollow points lie between the columns ``ends``. Titles give the detour of the way
    across (see `crossing.Crossing`).
    """
    paths = given.named("paths", paths, partial(given.named, check=_points))
    left, right = given.parts("ends", ends, "left", "right")
    names = given.named("names", names, partial(checks.instance, kind=str)) if names else {}
    layers = list(next(iter(paths.values())))
    for model, by_layer in paths.items():
        checks.need(list(by_layer) == layers, f"layers of {model!r}", list(by_layer), f"are {layers}")
        for points in by_layer.values():
            crossing(points, left, right)
    figure = new_figure(1.75 * len(layers) + 0.35 if stacked() else 2.35 * len(paths))
    grid = turning_grid(figure, len(paths), len(layers))
    for row, (model, by_layer) in zip(grid, paths.items(), strict=True):
        for axes, (layer, points) in zip(row, by_layer.items(), strict=True):
            _path(axes, points, ends)
            _head(axes, model, names.get(layer, layer), crossing(points, *ends).detour)
    return figure


def _path(axes: Axes, points: np.ndarray, ends: tuple[int, int]) -> None:
    """One path on its two main axes: full points, hollow ones between the columns ``ends``, and a few columns' numbers."""
    halo = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.75}
    plane, number = principal_components(points, 2), np.arange(len(points))
    hidden = (number > ends[0]) & (number < ends[1])
    axes.plot(*plane.T, color=GREY, linewidth=1, zorder=1)
    axes.scatter(*plane[~hidden].T, s=26, color=TRAINED, zorder=2)
    axes.scatter(*plane[hidden].T, s=30, facecolor="white", edgecolor=HELD_OUT, linewidth=1.6, zorder=3)
    for at in (0, *ends, len(points) - 1):
        axes.annotate(str(at), plane[at], (4, 4), textcoords="offset points", fontsize=8, bbox=halo)
    axes.set(xticks=[], yticks=[], aspect="equal", adjustable="datalim")


def _head(axes: Axes, model: str, layer: str, detour: float) -> None:
    """Name the detour, the layer and, at the first panel of its row or column, the model of one path."""
    place, found = axes.get_subplotspec(), f"{detour:.1f} × straight"
    if stacked():
        axes.set_title(f"{model}\n{found}" if place.is_first_row() else found, fontsize=9)
        axes.set_ylabel(layer if place.is_first_col() else "")
    else:
        axes.set_title(f"{layer}: {found}", fontsize=9)
        axes.set_ylabel(model if place.is_first_col() else "")


def _points(name: str, value) -> np.ndarray:
    return checks.numbers(name, value, "columns", "features").numpy()

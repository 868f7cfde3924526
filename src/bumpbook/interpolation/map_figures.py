"""Figures of chapter 4 about what a layer holds of each column: its path across a lesion, and UMAP pictures."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from bumpbook.frame.style import GREY, HELD_OUT, IMAGE, TRAINED, new_figure, styled
from bumpworld.instruments.geometry import principal_components

from .crossing import crossing

__all__ = ["label_paths", "lesion_umaps"]


@styled
def label_paths(
    paths: Mapping[str, Mapping[str, np.ndarray]],
    ends: tuple[int, int],
    names: Mapping[str, str] | None = None,
) -> Figure:
    """What layers hold of each column, on its two main axes: a row for each model of ``paths``, a panel for each layer.

    ``paths[model][layer]`` are points (k, features) in the order of x, as `crossing.label_path` makes them. Hollow points lie
    between the columns ``ends``. Titles give the detour of the way across (see `crossing.Crossing`).
    """
    layers = list(next(iter(paths.values())))
    halo = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.75}
    figure = new_figure(2.35 * len(paths))
    grid = figure.subplots(len(paths), len(layers), squeeze=False)
    for row, (model, by_layer) in zip(grid, paths.items(), strict=True):
        for axes, (layer, points) in zip(row, by_layer.items(), strict=True):
            plane, number = principal_components(points, 2), np.arange(len(points))
            hidden = (number > ends[0]) & (number < ends[1])
            axes.plot(*plane.T, color=GREY, linewidth=1, zorder=1)
            axes.scatter(*plane[~hidden].T, s=26, color=TRAINED, zorder=2)
            axes.scatter(
                *plane[hidden].T, s=30, facecolor="white", edgecolor=HELD_OUT, linewidth=1.6, zorder=3
            )
            for at in (0, *ends, len(points) - 1):
                axes.annotate(str(at), plane[at], (4, 4), textcoords="offset points", fontsize=8, bbox=halo)
            axes.set(xticks=[], yticks=[], aspect="equal", adjustable="datalim")
            axes.set_title(
                f"{(names or {}).get(layer, layer)}: {crossing(points, *ends).detour:.1f} × straight",
                fontsize=9,
            )
        row[0].set_ylabel(model)
    return figure


@styled
def lesion_umaps(
    maps: Mapping[str, np.ndarray],
    labels: np.ndarray,
    gaps: Mapping[str, tuple[float, float]],
    notes: Mapping[str, str],
) -> Figure:
    """UMAP pictures (n, 2) of representations by name, shaded by the x of their ``labels`` (n, 2), with a note below each.

    Rings mark the labels between the trained columns ``gaps``. A picture only: measured numbers belong into the notes.
    """
    labels = np.asarray(labels)
    figure = new_figure(3.0)
    panels = figure.subplots(1, len(maps), squeeze=False)[0]
    for axes, (name, plane) in zip(panels, maps.items(), strict=True):
        left, right = gaps[name]
        hidden = (labels[:, 0] > left) & (labels[:, 0] < right)
        ink = np.where(hidden, HELD_OUT, "white")
        dots = axes.scatter(
            *plane.T,
            c=labels[:, 0],
            cmap=IMAGE,
            vmin=-3,
            vmax=15,
            s=np.where(hidden, 26, 18),
            edgecolor=ink,
            linewidth=np.where(hidden, 1.3, 0.4),
        )
        axes.set(title=name, xticks=[], yticks=[], xlabel=notes[name], aspect="equal", adjustable="datalim")
    bar = figure.colorbar(dots, ax=list(panels), label="label x", shrink=0.8)
    bar.ax.set_ylim(labels[:, 0].min(), labels[:, 0].max())  # white paper stands for no label
    return figure

"""Figures of chapter 3 that show shapes: ideal tori, feature curves with their seam, views of a layer, homology."""

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from bumpbook.frame import given
from bumpbook.frame.layouts import cells, panels, stacked, two_layouts
from bumpbook.frame.style import (
    BLUE,
    GREY,
    IMAGE,
    INK,
    PALE,
    RED,
    ROSE,
    column_width,
    new_figure,
    styled,
)
from bumpworld import checks
from bumpworld.instruments.displacement import label_grid
from bumpworld.instruments.geometry import clifford_torus, principal_components, ring_torus
from bumpworld.instruments.topology import Diagram

from .seam import feature_curves, seam

__all__ = [
    "component_views",
    "factor_curves",
    "persistence_diagrams",
    "two_tori",
]
X_LINE = {"colors": BLUE, "linewidths": 0.9}
Y_LINE = {"colors": ROSE, "linewidths": 0.9, "linestyles": (0, (3, 1.2))}


@two_layouts
@styled
def two_tori(n: int = 24) -> Figure:
    """A ring torus in 3D, and a Clifford torus in four dimensions through three of its 2D projections.

    Solid lines run along x, dashed ones along y; ``n`` angles on each circle.
    """
    n = checks.whole("n", n, 12)
    figure = new_figure(4.6 if stacked() else 2.75)
    shares = {"height_ratios": (1.6, 1)} if stacked() else {"width_ratios": (1, 2.05)}
    ring, flat = figure.subfigures(*panels(2), **shares)
    points, angles = ring_torus(n)
    space = ring.add_subplot(projection="3d", computed_zorder=False)
    grid = _closed(label_grid(points, angles)[2])
    for line in grid.swapaxes(0, 1)[:: n // 12]:
        space.plot(*line.T, color=BLUE, linewidth=0.8)
    for line in grid[:: n // 12]:
        space.plot(*line.T, color=ROSE, linewidth=0.9, linestyle=(0, (3, 1.2)))
    space.set(xlim=(-2.4, 2.4), ylim=(-2.4, 2.4), zlim=(-2.0, 2.0), title="ring torus, 3D")
    space.set_box_aspect((1, 1, 0.83), zoom=1.15)
    space.view_init(elev=38, azim=-60)
    space.set_axis_off()
    points, angles = clifford_torus(n)
    names = ("cos x", "sin x", "cos y", "sin y")
    views = flat.subplots(1, 3)
    flat.suptitle("Clifford torus, three views of 4D", fontsize=10, color=INK)
    for axes, (i, j) in zip(views, ((0, 1), (2, 3), (0, 2)), strict=True):
        _mesh(axes, label_grid(points[:, [i, j]], angles)[2], every=n // 12)
        axes.set(xlabel=names[i], ylabel=names[j], aspect="equal", xticks=[-1, 1], yticks=[-1, 1])
        axes.set(xlim=(-1.25, 1.25), ylim=(-1.25, 1.25))
    return figure


def _view(name: str, value) -> tuple:
    points, labels = given.parts(name, value, "points", "labels")
    label_grid(points, labels)
    return points, labels


@two_layouts
@styled
def factor_curves(views: Mapping[str, tuple], periodic: bool = True) -> Figure:
    """f(x) above and g(y) below of each of ``views``, name -> (points, labels), each in its own two best dimensions.

    Dots are the labels, light to dark, with the first and the last named; the dashed line is the seam between those
    two, with its width in steps (see `bumpbook.manifolds.seam`), drawn when ``periodic``: in an open world it need not close.
    """
    views, periodic = given.named("views", views, _view), checks.flag("periodic", periodic)
    gaps_of = {name: seam(*view) for name, view in views.items()}
    # on a phone a line for each view
    figure = new_figure(1.4 * len(views) + 0.2 if stacked() else 3.9)
    shape = (len(views), 2) if stacked() else (2, len(views))
    table = figure.subplots(*shape, squeeze=False)
    table = table.T if stacked() else table
    for column, (name, (points, labels)) in zip(table.T, views.items(), strict=True):
        gaps = gaps_of[name]
        for axes, curve, values, gap in zip(
            column, feature_curves(points, labels), _values(points, labels), (gaps.x, gaps.y), strict=True
        ):
            _curve(axes, curve, values, gap, periodic)
        if stacked():
            column[0].set_ylabel(name)
        else:
            column[0].set_title(name, fontsize=8.5 if len(views) > 4 else None)
    for axes, name in zip(table[:, 0], ("f(x)", "g(y)"), strict=True):
        axes.set_title(name) if stacked() else axes.set_ylabel(name)
    return figure


@two_layouts
@styled
def component_views(views: Mapping[str, tuple], periodic: bool = True) -> Figure:
    """First two principal components of each of ``views``, name -> (points, labels): labels joined to their neighbours.

    Solid lines run along x, dashed ones along y.
    """
    views, periodic = given.named("views", views, _view), checks.flag("periodic", periodic)
    rows, columns = panels(len(views), 2)
    figure = new_figure(rows * (column_width() / columns + 0.2))
    table = cells(figure, len(views), rows, columns)
    for axes, (name, (points, labels)) in zip(table, views.items(), strict=True):
        _mesh(axes, label_grid(principal_components(points, 2), labels)[2], closed=periodic)
        axes.set(xticks=[], yticks=[], title=name)
        axes.margins(0.08)
        axes.spines[:].set(visible=True, color=PALE)
    return figure


@two_layouts
@styled
def persistence_diagrams(diagrams: Mapping[str, Diagram]) -> Figure:
    """Persistence ``diagrams`` by name: birth and death of loops (H1, dots) and voids (H2, squares).

    Distances are divided by the root mean square radius of the cloud. The two most persistent loops are ringed.
    """
    diagrams = given.named("diagrams", diagrams, partial(checks.instance, kind=Diagram))
    rows, columns = panels(len(diagrams), 2)
    figure = new_figure(rows * (column_width() / columns + 0.3) + 0.45)
    row = cells(figure, len(diagrams), rows, columns, sharey=True)
    top = 0.0
    for axes, (name, diagram) in zip(row, diagrams.items(), strict=True):
        radius = np.sqrt((diagram.points**2).sum(axis=1).mean())
        loops, voids = (diagram.bars[k] / radius for k in (1, 2))
        top = max(top, *(bars.max(initial=0.1) for bars in (loops, voids)))
        axes.scatter(*loops.T, s=16, color=BLUE, alpha=0.8, linewidths=0, label="loops (H1)")
        axes.scatter(
            *voids.T, s=20, color=ROSE, marker="s", edgecolors=INK, linewidths=0.5, label="voids (H2)"
        )
        axes.scatter(*loops[:2].T, s=80, facecolors="none", edgecolors=INK, label="two longest loops")
        axes.set_title(name)
    for axes in row:
        axes.plot([0, 1.08 * top], [0, 1.08 * top], color=GREY, linewidth=1)
        axes.set(aspect="equal", xlim=(0, 1.08 * top), ylim=(0, 1.08 * top))
    for axes in row[::columns]:
        axes.set_ylabel("death")
    # else it touches the title of the panel below it
    for axes in row[-columns:]:
        axes.set_xlabel("birth")
    key = row[0].get_legend_handles_labels()
    figure.legend(*key, loc="outside lower center", ncols=2 if stacked() else 3, handletextpad=0.1)
    return figure


def _closed(grid: np.ndarray) -> np.ndarray:
    """A grid with its first row and column repeated at the end."""
    return np.pad(grid, ((0, 1), (0, 1), (0, 0)), mode="wrap")


def _mesh(axes: Axes, grid: np.ndarray, every: int = 1, closed: bool = True, plain: bool = False) -> None:
    """Lines through a grid (kx, ky, 2): solid along x, dashed along y; or thin and grey in both directions."""
    looped = _closed(grid) if closed else grid
    count = (grid.shape[0], grid.shape[1])
    along_x = [looped[:, j] for j in range(0, count[1], every)]
    along_y = [looped[i] for i in range(0, count[0], every)]
    thin = {"colors": GREY, "linewidths": 0.4}
    axes.add_collection(LineCollection(along_x, **(thin if plain else X_LINE)))
    axes.add_collection(LineCollection(along_y, **(thin if plain else Y_LINE)))
    axes.autoscale_view()


def _values(points, labels) -> tuple[np.ndarray, np.ndarray]:
    x, y, _ = label_grid(points, labels)
    return x, y


def _curve(axes: Axes, curve: np.ndarray, values: np.ndarray, gap: float, periodic: bool) -> None:
    flat = principal_components(curve, 2)
    flat = flat / np.abs(flat).max()
    axes.plot(*flat.T, color=GREY, linewidth=0.8, zorder=1)
    axes.scatter(*flat.T, c=values, cmap=IMAGE, s=20, edgecolors=INK, linewidths=0.4, zorder=3)
    if periodic:
        axes.plot(*flat[[-1, 0]].T, color=RED, linestyle=(0, (3, 1.5)), linewidth=1.6, zorder=2)
        axes.text(0.5, 0.03, f"seam {gap:.1f}", transform=axes.transAxes, ha="center", color=RED, fontsize=9)
    for end in (0, -1):
        outward = 0.2 * flat[end] / max(np.linalg.norm(flat[end]), 1e-9)
        axes.text(*(flat[end] + outward), f"{values[end]:g}", ha="center", va="center", fontsize=8)
    axes.set(aspect="equal", xticks=[], yticks=[], xlim=(-1.4, 1.4), ylim=(-1.65, 1.35))
    axes.spines[:].set(visible=True, color=PALE)

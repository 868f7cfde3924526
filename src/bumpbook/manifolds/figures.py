"""Figures of chapter 3 that show shapes: ideal tori, feature curves with their seam, views of a layer, homology."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from bumpbook.frame.sliders import frame_slider
from bumpbook.frame.style import (
    BLUE,
    CURVES,
    GREY,
    IMAGE,
    INK,
    ORANGE,
    PALE,
    RED,
    WIDTH,
    key_png,
    new_figure,
    styled,
)
from bumpworld.instruments.displacement import label_grid
from bumpworld.instruments.geometry import clifford_torus, principal_components, ring_torus
from bumpworld.instruments.topology import Diagram

from .seam import Seam, feature_curves, seam

__all__ = [
    "component_views",
    "factor_curves",
    "persistence_diagrams",
    "seam_layers",
    "torus_slider",
    "two_tori",
    "umap_views",
]
X_LINE = {"colors": BLUE, "linewidths": 0.9}
Y_LINE = {"colors": ORANGE, "linewidths": 0.9, "linestyles": (0, (3, 1.2))}


@styled
def two_tori(n: int = 24) -> Figure:
    """A ring torus in 3D, and a Clifford torus in four dimensions through three of its 2D projections.

    Solid lines run along x, dashed ones along y; ``n`` angles on each circle.
    """
    figure = new_figure(2.75)
    ring, flat = figure.subfigures(1, 2, width_ratios=(1, 2.05))
    points, angles = ring_torus(n)
    space = ring.add_subplot(projection="3d", computed_zorder=False)
    grid = _closed(label_grid(points, angles)[2])
    for line in grid.swapaxes(0, 1)[:: n // 12]:
        space.plot(*line.T, color=BLUE, linewidth=0.8)
    for line in grid[:: n // 12]:
        space.plot(*line.T, color=ORANGE, linewidth=0.9, linestyle=(0, (3, 1.2)))
    space.set(xlim=(-2.4, 2.4), ylim=(-2.4, 2.4), zlim=(-2.0, 2.0), title="ring torus, 3D")
    space.set_box_aspect((1, 1, 0.83), zoom=1.15)
    space.view_init(elev=38, azim=-60)
    space.set_axis_off()
    points, angles = clifford_torus(n)
    names = ("cos x", "sin x", "cos y", "sin y")
    panels = flat.subplots(1, 3)
    flat.suptitle("Clifford torus, three views of 4D", fontsize=10, color=INK)
    for axes, (i, j) in zip(panels, ((0, 1), (2, 3), (0, 2)), strict=True):
        _mesh(axes, label_grid(points[:, [i, j]], angles)[2], every=n // 12)
        axes.set(xlabel=names[i], ylabel=names[j], aspect="equal", xticks=[-1, 1], yticks=[-1, 1])
        axes.set(xlim=(-1.25, 1.25), ylim=(-1.25, 1.25))
    return figure


def torus_slider(n: int = 24, frames: int = 13):
    """Both tori, turned together by 0 to 180 degrees under a slider, alive without a kernel.

    The ring tumbles in its three dimensions. The Clifford torus turns in four: its plane of x goes over into its plane
    of y, and the picture shows the first two coordinates.
    """
    (ring, angles), (flat, _) = ring_torus(n), clifford_torus(n)

    @styled
    def frame(turn: float) -> Figure:
        c, s = np.cos(turn), np.sin(turn)
        tumbled = np.stack([ring[:, 0], c * ring[:, 1] - s * ring[:, 2]], axis=1)
        turned = c * flat[:, :2] + s * flat[:, 2:]
        figure = new_figure(2.4, width=0.7 * WIDTH)
        sides = ("ring torus", tumbled, 3.2), ("Clifford torus", turned, 1.6)
        for axes, (name, points, reach) in zip(figure.subplots(1, 2), sides, strict=True):
            _mesh(axes, label_grid(points, angles)[2], every=n // 12)
            axes.set(
                title=name, aspect="equal", xlim=(-reach, reach), ylim=(-reach, reach), xticks=[], yticks=[]
            )
        return figure

    turns = np.linspace(0, np.pi, frames)
    titles = [f"Both tori, turned by {np.degrees(turn):.0f}°" for turn in turns]
    return frame_slider([key_png(frame(turn), dpi=80) for turn in turns], titles, "frame", width=520, start=1)


@styled
def factor_curves(views: Mapping[str, tuple], periodic: bool = True) -> Figure:
    """f(x) above and g(y) below of each of ``views``, name -> (points, labels), each in its own two best dimensions.

    Dots are the labels, light to dark, with the first and the last named; the dashed line is the seam between those
    two, with its width in steps (see `bumpbook.manifolds.seam`), drawn when ``periodic``: in an open world it need not close.
    """
    if not views:
        raise ValueError("no views; at least one is needed")
    figure = new_figure(3.9)
    table = figure.subplots(2, len(views), squeeze=False)
    for column, (name, (points, labels)) in zip(table.T, views.items(), strict=True):
        gaps = seam(points, labels)
        for axes, curve, values, gap in zip(
            column, feature_curves(points, labels), _values(points, labels), (gaps.x, gaps.y), strict=True
        ):
            _curve(axes, curve, values, gap, periodic)
        column[0].set_title(name, fontsize=8.5 if len(views) > 4 else None)
    table[0, 0].set_ylabel("f(x)")
    table[1, 0].set_ylabel("g(y)")
    return figure


@styled
def seam_layers(worlds: Mapping[str, Mapping[str, Seam]], labels: int) -> Figure:
    """Seams by layer, a curve for each of ``worlds``: name -> layer -> seam, the mean of x and y.

    The lower line is a closed circle, the upper one a straight line of so many ``labels``.
    """
    if not worlds:
        raise ValueError("no worlds; at least one is needed")
    figure = new_figure(2.9)
    axes = figure.subplots()
    layers = list(next(iter(worlds.values())))
    for (name, seams), look in zip(worlds.items(), CURVES, strict=False):
        axes.plot(layers, [(seams[layer].x + seams[layer].y) / 2 for layer in layers], **look, label=name)
    inside = axes.get_yaxis_transform()
    for height, name, side in ((1, "circle", "top"), (labels - 1, "straight line", "bottom")):
        axes.axhline(height, color=GREY, linewidth=1, zorder=0)
        axes.text(0.6, height, name, transform=inside, va=side, ha="center", fontsize=9)
    axes.set(ylabel="seam in steps", yscale="log", ylim=(0.7, 1.6 * labels))
    ticks = [tick for tick in (1, 2, 4, 8, 16) if tick <= labels]
    axes.set_yticks(ticks, labels=[str(tick) for tick in ticks])
    axes.set_yticks([], minor=True)
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 0.95))
    return figure


@styled
def component_views(views: Mapping[str, tuple], periodic: bool = True) -> Figure:
    """First two principal components of each of ``views``, name -> (points, labels): labels joined to their neighbours.

    Solid lines run along x, dashed ones along y.
    """
    if not views:
        raise ValueError("no views; at least one is needed")
    figure = new_figure(WIDTH / len(views) + 0.2)
    for axes, (name, (points, labels)) in zip(
        figure.subplots(1, len(views), squeeze=False)[0], views.items(), strict=True
    ):
        _mesh(axes, label_grid(principal_components(points, 2), labels)[2], closed=periodic)
        axes.set(xticks=[], yticks=[], title=name)
        axes.margins(0.08)
        axes.spines[:].set(visible=True, color=PALE)
    return figure


@styled
def umap_views(pictures: Mapping[str, np.ndarray], labels) -> Figure:
    """UMAP ``pictures``, name -> (n, 2), a row each: coloured by x on the left and by y on the right.

    Thin lines join neighbouring labels, without wrapping around.
    """
    labels = np.asarray(labels)
    figure = new_figure(2.9 * len(pictures))
    table = figure.subplots(len(pictures), 2, squeeze=False)
    for row, (name, picture) in zip(table, pictures.items(), strict=True):
        for axes, values, feature in zip(row, labels.T, "xy", strict=True):
            grid = label_grid(picture, labels)[2] + picture.mean(axis=0)
            _mesh(axes, grid, closed=False, plain=True)
            dots = axes.scatter(
                *picture.T, c=values, cmap=IMAGE, s=14, edgecolors=GREY, linewidths=0.3, zorder=2
            )
            axes.set(xticks=[], yticks=[], title=f"{name}, coloured by {feature}")
            axes.spines[:].set(visible=True, color=PALE)
        figure.colorbar(dots, ax=list(row), label="label", shrink=0.8)
    return figure


@styled
def persistence_diagrams(diagrams: Mapping[str, Diagram]) -> Figure:
    """Persistence ``diagrams`` by name: birth and death of loops (H1, dots) and voids (H2, squares).

    Distances are divided by the root mean square radius of the cloud. The two most persistent loops are ringed.
    """
    figure = new_figure(WIDTH / len(diagrams) + 0.75)
    row = figure.subplots(1, len(diagrams), sharex=True, sharey=True, squeeze=False)[0]
    top = 0.0
    for axes, (name, diagram) in zip(row, diagrams.items(), strict=True):
        radius = np.sqrt((diagram.points**2).sum(axis=1).mean())
        loops, voids = (diagram.bars[k] / radius for k in (1, 2))
        top = max(top, *(bars.max(initial=0.1) for bars in (loops, voids)))
        axes.scatter(*loops.T, s=16, color=BLUE, alpha=0.8, linewidths=0, label="loops (H1)")
        axes.scatter(
            *voids.T, s=20, color=ORANGE, marker="s", edgecolors=INK, linewidths=0.5, label="voids (H2)"
        )
        axes.scatter(*loops[:2].T, s=80, facecolors="none", edgecolors=INK, label="two longest loops")
        axes.set(title=name, xlabel="birth")
    for axes in row:
        axes.plot([0, 1.08 * top], [0, 1.08 * top], color=GREY, linewidth=1)
        axes.set(aspect="equal", xlim=(0, 1.08 * top), ylim=(0, 1.08 * top))
    row[0].set_ylabel("death")
    figure.legend(*row[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, handletextpad=0.1)
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

"""Figures of chapter 7 about clusters: a lattice that is filled, and the largest cluster in it."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from bumpbook.frame.layouts import stacked, two_layouts
from bumpbook.frame.sliders import frame_slider
from bumpbook.frame.style import GREY, TRAINED, WIDTH, key_frames, new_figure, styled
from bumpworld import checks
from bumpworld.instruments import arrays
from bumpworld.instruments.lattice import LARGEST_SIDE, check_offsets, neighbours, site_clusters
from bumpworld.instruments.spread import percentage

from .newman_ziff import Growth

__all__ = ["cluster_slider", "lattice_clusters"]
# An empty site, a site of any other cluster, a site of the largest: white, pale, dark, in this order in grey as well.
SITES = ListedColormap(["#ffffff", "#bcc8d3", TRAINED])


@two_layouts
@styled
def lattice_clusters(
    densities: Sequence[float] = (0.5, 0.59, 0.68), size: int = 80, radius: float = 1.0, seed: int = 9
) -> Figure:
    """One lattice filled further and further: sites of the largest cluster dark, all other occupied sites pale.

    The sites of a picture are also in every later one. Sites within ``radius`` lattice steps are joined.
    """
    densities = arrays.several(
        "densities", densities, lambda _, share: checks.number("density", share, least=0, most=1)
    )
    size, rng = checks.whole("size", size, 2, LARGEST_SIDE), np.random.default_rng(checks.seed("seed", seed))
    figure = new_figure(1.6 if stacked() else 2.75)
    offsets, heights = neighbours(radius), rng.random((size, size))
    for axes, density in zip(figure.subplots(1, len(densities), squeeze=False)[0], densities, strict=True):
        _sites(axes, heights < density, offsets)
        axes.set_title(f"λ = {density:g}")
    return figure


def cluster_slider(size: int = 40, radius: float = 1.0, seed: int = 1, frames: int = 16):
    """A slider over the density of one lattice, beside the share of its occupied sites in the largest cluster."""
    size, frames = checks.whole("size", size, 2, LARGEST_SIDE), checks.whole("frames", frames, 1)
    offsets, rng = neighbours(radius), np.random.default_rng(checks.seed("seed", seed))
    order = rng.permutation(size**2).astype(np.int32)
    growth = Growth(size, check_offsets(offsets), crossing=False).occupy(order)
    share = growth.largest / np.maximum(growth.occupied, 1)
    # twice as many frames where things happen as elsewhere
    grid = np.interp(np.linspace(0, 1, frames), [0, 0.2, 0.8, 1], [0.2, 0.48, 0.7, 0.95])
    counts = (grid * size**2).round().astype(int)

    def show(count: int, left: Axes, right: Axes) -> None:
        mask = np.zeros(size**2, bool)
        mask[order[:count]] = True
        _sites(left, mask.reshape(size, size), offsets)
        right.plot(growth.occupied / size**2, share, color=GREY)
        right.plot(count / size**2, share[count], marker="o", color=TRAINED, markersize=9)
        right.set(xlabel="density λ", ylabel="largest / occupied", xlim=(0.15, 1), ylim=(0, 1.05))

    titles = [
        f"λ = {n / size**2:.2f}: the largest cluster holds {percentage(share[n])} of the occupied sites"
        for n in counts
    ]
    values = [f"{n / size**2:.2f}" for n in counts]
    return frame_slider(key_frames(show, counts, 2, 2.5, 0.7 * WIDTH), titles, "λ", values)


def _sites(axes: Axes, mask: np.ndarray, offsets: np.ndarray) -> None:
    """A lattice with its largest cluster dark, other occupied sites pale, empty ones white."""
    names = site_clusters(mask, offsets).labels
    axes.imshow(np.where(names == 0, 2, mask), cmap=SITES, vmin=0, vmax=2)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set(visible=True, color=GREY, linewidth=0.8)

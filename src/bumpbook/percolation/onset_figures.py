"""Figures of chapter 7 about learning: when drawings of unseen labels become right."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bumpbook.frame import given
from bumpbook.frame.lattice_sweeps import CONTROLS
from bumpbook.frame.layouts import stacked, two_layouts
from bumpbook.frame.style import CURVES, GREY, new_figure, styled
from bumpbook.frame.tables import FINE, learned
from bumpworld.canvas import Canvas
from bumpworld.selection import random_fraction

__all__ = ["learning_losses", "learning_onset", "representation_onset"]


@two_layouts
@styled
def learning_onset(table: pd.DataFrame) -> Figure:
    """Share of unseen labels drawn right over the number of training labels, a curve for each width of bump.

    Above within 1 px, below within less than half the spacing; left plain images, right images of equal energy.
    ``table`` is `tables.table` of the percolation sweep. Dots are models, lines their means. The grey line is what a
    copy of the nearest trained label would score: within 1 px it is often right, within less it never is.
    """
    table = _checked(table, "both", "both_fine")
    rows = _curves_only(table, "unseen")
    figure = new_figure(4.9)
    grid = figure.subplots(2, 2, sharex=True, sharey=True)
    for line, (column, words) in zip(grid, (("both", "1 px"), ("both_fine", f"{FINE:g} px")), strict=True):
        for axes, normalised in zip(line, (False, True), strict=True):
            if column == "both":
                counts, share = _copying(rows)
                axes.plot(counts, share, color=GREY, linewidth=1.2, label="copying the nearest")
            _by_width(axes, rows[rows.normalised == normalised], column)
        line[0].set_ylabel(f"right within {words}")
    grid[0, 0].set(title="plain images", ylim=(-0.04, 1.04))
    grid[0, 1].set_title("images of equal energy")
    _label_axis(grid[1], rows)
    figure.legend(
        *grid[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2 if stacked() else 4
    )
    return figure


@two_layouts
@styled
def learning_losses(table: pd.DataFrame) -> Figure:
    """Denoising error on training labels and on unseen ones over the number of training labels (paper, Fig. 14).

    In units of the mean energy of an image: 1 is the error of an empty picture. Plain images only.
    """
    table = _checked(table, "denoising_error", "spacing")
    figure = new_figure(2.9)
    shown = figure.subplots(1, 2, sharex=True, sharey=True)
    for axes, region, name in zip(
        shown, ("train", "unseen"), ("trained labels", "unseen labels"), strict=True
    ):
        rows = _curves_only(table, region)
        rows = rows[~rows.normalised]
        rows = rows.assign(error=rows.denoising_error / rows.apply(_energy_of_a_pixel, axis=1))
        _by_width(axes, rows, "error")
        axes.axhline(1, color=GREY, linewidth=1)
        axes.set_title(name)
    shown[0].set(yscale="log", ylabel="denoising error / energy")
    _label_axis(shown, rows)
    shown[1].legend(loc="lower left")
    return figure


@two_layouts
@styled
def representation_onset(geometry: pd.DataFrame) -> Figure:
    """Additive share and participation ratio of the encoder's last layer over the number of training labels.

    ``geometry`` is `tables.geometry` of the percolation sweep. Plain images, nearly clean (t = 50).
    """
    numbers = ("sigma", "t", "train_labels", "additive", "dimension")
    flags = ("last", "learned", "normalised")
    rows = encoder_rows(given.table("geometry", geometry, "layer", numbers=numbers, flags=flags))
    rows = rows[~rows.normalised]
    figure = new_figure(2.9)
    shown = figure.subplots(1, 2, sharex=True)
    for axes, column in zip(shown, ("additive", "dimension"), strict=True):
        _by_width(axes, rows, column)
    shown[0].set(ylabel="additive share", ylim=(0, 1.02))
    shown[1].set(ylabel="participation ratio")
    shown[1].set_ylim(bottom=0)
    _label_axis(shown, rows)
    shown[0].legend(loc="lower right")
    return figure


def encoder_rows(geometry: pd.DataFrame) -> pd.DataFrame:
    """Rows of finished models that learned: last encoder layer, nearly clean images, widths with a curve."""
    rows = learned(geometry[geometry["last"] & (geometry.sigma > max(CONTROLS)) & (geometry.t == 50)])
    return rows[rows.layer == rows.layer[rows.layer.str.startswith("down")].max()]


def _checked(table, *numbers: str) -> pd.DataFrame:
    numbers = ("seed", "size", "sigma", "train_labels", *numbers)
    return given.table("table", table, "region", "kind", numbers=numbers, flags=("learned", "normalised"))


def _curves_only(table: pd.DataFrame, region: str) -> pd.DataFrame:
    """Rows of one region and of models that learned, of the widths that were trained on many numbers of labels."""
    rows = learned(table[(table.region == region) & (table.sigma > max(CONTROLS))])
    if rows.empty:
        raise FileNotFoundError(
            "no model that learned its labels is finished; run `bumpworld run percolation`"
        )
    return rows


def _by_width(axes: Axes, rows: pd.DataFrame, column: str) -> None:
    """A curve of means over models for each sigma, and the models as dots, slightly apart so that none hides."""
    for number, (sigma, part) in enumerate(rows.groupby("sigma")):
        look = CURVES[number % len(CURVES)]
        apart = 1.04 ** (number - 1)
        axes.plot(
            part.train_labels * apart,
            part[column],
            look["marker"],
            color=look["color"],
            alpha=0.5,
            markersize=4,
        )
        means = part.groupby("train_labels")[column].mean()
        style = {"color": look["color"], "linestyle": look["linestyle"]}
        axes.plot(means.index * apart, means, **style, label=f"σ = {sigma:g} px")


def _copying(rows: pd.DataFrame) -> tuple[list[int], list[float]]:
    """Numbers of training labels, and the share of unseen labels with a trained one within 1 px in x and in y."""
    shares: dict[int, list[float]] = {}
    for count, seed, size in rows.groupby(["train_labels", "seed", "size"]).groups:
        split = random_fraction(count / size**2, int(seed)).split(Canvas(size=int(size)))
        apart = split.labels[split.held_out][:, None] - split.train[None]
        shares.setdefault(int(count), []).append(float((apart.abs().amax(2) <= 1).any(1).float().mean()))
    return sorted(shares), [float(np.mean(shares[count])) for count in sorted(shares)]


def _label_axis(panels, rows: pd.DataFrame) -> None:
    """Logarithmic axes of training labels, with a tick at each number that was trained on."""
    counts = sorted(rows.train_labels.unique())
    for axes in panels:
        axes.set(xscale="log", xlabel="training labels")
        axes.set_xticks(counts, labels=[str(n) for n in counts])
        axes.set_xticks([], minor=True)


def _energy_of_a_pixel(row) -> float:
    """Mean square of the pixels of all images of a row's world: the error of an empty picture."""
    canvas = Canvas(size=int(row["size"]), sigma=float(row.sigma), kind=row.kind, spacing=float(row.spacing))
    return float((canvas.render(canvas.lattice()) ** 2).mean())

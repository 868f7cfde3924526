"""Figures of chapter 7 about thresholds: overlaps of bumps, and the density at which one cluster takes over."""

from collections.abc import Mapping, Sequence
from functools import partial
from numbers import Real

import numpy as np
from matplotlib.figure import Figure

from bumpbook.frame import given
from bumpbook.frame.layouts import panels, stacked, two_layouts
from bumpbook.frame.style import CURVES, GREY, INK, PALE, TRAINED, new_figure, styled
from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.instruments import arrays
from bumpworld.instruments.lattice import neighbours, predicted_onset
from bumpworld.instruments.overlap import interaction_radius, overlap, pixel_overlap

from .curves import Curve, Estimate, largest_cluster_curve, transition_width

__all__ = ["cluster_curves", "overlap_against_spacing", "short_program", "staircase", "transition"]
KNOWN = 0.592746  # site threshold of the square lattice with four neighbours (Newman and Ziff 2001)


@two_layouts
@styled
def short_program(ours: np.ndarray, curve: Curve) -> Figure:
    """Shares of the largest cluster (of all sites) by a short program, points, on the package's ``curve``, a line.

    ``ours`` (sites + 1,) is the mean share after n = 0, 1, ... sites; the line is an average over binomial n.
    """
    ours = arrays.vector("ours", ours)
    checks.need(len(ours) > 1, "ours", ours, "are shares after 0, 1 and more sites")
    checks.instance("curve", curve, Curve)
    figure = new_figure(2.6)
    axes = figure.subplots()
    density = np.arange(len(ours)) / (len(ours) - 1)
    axes.plot(curve.densities, curve.share_of_sites.mean, color=TRAINED, label="largest_cluster_curve")
    every = max(1, len(ours) // 40)
    axes.plot(
        density[::every], ours[::every], "o", color=INK, markersize=3.5, label="a dozen lines of Python"
    )
    axes.plot([0, 1], [0, 1], color=PALE, zorder=0)
    axes.set(xlabel="density λ", ylabel="largest cluster / all sites", xlim=(0, 1), ylim=(0, 1.02))
    axes.legend(loc="upper left")
    return figure


@two_layouts
@styled
def overlap_against_spacing(
    sigmas: Sequence[float] = (0.1, 0.25, 0.5, 1.0, 2.0), tau: float = 0.005, size: int = 16
) -> Figure:
    """Left, the overlap of two neighbours over their spacing; right, at spacing 1 over their width (paper, Fig. 6a, b).

    Lines are the formula, points the cosine of rendered pixels. Points on the left lie on the pixel grid.
    """
    sigmas, tau = (
        arrays.several("sigmas", sigmas, checks.number),
        checks.number("tau", tau, above=0, below=1),
    )
    shape = panels(2)
    figure = new_figure((2.8 if stacked() else 3.4) * shape[0])
    left, right = figure.subplots(*shape, sharey=True)
    smooth, steps = np.linspace(0.05, 6, 200), np.arange(1, 7)
    for sigma, look in zip(sigmas, CURVES, strict=False):
        canvas = Canvas(size=size, sigma=sigma)
        first = np.full((len(steps), 2), size // 2 - 3.0)
        pixels = pixel_overlap(canvas, first, first + np.stack([steps, 0 * steps], 1))
        left.plot(smooth, overlap(smooth, sigma), color=look["color"], linestyle=look["linestyle"])
        left.plot(
            steps, pixels, color=look["color"], marker=look["marker"], linestyle="", label=f"σ = {sigma:g} px"
        )
    widths = np.geomspace(0.1, 2, 60)
    right.plot(widths, overlap(1.0, widths), color=INK, label="formula")
    places = (0.0, "o", "labels on pixels"), (0.5, "s", "labels between pixels")
    for (shift, marker, name), look in zip(places, CURVES, strict=False):
        at = [size // 2 + shift] * 2
        values = [pixel_overlap(Canvas(size=size, sigma=s), at, [at[0] + 1, at[1]]) for s in widths[::3]]
        right.plot(widths[::3], values, color=look["color"], marker=marker, linestyle="", label=name)
    for axes in (left, right):
        axes.axhline(tau, color=GREY, linewidth=1)
    left.annotate(f"τ = {tau:g}", (6, tau), ha="right", va="bottom")
    left.set(yscale="log", ylim=(3e-4, 1.6), xlabel="spacing d (px)")
    for axes in (left, right)[: shape[0]]:
        axes.set_ylabel("overlap of neighbours (cosine)")
    right.set(xscale="log", xlabel="width σ (px), spacing 1")
    right.set_xticks([0.1, 0.2, 0.5, 1, 2], labels=["0.1", "0.2", "0.5", "1", "2"])
    widths_key = left.get_legend_handles_labels()
    figure.legend(
        *widths_key, loc="outside upper left", ncols=3 if stacked() else len(sigmas), handletextpad=0.1
    )
    right.legend(loc="lower right")
    return figure


@two_layouts
@styled
def cluster_curves(
    sigmas: Sequence[float] = (0.25, 0.5, 1.0, 2.0),
    taus: Sequence[float] = (0.005, 0.05),
    size: int = 32,
    repeats: int = 200,
) -> Figure:
    """Share of the kept labels in the largest cluster over lambda, for several widths and overlap thresholds.

    A panel for each threshold (paper, Figs. 6c, 13, 14). The mark on a curve is the endless lattice's threshold.
    """
    sigmas, taus = (
        arrays.several("sigmas", sigmas, checks.number),
        arrays.several("taus", taus, checks.number),
    )
    shape = panels(len(taus))
    figure = new_figure(2.9 * shape[0])
    density = np.unique(np.concatenate([np.geomspace(0.01, 1, 80), np.linspace(0.4, 0.8, 40)]))
    shown = figure.subplots(*shape, sharey=True, squeeze=False).flatten()
    for axes, tau in zip(shown, taus, strict=True):
        for sigma, look in zip(sigmas, CURVES, strict=False):
            offsets = neighbours(interaction_radius(sigma, tau))
            if not len(offsets):  # nothing is in reach: the largest cluster is a single label
                share = 1 / np.maximum(density * size**2, 1)
            else:
                drawn = largest_cluster_curve(
                    size, offsets, repeats=repeats, densities=density, crossing=False
                )
                share = drawn.share_of_occupied.mean
            onset = predicted_onset(sigma, tau=tau).staircase
            axes.plot(
                density, share, color=look["color"], linestyle=look["linestyle"], label=f"σ = {sigma:g} px"
            )
            if onset <= 1:
                height = np.interp(onset, density, share)
                axes.plot(onset, height, color=look["color"], marker=look["marker"], markersize=8)
        axes.set(xscale="log", xlabel="share λ of the lattice kept", title=f"overlap threshold τ = {tau:g}")
        axes.set_xticks([0.01, 0.1, 1], labels=["0.01", "0.1", "1"])
    shown[0].set_ylim(0, 1.03)
    for axes in shown[: shape[0]]:
        axes.set_ylabel("largest cluster / kept")
    key = shown[0].get_legend_handles_labels()
    figure.legend(*key, loc="outside lower center", ncols=2 if stacked() else len(sigmas))
    return figure


@two_layouts
@styled
def staircase(
    measured: Mapping[float, Estimate], spacing: float = 1.0, tau: float = 0.005, kind: str = "cosine"
) -> Figure:
    """Percolation threshold over the width of the bumps: predicted staircase, its limit, and ``measured`` thresholds.

    ``measured`` maps sigma to an `Estimate`. Error bars are two standard errors. The numbers are neighbours.
    """
    measured = given.named("measured", measured, partial(checks.instance, kind=Estimate), keys=Real)
    arrays.several("sigma", list(measured), partial(checks.number, above=0))
    predicted_onset(1.0, spacing, tau, kind)
    figure = new_figure(3.4)
    axes = figure.subplots()
    widths = np.geomspace(0.15, max([*measured, 2.0]) * 1.15, 1500)
    steps = predicted_onset(widths, spacing, tau, kind)
    finite = np.where(np.isfinite(steps.staircase), steps.staircase, np.nan)
    axes.plot(widths, finite, color=TRAINED, label="staircase $p_c(z)$")
    axes.plot(widths, steps.limit, color=INK, linestyle="--", label="its limit, 4.512 d² / π κ² σ²")
    axes.errorbar(
        list(measured),
        [m.mean for m in measured.values()],
        yerr=[2 * m.error for m in measured.values()],
        color=INK,
        marker="o",
        linestyle="",
        capsize=3,
        label="measured on tori",
    )
    for sigma, m in measured.items():
        count = predicted_onset(sigma, spacing, tau, kind).neighbours
        axes.annotate(
            f"z = {count}", (sigma, m.mean), (-4, -11), textcoords="offset points", ha="right", fontsize=9
        )
    nothing = widths[np.isfinite(steps.staircase)].min()
    axes.axvspan(widths[0], nothing, color=PALE, alpha=0.6, linewidth=0)
    place = {"ha": "center", "fontsize": 9, "rotation": 90 if stacked() else 0}
    axes.annotate("nothing\nin reach", (np.sqrt(widths[0] * nothing), 0.03), **place)
    axes.set(xscale="log", yscale="log", xlim=(widths[0], widths[-1]), ylim=(0.006, 1.6))
    axes.set(xlabel="width σ (px)", ylabel=r"threshold $\lambda_c$")
    axes.set_xticks([0.2, 0.5, 1, 2], labels=["0.2", "0.5", "1", "2"])
    axes.set_xticks([], minor=True)
    axes.legend(loc="upper right")
    return figure


@two_layouts
@styled
def transition(curves: Sequence[Curve], known: float = KNOWN) -> Figure:
    """Left, the chance that a cluster spans lattices of several sizes; right, how wide the transition is."""
    curves, known = given.each("curves", curves, Curve), checks.number("known", known, above=0, below=1)
    sizes, widths = [c.size for c in curves], [transition_width(c) for c in curves]
    shape = panels(2)
    figure = new_figure(2.8 * shape[0])
    left, right = figure.subplots(*shape)
    for curve, look in zip(curves, CURVES, strict=False):
        name = f"{curve.size} × {curve.size}"
        style = {"color": look["color"], "linestyle": look["linestyle"]}
        left.plot(curve.densities, curve.crossing_one.mean, **style, label=name)
    left.axvline(known, color=GREY, linewidth=1)
    left.set(xlabel="density λ", ylabel="chance of a spanning cluster", ylim=(-0.03, 1.03))
    left.set(xlim=(known - 0.16, known + 0.16))
    left.legend(loc="upper left")
    right.plot(sizes, widths, color=INK, marker="o", linestyle="", label="from 10 to 90 %")
    law = widths[-1] * (np.array(sizes) / sizes[-1]) ** -0.75
    right.plot(sizes, law, color=GREY, linestyle="--", label="law: size to the power −3/4")
    right.set(xscale="log", yscale="log", xlabel="side of the lattice", ylabel="width in density")
    right.set_xticks(sizes, labels=[str(n) for n in sizes])
    right.set_xticks([], minor=True)
    right.set_yticks([0.03, 0.05, 0.1, 0.2], labels=["0.03", "0.05", "0.1", "0.2"])
    right.set_yticks([], minor=True)
    right.legend(loc="upper right")
    return figure

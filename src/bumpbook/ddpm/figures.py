"""Figures of chapter 2 about noise: what it takes away, and what each target weighs.

Noisy images have values below 0 and above 1. Each is drawn on its own scale, two standard deviations of its noise
beyond the darkest and the brightest pixel of its signal.
"""

from collections.abc import Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from bumpbook.frame import given
from bumpbook.frame.exact import ideal_denoiser, position_error, posterior_weights, x0_weight
from bumpbook.frame.layouts import legend_beside, panels, stacked, two_layouts
from bumpbook.frame.sliders import frame_slider
from bumpbook.frame.style import (
    CURVES,
    GREY,
    INK,
    PALE,
    TRAINED,
    WIDTH,
    key_frames,
    new_figure,
    show_image,
    styled,
)
from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.diffusion import TARGETS, NoiseSchedule
from bumpworld.instruments import arrays

from . import place_readings
from .place_readings import rms

__all__ = [
    "ideal_estimates",
    "noise_ladder",
    "noise_slider",
    "position_loss",
    "schedules",
    "target_weights",
]
# in the legends of two figures
BOUND = "no unbiased reading errs less (Cramér–Rao)"
LADDER = (0, 100, 200, 300, 450, 999)


@two_layouts
@styled
def noise_ladder(
    image: Tensor, schedule: NoiseSchedule, times: Sequence[int] = LADDER, seed: int = 0
) -> Figure:
    """One ``image`` (1, 1, size, size) under the same noise at several ``times``; below, the pixels of its brightest row.

    The line is what is left of the signal, the dots are the pixels of the noisy image.
    """
    image = given.images("image", image, count=1)
    noised = _noised(image, schedule, times, seed)
    figure = new_figure(2.1 if stacked() else 2.55)
    table = figure.subplots(2, len(noised), squeeze=False, height_ratios=(1.25, 1))
    row = int(image[0, 0].amax(1).argmax())
    for (above, below), (t, noisy, signal, sigma) in zip(table.T, noised, strict=True):
        show_noisy(above, noisy, signal, sigma, _at(t, times))
        below.plot(noisy[row], linestyle="none", marker="o", markersize=2.6, color=GREY)
        below.plot(signal * image[0, 0, row], color=TRAINED)
        below.set(ylim=(-2.8, 2.8), xticks=[], yticks=[-2, 0, 2])
        below.tick_params(labelleft=below is table[1, 0])
    table[1, 0].set_ylabel(f"row {row}")
    return figure


def noise_slider(image: Tensor, schedule: NoiseSchedule, times: Sequence[int] | None = None, seed: int = 0):
    """The pictures of `noise_ladder` one at a time, under a slider over ``times``; alive without a kernel."""
    times = (0, 25, 50, 100, 150, 200, 250, 300, 350, 400, 500, 700, 999) if times is None else times
    image = given.images("image", image, count=1)
    times = [t for t, *_ in _noised(image, schedule, times, seed)]

    def show(t: int, left: Axes, right: Axes) -> None:
        ((_, noisy, signal, sigma),) = _noised(image, schedule, [t], seed)
        show_noisy(left, noisy, signal, sigma, f"t = {t}: the noisy image")
        show_image(right, signal * image[0], f"its signal, {signal:.2f} times the image")

    titles = [f"A bump under the noise of t = {t}, and what is left of its signal" for t in times]
    return frame_slider(key_frames(show, times, 2, width=0.7 * WIDTH), titles, "t", [f"{t}" for t in times])


@two_layouts
@styled
def schedules(**named: NoiseSchedule) -> Figure:
    """Left, the factor before the image over time; right, the signal-to-noise ratio; a curve for each schedule by name."""
    for name, schedule in named.items():
        checks.instance(name, schedule, NoiseSchedule)
    figure = new_figure(4.8 if stacked() else 2.6)
    factor, ratio = figure.subplots(*panels(2))
    for (name, schedule), curve in zip(named.items(), CURVES, strict=False):
        alpha_bar = schedule.alpha_bar.double()
        time = np.arange(schedule.steps) / max(1, schedule.steps - 1)
        every = {"markevery": max(1, schedule.steps // 8)}
        factor.plot(time, alpha_bar.sqrt(), **curve, **every)
        ratio.plot(time, alpha_bar / (1 - alpha_bar), **curve, **every, label=name)
    factor.set(xlabel="t as a share of all steps", ylabel="factor before the image", ylim=(0, 1.05))
    ratio.set(
        xlabel="t as a share of all steps", ylabel="signal-to-noise ratio", yscale="log", ylim=(1e-5, 1e5)
    )
    ratio.axhline(1, color=PALE, linewidth=1, zorder=0)
    ratio.legend()
    return figure


@two_layouts
@styled
def position_loss(schedule: NoiseSchedule, canvas: Canvas, draws: int = 128, seed: int = 0) -> Figure:
    """How well a bump's position can be read from its noisy image at each time, as root mean square errors.

    The line is the Cramer-Rao bound for a bump that the frame does not cut. The squares and the dotted line read the same ``draws`` noisy images
    of bumps anywhere in the frame: the squares take the best matching bump, the dotted line, where the bound is above .2 px and the
    half pixel between places does not help, the mean of the posterior, which is biased and may lie below the line.
    """
    checks.instance("canvas", canvas, Canvas), checks.whole("draws", draws, 1), checks.seed("seed", seed)
    bound = position_error(schedule)
    # the closer the earlier: there the errors change
    times = np.unique((np.linspace(0.02**0.5, 1, 22) ** 2 * (schedule.steps - 1)).round().astype(int))
    # the same bumps under the same noise at each time, so that chance does not jag the curves
    same = lambda: torch.Generator().manual_seed(seed)
    looks = [place_readings.look(schedule, canvas, int(t), draws, same()) for t in times]
    filtered = [rms(place_readings.matched_filter(seen, canvas)) for seen in looks]
    late = bound.numpy()[times] > 0.2
    guesses = np.array([rms(place_readings.best_guess(seen)) for seen in looks])
    figure = new_figure(3.1)
    axes = figure.subplots()
    axes.plot(np.arange(schedule.steps), bound, color=TRAINED, label=BOUND)
    name = f"matched filter, {draws} noisy images"
    axes.plot(times, filtered, linestyle="none", marker="s", color=INK, label=name)
    axes.plot(times[late], guesses[late], linestyle=":", color=INK, label="best guess on average, biased")
    position_axes(axes, schedule, lowest=5e-3)
    axes.set_xlim(0, 1.01 * schedule.steps)
    return figure


@two_layouts
@styled
def target_weights(schedule: NoiseSchedule) -> Figure:
    """What a squared error of the image estimate weighs at each time under the three targets.

    The legend says how much of the whole weight lies where only the label tells the position.
    """
    figure = new_figure(3.1)
    axes = figure.subplots()
    late = position_error(schedule) > 1
    for target, curve in zip(TARGETS, CURVES, strict=False):
        weight = x0_weight(target, schedule.alpha_bar.double())
        share = float(weight[late].sum() / weight.sum())
        label = f"{target}: {100 * share:.1f} % of its weight is shaded"
        axes.plot(weight, **curve, markevery=(60, 125), label=label)
    only_the_label(axes, schedule, height=0.03)
    axes.set(
        xlabel="t",
        ylabel="weight of an error of $x_0$",
        yscale="log",
        ylim=(1e-5, 1e6),
        xlim=(0, 1.01 * schedule.steps),
    )
    if stacked():
        legend_beside(axes, columns=1)
    else:
        axes.legend(loc="upper right")
    return figure


@two_layouts
@styled
def ideal_estimates(
    image: Tensor, images: Tensor, schedule: NoiseSchedule, times: Sequence[int] = LADDER, seed: int = 0
) -> Figure:
    """Noisy ``image`` (1, 1, size, size), the ideal denoiser's estimate of it, and its belief in each label of ``images``.

    ``images`` (k, 1, size, size) are a whole square lattice in order. Estimates and beliefs each have their own scale, at least three
    times that of knowing nothing.
    """
    noised = _noised(image, schedule, times, seed)
    side = round(len(checks.shaped("images", images, "k", 1, "size", "size")) ** 0.5)
    if side * side != len(images):
        raise ValueError(f"{len(images)} images; allowed is a whole square lattice, k * k of them")
    figure = new_figure(3.1 if stacked() else 4.1)
    table = figure.subplots(3, len(noised), squeeze=False)
    for axes, (t, noisy, signal, sigma) in zip(table.T, noised, strict=True):
        x_t, time = noisy[None, None], torch.tensor([t])
        estimate = ideal_denoiser(x_t, time, images, schedule)[0]
        belief = posterior_weights(x_t, time, images, schedule).reshape(side, side)
        show_noisy(axes[0], noisy, signal, sigma, _at(t, times))
        show_image(axes[1], estimate, vmax=max(float(estimate.max()), 3 * float(images.mean(0).max())))
        show_image(axes[2], belief, vmax=max(float(belief.max()), 3 / len(images)))
    for axes, name in zip(table[:, 0], ("noisy image", "ideal estimate", "belief"), strict=True):
        axes.set_ylabel(name)
    return figure


def _noised(
    image: Tensor, schedule: NoiseSchedule, times, seed: int
) -> list[tuple[int, Tensor, float, float]]:
    """(t, noisy image (size, size), signal factor, noise factor) at each time, under one and the same noise.

    Raises ValueError for what cannot be noised: made before a figure is begun, which would stay open.
    """
    checks.shaped("image", image, 1, 1, "size", "size"), checks.instance("schedule", schedule, NoiseSchedule)
    times = arrays.several("times", times, lambda _, t: checks.whole("time", t, 0, schedule.steps - 1))
    noise = torch.randn(image.shape, generator=torch.Generator().manual_seed(checks.seed("seed", seed)))
    levels = [(t, *(level.item() for level in schedule.signal_noise(torch.tensor([t])))) for t in times]
    return [(t, (signal * image + sigma * noise)[0, 0], signal, sigma) for t, signal, sigma in levels]


def _at(t: int, times: Sequence[int]) -> str:
    """The title of a picture at time t; on a phone the first of ``times`` alone says what the number is."""
    return f"{t}" if stacked() and t != times[0] else f"t = {t}"


def show_noisy(axes: Axes, noisy: Tensor, signal: float, sigma: float, title: str) -> None:
    """A noisy image (size, size) on its own scale, from the factors before its signal and its noise."""
    show_image(axes, noisy.cpu(), title, vmin=-2 * sigma, vmax=signal + 2 * sigma)


def position_axes(axes: Axes, schedule: NoiseSchedule, lowest: float) -> None:
    """Axes of root mean square errors of position in px, from ``lowest`` on, over the time t: a line at 1 px, and where the image hardly tells."""
    only_the_label(axes, schedule)
    axes.axhline(1, color=GREY, linewidth=1)
    axes.text(0.99 * schedule.steps, 1.15, "1 px", color=GREY, ha="right")
    axes.set(xlabel="t", ylabel="root mean square error in px", yscale="log", ylim=(lowest, 20))
    if stacked():
        legend_beside(axes, columns=1)
    else:
        axes.legend(loc="lower right")


def only_the_label(axes: Axes, schedule: NoiseSchedule, height: float = 0.36) -> None:
    """Shade the times at which no unbiased reading of the image finds the position within a pixel, named at a share of the height."""
    lost = int((position_error(schedule) > 1).nonzero()[0])
    axes.axvspan(lost, 1.01 * schedule.steps, color=PALE, alpha=0.5, linewidth=0)
    axes.axvline(lost, color=GREY, linewidth=1.2, linestyle="--")
    axes.annotate(
        f"from t = {lost} on\nthe image hardly tells",
        (lost + 12, height),
        xycoords=("data", "axes fraction"),
        va="bottom",
    )

"""Figures of a model that learns and draws: the live run of chapter 2, its sampler, the first held-out square."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from bumpbook.frame import given
from bumpbook.frame.layouts import cells, panels, stacked, two_layouts
from bumpbook.frame.style import (
    CURVES,
    GREY,
    HELD_OUT,
    IMAGE,
    INK,
    TRAINED,
    new_figure,
    ring,
    show_image,
    styled,
)
from bumpworld import checks
from bumpworld.diffusion import TARGETS, NoiseSchedule, SampleState
from bumpworld.instruments import arrays
from bumpworld.store import Result

from .figures import show_noisy

__all__ = ["emergence", "film_strip", "learning", "target_race"]


@two_layouts
@styled
def learning(losses: Sequence[float], looks: Sequence[dict[str, float]], every: int) -> Figure:
    """One run: the loss of each step, and the accuracies found every ``every`` steps by name of the labels watched."""
    losses = arrays.several("losses", losses, partial(checks.number, least=0))
    looks, every = arrays.several("looks", looks, _look), checks.whole("every", every, 1)
    if odd := [look for look in looks if set(look) != set(looks[0])]:
        raise ValueError(f"a look holds {list(odd[0])}; allowed are {list(looks[0])}, as in the first")
    figure = new_figure(4.8 if stacked() else 2.7)
    left, right = figure.subplots(*panels(2))
    left.plot(np.arange(1, len(losses) + 1), losses, color=GREY, linewidth=1)
    left.set(xlabel="step", ylabel="loss", yscale="log")
    steps = every * np.arange(1, len(looks) + 1)
    for name, curve in zip(looks[0], CURVES, strict=False):
        # what nobody showed has one colour in all figures
        curve = curve | ({"color": HELD_OUT} if name == "held out" else {})
        right.plot(steps, [look[name] for look in looks], **curve, label=name)
    right.set(xlabel="step", ylabel="share drawn right", ylim=(-0.03, 1.03))
    right.legend(loc="center right")
    return figure


@two_layouts
@styled
def target_race(results: Sequence[Result]) -> Figure:
    """Share of training labels drawn right along training, a curve for each run, a look for each target.

    The last look at a run draws in more steps than those on the way. So it is no point of the curve but a hollow marker.
    """
    results = given.results("results", results)
    figure = new_figure(2.9)
    axes = figure.subplots()
    seen, ticks = set(), (20, 50, 100, 200, 500, 1000, 2000)
    for result in results:
        target = result.experiment.target
        new = target not in seen
        seen.add(target)
        look = CURVES[TARGETS.index(target)] | {"markersize": 3.5, "linewidth": 1.3}  # as in target_weights
        steps, accuracy = _along(result, "train")
        every = 1 + len(steps) // 12
        axes.plot(steps[:-1], accuracy[:-1], **look, markevery=every, label=target if new else None)
        hollow = {"linestyle": "", "markersize": 6, "markerfacecolor": "white", "zorder": 3}
        axes.plot(steps[-1:], accuracy[-1:], **look | hollow)
    axes.set(xlabel="step", ylabel="share drawn right", ylim=(-0.03, 1.03), xscale="log")
    axes.set_xticks(ticks, labels=[str(tick) for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.legend(title="target", loc="upper left")
    return figure


@two_layouts
@styled
def film_strip(
    states: Sequence[SampleState], schedule: NoiseSchedule, held_out: bool = False, row: int = 0
) -> Figure:
    """The way from noise to image: above, what the model takes the image for; below, the image after the step.

    ``states`` come from `bumpworld.diffusion.sample_path`; ``row`` says which of their images is shown. A dashed
    frame marks a label that was held out.
    """
    states = arrays.several("states", states, _state)
    checks.instance("schedule", schedule, NoiseSchedule), checks.flag("held_out", held_out)
    row = checks.whole("row", row, 0, min(len(state.image) for state in states) - 1)
    after = [state.t for state in states[1:]]
    most = 5 if stacked() else 8
    picks = np.unique(np.linspace(0, len(states) - 1, min(most, len(states))).round().astype(int))
    figure = new_figure(2.1 if stacked() else 2.35)
    table = figure.subplots(2, len(picks), squeeze=False)
    for (above, below), i in zip(table.T, picks, strict=True):
        state, signal, sigma = states[i], 1.0, 0.0
        if i < len(after):
            signal, sigma = (float(factor) for factor in schedule.signal_noise(torch.tensor([after[i]])))
        show_image(above, state.estimate[row].cpu(), f"t = {state.t}")
        show_noisy(below, state.image[row, 0], signal, sigma, "")
        if held_out:
            ring(above)
    table[0, 0].set_ylabel("estimate")
    table[1, 0].set_ylabel("next image")
    return figure


@two_layouts
@styled
def emergence(results: Sequence[Result], region: str) -> Figure:
    """Above, the share of seeds that draw each label right at four moments of training; below, both shares over steps.

    ``results`` are one experiment's seeds, judged every so many steps; ``region`` is its held-out region. Bands
    reach from the lowest to the highest seed.
    """
    results = given.one_world("results", results)
    for result in results:
        checks.choice("region", region, result.accuracy())
    count = min(len(result.record["checkpoints"]) for result in results)
    steps = np.array([point["step"] for point in results[0].record["checkpoints"][:count]])
    shares = {name: np.array([_along(r, name)[1][:count] for r in results]) for name in ("train", region)}
    middle = shares["train"].mean(0)
    moments = np.unique([int(np.argmax(middle >= level)) for level in (0.1, 0.4, 0.8)] + [count - 1])
    rows = 2 if stacked() else 1
    figure = new_figure(2.05 + 2.25 * rows - 0.45 * (rows - 1))
    above, below = figure.subfigures(2, 1, height_ratios=(rows, 1.05))
    maps = cells(above, len(moments), rows, -(-len(moments) // rows))
    for axes, moment in zip(maps, moments, strict=True):
        picture = _map(axes, results, moment, region)
        axes.set_title(f"step {steps[moment]}")
    maps[0].set_ylabel("label y")
    above.colorbar(picture, ax=above.axes, label="share of seeds right", shrink=0.8, ticks=[0, 0.5, 1])
    axes = below.subplots()
    for (name, values), curve, color in zip(shares.items(), CURVES, (TRAINED, HELD_OUT), strict=False):
        label = "trained on" if name == "train" else "held out"
        axes.plot(steps, values.mean(0), **{**curve, "color": color}, label=label)
        axes.fill_between(steps, values.min(0), values.max(0), color=color, alpha=0.2, linewidth=0)
    axes.set(xlabel="step", ylabel="share drawn right", ylim=(-0.03, 1.03))
    axes.legend(loc="lower right")
    return figure


def _map(axes: Axes, results: Sequence[Result], checkpoint: int, region: str):
    """Share of seeds right at every label of a square lattice; a dashed line runs around the held-out region."""
    canvas = results[0].experiment.canvas
    right = np.mean([r.judgement(checkpoint).right()[:, 2].numpy() for r in results], axis=0)
    side = len(canvas.axis())
    held_out = results[0].experiment.train_on.split(canvas).region_masks[region].reshape(side, side)
    picture = axes.imshow(right.reshape(side, side), cmap=IMAGE, vmin=0, vmax=1)
    columns, rows = held_out.any(0).nonzero(), held_out.any(1).nonzero()
    corner = (float(columns.min()) - 0.5, float(rows.min()) - 0.5)
    width, height = float(columns.max() - columns.min()) + 1, float(rows.max() - rows.min()) + 1
    axes.add_patch(Rectangle(corner, width, height, fill=False, edgecolor=INK, linewidth=2.6))
    axes.add_patch(
        Rectangle(
            corner, width, height, fill=False, edgecolor=HELD_OUT, linewidth=1.4, linestyle=(0, (3, 1.5))
        )
    )
    axes.set(xticks=[], yticks=[], xlabel="label x")
    return picture


def _along(result: Result, region: str) -> tuple[list[int], list[float]]:
    """Steps of a result's checkpoints, and the share of a region's labels that is right in both factors at each."""
    points = result.record["checkpoints"]
    return [p["step"] for p in points], [result.accuracy(checkpoint=i)[region][2] for i in range(len(points))]


def _look(name: str, value) -> dict[str, float]:
    return given.named(name, value, partial(checks.number, least=0, most=1), most=len(CURVES))


def _state(name: str, value) -> SampleState:
    checks.instance(name, value, SampleState)
    given.images("image", value.image), given.images("estimate", value.estimate, count=len(value.image))
    return value

"""Figures of chapter 4 about wrong drawings: where a lesion model goes wrong, and what its pictures are made of."""

from collections.abc import Mapping

import numpy as np
import torch
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from torch import Tensor

from bumpbook.frame import given
from bumpbook.frame.layouts import panels, stacked, two_layouts
from bumpbook.frame.style import (
    BLUE,
    CURVES,
    GREY,
    HELD_OUT,
    INK,
    PALE,
    RED,
    ROSE,
    SKY,
    TRAINED,
    new_figure,
    styled,
)
from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.experiment import Experiment
from bumpworld.instruments import arrays

from .kernel import predicted
from .lesions import inside, sides, trained_columns, width
from .outcomes import OUTCOMES, edge_weights, fit_bumps

__all__ = [
    "errors_apart",
    "ingredients",
    "lesion_outcomes",
]
# Hue, lightness and hatching each tell the outcomes apart.
LOOKS = {
    "right": {"facecolor": BLUE},
    "at the left edge": {"facecolor": PALE, "hatch": "\\\\\\"},
    "at the right edge": {"facecolor": PALE, "hatch": "///"},
    "in the gap": {"facecolor": SKY, "hatch": "..."},
    "two bumps": {"facecolor": ROSE, "hatch": "xx"},
    "nothing": {"facecolor": "white"},
    "other": {"facecolor": RED, "hatch": "+++"},
}


def _of_each_noise(experiment: Experiment, images) -> Tensor:
    size, count = experiment.canvas.size, len(inside(experiment))
    found = checks.numbers("drawn", images, "noises", count, 1, size, size, dtype=torch.float32)
    checks.need(len(found), "drawn", images, "are the drawings from one noise or more")
    return found


def _outcomes(name: str, value) -> tuple[np.ndarray, np.ndarray]:
    x, outcome = (arrays.vector(name, part) for part in given.parts(name, value, "x", "outcome"))
    checks.need(len(x) == len(outcome) > 0, name, value, "are as many x as outcomes, one or more")
    for index in outcome:
        checks.need(index in range(len(OUTCOMES)), "outcome", index, f"are 0 to {len(OUTCOMES) - 1}")
    return x, outcome.astype(int)


@two_layouts
@styled
def errors_apart(images: Tensor, labels: Tensor, canvas: Canvas, gap: tuple[float, float]) -> Figure:
    """Above, the x of each drawn bump against the x asked for; below, its error in y. The larger a dot, the brighter the bump.

    ``images`` (n, 1, size, size) are drawings of ``labels`` (n, 2). Positions are of the best bump of free brightness, so
    that a faint drawing has one too; ``gap`` gives the trained columns at both edges, which dotted lines mark.
    """
    bumps, (left, right) = fit_bumps(images, canvas), given.gap("gap", gap)
    labels = canvas.check_labels(labels)
    if len(labels) != len(images):
        raise ValueError(f"{len(images)} images for {len(labels)} labels; their numbers must agree")
    x, y = bumps.centers[:, 0].T
    hidden = ((labels[:, 0] > left) & (labels[:, 0] < right)).numpy()
    rows = labels[:, 1].unique()
    step = min(0.09, 0.7 / len(rows))  # rows stand side by side
    asked = labels[:, 0] + step * (torch.searchsorted(rows, labels[:, 1].contiguous()) - (len(rows) - 1) / 2)
    figure = new_figure(4.2)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1.6, 1))
    for axes, value in ((above, x), (below, y - labels[:, 1])):
        axes.axvspan(left + 0.5, right - 0.5, color=HELD_OUT, alpha=0.12, linewidth=0)
        for mask, color, marker in ((~hidden, TRAINED, "o"), (hidden, HELD_OUT, "s")):
            size = 3 + 20 * bumps.brightness[mask, 0]
            axes.scatter(
                asked[mask], value[mask], s=size, color=color, marker=marker, edgecolor=INK, linewidth=0.3
            )
    last = canvas.span - canvas.spacing
    above.plot([0, last], [0, last], color=GREY, linewidth=1, zorder=0)
    for axes, levels in ((above, (left, right)), (below, (-1, 1))):
        for level in levels:
            axes.axhline(level, color=INK, linewidth=0.9, linestyle=":", zorder=0)
    above.set(ylabel="x drawn", ylim=(-0.7, canvas.size - 0.3), yticks=range(0, canvas.size, 5))
    reach = 1.1 * max(2.0, float((y - labels[:, 1]).abs().max()))
    below.set(
        ylabel="error in y (px)", xlabel="x asked for", ylim=(-reach, reach), xlim=(-0.7, canvas.size - 0.3)
    )
    return figure


@two_layouts
@styled
def lesion_outcomes(found: Mapping[str, tuple[Tensor, Tensor]]) -> Figure:
    """Stacked shares of what is drawn at each column of a lesion, a panel for each name: (x of each drawing, its outcome).

    Outcomes are indices into `interpolation.OUTCOMES`. Panels are as wide as their lesions.
    """
    found = given.named("found", found, _outcomes)
    columns = {name: np.unique(np.asarray(x)) for name, (x, _) in found.items()}
    figure = new_figure(3.3)
    ratios = [len(c) + 1 for c in columns.values()]
    shown = figure.subplots(1, len(found), sharey=True, squeeze=False, width_ratios=ratios)[0]
    for axes, (name, (x, outcome)) in zip(shown, found.items(), strict=True):
        x, outcome = np.asarray(x), np.asarray(outcome)
        floor = np.zeros(len(columns[name]))
        for index, kind in enumerate(OUTCOMES):
            share = np.array([(outcome[x == at] == index).mean() for at in columns[name]])
            axes.bar(columns[name], share, 0.86, floor, edgecolor=INK, linewidth=0.6, **LOOKS[kind])
            floor = floor + share
        axes.set(title=name.replace(" of ", "\nof ") if stacked() else name, ylim=(0, 1))
        axes.set(xlabel="x" if stacked() else "x asked for", xticks=columns[name])
    shown[0].set_ylabel("share of drawings")
    seen = {OUTCOMES[i] for _, outcome in found.values() for i in np.unique(np.asarray(outcome))}
    handles = [Patch(edgecolor=INK, linewidth=0.6, label=k, **LOOKS[k]) for k in OUTCOMES if k in seen]
    figure.legend(handles=handles, loc="outside lower center", ncols=2 if stacked() else 4)
    return figure


@two_layouts
@styled
def ingredients(drawn: Mapping[Experiment, Tensor]) -> Figure:
    """How much of each edge's picture the drawings in a lesion hold, against x: a panel for each experiment.

    ``drawn`` holds pictures (noises, n, 1, size, size) as `lesions.drawings` makes them. Markers: mean weights, with the
    middle 90 % over rows and noises. Thin lines: the same weights of what a regression on the label's code draws.
    """
    drawn = given.named("drawn", drawn, lambda _, images: images, keys=Experiment)
    drawn = {e: _of_each_noise(e, images) for e, images in drawn.items()}
    shape = panels(len(drawn))
    figure = new_figure((2.2 if stacked() else 2.9) * shape[0])
    shown = figure.subplots(*shape, sharey=True, squeeze=False).flatten()
    for axes, (experiment, images) in zip(shown, drawn.items(), strict=True):
        canvas, ends = experiment.canvas, sides(experiment)
        labels = inside(experiment)
        asked = labels[:, 0].repeat(len(images))
        xs = asked.unique()
        weights, _ = edge_weights(images.flatten(0, 1), labels.repeat(len(images), 1), canvas, ends)
        untrained = predicted(canvas, labels, trained_columns(experiment), experiment.unet)
        theory, _ = edge_weights(untrained, labels, canvas, ends)
        for k, (name, curve) in enumerate(zip(("left", "right"), CURVES, strict=False)):
            there = [weights[asked == x, k].numpy() for x in xs]
            mean = np.array([w.mean() for w in there])
            low, high = np.quantile(np.stack(there), (0.05, 0.95), axis=1)
            beside = xs + 0.12 * (2 * k - 1)
            axes.plot(beside, mean, **{**curve, "linestyle": ""}, label=f"{name} edge")
            axes.vlines(beside, low, high, color=curve["color"], linewidth=1.2)
            line = [float(theory[labels[:, 0] == x, k].mean()) for x in xs]
            axes.plot(xs, line, color=curve["color"], linestyle=curve["linestyle"], linewidth=1, alpha=0.8)
        axes.set(title=f"lesion of {width(experiment):g} columns", xlabel="x asked for", xlim=ends)
        axes.set_xticks([*ends, *xs.tolist()], minor=True)
        axes.set_xticks(sorted([*ends, *xs.tolist()])[:: 1 + len(xs) // 6])
    for axes in shown[: shape[0]]:
        axes.set(ylabel="share of a full bump", ylim=(-0.1, 1.1))
    shown[-1].legend(loc="upper center")
    return figure

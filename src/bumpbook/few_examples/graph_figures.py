"""Figures of the graph whose nodes are the values of x and of y and whose edges are the training labels."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from bumpbook.frame import given
from bumpbook.frame.layouts import panels, stacked, two_layouts
from bumpbook.frame.sliders import frame_slider
from bumpbook.frame.style import (
    BLUE,
    CURVES,
    GREEN,
    GREY,
    HELD_OUT,
    INK,
    PALE,
    ROSE,
    SKY,
    key_png,
    new_figure,
    styled,
)
from bumpworld import checks
from bumpworld.instruments import arrays
from bumpworld.instruments.lattice import bipartite_components
from bumpworld.instruments.spread import percentage, spread

from .pairs import RELATIONS, Prediction, connected_share, describe

__all__ = ["linked_and_right", "pair_scores", "pair_strata", "value_graph", "value_graph_slider"]

# Components from the largest down; more than these are drawn like the last.
_LOOKS = (
    (BLUE, "-", 1.9),
    (ROSE, "--", 1.7),
    (GREEN, "-.", 1.5),
    (SKY, ":", 1.7),
    (GREY, (0, (1, 1)), 1.2),
)
# new value, apart, linked, trained on: darker and darker
_CELLS = ListedColormap(["white", PALE, "#8fa0ae", BLUE])
# distances to the nearest training label, px
BANDS = (
    (1.0, "1"),
    (2.3, "to 2.3"),
    (3.7, "to 3.7"),
    (np.inf, "more"),
)


@two_layouts
@styled
def value_graph(train, size: int, pair: tuple[int, int] | None = None) -> Figure:
    """Training labels ``train`` (n, 2), int, as cells of a map and as edges of the graph of values.

    Components differ in colour and dashes. ``pair`` marks a held-out pair and, where there is one, the shortest chain
    of training labels that joins its x to its y.
    """
    size = checks.whole("size", size, 2)
    train = _pairs("train", train, size)
    if pair is not None:
        pair = tuple(_pairs("pair", [pair], size)[0].tolist())
    figure = new_figure(5.6 if stacked() else 3.7)
    ratios = {"height_ratios": (1.6, 1)} if stacked() else {"width_ratios": (1, 1.25)}
    left, right = figure.subplots(*panels(2), **ratios)
    _relations(left, train, size, pair)
    _edges(right, train, size, pair)
    names = ("new value", "apart", "linked", "trained on")
    keys = [Patch(facecolor=_CELLS(value), edgecolor=GREY, label=name) for value, name in enumerate(names)]
    figure.legend(
        handles=keys,
        loc="outside lower left",
        ncols=2 if stacked() else 4,
        columnspacing=1.2,
        handlelength=1.2,
    )
    return figure


def _pairs(name: str, pairs, size: int) -> np.ndarray:
    """``pairs`` (n, 2), int, n > 0, each a label of the map, or a ValueError."""
    allowed = f"whole numbers of shape (n, 2), n > 0, from 0 to {size - 1}"
    found = arrays.array(name, pairs, allowed)
    whole = found.ndim == 2 and found.shape[1] == 2 and len(found) and found.dtype.kind in "iu"
    if not whole or found.min() < 0 or found.max() >= size:
        raise ValueError(f"{name} is {checks.short(pairs)}; allowed are {allowed}")
    return found


def _relations(axes: Axes, train: np.ndarray, size: int, pair) -> None:
    """Every label: trained on, linked, apart, or with a new value."""
    everything = np.stack(np.meshgrid(np.arange(size), np.arange(size)), -1).reshape(-1, 2)
    found = describe(train, everything)
    cells = found.relation.map({"new value": 0, "apart": 1, "linked": 2}).to_numpy().copy()
    cells[found.path == 1] = 3
    axes.imshow(cells.reshape(size, size), cmap=_CELLS, vmin=0, vmax=3)
    if pair is not None:
        axes.plot(*pair, marker="x", color=HELD_OUT, markersize=9, mew=2)
    axes.set(xticks=[], yticks=[], xlabel="x", ylabel="y")
    axes.spines[:].set(visible=True, color=GREY)


def _edges(axes: Axes, train: np.ndarray, size: int, pair) -> None:
    """Two rows of nodes, x above y, and an edge for each training label."""
    graph = bipartite_components(train)
    component = dict(zip(graph.x_values.tolist(), graph.x_component.tolist(), strict=True))
    for x, y in train.tolist():
        color, dashes, width = _LOOKS[min(component[x], len(_LOOKS) - 1)]
        axes.plot([x, y], [1, 0], color=color, linestyle=dashes, linewidth=width, zorder=1)
    chain = _chain(train, pair) if pair is not None else []
    for x, y in chain:
        axes.plot([x, y], [1, 0], color=HELD_OUT, linewidth=4, alpha=0.45, zorder=0)
    for height, values, name in ((1, graph.x_values, "x"), (0, graph.y_values, "y")):
        used = np.isin(np.arange(size), values)
        for kept, face in ((used, INK), (~used, "white")):
            axes.plot(
                np.flatnonzero(kept),
                np.full(kept.sum(), height),
                "o",
                color=INK,
                mfc=face,
                markersize=6,
                zorder=2,
            )
        axes.text(-1.2, height, name, ha="center", va="center")
    if pair is not None:
        for value, height in zip(pair, (1, 0), strict=True):
            axes.plot(value, height, "o", color=HELD_OUT, mfc="none", mew=1.8, markersize=11, zorder=3)
    for place, name in ((0, "0"), (size - 1, str(size - 1))):
        axes.text(place, 1.1, name, ha="center", color=GREY, fontsize=9)
        axes.text(place, -0.1, name, ha="center", va="top", color=GREY, fontsize=9)
    axes.set(xlim=(-1.8, size - 0.4), ylim=(-0.25, 1.25))
    axes.set_axis_off()


def _chain(train: np.ndarray, pair: tuple[int, int]) -> list[tuple[int, int]]:
    """Training labels on a shortest way from the pair's x to its y; empty where there is none."""
    before, front = {("x", pair[0]): None}, [("x", pair[0])]
    while front and ("y", pair[1]) not in before:
        reached = []
        for axis, value in front:
            here, there = (0, 1) if axis == "x" else (1, 0)
            for label in train[train[:, here] == value].tolist():
                node = ("y" if axis == "x" else "x", label[there])
                if node not in before:
                    before[node] = ((axis, value), tuple(label))
                    reached.append(node)
        front = reached
    chain, node = [], ("y", pair[1])
    while before.get(node):
        node, label = before[node]
        chain.append(label)
    return chain


def value_graph_slider(order, size: int, counts: Sequence[int]):
    """A slider over the graph of the first ``counts`` labels of ``order`` (n, 2): watch the components join."""
    size = checks.whole("size", size, 2)
    order, frames, titles = _pairs("order", order, size), [], []
    counts = arrays.several("counts", counts, partial(checks.whole, least=1, most=len(order) - 1))
    for count in counts:
        train = order[:count]
        figure = value_graph(train, size)
        frames.append(key_png(figure, dpi=120))
        found = describe(train, order[count:])
        largest = bipartite_components(train).sizes[0]
        titles.append(
            f"{count} labels: {largest} of them in the largest component, {percentage(found.linked.mean())} of the other pairs linked"
        )
    return frame_slider(frames, titles, "labels", [f"{count}" for count in counts])


@two_layouts
@styled
def linked_and_right(table: pd.DataFrame, size: int = 16) -> Figure:
    """Share of held-out pairs that random labels link, as a curve, and share drawn right, a dot for each model.

    ``table`` is one of `bumpbook.few_examples.pairs.pair_table`; models with labels chosen by a design are not drawn.
    """
    flags = ("sos", "random", "right")
    table = given.table("table", table, "key", numbers=["amount"], flags=flags)
    size = checks.whole("size", size, 3)
    figure = new_figure(3.4 if stacked() else 3.0)
    axes = figure.subplots()
    amounts = np.unique(np.geomspace(4, size**2 * 0.6, 14).round().astype(int))
    axes.plot(amounts, connected_share(size, amounts), color=INK, label="linked, at random")
    axes.axvline(size, color=GREY, linewidth=0.9, linestyle=":")
    axes.annotate(
        r"$\sqrt{N_x N_y}$", (size, 1.02), (3, 0), textcoords="offset points", color=GREY, va="bottom"
    )
    models = table[table.random].groupby(["key", "sos", "amount"], as_index=False)["right"].mean()
    for (sos, name), look in zip(
        ((False, "bumps, right"), (True, "sums of stripes, right")), CURVES, strict=False
    ):
        part = models[models.sos == sos]
        hollow = {"linestyle": "none", "mfc": "white", "mew": 1.3, "markersize": 5.5}
        axes.plot(part.amount * (1.03 if sos else 0.97), part.right, **{**look, **hollow}, label=name)
    axes.set(
        xscale="log", xlabel="2D labels trained on", ylabel="share of held-out pairs", ylim=(-0.04, 1.12)
    )
    ticks = [t for t in (4, 8, 16, 32, 64, 128) if t <= amounts[-1]]
    axes.set_xticks(ticks, [str(t) for t in ticks])
    axes.set_xticks([], minor=True)
    if stacked():
        figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center")
    else:
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


@two_layouts
@styled
def pair_strata(table: pd.DataFrame, amounts: Sequence[int] = (16, 32)) -> Figure:
    """Share of held-out pairs right by distance to the nearest training label, for each relation to the graph.

    A panel for each of ``amounts``: models with more labels link more pairs and draw more of them, so they are not
    mixed. A dot is the mean over models that have at least five such pairs, its bar the interval over these models.
    """
    table = given.table("table", table, "key", "relation", numbers=("amount", "distance"), flags=["right"])
    amounts = arrays.several("amounts", amounts, checks.whole)
    if not table.amount.isin(amounts).any():
        raise ValueError(f"no model has one of {tuple(amounts)} labels; needed is one or more")
    shape = panels(len(amounts))
    figure = new_figure((2.6 if stacked() else 3.1) * shape[0])
    shown = figure.subplots(*shape, sharey=True, squeeze=False).flatten()
    for axes, amount in zip(shown, amounts, strict=True):
        rows = table[table.amount == amount]
        for shift, relation, look in zip((-0.12, 0, 0.12), RELATIONS, CURVES, strict=False):
            _stratum(axes, rows[rows.relation == relation], shift, look)
        axes.set(title=f"{amount} labels", xlabel="distance to the nearest label, px", ylim=(-0.04, 1.04))
        axes.set_xticks(range(len(BANDS)), [name for _, name in BANDS])
    for axes in shown[: shape[0]]:
        axes.set_ylabel("held-out pairs right")
    keys = [Line2D([], [], **look, label=name) for name, look in zip(RELATIONS, CURVES, strict=False)]
    shown[0].legend(handles=keys, title="the pair is")
    return figure


def _stratum(axes: Axes, rows: pd.DataFrame, shift: float, look: dict) -> None:
    """Means over models and intervals for pairs of one relation, band by band of distance."""
    band, points = np.digitize(rows.distance, [limit + 1e-9 for limit, _ in BANDS[:-1]]), []
    for number in range(len(BANDS)):
        part = rows[band == number].groupby("key")["right"].agg(["mean", "size"])
        mean, low, high, models = spread(part["mean"][part["size"] >= 5], share=True)
        if models:
            points.append((number + shift, mean))
            axes.plot([number + shift] * 2, (low, high), color=look["color"], linewidth=1.4)
    if points:
        axes.plot(*zip(*points, strict=True), **look)


@two_layouts
@styled
def pair_scores(predictions: dict[str, Prediction]) -> Figure:
    """Held-out log-loss and area under the curve of each set of predictors, with intervals over models."""
    predictions = given.named("predictions", predictions, partial(checks.instance, kind=Prediction))
    shape = panels(2)
    figure = new_figure((0.9 + 0.36 * len(predictions)) * shape[0])
    left, right = figure.subplots(*shape, sharey=True)
    for place, prediction in enumerate(predictions.values()):
        for axes, (mean, low, high, _) in ((left, prediction.loss), (right, prediction.auc)):
            axes.plot((low, high), [place] * 2, color=BLUE, linewidth=2)
            axes.plot(mean, place, "D", color=BLUE, markersize=6)
    right.axvline(0.5, color=GREY, linewidth=0.9, linestyle=":")
    left.set_yticks(range(len(predictions)), list(predictions))
    left.invert_yaxis()
    left.set(xlabel="log-loss, less is better")
    right.set(xlabel="area under the curve, chance is .5")
    return figure

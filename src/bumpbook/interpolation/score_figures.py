"""Figures of chapter 4 that count: accuracy against the width of a lesion, against the label code, under other settings."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bumpbook.frame import given
from bumpbook.frame.layouts import panels, two_layouts
from bumpbook.frame.style import CURVES, GREY, HELD_OUT, INK, PALE, TRAINED, new_figure, styled
from bumpbook.frame.tables import learned
from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.instruments.spread import spread
from bumpworld.unet import UNetConfig

from .kernel import code_similarity, nearness
from .lesions import FINE
from .outcomes import blend_score
from .turn_figures import name_test

__all__ = ["code_reach", "lesion_choices", "lesion_widths"]


@two_layouts
@styled
def lesion_widths(table: pd.DataFrame, canvas: Canvas) -> Figure:
    """Share of a lesion drawn right against its gap, at two tolerances: all seeds as dots, means with intervals, by spacing.

    ``table`` comes from `lesions.by_gap`; models that never learned are left out. The dotted line is what a straight blend of
    the two edges' pictures would score in ``canvas``.
    """
    numbers = ("gap", "right", "fine", "spacing")
    table = learned(given.table("table", table, numbers=numbers, flags=["learned"]))
    checks.instance("canvas", canvas, Canvas)
    if not len(table):
        raise ValueError("no finished model in the table; at least one is needed")
    shape = panels(2)
    figure = new_figure(2.7 * shape[0])
    shown = figure.subplots(*shape, sharey=True)
    for axes, column, tolerance in zip(shown, ("right", "fine"), (1.0, FINE), strict=True):
        gaps = np.arange(2, int(table.gap.max()) + 1)
        axes.plot(
            gaps,
            [blend_score(canvas, int(g), tolerance) for g in gaps],
            color=GREY,
            linestyle=":",
            marker="x",
            label="cross-fade of both edges",
        )
        for (spacing, part), curve in zip(table.groupby("spacing", sort=False), CURVES, strict=False):
            _with_spread(axes, part, column, {**curve, "label": f"models, spacing {spacing:g} px"})
        axes.set(xlabel="gap R − L (px)", title=f"within {tolerance:g} px", ylim=(-0.04, 1.04))
    for axes in shown[: shape[0]]:
        axes.set_ylabel("share of the lesion right")
    shown[1].legend(loc="upper right")
    return figure


def _with_spread(axes: Axes, part: pd.DataFrame, column: str, curve: dict) -> None:
    """Seeds as small dots, means joined by a line, each with the interval over its seeds."""
    found = part.groupby("gap")[column].apply(lambda v: spread(v, share=True)[:3])
    mean, low, high = np.array(found.tolist()).T
    gaps = found.index.to_numpy()
    axes.plot(gaps, mean, **curve)
    axes.errorbar(gaps, mean, [mean - low, high - mean], fmt="none", ecolor=curve["color"], capsize=3)
    shift = 0.09 * (part.groupby("gap").cumcount() - 2)
    axes.scatter(part.gap + shift, part[column], s=7, color=INK, alpha=0.55, linewidth=0, zorder=3)


@two_layouts
@styled
def code_reach(canvas: Canvas, codes: Mapping[str, UNetConfig]) -> Figure:
    """Left, how alike the codes of two labels are at each distance; right, how near a regression on them comes to the truth.

    ``codes`` holds networks' settings by name; only their label features and frequencies count. Nearness is the mean cosine of
    predicted and true pictures in a gap in the middle of the frame; the dotted line is that of a straight blend of both edges.
    """
    codes = given.named("codes", codes, partial(checks.instance, kind=UNetConfig), most=len(CURVES))
    size = checks.instance("canvas", canvas, Canvas).size
    checks.need(size > 5, "size of the canvas", size, "are sizes from 6, in which a gap has two edges")
    shape = panels(2)
    figure = new_figure(2.7 * shape[0])
    alike, reach = figure.subplots(*shape)
    distance = np.linspace(0, canvas.size - 1, 200)
    gaps = np.arange(2, canvas.size - 3)
    for (name, unet), curve in zip(codes.items(), CURVES, strict=False):
        alike.plot(distance, code_similarity(distance, [0.0], unet)[:, 0], **curve, markevery=25)
        reach.plot(gaps, [nearness(canvas, int(gap), unet) for gap in gaps], **curve, label=name)
    reach.plot(gaps, [nearness(canvas, int(gap)) for gap in gaps], color=INK, linestyle=":", label="blend")
    alike.axhline(0, color=PALE, linewidth=1, zorder=0)
    alike.set(xlabel="distance of two labels (px)", ylabel="cosine of their codes")
    reach.set(xlabel="gap R − L (px)", ylabel="cosine to the true picture", ylim=(-0.04, 1.04))
    reach.legend(title="label code", loc="lower left")
    return figure


@two_layouts
@styled
def lesion_choices(table: pd.DataFrame) -> Figure:
    """Share of held-out labels right under each setting: a row a setting, a panel a test, a dot a seed, the mean as a bar.

    ``table`` comes from `choices.by_setting`. A setting without a finished model says so; models that never learned are
    left out and counted.
    """
    columns = {"numbers": ["right"], "flags": ("finished", "learned")}
    table = given.table("table", table, "test", "setting", **columns)
    tests, names = list(dict.fromkeys(table.test)), list(dict.fromkeys(table.setting))
    figure = new_figure(0.34 * len(names) + 0.9)
    shown = figure.subplots(1, len(tests), sharey=True, sharex=True, squeeze=False)[0]
    for axes, (test, color) in zip(
        shown, zip(tests, (HELD_OUT, HELD_OUT, TRAINED), strict=False), strict=True
    ):
        for row, name in enumerate(names):
            part = table[(table.test == test) & (table.setting == name)]
            done = part[part.finished]
            values = learned(done).right.astype(float).to_numpy()
            if len(values):
                mean, low, high, _ = spread(values, share=True)
                axes.plot(
                    [low, high], [row, row], color=color, linewidth=4, alpha=0.35, solid_capstyle="butt"
                )
                axes.plot(mean, row, marker="|", color=INK, markersize=11, markeredgewidth=2)
                shift = 0.12 * (np.arange(len(values)) - (len(values) - 1) / 2)
                axes.scatter(values, row + shift, s=9, color=INK, alpha=0.7, linewidth=0, zorder=3)
            else:
                words = "not learned" if len(done) else "not measured yet"
                axes.text(0.5, row, words, ha="center", va="center", color=GREY, fontsize=8)
        axes.axhline(0.5, color=GREY, linewidth=0.8)
        axes.set(xlim=(-0.05, 1.05))
        axes.tick_params(left=False)
        name_test(axes, test)
    shown[0].set_yticks(range(len(names)), labels=names)
    shown[0].set_ylim(len(names) - 0.5, -0.5)
    return figure

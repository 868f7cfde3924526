"""Figure of chapter 6: ways of choosing the same number of examples."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bumpbook.frame.designs import chosen
from bumpbook.frame.layouts import stacked, two_layouts
from bumpbook.frame.style import GREY, TRAINED, new_figure, styled
from bumpbook.frame.sweeps import sweep

from . import efficiency
from .figures import show_map

__all__ = ["designs"]


@two_layouts
@styled
def designs(table: pd.DataFrame, many: pd.DataFrame | None = None) -> Figure:
    """Share of held-out labels right within 0.45 px for each way of choosing the same number of labels; above, a choice of each.

    A dot is a model, the diamond the mean with its interval. ``many`` is a table of larger random choices in the same
    world: dashed lines show the means that they reach.
    """
    groups = efficiency.by_design(efficiency.checked(table, "how"))
    means = efficiency.means(groups)
    order = list(means)
    if many is not None:
        efficiency.checked(many)
    if not order:
        raise ValueError("the table has no learned model of any design; needed is one or more")
    figure = new_figure(4.4)
    above, below = figure.subfigures(2, 1, height_ratios=(1, 2))
    canvas, count = sweep("which").experiments[0].canvas, int(table.train_2d.iloc[0])
    for axes, how in zip(above.subplots(1, len(order), squeeze=False)[0], order, strict=True):
        show_map(axes, canvas, chosen(count, how, seed=0))
        axes.set_title(how)
    axes = below.subplots()
    for place, how in enumerate(order):
        values, (mean, low, high, _) = groups[how], means[how]
        aside = np.linspace(-0.14, 0.14, len(values)) if len(values) > 1 else [0]
        axes.plot(place + np.array(aside), values, "o", color=GREY, mfc="white", mew=1.2)
        axes.plot([place + 0.28] * 2, (low, high), color=TRAINED, linewidth=2)
        axes.plot(place + 0.28, mean, "D", color=TRAINED, markersize=6)
    if many is not None:
        _reference(axes, many[many.train_2d > count])
    axes.set(xlim=(-0.5, len(order) - 0.5), ylim=(-0.04, 1.04), ylabel="right within 0.45 px")
    axes.set_xticks(range(len(order)), order)
    return figure


def _reference(axes: Axes, table: pd.DataFrame) -> None:
    """Means of random choices of several sizes, as dashed lines that are named where there is room."""
    named = -1.0
    for amount, part in efficiency.unseen(table).groupby("train_2d"):
        mean = part.share.mean()
        axes.axhline(mean, color=GREY, linewidth=1, linestyle="--", zorder=0)
        if mean > named + 0.06:
            place = {"transform": axes.get_yaxis_transform(), "color": GREY, "fontsize": 9}
            # beside its line, or on a phone below it
            place |= {"ha": "right", "va": "top"} if stacked() else {"va": "center"}
            axes.text(*((1, mean - 0.015) if stacked() else (1.01, mean)), f"{amount} at random", **place)
            named = mean

"""Figure of chapter 8: a network that is not told the brightness takes it from the image, and the place from the label."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from bumpbook.frame import given
from bumpbook.frame.layouts import panels, stacked, two_layouts
from bumpbook.frame.style import CURVES, GREY, INK, PALE, new_figure, styled
from bumpworld import checks

from .hidden import TIMES, WORLDS
from .hidden_world import BRIGHTEST

__all__ = ["hidden_brightness"]
BINS = 12


@two_layouts
@styled
def hidden_brightness(table: pd.DataFrame) -> Figure:
    """Left, which part of an estimate follows what, over t; right, the brightness of drawings beside the world's own.

    ``table`` is that of the study *hidden*; networks of the hidden world without a hole are shown. Lines and bars are means
    over seeds, dots are single seeds. Raises ValueError where there is none.
    """
    lists = ("seen", "seen_ideal", "label", "image")
    table = given.table("table", table, "world", "held_out", "drawn", *lists)
    rows = table[(table.world == "hidden") & (table.held_out == "nothing")]
    if rows.empty:
        raise ValueError("no network of the hidden world is in the table; needed is at least one")
    kept = {name: _curves(name, rows[name], len(TIMES)) for name in lists}
    drawn = [checks.numbers("drawn", values, "n").numpy() for values in rows["drawn"]]
    figure = new_figure(5.6 if stacked() else 3.4)
    left, right = figure.subplots(*panels(2))
    lines = (
        ("seen", "the image's brightness (correlation)"),
        ("seen_ideal", "the same of the ideal denoiser"),
        ("label", "the place told, another shown (share)"),
        ("image", "the place shown, another told (share)"),
    )
    for (column, name), style in zip(lines, CURVES, strict=False):
        values = kept[column]
        left.plot(TIMES, values.mean(0), label=name, **style)
        for seed in values:
            left.plot(TIMES, seed, linestyle="", marker=".", markersize=3, color=style["color"])
    left.set(xlabel="noise level t", ylabel="correlation or share", ylim=(-0.05, 1.05))
    left.set(title=f"what an estimate follows ({len(rows)} seeds)")
    _histogram(right, drawn)
    if stacked():  # of the upper panel alone
        figure.legend(*left.get_legend_handles_labels(), loc="outside upper center")
    else:
        figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


def _curves(name: str, column: pd.Series, count: int) -> np.ndarray:
    return checks.numbers(name, column.tolist(), "seeds", count, hint=", one for each t").numpy()


def _histogram(axes, drawn: list[np.ndarray]) -> None:
    low = WORLDS["hidden"].dimmest
    edges = np.linspace(low, BRIGHTEST, BINS + 1)
    middles = (edges[1:] + edges[:-1]) / 2
    # what lies beyond the ends belongs to the outermost bars
    counts = [np.histogram(np.clip(d, low, BRIGHTEST), edges)[0] / len(d) for d in drawn]
    axes.bar(middles, np.mean(counts, axis=0), width=np.diff(edges), color=PALE, edgecolor=GREY)
    for seed in counts:
        axes.plot(middles, seed, linestyle="", marker="o", markersize=3, color=CURVES[0]["color"])
    axes.axhline(1 / BINS, color=INK, linestyle="--", linewidth=1.2)
    top = 1.25 * max(1 / BINS, *map(max, counts))
    axes.annotate("dashed: as in the world", (low, 0.93 * top), fontsize=9)
    axes.set(
        xlabel="brightness drawn",
        ylabel="share of drawings",
        title="what nobody told: brightness",
        ylim=(0, top),
    )

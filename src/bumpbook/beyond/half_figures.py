"""Figure of chapter 8: two models that share no training label, and how often they draw the same image."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from bumpbook.frame import given
from bumpbook.frame.layouts import panels, stacked, two_layouts
from bumpbook.frame.studies import from_text
from bumpbook.frame.style import CURVES, GREY, asked_for, new_figure, show_image, styled
from bumpworld.canvas import Canvas

__all__ = ["two_models"]

_LINES = {
    "sets_neither_same": "no common label: same bump",
    "sets_neither_both_right": "no common label: both right",
    "starts_neither_same": "same labels, two starts: same bump",
    "copied_first": "drawing is one of its own\ntraining images",
}


@two_layouts
@styled
def two_models(table: pd.DataFrame) -> Figure:
    """Shares on labels that neither model saw against labels trained on, a dot each seed; beside it drawings of both.

    ``table`` is that of the study "halves". Left, lines join means over seeds. Right, a column for each number of labels:
    two labels that neither saw, drawn by the first model (above) and the second (below) from the same noise; a dashed ring
    shows where the bump should be. Raises ValueError for a table without rows.
    """
    table = given.table("table", table, numbers=("labels", "seed", *_LINES))
    figure = new_figure(6.9 if stacked() else 3.7)
    ratios = {"height_ratios": (1, 0.95)} if stacked() else {"width_ratios": (1, 1.12)}
    left, right = figure.subfigures(*panels(2), **ratios)
    _curves(left.subplots(), table)
    drawn = table[table.get("gallery", pd.Series(index=table.index, dtype=object)).notna()]
    _drawings(right, drawn.sort_values("labels"))
    return figure


def _curves(axes: Axes, table: pd.DataFrame) -> None:
    for (column, name), curve in zip(_LINES.items(), CURVES, strict=False):
        axes.plot(
            table.labels, table[column], curve["marker"], color=curve["color"], alpha=0.45, markersize=4
        )
        means = table.groupby("labels")[column].mean()
        axes.plot(means.index, means, **curve, label=name, markersize=0)
    counts = sorted(table.labels.unique())
    axes.set_xscale("log", base=2)
    axes.set_xticks(counts, labels=[str(n) for n in counts])
    axes.minorticks_off()
    axes.set(
        xlabel="labels each model was trained on",
        ylabel="share of labels that neither saw",
        ylim=(-0.03, 1.03),
    )
    handles = [axes.plot([], [], **curve)[0] for curve, _ in zip(CURVES, _LINES, strict=False)]
    axes.figure.legend(handles, list(_LINES.values()), loc="outside lower center", fontsize=8.5)


def _drawings(figure: SubFigure, rows: pd.DataFrame) -> None:
    """Four rows of drawings: two labels, each by both models."""
    if rows.empty:
        return
    heights = (1, 1, 0.25, 1, 1)  # the two labels stand apart
    table = figure.subplots(5, len(rows), squeeze=False, height_ratios=heights)
    for axes in table[2]:
        axes.set_axis_off()
    for column, row in zip(table.T, rows.to_dict("records"), strict=True):
        column[0].set_title(f"{row['labels']}", fontsize=9)
        for pair, kept in zip((column[:2], column[3:]), row["gallery"], strict=False):
            for axes, name in zip(pair, ("first", "second"), strict=True):
                image = from_text(kept[name])
                show_image(axes, image)
                asked_for(axes, kept["label"], Canvas(len(image)))
    for line, name in zip((0, 1, 3, 4), ("first", "second") * 2, strict=True):
        table[line, 0].set_ylabel(name, fontsize=9, color=GREY, rotation=0, ha="right", va="center")
    figure.suptitle("labels each model was trained on", fontsize=9)

"""Figure of chapter 6: what a design covers, and what it scored."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bumpbook.frame.style import GREY, INK, TRAINED, new_figure, styled

from .contest import scored

__all__ = ["contest_designs"]
ALL_SHOWN = 0.999


@styled
def contest_designs(table: pd.DataFrame) -> Figure:
    """A panel for each number of labels, a mark for each design: its mean share right within .45 px over the mean distance
    of a held-out label to the nearest example.

    Filled where both values of every held-out label were shown; a thin bar is the range over models. Raises ValueError
    for a table without a learned model.
    """
    rows = scored(table)
    if rows.empty:
        raise ValueError("the table has no learned model of the contest; nothing can be drawn")
    counts = sorted(rows.train_2d.unique())
    figure = new_figure(3.4)
    panels = figure.subplots(1, len(counts), sharey=True, squeeze=False)[0]
    for axes, count in zip(panels, counts, strict=True):
        for how, part in rows[rows.train_2d == count].groupby("how"):
            x, y = part.distance.mean(), part.share.mean()
            filled = part["values"].mean() > ALL_SHOWN
            axes.plot([x, x], (part.share.min(), part.share.max()), color=GREY, linewidth=1)
            axes.plot(x, y, "o", color=TRAINED, mfc=TRAINED if filled else "white", mew=1.6, markersize=8)
            axes.annotate(how, (x, y), (5, 5), textcoords="offset points", fontsize=8, color=INK)
        axes.set(title=f"{count} labels", xlabel="mean distance in px", ylim=(-0.04, 1.04))
        axes.margins(x=0.25)
    panels[0].set_ylabel("right within .45 px")
    style = {"color": TRAINED, "linestyle": "none", "marker": "o", "markersize": 8, "mew": 1.6}
    keys = [
        Line2D([], [], label="all values shown", **style),
        Line2D([], [], mfc="white", label="some values missing", **style),
    ]
    figure.legend(handles=keys, loc="outside lower center", ncols=2)
    return figure

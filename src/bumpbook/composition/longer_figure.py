"""Figure of chapter 5: what patience brings, beside what the data settle."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from bumpbook.frame import given
from bumpbook.frame.layouts import stacked, two_layouts
from bumpbook.frame.longer import span
from bumpbook.frame.style import BLUE, GREEN, GREY, new_figure, styled
from bumpbook.frame.tables import FINE
from bumpworld import checks

__all__ = ["patience"]

NAMES = {
    "middle": "bumps, middle square of ten",
    "corner": "bumps, corner of eight",
    "sums": "SOS, middle square of eight",
    "sparse": "bumps, all but 32 random labels",
    "band": "bumps, band of four columns",
}
LOOKS = {False: {"color": GREY, "marker": "o"}, True: {"color": BLUE, "marker": "D"}}
# up or down from a row, in rows
ASIDE = {False: -0.2, True: 0.2}


@two_layouts
@styled
def patience(table: pd.DataFrame) -> Figure:
    """Share of what was held out that is right within 0.45 px: a row for each set of it, networks trained as usual and for longer.

    ``table`` comes from `longer_findings.with_completion`. Raises ValueError for a set that is not known.
    """
    numbers = ("seed", "right", "steps", "completed")
    table = given.table("table", table, "cell", numbers=numbers, flags=["longer"])
    cells = [cell for cell in NAMES if cell in set(table.cell)]
    unknown = sorted(set(table.cell) - set(NAMES))
    checks.need(not unknown, "cell", unknown, f"are {', '.join(NAMES)}")
    figure = new_figure((0.62 if stacked() else 0.5) * len(cells) + 1.0)
    axes = figure.subplots()
    for row, cell in enumerate(cells):
        here = table[table.cell == cell]
        for _, alike in here.groupby("seed"):
            axes.plot(alike.right, row + alike.longer.map(ASIDE), color=GREY, linewidth=0.8, alpha=0.6)
        for longer, shares in here.groupby("longer").right:
            look, at, steps = LOOKS[longer], row + ASIDE[longer], span(table[table.longer == longer].steps)
            label = f"{steps} steps" if longer else f"until learned, {steps} steps"
            axes.plot(shares, np.full(len(shares), at), "o", color=look["color"], markersize=3.5, alpha=0.6)
            axes.plot(
                shares.mean(),
                at,
                **look,
                linestyle="none",
                markersize=7,
                markeredgecolor="white",
                label=None if row else label,
            )
        look = {"color": GREEN, "markerfacecolor": "none", "markersize": 9, "linestyle": "none"}
        axes.plot(here.completed.mean(), row, marker="s", label=None if row else "completion", **look)
    names = [NAMES[cell].replace(", ", ",\n" if stacked() else ", ") for cell in cells]
    axes.set_yticks(range(len(cells)), labels=names)
    axes.set(xlabel=f"right within {FINE:g} px", ylim=(len(cells) - 0.5, -0.5), xlim=(-0.04, 1.04))
    axes.tick_params(left=False)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=1 if stacked() else 3)
    return figure

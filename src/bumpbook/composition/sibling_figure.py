"""Figure of chapter 5: what siblings draw of one wide hole, a row for each family."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from bumpbook.frame import given
from bumpbook.frame.layouts import cells, panels, stacked, two_layouts
from bumpbook.frame.style import BLUE, GREY, new_figure, styled
from bumpbook.frame.tables import FINE

from .sibling_findings import NAMES, shares

__all__ = ["siblings"]


@two_layouts
@styled
def siblings(table: pd.DataFrame) -> Figure:
    """Share of the middle square that each network draws within 0.45 px: a panel for what siblings share, a row for each family.

    ``table`` is that of the study *siblings*. Rows are ordered by their mean. Raises ValueError where a case has no network.
    """
    table = given.table("table", table, "shared", "right", numbers=("part", "seed"))
    rights = {name: shares(table, *case) for case, name in NAMES.items()}
    missing = [name for name, right in rights.items() if not right.size]
    if missing:
        raise ValueError(f"no network in the table has {missing[0]}; needed is at least one family")
    rows, columns = panels(len(rights), columns=2)
    figure = new_figure((1.9 if stacked() else 2.5) * rows)
    for axes, (name, right) in zip(cells(figure, len(rights), rows, columns), rights.items(), strict=True):
        right = right[right.mean(1).argsort()]
        at = np.arange(len(right))
        axes.hlines(at, right.min(1), right.max(1), color=GREY, linewidth=1)
        axes.plot(right, at, "o", color=BLUE, markersize=4, alpha=0.7)
        axes.set(title=name, xlim=(-0.05, 1.05), xticks=(0, 0.5, 1), yticks=[])
        axes.spines["left"].set_visible(False)
    figure.supxlabel(f"of the square right within {FINE:g} px", fontsize="medium")
    return figure

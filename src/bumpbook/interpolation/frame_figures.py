"""Figure of chapter 4: how much of a band of eight is drawn, by what is trained beside it."""

import pandas as pd
from matplotlib.figure import Figure

from bumpbook.frame import given
from bumpbook.frame.code_sweeps import STEPS
from bumpbook.frame.layouts import stacked, two_layouts
from bumpbook.frame.style import new_figure, styled
from bumpbook.frame.tables import FINE, learned
from bumpworld import checks

from .turn_figures import networks

__all__ = ["band_by_frame"]

# by the rule of training, what is trained beside the band
BESIDE = {"lesion": "", "thinned": ", picked from all columns", "strips": ", the eight nearest columns"}


@two_layouts
@styled
def band_by_frame(table: pd.DataFrame) -> Figure:
    """Share of the band of eight right within 0.45 px: a row for every frame and what is trained in it, a dot a network.

    ``table`` comes from `turning.by_frame`; shown are the networks told turned axes. Raises ValueError where none of these
    learned.
    """
    numbers = ("size", "labels", "width", "right")
    table = given.table("table", table, "told", "rule", numbers=numbers, flags=["learned", "longer"])
    table = learned(table[(table.told == "turned-45") & (table.width == 8)])
    checks.need(len(table), "table", "without networks told turned axes", "holds one or more that learned")
    unknown = sorted(set(table.rule) - set(BESIDE))
    checks.need(not unknown, "rule", unknown, f"are {', '.join(BESIDE)}")
    order = table.rule.map(list(BESIDE).index)
    groups = list(table.assign(order=order).groupby(["order", "size", "rule", "labels", "longer"]))
    figure = new_figure((0.48 if stacked() else 0.3) * len(groups) + 0.8)
    axes = figure.subplots()
    for row, (_, part) in enumerate(groups):
        networks(axes, row, part.right.to_numpy(float))
    names = [
        f"{size:g} px: {labels:g} labels{BESIDE[rule]}" + f", {STEPS} steps" * bool(longer)
        for (_, size, rule, labels, longer), _ in groups
    ]
    # on a phone a name stands on several lines
    axes.set_yticks(range(len(names)), labels=[n.replace(", ", ",\n") if stacked() else n for n in names])
    axes.set(xlabel=f"share right within {FINE:g} px", ylim=(len(names) - 0.5, -0.5), xlim=(-0.02, None))
    axes.tick_params(left=False)
    return figure

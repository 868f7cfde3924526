"""Figure of chapter 8: how far a network is from three ideal denoisers at each noise level."""

import pandas as pd
from matplotlib.figure import Figure

from bumpbook.frame import given
from bumpbook.frame.layouts import panels, stacked, two_layouts
from bumpbook.frame.style import CURVES, GREY, new_figure, styled

from .ideal_gap import IDEALS

__all__ = ["ideal_gaps"]
NAMES = ("the label's own image", "the training set's memory", "the whole lattice's memory")
PANELS = (
    ("pairs", "trained", "trained labels"),
    ("pairs", "held out", "held-out pairs"),
    ("values", "held out", "held-out values"),
)


@two_layouts
@styled
def ideal_gaps(curves: pd.DataFrame) -> Figure:
    """Distance of networks from three ideal denoisers over t: a panel for trained labels, held-out pairs and values.

    ``curves`` is what `beyond.ideal_gap.curves` gives. Thick lines are means over seeds, dots are single seeds.
    """
    curves = given.table("curves", curves, "held_out", "labels", numbers=("seed", "t", *IDEALS))
    shape = panels(len(PANELS))
    figure = new_figure(2.1 * shape[0] + 0.7 if stacked() else 3.3)
    drawn = figure.subplots(*shape, sharey=True, sharex=True)
    for axes, (held_out, labels, title) in zip(drawn, PANELS, strict=True):
        rows = curves[(curves.held_out == held_out) & (curves.labels == labels)]
        seeds = rows.seed.nunique()
        mean = rows.groupby("t")[list(IDEALS)].mean()
        for ideal, name, style in zip(IDEALS, NAMES, CURVES, strict=False):
            look = {**style, "marker": ""}
            axes.plot(mean.index, mean[ideal], **look, label=f"to {name}")
            axes.plot(
                rows.t,
                rows[ideal],
                linestyle="",
                marker=style["marker"],
                color=style["color"],
                markersize=2.8,
            )
        axes.set(
            title=f"{title} ({seeds} seed{'s' * (seeds > 1)})",
            xlim=(-20, 1019),
            ylim=(-0.03, 1.2),
        )
        axes.axhline(0, color=GREY, linewidth=0.8, zorder=0)
    for axes in drawn[-1:] if stacked() else drawn:
        axes.set_xlabel("noise level t")
    for axes in drawn if stacked() else drawn[:1]:
        axes.set_ylabel("squared distance /\nbump's energy")
    figure.legend(
        *drawn[0].get_legend_handles_labels(), loc="outside lower center", ncols=1 if stacked() else 3
    )
    return figure

"""Figure of chapter 2: told one label and shown another's image, whom do finished drawings follow?"""

import pandas as pd
from matplotlib.figure import Figure

from bumpbook.frame import given
from bumpbook.frame.layouts import panels, stacked, two_layouts
from bumpbook.frame.style import CURVES, GREY, new_figure, styled
from bumpworld import checks

from .follow_study import IDEAL, TIMES

__all__ = ["followed"]

NAMES = {"x0": "the image", "v": "v", "eps": "the noise"}
TICKS = (5, 20, 100, 500)
PLACES = {"drawn_shown": "at the place that it is shown", "drawn_told": "at the place that it is told"}


@two_layouts
@styled
def followed(table: pd.DataFrame) -> Figure:
    """Shares of finished drawings at the place shown and at the place told, over the time from which they are finished.

    ``table`` is that of the study *follow*: a line for each target, the mean of its networks, which are dots; grey is the ideal
    denoiser without a label.
    """
    table = given.table("table", table, "target", *PLACES)
    looks = dict(zip(NAMES, CURVES, strict=False))
    looks[IDEAL] = {"color": GREY, "linestyle": ":", "marker": ""}
    figure = new_figure(5.6 if stacked() else 3.2)
    for axes, (column, title) in zip(figure.subplots(*panels(2), sharey=True), PLACES.items(), strict=True):
        for target, look in looks.items():
            values = checks.numbers(
                column, table[table.target == target][column].tolist(), "seeds", len(TIMES)
            )
            name = NAMES.get(target, "ideal, without a label")
            axes.plot(TIMES, values.mean(0), label=name, **{**look, "marker": ""})
            if target != IDEAL:
                for network in values:
                    axes.plot(TIMES, network, linestyle="", marker=".", markersize=4, color=look["color"])
        axes.set(xlabel="noise level t, from which it is finished", ylim=(-0.04, 1.04), title=title)
        axes.set_xscale("log")
        axes.set_xticks(TICKS, [str(t) for t in TICKS])
        axes.set_xticks([], minor=True)
        axes.label_outer()
    figure.axes[0].set_ylabel("share of drawings")
    figure.legend(
        *figure.axes[0].get_legend_handles_labels(),
        loc="outside upper center" if stacked() else "outside lower center",
        ncols=2 if stacked() else 4,
        title="trained to predict",
    )
    return figure

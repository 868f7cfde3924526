"""Figure of chapter 4: how much of a band of eight is drawn, by the labels that are trained beside it."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bumpbook.frame import given
from bumpbook.frame.style import CURVES, INK, new_figure, styled
from bumpbook.frame.tables import FINE, learned
from bumpworld import checks
from bumpworld.instruments.spread import spread

__all__ = ["band_by_labels"]

# by the rule of training: the name, and the factor by which its marks stand beside others of as many labels
KINDS = {
    "lesion": ("all labels beside the band", 1.0),
    "thinned": ("32 px: a third of these, at random", 0.96),
    "strips": ("32 px: a third of these, the nearest columns", 1.04),
}


@styled
def band_by_labels(table: pd.DataFrame) -> Figure:
    """Share of the band right against the number of labels trained, a dot a network, means with their interval or range.

    ``table`` comes from `turning.by_frame`; shown are the networks told turned axes that trained until they had learned.
    Raises ValueError where none of these did.
    """
    numbers = ("size", "labels", "width", "right")
    table = given.table("table", table, "told", "rule", numbers=numbers, flags=["learned", "longer"])
    table = learned(table[(table.told == "turned-45") & (table.width == 8) & ~table.longer.astype(bool)])
    checks.need(len(table), "table", "without networks told turned axes", "holds one or more that learned")
    figure = new_figure(3.1)
    axes = figure.subplots()
    for (rule, (name, beside)), curve in zip(KINDS.items(), CURVES, strict=False):
        part = table[table.rule == rule]
        _kind(axes, part.assign(labels=part.labels * beside), name, curve)
    counts = sorted(table.labels.unique())
    axes.set_xscale("log", base=2)
    axes.set_xticks(counts, labels=[f"{n:g}" for n in counts])
    axes.minorticks_off()
    axes.set(
        xlabel="labels trained beside the band",
        ylabel=f"right within {FINE:g} px",
        xlim=(counts[0] * 0.88, counts[-1] * 1.25),
    )
    axes.legend(loc="upper left", fontsize=8.5)
    axes.set_ylim(bottom=-0.02)
    return figure


def _kind(axes: Axes, table: pd.DataFrame, name: str, curve: dict) -> None:
    """One way to choose what is trained: its means, joined in order of the labels, and its networks."""
    axes.scatter(table.labels, table.right, s=9, color=INK, alpha=0.45, linewidth=0, zorder=3)
    found = [(*at, spread(part.right, share=True)) for at, part in table.groupby(["labels", "size"])]
    labels, means = [n for n, _, _ in found], [s.mean for *_, s in found]
    reach = [[s.mean - s.low for *_, s in found], [s.high - s.mean for *_, s in found]]
    axes.plot(labels, means, **curve, label=name)
    axes.errorbar(labels, means, reach, fmt="none", ecolor=curve["color"], capsize=3)
    if len(found) > 1:
        for n, size, s in found:
            axes.annotate(f"{size:g} px", (n, s.mean), (6, 6), textcoords="offset points", fontsize=8.5)

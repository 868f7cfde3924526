"""Figure of chapter 6: what a design covers, and what it scored."""

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bumpbook.frame import given
from bumpbook.frame.findings import percent
from bumpbook.frame.style import GREEN, GREY, INK, PALE, TRAINED, new_figure, styled
from bumpbook.frame.sweeps import sweep
from bumpworld import checks
from bumpworld.files import ResultError
from bumpworld.store import Store

from .contest import scored
from .efficiency import checked

__all__ = ["contest_designs", "contest_maps"]
ALL_SHOWN = 0.999
SHOWN = ("skewed", "random", "latin", "grid", "diagonals")


@styled
def contest_designs(table: pd.DataFrame) -> Figure:
    """A panel for each number of labels, a mark for each design: its mean share right within .45 px over the mean distance
    of a held-out label to the nearest example.

    Filled where both values of every held-out label were shown; a thin bar is the range over models. Raises ValueError
    for a table without a learned model.
    """
    rows = scored(checked(table, "how"))
    if rows.empty:
        raise ValueError("the table has no learned model of the contest; needed is one or more")
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


@styled
def contest_maps(designs: tuple[str, ...] = SHOWN, count: int = 32, store: Store | None = None) -> Figure:
    """The labels of some designs, and which of the others a network draws right within .45 px; above, the mean of all networks.

    The network is that of the design's first seed. Raises ResultError where a design has no network, ValueError for none.
    """
    tried = {e: dict(e.train_on.settings) for e in sweep("contest").experiments}
    known = list(dict.fromkeys(settings.get("how") for settings in tried.values()))
    designs = checks.several("designs", designs, partial(checks.choice, allowed=known))
    counts = sorted({settings["count"] for settings in tried.values()})
    checks.need(checks.whole("count", count) in counts, "count", count, f"are {counts}")
    store, figure = given.store(store), new_figure(2.3)
    panels = figure.subplots(1, len(designs), squeeze=False)[0]
    for axes, how in zip(panels, designs, strict=True):
        runs = [
            e for e, settings in tried.items() if (settings.get("how"), settings["count"]) == (how, count)
        ]
        runs = [store.load(e) for e in runs if store.has(e)]
        if not runs:
            raise ResultError(
                f"no network of {how} with {count} labels is there; run `{store.command('bumpworld run contest')}`"
            )
        shares = [float(run.accuracy(0.45)["unseen"][2]) for run in runs]
        first = min(runs, key=lambda run: run.experiment.seed)
        split = first.experiment.train_on.split(first.experiment.canvas)
        right = first.judgement().right(0.45)[:, 2] & split.held_out
        side = len(first.experiment.canvas.axis())
        axes.set_title(f"{how}\n{percent(float(np.mean(shares)))}")
        for mask, mark, colour in ((split.train_mask, "s", TRAINED), (right, "o", GREEN)):
            axes.plot(*split.labels[mask].numpy().T, mark, color=colour, markersize=3.6)
        axes.set(xticks=[], yticks=[], xlim=(-0.8, side - 0.2), ylim=(side - 0.2, -0.8), aspect="equal")
        axes.spines[:].set(visible=True, color=PALE)
    style = {"linestyle": "none", "markersize": 6}
    keys = [
        Line2D([], [], marker="s", color=TRAINED, label="trained on", **style),
        Line2D([], [], marker="o", color=GREEN, label="never seen, drawn right", **style),
    ]
    figure.legend(handles=keys, loc="outside lower center", ncols=2)
    return figure

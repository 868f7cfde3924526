"""Figure of chapter 6: what a design covers, and what it scored."""

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

from bumpbook.frame import given
from bumpbook.frame.commands import typed
from bumpbook.frame.findings import percent
from bumpbook.frame.layouts import cells, panels, stacked, two_layouts
from bumpbook.frame.style import GREEN, GREY, INK, PALE, TRAINED, new_figure, styled
from bumpbook.frame.sweeps import sweep
from bumpworld import checks
from bumpworld.files import ResultError
from bumpworld.instruments import arrays
from bumpworld.store import Store

from .contest import scored
from .efficiency import checked

__all__ = ["contest_designs", "contest_maps"]
# from this share on a design counts as linking the pairs
LINKED = 0.95
# a share right that can be seen on a scale from none to all
SOME = 0.1
# where a design's name may stand, in points from its mark
PLACES = [(side, up) for up in (0, -6, 6, 10, -10, 18) for side in (7, -7)]
SHOWN = ("skewed", "random", "latin", "grid", "diagonals")


@two_layouts
@styled
def contest_designs(table: pd.DataFrame) -> Figure:
    """A panel for each number of labels, a mark for each design: its mean share right within 0.45 px over the mean distance
    of a held-out label to the nearest example.

    A number with which no design has a tenth of its labels right has no panel: all its marks lie on the floor. Filled
    where the examples link the held-out pairs, half filled where they link some, hollow where they link none; a thin bar
    is the range over models. Raises ValueError for a table without a learned model.
    """
    rows = scored(checked(table, "how"))
    if rows.empty:
        raise ValueError("the table has no learned model of the contest; needed is one or more")
    best = rows.groupby(["train_2d", "how"]).share.mean().groupby("train_2d").max()
    counts = list(best.index[best >= SOME]) or list(best.index)
    figure = new_figure(2.9 * len(counts) + 0.6 if stacked() else 3.4)
    shown = figure.subplots(*panels(len(counts)), sharey=True, squeeze=False).flatten()
    for axes, count in zip(shown, counts, strict=True):
        for how, part in rows[rows.train_2d == count].groupby("how"):
            x = part.distance.mean()
            axes.plot([x, x], (part.share.min(), part.share.max()), color=GREY, linewidth=1)
            axes.plot(x, part.share.mean(), **_look(part.linked.mean()))
        axes.set(title=f"{count} labels", ylim=(-0.04, 1.04))
        axes.margins(x=0)
        low, high = axes.get_xlim()
        axes.set_xlim(low - 0.55 * (high - low), high + 0.3 * (high - low))  # room for names on both sides
    for axes in shown if stacked() else shown[:1]:
        axes.set_ylabel("right within 0.45 px")
    for axes in shown[-1:] if stacked() else shown:
        axes.set_xlabel("mean distance to the nearest, px")
    keys = {"all pairs linked": 1, "some": 0.5, "none": 0}
    handles = [Line2D([], [], label=name, **_look(linked)) for name, linked in keys.items()]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))
    figure.draw_without_rendering()
    ends = {
        "x": ("distance", "mean"),
        "y": ("share", "mean"),
        "low": ("share", "min"),
        "high": ("share", "max"),
    }
    for axes, count in zip(shown, counts, strict=True):
        _name(axes, rows[rows.train_2d == count].groupby("how").agg(**ends))
    return figure


def _look(linked: float) -> dict:
    """A mark by the share of the pairs that are linked: filled, half filled or hollow."""
    fill = "full" if linked >= LINKED or not linked else "left"
    face = TRAINED if linked else "white"
    style = {"color": TRAINED, "linestyle": "none", "marker": "o", "markersize": 8, "mew": 1.6}
    return {**style, "fillstyle": fill, "mfc": face, "markerfacecoloralt": "white"}


def _name(axes: Axes, rows: pd.DataFrame) -> None:
    """Write each design's name at its mark, in the first of `PLACES` where no mark, no bar and no other name is in the way.

    ``rows`` has a design in every row: x, y, low and high, the ends of its bar. The figure has to be laid out before.
    """
    point, taken = axes.figure.dpi / 72, []
    for x, *heights in rows.to_numpy():
        (at, y), (_, low), (_, high) = axes.transData.transform([(x, height) for height in heights])
        taken.append(Bbox.from_extents(at - 5 * point, y - 5 * point, at + 5 * point, y + 5 * point))
        taken.append(Bbox.from_extents(at - point, low, at + point, high))
    for how, x, y, *_ in rows.sort_values("y").itertuples():
        style = {"fontsize": 9, "color": INK, "va": "center"}
        note = axes.annotate(how, (x, y), PLACES[0], textcoords="offset points", **style)
        boxes = [_move(note, place) for place in PLACES]
        inside = axes.get_window_extent()
        free = [
            number
            for number, box in enumerate(boxes)
            if inside.contains(*box.min) and inside.contains(*box.max) and not box.count_overlaps(taken)
        ]
        taken.append(_move(note, PLACES[free[0] if free else 0]))


def _move(note: Annotation, place: tuple[int, int]) -> Bbox:
    """Put a name so many points from its mark; returns the room that it takes."""
    note.set(position=place, horizontalalignment="left" if place[0] > 0 else "right")
    return note.get_window_extent()


@two_layouts
@styled
def contest_maps(designs: tuple[str, ...] = SHOWN, count: int = 32, store: Store | None = None) -> Figure:
    """The labels of some designs, and which of the others a network draws right within 0.45 px; above, the mean of all networks.

    The network is that of the design's first seed. Raises ResultError where a design has no network, ValueError for none.
    """
    tried = {e: dict(e.train_on.settings) for e in sweep("contest").experiments}
    known = list(dict.fromkeys(settings.get("how") for settings in tried.values()))
    designs = arrays.several("designs", designs, partial(checks.choice, allowed=known))
    counts = sorted({settings["count"] for settings in tried.values()})
    checks.need(checks.whole("count", count) in counts, "count", count, f"are {counts}")
    rows, columns = panels(len(designs), 3)
    store, figure = given.store(store), new_figure(1.7 * rows + 0.5 if stacked() else 2.3)
    shown = cells(figure, len(designs), rows, columns)
    for axes, how in zip(shown, designs, strict=True):
        runs = [
            e for e, settings in tried.items() if (settings.get("how"), settings["count"]) == (how, count)
        ]
        runs = [store.load(e) for e in runs if store.has(e)]
        if not runs:
            raise ResultError(
                f"no network of {how} with {count} labels is there; run `{typed('bumpworld run contest', store)}`"
            )
        shares = [float(run.accuracy(0.45)["unseen"][2]) for run in runs]
        first = min(runs, key=lambda run: run.experiment.seed)
        split = first.experiment.train_on.split(first.experiment.canvas)
        right = first.judgement().right(0.45)[:, 2] & split.held_out
        side = len(first.experiment.canvas.axis())
        axes.set_title(f"{how}\n{percent(float(np.mean(shares)))}")
        for mask, mark, colour in ((split.train_mask, "s", TRAINED), (right, "o", GREEN)):
            axes.plot(*split.labels[mask].numpy().T, mark, color=colour, markersize=2.8 if stacked() else 3.6)
        axes.set(xticks=[], yticks=[], xlim=(-0.8, side - 0.2), ylim=(side - 0.2, -0.8), aspect="equal")
        axes.spines[:].set(visible=True, color=PALE)
    style = {"linestyle": "none", "markersize": 6}
    keys = [
        Line2D([], [], marker="s", color=TRAINED, label="trained on", **style),
        Line2D([], [], marker="o", color=GREEN, label="never seen, drawn right", **style),
    ]
    figure.legend(handles=keys, loc="outside lower center", ncols=2)
    return figure

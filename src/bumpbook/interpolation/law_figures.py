"""Figures of chapter 4 about the law of holes: what each number foretells, and what it foretells of which hole."""

import textwrap

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bumpbook.frame import given
from bumpbook.frame.layouts import stacked, turning_grid, two_layouts
from bumpbook.frame.style import BLUE, CURVES, GREY, INK, new_figure, styled
from bumpworld import checks
from bumpworld.instruments import arrays
from bumpworld.instruments.spread import percentage, spread

from .law import LAWS, OTHERS, chances
from .turn_figures import WORDS, label_map

__all__ = ["foretold_holes", "hole_in_codes", "law_scores"]

MEANT = {
    "coverage": "each told number known",
    "corner": "fourth corner of a rectangle",
    "gap": "gap in what is told",
    "gap in x and y": "gap in what is drawn",
    "two gaps": "both gaps",
    "coverage in x and y": "x and y known",
    "pixels": "nearest label, px",
    "code": "nearest label, code",
    "regression": "a regression's picture",
    "copy": "a copy would do",
}


@two_layouts
@styled
def law_scores(found: pd.DataFrame) -> Figure:
    """Bits a label that each law saves on holes that it was not fitted to: bars with intervals over holes, best first.

    ``found`` comes from `law.scores`. Full bars are laws of two coordinates, told or drawn; hatched ones are what they have to beat.
    """
    given.table("found", found)
    for name in found:
        checks.choice("column of found", name, MEANT)
    order = given.table("found", found, numbers=found.columns).mean().sort_values(ascending=False).index
    figure = new_figure(0.3 * len(order) + 0.7)
    axes = figure.subplots()
    for row, name in enumerate(order):
        mean, low, high, _ = spread(found[name])
        other = name in OTHERS
        look = {"color": "white", "edgecolor": GREY, "hatch": "////"} if other else {"color": BLUE}
        axes.barh(row, mean, 0.62, **look)
        axes.plot([low, high], [row, row], color=INK, linewidth=1.4)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_yticks(range(len(order)), labels=[MEANT[name] for name in order])
    # a phone has no room for more below the bars
    xlabel = "bits a label saved" if stacked() else "bits a label saved on holes never fitted"
    axes.set(ylim=(len(order) - 0.5, -0.6), xlabel=xlabel)
    axes.tick_params(left=False)
    return figure


@styled
def foretold_holes(table: pd.DataFrame, name: str = "two gaps") -> Figure:
    """Share of each hole drawn right against the share foretold from the other half: a mark for each hole and code.

    ``table`` comes from `law.holes`, ``name`` is one of `law.LAWS`. On the line the law is right.
    """
    table = table.assign(foretold=chances(table, LAWS[name]))
    figure = new_figure(3.6)
    axes = figure.subplots()
    for (code, part), curve in zip(table.groupby("told", sort=False), CURVES, strict=False):
        share = part.groupby("hole")[["foretold", "right"]].mean()
        axes.scatter(
            share.foretold, share.right, s=34, color=curve["color"], marker=curve["marker"], alpha=0.75,
            edgecolor=INK, linewidth=0.4, label=WORDS[code],
        )  # fmt: skip
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, zorder=0)
    axes.set(xlabel="share foretold", ylabel="share drawn right", xlim=(-0.04, 1.04), ylim=(-0.04, 1.04))
    axes.legend(title="told", loc="upper left")
    return figure


@two_layouts
@styled
def hole_in_codes(table: pd.DataFrame, holes: tuple[int, ...], seed: int = 0) -> Figure:
    """The same holes under each code: full squares are held-out labels drawn right, crosses wrong ones; a row a code,
    on a phone a column.

    ``table`` comes from `law.holes`. A panel without its model says so.
    """
    table = given.table("table", table, "told", numbers=("hole", "seed", "x", "y"), flags=["right"])
    holes, seed = arrays.several("holes", holes, checks.whole), checks.seed("seed", seed)
    codes = [name for name in WORDS if name in set(table.told)]
    checks.need(codes, "told", list(table.told), f"are {', '.join(WORDS)}")
    figure = new_figure(1.6 * len(holes) if stacked() else 1.95 * len(codes))
    for axes_row, code in zip(turning_grid(figure, len(codes), len(holes)), codes, strict=True):
        for axes, hole in zip(axes_row, holes, strict=True):
            part = table[(table.told == code) & (table.hole == hole) & (table.seed == seed)]
            axes.set(xticks=[], yticks=[])
            if len(part):
                label_map(axes, part)
                axes.set_title(percentage(part.right.mean()), fontsize=9)
            else:
                axes.text(0.5, 0.5, "not measured", ha="center", va="center", color=GREY, fontsize=8)
        _head(axes_row[0], WORDS[code])
    return figure


def _head(axes: Axes, words: str) -> None:
    """Write what a row shows beside its first panel, or where `stacked` what a column shows above it."""
    if stacked():
        axes.set_title(f"{textwrap.fill(words, 17)}\n{axes.get_title()}", fontsize=9)
    else:
        axes.set_ylabel(words)

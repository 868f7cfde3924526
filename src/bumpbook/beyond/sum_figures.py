"""Figures of chapter 8: stripes put together by a plus or by a times, and how wrong a sum of scores is."""

from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd
from matplotlib.figure import Figure
from torch import Tensor

from bumpbook.frame import given
from bumpbook.frame.findings import percent
from bumpbook.frame.layouts import stacked, two_layouts
from bumpbook.frame.style import CURVES, GREY, mark, new_figure, ring, show_image, styled
from bumpworld import checks
from bumpworld.instruments import arrays

__all__ = ["stripes_put_together", "sum_errors"]
# where `beyond.stripes_scores.gallery` has them
PARTS = {"told x": 0, "told y": 1}
WAYS = {"asked_fine": ("told both", 3), "added_fine": ("added", 4), "multiplied_fine": ("multiplied", 5)}
WORLDS = {"bump": "bumps", "SOS": "SOS"}
# a rule puts a world together when it draws more than this share of its pairs
MOST = 0.5


@two_layouts
@styled
def stripes_put_together(drawings: Mapping[str, Tensor], table: pd.DataFrame) -> Figure:
    """What networks of stripes alone draw: the two stripes, the pair when asked for it, their sum and their product.

    ``drawings`` maps a world, "bump" or "SOS", to images (6, 1, size, size) of `beyond.stripes_scores.gallery`; ``table``
    is that of the study. Below a picture of the pair stands the share of all pairs that networks draw right within 0.45 px in this way.
    Raises ValueError for no world, or one without a network in the table that learned its stripes.
    """
    drawings = given.drawings("drawings", drawings, "size", 6) if drawings != {} else {}
    for world in drawings:
        checks.choice("world", world, WORLDS)
    table = given.table("table", table, "kind", numbers=WAYS, flags=["learned"])
    learned = table[table.learned]
    missing = [world for world in drawings if world.lower() not in set(learned.kind)]
    if missing or not drawings:
        raise ValueError(
            f"no network that learned its stripes for {', '.join(missing) or 'any world'}; needed is one a world"
        )
    narrow = stacked()
    heads = [*PARTS, *(title for title, _ in WAYS.values())]
    widths = (1, 1, 0.12 if narrow else 0.3, 1, 1, 1)
    figure = new_figure(1.05 * len(drawings) + 0.2 if narrow else 1.72 * len(drawings) + 0.1)
    rows = figure.subplots(len(drawings), len(widths), squeeze=False, width_ratios=widths)
    small = {"fontsize": 8.5} if narrow else {}
    for number, (row, (world, images)) in enumerate(zip(rows, drawings.items(), strict=True)):
        row[2].set_axis_off()
        panels = [*row[:2], *row[3:]]
        places = [*PARTS.values(), *(place for _, place in WAYS.values())]
        for axes, head, place in zip(panels, heads, places, strict=True):
            image = images[place]
            show_image(axes, image, vmax=max(1.0, float(image.max())))
            if number == 0:
                axes.set_title(head, **small)
        for axes, way in zip(row[3:], WAYS, strict=True):
            ring(axes)
            share = float(learned[learned.kind == world.lower()][way].mean())
            axes.set_xlabel(f"{percent(share)} {mark(share > MOST)}", **small)
        row[0].set_ylabel(WORLDS[world])
    return figure


@two_layouts
@styled
def sum_errors(errors: Mapping[str, Sequence[float]], times: Sequence[int]) -> Figure:
    """The error of a sum of scores in a world of pairs: ``errors`` maps a world's name to the error at each of ``times``."""
    times = arrays.several("times", times, checks.number)
    errors = given.named("errors", errors, partial(_at_times, count=len(times)), most=len(CURVES))
    figure = new_figure(2.4)
    axes = figure.subplots()
    for (name, values), style in zip(errors.items(), CURVES, strict=False):
        axes.plot(times, values, **style, label=name, clip_on=False)
    axes.axhline(0, color=GREY, linewidth=0.8, zorder=0)
    axes.set(xlabel="noise level t", ylabel="error of the sum / energy", xlim=(0, 1010), ylim=(-0.02, None))
    title = "known column\n+ known row − all" if stacked() else "known column + known row − all"
    axes.legend(title=title, alignment="left", loc="center right")
    return figure


def _at_times(name: str, values, count: int):
    return checks.numbers(name, values, count, hint=", one for each time")

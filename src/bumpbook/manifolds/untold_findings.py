"""Findings of chapter 3 on networks without labels, and on what keeps the learned torus open."""

from functools import cache

import numpy as np
import pandas as pd

from bumpbook.frame.findings import minus, percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.studies import table
from bumpworld.instruments.spread import Spread, spread, write
from bumpworld.store import ResultError

from .axes_findings import NO_AXES
from .seam import largest_step
from .untold_study import SEAM, UNTOLD

# limits that were written down before the runs: results/predictions/axes.json, images-alone and seam-closes
GAIN, CLOSED, OPEN = 0.2, 2.0, 4.0
# what is asked about, and its two nulls
OWN = {
    "seen down1": "last encoder layer, trained",
    "seen pixels": "the noisy pixels",
    "fresh down1": "last encoder layer, untrained",
}
# dimensions of points without order, and how often they are drawn
UNORDERED, DRAWS = 8, 20
ENOUGH = 3  # networks of a kind, below which nothing is said


@register("manifolds-images-alone")
def images_alone() -> str:
    """What a network makes of images that nobody labels: nearer to a sheet along any axes, so an additive share shows no axes."""
    rows = _learned(table(UNTOLD), UNTOLD.command)
    rows = rows[~rows["periodic"] & rows["never"]]
    gain = _gain(rows["additive"])
    along_both = {
        at: rows["shares"].map(lambda by, at=at: {name: by[name][at] for name in OWN}) for at in (0, -1)
    }
    angles = {
        name: [spread([by[name] for by in of], share=True) for of in along_both.values()] for name in OWN
    }
    gains = [_gain(of) for of in along_both.values()]
    contrast = spread([by["seen down1"][0] - by["seen down1"][-1] for by in rows["shares"]])
    (along, across), (plain, oblique), _ = angles.values()
    parts = [[OWN[name], *map(write, found)] for name, found in angles.items()]
    return state(
        "**A network that is never told a label comes to put neighbouring places near each other, too: a step towards a sheet, not towards axes.** A sum along x and y explains "
        f"{percent(along.mean)} of it and one along the diagonals {percent(across.mean)}, where its pixels have {percent(plain.mean)} and "
        f"{percent(oblique.mean)}; its contrast is {minus(contrast.mean)}.",
        gain.n >= ENOUGH
        and min(g.low for g in gains) > 0
        and abs(contrast.mean) <= NO_AXES < min(g.mean for g in gains),
        f"Bumps in the open frame, t = 50, 12 noises; contrast {write(contrast)}. Foretold was an additive share along x and y on all labels of "
        f"{GAIN:g} above pixels and untrained encoder; measured {write(gain)}. It cannot tell axes from a sheet."
        f"\n\n{markdown_table(['additive share on turned grids', 'x and y', 'diagonals'], parts)}",
    )


def _gain(clouds) -> Spread:
    """Spread over networks of what the encoder has above the larger of pixels and untrained encoder, of dicts by `OWN`."""
    own, *nulls = OWN
    return spread([by[own] - max(by[null] for null in nulls) for by in clouds])


@register("manifolds-padding")
def padding() -> str:
    """Does the circle close where the padding goes round?"""
    rows = _learned(table(SEAM), SEAM.command)
    found = {
        (code, pad, place): _largest(rows, code, pad, place)
        for code, pad, place in rows[["code", "padding", "place"]].drop_duplicates().itertuples(index=False)
    }
    mapped = [step for (_, _, place), step in found.items() if place]
    axes, by_name, by_pair = (found[code, "zeros", False] for code in ("axes", "one-hot", "pair"))
    ends = sorted(step.mean for step in mapped)
    bare = _largest(rows, "pair", "zeros", False, "code alone")
    around, named, names_alone = _dimensions(rows)
    text = (
        "**Told each coordinate by itself, as a number or by a name, the torus stays open unless the network lays its label out as a map. Told "
        "a name for each pair, no step stands out, as in the names themselves: whether it closes or has no order, this measure cannot say.** "
        f"The longest step around it is {axes.mean:.0f} times as long as the median one when x and "
        f"y are told, {by_name.mean:.0f} times when each value has a name, and {by_pair.mean:.1f} times when each pair has one; with a map of "
        f"the frame {ends[0]:.1f} to {ends[-1]:.1f} times."
    )
    names = {"axes": "x and y", "one-hot": "names of values", "pair": "names of pairs"}
    cells = [
        [names[code], pad, "yes" if place else "no", write(found[code, pad, place])]
        for code, pad, place in sorted(found, key=lambda k: (k[2] is False, k[0], k[1]))
    ]
    return state(
        text,
        # of every row: open where neither a map nor a name for each pair is there, no long step where one is
        min(step.n for step in found.values()) >= ENOUGH
        and all(
            step.high <= CLOSED if place or code == "pair" else step.low >= OPEN
            for (code, _, place), step in found.items()
        )
        # the bare names have no long step either; two circles have four dimensions, names of pairs keep more
        and bare.high <= CLOSED
        and abs(around - 4) < 1 < named - around
        and names_alone > named,
        "Largest over median step around the circle, middle layer, t = 50, 12 noises, mean of x and y; on a straight line of 16 labels it "
        f"would be 15, and points without any order have about 1, as a closed circle has ({write(_unordered())} in {UNORDERED} dimensions, drawn here). The bare names "
        f"of pairs have {write(bare, form='.2f')}. So a short step shows a circle only beside another measure: with a map the layer has {around:.1f} dimensions, about the four of two "
        f"circles; told names of pairs it has {named:.0f}, the names {names_alone:.0f}. Foretold: up to {CLOSED:g} with circular padding and a map, which holds, and from "
        f"{OPEN:g} with zeros and a map, which "
        f"is wrong: with a map no step is long under either padding. Padding that goes round without a map was not tried. An untrained network, which only passes the image on, has "
        f"{write(spread([sum(by['fresh middle']) / 2 for by in rows['largest']]))}.\n\n"
        + markdown_table(["told", "padding", "map of places", "largest step"], cells),
    )


def _largest(rows: pd.DataFrame, code: str, pad: str, place: bool, cloud: str = "seen middle") -> Spread:
    kept = rows[(rows["code"] == code) & (rows["padding"] == pad) & (rows["place"] == place)]
    return spread([sum(by[cloud]) / 2 for by in kept["largest"]])


def _dimensions(rows: pd.DataFrame) -> tuple[float, float, float]:
    """Mean dimension of the middle layer with a map, of that told names of pairs, and of these names alone."""
    of = lambda kept, cloud: spread([by[cloud][0] for by in kept["sheet"]]).mean
    pairs = rows[rows["code"] == "pair"]
    return of(rows[rows["place"]], "seen middle"), of(pairs, "seen middle"), of(pairs, "code alone")


@cache
def _unordered() -> Spread:
    """The largest step among points that are dealt to the labels at random."""
    labels = np.stack(np.meshgrid(np.arange(16), np.arange(16)), -1).reshape(-1, 2)
    clouds = (np.random.default_rng(seed).standard_normal((len(labels), UNORDERED)) for seed in range(DRAWS))
    return spread([sum(step.ratio for step in largest_step(cloud, labels)) / 2 for cloud in clouds])


def _learned(rows: pd.DataFrame, command: str) -> pd.DataFrame:
    rows = rows[rows["learned"].astype(bool)]
    if not len(rows):
        raise ResultError(f"no network that learned its labels is measured; run `{command}` first")
    return rows

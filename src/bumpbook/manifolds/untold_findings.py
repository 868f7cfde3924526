"""Findings of chapter 3 on networks without labels, and on what keeps the learned torus open."""

import pandas as pd

from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.studies import table
from bumpworld.instruments.spread import Spread, spread, write
from bumpworld.store import ResultError

from .untold_study import SEAM, UNTOLD

# limits that were written down before the runs: results/predictions/axes.json, images-alone and seam-closes
GAIN, CLOSED, OPEN = 0.2, 2.0, 4.0
ENOUGH = 3  # networks of a kind, below which nothing is said


@register("manifolds-images-alone")
def images_alone() -> str:
    """What a network makes of images that nobody labels."""
    rows = _learned(table(UNTOLD), UNTOLD.command)
    rows = rows[~rows["periodic"] & rows["never"]]
    own = [by["seen down1"] for by in rows["additive"]]
    null = [max(by["seen pixels"], by["fresh down1"]) for by in rows["additive"]]
    gain = spread([a - b for a, b in zip(own, null, strict=True)])
    text = (
        "**Never told a label, the encoder still gains something that looks like x and y.** The best sum explains "
        f"{percent(spread(own).mean)} of it, against {percent(spread(null).mean)} of its pixels."
    )
    parts = [
        [name, write(spread([by[name] for by in rows["additive"]], share=True))]
        for name in ("clean images", "seen pixels", "fresh down1", "seen down1")
    ]
    return state(
        text,
        gain.n >= ENOUGH and gain.mean >= GAIN and gain.low > 0,
        f"Bumps in the open frame, t = 50, 12 noises. Foretold: {GAIN:g} above pixels and untrained encoder; measured {write(gain)}."
        f"\n\n{markdown_table(['additive share', ''], parts)}",
    )


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
    text = (
        "**The torus stays open where only the edge of the frame tells the network its places.** The step from 15 back to 0 is "
        f"{axes.mean:.0f} times as long as the others when x and y are told, and {by_name.mean:.0f} times when each value has a name "
        f"without order. Let the network lay its label out as a map of the frame, and no step is longer than {ends[0]:.1f} to {ends[-1]:.1f} others, "
        "whether or not its padding goes round."
    )
    names = {"axes": "x and y", "one-hot": "names of values", "pair": "names of pairs"}
    cells = [
        [names[code], pad, "yes" if place else "no", write(found[code, pad, place])]
        for code, pad, place in sorted(found, key=lambda k: (k[2] is False, k[0], k[1]))
    ]
    return state(
        text,
        min(step.n for step in found.values()) >= ENOUGH
        and min(axes.low, by_name.low) >= OPEN
        and max(step.high for step in mapped) <= CLOSED,
        "Largest over median step around the circle, middle layer, t = 50, 12 noises, mean of x and y; on a straight line of 16 labels it "
        f"would be 15. Foretold: up to {CLOSED:g} with circular padding and a map, which holds, and from {OPEN:g} with zeros and a map, which "
        f"is wrong: it is the map that closes the circle. A name for each pair, which leaves nothing to lay out in order, needs no map "
        f"({write(by_pair)}). An untrained network, which only passes the image on, has "
        f"{write(spread([sum(by['fresh middle']) / 2 for by in rows['largest']]))}.\n\n"
        + markdown_table(["told", "padding", "map of places", "largest step"], cells),
    )


def _largest(rows: pd.DataFrame, code: str, pad: str, place: bool) -> Spread:
    kept = rows[(rows["code"] == code) & (rows["padding"] == pad) & (rows["place"] == place)]
    return spread([sum(by["seen middle"]) / 2 for by in kept["largest"]])


def _learned(rows: pd.DataFrame, command: str) -> pd.DataFrame:
    rows = rows[rows["learned"].astype(bool)]
    if not len(rows):
        raise ResultError(f"no network that learned its labels is measured; run `{command}` first")
    return rows

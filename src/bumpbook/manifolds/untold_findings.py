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
    held = gain.mean >= GAIN and gain.low > 0
    text = (
        "Never told a label, the encoder still gains something that looks like x and y: the best sum explains "
        f"{percent(spread(own).mean)} of it, against {percent(spread(null).mean)} of its pixels."
        if held
        else "Never told a label, the encoder is hardly more additive than its pixels: "
        f"{percent(spread(own).mean)} against {percent(spread(null).mean)}. The axes come with the label, from the images."
    )
    parts = [
        [name, write(spread([by[name] for by in rows["additive"]], share=True))]
        for name in ("clean images", "seen pixels", "fresh down1", "seen down1")
    ]
    return state(
        text,
        gain.n >= ENOUGH,
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
    round_, zero = (_largest(rows, "axes", pad, True) for pad in ("circular", "zeros"))
    by_name = _largest(rows, "one-hot", "circular", True)
    if round_.mean <= CLOSED:
        text = "With circular padding the learned torus closes: it was the edge of zeros that held it open."
    elif by_name.mean <= CLOSED:
        text = (
            "Neither padding nor names alone close the torus. With circular padding *and* names without order it closes: "
            "an edge of zeros and a label that runs from 0 to 15 each hold it open."
        )
    else:
        text = "Circular padding does not close the torus, nor do names without order."
    names = {"axes": "x and y", "one-hot": "names of values", "pair": "names of pairs"}
    cells = [
        [names[code], pad, "yes" if place else "no", write(found[code, pad, place])]
        for code, pad, place in sorted(found, key=lambda k: (k[2] is False, k[0], k[1]))
    ]
    return state(
        text,
        min(round_.n, zero.n, by_name.n) >= ENOUGH,
        f"Largest over median step around the circle, middle layer, t = 50, 12 noises, mean of x and y. Foretold: up to {CLOSED:g} "
        f"with circular padding, from {OPEN:g} with zeros; an untrained network has "
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

"""A finding of chapter 6: is it the stripes that lift a few examples, or the longer training that they bring?

What was expected was written down before the networks were trained: `results/predictions/stripes-or-steps.json`.
"""

from itertools import product

import numpy as np

from bumpbook.frame import longer
from bumpbook.frame.claims import Limit, Measured, judge
from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.predictions import fared
from bumpworld.instruments.spread import difference, spread, write

from . import efficiency
from . import findings as tables
from .efficiency import KINDS

PRESET = "paper-world"
PARTS = {"sixteenth": 1 / 16, "eighth": 1 / 8}
PLURAL = {"bump": "bumps", "sos": "sums"}
# name of the prediction -> kind of image and share of the 2D labels
CELLS = {f"{PLURAL[kind]}-{part}": (kind, share) for kind, (part, share) in product(KINDS, PARTS.items())}
GAIN, SURE = "beside stripes minus alone for as long", "low end"
LIMITS = {
    name: (
        Limit(GAIN, 0.2 if share == PARTS["sixteenth"] else 0.1, 0, "above"),
        Limit(SURE, 0, reach="above"),
    )
    for name, (_, share) in CELLS.items()
}
# sweep and stripes of each way to train
WAYS = {
    "alone": ("few-shot", False),
    "alone for as long": ("longer", False),
    "beside stripes": ("few-shot", True),
}


@register("few-examples-stripes-or-steps")
def stripes_or_steps() -> str:
    """Networks without stripes that train as long as those with; behind it what was foretold, and every cell."""
    found = {name: measured(name) for name in CELLS}
    said = {name: [percent(right(name, way).mean()) for way in WAYS] for name in CELLS}
    bumps, sums = (said[f"{kind}-sixteenth"] for kind in PLURAL.values())
    sentence = (
        f"**It is the stripes, not the longer training that comes with them.** In the paper's world a sixteenth of the labels teaches networks {bumps[0]} "
        f"of the other bumps, and {bumps[1]} when they train as long as stripes make them; beside the stripes it is {bumps[2]}. Of sums it is {sums[0]}, "
        f"{sums[1]} and {sums[2]}."
    )
    holds = all(judge(values, LIMITS[name]).verdict == "agrees" for name, values in found.items())
    return state(
        sentence, holds, f"{_table()}\n\n{fared('stripes-or-steps', found, LIMITS, 'if it were the steps')}"
    )


def measured(name: str) -> Measured:
    """What the prediction ``name`` is about: what stripes bring beyond the steps that come with them."""
    gain = difference(*(right(name, way) for way in ("beside stripes", "alone for as long")))
    return {GAIN: gain, SURE: gain.low}


def right(name: str, way: str) -> np.ndarray:
    """Shares of the other labels drawn right within 0.45 px, (n,), by networks of one of `CELLS` trained in one of `WAYS`."""
    return _rows(name, way).share.to_numpy()


def _rows(name: str, way: str):
    (kind, share), (sweep, stripes) = CELLS[name], WAYS[way]
    rows = efficiency.setting(efficiency.unseen(tables.sweep_table(sweep, PRESET)), kind, stripes)
    return rows[np.isclose(rows.train_2d, share * rows["size"] ** 2)]


def _table() -> str:
    """Steps and shares in every cell and way."""
    lines = []
    for (name, (kind, _)), way in product(CELLS.items(), WAYS):
        rows = _rows(name, way)
        share = write(spread(rows.share, share=True), percent=True)
        lines.append((KINDS[kind], str(rows.train_2d.iloc[0]), way, longer.span(rows.steps), share))
    return markdown_table(("world", "2D labels", "trained", "steps", "right within 0.45 px"), lines)

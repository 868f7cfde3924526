"""The sentence of the chapter on lattices with bumps far wider than joining up asks for: the sweep `wide-lattices`.

What it should show was written down before a network was trained: `results/predictions/wide-lattices.json`.
"""

import pandas as pd

from bumpbook.frame.claims import Limit, Measured
from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.lattice_sweeps import SQUARES, TURNED, WIDE
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.predictions import fared
from bumpworld.files import ResultError
from bumpworld.instruments.spread import spread

from . import pitch

# what was measured -> its name in the rules
MORE, SHARE, LEAD = "widest minus least wide", "at the widest", "turned minus square, least"
# by prediction of results/predictions/wide-lattices.json
LIMITS = {
    "rises": (Limit(MORE, 0.1), Limit(MORE, partly=0, reach="above")),
    "not-half": (Limit(SHARE, 0.5, 0.75, "up to"),),
    "turned": (Limit(LEAD, 0.25), Limit(LEAD, partly=0, reach="above")),
}


def by_width() -> pd.DataFrame:
    """Share of unseen labels right: a row for each lattice, a column for each width over the one at which it joins.

    Raises ResultError where a network is missing or did not learn its labels.
    """
    rows = pitch.outcomes(sweep=pitch.WIDER)
    # sigma is rounded to four places
    rows["times"] = (pitch.thresholds()[pitch.FIRST] / rows["widths"]).round(2)
    if len(rows) < (len(SQUARES) + len(TURNED)) * len(WIDE):
        raise ResultError(f"some lattices have no network that learned; run `bumpworld run {pitch.WIDER}`")
    return rows.pivot(index=["turned", "lattice"], columns="times", values="fine")


def measured(table: pd.DataFrame) -> dict[str, Measured]:
    """What each prediction is about, of a table of `by_width`."""
    square, turned = table.loc[False].mean(), table.loc[True].mean()
    return {
        "rises": {MORE: float(square[max(WIDE)] - square[min(WIDE)])},
        "not-half": {SHARE: spread(table.loc[False][max(WIDE)], share=True)},
        "turned": {LEAD: float((turned - square).min())},
    }


@register("percolation-wide")
def wide() -> str:
    """Do square lattices fill when bumps are far wider than joining up asks for?"""
    table = by_width()
    square, turned = table.loc[False], table.loc[True]
    least, most = (square[f(WIDE)].mean() for f in (min, max))
    ends = square[max(WIDE)]
    sentence = (
        f"**Far wider bumps fill some of what a lattice leaves out.** On the {len(SQUARES)} square lattices bumps {min(WIDE):g} times as wide as where images join "
        f"get {percent(least)} of the unseen labels right, bumps {max(WIDE):g} times as wide {percent(most)} ({percent(ends.min())} to {percent(ends.max())}). "
        f"Lattices that hold every column and row then get {percent(turned[max(WIDE)].mean())}."
    )
    lines = [(name[1], *map(percent, part)) for name, part in table.iterrows()]
    heads = ("lattice, pitch in px", *(f"{times:g} times as wide" for times in WIDE))
    found = measured(table)
    return state(
        sentence,
        bool((turned > square.max()).all(axis=None)) and most > max(0.2, least),
        f"One network on each lattice at each width. Foretold before (`results/predictions/wide-lattices.json`):\n\n"
        f"{fared(pitch.WIDER, found, LIMITS)}\n\n{markdown_table(heads, lines)}",
    )

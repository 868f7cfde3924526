"""Sentences of the chapter on lattices with bumps far wider than joining up asks for, beside kernels that learn no features.

What the sweep `wide-lattices` should show was written down before a network was trained: `results/predictions/wide-lattices.json`.
"""

import pandas as pd

from bumpbook.frame.claims import Limit, Measured
from bumpbook.frame.findings import minus, percent, register, state
from bumpbook.frame.lattice_sweeps import SQUARES, TURNED, WIDE
from bumpbook.frame.nulls import SHORT
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.predictions import fared
from bumpworld.files import ResultError
from bumpworld.instruments.spread import spread

from . import lattice_nulls, pitch

# how many times as wide as where images join: as far as the networks' onset reaches
JOINING = 1.25
DENSE, SPARSER = "square 2", ["square 3", "square 3 shifted"]
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
    """Do square lattices fill when bumps are far wider than joining up asks for, and more than kernels fill that learn nothing?"""
    table = by_width()
    square, turned = table.loc[False], table.loc[True]
    least, most = (square[f(WIDE)].mean() for f in (min, max))
    fixed = lattice_nulls.better(lattice_nulls.kernels(pitch.WIDER)).loc[False]
    little, much = (fixed[f(WIDE)].mean() for f in (min, max))
    network, kernel = (rows.loc[DENSE].max() for rows in (square, fixed))
    sentence = (
        f"**Far wider bumps fill some of what a square lattice leaves out; that this share rises is no sign of learning.** Bumps {min(WIDE):g} times as wide as where images join "
        f"get {percent(least)} of the unseen labels right, bumps {max(WIDE):g} times as wide {percent(most)}. The better on each lattice of two kernels that learn no features rises as "
        f"much, from {percent(little)} to {percent(much)}. On the densest it draws up to {percent(kernel)}, and the network {percent(network)}; on those of pitch "
        "3 networks draw more than either kernel at every width."
    )
    rises = much - little > max(LIMITS["rises"][0].agrees, most - least)
    apart = kernel > 0.5 > network and bool((square.loc[SPARSER] > fixed.loc[SPARSER]).all(axis=None))
    return state(
        sentence,
        bool((turned > square.max()).all(axis=None)) and most > max(0.2, least) and rises and apart,
        f"One network on each lattice at each width. Foretold before (`results/predictions/wide-lattices.json`):\n\n"
        f"{fared(pitch.WIDER, measured(table), LIMITS, 'null, as written beforehand')}\n\n{_shares(table)}\n\n{_nulls()}",
    )


def _shares(table: pd.DataFrame) -> str:
    """A table of `by_width`, or of kernels, in Markdown."""
    lines = [(name[1], *map(percent, part)) for name, part in table.iterrows()]
    return markdown_table(("lattice, pitch in px", *(f"{times:g} times as wide" for times in WIDE)), lines)


def _nulls() -> str:
    """What kernels get by the first prediction's measure, and on every lattice."""
    rows, said = lattice_nulls.kernels(pitch.WIDER), []
    for null, part in rows.groupby("null"):
        by_width = lattice_nulls.better(part)
        rise = measured(by_width)["rises"][MORE]
        said.append(
            f"The {SHORT[null]}, where the first prediction has {minus(rise, '+.2f')}:\n\n{_shares(by_width)}"
        )
    return f"{lattice_nulls.KNOWN}\n\n" + "\n\n".join(said)


@register("percolation-own")
def own() -> str:
    """Is the onset on turned lattices more than kernels have that learn nothing?"""
    fixed = lattice_nulls.kernels("pitch", True, JOINING)
    rows = pitch.turned()
    rows["times"] = (pitch.thresholds()[pitch.FIRST] / rows["widths"]).round(2)
    there = rows[rows.times == JOINING].groupby(["pitch", "lattice"]).fine.mean()
    if len(there) < len(TURNED):
        raise ResultError("turned lattices are missing; run `bumpworld run pitch`")
    far = lattice_nulls.kernels(pitch.WIDER)
    later = lattice_nulls.better(far[far.turned])
    sentence = (
        f"**On turned lattices the onset is the networks' own.** Where bumps are {JOINING:g} times as wide as where images join, networks draw {percent(there.iloc[0])} of the "
        f"unseen labels right on the denser lattice and {percent(there.iloc[-1])} on the sparser; up to there two kernels that learn no features draw {percent(fixed.right.max())}."
    )
    evidence = f"{lattice_nulls.KNOWN} The better of them, with far wider bumps:\n\n{_shares(later)}"
    return state(sentence, bool(fixed.right.max() < 0.05 and there.min() > 0.25), evidence)

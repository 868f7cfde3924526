"""What we found behind each claim, in one plain sentence: `finding("found-composes")`.

A sentence is written by hand and its numbers are computed; it names what has to be true for it. Where the tables stop
saying so the build fails and names the sentence. The sentences stand in `found_inside` and `found_drawings`.
"""

from collections.abc import Callable
from functools import partial
from importlib import import_module

import pandas as pd

from bumpworld.instruments.spread import Spread, spread

from . import tables
from .claims import Claim, mean_of
from .findings import register, state
from .standing import CLAIMS, known, standing

PLACES = ("found_inside", "found_drawings")
# of a claim, and of the rule that it replaced
_SENTENCES: dict[Claim, Callable[["Evidence"], tuple]] = {}


class Evidence:
    """The numbers of one claim: what its measure gives for networks and for each null, and shares by world.

    Raises FileNotFoundError where a table of networks or of nulls is not there.
    """

    def __init__(self, claim: Claim):
        self.claim, self.standing = claim, standing(claim)
        if not self.standing.nulls:
            raise FileNotFoundError(f"no nulls of {claim.table!r} are there; run `bumpworld nulls` first")

    def __call__(self, what: str, who: str = "networks"):
        """The measurement called ``what`` of the networks, or of a null by its name."""
        found = self.standing.networks if who == "networks" else self.standing.nulls[who]
        return found.measured[what]

    def mean(self, what: str, who: str = "networks") -> float:
        """The same, by its mean."""
        return mean_of(self(what, who))

    def right(self, who: str = "networks", **where) -> Spread:
        """Share right within the fine tolerance in the rows of the claim's table in which columns have these values."""
        return shares(self.claim.table, who, **where)


def shares(name: str, who: str = "networks", preset: str = "quick", **where) -> Spread:
    """Share right in x and y within `tables.FINE` of the spacing, over models that learned; ``who`` may be a null."""
    table = tables.learned(tables.read(name if who == "networks" else f"nulls-{name}", preset))
    if who != "networks":
        table = table[table["null"] == who]
    return spread(_rows(table, where)["both_fine"], share=True)


def _rows(table: pd.DataFrame, where: dict) -> pd.DataFrame:
    for column, value in where.items():
        table = table[table[column] == value]
    return table


def found(claim: Claim):
    """Decorator: a function of `Evidence` says what we found behind ``claim``. It returns the sentence, then what must hold."""

    def keep(write):
        _SENTENCES[claim] = write
        if claim in CLAIMS:
            register(f"found-{claim.name}")(partial(sentence, claim))
        return write

    return keep


def sentence(claim: Claim) -> str:
    """What we found behind ``claim``; by the rule that it replaced, as long as its own table is not there.

    Raises `findings.Unsupported` where the tables do not say so any more, ValueError for a sentence that asks for nothing.
    """
    for place in PLACES:
        import_module(f"bumpbook.frame.{place}")
    elsewhere = claim.before and claim.before.table != claim.table
    judged = claim.before if elsewhere and known(claim) is None else claim
    text, *holds = _SENTENCES[judged](Evidence(judged))
    if not holds:
        raise ValueError(f"the finding of {claim.name!r} asks for nothing; needed is at least one condition")
    return state(text, all(holds))

"""How a measurement is judged: it agrees with the paper, partly, or not.

A claim's limits were fixed before the sweeps ran; a rule that was replaced since keeps the one before. Each is typed
once: the rule that a page prints and the verdict both come from it. What is measured stands with the claims
(`claims_manifolds`, `claims_interpolation`, `claims_composition`, `claims_few_examples`, `claims_percolation`), and
in what order they are told in `claim_findings`. Where the paper's setting is unknown a limit is about the claim's
direction and size in our setting; what the paper's own numbers were, no limit asks.

The rules on drawings were written down for a tolerance of 1 px, by which a copied neighbour is right. They are judged at
`tables.FINE` of the spacing, by which it is wrong, with the same limits; what they gave at 1 px is kept as history.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from bumpworld.instruments.spread import Spread, difference, minus

from .tables import FINE, learned

VERDICTS = ("agrees", "partly", "disagrees", "cannot be said")
COARSE = 1.0  # pixels: the tolerance for which the rules on drawings were written down
COPIES_PASS = f"at {COARSE:g} px, for which it was written down, a copied neighbour is right"
CLIPPED = "an interval that ends at 0 or 1 can hide that all seeds of one lie above all of the other"
POOLED = "an average of bumps and SOS can be reached by a null that fails at one of them"
A_COIN = "a difference of means alone is above 0 every other time where there is none, so partly was a coin's"
REACHED = VERDICTS[:2]
REACHES = {"from": operator.ge, "above": operator.gt, "up to": operator.le, "below": operator.lt}

# name -> a mean with its spread, or a number that is worked out of those beside it
Measured = Mapping[str, Spread | float]


@dataclass(frozen=True)
class Limit:
    """What the measurement named ``what`` must reach: for agreeing, and for agreeing partly.

    ``reach`` says in which direction, and whether the limit itself is enough: "from" and "up to" are, "above" and "below"
    are not. None where that verdict does not ask for this measurement. Raises ValueError for another ``reach`` and
    for a limit that asks for nothing.
    """

    what: str
    agrees: float | None = None
    partly: float | None = None
    reach: str = "from"

    def __post_init__(self):
        if self.reach not in REACHES:
            raise ValueError(f"reach is {self.reach!r}; allowed are {', '.join(REACHES)}")
        if self.agrees is None and self.partly is None:
            raise ValueError(f"the limit on {self.what!r} asks for nothing; needed is agrees, partly or both")

    def met(self, measured: Measured, verdict: str) -> bool:
        """Does the measurement, by its mean, reach what ``verdict`` ("agrees" or "partly") asks?"""
        return REACHES[self.reach](mean_of(measured[self.what]), getattr(self, verdict))

    def __str__(self) -> str:
        asked = [(verdict, getattr(self, verdict)) for verdict in VERDICTS[:2]]
        if self.agrees == self.partly:
            return f"{self.what}: agrees and partly {self.reach} {minus(self.agrees, 'g')}"
        told = ", ".join(
            f"{verdict} {self.reach} {minus(at, 'g')}" for verdict, at in asked if at is not None
        )
        return f"{self.what}: {told}"


@dataclass(frozen=True)
class Score:
    """A verdict, one of `VERDICTS`, and what it rests on: name -> (mean, low, high, models), or a plain number."""

    verdict: str
    measured: Measured

    def __post_init__(self):
        if self.verdict not in VERDICTS:
            raise ValueError(f"verdict is {self.verdict!r}; allowed are {VERDICTS}")


@dataclass(frozen=True)
class Claim:
    """A claim of the paper in our words, where it stands, the sweep that tests it and the limits that judge it.

    ``source`` says which table of the sweep ``measure`` reads, by the ending of its name: "" is the one of drawings,
    "geometry" the one of what a network holds. ``measure`` gets its rows of models that learned their training labels,
    and returns everything that the limits name, or nothing where too little is measured. With ``either`` one limit that
    has a ``partly`` is enough for agreeing partly; else all must be met. Drawings are right within ``tolerance`` of
    the spacing, or within 1 px where it is `COARSE`. ``before`` is the rule that this one replaced, and ``why`` the reason.
    ``shown`` names the measurement that stands beside a verdict, where it is not what the first limit asks for, and ``to`` another
    to which it goes, where the claim is about the way between the two. With
    ``each_kind`` every limit must be met by bumps and by SOS, each by itself, where the table has them. ``failure`` says that
    the paper claims a failure: what learned nothing fails as well, and that is nothing against the claim. ``reading`` says that we
    know what a figure shows and no sentence of the paper's that says so: the claim is how we read it.
    """

    name: str
    figure: str
    claim: str
    limits: tuple[Limit, ...]
    sweep: str
    source: str
    measure: Callable[[pd.DataFrame], Measured]
    either: bool = False
    tolerance: float = FINE
    before: "Claim | None" = None
    why: str = COPIES_PASS
    shown: str = ""
    to: str = ""
    each_kind: bool = False
    failure: bool = False
    reading: bool = False

    @property
    def rule(self) -> str:
        """The limits in words."""
        notes = {"one of them is enough for partly": self.either, "bumps and SOS each": self.each_kind}
        return "; ".join([*map(str, self.limits), *(note for note, holds in notes.items() if holds)])

    @property
    def table(self) -> str:
        """Name of the table that the claim is judged by, without its preset."""
        return f"{self.sweep}-{self.source}" if self.source else self.sweep

    @property
    def replaced(self) -> "tuple[Claim, ...]":
        """The rules before this one, the last first, without those that differ by the tolerance alone."""
        return (self.before, *self.before.replaced) if self.before else ()

    @property
    def history(self) -> "Claim | None":
        """The rule as it was before: another one, or the same for drawings within 1 px; None where it never changed."""
        if self.before is None and not self.source and self.tolerance != COARSE:
            return replace(self, tolerance=COARSE)
        return self.before

    def judge(self, table: pd.DataFrame) -> Score:
        """The verdict on what ``table`` measures, without the models that never learned their training labels."""
        table = learned(table)
        if not self.source and self.tolerance == FINE:
            table = table.assign(**{what: table[f"{what}_fine"] for what in ("x", "y", "both")})
        if not self.each_kind:
            return judge(self.measure(table), self.limits, self.either)
        found = {kind: self.measure(rows) for kind, rows in table.groupby("kind")}
        measured = {f"{kind}: {name}": value for kind, part in found.items() for name, value in part.items()}
        return judge(measured, self.asked(measured), self.either)

    def asked(self, measured: Measured) -> tuple[Limit, ...]:
        """The limits, with ``each_kind`` all of them for every kind among the measurements."""
        if not self.each_kind:
            return self.limits
        kinds = dict.fromkeys(name.partition(": ")[0] for name in measured)
        return tuple(replace(limit, what=f"{kind}: {limit.what}") for kind in kinds for limit in self.limits)

    def chief(self, measured: Measured) -> tuple[str, Spread | float | None]:
        """Name and value of what stands beside a verdict, of several kinds the lower; None where it was not measured."""
        what = self.shown or self.limits[0].what
        named = [item for item in measured.items() if item[0].removesuffix(what) in ("", "bump: ", "sos: ")]
        return min(named, key=lambda item: mean_of(item[1]), default=(what, None))

    def goes_to(self, measured: Measured) -> tuple[str, Spread | float | None]:
        """Name and value of that to which `chief` goes, in the same world; None where the claim names none."""
        kind = self.chief(measured)[0].removesuffix(self.shown or self.limits[0].what)
        return (self.to, measured.get(kind + self.to)) if self.to else ("", None)

    def as_well(self, null: Score, networks: Score) -> bool:
        """Does a null do as well as networks that reach a verdict, wholly or in part? Then the rule cannot tell.

        It does where its verdict is as good, or where of each limit that the networks' verdict asks it meets what they meet, or
        is not told apart from them: the intervals overlap.
        """
        verdict, rank = networks.verdict, VERDICTS.index
        if self.failure or verdict not in REACHED or null.verdict == VERDICTS[-1]:
            return False
        asked = [limit for limit in self.asked(networks.measured) if getattr(limit, verdict) is not None]
        return rank(null.verdict) <= rank(verdict) or all(
            limit.met(null.measured, verdict)
            or _overlap(null.measured[limit.what], networks.measured[limit.what])
            for limit in asked
        )


def judge(measured: Measured, limits: tuple[Limit, ...], either: bool = False) -> Score:
    """Agrees where all limits do, partly where all (with ``either``, any) of those with a ``partly`` do.

    Nothing can be said where nothing is measured, or where a mean among the measurements is of no model. Raises KeyError
    for a limit on something that is not among the measurements.
    """
    if not measured or any(isinstance(value, tuple) and not value[3] for value in measured.values()):
        return Score("cannot be said", measured)
    if all(limit.met(measured, "agrees") for limit in limits if limit.agrees is not None):
        return Score("agrees", measured)
    enough = any if either else all
    partly = [limit.met(measured, "partly") for limit in limits if limit.partly is not None]
    return Score("partly" if partly and enough(partly) else "disagrees", measured)


def nothing_measured(score: Score) -> bool:
    """Is not one of the numbers there that a verdict would rest on?"""
    return bool(pd.isna([mean_of(value) for value in score.measured.values()]).all())


def mean_of(value: Spread | float | None) -> float | None:
    """A measurement's mean, or the number that it is."""
    return value[0] if isinstance(value, tuple) else value


def _overlap(one: Spread | float, other: Spread | float) -> bool:
    spreads = isinstance(one, tuple) and isinstance(other, tuple)
    return spreads and one.low <= other.high and other.low <= one.high


def gap(upper: Spread, lower: Spread) -> float:
    """How far the interval of ``upper`` lies above that of ``lower``; negative where they overlap."""
    return upper.low - lower.high


def apart(upper, lower) -> float:
    """By how much the values ``upper`` are surely above ``lower``: the lower end of `difference`, or their gap if it is larger.

    Above 0 where the interval of the difference is, or where every value of one lies above every one of the other. Below five
    values it is the `gap` of the two ranges. NaN where a group is empty.
    """
    upper, lower = (np.asarray(values, float) for values in (upper, lower))
    if not len(upper) or not len(lower):
        return float("nan")
    return max(difference(upper, lower).low, float(upper.min() - lower.max()))


def rank_correlation(first, second) -> float:
    """Spearman's rank correlation of two columns; NaN where one of them is constant, which ranks nothing."""
    from scipy.stats import spearmanr

    if first.nunique() < 2 or second.nunique() < 2:
        return float("nan")
    return float(spearmanr(first, second).statistic)

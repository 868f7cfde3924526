"""One verdict a claim of the paper: `finding("claim-composes")` applies the scoreboard's rule to the shipped tables."""

from functools import partial

from bumpworld.store import Store

from . import tables
from .claims import CLAIMS, Claim, Score
from .findings import register
from .sweeps import sweep


def score(claim: Claim, store: Store | None = None) -> Score:
    """The rule of ``claim`` applied to the records of its sweep. Raises FileNotFoundError when there are none."""
    read = {"table": tables.table, "history": tables.history, "geometry": tables.geometry}[claim.source]
    return claim.judge(read(sweep(claim.sweep), store))


def sentence(claim: Claim) -> str:
    """Claim, rule, measurement with its spread, and verdict, as Markdown."""
    result = score(claim)
    measured = "; ".join(f"{name} {spread(*value)}" for name, value in result.measured.items())
    return (
        f"**The paper: {claim.claim}** Our rule, fixed before the models were trained: {claim.rule}. "
        f"Measured: {measured or 'too little'}. Verdict: **{result.verdict}**."
    )


def spread(mean: float, low: float, high: float, count: int) -> str:
    """A mean with its interval and the number of models, fits or seeds behind it."""
    if not count:
        return "not measured"
    if low == high:
        return f"{mean:.2f} (n = {count})"
    return f"{mean:.2f} ({low:.2f} to {high:.2f}, n = {count})"


for _claim in CLAIMS:
    register(f"claim-{_claim.name}")(partial(sentence, _claim))

"""The paper's claims in the order in which they are told, and one verdict each.

`verdict("claim-composes")` applies the limits of that claim to the shipped tables.
"""

from functools import partial

from .. import claims_composition as composition
from .. import claims_few_examples as few
from .. import claims_interpolation as interpolation
from .. import claims_manifolds as manifolds
from .. import claims_percolation as percolation
from .. import tables
from ..experiments import sweep
from ..scoreboard import Claim, Score
from ..spread import write
from ..store import Store
from . import register

CLAIMS = (
    manifolds.FACTORIZED,
    manifolds.HYPER_FACTORIZED,
    composition.COMPOSES,
    interpolation.NO_INTERPOLATION,
    few.FEW_EXAMPLES,
    percolation.SUDDEN,
    percolation.PERCOLATION,
    manifolds.CLIFFORD,
    manifolds.FOUR_COMPONENTS,
    manifolds.DIMENSION_SETTLES,
    composition.REGIONS,
    few.STRIPES_SAVE,
    few.SCALING,
    composition.RIM,
    interpolation.LESION_WIDTH,
    composition.SQUARE_WIDTH,
    percolation.LOSSES,
)


def score(claim: Claim, store: Store | None = None) -> Score:
    """The rule of ``claim`` applied to the records of its sweep. Raises FileNotFoundError when there are none."""
    read = {"table": tables.table, "history": tables.history, "geometry": tables.geometry}[claim.source]
    return claim.judge(read(sweep(claim.sweep), store))


def sentence(claim: Claim) -> str:
    """Claim, rule, measurement with its spread, and verdict, as Markdown."""
    result = score(claim)
    return (
        f"**The paper: {claim.claim}** Our rule, fixed before the models were trained: {claim.rule}. "
        f"Measured: {'; '.join(measured(result)) or 'too little'}. Verdict: **{result.verdict}**."
    )


def measured(result: Score) -> list[str]:
    """Name and number of everything that a verdict rests on."""
    return [
        f"{name}: {write(value) if isinstance(value, tuple) else _number(value)}"
        for name, value in result.measured.items()
    ]


def _number(value: float) -> str:
    return f"{value}" if isinstance(value, int) else f"{value:.2f}"


for _claim in CLAIMS:
    register(f"claim-{_claim.name}")(partial(sentence, _claim))

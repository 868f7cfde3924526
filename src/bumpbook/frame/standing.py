"""Where the paper's claims stand, in the order in which they are told: networks and nulls by one rule, from shipped tables.

No record is opened and no network built: `tables.read` reads what `bumpworld run` and `bumpworld nulls` wrote.
"""

import math
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from bumpworld.store import Store

from . import claims_composition as composition
from . import claims_few_examples as few
from . import claims_interpolation as interpolation
from . import claims_manifolds as manifolds
from . import claims_percolation as percolation
from . import tables
from .claims import COARSE, VERDICTS, Claim, Score

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
# Presets in which a claim may have been tested, smallest first, and what they are called.
SETTINGS = {"quick": "small", "paper-world": "paper's world", "paper-network": "paper's network"}
SMALL, *_ = SETTINGS
# networks that draw fewer than this of their own trained labels, as near as the rule asks, are not judged by held-out ones
SETTLED = 0.9


class Standing(NamedTuple):
    """What a claim's rule says of networks, and of each null by name; ``passed_by`` are nulls that do as well (`Claim.as_well`).

    ``trained`` is the share of their own trained labels that networks draw within `tables.FINE` of the spacing: no held-out label
    can be asked for more, and below `SETTLED` no rule on drawings says anything. NaN where it was not measured.
    ``tried`` is what the rule says of all models, also of those that never learned.
    """

    networks: Score
    nulls: dict[str, Score]
    trained: float = math.nan
    passed_by: tuple[str, ...] = ()
    tried: Score | None = None

    @property
    def no_null(self) -> bool:
        """Is there nothing untrained of which the rule can say anything?"""
        return all(null.verdict == VERDICTS[-1] for null in self.nulls.values())


def standing(claim: Claim, preset: str = "quick", store: Store | None = None) -> Standing:
    """Networks and nulls by the rule of ``claim``. Nulls without a table are left out.

    Raises FileNotFoundError where there is no table of networks, ResultError where one is damaged.
    """
    names = claim.table, f"nulls-{claim.table}"
    return _standing(claim, *(_stamp(tables.path(name, preset, store or Store())) for name in names))


def known(claim: Claim, preset: str = "quick", store: Store | None = None) -> Standing | None:
    """`standing`, or None where the claim was not tested with this preset."""
    try:
        return standing(claim, preset, store)
    except FileNotFoundError:
        return None


def _stamp(file: Path) -> tuple[Path, int, int]:
    """A file and what changes when it is written anew: a page judges each table once."""
    about = file.stat() if file.exists() else None
    return (file, about.st_mtime_ns, about.st_size) if about else (file, 0, 0)


@lru_cache(maxsize=200)
def _standing(claim: Claim, networks: tuple[Path, int, int], nulls: tuple[Path, int, int]) -> Standing:
    rows = tables.read_file(networks[0])
    fine = claim.tolerance != COARSE and {"region", "both_fine"} <= set(rows)
    # as the rule itself, without the models that never learned: of these it is known already
    own = tables.learned(rows)
    trained = float(own[own.region == "train"].both_fine.mean()) if fine else _at_the_end(own)
    found = tables.read_file(nulls[0]).groupby("null", sort=False) if nulls[0].exists() else ()
    networks, tried = claim.judge(rows), claim.judge(rows.assign(learned=True))
    if fine and trained < SETTLED:
        networks = Score(VERDICTS[-1], networks.measured)
    nulls = {name: claim.judge(of_null) for name, of_null in found}
    passed_by = tuple(name for name, null in nulls.items() if claim.as_well(null, networks))
    return Standing(networks, nulls, trained, passed_by, tried)


def _at_the_end(own: pd.DataFrame) -> float:
    """The share of trained labels that networks draw when what they hold inside is measured; NaN where it was not kept."""
    if "trained_fine" not in own:
        return math.nan
    return float(own[own["last"]].groupby("key").trained_fine.first().mean())

"""Claims on what the encoder of a periodic world looks like inside: factors, circles, dimension."""

import pandas as pd

from .scoreboard import Claim, Limit, Measured, gap
from .spread import spread

ADDITIVE, HYPER = "additive share of the last encoder layer", "hyper-factorization (0 circle, 1 one-hot)"
ORTHOGONAL, PARALLEL = "orthogonality", "parallelism"
FOUR, DIMENSION = "variance in 4 components", "participation ratio"


def _path(table: pd.DataFrame) -> pd.DataFrame:
    """Periodic bump worlds of sigma 1, last encoder layer, nearly clean images, at every checkpoint."""
    rows = table[table.periodic & (table.kind == "bump") & (table.sigma == 1) & (table.t == 50)]
    return rows[rows.layer == rows[rows.layer.str.startswith("down")].layer.max()]


def _finished(table: pd.DataFrame) -> pd.DataFrame:
    return _path(table[table["last"]])


def additive_share(table: pd.DataFrame) -> Measured:
    return {ADDITIVE: spread(_finished(table)["additive"])}


def hyper_factorization(table: pd.DataFrame) -> Measured:
    rows = _finished(table)
    return {HYPER: spread(rows["hyper"]), ADDITIVE: spread(rows["additive"])}


def torus_angles(table: pd.DataFrame) -> Measured:
    rows = _finished(table)
    return {ORTHOGONAL: spread(rows["orthogonal"]), PARALLEL: spread(rows["parallel"])}


def components(table: pd.DataFrame) -> Measured:
    rows = _finished(table)
    return {FOUR: spread(rows["four"]), DIMENSION: spread(rows["dimension"])}


def dimension_along_training(table: pd.DataFrame) -> Measured:
    path = _path(table)
    steps = path.groupby("key")["step"]
    first, last = (spread(path.loc[at, "dimension"]) for at in (steps.idxmin(), steps.idxmax()))
    return {
        "dimension at the first checkpoint": first,
        "at the end": last,
        "gap between the intervals": gap(first, last),
        "fall of the mean": first.mean - last.mean,
    }


FACTORIZED = Claim(
    "factorized",
    "abstract 1, 2",
    "Position is represented as f(x) + g(y).",
    (Limit(ADDITIVE, 0.8, 0.6),),
    "torus",
    "geometry",
    additive_share,
)
HYPER_FACTORIZED = Claim(
    "hyper-factorized",
    "abstract 1, 3",
    "Different values of one feature tend to be orthogonal too.",
    # unstructured codes are orthogonal too: the score says little without additivity
    (Limit(HYPER, 0.5, 0.25), Limit(ADDITIVE, 0.6)),
    "torus",
    "geometry",
    hyper_factorization,
)
CLIFFORD = Claim(
    "clifford",
    "3, 8",
    "The learned torus is a Clifford torus rather than a ring.",
    # halfway between the ring's values (.405 and .75, the mean of 1 and 1/2) and the Clifford torus' (0 and 1)
    (Limit(ORTHOGONAL, 0.2, 0.2, "up to"), Limit(PARALLEL, 0.875, 0.875)),
    "torus",
    "geometry",
    torus_angles,
    either=True,
)
FOUR_COMPONENTS = Claim(
    "four-components",
    "2",
    "Four principal components hold most of the variance.",
    (Limit(FOUR, 0.8, 0.6), Limit(DIMENSION, 3), Limit(DIMENSION, 6, reach="up to")),
    "torus",
    "geometry",
    components,
)
DIMENSION_SETTLES = Claim(
    "dimension-settles",
    "2",
    "Effective dimension falls as accuracy rises.",
    (
        Limit("gap between the intervals", 0, reach="above"),
        Limit("fall of the mean", partly=0, reach="above"),
    ),
    "torus",
    "geometry",
    dimension_along_training,
)

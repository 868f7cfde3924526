"""Claims on how many 2D examples are enough, alone and beside all stripes."""

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from bumpworld.instruments.spread import Spread, spread

from .claims import A_COIN, POOLED, Claim, Limit, Measured, apart
from .first_crossing import amount_at

ENOUGH = 0.6  # the share of held-out labels right that the paper asks for
EIGHTH, QUARTER = "share right with stripes and an eighth of the labels", "with stripes and a quarter"
LIFT = "what stripes add at an eighth, sure part"
LEAST, MOST = "smaller factor of labels saved, of the two worlds", "larger factor of labels saved"
FROM_TWO, FROM_ONE = "distance of the power alone from 2", "distance of that with stripes from 1"
ALONE, HELPED = "power of N in the labels needed, alone", "power with stripes"
APART, ORDER = "sure part of the difference", "difference of the means"


def few_examples(table: pd.DataFrame) -> Measured:
    table = table[table.stripes]
    return {
        name: spread(_unseen(table, at)["both"], share=True)
        for name, at in ((EIGHTH, 1 / 8), (QUARTER, 1 / 4))
    }


def _unseen(table: pd.DataFrame, part: float) -> pd.DataFrame:
    """Rows on held-out labels of networks that were trained on this ``part`` of the 2D labels."""
    rows = table[table.region == "unseen"]
    return rows[np.isclose(rows.train_2d / rows["size"] ** 2, part, rtol=0.05)]


def few_examples_lifted(table: pd.DataFrame) -> Measured:
    rows = _unseen(table, 1 / 8)
    helped, alone = (rows[rows.stripes == stripes]["both"] for stripes in (True, False))
    return few_examples(table) | {"an eighth alone": spread(alone, share=True), LIFT: apart(helped, alone)}


def labels(kind: str, with_stripes: bool) -> str:
    """Name of the number of labels that bumps ("bump") or sums ("sos") take."""
    return f"{kind}: 2D labels for {100 * ENOUGH:.0f} %, {'with stripes' if with_stripes else 'alone'}"


def labels_saved(table: pd.DataFrame, bounded: bool = True) -> Measured:
    measured, factors = {}, []
    for kind in ("bump", "sos"):
        ways = [table[(table.kind == kind) & (table.stripes == stripes)] for stripes in (False, True)]
        alone, helped = _needed(ways[0], False), _needed(ways[1], bounded)
        measured |= {labels(kind, False): alone, labels(kind, True): helped}
        factors.append(alone.mean / helped.mean)
    return measured | {LEAST: min(factors), MOST: max(factors)}


def _needed(table: pd.DataFrame, bounded: bool) -> Spread:
    """2D labels needed, over seeds; those whose amounts never crossed the level do not count.

    With ``bounded`` those to which the fewest are enough already count with the fewest: they need no more.
    """
    needed = {seed: amount_at(rows, ENOUGH) for seed, rows in table.groupby("seed")}
    if bounded:
        fewest = table[(table.region == "unseen") & (table.train_2d == table.train_2d.min())]
        enough = fewest[fewest["both"] >= ENOUGH]
        needed |= dict(zip(enough.seed, enough.train_2d, strict=True))
    return spread(list(needed.values()))


def scaling_exponents(table: pd.DataFrame) -> dict[bool, list[float]]:
    """Exponents of 2D labels needed against size, without and with stripes: a fit for every seed that allows one."""
    exponents = {}
    for stripes in (False, True):
        fits = []
        for _, part in table[table.stripes == stripes].groupby("seed"):
            points = np.array([(n, amount_at(rows, ENOUGH)) for n, rows in part.groupby("size")])
            points = points[np.isfinite(points[:, 1])]
            if len(points) >= 3:
                fits.append(np.polyfit(*np.log(points).T, 1)[0])
        exponents[stripes] = fits
    return exponents


def scaling(table: pd.DataFrame) -> Measured:
    fits = scaling_exponents(table)
    alone, helped = map(spread, fits.values())
    return {
        ALONE: alone,
        HELPED: helped,
        FROM_TWO: abs(alone.mean - 2),
        FROM_ONE: abs(helped.mean - 1),
        APART: apart(*fits.values()),
        ORDER: alone.mean - helped.mean,
    }


FEW_EXAMPLES_POOLED = Claim(
    "few-examples",
    "abstract 4",
    "A few 2D examples are enough when each factor is also shown alone.",
    (Limit(EIGHTH, ENOUGH), Limit(QUARTER, partly=ENOUGH)),
    "few-shot",
    "",
    few_examples,
)
FEW_EXAMPLES_BESIDE = replace(FEW_EXAMPLES_POOLED, each_kind=True, before=FEW_EXAMPLES_POOLED, why=POOLED)
FEW_EXAMPLES = replace(
    FEW_EXAMPLES_BESIDE,
    limits=(*FEW_EXAMPLES_POOLED.limits, Limit(LIFT, 0, 0, "above")),
    measure=few_examples_lifted,
    before=FEW_EXAMPLES_BESIDE,
    why="in the paper's world networks that were shown no stripe pass it too, so that it says nothing of factors shown alone",
)
STRIPES_SAVE_CROSSED = Claim(
    "stripes-save",
    "4g, 5",
    f"With all stripes fewer 2D examples reach {100 * ENOUGH:.0f} %.",
    (Limit(LEAST, 1.5), Limit(MOST, partly=1.2)),
    "few-shot",
    "",
    partial(labels_saved, bounded=False),
)
STRIPES_SAVE = replace(
    STRIPES_SAVE_CROSSED,
    measure=labels_saved,
    shown=MOST,
    before=STRIPES_SAVE_CROSSED,
    why="whoever gets by with the fewest examples that were tried was not counted, as if nothing could be said of it",
)
SCALING_BY_MEANS = Claim(
    "scaling",
    "5c",
    "Examples needed follow the guides that the figure draws: N with stripes, N squared without.",
    (
        Limit(FROM_TWO, 0.5, reach="up to"),
        Limit(FROM_ONE, 0.5, reach="up to"),
        Limit(APART, 0, reach="above"),
        Limit(ORDER, partly=0, reach="above"),
    ),
    "scaling",
    "",
    scaling,
    shown=ALONE,
    reading=True,
)
SCALING = replace(
    SCALING_BY_MEANS,
    limits=(*SCALING_BY_MEANS.limits[:2], Limit(APART, 0, 0, reach="above")),
    before=SCALING_BY_MEANS,
    why=A_COIN,
)

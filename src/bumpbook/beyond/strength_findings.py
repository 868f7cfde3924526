"""What chapter 8 found on two factors of unequal strength, and how the predictions fared."""

import numpy as np
import pandas as pd

from bumpbook.frame import studies
from bumpbook.frame.claims import Limit, Measured, judge
from bumpbook.frame.findings import register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.predictions import read_predictions
from bumpworld.instruments.spread import spread, write

from .strengths import EQUAL, FACTORS, LOOK_EVERY, STUDY, UNEQUAL, UnevenWorld

NAMES = {"bump": "bumps", "sos": "sums of stripes"}
HALF = 0.5
# as in results/predictions/strengths.json
BUMPS, STRIPES, RISE = "look of y over look of x, bumps", "look of x over look of y, stripes", "largest rise"
LIMITS = {
    "stronger-first-bump": (Limit(BUMPS, 1.2), Limit(BUMPS, partly=1, reach="above")),
    "stronger-first-sos": (Limit(STRIPES, 1.2), Limit(STRIPES, partly=1, reach="above")),
    "swing": (Limit(RISE, 0.1, 0.03),),
}


def rows(table: pd.DataFrame, kind: str, widths=UNEQUAL) -> pd.DataFrame:
    """Networks of one world, a row each."""
    return table[(table.kind == kind) & table.widths.map(lambda told: tuple(told) == widths).astype(bool)]


def half_learned(runs: pd.DataFrame) -> np.ndarray:
    """Steps (n, 2) at whose look half of the trained labels were first right in x and in y; NaN where they never were."""
    shares = np.array(runs["trained"].tolist())[:, :, :2]
    there = shares >= HALF
    return np.where(there.any(1), LOOK_EVERY * (1.0 + there.argmax(1)), np.nan)


def rises(runs: pd.DataFrame) -> list[float]:
    """For each network, how far its error on unseen labels rose above what it had been, over its fall from first to last."""
    missed = np.array(runs["missed"].tolist())
    rise = (missed - np.minimum.accumulate(missed, axis=1)).max(1)
    return (rise / (missed[:, 0] - missed[:, -1])).tolist()


def measured(table: pd.DataFrame) -> dict[str, Measured]:
    """What each prediction is about."""
    x, y = half_learned(rows(table, "bump")).T
    across, along = half_learned(rows(table, "sos")).T
    return {
        "stronger-first-bump": {BUMPS: spread(y / x)},
        "stronger-first-sos": {STRIPES: spread(across / along)},
        "swing": {RISE: spread(rises(rows(table, "bump")))},
    }


def predictions(table: pd.DataFrame) -> str:
    """A Markdown table of what was foretold, what was measured, the verdict, and what equal widths give."""
    said = {p["name"]: p["says"] for p in read_predictions("strengths")["predictions"]}
    nulls = {
        name: rows(table, kind, EQUAL) for name, kind in zip(LIMITS, ("bump", "sos", "bump"), strict=True)
    }
    lines = []
    for name, found in measured(table).items():
        if name == "swing":
            null = spread(rises(nulls[name]))
        else:
            x, y = half_learned(nulls[name]).T
            null = spread(y / x if name.endswith("bump") else x / y)
        numbers = "; ".join(f"{what}: {write(value)}" for what, value in found.items())
        lines.append([said[name], judge(found, LIMITS[name]).verdict, numbers, write(null)])
    return markdown_table(["foretold", "verdict", "measured", "with equal widths"], lines)


@register("beyond-strengths")
def strengths() -> str:
    """Which of two factors is learned first, where they are added and where they are multiplied."""
    table = studies.table(STUDY)
    steps = {kind: np.nanmean(half_learned(rows(table, kind)), axis=0) for kind in NAMES}
    found = measured(table)
    stripes, bumps = found["stronger-first-sos"][STRIPES], found["stronger-first-bump"][BUMPS]
    strong = {kind: UnevenWorld(kind).strength() for kind in NAMES}
    sentence = (
        "**Where two factors are added, the stronger one is learned first; where they are multiplied, the two come nearly together.** With stripes "
        f"twice as wide along y, half of the trained labels are right in y after {steps['sos'][1]:.0f} steps and in x after "
        f"{steps['sos'][0]:.0f}. With bumps twice as wide along y it takes {steps['bump'][1]:.0f} and {steps['bump'][0]:.0f}."
    )
    told = "; ".join(
        f"{NAMES[kind]}: "
        + " and ".join(f"{v:.2f} for {name}" for name, v in zip(FACTORS, pair, strict=True))
        for kind, pair in strong.items()
    )
    swing = spread(rises(rows(table, "sos"))), spread(rises(rows(table, "sos", EQUAL)))
    evidence = (
        f"Strength is the variance, summed over pixels, of the mean image of each value: {told}. A look every {LOOK_EVERY} steps. "
        f"How the predictions fared:\n\n{predictions(table)}\n\n"
        "The error on unseen pairs rises on the way in every world, with equal widths too: a shape in a wrong place is farther from the "
        f"right image than a blank is. For stripes the rise is {write(swing[0])}, with equal widths {write(swing[1])} (these five "
        "networks were added after the others had been seen). So a rise alone is no sign of a swing."
    )
    return state(sentence, stripes.low > 1.1 and abs(bumps.mean - 1) < 0.1, evidence)

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
HALF, MOST = 0.5, 0.9
LEVELS = (HALF, 0.75, MOST)
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


def learned_at(runs: pd.DataFrame, level: float = HALF) -> np.ndarray:
    """Steps (n, 2) at whose look a share ``level`` of the trained labels was first right in x and in y; NaN where it never was."""
    shares = np.array(runs["trained"].tolist())[:, :, :2]
    there = shares >= level
    return np.where(there.any(1), LOOK_EVERY * (1.0 + there.argmax(1)), np.nan)


def rises(runs: pd.DataFrame) -> np.ndarray:
    """For each network, how far its error on unseen labels rose above what it had been, in energies of an image."""
    missed = np.array(runs["missed"].tolist())
    return (missed - np.minimum.accumulate(missed, axis=1)).max(1)


def swings(runs: pd.DataFrame) -> np.ndarray:
    """`rises` over the fall from the first look to the last, as the prediction has it."""
    missed = np.array(runs["missed"].tolist())
    return rises(runs) / (missed[:, 0] - missed[:, -1])


def measured(table: pd.DataFrame, widths=UNEQUAL) -> dict[str, Measured]:
    """What each prediction is about; with the widths `EQUAL` what its null gets."""
    x, y = learned_at(rows(table, "bump", widths)).T
    across, along = learned_at(rows(table, "sos", widths)).T
    return {
        "stronger-first-bump": {BUMPS: spread(y / x)},
        "stronger-first-sos": {STRIPES: spread(across / along)},
        "swing": {RISE: spread(swings(rows(table, "bump", widths)))},
    }


def predictions(table: pd.DataFrame) -> str:
    """A Markdown table of what was foretold, what was measured, the verdict, and what equal widths give."""
    said = {p["name"]: p["says"] for p in read_predictions("strengths")["predictions"]}
    nulls, lines = measured(table, EQUAL), []
    for name, found in measured(table).items():
        ((what, value),), (null,) = found.items(), nulls[name].values()
        verdict = judge(found, LIMITS[name]).verdict
        if judge(nulls[name], LIMITS[name]).verdict == verdict:
            verdict += ", and so does the null"
        lines.append([said[name], verdict, f"{what}: {write(value)}", write(null)])
    return markdown_table(["foretold", "verdict", "measured", "with equal widths"], lines)


def leads(table: pd.DataFrame) -> str:
    """How much later the weaker factor comes, at three levels, as a Markdown table; levels beside one half were added afterwards."""
    lines = []
    for level in LEVELS:
        cells = []
        for widths in (UNEQUAL, EQUAL):
            x, y = learned_at(rows(table, "bump", widths), level).T
            cells.append(write(spread(y / x)))
        lines.append([f"{level:g}", *cells])
    return markdown_table(["share right", "bumps, y over x", "bumps of equal widths"], lines)


@register("beyond-strengths")
def strengths() -> str:
    """Which of two factors is learned first, where they are added and where they are multiplied."""
    table = studies.table(STUDY)
    found = measured(table)
    stripes = found["stronger-first-sos"][STRIPES]
    across, along = np.nanmean(learned_at(rows(table, "sos")), axis=0)
    plain = np.nanmean(learned_at(rows(table, "sos", EQUAL)))
    most = learned_at(rows(table, "bump"), MOST)
    late = spread(most[:, 1] / most[:, 0])
    early, half = found["stronger-first-bump"][BUMPS], learned_at(rows(table, "bump")).mean(0)
    sentence = (
        "**The stronger of two factors is learned first by far where they are added, and hardly where they are multiplied.** With "
        f"stripes twice as wide along y, half of the trained labels are right within 1 px in y after {along:.0f} steps and in x after {across:.0f} "
        f"({plain:.0f} for both where widths are equal); but there the stronger factor is also the wider one, and which of the two decides, these networks "
        f"cannot say. With bumps twice as wide along y, half are right in x after {half[0]:.0f} steps and in y after {half[1]:.0f}, too near to tell apart; "
        f"nine in ten, a share looked at afterwards, after {most[:, 0].mean():.0f} and {most[:, 1].mean():.0f}."
    )
    told = "; ".join(
        f"{NAMES[kind]}: "
        + " and ".join(
            f"{v:.2f} for {name}" for name, v in zip(FACTORS, UnevenWorld(kind).strength(), strict=True)
        )
        for kind in NAMES
    )
    risen = "; ".join(
        f"{NAMES[kind]} {write(spread(rises(rows(table, kind))))}, of equal widths {write(spread(rises(rows(table, kind, EQUAL))))}"
        for kind in NAMES
    )
    evidence = (
        f"Strength is the variance, summed over pixels, of the mean image of each value: {told}. A look every {LOOK_EVERY} steps. "
        f"How the predictions fared:\n\n{predictions(table)}\n\nThe prediction asked for one half. Other shares were looked at "
        f"afterwards:\n\n{leads(table)}\n\nAmong stripes the same pixel asks less of the wider factor. The error on unseen pairs rises on the way in every world, since a shape in "
        f"a wrong place is farther from the right image than a blank is (in energies of an image: {risen}). So a rise is no sign of a "
        "swing. Stripes of equal widths were added after the others had been seen."
    )
    return state(
        sentence, stripes.low > 1.1 and early.low <= 1 < late.low and late.mean < stripes.mean, evidence
    )

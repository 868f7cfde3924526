"""Claims on values that were never seen: lesions of several widths."""

import pandas as pd

from bumpworld.instruments.spread import spread

from .claims import Claim, Limit, Measured, rank_correlation

NARROW, WIDE = "share right in lesions of 2 columns", "share right in lesions of 6 columns and more"
ORDER, FALL = "rank correlation of width and accuracy", "fall from narrowest to widest"


def _lesions(table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Width in whole columns, and the share right in the lesion, of every model."""
    table = table[(table.region == "lesion") & (table.spacing == 1)]
    return table.high - table.low, table["both"]


def narrow_and_wide(table: pd.DataFrame) -> Measured:
    width, right = _lesions(table)
    # the rule asks for wide ones alone; narrow ones stand beside them where there are any
    narrow = {NARROW: spread(right[width == 2], share=True)} if (width == 2).any() else {}
    return narrow | {WIDE: spread(right[width >= 6], share=True)}


def fall_with_width(table: pd.DataFrame) -> Measured:
    width, right = _lesions(table)
    if width.nunique() < 3:
        return {}
    ends = [spread(right[width == at], share=True) for at in (width.min(), width.max())]
    return {
        "right, narrowest": ends[0],
        "right, widest": ends[1],
        FALL: ends[0].mean - ends[1].mean,
        ORDER: rank_correlation(width, right),
        "models": len(right),
    }


NO_INTERPOLATION = Claim(
    "no-interpolation",
    "abstract 3",
    "Values never seen are not drawn right.",
    (Limit(WIDE, 0.5, 0.75, "up to"),),
    "lesion",
    "",
    narrow_and_wide,
    failure=True,
)
LESION_WIDTH = Claim(
    "lesion-width",
    "11",
    "Accuracy inside the lesion falls with its width.",
    (Limit(ORDER, -0.8, -0.5, "up to"), Limit(FALL, 0.5)),
    "lesion",
    "",
    fall_with_width,
)

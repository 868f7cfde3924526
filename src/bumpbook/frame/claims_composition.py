"""Claims on combinations never seen together: held-out squares, stripes, the rim."""

import pandas as pd

from bumpworld.instruments.spread import spread

from .claims import Claim, Limit, Measured, gap

SQUARE = "right in the held-out central square"
APART = "gap between the intervals"
BOTH, GAIN = "SOS, intersection right, trained on both", "gain over the better alone"
RIM_GAIN = "SOS, gain by the rim"
SMALL, STEP, CORNER_FALL = (
    "interior, up to 4",
    "least fall from one group to the next",
    "fall from first to last",
)


def held_out_square(table: pd.DataFrame) -> Measured:
    rows = table[(table.rule == "held_out_square") & (table.region == "square")]
    return {SQUARE: spread(rows["both"], share=True)}


def stripes_and_examples(table: pd.DataFrame) -> Measured:
    table = table[(table.kind == "sos") & (table.region == "intersection")]
    single = {use: spread(table[table.use == use]["both"], share=True) for use in ("2d", "stripes")}
    both = spread(table[table.use == "both"]["both"], share=True)
    return {
        **{f"SOS, intersection right, trained on {use}": found for use, found in single.items()},
        BOTH: both,
        GAIN: both.mean - max(found.mean for found in single.values()),
        APART: min(gap(both, found) for found in single.values()),
    }


def stripes_and_rim(table: pd.DataFrame) -> Measured:
    table = table[table.kind == "sos"]
    alone = spread(table[(table.rule == "stripes_only") & (table.region == "2d")]["both"], share=True)
    rim = spread(table[(table.rule == "rim") & (table.region == "inside")]["both"], share=True)
    return {
        "stripes alone": alone,
        "stripes and rim": rim,
        RIM_GAIN: rim.mean - alone.mean,
        APART: gap(rim, alone),
    }


def squares_by_width(table: pd.DataFrame) -> Measured:
    table = table[table.region == "square"]
    width, inside = table.high - table.low, table.high < table["size"]
    small, large, corner = (
        spread(table[which]["both"], share=True)
        for which in (inside & (width <= 4), inside & (width >= 8), ~inside & (width >= 8))
    )
    return {
        SMALL: small,
        "interior, 8 and more": large,
        "exterior, 8 and more": corner,
        STEP: min(small.mean - large.mean, large.mean - corner.mean),
        CORNER_FALL: small.mean - corner.mean,
    }


COMPOSES = Claim(
    "composes",
    "abstract 2",
    "Combinations never seen together are drawn right.",
    (Limit(SQUARE, 0.9, 0.5),),
    "first",
    "",
    held_out_square,
)
REGIONS = Claim(
    "regions",
    "4",
    "Stripes and 2D examples together give what neither gives alone.",
    (Limit(BOTH, 0.9), Limit(GAIN, 0.2), Limit(APART, 0, 0, "above")),
    "regions",
    "",
    stripes_and_examples,
)
RIM = Claim(
    "rim",
    "10",
    "2D examples along the rim turn stripes into composition.",
    (Limit(RIM_GAIN, 0.3, 0.1), Limit(APART, 0, reach="above")),
    "rim",
    "",
    stripes_and_rim,
)
SQUARE_WIDTH = Claim(
    "square-width",
    "12",
    "Composition falls with the width held out, and sooner at the canvas' corner.",
    (Limit(SMALL, 0.9), Limit(STEP, 0, 0), Limit(CORNER_FALL, 0.1, reach="above")),
    "square",
    "",
    squares_by_width,
)

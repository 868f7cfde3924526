"""Claims on combinations never seen together: held-out squares, stripes, the rim."""

from dataclasses import replace

import pandas as pd

from bumpworld.instruments.spread import spread

from .claims import A_COIN, CLIPPED, POOLED, Claim, Limit, Measured, apart, gap

SQUARE = "share right in the held-out central square"
APART, GAP = "sure part of the gain", "gap between the intervals"
BOTH, GAIN = "share right in the SOS intersection, trained on both", "gain over the better alone"
RIM_GAIN = "gain in the share of SOS right, by the rim"
SMALL, STEP, CORNER_FALL = (
    "share right in squares inside, up to 4 wide",
    "least fall from one group to the next",
    "fall from first to last",
)

LARGE, CORNER = "in squares inside, 8 and wider", "in squares at the corner, 8 and wider"
FALLS, SOONER = (
    "fall inside to the widest, sure part",
    "fall from inside to the corner at each width from 8 on, sure part",
)


def held_out_square(table: pd.DataFrame) -> Measured:
    rows = table[(table.rule == "held_out_square") & (table.region == "square")]
    return {SQUARE: spread(rows["both"], share=True)}


def stripes_and_examples(table: pd.DataFrame) -> Measured:
    table = table[(table.kind == "sos") & (table.region == "intersection")]
    right = {use: table[table.use == use]["both"] for use in ("2d", "stripes", "both")}
    *single, both = (spread(values, share=True) for values in right.values())
    return {
        **{
            f"share right in the SOS intersection, trained on {use}": spread(right[use], share=True)
            for use in right
        },
        GAIN: both.mean - max(found.mean for found in single),
        GAP: min(gap(both, found) for found in single),
        APART: min(apart(right["both"], right[use]) for use in ("2d", "stripes")),
    }


def stripes_and_rim(table: pd.DataFrame) -> Measured:
    table = table[table.kind == "sos"]
    without = table[(table.rule == "stripes_only") & (table.region == "2d")]["both"]
    helped = table[(table.rule == "rim") & (table.region == "inside")]["both"]
    alone, rim = (spread(values, share=True) for values in (without, helped))
    return {
        "stripes alone": alone,
        "stripes and rim": rim,
        RIM_GAIN: rim.mean - alone.mean,
        APART: apart(helped, without),
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
        LARGE: large,
        CORNER: corner,
        STEP: min(small.mean - large.mean, large.mean - corner.mean),
        CORNER_FALL: small.mean - corner.mean,
    }


def squares_of_each_width(table: pd.DataFrame) -> Measured:
    squares = table[table.region == "square"]
    width, inside = squares.high - squares.low, squares.high < squares["size"]
    right = lambda which: squares[which]["both"]
    wide = sorted(set(width[width >= 8]))
    falls = apart(right(inside & (width <= 4)), right(inside & (width == max(wide, default=0))))
    sooner = [apart(right(inside & (width == at)), right(~inside & (width == at))) for at in wide]
    return squares_by_width(table) | {FALLS: falls, SOONER: min(sooner, default=float("nan"))}


COMPOSES = Claim(
    "composes",
    "abstract 2",
    "Combinations never seen together are drawn right.",
    (Limit(SQUARE, 0.9, 0.5),),
    "first",
    "",
    held_out_square,
)
REGIONS_BY_GAP = Claim(
    "regions",
    "4",
    "Stripes and 2D examples together give what neither gives alone.",
    (Limit(BOTH, 0.9), Limit(GAIN, 0.2), Limit(GAP, 0, 0, "above")),
    "regions",
    "",
    stripes_and_examples,
    reading=True,
)
REGIONS = replace(
    REGIONS_BY_GAP,
    limits=(*REGIONS_BY_GAP.limits[:2], Limit(APART, 0, 0, "above")),
    shown=GAIN,
    before=REGIONS_BY_GAP,
    why=CLIPPED,
)
RIM = Claim(
    "rim",
    "10",
    "2D examples along the rim turn stripes into composition.",
    (Limit(RIM_GAIN, 0.3, 0.1), Limit(APART, 0, reach="above")),
    "rim",
    "",
    stripes_and_rim,
    reading=True,
)
SQUARE_WIDTH_POOLED = Claim(
    "square-width",
    "12",
    "Composition falls with the width held out, and sooner at the canvas' corner.",
    (Limit(SMALL, 0.9), Limit(STEP, 0, 0), Limit(CORNER_FALL, 0.1, reach="above")),
    "square",
    "",
    squares_by_width,
    reading=True,
)
SQUARE_WIDTH_MEANS = replace(
    SQUARE_WIDTH_POOLED,
    limits=tuple(
        replace(limit, reach="above") if limit.what == STEP else limit for limit in SQUARE_WIDTH_POOLED.limits
    ),
    each_kind=True,
    before=SQUARE_WIDTH_POOLED,
    why=f"{POOLED}, and a fall of 0 was enough for partly, which nothing drawn anywhere has",
)
SQUARE_WIDTH = replace(
    SQUARE_WIDTH_MEANS,
    limits=(
        Limit(SMALL, 0.9),
        Limit(FALLS, 0, 0, "above"),
        Limit(SOONER, 0, 0, "above"),
        Limit(CORNER_FALL, 0.1, reach="above"),
    ),
    measure=squares_of_each_width,
    to=CORNER,
    before=SQUARE_WIDTH_MEANS,
    why=f"{A_COIN}, and squares of eight and of ten, of the same seeds, were counted as one group",
)

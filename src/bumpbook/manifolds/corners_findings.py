"""Findings of chapter 3 on whose sum is drawn from, along which axes, and where on the way they turn."""

from bumpbook.frame.claims import Limit, Measured, judge
from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.predictions import fared
from bumpworld.instruments.spread import difference, spread, write

from . import astray_table
from .codes_study import MIDDLE
from .corners import PAIRS
from .corners_table import (
    BUMPS,
    CODES,
    PLAIN,
    STRIPES,
    TURNED,
    WORLDS,
    axes,
    both,
    leads,
    random_table,
    share,
    shares,
    table,
    worse,
)

# a null stays below the one, what a sentence says is so in more than the other
ASTRAY, PARTLY = 0.1, 0.5
# what another label's sum leaves, at most, where it does nearly as much harm as the diagonals
NEARLY = 0.2
# head of a column
DIFFERS = "what it must differ from"
# as in results/predictions/corners.json
WHAT = {
    "stripes-turned": "middle, told turned axes",
    "stripes-axes": "middle, told x and y",
    "bumps-none": "middle, near, size of the larger",
    "not-its-size": "random direction minus diagonals",
    "turned-on-the-way": "condition, told turned axes",
    "follows": "at the neighbour's, worse code",
    "cause-stripes": "best sum, worse code",
    "steer-stripes": "at the new place, worse code",
}


LIMITS = {
    **{
        name: (Limit(WHAT[name], 0.5), Limit(WHAT[name], partly=0, reach="above"))
        for name in ("stripes-turned", "stripes-axes", "not-its-size")
    },
    "bumps-none": (Limit(WHAT["bumps-none"], 0.1, 0.3, "up to"),),
    "turned-on-the-way": (
        Limit(WHAT["turned-on-the-way"], -0.1, reach="up to"),
        Limit(WHAT["turned-on-the-way"], partly=0, reach="below"),
    ),
    "follows": (Limit(WHAT["follows"], 0.6, 0.3),),
    "cause-stripes": (Limit(WHAT["cause-stripes"], 0.8, 0.5),),
    "steer-stripes": (Limit(WHAT["steer-stripes"], 0.8, 0.5),),
}


def measured() -> dict[str, Measured]:
    """What each prediction is about."""
    astray = zip(
        shares(STRIPES, TURNED, "astray"),
        shares(STRIPES, TURNED, "sums", MIDDLE, "far", "diagonal"),
        strict=True,
    )
    found = {
        "stripes-turned": axes(STRIPES, TURNED),
        "stripes-axes": axes(STRIPES, PLAIN),
        "bumps-none": max(abs(axes(BUMPS, code, side="near").mean) for code in CODES),
        "not-its-size": spread([random - diagonal for random, diagonal in astray]),
        "turned-on-the-way": axes(STRIPES, TURNED, "condition"),
        "follows": worse("follows", "neighbour"),
        "cause-stripes": worse("square", "sum"),
        "steer-stripes": worse("steered"),
    }
    return {name: {WHAT[name]: value} for name, value in found.items()}


@register("manifolds-corners-short")
def in_short() -> str:
    """The answer in words that need no square of labels; what it rests on is told once, beside `used`."""
    along, across = (share(STRIPES, TURNED, "sums", MIDDLE, "far", p) for p in PAIRS)
    spread_out, random = (astray_table.share(error) for error in ("spread", "random"))
    return state(
        "**The drawing needs the middle layer, and that layer is nearer to a sum along x and y.** In networks of stripes told x + y and x − y, put a sum of other labels' layers in its place. "
        f"From a sum along x and y {percent(along.mean)} of unseen labels are still drawn within a pixel, from one along the diagonals {percent(across.mean)}. But an error as large "
        f"along no axes at all leaves {percent(spread_out.mean)} if it leads towards other labels, and {percent(random.mean)} in a random direction. So whether the drawing needs the "
        "axes is open.",
        _supported(),
    )


@register("manifolds-corners")
def used() -> str:
    """The answer: far from the label, stripes are drawn from a sum along x and y of the middle layer, not along the diagonals."""
    along, across = (share(STRIPES, TURNED, "sums", MIDDLE, "far", p) for p in PAIRS)
    random, span, spread_out = (astray_table.share(error) for error in ("random", "span", "spread"))
    return state(
        "**The drawing needs this layer, and the layer is nearer to a sum along x and y.** In networks told x + y and x − y, replace a label's middle layer by what the three other corners of a square "
        f"of labels, 6 px wide, make of it: two added, the third taken away. If the square lies along x and y, {percent(along.mean)} of the held-out stripes "
        f"are still drawn within a pixel. If it lies along the diagonals, {percent(across.mean)} are. But an error as large, a random sum of other labels' layers, "
        f"leaves {percent(spread_out.mean)}; errors as large in two other kinds of direction leave {percent(random.mean)} and {percent(span.mean)}. It may be the push towards other "
        "labels, not the axes, that does the harm.",
        _supported(),
        f"{_beside()}\n\n{table()}\n\nThe middle layer as far off as by the far sum along the diagonals, but in a random direction:\n\n"
        f"{random_table()}\n\nHow the predictions fared:\n\n{fared('corners', measured(), LIMITS, DIFFERS)}\n\n"
        f"{fared('astray', astray_table.measured(), astray_table.LIMITS, DIFFERS)}\n\n{_now()}",
    )


def _supported() -> bool:
    """What both wordings of the answer need."""
    across = share(STRIPES, TURNED, "sums", MIDDLE, "far", "diagonal")
    found, errors = measured(), astray_table.measured()
    random, span, spread_out = (astray_table.share(error) for error in ("random", "span", "spread"))
    off, farther = (astray_table.size(pair) for pair in PAIRS)
    sheet = [share(BUMPS, c, "sums", MIDDLE, "near", p).mean for c in CODES for p in PAIRS]
    near = [share(STRIPES, TURNED, "sums", MIDDLE, "near", p).mean for p in PAIRS]
    elsewhere, told = share(STRIPES, TURNED, "elsewhere"), axes(STRIPES, TURNED, "condition")
    asked = ("stripes-turned", "stripes-axes", "not-its-size", "bumps-none", "turned-on-the-way")
    return (
        all(judge(found[name], LIMITS[name]).verdict == "agrees" for name in asked)
        and all(judge(value, astray_table.LIMITS[name]).verdict == "agrees" for name, value in errors.items())
        and axes(STRIPES, TURNED).low > 0 < axes(STRIPES, PLAIN).low
        and off.high < farther.low
        and across.high < ASTRAY
        and spread_out.high < span.low <= span.mean < random.mean
        and min(*sheet, span.mean) > PARTLY
        and near[0] - near[1] > max(sheet) - min(sheet)
        and across.high < elsewhere.low
        and elsewhere.high < NEARLY
        # the mean alone met its rule
        and told.low < 0 < told.high
    )


def _beside() -> str:
    """What stands beside the answer, in words."""
    across, elsewhere = (
        share(STRIPES, TURNED, "sums", MIDDLE, "far", "diagonal"),
        share(STRIPES, TURNED, "elsewhere"),
    )
    random, span, spread_out = (
        write(astray_table.share(e), percent=True) for e in ("random", "span", "spread")
    )
    off, farther = (astray_table.size(pair) for pair in PAIRS)
    sheet = [share(BUMPS, c, "sums", MIDDLE, "near", p).mean for c in CODES for p in PAIRS]
    near = [share(STRIPES, TURNED, "sums", MIDDLE, "near", p).mean for p in PAIRS]
    return (
        "The picture of stripes is a sum along x and y itself, pixel by pixel, and a layer that holds the picture would be one. What this "
        "adds is that the drawing needs the layer. A sum along x and y that is another label's does nearly as much harm as the diagonals: from it "
        f"stripes are drawn at the told place in {write(elsewhere, percent=True)} of drawings, from the diagonals in {write(across, percent=True)}; where they are drawn instead was not measured. "
        "A label's own sum along x and y is the nearer of the two to what the layer holds. "
        f"Shown no image, the sum along x and y is off by {write(off)} of the spread of all labels' middle layers, that along the diagonals by "
        f"{write(farther)}. All other errors are stretched to the length of this last one. In a random direction it leaves {random}: one direction in a thousand hardly meets "
        f"the few along which labels differ. The same noise, projected onto their span and stretched to the same length, leaves {span}. A random sum of the "
        f"labels' own points, stretched alike, goes farthest where labels differ most, and leaves {spread_out}. From corners 3 px away stripes are drawn in {percent(near[0])} and "
        f"{percent(near[1])}, bumps from either sum ({percent(min(sheet))} to {percent(max(sheet))}); from 6 px neither sum draws bumps well."
    )


def _now() -> str:
    """What is made of predictions that met their rule and do not say what they were meant to."""
    told = axes(STRIPES, TURNED, "condition")
    return (
        "**What we make of this now.** A verdict says that a rule was met. “It is the axes, not how far the sum is off” met its rule, and the second table undoes it: an error as "
        "large that leads towards other labels does nearly as much harm along no axes. So do the sizes: they say which sum is nearer, not that axes are used. That the condition still has "
        f"the label's axes met its rule by the mean alone, {write(told)}: the interval holds 0."
    )


@register("manifolds-corners-turn")
def turned() -> str:
    """Where on the way from the label to the drawing the axes turn."""
    along, across, plain = (
        share(STRIPES, code, "sums", "condition", "far", pair)
        for code, pair in ((TURNED, "image"), (TURNED, "diagonal"), (PLAIN, "diagonal"))
    )
    told, image = axes(STRIPES, TURNED, "condition"), axes(STRIPES, PLAIN, "condition")
    apart = difference(leads(STRIPES, PLAIN, "condition"), leads(STRIPES, TURNED, "condition"))
    return state(
        "**Whether the condition has the picture's axes is not settled.** Put the same two sums in its place. Within a pixel the one along the diagonals "
        f"draws {percent(across.mean)}, the one along x and y {percent(along.mean)}, a lead that five networks do not settle. Where x and y are "
        f"told, the one along the diagonals draws {percent(plain.mean)}.",
        # where five networks come to settle it, the sentence must say so
        told.low < 0 < told.high and told.mean < 0 < apart.low and plain.high < ASTRAY,
        f"Share from x and y minus share from the diagonals, corners 6 px away, condition: told x + y and x − y {write(told)}, told x and y "
        f"{write(image)}; the second minus the first {write(apart)}. Bumps alike: {write(axes(BUMPS, TURNED, 'condition'))} and "
        f"{write(axes(BUMPS, PLAIN, 'condition'))}. The prediction asked for the mean alone. Yet the best f(x) + g(y) of this condition, fitted on "
        f"all trained labels, draws {write(share(STRIPES, TURNED, 'square', 'sum'), percent=True)}.",
    )


@register("manifolds-corners-neighbour")
def follows() -> str:
    """The drawing goes where a neighbour's middle layer says."""
    found = {(w, c): share(w, c, "follows", "neighbour") for w in WORLDS for c in CODES}
    stayed = [share(w, c, "follows", "told").mean for w in WORLDS for c in CODES]
    lines = [
        [f"{WORLDS[w]} told {CODES[c]}", *both(w, c, "follows", "neighbour"), *both(w, c, "follows", "told")]
        for w, c in found
    ]
    least = min(one.mean for one in found.values())
    finely = [share(w, c, "follows", "neighbour", fine=True).mean for w, c in found]
    head = ["", "at the neighbour's, 1 px", "0.45 px", "at the label told, 1 px", "0.45 px"]
    return state(
        "**Over a short way the middle layer takes the drawing along.** Draw a label with the middle layer of another, 3 px away along x or y. "
        f"Stripes or bumps, at least {percent(least)} are drawn within a pixel of the other label, and at most {percent(max(stayed))} within a "
        "pixel of their own.",
        least > PARTLY and max(stayed) < ASTRAY,
        f"Within 0.45 px of the other label it is {percent(min(finely))} to {percent(max(finely))}. The pairs of the layers above lie 3 px apart or more in x and in y, and there the drawing is at "
        "neither place.\n\n" + markdown_table(head, lines),
    )


@register("manifolds-corners-cause")
def cause() -> str:
    """The cause test of bumps, asked of stripes."""
    lines = [
        [
            CODES[code],
            *(
                write(share(STRIPES, code, *path), percent=True)
                for path in (("told",), ("square", "sum"), ("square", "shuffled"), ("steered",), ("control",))
            ),
        ]
        for code in CODES
    ]
    summed, moved, finely = worse("square", "sum"), worse("steered"), worse("square", "sum", fine=True)
    nulls = [
        share(STRIPES, code, *path).mean for code in CODES for path in (("square", "shuffled"), ("control",))
    ]
    return state(
        "Stripes pass the tests of bumps as well. Whichever axes are told, the best f(x) + g(y) of the condition draws at least "
        f"{percent(summed.mean)} of the square within a pixel, and a step in x or y moves at least {percent(moved.mean)} to within a pixel of where "
        "they should go.",
        min(summed.mean, moved.mean) >= PARTLY and max(nulls) <= ASTRAY,
        markdown_table(
            [
                "stripes told",
                "as always",
                "the best sum",
                "its parts shuffled",
                "steered",
                "in a random direction",
            ],
            lines,
        )
        + "\n\nWithin 1 px. Told x and y, stripes are not always drawn right to begin with. Within 0.45 px the sum draws "
        f"{percent(finely.mean)} or more, and a network told as always {percent(worse('told', fine=True).mean)} or more.",
    )

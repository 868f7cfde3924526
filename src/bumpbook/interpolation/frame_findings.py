"""Finding of chapter 4 on why a band of eight fills in part in a larger frame: what is trained beside it."""

import numpy as np
import pandas as pd

from bumpbook.frame import tables
from bumpbook.frame.claims import Limit, Measured, apart, judge
from bumpbook.frame.code_sweeps import FRAMES
from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.predictions import fared
from bumpbook.frame.sweeps import sweep
from bumpbook.frame.tables import FINE, learned
from bumpworld.canvas import Canvas
from bumpworld.instruments.spread import difference, spread, write
from bumpworld.store import ResultError

from . import turning
from .turn_findings import band, regressions

WIDTH, PAPER = 8, 32
FIRST = 5  # networks of each kind that results/predictions/frames.json judges; those after them judge frames-again.json
GAIN, GAIN_LOW, LEAST_STEP = "largest frame minus smallest", "low end", "least step from one size to the next"
LEFT, LEFT_LOW, ALONE = "all columns minus eight", "low end of that", "with no more than eight columns"
# of what stands in results/predictions/frames-again.json
SURE, MEANS = "sure part of the difference", "difference of the means"
SURELY = (Limit(SURE, 0.0, reach="above"), Limit(MEANS, partly=0.0, reach="above"))
# what is trained instead of all labels beside the band
LESS = {"thinned": "as many labels of all columns", "strips": "only the eight nearest columns"}
LIMITS = {
    "frame": (Limit(GAIN_LOW, 0.2, 0.0, "above"), Limit(LEAST_STEP, 0.0)),
    "columns": (Limit(LEFT_LOW, 0.0, 0.0, "above"), Limit(ALONE, 0.1, reach="up to")),
    "patches": (Limit(ALONE, 0.05, reach="up to"),),
}
STEPS = 1200  # about as many as all labels take
AGAIN = {
    "columns-again": (Limit(SURE, 0.0, 0.0, "above"), Limit(ALONE, 0.1, reach="up to")),
    "not-the-labels": SURELY,
    "not-the-steps": SURELY,
}
# of both, as the sentence has them: larger frames in part, columns missed and then met, steps in part
VERDICTS = ["partly", "disagrees", "agrees", "agrees", "agrees", "partly"]


def shares(
    table: pd.DataFrame,
    size: int = PAPER,
    rule: str = "lesion",
    told: str = "turned-45",
    longer: bool = False,
) -> np.ndarray:
    """Shares of the band right within .45 px over networks that learned: by frame, by what they were trained on, and how long.

    Raises ResultError where there is no such network.
    """
    rows = table[(table["size"] == size) & (table.rule == rule) & (table.longer == longer)]
    if not len(found := band(rows, told, WIDTH)):
        raise ResultError("the networks are not finished; run `bumpworld run frames` first")
    return found


def _first(table: pd.DataFrame) -> dict[str, Measured]:
    """What results/predictions/frames.json asks, of the first networks of each kind."""
    table = table[table.seed < FIRST]
    sizes, few = [shares(table, size) for size in FRAMES], shares(table, rule="strips")
    gain, left = difference(sizes[-1], sizes[0]), difference(shares(table), few)
    step = float(np.diff([values.mean() for values in sizes]).min())
    return {
        "frame": {GAIN: gain, GAIN_LOW: gain.low, LEAST_STEP: step},
        "columns": {LEFT: left, LEFT_LOW: left.low, ALONE: spread(few, share=True)},
        "patches": {ALONE: spread(sizes[0], share=True)},
    }


def _again(table: pd.DataFrame) -> dict[str, Measured]:
    """What results/predictions/frames-again.json asks: of new networks alone, and of the controls."""
    new = table[table.seed >= FIRST]
    few, whole = shares(new, rule="strips"), shares(table)
    labels, columns = (shares(table, rule=rule) for rule in LESS)
    longer = [shares(table, rule=rule, longer=True) for rule in LESS]
    return {
        "columns-again": {SURE: apart(shares(new), few), ALONE: spread(few, share=True)},
        "not-the-labels": {SURE: apart(labels, columns), MEANS: float(labels.mean() - columns.mean())},
        "not-the-steps": {
            SURE: min(apart(whole, values) for values in longer),
            MEANS: float(min(whole.mean() - values.mean() for values in longer)),
        },
    }


@register("interpolation-frames")
def frames() -> str:
    """What decides whether a band of eight fills: the columns beside it, the labels in them, the steps, or the patches?"""
    table = turning.by_frame()
    sizes = {size: shares(table, size) for size in FRAMES}
    whole, plain = sizes[PAPER], shares(table, FRAMES[-1], told="axes")
    less = {rule: [shares(table, rule=rule, longer=longer) for longer in (False, True)] for rule in LESS}
    counts = table.groupby(["size", "rule"]).labels.first().astype(int)
    rows = [[f"{size} px", str(counts[size, "lesion"]), percent(values)] for size, values in sizes.items()]
    rows += [
        [f"{PAPER} px, {name}{late}", str(counts[PAPER, rule]), percent(values)]
        for rule, name in LESS.items()
        for late, values in zip(("", f", {STEPS} steps"), less[rule], strict=True)
    ]
    rows += [[f"{FRAMES[-1]} px, told x and y", str(counts[FRAMES[-1], "lesion"]), percent(plain)]]
    nulls, none = regressions(WIDTH, Canvas(FRAMES[-1]))
    (labels, labels_longer), (columns, columns_longer) = less.values()
    first, again = _first(table), _again(table)
    verdicts = [judge(m, LIMITS[n]).verdict for n, m in first.items()]
    verdicts += [judge(m, AGAIN[n]).verdict for n, m in again.items()]
    return state(
        f"**What is left beside the band counts.** In the frame of {PAPER} pixels train only the eight nearest columns: told turned axes, networks draw "
        f"{percent(columns.mean())} of the band of eight. With as many labels from all columns they draw {percent(labels.mean())}, or "
        f"{percent(labels_longer.mean())} if trained for as many steps as all labels take; with all labels {percent(whole.mean())}.",
        apart(labels_longer, columns_longer) > 0 and none and verdicts == VERDICTS,
        f"One network for all, told turned axes; labels trained on, and share of the band right within {FINE:g} px:\n\n"
        + markdown_table(["frame", "labels", "right"], rows)
        + f"\n\nWith equal labels and steps columns alone make {write(difference(labels_longer, columns_longer))}. What more labels add beyond their steps "
        f"is not settled: {write(difference(whole, labels_longer))}; nor is what more steps do: {write(difference(labels_longer, labels))}. It is the band "
        f"that takes all this: from {counts[PAPER, 'thinned']} random labels networks draw {percent(_others())} of the other labels that they never saw. In "
        f"the largest frame {nulls}; neither draws a label of the two middle columns.\n\nForetold before the first {FIRST} networks of each kind were "
        "trained, but for three (`results/predictions/frames.json`):\n\n"
        + fared("frames", first, LIMITS)
        + "\n\nThe second rule was missed by an interval that takes shares near 0 as if they could lie below it. So new networks were asked, by a rule that "
        "sees such groups apart, and controls for what the columns bring with them (`results/predictions/frames-again.json`):\n\n"
        + fared("frames-again", again, AGAIN),
    )


def _others() -> np.ndarray:
    """Of all other labels that the networks of 256 random labels never saw, the shares right within .45 px."""
    wanted = {e.key for e in sweep("frames").experiments if e.train_on.rule == "thinned" and e.until_learned}
    rows = learned(tables.table(sweep("frames")))
    rows = rows[rows.key.isin(wanted) & (rows["size"] == PAPER) & (rows.region == "rest")]
    return rows.both_fine.to_numpy(float)

"""Finding of chapter 4 on why a band of eight fills in part in a larger frame: what is left beside it."""

import numpy as np
import pandas as pd

from bumpbook.frame.claims import Limit, judge
from bumpbook.frame.code_sweeps import FRAMES
from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.predictions import fared
from bumpbook.frame.sweeps import sweep
from bumpbook.frame.tables import FINE
from bumpworld.canvas import Canvas
from bumpworld.instruments.spread import difference, percentage, spread
from bumpworld.store import ResultError

from . import turning
from .turn_findings import band, regressions

WIDTH = 8
GAIN, GAIN_LOW, LEAST_STEP = "largest frame minus smallest", "low end", "least step from one size to the next"
LEFT, LEFT_LOW, ALONE = "all columns minus eight", "low end of that", "with no more than eight columns"
# results/predictions/frames.json
LIMITS = {
    "frame": (Limit(GAIN_LOW, 0.2, 0.0, "above"), Limit(LEAST_STEP, 0.0)),
    "columns": (Limit(LEFT_LOW, 0.0, 0.0, "above"), Limit(ALONE, 0.1, reach="up to")),
    "patches": (Limit(ALONE, 0.05, reach="up to"),),
}


def shares(table: pd.DataFrame, size: int, told: str = "turned-45", rule: str = "lesion") -> np.ndarray:
    """Shares of the band right within .45 px in a frame of ``size``, over networks that learned."""
    return band(table[(table["size"] == size) & (table.rule == rule)], told, WIDTH)


@register("interpolation-frames")
def frames() -> str:
    """What decides whether a band of eight fills: the frame, the columns beside it, or the patches?"""
    table = turning.by_frame()
    sizes = {size: shares(table, size) for size in FRAMES}
    few, plain = shares(table, 32, rule="strips"), shares(table, FRAMES[-1], "axes")
    if not all(map(len, (*sizes.values(), few, plain))):
        raise ResultError("the networks are not finished; run `bumpworld run frames` first")
    gain, left = difference(sizes[FRAMES[-1]], sizes[FRAMES[0]]), difference(sizes[32], few)
    means = [float(values.mean()) for values in sizes.values()]
    found = {
        "frame": {GAIN: gain, GAIN_LOW: gain.low, LEAST_STEP: float(np.diff(means).min())},
        "columns": {LEFT: left, LEFT_LOW: left.low, ALONE: spread(few, share=True)},
        "patches": {ALONE: spread(sizes[FRAMES[0]], share=True)},
    }
    rows = [[f"{size} px", percent(values)] for size, values in sizes.items()]
    rows += [["32 px, eight columns left", percent(few)], [f"{FRAMES[-1]} px, told x and y", percent(plain)]]
    nulls, none = regressions(WIDTH, Canvas(FRAMES[-1]))
    verdict = judge(found["columns"], LIMITS["columns"]).verdict
    labels = [
        len(e.train_on.split(e.canvas).train)
        for e in sweep("frames").experiments
        if e.canvas.size == 32 and not e.seed
    ]
    return state(
        f"**What is left beside the band seems to count.** Of the larger frame train only the four columns on either side, as many as the small frame "
        f"has: told turned axes, networks draw {percent(few.mean())} of the band of eight, and {percentage(few.max())} at most. With all columns they "
        f"draw {percent(sizes[32].mean())}, and {percentage(sizes[32].min())} at least. Our rule asked for an interval above 0, and is not met.",
        sizes[32].min() > few.max() and few.mean() < 0.1 and none and verdict == "disagrees",
        f"One network for all, told turned axes; share of the band right within {FINE:g} px:\n\n"
        + markdown_table(["frame", "right"], rows)
        + f"\n\nWith the columns go their labels: {min(labels)} are left of {max(labels)}. In the largest frame {nulls}; neither draws a label "
        "of the two middle columns. Foretold before these were trained, but for three (`results/predictions/frames.json`):\n\n"
        + fared("frames", found, LIMITS),
    )

"""Findings of chapter 4 on the language in which a label is told: turned axes, smooth codes, and what no code saves."""

from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from bumpbook.frame.claims import Limit, judge
from bumpbook.frame.code_sweeps import code
from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.sweeps import sweep
from bumpbook.frame.tables import FINE, learned
from bumpworld.canvas import Canvas
from bumpworld.instruments.baselines import KernelRegression
from bumpworld.instruments.label_kernel import LabelKernel
from bumpworld.instruments.spread import difference, spread, write
from bumpworld.measure import judge as judge_images
from bumpworld.selection import lesion
from bumpworld.unet import UNetConfig

from . import turning
from .kernel import nearness
from .outcomes import blend_score
from .turn_figures import WORDS
from .turning import two_middle

KERNELS = {"a ReLU kernel": LabelKernel, "a Gaussian kernel": KernelRegression}
# what turning is compared with, and turning
CODES = ("axes", "turned-45")
# seed 0 of the band of 4 had been looked at before the predictions were written: results/predictions/axes.json
SEEN = 0
FILLS = (Limit("turned by 45° minus x and y", 0.2, 0.0), Limit("low end of the interval", 0.0, 0.0, "above"))
# results/predictions/reach.json
LANGUAGE = (
    Limit("turned, gap of 5, minus plain, gap of 3.5", 0.2, 0.0),
    Limit("low end of the interval", 0.0, 0.0, "above"),
)
REACH = (Limit("plain, gap of 3.5, minus plain", 0.2), Limit("low end of the interval", 0.0, reach="above"))
STAYS = (Limit("best code", 0.1, 0.3, "up to"),)
SMOOTHER = 4  # times lower is the top frequency of the smooth code


def band(
    table: pd.DataFrame, told: str, width: float, fresh: bool = False, column: str = "right"
) -> np.ndarray:
    """Shares right of every model of one code and band that learned; ``fresh``: without the seed seen before.

    ``column`` is "right" (within 0.45 px) or "near" (within 1 px).
    """
    part = learned(table)
    part = part[(part.told == told) & (part.test == "band") & (part.width == width)]
    return part[column][part.seed > SEEN if fresh else part.seed >= 0].to_numpy(float)


class Regression(NamedTuple):
    """Shares of a band, and of its two middle columns, that a regression draws right; nothing is trained."""

    whole: float
    middle: float


@cache
def regression(kernel: type, unet: UNetConfig, width: int = 4, canvas: Canvas = Canvas()) -> Regression:
    """What ``kernel`` (`KERNELS`) draws of a band in the middle from the code in which a network of ``unet`` is told."""
    split = lesion((canvas.size - width) // 2, (canvas.size + width) // 2).split(canvas)
    labels = split.labels[split.held_out]
    drawn = kernel(unet).fit(split.train, canvas.render(split.train)).predict(labels)
    right = judge_images(drawn, labels, canvas).right(FINE)[:, 2].float()
    return Regression(float(right.mean()), float(right[two_middle(split)[split.held_out]].mean()))


def regressions(width: int = 4, canvas: Canvas = Canvas()) -> tuple[str, bool]:
    """What both kernels draw, told x and y and told turned axes, in words; and does neither draw a middle column?"""
    found = {
        name: [regression(kernel, code(told, canvas.size), width, canvas) for told in CODES]
        for name, kernel in KERNELS.items()
    }
    words = " and ".join(
        f"{percent(plain.whole)} and {percent(turned.whole)} for {name}"
        for name, (plain, turned) in found.items()
    )
    blank = not any(each.middle for pair in found.values() for each in pair)
    return f"regressions on the same two codes {words}", blank


@register("interpolation-turned")
def turned() -> str:
    """Does a band of four columns fill when the told axes are turned by 45 degrees?"""
    table = turning.by_code()
    plain, other = (band(table, told, 4) for told in CODES)
    judges = [band(table, told, 4, fresh=True) for told in CODES]
    apart = difference(judges[1], judges[0])
    verdict = judged((apart.mean, apart.low), FILLS)
    (nulls, blank), inner = regressions(), [turning.middle(sweep("codes"), told, 4) for told in CODES]
    return state(
        f"**Turning the label's axes fills most of the hole.** Told x and y, networks draw {percent(plain.mean())} of the bumps in a band of "
        f"four columns within {FINE:g} px. Told the same places in axes turned by 45°, they draw {percent(other.mean())}. Of the two middle "
        f"columns they draw {percent(np.mean(inner[0]))} and {percent(np.mean(inner[1]))}.",
        verdict == "agrees" and blank and np.mean(inner[1]) - np.mean(inner[0]) >= FILLS[0].agrees,
        f"Told x and y: {percent(plain)}. Turned by 45°: {percent(other)}. One of these seeds had been looked at before our "
        f"rule was written, and does not judge. The others: {percent(judges[0])} and {percent(judges[1])}, a difference of "
        f"{write(apart)}; the rule asked for {FILLS[0].agrees:g} and intervals apart: **{verdict}**. The two middle columns alone: "
        f"{percent(inner[0])} and {percent(inner[1])}. A copy of the nearest column scores 0 %, a cross-fade "
        f"{percent(blend_score(Canvas(), 5, FINE))}, {nulls}. The Gaussian one draws the columns beside the edges, in either language, and "
        "neither draws a label of the two middle ones.",
    )


@register("interpolation-turning")
def reach() -> str:
    """Is it the turning that fills the hole, or the gap that turning shortens?"""
    changed, usual = turning.by_reach(), turning.by_code()
    short, long = (band(changed, told, 4) for told in CODES)
    plain, turned = (band(usual, told, 4) for told in CODES)
    lead, gain = difference(long, short), difference(short, plain)
    verdicts = [judged((apart.mean, apart.low), by) for apart, by in ((lead, LANGUAGE), (gain, REACH))]
    squares = learned(changed[changed.test == "square"]).groupby("told").near.apply(list)
    shorter = 5 / 2**0.5
    rows = [
        [name, f"{gap:.2g} px", percent(found), square]
        for name, gap, found, square in (
            ("x and y", 5, plain, "–"),
            ("turned by 45°", shorter, turned, "–"),
            ("x and y, lower frequencies", shorter, short, percent(squares["axes"])),
            ("turned by 45°, higher frequencies", 5, long, percent(squares["turned-45"])),
        )
    ]
    return state(
        f"**Turning does more than bring both sides of the band nearer.** Along a row x changes by 5 px from one side to the other; in axes turned by 45° each told "
        f"number changes by only {shorter:.1f}. So we changed the code's frequencies until that made no difference. In turned axes with the sides as far apart as before, "
        f"networks draw {percent(long.mean())} of the band; in plain axes with the sides as near, {percent(short.mean())}.",
        verdicts[0] == "agrees" and verdicts[1] != "agrees" and long.min() > short.max(),
        f"Within {FINE:g} px, all frequencies lower or higher by the root of 2. Foretold before the runs: that turned axes with the long way fill more than plain ones with the short (from "
        f"{LANGUAGE[0].agrees:g}, interval above 0): {write(lead)}, **{verdicts[0]}**; that the short way fills more in plain axes: {write(gain)}, "
        f"**{verdicts[1]}**.\n\n"
        + markdown_table(
            ["told", "change of a told number across the band", "band of four", "square of eight, 1 px"], rows
        ),
    )


def judged(numbers: tuple[float, ...], limits: tuple[Limit, ...]) -> str:
    """The verdict on a number for each limit, for instance a difference and the low end of its interval."""
    return judge(dict(zip((limit.what for limit in limits), numbers, strict=True)), limits).verdict


@register("interpolation-angle")
def by_angle() -> str:
    """Does the band fill step by step as the axes turn?"""
    table = learned(turning.by_angle())
    lines, ends = [], {}
    for width, part in table.groupby("width"):
        shares = {angle: rows.right.to_numpy(float) for angle, rows in part.groupby("angle")}
        ends[width] = [shares[angle] for angle in (min(shares), max(shares))]
        lines.append(f"band of {width:g}: " + ", ".join(f"{a:g}° {percent(v)}" for a, v in shares.items()))
    four, eight = (difference(ends[w][1], ends[w][0]) for w in (4, 8))
    return state(
        f"From 0° to {table.angle.max():g}° the band of four gains {100 * four.mean:.0f} points; the band of eight gains "
        f"{100 * eight.mean:.0f}.",
        four.low > 0 and eight.mean < 0.1,
        "Right within 0.45 px:\n\n" + "\n".join(f"* {line}" for line in lines),
    )


@register("interpolation-smooth")
def smooth() -> str:
    """What a smoother and a sharper code do to the band of four, and what a regression on them foretold."""
    table = turning.by_code()
    plain, low, high = (band(table, told, 4) for told in ("axes", "smooth", "sharp"))
    near = [percent(band(table, told, 4, column="near")) for told in ("axes", "smooth", "sharp")]
    usual = UNetConfig.label_frequencies
    codes = [UNetConfig.quick(label_frequencies=(usual[0], usual[1] / k)) for k in (1, SMOOTHER)]
    nulls = [regression(kernel, unet) for kernel in KERNELS.values() for unet in codes]
    nearer = [nearness(Canvas(), 5, unet) for unet in codes]
    ours, lower = (turning.middle(sweep("codes"), told, 4) for told in ("axes", "smooth"))
    return state(
        f"A code with a top frequency {SMOOTHER} times lower helps too: networks then draw {percent(low.mean())} of the band of four instead of "
        f"{percent(plain.mean())}, and {percent(np.mean(lower))} of its two middle columns instead of {percent(np.mean(ours))}. "
        "The regression did not foretell that: its pictures get worse with the smoother code.",
        min(lower) > max(ours) and not any(null.middle for null in nulls) and nearer[1] < nearer[0],
        f"Within {FINE:g} px: ours {percent(plain)}, smoother {percent(low)}, sharper (twice the top frequency) {percent(high)}; the middle "
        f"columns {percent(ours)} and {percent(lower)}, of which neither kernel draws a label from either code. Within 1 px: {near[0]}, {near[1]} "
        f"and {near[2]}; a cross-fade {percent(blend_score(Canvas(), 5))}.",
    )


@register("interpolation-eight")
def eight() -> str:
    """Which code fills a band of eight columns?"""
    table = turning.by_code()
    found = {told: band(table, told, 8) for told in WORDS if len(band(table, told, 8))}
    best = max(found, key=lambda told: found[told].mean())
    verdict = judge({STAYS[0].what: spread(found[best], share=True)}, STAYS).verdict
    lines = [f"{WORDS[told]}: {percent(values)}" for told, values in found.items()]
    return state(
        f"**In this frame no code fills a band of eight columns.** The best of {len(found)} codes draws {percent(found[best].mean())} of it.",
        verdict == "agrees",
        f"Within 0.45 px, our rule asked for at most {STAYS[0].agrees:g}:\n\n"
        + "\n".join(f"* {line}" for line in lines),
    )


@register("interpolation-squares")
def squares() -> str:
    """A square as wide as the band of eight, under the codes that tell two coordinates apart."""
    table = learned(turning.by_code())
    table = table[(table.test == "square") & (table.width == 8)]
    found = {told: part for told, part in table.groupby("told") if told != "pair"}
    fine, near = ({told: part[column].mean() for told, part in found.items()} for column in ("right", "near"))
    lines = [
        f"{WORDS[told]}: {percent(found[told].right)}, within 1 px {percent(found[told].near)}"
        for told in WORDS
        if told in found
    ]
    return state(
        f"A square of eight is as wide, and every code that tells two coordinates draws most of it: {percent(min(fine.values()))} and more, and "
        f"{percent(min(near.values()))} and more within 1 px.",
        min(fine.values()) > 0.5 and min(near.values()) >= 0.9,
        f"Within {FINE:g} px:\n\n" + "\n".join(f"* {line}" for line in lines),
    )

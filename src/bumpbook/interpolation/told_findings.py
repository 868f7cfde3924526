"""Findings of chapter 4 on turned axes elsewhere: for other training targets, at the paper's own size, in its own network."""

import math
from typing import NamedTuple

import numpy as np
import pandas as pd

from bumpbook.frame import longer as patience
from bumpbook.frame.claims import Limit, judge
from bumpbook.frame.code_sweeps import EQUAL_STEPS
from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.predictions import fared
from bumpbook.frame.standing import SETTLED
from bumpbook.frame.sweeps import PRESETS, Sweep, sweep
from bumpbook.frame.tables import FINE, learned
from bumpworld.instruments.spread import difference, write
from bumpworld.store import ResultError

from . import turning
from .turn_figures import WORDS
from .turn_findings import CODES, FILLS, band, judged, regressions

CANVAS = PRESETS["paper-world"].base.canvas
# networks of either code from which on an interval judges
ENOUGH = 5
# results/predictions/told-larger.json: what judges where there are fewer
APART = (FILLS[0], Limit("lowest turned minus highest x and y", 0.0, reach="above"))
# presets as results/predictions/equal-steps.json names them
NAMES = {"quick": "small", "paper-world": "paper-world"}
FORETOLD = "Foretold before networks were trained {} (`results/predictions/told-larger.json`)."
HEAD = [
    f"x and y, {FINE:g} px",
    f"turned, {FINE:g} px",
    "difference",
    "verdict",
    "x and y, two middle columns",
    "turned, two middle columns",
]
NETWORK = [
    "told",
    "steps",
    f"own labels, {FINE:g} px",
    f"band, {FINE:g} px",
    f"two middle columns, {FINE:g} px",
    "band, 1 px",
]


class Compared(NamedTuple):
    """Shares of a band drawn right told x and y and told turned axes, the verdict, and the row under `HEAD`."""

    plain: np.ndarray
    turned: np.ndarray
    verdict: str
    row: list[str]


def compared(table: pd.DataFrame, width: int, source: Sweep, enough: float = ENOUGH, **training) -> Compared:
    """Both codes on a band of ``width``, of ``training`` as `turning.middle` has it; an interval judges from ``enough`` networks on.

    Raises ResultError where one has no model, naming the command of ``source``.
    """
    plain, turned = (band(table, told, width) for told in CODES)
    if not len(plain) or not len(turned):
        raise ResultError(f"the networks are not finished; run `{source.command}` first")
    apart = difference(turned, plain)
    verdict = (
        judged((apart.mean, apart.low), FILLS)
        if min(len(plain), len(turned)) >= enough
        else judged((apart.mean, turned.min() - plain.max()), APART)
    )
    inner = (percent(turning.middle(source, told, width, **training)) for told in CODES)
    return Compared(plain, turned, verdict, [percent(plain), percent(turned), write(apart), verdict, *inner])


@register("interpolation-told-targets")
def told_targets() -> str:
    """Does the band fill in turned axes for the paper's own target, and for v?"""
    table, source = turning.by_target(), sweep("told-targets")
    eps, v = (compared(table[table.target == t], 4, source, target=t) for t in ("eps", "v"))
    return state(
        f"**It is so for the usual target of a DDPM.** Trained for the noise, networks told x and y draw {percent(eps.plain.mean())} of the band, told "
        f"turned axes {percent(eps.turned.mean())}; trained for v, {percent(v.plain.mean())} and {percent(v.turned.mean())}.",
        eps.verdict == v.verdict == "agrees",
        "Foretold before turned axes were trained for either (`results/predictions/told-targets.json`), by the same limits:\n\n"
        + markdown_table(["trained for", *HEAD], [["the noise", *eps.row], ["v", *v.row]]),
    )


@register("interpolation-told-longer")
def longer() -> str:
    """Do turned axes fill the hole because they are learned later, and so trained for longer?"""
    table, found = turning.by_steps(), {}
    for preset in EQUAL_STEPS:
        part = table[table["size"] == PRESETS[preset].base.canvas.size]
        found[preset] = [band(part, told, 4) for told in CODES]
    if not all(len(shares) for pair in found.values() for shares in pair):
        raise ResultError(f"the networks are not finished; run `{sweep('reach').command}` first")
    measured = {}
    for preset, (plain, turned) in found.items():
        apart = difference(turned, plain)
        by = dict(zip((limit.what for limit in FILLS), (apart, apart.low), strict=True))
        measured[f"equal-steps-{NAMES[preset]}"] = by
    limits = dict.fromkeys(measured, FILLS)
    said = [
        f"{percent(plain.mean())} told x and y, {percent(turned.mean())} turned"
        for plain, turned in found.values()
    ]
    late = patience.share("band", True)
    return state(
        f"**Nor is it the longer training.** Turned axes are learned later, and our networks train until their labels are learned. Trained for equally many "
        f"steps they draw of the band {said[0]}; in the paper's frame {said[1]}. Nor does it come with time: told x and y for {patience.steps(True)} steps, "
        f"networks of the small frame draw {percent(late.mean)}.",
        all(judge(by, FILLS).verdict == "agrees" for by in measured.values())
        and late.high < found["quick"][1].mean(),
        f"{' and '.join(map(str, EQUAL_STEPS.values()))} steps, more than any network told turned axes took by itself, under a falling rate; {FINE:g} px. Foretold before "
        "one was trained (`results/predictions/equal-steps.json`):\n\n"
        + fared("equal-steps", measured, limits),
    )


@register("interpolation-told-sums")
def told_sums() -> str:
    """Do turned axes help where no told number is new, in a square of sums of stripes? And in their band of four?"""
    table = learned(turning.by_code(kind="sos"))
    square = table[(table.test == "square") & (table.width == 8)]
    plain, turned = (square[square.told == told].right.to_numpy(float) for told in CODES)
    hole, filled = (band(table, told, 4) for told in CODES)
    if not min(map(len, (plain, turned, hole, filled))):
        raise FileNotFoundError(
            "no square or no band of sums is trained under both codes; run `bumpworld run codes` first"
        )
    return state(
        f"**New numbers are not the whole reason.** In a held-out square of sums of stripes every told number is known, in either language. There, too, "
        f"turned axes help: {percent(turned.mean())} are drawn instead of {percent(plain.mean())}.",
        # of the band the fold says what it says
        turned.min() > plain.max() and filled.mean() > hole.mean() and filled.min() <= hole.max(),
        f"A square of eight, right within {FINE:g} px: told x and y {percent(plain)}, turned by 45° {percent(turned)}. The same square of bumps is "
        f"nearly whole in both. Of their band of four, {percent(hole)} and {percent(filled)}: so few networks do not tell these apart, as they do for "
        "bumps. Looked at after the runs, so nothing was foretold.",
    )


@register("interpolation-told-larger")
def larger() -> str:
    """Does the band fill in turned axes at the paper's own size, and in its own network?"""
    found = _in_the_papers_world(4)
    return state(
        f"**In a frame of the paper's size turned axes fill it whole.** In {CANVAS.size} × {CANVAS.size} pixels our small networks draw "
        f"{percent(found.plain.mean())} of the band of four told x and y, and {percent(found.turned.mean())} told turned axes.",
        found.verdict == "agrees" and found.turned.mean() >= SETTLED and regressions(4, CANVAS)[1],
        f"{FORETOLD.format('in turned axes there')} A copy of the nearest column draws 0 %, {_nulls(4)}; neither draws a label of the two "
        f"middle columns.\n\n" + markdown_table(HEAD, [found.row]),
    )


@register("interpolation-told-eight")
def eight() -> str:
    """Does a band of eight fill in turned axes where more columns are left beside it?"""
    # its rule named extremes, for three networks
    found = _in_the_papers_world(8, enough=math.inf)
    return state(
        f"**In {CANVAS.size} × {CANVAS.size} pixels some of a band of eight fills too.** Trained until they know their labels, networks told turned axes draw "
        f"{percent(found.turned.mean())} of it; told x and y, {percent(found.plain.mean())}.",
        found.verdict == "agrees" and found.turned.mean() < SETTLED,
        f"{FORETOLD.format('around it in turned axes, when those of the band of four were known')} That was said of three networks, which drew "
        f"{percent(found.turned[:3])}; later ones are counted and judged with them. Drawn without training, by {_nulls(8)}.\n\n"
        + markdown_table(HEAD, [found.row]),
    )


def _in_the_papers_world(width: int, enough: float = ENOUGH) -> Compared:
    """Of the networks that draw enough of their own trained labels to be judged."""
    table = turning.by_size("paper-world")
    return compared(table[table.trained >= SETTLED], width, sweep("slider", "paper-world"), enough)


def _nulls(width: int) -> str:
    return regressions(width, CANVAS)[0]


@register("interpolation-told-network")
def network() -> str:
    """Does the band fill in turned axes in the paper's own network?"""
    source, table = sweep("slider", "paper-network"), learned(turning.by_size("paper-network"))
    judges = table[table.trained >= SETTLED].sort_values("steps")
    found = compared(judges, 4, source)
    # one told turned axes judges after the most steps alone
    steps = judges.steps.max()
    plain, other = (band(judges[judges.steps == steps], told, 4) for told in CODES)
    fewer = table.steps.min()
    early, unready = (band(table[table.steps == fewer], told, 4) for told in CODES)
    lines = [
        [
            WORDS[run.told],
            f"{run.steps}",
            *map(percent, (run.trained, run.right)),
            percent(turning.middle(source, run.told, 4, steps=run.steps, seed=run.seed)),
            percent(run.near),
        ]
        for run in table.sort_values(["told", "steps", "seed"]).itertuples()
    ]
    return state(
        f"**In a network as the paper draws it turned axes fill most of the band, too.** Trained for {steps} steps, networks told x and y draw {percent(plain)} of the "
        f"band, told turned axes {percent(other)}. After {fewer} steps one network each drew half: {percent(early)} told x and y, {percent(unready)} told turned axes "
        "before it knew its own labels. Told x and y, more training seems to lose it again.",
        found.verdict == "agrees"
        and other.min() > 0.5
        and len(early) == len(unready) == 1
        and early.min() > plain.max()
        and abs(early.mean() - unready.mean()) < 0.1,
        f"{FORETOLD.format('in turned axes')} A network judges where it draws {percent(SETTLED)} of its own trained labels within {FINE:g} px; told "
        f"turned axes it did not after the fewest steps. **{found.verdict.capitalize()}**, by one network a line:\n\n"
        + markdown_table(NETWORK, lines),
    )

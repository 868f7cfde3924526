"""Findings of chapter 4 on the law of holes: which number a label foretells whether it is drawn right.

The rules were written down before a hole was trained, in `results/predictions/holes.json`.
"""

from functools import cache

import numpy as np
import pandas as pd

from bumpbook.frame.claims import Limit, judge
from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.foretell import logistic
from bumpbook.frame.holes import KINDS
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.sweeps import sweep
from bumpworld.instruments.spread import Spread, spread, write

from . import law
from .law_figures import MEANT
from .turn_figures import WORDS

AHEAD, SURE = "ahead by (bits a label)", "low end of its interval"
COVERAGE = (Limit(AHEAD, 0.05, 0.0), Limit(SURE, 0.0, reach="above"))
CORNER = (Limit(AHEAD, 0.02, 0.0), Limit(SURE, 0.0, reach="above"))
TOLD = (Limit(AHEAD, 0.02, 0.0), Limit(SURE, 0.0, reach="above"))
GAPS = (Limit(AHEAD, 0.05, 0.0), Limit(SURE, 0.0, reach="above"))
REACH = (Limit("shortest reach, px", 0.5, 0.0), Limit("longest reach, px", 1.5, 2.0, "up to"))
# the codes of the sweep that tell numbers, and the one that tells names
NUMBERS, NAMES = ("axes", "turned-45"), "one-hot"
SLIDER = (Limit("mean difference", 0.10, 0.20, "up to"),)


@cache
def table() -> pd.DataFrame:
    """`law.holes`, read once."""
    return law.holes()


@cache
def scores(outcome: str = "right") -> pd.DataFrame:
    """`law.scores` of `table`, worked out once."""
    return law.scores(table(), outcome)


def verdict(lead: Spread, limits: tuple[Limit, ...]) -> str:
    """How a lead in bits is judged."""
    return judge({AHEAD: lead.mean, SURE: lead.low}, limits).verdict


def verdicts(found: pd.DataFrame) -> dict[str, str]:
    """What became of the predictions that compare two laws, by name; where two leads are asked for, the worse of both."""
    best, order = law.best_of_others(found), ("agrees", "partly", "disagrees")
    tried = {
        "coverage-law": (COVERAGE, [("coverage", best)]),
        "corner-law": (CORNER, [("corner", "coverage"), ("corner", best)]),
        "two-gaps": (GAPS, [("two gaps", "coverage"), ("two gaps", best)]),
        "told": (TOLD, [("coverage", "coverage in x and y")]),
    }
    return {
        name: max((verdict(law.lead(found, *pair), limits) for pair in pairs), key=order.index)
        for name, (limits, pairs) in tried.items()
    }


def reaches(rows: pd.DataFrame) -> list[float]:
    """The coverage, in px, at which the curve fitted on each half is one half; infinite where it never is, 0 where it starts below."""
    found, grid = [], np.linspace(0, 16, 1601)
    side, weight = law.half(rows.hole).to_numpy(), law.weights(rows)
    for k in (0, 1):
        chance = logistic(rows.coverage[side == k], rows.right[side == k], weight[side == k])(grid)
        below = np.flatnonzero(chance < 0.5)
        found.append(float(grid[below[0]]) if len(below) else np.inf)
    return found


def slider(rows: pd.DataFrame, bands: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """Share of each band and angle ``right``, and what a curve in ``columns``, fitted on all random holes, ``foretold``."""
    fit = logistic(law.values(rows, columns), rows.right, law.weights(rows))
    bands = bands.assign(foretold=fit(law.values(bands, columns)))
    return bands.groupby(["rule", "told"])[["right", "foretold"]].mean()


def off(found: pd.DataFrame) -> float:
    """Mean absolute difference of foretold and measured share."""
    return float((found.right - found.foretold).abs().mean())


@cache
def scores_of(*codes: str) -> pd.DataFrame:
    """`law.scores` of the networks that are told labels in one of ``codes``, curves fitted on these alone."""
    rows = table()
    return law.scores(rows[rows.told.isin(codes)])


def by_code() -> str:
    """A Markdown table of the bits a label that laws and rivals save, code by code."""
    shown = ("coverage", "gap", "two gaps", "pixels", "regression")
    lines = []
    for words, codes in {
        **{WORDS[code]: (code,) for code in (*NUMBERS, NAMES)},
        "both codes of numbers": NUMBERS,
    }.items():
        found = scores_of(*codes)
        lines.append([words, *(write(spread(found[name])) for name in shown)])
    return markdown_table(["bits a label, told", *(MEANT[name] for name in shown)], lines)


@cache
def shuffled() -> Spread:
    """Bits a label that shuffled numbers save."""
    return law.null(table())


def names() -> tuple[Spread, Spread]:
    """Shares of labels drawn right, over holes: with a name that was never trained, and with both names trained."""
    rows = table()
    rows = rows[rows.told == NAMES]
    new = rows.coverage >= rows.coverage.max()
    return tuple(spread(rows[part].groupby("hole").right.mean(), share=True) for part in (new, ~new))


@register("interpolation-law")
def which() -> str:
    """Which labels of a hole are drawn: a law for names, and none for numbers."""
    rows, found, numbers = table(), scores(), scores_of(*NUMBERS)
    new, old = names()
    mine = numbers.drop(columns=list(law.OTHERS)).mean().idxmax()
    best = law.best_of_others(numbers)
    ahead = law.lead(numbers, mine, best)
    words = {name: f"*{name}* **{said}**" for name, said in verdicts(found).items()}
    first, other = found.mean().idxmax(), law.best_of_others(found)
    return state(
        f"**A new name is never drawn, a new number sometimes is.** Tell each column and each row by a name that is like no other: of the held-out "
        f"labels with a new name {percent(new.mean)} are drawn right, of those whose two names are known {percent(old.mean)}. Which new numbers are drawn we cannot "
        f"say: around {rows.hole.nunique()} random holes, no rule that we tried foretells it clearly better than the distance to the nearest trained label or a "
        "regression does.",
        new.high < 0.05 and old.mean > 0.5 and ahead.low <= 0,
        f"{rows.key.nunique()} of {len(sweep('holes').experiments)} models of {rows.hole.nunique()} holes under "
        f"{rows.told.nunique()} codes, {len(rows)} held-out labels, {percent(float(rows.right.mean()))} of them right within "
        f"0.45 px. New names: {write(new, percent=True)} of holes' labels right; known ones {write(old, percent=True)}. Among numbers "
        f"{MEANT[mine]} is ahead of {MEANT[best]} by {write(ahead)} bits a label. On holes that a curve was not fitted to:\n\n{by_code()}\n\n"
        f"Over all three codes together {MEANT[first]} is ahead of {MEANT[other]} by {write(law.lead(found, first, other))}, and that "
        f"lead is the names'. Shuffled numbers save {write(shuffled(), form='.3f')}. The predictions, written before a hole was "
        "trained and judged over all codes: " + ", ".join(words.values()) + ".",
    )


@register("interpolation-told")
def told() -> str:
    """Is it the told coordinates that count, or the image's?"""
    found, numbers = scores(), scores_of(*NUMBERS)
    pair = ("coverage", "coverage in x and y")
    ahead, everywhere = law.lead(numbers, *pair), law.lead(found, *pair)
    return state(
        "Where a code tells numbers, that both *told* numbers are known foretells no more than that x and y are.",
        ahead.low <= 0 <= ahead.high,
        f"They save {numbers[pair[0]].mean():.2f} and {numbers[pair[1]].mean():.2f} bits a label. Told minus image, two codes of numbers: "
        f"{write(ahead)}. With names: {write(everywhere)}, by our rule "
        f"**{verdict(everywhere, TOLD)}**; but a name that was never trained counted there as a number that is far off.",
    )


@register("interpolation-reach")
def reach() -> str:
    """How far from a trained value may a told number be?"""
    rows = table()
    found = reaches(rows)
    said = judge(
        dict(zip((limit.what for limit in REACH), (min(found), max(found)), strict=True)), REACH
    ).verdict
    return state(
        f"Where a told number is more than about {np.mean(found):.1f} px from every trained one, a label is more often wrong than "
        "right.",
        max(found) < rows.coverage.max(),
        f"There the fitted chance is one half: {found[0]:.2f} px from one half of the holes, {found[1]:.2f} px from the other. "
        f"Foretold were .5 to 1.5: **{said}**.",
    )


@register("interpolation-foretold")
def foretold_slider() -> str:
    """Do curves fitted on the random holes foretell how bands fill as the code turns, better than that none does?"""
    rows, bands = table(), law.rows(sweep("slider"))
    tried = {name: off(slider(rows, bands, law.LAWS[name])) for name in ("coverage", "two gaps", "pixels")}
    shares = bands.groupby(["rule", "told"]).right.mean()
    nothing, constant = float(shares.mean()), float(shares.sub(float(rows.right.mean())).abs().mean())
    said = judge({SLIDER[0].what: tried["coverage"]}, SLIDER).verdict
    best = min(tried, key=tried.get)
    return state(
        "Nor do curves fitted on random holes alone foretell what share of the bands of four and eight fills at each angle. The best, "
        f"*{MEANT[best]}*, has a mean error of {100 * tried[best]:.0f} points; to say that no band fills errs by {100 * nothing:.0f}.",
        best == "two gaps" and nothing < tried[best] < constant,
        "Mean difference of foretold and measured share: "
        + ", ".join(f"{MEANT[name]} {value:.2f}" for name, value in tried.items())
        + f", the holes' mean share everywhere {constant:.2f}, nothing anywhere {nothing:.2f}. Our rule was about {MEANT['coverage']}, at most "
        f"{SLIDER[0].agrees:g}: **{said}**.",
    )


@register("interpolation-diagonal")
def diagonal() -> str:
    """A band of columns and a diagonal band: which code fills which?"""
    rows = table()
    rows = rows[rows.told.isin(["axes", "turned-45"])]
    kinds = {"bands of columns or rows": KINDS.index("band"), "diagonal bands": KINDS.index("diagonal")}
    shares, lines = {}, []
    for words, kind in kinds.items():
        part = rows[rows.hole % len(KINDS) == kind]
        for code, cells in part.groupby("told"):
            shares[kind, code] = cells.groupby("hole").right.mean()
            lines.append(f"{words}, told {WORDS[code]}: {percent(shares[kind, code])}")
    band, diagonal = kinds.values()
    if len(shares) < 4:
        raise FileNotFoundError(
            "no diagonal band is trained under both codes; run `bumpworld run holes` first"
        )
    mean = {key: float(values.mean()) for key, values in shares.items()}
    gain, loss = (
        spread((shares[kind, "turned-45"] - shares[kind, "axes"]).dropna()) for kind in (band, diagonal)
    )
    return state(
        f"Turned axes help bands of columns or rows: {percent(mean[band, 'turned-45'])} instead of {percent(mean[band, 'axes'])}. Of diagonal "
        f"bands they draw less, {percent(mean[diagonal, 'turned-45'])} instead of {percent(mean[diagonal, 'axes'])}, but {loss.n} holes do not "
        "tell that from chance.",
        gain.low > 0 and loss.mean < -0.1 and loss.high >= 0,
        f"Turned minus x and y, hole by hole: bands {write(gain)}, diagonal bands {write(loss)}. Shares right within 0.45 px, means "
        "over holes:\n\n" + "\n".join(f"* {line}" for line in lines),
    )

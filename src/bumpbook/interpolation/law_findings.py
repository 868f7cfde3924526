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


def _clear(lead: Spread) -> str:
    """A word on a lead that chance could make."""
    trained, declared = table().hole.nunique(), len({e.train_on for e in sweep("holes").experiments})
    if lead.low > 0:
        return ""
    if trained < declared:
        return f" With {trained} of {declared} holes trained, this lead is not yet clear of chance."
    return f" Over {declared} holes this lead is not clear of chance."


# what a candidate is, where its name does not say it
MORE = {
    "two gaps": ", how far the nearest trained numbers lie apart around a label, in what is told and in what is drawn,"
}


@register("interpolation-law")
def which() -> str:
    """Which law foretells best, and what its rivals and a null get."""
    found = scores()
    order = found.mean().sort_values(ascending=False)
    first, best = order.index[0], law.best_of_others(found)
    ahead = law.lead(found, first, best)
    rows = table()
    lines = [f"{MEANT[name]}: {write(spread(found[name]))}" for name in order.index]
    words = {name: f"*{name}* **{said}**" for name, said in verdicts(found).items()}
    return state(
        f"**Which labels of a hole are drawn right?** {MEANT[first].capitalize()}{MORE.get(first, '')} foretells best: it saves "
        f"{order.iloc[0]:.2f} bits a label on holes that it was not fitted to. The best of distance, regression and copying "
        f"({MEANT[best]}) saves {order[best]:.2f}.{_clear(ahead)}",
        first not in law.OTHERS,
        f"{MEANT[first].capitalize()} is ahead of {MEANT[best]} by {write(ahead)}. "
        f"{rows.key.nunique()} of {len(sweep('holes').experiments)} models of {rows.hole.nunique()} holes under "
        f"{rows.told.nunique()} codes, {len(rows)} held-out labels, {percent(float(rows.right.mean()))} of them right within "
        f".45 px. Bits a label saved, interval over holes:\n\n"
        + "\n".join(f"* {line}" for line in lines)
        + "\n\nShuffled "
        f"numbers save {write(law.null(rows), form='.3f')}. Within 1 px {MEANT[first]} saves {write(spread(scores('near')[first]))} and "
        f"{MEANT[best]} {write(spread(scores('near')[best]))}. The predictions, written before a hole was trained: "
        + ", ".join(words.values())
        + ".",
    )


@register("interpolation-told")
def told() -> str:
    """Is it the told coordinates that count, or the image's?"""
    found = scores()
    ahead, both = (law.lead(found, "coverage", "coverage in x and y"), law.lead(found, "two gaps", "gap"))
    return state(
        "What is *told* counts: whether each told number is known saves "
        f"{found['coverage'].mean():.2f} bits a label, whether x and y are known, whatever is told, "
        f"{found['coverage in x and y'].mean():.2f}.{_clear(ahead)}",
        ahead.mean > 0,
        f"Told minus image: {write(ahead)}, by our rule **{verdict(ahead, TOLD)}**. The gap in what is drawn adds "
        f"{write(both)} to the gap in what is told.",
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
    """Do curves fitted on the random holes foretell how bands fill as the code turns?"""
    rows, bands = table(), law.rows(sweep("slider"))
    tried = {name: off(slider(rows, bands, law.LAWS[name])) for name in ("coverage", "two gaps", "pixels")}
    constant = float(bands.groupby(["rule", "told"]).right.mean().sub(float(rows.right.mean())).abs().mean())
    said = judge({SLIDER[0].what: tried["coverage"]}, SLIDER).verdict
    best = min(tried, key=tried.get)
    return state(
        f"Fitted on random holes alone, {MEANT[best]} foretells the bands of four and eight at every angle to "
        f"{tried[best]:.2f} on average.",
        best == "two gaps" and tried[best] < constant,
        "Mean difference of foretold and measured share: "
        + ", ".join(f"{MEANT[name]} {value:.2f}" for name, value in tried.items())
        + f", a constant rate {constant:.2f}. Our rule was about {MEANT['coverage']}, at most {SLIDER[0].agrees:g}: **{said}**.",
    )


@register("interpolation-pair")
def pair() -> str:
    """The best pair of numbers, looked for afterwards."""
    names, found = law.best_pair(table())
    first = scores().mean().idxmax()
    return (
        f"Exploratory, picked afterwards among all pairs: {MEANT[names[0]]} with {MEANT[names[1]]} saves {write(found)} bits "
        f"a label, against {write(spread(scores()[first]))} for {MEANT[first]}."
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
    turned, both = (
        mean[band, "turned-45"] - mean[band, "axes"],
        [mean[diagonal, code] for code in ("axes", "turned-45")],
    )
    return state(
        f"Bands of columns or rows fill under turned axes ({percent(mean[band, 'turned-45'])} against "
        f"{percent(mean[band, 'axes'])}). Diagonal bands fill under both ({percent(both[0])} told x and y, {percent(both[1])} turned), "
        "though turned axes should leave them open.",
        turned > 0.1 and min(both) > 0.8,
        "Within .45 px, means over holes:\n\n" + "\n".join(f"* {line}" for line in lines),
    )

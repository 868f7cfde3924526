"""The recipe at the end of chapter 6, out of the chapter's measurements."""

import numpy as np

from bumpbook.frame.findings import listed, percent, register, state
from bumpworld.instruments.spread import percentage
from bumpworld.store import Store

from . import contest, contest_findings, contest_pairs, efficiency
from .contest_pairs import BOTH, LINKS, NOT_LINKS
from .design_findings import SURE
from .efficiency import FINE, KINDS, LEVELS, NAMES, setting
from .findings import shares, sweep_table


@register("few-examples-recipe")
def recipe() -> str:
    """What to collect when so many examples can be afforded."""
    items = (_each_factor, _how_many, _sixteen, _thirty_two, _look_before)
    return "\n".join(f"* {item()}" for item in items)


def _each_factor() -> str:
    saved, dear = {kind: _saved(kind, LEVELS[1]) for kind in KINDS}, _saved("bump", LEVELS[2])
    eighths = {"in the paper's world": _eighth("paper-world"), "in the smaller one": _eighth("quick")}
    lifted = [
        f"{percentage(b.mean())} instead of {percentage(a.mean())} {where}"
        for where, (a, b) in eighths.items()
    ]
    sentence = (
        f"**Show each factor alone, above all where images are sums of what they show.** For {KINDS['sos']} it divides the combinations needed for "
        f"{percent(LEVELS[1])} by {saved['sos'][0]:.1f}. For {KINDS['bump']} it helps while labels are few: an eighth of them teaches "
        f"{listed(lifted)}, where {percent(LEVELS[2])} then takes {1 / dear[0]:.1f} times as many."
    )
    fewer = all(helped.min() > alone.max() for alone, helped in eighths.values())
    return state(sentence, all(s[1] > 1 for s in saved.values()) and dear[2] < 1 and fewer)


def _eighth(preset: str) -> tuple[np.ndarray, np.ndarray]:
    """What an eighth of a world's bumps teaches of the others, alone and beside all stripes."""
    eighth, found = int(sweep_table("few-shot", preset)["size"].iloc[0]) ** 2 // 8, shares(preset)
    return found[False, eighth], found[True, eighth]


def _saved(kind: str, level: float) -> tuple[float, float, float]:
    """How many times fewer combinations are enough with all stripes; 1 with an endless interval where that is not known."""
    table = sweep_table("few-shot")
    fits = [efficiency.threshold(setting(table, kind, s), level, FINE) for s in NAMES]
    return efficiency.saving(*fits) or (1.0, 0.0, float("inf"))


def _how_many() -> str:
    table = sweep_table("few-shot")
    fits = [efficiency.threshold(setting(table, "bump", False), at, FINE) for at in LEVELS]
    amounts, asked = listed(f"{fit.value:.0f}" for fit in fits), listed(map(percentage, LEVELS))
    sentence = f"**How many combinations?** Of 256 bumps, {amounts} random ones teach {asked} of the rest."
    return state(sentence, all(fit and not fit.note for fit in fits))


def _sixteen() -> str:
    compared = efficiency.against(efficiency.by_design(sweep_table("which"), FINE))
    told = {c.design: c.difference for c in compared if c.p_holm < SURE}
    sentence = "**With 16, choose at random.** Avoid the diagonal and the rim."
    return state(sentence, set(told) == {"diagonal", "rim"} and max(told.values()) < 0)


def _thirty_two() -> str:
    """With twice as many examples the design counts: what the contest's best lattice gets there."""
    rows = contest.scored(sweep_table("contest"))
    found = contest.judge(rows)
    beats = next(v for v in found if v.name == "skewed-beats-random")
    lines, far = (
        rows[(rows.how == how) & (rows.train_2d == contest_findings.AT)].share
        for how in ("skewed", "farthest")
    )
    sentence = (
        f"**With {contest_findings.AT}, lay them on lines of slope 5.** They get {100 * beats.measured[0]:.0f} points more of the other labels right than "
        "random ones. Labels chosen one by one, each as far as possible from the others, are not told apart from these lines. Staggered lines, as even but "
        "without links, did not do as well."
    )
    other = next(v for v in found if v.name == "another-skew")
    held = beats.verdict == "agrees" and other.measured[0] < beats.measured[0]
    return state(sentence, held and lines.min() < far.max() and far.min() < lines.max())


def _look_before() -> str:
    designed, design = contest_pairs.foretold(Store())
    rows = contest.scored(sweep_table("contest"))
    rows = rows[rows.train_2d == contest_findings.AT].groupby("how")[["share", "values", "linked"]].mean()
    best, second = rows.sort_values("share").iloc[[-1, -2]].itertuples()
    sentence = (
        "**Before you train, measure distances.** Leave no combination far from a label: distance lowers the error with which a design is foretold that the fit has not seen, "
        f"whatever else is known. The best design with {contest_findings.AT} labels, *{best.Index}*, shows every value and links every pair; the next best, *{second.Index}*, links "
        f"{percent(second.linked)} of them. Whether links help, {design.nunique()} designs do not settle."
    )
    near, links = (contest_pairs.by_design(designed, design, BOTH, than) for than in (LINKS, NOT_LINKS))
    whole = min(best.values, best.linked) == 1 > second.linked
    return state(sentence, near.low > 0 and links.low <= 0 < links.high and whole)

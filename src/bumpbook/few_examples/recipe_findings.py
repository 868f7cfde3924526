"""The recipe at the end of chapter 6, out of the chapter's measurements."""

from bumpbook.frame.findings import percent, register, state
from bumpworld.instruments.spread import percentage

from . import contest, contest_findings, efficiency, pairs
from .design_findings import SURE
from .efficiency import FINE, KINDS, LEVELS, NAMES, setting
from .findings import sweep_table
from .pair_findings import DISTANCE, GRAPH


@register("few-examples-recipe")
def recipe() -> str:
    """What to collect when so many examples can be afforded."""
    items = (_each_factor, _how_many, _sixteen, _thirty_two, _look_before)
    return "\n".join(f"* {item()}" for item in items)


def _each_factor() -> str:
    saved = {kind: _saved(kind, LEVELS[1]) for kind in KINDS}
    dear = _saved("bump", LEVELS[2])
    sentence = (
        f"**Show each factor alone, if your images are sums of what they show.** It divides the number of combinations needed for "
        f"{percent(LEVELS[1])} by {saved['sos'][0]:.1f} for {KINDS['sos']}, and by {saved['bump'][0]:.1f} for {KINDS['bump']}, where "
        f"{percent(LEVELS[2])} takes {1 / dear[0]:.1f} times as many."
    )
    return state(sentence, all(s[1] > 1 for s in saved.values()) and dear[2] < 1)


def _saved(kind: str, level: float) -> tuple[float, float, float]:
    """How many times fewer combinations are enough with all stripes; 1 with an endless interval where that is not known."""
    table = sweep_table("few-shot")
    fits = [efficiency.threshold(setting(table, kind, s), level, FINE) for s in NAMES]
    return efficiency.saving(*fits) or (1.0, 0.0, float("inf"))


def _how_many() -> str:
    table = sweep_table("few-shot")
    fits = {s: [efficiency.threshold(setting(table, "bump", s), at, FINE) for at in LEVELS] for s in NAMES}
    alone, helped = (", ".join(f"{fit.value:.0f}" for fit in fits[s]) for s in NAMES)
    asked = ", ".join(percentage(at) for at in LEVELS)
    sentence = f"**How many combinations?** Of 256 bumps, {alone} random ones teach {asked} of the rest; beside all stripes {helped}."
    return state(sentence, all(fit and not fit.note for both in fits.values() for fit in both))


def _sixteen() -> str:
    compared = efficiency.against(efficiency.by_design(sweep_table("which"), FINE))
    told = {c.design: c.difference for c in compared if c.p_holm < SURE}
    sentence = "**With 16, choose at random.** Avoid the diagonal and the rim."
    return state(sentence, set(told) == {"diagonal", "rim"} and max(told.values()) < 0)


def _thirty_two() -> str:
    """With twice as many examples the design counts: what the contest's best lattice gets there."""
    found = contest.judge(contest.scored(sweep_table("contest")))
    beats = next(v for v in found if v.name == "skewed-beats-random")
    sentence = (
        f"**With {contest_findings.AT}, lay them on lines of slope 5.** Their share of the other labels right is higher than at random by "
        f"{beats.measured[0]:.2f}; a lattice as even did not do as well."
    )
    other = next(v for v in found if v.name == "another-skew")
    return state(sentence, beats.verdict == "agrees" and other.measured[0] < beats.measured[0])


def _look_before() -> str:
    duel = pairs.gain(pairs.predict(pairs.stored_pairs()), DISTANCE, GRAPH)
    sentence = (
        "**Before you train, measure distances.** How far the nearest training label is says more about a new pair than whether chains "
        "of examples lead to it."
    )
    return state(sentence, duel[1] > 0)

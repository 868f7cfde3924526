"""What chapter 6 found, in sentences that the build holds to the tables; what is behind each is in the room's other findings."""

from bumpbook.frame import findings
from bumpbook.frame.findings import register, state
from bumpworld.instruments.onset import Threshold

from . import efficiency
from . import findings as tables
from .contest_findings import choice
from .efficiency import KINDS, LEVELS, NAMES, setting

FINE = "both_fine"
LEVEL = LEVELS[1]


def needed(kind: str, stripes: bool) -> Threshold:
    """2D labels for `LEVEL` of the held-out pairs, right to within half a label."""
    return efficiency.threshold(setting(tables.sweep_table("few-shot"), kind, stripes), LEVEL, FINE)


@register("few-examples-enough")
def enough() -> str:
    """How many of all pairs are enough, alone and with all stripes."""
    total = int(tables.sweep_table("few-shot")["size"].iloc[0]) ** 2
    found = {(kind, stripes): needed(kind, stripes) for kind in KINDS for stripes in NAMES}
    low, high = (round(100 * f(found[kind, False].value for kind in KINDS) / total) for f in (min, max))
    share = f"{low} %" if low == high else f"{low} to {high} %"
    sentence = (
        f"**A few are enough.** With {share} of all {total} pairs a network draws {100 * LEVEL:.0f} % of the others to within half a "
        f"label. With every stripe shown as well, {found['bump', True].value:.0f} pairs do what "
        f"{found['bump', False].value:.0f} do alone in a world of bumps, and {found['sos', True].value:.0f} what "
        f"{found['sos', False].value:.0f} do in a world of sums."
    )
    measured = all(not fit.note for fit in found.values())
    fewer = all(found[kind, True].high < found[kind, False].low for kind in KINDS)
    return state(sentence, measured and high <= 25 and fewer, tables.fine())


@register("few-examples-slower")
def slower() -> str:
    """The need grows more slowly than the number of pairs."""
    table = tables.sweep_table("scaling")
    alone, helped = (
        efficiency.exponent(table[table.stripes.astype(bool) == stripes], LEVEL, FINE) for stripes in NAMES
    )
    sentence = (
        f"**The need grows far more slowly than the number of pairs.** A world with twice as many columns and rows has four times as "
        f"many pairs, and needs {2**alone.value:.1f} times as many examples, or {2**helped.value:.1f} times as many beside all stripes."
    )
    return state(sentence, alone.high < 2 and helped.high < alone.low, tables.growth_fine())


@register("few-examples-in-short")
def in_short() -> str:
    """The findings of the chapter, without what is behind them."""
    return findings.in_short(enough(), slower(), choice())

"""What chapter 6 found about amounts, in sentences that the build holds to the tables."""

import numpy as np

from bumpbook.frame import findings
from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpworld.instruments.onset import Threshold
from bumpworld.instruments.spread import percentage

from . import efficiency
from . import findings as tables
from .contest_findings import choice
from .efficiency import FINE, KINDS, LEVELS, NAMES, setting

LEVEL = LEVELS[1]


def needed(kind: str, stripes: bool, score: str = FINE) -> Threshold:
    """2D labels for `LEVEL` of the held-out pairs."""
    return _threshold(tables.sweep_table("few-shot"), kind, stripes, score)


def _threshold(table, kind: str, stripes: bool, score: str = FINE) -> Threshold:
    return efficiency.threshold(setting(table, kind, stripes), LEVEL, score)


@register("few-examples-enough")
def enough() -> str:
    """How many of all pairs are enough, alone and with all stripes, and how many are for a kernel that was never trained."""
    total = int(tables.sweep_table("few-shot")["size"].iloc[0]) ** 2
    found = {(kind, stripes): needed(kind, stripes) for kind in KINDS for stripes in NAMES}
    bump, sos = (found[kind, False] for kind in KINDS)
    untrained = {kind: _threshold(tables.kernel_table("few-shot"), kind, False) for kind in KINDS}
    sentence = (
        f"**A few are enough.** For bumps, {bump.value:.0f} random pairs ({percent(bump.value / total)}) teach a network {percent(LEVEL)} of the others "
        f"to within half a label; an untrained kernel needs {untrained['bump'].value:.0f}. For sums of stripes networks need {sos.value:.0f}, the kernel "
        f"{untrained['sos'].value:.0f}: there few examples are a property of the picture, not of learning. With every stripe shown as well, networks need "
        f"{found['sos', True].value:.0f} for sums and {found['bump', True].value:.0f} for bumps."
    )
    measured = all(not fit.note for fit in (*found.values(), *untrained.values()))
    fewer = all(found[kind, True].high < found[kind, False].low for kind in KINDS)
    learned = untrained["bump"].low > bump.high and bump.value <= total / 4
    free = untrained["sos"].high < sos.low
    return state(sentence, measured and fewer and learned and free, tables.amounts())


@register("few-examples-copying")
def copying() -> str:
    """Within a pixel, copying scores as well; what the networks need beside it."""
    fits = [needed(kind, stripes, "both") for kind in KINDS for stripes in NAMES]
    needs = efficiency.copying_needs(int(tables.sweep_table("few-shot")["size"].iloc[0]), LEVEL)
    least, most = (f(fit.value for fit in fits) for f in (min, max))
    sentence = (
        f"**Copying scores as well.** Within a pixel, the image of the nearest training label is right for {percent(LEVEL)} of all other "
        f"pairs once {needs} labels lie at random. Networks need {least:.0f} to {most:.0f}."
    )
    return state(sentence, all(not fit.note and fit.high < needs for fit in fits))


@register("few-examples-paper-world")
def paper_world() -> str:
    """In the paper's world of 32 x 32 an eighth of the bumps beside all stripes is enough."""
    table = efficiency.unseen(tables.sweep_table("few-shot", "paper-world"), FINE)
    side = int(table["size"].iloc[0])
    shares = {
        key: part.share.to_numpy() for key, part in table.groupby([table.stripes.astype(bool), "train_2d"])
    }
    alone, eighth, quarter = (
        shares[key] for key in ((False, side**2 // 8), (True, side**2 // 8), (True, side**2 // 4))
    )
    kernel = efficiency.unseen(tables.kernel_table("few-shot", "paper-world"), FINE)
    kernel = kernel[kernel.train_2d == side**2 // 8].share
    sentence = (
        f"**At the paper's own size an eighth is enough for bumps as well.** In a world of {side} × {side} labels it teaches "
        f"{percentage(alone.mean())} of the others, beside all stripes {percentage(eighth.mean())}, an untrained kernel at most {percentage(kernel.max())}; a "
        f"quarter beside stripes teaches {percentage(quarter.mean())}."
    )
    rows = [
        (str(count), "yes" if stripes else "no", percent(found)) for (stripes, count), found in shares.items()
    ]
    evidence = markdown_table(("2D labels", "all stripes", "right within half a label"), rows)
    holds = eighth.min() > max(alone.max(), LEVEL) and kernel.max() < alone.min()
    return state(sentence, holds, evidence)


@register("few-examples-slower")
def slower() -> str:
    """The need grows more slowly than the number of pairs."""
    table = tables.sweep_table("scaling")
    alone, helped = (efficiency.exponent(tables.with_stripes(table, s), LEVEL, FINE) for s in NAMES)
    kernel = efficiency.exponent(tables.with_stripes(tables.kernel_table("scaling"), False), LEVEL, FINE)
    sentence = (
        f"**The need grows far more slowly than the number of pairs.** A world of bumps with twice as many columns and rows has four times "
        f"as many pairs. It needs {2**alone.value:.1f} times as many examples for {percent(LEVEL)}, and no more beside all stripes "
        f"({2**helped.value:.1f} times); an untrained kernel needs {2**kernel.value:.1f} times as many."
    )
    holds = max(alone.high, helped.high) < 2 and helped.value < alone.high < kernel.low
    return state(sentence, holds, tables.exponents())


@register("few-examples-exponential")
def exponential() -> str:
    """Power law and exponential describe the amounts alike; behind it the factor that stripes save at each size."""
    table, left, scatter = tables.sweep_table("scaling"), [], []
    for stripes in NAMES:
        fits = efficiency.by_size(tables.with_stripes(table, stripes), LEVEL, FINE)
        reached = [(n, fit) for n, fit in fits.items() if not fit.note]
        if len(reached) >= 4:  # with three, two parameters leave a single residual
            sizes, amounts = np.array([(n, fit.value) for n, fit in reached]).T
            left += [_residual(x, np.log(amounts)) for x in (np.log(sizes), sizes)]
        scatter += [(fit.high - fit.low) / 2 / fit.value for _, fit in reached if np.isfinite(fit.high)]
    worst, widest = max(left, default=np.nan), max(scatter, default=np.nan)
    sentence = (
        "**Power law or exponential? Such sizes cannot say.** From the smallest canvas to the largest is a factor of three. Both curves "
        f"pass the measured amounts at {percent(worst)} or less; seeds scatter by up to {percent(widest)} to either side."
    )
    holds = len(left) == 2 * len(NAMES) and worst <= widest
    return state(sentence, holds, f"The amount without stripes over that with stripes:\n\n{tables.gains()}")


def _residual(x: np.ndarray, y: np.ndarray) -> float:
    """Root mean square of what a straight line leaves, with its two parameters counted off."""
    left = y - np.polyval(np.polyfit(x, y, 1), x)
    return float(np.sqrt((left**2).sum() / (len(x) - 2)))


@register("few-examples-in-short")
def in_short() -> str:
    """The findings of the chapter, without what is behind them."""
    return findings.in_short(enough(), slower(), choice())

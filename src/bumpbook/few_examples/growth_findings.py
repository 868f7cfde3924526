"""Findings of chapter 6 on how the need for examples grows: with which power of the side, and whether it is a power at all.

What was expected in the paper's world was written down before its networks were trained: `results/predictions/growth-larger.json`.
"""

import numpy as np

from bumpbook.frame.claims import Limit, Measured, judge
from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.predictions import fared
from bumpworld.instruments.onset import NOT_REACHED, Threshold

from . import efficiency
from . import findings as tables
from .efficiency import FINE, LEVELS, NAMES
from .growth import Exponent

LEVEL = LEVELS[1]
PRESET = "paper-world"
ALONE, SLOWER, SURE, RATIO = (
    "power alone",
    "less beside stripes",
    "surely less",
    "what a power law leaves, over what an exponential leaves",
)
LIMITS = {
    "alone-grows": (Limit(ALONE, 1.0, 0.8), Limit(ALONE, 1.5, 1.7, "up to")),
    "stripes-slower": (Limit(SLOWER, 0, 0, "above"), Limit(SURE, 0, reach="above")),
    "power-law": (Limit(RATIO, 0.67, 1.0, "up to"),),
}


def law(stripes: bool, level: float = LEVEL, preset: str = "quick", kernel: bool = False) -> Exponent:
    """The power of the side with which the need grows, alone or beside all ``stripes``, of networks or of the kernel regression."""
    return efficiency.exponent(_rows(stripes, preset, kernel), level)


def _rows(stripes: bool, preset: str, kernel: bool = False):
    table = tables.kernel_table("scaling", preset) if kernel else tables.sweep_table("scaling", preset)
    return tables.with_stripes(table, stripes)


def needs(stripes: bool, preset: str) -> dict[int, Threshold]:
    """What is needed at each side at which it is reached."""
    found = efficiency.by_size(_rows(stripes, preset), LEVEL, FINE)
    return {side: fit for side, fit in found.items() if not fit.note}


def misfits(found: dict[int, Threshold]) -> tuple[float, float]:
    """Root mean square of what a power law and an exponential leave of the logarithm of the needs, two parameters counted off."""
    sides, amounts = np.array([(side, fit.value) for side, fit in found.items()]).T
    left = []
    for x in (np.log(sides), sides):
        rest = np.log(amounts) - np.polyval(np.polyfit(x, np.log(amounts), 1), x)
        left.append(float(np.sqrt((rest**2).sum() / (len(x) - 2))))
    return left[0], left[1]


@register("few-examples-slower")
def slower() -> str:
    """The need for 60 % grows more slowly than the number of pairs, that for 90 % faster than that for 60 %."""
    alone, helped = (law(stripes) for stripes in NAMES)
    kernel, high = law(False, kernel=True), law(False, LEVELS[-1])
    sentence = (
        f"**For {percent(LEVEL)} right within 0.45 px, the need grows far more slowly than the number of pairs.** A world of bumps with twice as many "
        f"columns and rows has four times as many pairs. It needs {2**alone.value:.1f} times as many examples, beside all stripes "
        f"{2**helped.value:.1f} times ({2**helped.low:.1f} to {2**helped.high:.1f}); a kernel regression needs {2**kernel.value:.1f} times as many. For {percent(LEVELS[-1])} right a network needs "
        f"{2**high.value:.1f} times as many."
    )
    holds = max(alone.high, helped.high, high.high) < 2 and helped.value < alone.high < kernel.low
    return state(sentence, holds and alone.value < high.value, tables.exponents())


@register("few-examples-exponential")
def exponential() -> str:
    """Power law and exponential describe the amounts alike; behind it the factor that stripes save at each size."""
    found = {stripes: needs(stripes, "quick") for stripes in NAMES}
    # with three, two parameters leave a single residual
    left = [miss for fits in found.values() if len(fits) >= 4 for miss in misfits(fits)]
    scatter = [scattered(fit) for fits in found.values() for fit in fits.values()]
    worst, widest = max(left, default=np.nan), max(filter(np.isfinite, scatter), default=np.nan)
    larger_needs = needs(False, PRESET)
    power, exponent = misfits(larger_needs)
    apart = max(map(scattered, larger_needs.values()))
    sentence = (
        "**Power law or exponential? Such sizes cannot say.** From the smallest canvas of the small world to its largest is a factor of three. A power law and an "
        f"exponential, each fitted to the five sizes, miss the measured amounts by {percent(worst)} or less; seeds scatter by up to {percent(widest)} to either side. In the paper's world, over a "
        f"factor of {max(larger_needs) / min(larger_needs):.0f}, the power law does better: alone it misses by {percent(power)}, the exponential by {percent(exponent)}, and seeds scatter by up to {percent(apart)}."
    )
    holds = len(left) == 2 * len(NAMES) and worst <= widest and power < exponent
    return state(sentence, holds, f"The amount without stripes over that with stripes:\n\n{tables.gains()}")


def scattered(fit: Threshold) -> float:
    """Half of a threshold's interval, as a share of it."""
    return (fit.high - fit.low) / 2 / fit.value


@register("few-examples-slower-larger")
def larger() -> str:
    """The same in the paper's world: the power of the side, whether it is one, and what stripes save on small and large canvases."""
    alone, helped = (law(stripes, preset=PRESET) for stripes in NAMES)
    kernel = efficiency.by_size(_rows(False, PRESET, kernel=True))
    bare, beside = (needs(stripes, PRESET) for stripes in NAMES)
    power, exponent = misfits(bare)
    columns = [fit.value / side for side, fit in bare.items()]
    measured: dict[str, Measured] = {
        "alone-grows": {ALONE: alone.value},
        "stripes-slower": {SLOWER: alone.value - helped.value, SURE: alone.low - helped.high},
        "power-law": {RATIO: power / exponent},
    }
    verdicts = [judge(values, LIMITS[name]).verdict for name, values in measured.items()]
    small, large = min(bare), max(bare)
    return state(
        f"**In the paper's world the need grows with the side, not with the number of pairs.** From {small} to {large} pixels, twice the side needs {2**alone.value:.1f} times as many "
        f"examples, about {np.mean(columns):.0f} to each column. A kernel regression needs fewer on the smallest canvas ({kernel[small].value:.0f}) and is not there with {kernel[large].largest:.0f} on the largest. All stripes save nothing on the first ({beside[small].value:.0f} labels beside them, "
        f"{bare[small].value:.0f} alone) and nearly half on the last, the paper's own ({beside[large].value:.0f} and {bare[large].value:.0f}).",
        verdicts == ["partly", "agrees", "agrees"]
        and alone.high < 1.5
        and kernel[small].high < bare[small].low
        and kernel[large].status == NOT_REACHED
        and max(columns) < 1.2 * min(columns)
        and beside[small].high > bare[small].low
        and beside[large].high < bare[large].low
        and beside[large].value < 0.6 * bare[large].value,
        f"{_by_side()}\n\n{tables.models('scaling', PRESET)} The power of the side: alone {alone}, beside all stripes {helped}. A power law misses the needs "
        f"alone by {percent(power)}, an exponential by {percent(exponent)}. Foretold (`results/predictions/growth-larger.json`):\n\n{fared('growth-larger', measured, LIMITS)}",
    )


def _by_side() -> str:
    """2D labels needed at each side in the paper's world, alone and beside all stripes, as a table."""
    asked = [*((stripes, False) for stripes in NAMES), (False, True)]
    fits = [efficiency.by_size(_rows(stripes, PRESET, kernel), LEVEL, FINE) for stripes, kernel in asked]
    rows = [(str(side), *(str(found.get(side, "–")) for found in fits)) for side in sorted(fits[0])]
    return markdown_table(("side N", *NAMES.values(), "a kernel regression, alone"), rows)

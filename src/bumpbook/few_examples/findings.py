"""Verdicts of chapter 6: how many examples are enough, and how that grows with the canvas."""

import numpy as np
import pandas as pd

from bumpbook.frame import tables
from bumpbook.frame.findings import register
from bumpbook.frame.pages import reading_time
from bumpbook.frame.sweeps import sweep
from bumpworld.instruments.onset import NOT_REACHED, PASSED

from . import efficiency
from .efficiency import KINDS, LEVELS, NAMES, SCORES, setting

TOO_FEW = "Too few models are finished to say this."


@register("few-examples-time")
def time() -> str:
    return reading_time(6)


@register("few-examples-models")
def models() -> str:
    """How many models stand behind the chapter, from how many seeds, and which were left out."""
    lines = []
    for name, what in (
        ("few-shot", "random fractions"),
        ("scaling", "canvases of several sizes"),
        ("which", "ways of choosing"),
    ):
        rows = sweep_table(name).drop_duplicates("key")
        lost = int((~rows.learned.astype(bool)).sum())
        seeds = rows.seed.nunique()
        lines.append(
            f"{len(rows)} of {len(sweep(name).experiments)} models for the {what}, from {seeds} seed{'s' * (seeds > 1)}"
            + (f" ({lost} never learned their own training labels and are left out)" if lost else "")
        )
    return "This chapter rests on " + "; ".join(lines) + ". " + _caution(sweep_table("few-shot"))


def _caution(table: pd.DataFrame) -> str:
    """What an interval over so few seeds is worth."""
    seeds = table.seed.nunique()
    if seeds == 1:
        return "With one seed no spread over seeds can be given: where an interval has no width, it is not known."
    if seeds < 5:
        return f"What stands in brackets behind a threshold is the range over {seeds} seeds."
    return f"Intervals resample the {seeds} seeds."


@register("few-examples-thresholds")
def thresholds() -> str:
    """2D labels for 60 % within a pixel, with and without stripes, and the saving, in both worlds."""
    return _savings("both")


@register("few-examples-fine")
def fine() -> str:
    """The same within half a label, where a copied neighbour is wrong."""
    return _savings("both_fine")


def _savings(score: str, level: float = LEVELS[1]) -> str:
    table, lines = sweep_table("few-shot"), []
    for kind, world in KINDS.items():
        fits = {s: efficiency.threshold(setting(table, kind, s), level, score) for s in NAMES}
        if None in fits.values():
            lines.append(f"for {world} too few amounts are finished")
            continue
        line = f"for {world} {fits[False]} without stripes and {fits[True]} with all of them"
        saved = efficiency.saving(fits[False], fits[True])
        if saved:
            line += f", {_saved(saved)}"
        lines.append(line)
    return f"**2D labels for {level * 100:.0f} % right {SCORES[score]}:** {'; '.join(lines)}."


def _saved(saved: tuple[float, float, float]) -> str:
    """What stripes do to the number of 2D labels needed, with as much certainty as the interval allows."""
    mean, low, high = saved
    if low == high or low <= 1 <= high:
        return f"a factor of {ratio(saved)}" + (", not surely a saving" if low < high else "")
    return (
        f"{'fewer' if mean > 1 else 'more'} by a factor of {ratio(saved if mean > 1 else upside_down(saved))}"
    )


@register("few-examples-copying")
def copying() -> str:
    """What copying the nearest training label needs for 60 % within a pixel, beside what the models need."""
    table, lines = sweep_table("few-shot"), []
    needs = efficiency.copying_needs(int(table["size"].iloc[0]), LEVELS[1])
    for kind, world in KINDS.items():
        for s, name in NAMES.items():
            fit = efficiency.threshold(setting(table, kind, s), LEVELS[1])
            if fit is None:
                continue
            told = (
                "fewer"
                if (fit.status == PASSED and fit.smallest < needs) or fit.high < needs
                else "more"
                if (fit.status == NOT_REACHED and fit.largest > needs) or fit.low > needs
                else "about as many, as far as these seeds can tell"
            )
            lines.append(f"{world}, {name}: {told}")
    return (
        f"Copying the nearest training label reaches {LEVELS[1] * 100:.0f} % within a pixel at {needs} random labels. "
        f"The models need, for {'; '.join(lines)}."
    )


@register("few-examples-levels")
def levels() -> str:
    """How the factor saved moves with the level and the score."""
    table, found = sweep_table("few-shot"), {}
    for kind in KINDS:
        for score in SCORES:
            for level in LEVELS:
                fits = [efficiency.threshold(setting(table, kind, s), level, score) for s in NAMES]
                found[kind, score, level] = efficiency.saving(*fits)
    known = {where: saved for where, saved in found.items() if saved}
    if not known:
        return "In none of these cases is the level reached both ways, so no factor can be given."
    sure = sum(saved[1] > 1 for saved in known.values())
    costs = sum(saved[2] < 1 for saved in known.values())
    factors = [saved[0] for saved in known.values()]
    return (
        f"In {len(known)} of these {len(found)} cases the level is reached both ways. There the factor runs from "
        f"{min(factors):.1f} to {max(factors):.1f}; its interval lies above 1 in {sure} cases and below 1 in {costs}."
    )


def ratio(saved: tuple[float, float, float]) -> str:
    """A factor with its interval."""
    mean, low, high = saved
    if low == high:
        return f"{mean:.1f}"
    ends = (
        f"{low:.1f}" if low else "less than was measured",
        "more than was measured" if np.isinf(high) else f"{high:.1f}",
    )
    return f"{mean:.1f} ({ends[0]} to {ends[1]})"


def upside_down(saved: tuple[float, float, float]) -> tuple[float, float, float]:
    """The factor by which more is needed, with its interval, from the one by which fewer are enough."""
    mean, low, high = saved
    return 1 / mean, 1 / high, 1 / low if low else float("inf")


@register("few-examples-growth")
def growth() -> str:
    """Exponents of the amount against the side of the canvas at all three levels, and how they compare with 1 and 2."""
    return _growth("both")


@register("few-examples-growth-fine")
def growth_fine() -> str:
    """The same within half a label."""
    return _growth("both_fine")


def _growth(score: str) -> str:
    table, lines, laws = sweep_table("scaling"), [], {}
    for level in LEVELS:
        parts = {s: table[table.stripes.astype(bool) == s] for s in NAMES}
        found = laws[level] = {s: efficiency.exponent(part, level, score) for s, part in parts.items()}
        texts = [f"{name} {found[s] or 'too few sizes are measured'}" for s, name in NAMES.items()]
        lines.append(f"At {level * 100:.0f} %: {'; '.join(texts)}{_left_out(found)}")
    return f"**Exponents, right {SCORES[score]}.** {'. '.join(lines)}. {_beside_guides(laws[LEVELS[1]])}"


def _left_out(found: dict) -> str:
    """The sizes that are not in a fit, because the level is crossed outside the measured amounts."""
    notes = []
    for s, law in found.items():
        if law and law.left_out:
            notes.append(f"{NAMES[s]} N = {', '.join(f'{size:g}' for size in law.left_out)}")
    return f" (crossed outside the measured amounts and not fitted: {'; '.join(notes)})" if notes else ""


def _beside_guides(laws: dict) -> str:
    """Which of the guides, 1 and 2, the intervals at 60 % hold."""
    texts = []
    for s, law in laws.items():
        if law is None or not np.isfinite(law.low):
            continue
        held = [name for power, name in ((1, "linear"), (2, "quadratic")) if law.low <= power <= law.high]
        where = (
            f"holds the {' and the '.join(held)} guide"
            if held
            else "lies below the linear guide"
            if law.high < 1
            else "lies above the quadratic guide"
            if law.low > 2
            else "lies between the guides"
        )
        texts.append(f"the interval for {NAMES[s]} {where}")
    return (
        f"At 60 %, {', '.join(texts)}."
        if texts
        else "Whether an interval at 60 % holds a guide cannot be said with these seeds."
    )


@register("few-examples-exponential")
def exponential() -> str:
    """The factor saved at each size, and whether a power or an exponential of the size describes the amounts better."""
    return " ".join(_gains(score) for score in SCORES)


def _gains(score: str) -> str:
    table = sweep_table("scaling")
    fits = {s: efficiency.by_size(table[table.stripes.astype(bool) == s], LEVELS[1], score) for s in NAMES}
    gains = {n: efficiency.saving(fits[False].get(n), fits[True].get(n)) for n in sorted(fits[False])}
    listed = ", ".join(f"{ratio(g)} at N = {n}" for n, g in gains.items() if g)
    text = f"**Right {SCORES[score]}:** "
    text += (
        f"without stripes the amount is larger by a factor of {listed}. "
        if listed
        else "no factor can be given. "
    )
    better = []
    for s, found in fits.items():
        points = np.array([(n, fit.value) for n, fit in found.items() if not fit.note])
        if len(points) >= 4:  # with three, two parameters leave a single residual
            power, grown = (_residual(x, np.log(points[:, 1])) for x in (np.log(points[:, 0]), points[:, 0]))
            better.append(
                f"{NAMES[s]} {100 * power:.0f} % for the power law and {100 * grown:.0f} % for the exponential"
            )
    if better:
        text += f"The amounts lie this far from the fitted law, as a root mean square: {'; '.join(better)}."
    return text


def _residual(x: np.ndarray, y: np.ndarray) -> float:
    """Root mean square of what a straight line leaves, with its two parameters counted off."""
    left = y - np.polyval(np.polyfit(x, y, 1), x)
    return float(np.sqrt((left**2).sum() / (len(x) - 2)))


def sweep_table(name: str) -> pd.DataFrame:
    """The table of a sweep's finished models."""
    return tables.table(sweep(name))

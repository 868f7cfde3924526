"""What chapter 6 found about amounts, in sentences that the build holds to the tables."""

import numpy as np

from bumpbook.frame import findings, longer
from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.first_crossing import amount_at
from bumpbook.frame.pages import markdown_table
from bumpworld.instruments.onset import Threshold
from bumpworld.instruments.spread import percentage, spread, write

from . import efficiency
from . import findings as tables
from .contest_findings import choice
from .efficiency import FINE, KINDS, LEVELS, NAMES, setting
from .growth_findings import slower
from .told_rule import product_needs

LEVEL = LEVELS[1]
HARDLY = 0.05  # a gain up to this is hardly any
# the paper's own size, and ours
WORLDS = ("paper-world", "quick")


def needed(kind: str, stripes: bool, score: str = FINE) -> Threshold:
    """2D labels for `LEVEL` of the held-out pairs."""
    return _threshold(tables.sweep_table("few-shot"), kind, stripes, score)


def _own_points(kind: str, stripes: bool, preset: str = "quick") -> list[float]:
    """The same for each seed, on straight lines between its own points (`amount_at`); NaN where it is not reached."""
    rows = efficiency.unseen(tables.sweep_table("few-shot", preset))
    rows = rows[(rows.kind == kind) & (rows.stripes.astype(bool) == stripes)]
    return [amount_at(seed.assign(both=seed.share), LEVEL) for _, seed in rows.groupby("seed")]


def _threshold(table, kind: str, stripes: bool, score: str = FINE) -> Threshold:
    return efficiency.threshold(setting(table, kind, stripes), LEVEL, score)


@register("few-examples-enough")
def enough() -> str:
    """How many of all pairs are enough, alone and with all stripes, and how many are for a kernel regression."""
    total = int(tables.sweep_table("few-shot")["size"].iloc[0]) ** 2
    bump, sos = (needed(kind, False) for kind in KINDS)
    # one curve for all seeds misses what they need beside stripes
    own = {(kind, stripes): _own_points(kind, stripes) for kind in KINDS for stripes in NAMES}
    reached = bool(np.isfinite(sum(own.values(), [])).all())
    points = {key: spread(found) for key, found in own.items()}
    sums, blobs, bare = (points[key] for key in (("sos", True), ("bump", True), ("bump", False)))
    product = product_needs(LEVEL)
    kernel = {kind: _threshold(tables.kernel_table("few-shot"), kind, False) for kind in KINDS}
    sentence = (
        f"**A few are enough.** For bumps, {bump.value:.0f} random pairs ({percent(bump.value / total)}) teach a network {percent(LEVEL)} of the others "
        f"within 0.45 px; a kernel regression, which learns no features, needs {kernel['bump'].value:.0f}, and a product of a column's and a row's picture, which is told "
        f"its world, {product.mean:.0f}. For sums of stripes networks need {sos.value:.0f}, the kernel "
        f"{kernel['sos'].value:.0f}: there few examples are a property of the picture, not of learning. With every stripe shown as well, networks need "
        f"{sums.mean:.0f} for sums. For bumps it is {blobs.mean:.0f}, in each seed a little less than what it needs alone."
    )
    measured = reached and all(not fit.note for fit in (bump, sos, *kernel.values()))
    # little, but in each seed: two ranges of three seeds overlap
    saved = np.array(own["bump", False]) - own["bump", True]
    fewer = sums.high < points["sos", False].low and saved.min() > 0 and saved.mean() < bare.mean / 4
    learned = kernel["bump"].low > bump.high and bump.value <= total / 4 and product.high < bump.low
    free = kernel["sos"].high < sos.low
    evidence = (
        f"{tables.amounts()}\n\nBeside stripes, on straight lines between each seed's own points: sums {write(sums, form='.0f')}, bumps "
        f"{write(blobs, form='.0f')}; bumps alone {write(bare, form='.0f')}: fewer in each seed. One curve through all seeds has {bump.value:.0f} alone and "
        f"{needed('bump', True).value:.0f} beside stripes, which misses their points. A product "
        f"needs {write(product, form='.0f')} of the same random pairs."
    )
    return state(sentence, measured and fewer and learned and free, evidence)


@register("few-examples-patience")
def patience() -> str:
    """Would networks need fewer examples if they trained for longer?"""
    usual, late = (longer.share("sparse", how) for how in (False, True))
    return state(
        f"**More training does not make fewer labels enough.** Networks that know 32 random pairs draw {percent(usual.mean)} of the others when they stop after "
        f"{longer.steps(False, 'sparse')} steps, and {percent(late.mean)} after {longer.steps(True)}.",
        longer.agrees("sparse") and longer.gain("sparse").high < 0,
        f"Bumps; {write(usual, percent=True)} and {write(late, percent=True)} within 0.45 px, {write(longer.share('sparse', False, 'near'), percent=True)} "
        f"and {write(longer.share('sparse', True, 'near'), percent=True)} within 1 px. Foretold when one of the five had been seen (`results/predictions/longer.json`); {{doc}}`05_composition` has the other cells.",
    )


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
    """Stripes lift bumps at an eighth, and in the paper's world of 32 x 32 save some; from a quarter on they add nothing in either."""
    side, little = (int(tables.sweep_table("few-shot", preset)["size"].iloc[0]) for preset in WORLDS)
    large, small = (tables.shares(preset) for preset in WORLDS)
    alone, helped = (large[stripes, side**2 // 8] for stripes in NAMES)
    before, after = (small[stripes, little**2 // 8] for stripes in NAMES)
    bare, beside = (spread(_own_points("bump", stripes, "paper-world")) for stripes in NAMES)
    fewer = beside.high < bare.low
    sentence = (
        f"**Stripes help bumps while labels are few.** At an eighth of the labels they lift the share of the others right from "
        f"{percentage(before.mean())} to {percentage(after.mean())} in the smaller world, and from {percentage(alone.mean())} to "
        f"{percentage(helped.mean())} in the paper's. There {beside.mean:.0f} labels beside stripes teach {percent(LEVEL)}, where alone it takes {bare.mean:.0f}. "
        "From a quarter of all labels on, stripes add hardly anything in either world."
    )
    kernel = efficiency.unseen(tables.kernel_table("few-shot", "paper-world"))
    kernel = kernel[(kernel.kind == "bump") & (kernel.train_2d == side**2 // 8)].share
    evidence = (
        f"{_by_world(large, small, side, little)}\n\nOf the larger world the kernel regression gets at most {percentage(kernel.max())} at an eighth. "
        f"{_crossings()}"
    )
    holds = (
        helped.min() > max(alone.max(), LEVEL) and after.min() > before.max() and kernel.max() < alone.min()
    )
    late = [
        found[True, count].mean() - found[False, count].mean()
        for found, size in ((large, side), (small, little))
        for stripes, count in found
        if not stripes and count >= size**2 // 4
    ]
    return state(sentence, holds and fewer and bool(late) and max(late) < HARDLY, evidence)


def _by_world(large: dict, small: dict, side: int, little: int) -> str:
    """Bumps right in both worlds, alone and beside all stripes, by the share of the labels trained on, as a table."""
    rows = []
    for size, found in ((little, small), (side, large)):
        for count in sorted({count for _, count in found}):
            shown = [percent(found[s, count]) if (s, count) in found else "not trained" for s in NAMES]
            rows.append((f"{size} × {size}", str(count), f"{count / size**2:.3f}", *shown))
    return markdown_table(("world", "2D labels", "of all", *NAMES.values()), rows)


def _crossings() -> str:
    """Labels that each seed needs in the paper's world, read between its own points."""
    said = []
    for stripes, name in NAMES.items():
        found = _own_points("bump", stripes, "paper-world")
        said.append(f"{name} {', '.join('not reached' if np.isnan(at) else f'{at:.0f}' for at in found)}")
    return (
        f"Labels for {percent(LEVEL)} in the larger world, between each seed's own points: {'; '.join(said)}."
    )


@register("few-examples-in-short")
def in_short() -> str:
    """The findings of the chapter, without what is behind them."""
    return findings.in_short(enough(), slower(), choice())

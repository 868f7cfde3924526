"""What chapter 5 found, in sentences that the build holds to the records; the tables behind them are in `findings`."""

import torch

from bumpbook.frame import findings
from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.tables import FINE
from bumpworld.canvas import Canvas
from bumpworld.instruments.label_kernel import code_similarity
from bumpworld.instruments.spread import Spread, spread, write
from bumpworld.selection import held_out_square
from bumpworld.store import Result
from bumpworld.unet_config import UNetConfig

from . import cross_findings as cross
from . import findings as tables
from .ladder import ladder
from .rule_findings import rules

COARSE = 1.0  # px, which a copied neighbour passes
# shares that differ by less are called nearly the same
NEARLY = 0.1


def shares(results: list[Result], region: str, tolerance: float) -> Spread:
    """Share of a region that is drawn right, over models."""
    return spread([r.accuracy(tolerance)[region][2] for r in results], share=True)


def regions(preset: str = "quick") -> dict[tuple[str, str], list[Result]]:
    """A preset's learned models of the held-out cross by kind of world and by what they were trained on."""
    return {(kind, use): group for kind, use, group in cross._uses(tables.finished("regions", preset)[0])}


def by_width(kind: str, corner: bool) -> dict[int, Spread]:
    """Share of the held-out square that is drawn to within `FINE`, by its width, the least first."""
    groups = tables.widths_of(tables.finished("square")[0], kind, corner)
    return {int(width): shares(group, "square", FINE) for width, group in groups}


def reach(kind: str) -> int:
    """Up to which width a held-out square in the middle is drawn, 0 for none."""
    drawn = 0
    for at, share in by_width(kind, corner=False).items():
        if share.mean < tables.ENOUGH:
            break
        drawn = at
    return drawn


@register("composition-width")
def width() -> str:
    """How wide a hole of pairs is filled in the middle, and what is drawn of one as wide in the corner."""
    bump, sos = map(reach, tables.KINDS)
    bumps, sums = (
        by_width(kind, corner=True).get(wide, spread([]))
        for kind, wide in zip(tables.KINDS, (bump, sos), strict=True)
    )
    return state(
        f"**Networks draw pairs that they never saw.** In the middle of the world a hole may be {bump} columns and rows wide "
        f"(bumps) or {sos} (SOS), and nine in ten of its pairs are still drawn to within {FINE} px. Of a hole as wide in a corner "
        f"{percent(bumps.mean)} are drawn (bumps) and {percent(sums.mean)} (SOS).",
        max(bumps.high, sums.high) < tables.ENOUGH,
        _width_table(),
    )


def _width_table() -> str:
    rows = []
    for kind, name in tables.KINDS.items():
        for corner, place in tables.PLACES.items():
            for at, group in tables.widths_of(tables.finished("square")[0], kind, corner):
                cells = [write(shares(group, "square", t), percent=True) for t in (FINE, COARSE)]
                rows.append(f"| {name} {place} | {at:g} | {cells[0]} | {cells[1]} |")
    head = f"| square | width | right within {FINE} px | within 1 px |\n|---|---|---|---|\n"
    return head + "\n".join(rows)


@register("composition-kernel")
def kernel() -> str:
    """How far a kernel that learns no feature gets with bumps, beside networks."""
    networks, fixed, canvas = by_width("bump", corner=False), {}, Canvas()
    for at in (4, 8):
        split = held_out_square(canvas.size // 2 - at // 2, canvas.size // 2 + at // 2)
        fixed[at] = float(ladder(canvas, split, FINE).set_index("source").right["kernel"])
    sentence = (
        "Our code makes near values alike, so a fixed kernel does more: of the bumps in a square of four it draws "
        f"{percent(fixed[4])} to within {FINE} px, but in one of eight {percent(fixed[8])}, where networks draw "
        f"{percent(networks[4].mean)} and {percent(networks[8].mean)}."
    )
    near, far = code_similarity([5.0], [6.0, 9.0], UNetConfig.quick())[0]
    return state(
        sentence, bool(near > 0.5 > far) and fixed[4] > 0.5 > fixed[8] and networks[8].low > fixed[8]
    )


@register("composition-stripes")
def stripes() -> str:
    """Values that only stripes show: what stripes and 2D examples give together, and either alone."""
    groups = regions()
    at = lambda kind, use, tolerance: shares(groups[kind, use], "intersection", tolerance)
    both = {t: at("sos", "both", t) for t in (FINE, COARSE)}
    alone = {t: max(at("sos", use, t).mean for use in ("2d", "stripes")) for t in (FINE, COARSE)}
    sentence = (
        f"**A value shown only by stripes can be combined, coarsely.** Stripes and 2D examples together draw "
        f"{percent(both[COARSE].mean)} of the SOS pairs of two such values to within a pixel; either alone draws at most "
        f"{percent(alone[COARSE])}. To within {FINE} px it is {write(both[FINE], percent=True)} against {percent(alone[FINE])}."
    )
    holds = both[COARSE].low > alone[COARSE] and both[FINE].mean > alone[FINE] + NEARLY
    return state(sentence, holds, stripes_table(groups))


def stripes_table(groups: dict[tuple[str, str], list[Result]]) -> str:
    """What is drawn in every region of the cross by the ``groups`` of `regions`, at both tolerances."""
    rows = [
        "| world, trained on | "
        + " | ".join(f"{arm}, {t} px" for arm in cross.ARMS for t in (FINE, 1))
        + " |"
    ]
    rows.append("|---" * 7 + "|")
    for (kind, use), group in groups.items():
        cells = [percent(shares(group, arm, t).mean) for arm in cross.ARMS for t in (FINE, COARSE)]
        rows.append(
            f"| {tables.KINDS[kind]}, {cross.USES[use]} (n = {len(group)}) | " + " | ".join(cells) + " |"
        )
    low = shares(groups["sos", "both"], "intersection", COARSE)
    return "\n".join(rows) + f"\n\nSOS, both, intersection, 1 px: {write(low, percent=True)}."


@register("composition-no-sum")
def no_sum() -> str:
    """Stripes hold all that a sum needs; networks do not add them up."""
    groups = regions()
    group = groups["sos", "stripes"]
    rule, _ = cross._rung(group[0], "additive")
    drawn = shares(group, "intersection", COARSE)
    sentence = (
        f"**A network is no sum.** From stripes alone a plain sum draws {percent(rule)} of the new SOS pairs to within a pixel; networks "
        f"trained on the same stripes draw {percent(drawn.mean)}."
    )
    return state(sentence, rule == 1 and drawn.high < NEARLY, cross.sums())


@register("composition-snapped")
def snapped() -> str:
    """Without stripes, a value that no example has is replaced by one that some have."""
    groups = regions()
    group = groups["sos", "2d"]
    out = spread([cross._snapped(result)[0] for result in group], share=True)
    canvas, ends = group[0].experiment.canvas, dict(group[0].experiment.train_on.settings)
    chance = 1 - (ends["high"] - ends["low"]) / canvas.size
    sentence = (
        f"Without stripes, an SOS network puts the unknown value on a known one: {percent(out.mean)} of the crosses that it draws in the arms "
        f"leave the band, where a place at random leaves it in {percent(chance)}."
    )
    return state(sentence, out.low > chance, cross.snap())


@register("composition-drawn-instead")
def drawn_instead() -> str:
    """Which shapes fill the cross."""
    groups = regions()
    mask = torch.stack([cross._masks(groups["bump", "both"][0])[arm] for arm in cross.ARMS]).any(0)
    bumps = {
        use: spread(
            [float(r.judgement().shape[mask].double().mean()) for r in groups["bump", use]], share=True
        )
        for use in ("stripes", "both")
    }
    sentence = (
        f"Asked for a bump in the cross, networks of stripes alone draw one of full brightness in "
        f"{percent(bumps['stripes'].mean)} of the cases, networks of both in {percent(bumps['both'].mean)}: means of "
        f"{bumps['both'].n} seeds, where the figure shows one and counts faint bumps, too."
    )
    holds = bumps["stripes"].high < bumps["both"].low
    if shapes := cross.shipped_shapes(groups["bump", "stripes"]):
        stripe = shapes["vertical stripe"] + shapes["horizontal stripe"]
        sentence += f" The figure's network of stripes alone draws one stripe in {percent(stripe)} and a cross in {percent(shapes['cross'])}."
        holds &= stripe > 0.5 > 2 * shapes["cross"]
    return state(sentence, holds, cross.shapes())


@register("composition-rim-gain")
def rim_gain() -> str:
    """Sixty examples along the rim turn nothing into something."""
    results = tables.finished("rim")[0]
    group = lambda kind, rule: [r for r in results if cross._setting(r) == (kind, rule)]
    alone, rim = (
        {t: {k: shares(group(k, rule), region, t) for k in tables.KINDS} for t in (FINE, COARSE)}
        for rule, region in (("stripes_only", "2d"), ("rim", "inside"))
    )
    words = {
        t: [
            f"from {percent(alone[t][kind].mean)} to {percent(rim[t][kind].mean)} ({name})"
            for kind, name in (("bump", "bumps"), ("sos", "SOS"))
        ]
        for t in (FINE, COARSE)
    }
    sentence = (
        f"**The rim helps, but coarsely.** With the 2D labels of the rim beside the stripes, the share of inner labels drawn to "
        f"within a pixel rises {' and '.join(words[COARSE])}; to within {FINE} px it rises only {' and '.join(words[FINE])}."
    )
    holds = all(rim[COARSE][k].low > alone[COARSE][k].high for k in tables.KINDS)
    holds &= all(0 < rim[FINE][k].mean - alone[FINE][k].mean < 0.2 for k in tables.KINDS)
    return state(sentence, holds, cross.rims())


@register("composition-in-short")
def in_short() -> str:
    """The findings of the chapter, without what is behind them."""
    return findings.in_short(width(), rules(), stripes(), no_sum())

"""What we found behind the claims on drawings; right means within .45 of the spacing, where a copied neighbour is wrong."""

from bumpworld.instruments.spread import write

from . import tables
from .claims_composition import BOTH, COMPOSES, REGIONS, RIM, SQUARE, SQUARE_WIDTH
from .claims_few_examples import ALONE, APART, ENOUGH, FEW_EXAMPLES, HELPED, LEAST, SCALING, STRIPES_SAVE
from .claims_interpolation import LESION_WIDTH, NO_INTERPOLATION, WIDE
from .claims_percolation import (
    EACH_RISE,
    LOSSES,
    NARROWEST,
    ORDER,
    PERCOLATION,
    SLOPE,
    SUDDEN,
    each_rise,
    staircase_slope,
)
from .findings import listed, minus, percent, register, state
from .found import Evidence, found, shares
from .nulls import KERNELS


@found(COMPOSES)
def composes(e: Evidence):
    networks, copy, completion = e(SQUARE), e.mean(SQUARE, "copy"), e.mean(SQUARE, "completion")
    kernel = max(e.mean(SQUARE, who) for who in KERNELS)
    return (
        f"Networks draw {percent(networks.mean)} of a held-out square of four right, where copies of the nearest label get {percent(copy)} and the "
        f"better of two kernels {percent(kernel)}; but a plain rule, low-rank completion, draws {percent(completion)}.",
        networks.low > 0.9,
        copy < 0.1,
        kernel < networks.low - 0.1,
        completion >= networks.mean,
    )


@found(NO_INTERPOLATION)
def no_interpolation(e: Evidence):
    codes, here = ("axes", "turned-45"), {"kind": "bump", "region": "lesion", "max_frequency": 1.5}
    axes, turned = (shares("codes", code=code, low=6, high=10, **here) for code in codes)
    larger = [shares("slider", preset="paper-world", code=code, low=14, high=18, **here) for code in codes]
    wide, square = e(WIDE), shares("square", kind="bump", region="square", low=4, high=12)
    return (
        f"Told x and y, networks draw {percent(wide.mean)} of the bumps right in holes of six columns and more, as a copy would, where they "
        f"draw {percent(square.mean)} of a held-out square of eight; but the code counts: told x+y and x−y, they fill a hole of four to {percent(turned.mean)} instead of "
        f"{percent(axes.mean)}, and in the paper's world to {percent(larger[1].mean)} instead of {percent(larger[0].mean)}.",
        turned.low > axes.high,
        turned.mean > 0.5,
        larger[1].low > larger[0].high,
        wide.high < 0.1,
        square.low > 0.5,
    )


@found(FEW_EXAMPLES)
def few_examples(e: Evidence):
    size = 16 * 16
    here = {"region": "unseen", "stripes": True}
    quarter = e.right(kind="bump", train_2d=size // 4, **here)
    alone = e.right(kind="bump", train_2d=size // 4, **here | {"stripes": False})
    eighth = {k: e.right(kind=k, train_2d=size // 8, **here) for k in ("bump", "sos")}
    kernel = {k: e.right("kernel", kind=k, train_2d=size // 8, **here) for k in ("bump", "sos")}
    # a side twice as long
    larger = {"preset": "paper-world", "region": "unseen", "kind": "bump", "train_2d": 4 * size // 8}
    helped, bare = (shares("few-shot", stripes=stripes, **larger) for stripes in (True, False))
    return (
        f"An eighth of the pairs beside all stripes is enough for sums of stripes ({percent(eighth['sos'].mean)} right), of which a kernel gets "
        f"{percent(kernel['sos'].mean)}, and not for bumps ({percent(eighth['bump'].mean)}; a quarter gives {percent(quarter.mean)}, without stripes "
        f"{percent(alone.mean)}); in the paper's world an eighth gives bumps {percent(helped.mean)}, without stripes {percent(bare.mean)}.",
        helped.low > bare.high > bare.mean > ENOUGH,
        eighth["sos"].low > ENOUGH > eighth["bump"].high,
        min(quarter.low, alone.low) > ENOUGH,
        kernel["sos"].mean > 0.9 > 0.1 > kernel["bump"].mean,
    )


@found(SUDDEN)
def sudden(e: Evidence):
    each, kernel, limit = e(EACH_RISE), e(EACH_RISE, "kernel"), e.claim.limits[0].agrees
    table = tables.learned(tables.read(e.claim.table))
    seeds = each_rise(table.assign(both=table.both_fine))
    reached = sum(rise >= limit for rise in seeds)
    return (
        f"The mean of the steepest doubling just passes ({write(each)} against {limit:g}), {reached} of the {len(seeds)} seeds by itself does, and "
        f"picking the steepest of several doublings overstates it; a kernel that has no threshold has {kernel.mean:.2f}, so that a steep rise is no "
        "sign of a transition; this judges drawings, not the manifold that the abstract means.",
        each.low < limit <= each.mean < limit + 0.05,
        each.high > limit,
        reached == 1,
        len(seeds) == each.n,
        kernel.mean > 0.75 * each.mean,
    )


@found(PERCOLATION)
def percolation(e: Evidence):
    slope, kernel = (e(SLOPE, who) for who in ("networks", "kernel"))
    widths = tables.read(e.claim.table).sigma
    stairs = staircase_slope(sorted(widths[widths >= NARROWEST].unique()))
    return (
        f"The onset moves with the bumps' width, by a power of {minus(slope.mean)} where percolation asks for {minus(stairs)} at "
        f"these widths ({minus(-2, '.0f')} in the limit) and shared coordinates for 0; a kernel that knows of no cluster has "
        f"{minus(kernel.mean)}, so that no cluster is needed for it.",
        max(-1.5, stairs + 0.5) < slope.low,
        slope.high < -0.3,
        abs(kernel.mean - slope.mean) < 0.3,
    )


@found(REGIONS)
def regions(e: Evidence):
    both, kernel = e(BOTH), e.mean(BOTH, "kernel")
    return (
        f"Trained on both, networks draw {write(both, percent=True)} of the SOS intersection right; the picture is a sum of two "
        f"stripes, and a kernel without training gets {percent(kernel)}.",
        both.high < 0.9,
        both.high - both.low > 0.2,
        kernel > 0.9,
    )


@found(STRIPES_SAVE)
def stripes_save(e: Evidence):
    needed = {
        kind: [e(f"{kind}: 2D labels for {100 * ENOUGH:.0f} %, {how}") for how in ("alone", "with stripes")]
        for kind in ("bump", "sos")
    }
    (alone, helped), bump = needed["sos"], needed["bump"]
    kernel = e(f"sos: 2D labels for {100 * ENOUGH:.0f} %, alone", "kernel")
    eighth = {
        preset: [
            shares("few-shot", preset=preset, kind="bump", region="unseen", stripes=s, train_2d=count)
            for s in (False, True)
        ]
        for preset, count in (("quick", 16 * 16 // 8), ("paper-world", 32 * 32 // 8))
    }
    small, large = ([percent(share.mean) for share in pair] for pair in eighth.values())
    fewest = 8  # pairs, of the amounts that were trained on
    saved = e.right("kernel", kind="sos", region="unseen", stripes=True, train_2d=fewest)
    return (
        f"Read off each seed's own points, as this rule does, stripes save pairs where the picture is a sum of stripes "
        f"({alone.mean:.0f} labels become {helped.mean:.0f}) and few in this world where it is a bump ({bump[0].mean:.0f} become "
        f"{bump[1].mean:.0f}; with an eighth of the labels they still lift bumps from {small[0]} to {small[1]}, and in the paper's world from "
        f"{large[0]} to {large[1]}); of sums a kernel without training needs {kernel.mean:.0f} alone, and with stripes no more than {fewest}.",
        alone.low > helped.high > helped.low > fewest,
        e.mean(LEAST) < 1.2,
        *(helped.low > alone.mean for alone, helped in eighth.values()),
        kernel.high < alone.low,
        saved.low > ENOUGH,
    )


@found(SCALING)
def scaling(e: Evidence):
    alone, helped = e(ALONE), e(HELPED)
    kernel = e(ALONE, "kernel")
    return (
        f"The labels needed grow as N to the power {alone.mean:.2f} alone and {helped.mean:.2f} with stripes, where the paper's figure draws 2 and 1 "
        f"as guides, which are no claim; the two ranges over seeds overlap, and nearly N squared is what a kernel without training takes ({kernel.mean:.2f}).",
        alone.high < 1.5 < kernel.low,
        0.5 < helped.low < helped.high < 1.5,
        e(APART) < 0,
    )


@found(RIM)
def rim(e: Evidence):
    where = {"kind": "sos"}
    helped = e.right(rule="rim", region="inside", **where)
    kernel = e.right("kernel", rule="stripes_only", region="2d", **where)
    return (
        f"With the rim networks draw {percent(helped.mean)} of the inside right, without it none; a kernel without training "
        f"gets {percent(kernel.mean)} from stripes alone, so that the data allow what the network does not do.",
        0 < helped.low < helped.high < 0.3,
        e.right(rule="stripes_only", region="2d", **where).high < 0.005,
        kernel.mean > 0.9,
    )


@found(LESION_WIDTH)
def lesion_width(e: Evidence):
    ends = [e.mean(f"right, {end}") for end in ("narrowest", "widest")]
    kernel = [e.mean(f"right, {end}", "kernel") for end in ("narrowest", "widest")]
    two, four = (e.right(region="lesion", spacing=1, low=8 - w // 2, high=8 + w // 2) for w in (2, 4))
    return (
        f"Two missing columns are bridged ({percent(two.mean)}), four are not ({percent(four.mean)}); a kernel without training "
        f"falls from {percent(kernel[0])} to {percent(kernel[1])} as networks do, so that nothing about learned features is shown.",
        two.low > 0.8 > 0.5 > four.high,
        ends[0] > 0.9 > 0.1 > ends[1],
        kernel[0] > 0.9 > 0.1 > kernel[1],
    )


@found(SQUARE_WIDTH)
def square_width(e: Evidence):
    at = {"region": "square", "kind": "bump", "low": 4, "high": 12}
    inside, sums = e.right(**at), e.right(**at | {"kind": "sos"})
    at_corner = {"region": "square", "kind": "bump", "low": 8, "high": 16}
    corner = e.right(**at_corner)
    late = [shares("longer", annealed=True, **one) for one in (at_corner, at | {"kind": "sos"})]
    usual = shares("longer", annealed=False, **at_corner)
    completed = min(e.right("completion", **one).mean for one in (at, at | {"kind": "sos"}, at_corner))
    narrow, *_, wide = falls = [e.right("gaussian", **at | hole).mean for hole in _inside(e)]
    widths = [hole["high"] - hole["low"] for hole in _inside(e)]
    return (
        f"Of a square eight wide networks draw {percent(inside.mean)} of the bumps inside the canvas, {percent(corner.mean)} at its corner, and of the SOS "
        f"{percent(sums.mean)}, and trained for longer {percent(late[0].mean)} at the corner (five networks, which as usual draw {percent(usual.mean)}) and {percent(late[1].mean)} of the SOS; a low-rank completion "
        f"draws {percent(completed)} of all three: the data would allow it, and why networks fall is open; of the bumps inside, a Gaussian kernel's "
        f"share falls as well, by width {listed(f'{percent(right)} ({width})' for width, right in zip(widths, falls, strict=True))}.",
        max(one.mean for one in late) < 0.9,
        inside.low > 0.7,
        sums.high < 0.5,
        corner.high < 0.6,
        completed > 0.99,
        falls == sorted(falls, reverse=True) and narrow > 0.9 > 0.1 > wide,
    )


def _inside(e: Evidence) -> list[dict]:
    """Where the squares inside the canvas lie, the narrowest first."""
    table = tables.read(e.claim.table)
    table = table[(table.region == "square") & (table.high < table["size"])]
    return table[["low", "high"]].drop_duplicates().sort_values("high").to_dict("records")


@register("square-width-weakness")
def weakness() -> str:
    """What a fall of networks with the width held out is worth: whether rules without training draw the same squares."""
    nulls = tables.read(f"nulls-{SQUARE_WIDTH.table}")
    nulls = nulls[nulls.region == "square"]
    of = lambda kind, who: nulls[(nulls.kind == kind) & (nulls["null"] == who)].both_fine
    bumps, sums = of("bump", "completion").min(), of("sos", "kernel").min()
    falls, stays = of("bump", "gaussian"), of("sos", "gaussian").min()
    return state(
        f"What falls is a weakness of networks, not of the data: without training, completion draws {percent(bumps)} of the bumps in every one "
        f"of these squares, and a ReLU kernel {percent(sums)} of the sums. On bumps a Gaussian kernel falls as well, from "
        f"{percent(falls.max())} to {percent(falls.min())}; it does not pass the rule, which asks for both, because it draws {percent(stays)} of the sums.",
        min(bumps, sums, stays) > 0.995 and falls.max() > 0.9 > 0.1 > falls.min(),
    )


@found(LOSSES)
def losses(e: Evidence):
    networks, kernel = e.mean(ORDER), e.mean(ORDER, "kernel")
    return (
        f"Loss and accuracy are two readings of one error (rank correlation {minus(networks)}); a kernel without training "
        f"has {minus(kernel)}.",
        max(networks, kernel) < -0.8,
    )

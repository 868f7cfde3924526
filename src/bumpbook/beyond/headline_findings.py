"""What chapter 8 found, in sentences that the build holds to the studies; what is behind each is in the room's other findings."""

from bumpbook.frame import findings as sentences
from bumpbook.frame import studies
from bumpbook.frame.findings import minus, percent, register, state
from bumpbook.frame.tables import FINE
from bumpworld.instruments.spread import spread, write

from . import (
    findings,
    half_findings,
    half_nulls,
    halves,
    ideal_gap,
    local_findings,
    local_study,
    stripes_scores,
    third,
)
from . import third_findings as three
from .hidden_findings import looks

# of a bump's energy: nearer than this to an image is drawing it, farther than five times as much is not
NEAR = findings.APART
# two of the third feature's holes
WIDE_GAP, COLUMNS = "four of six widths", "four of twelve columns"


@register("beyond-leaving-memory")
def leaving_memory() -> str:
    """On new pairs a network goes to the truth, on new values astray."""
    curves = ideal_gap.curves(studies.load(ideal_gap.STUDY))
    pairs, values = (findings._rows(curves, held, "held out") for held in ("pairs", "values"))
    clear = values[values.t == values.t.min()]
    own, memory, astray = pairs["own image"].max(), pairs["training set"].min(), clear["own image"].mean()
    sentence = (
        f"**A network generalizes alike at every noise level.** On pairs that it never saw, a network's estimate stays within {own:.2f} of a "
        f"bump's energy of the unseen image, and at least {memory:.2f} away from the memory of its training set, from no noise "
        f"to nothing but noise. On values that it never saw it is {astray:.2f} of that energy off even where the image is in plain view."
    )
    return state(sentence, own < NEAR and memory > 5 * NEAR and astray > 5 * NEAR, findings.ideal())


@register("beyond-plus-or-times")
def plus_or_times() -> str:
    """Networks of stripes alone find no rule for pairs; handed the world's, they do what a memory of stripes would."""
    table = studies.table(stripes_scores.STUDY)
    table = table[table.learned]
    sos, bump = (table[table.kind == kind] for kind in ("sos", "bump"))
    added, product = sos["added_fine"].mean(), bump["multiplied_fine"].mean()
    asked, near = ([rows[column].mean() for rows in (sos, bump)] for column in ("asked_fine", "asked"))
    memory = stripes_scores.remembered("sos")["added"], stripes_scores.remembered("bump")["multiplied"]
    sentence = (
        f"**Stripes alone teach no rule for pairs.** Asked outright, networks of stripes draw {percent(max(asked))} of the pairs right within {FINE:g} px "
        f"(within 1 px {percent(near[0])} of SOS, {percent(near[1])} of bumps). Handed the world's rule, they do at best what a memory of stripes would: "
        f"estimates for x and y added give {percent(added)} of SOS, multiplied {percent(product)} of bumps; the memory gets {percent(memory[0])} "
        f"and {percent(memory[1])}."
    )
    holds = max(asked) < 0.01 and max(near) < 0.2 and added > 0.9 and product > 0.5
    return state(sentence, holds and added <= memory[0] and product <= memory[1], findings.sums())


@register("beyond-local-mistake")
def local_mistake() -> str:
    """Drawing by drawing, a local machine makes the mistakes of a network, unless the network has attention."""
    both = [studies.load(study) for study in (local_study.STUDY, local_study.ATTENTIVE)]
    plain, attentive = (local_findings.miscounted(records)["network"] for records in both)
    (same, chance), (mended, by_chance) = (
        [spread(shares, share=True) for shares in local_findings.named(records)] for records in both
    )
    without, ahead = (local_findings.ahead(records) for records in both)
    near = {way: spread(values).mean for way, values in local_findings.medians(both[1]).items()}
    wider = local_findings.foretold(*both)["farther"][local_findings.WIDER]
    told = local_findings.LIMITS["farther"][0].agrees
    sentence = (
        f"**A network without attention counts like a machine of patches.** Every training image has one bump; such networks draw none "
        f"or several in {percent(plain.mean)} of their images. From the same noise, a machine of patches draws its network's number of bumps in "
        f"{percent(same.mean)}; chance alone would in {percent(chance.mean)}. With attention networks miscount in {percent(attentive.mean)}, and a "
        f"machine of patches no longer fits: it draws their number in {percent(mended.mean)} (chance {percent(by_chance.mean)}), and its r² with their drawings is "
        f"{near['machine']:.2f}, where a memory, which sees everything, has {near['ideal']:.2f}. So how far such a network looks was not measured. It had been foretold that "
        f"the patch that fits best would be at least {told:g} px wider with attention; that is excluded: the interval ends at {minus(wider.high, '.1f')} px."
    )
    holds = same.low > chance.high + 0.1 and same.low > mended.high and attentive.high < plain.low
    # with attention the whole frame fits better than the patch that was chosen; without it that is not so
    holds &= ahead.low > 0 >= without.low
    # perhaps no wider at all, and surely by less than was foretold
    holds &= wider.low <= 0 and wider.high < told
    return state(sentence, holds, f"{local_findings.local()}\n\n{local_findings.attention()}")


@register("beyond-agreement")
def agreement() -> str:
    """Two models without a common example agree, from some number of labels on, as two copiers never would."""
    table = half_findings.learned_only(studies.table(halves.STUDY))
    few, many = half_findings.passing(table, "sets_neither_same") or (0, 0)
    most = table.labels.max()
    before, after, last = (table[table.labels == n] for n in (few, many, most))
    shares = [percent(rows.sets_neither_same.mean()) for rows in (before, after, last)]
    even = half_nulls.agreed(after)
    kernels = [even[name] for name in half_nulls.REGRESSIONS]
    usual = max((spread(found).mean for found in kernels if found), default=0.0)
    told = spread(even[half_nulls.PRODUCT])
    ahead = spread([p - n for p, n in zip(even[half_nulls.PRODUCT], after.sets_neither_same, strict=True)])
    wrong = [half_findings.mistaken(rows) if len(rows) else 1.0 for rows in (before, last)]
    sentence = (
        f"**With enough labels, strangers agree on the truth.** Two networks without a common label draw the same bump within {FINE:g} px "
        f"for {shares[0]} of what neither saw when each saw {few} labels, for {shares[1]} with {many} and for {shares[2]} with {most}; two that "
        f"copy have no image in common, and never would. Of the agreements {percent(wrong[0])} are mistakes with the fewest of these labels, and "
        f"{percent(wrong[1])} with the most. With {many} labels networks agree on more than kernel regressions, which reach at most {percent(usual)}, and on less than "
        f"two products of a column's and a row's picture, which are told their world and reach {percent(told.mean)}. Neither of these learns features: agreement "
        "shows that both follow one rule, and not that they learned features."
    )
    holds = few and many < most and before.sets_neither_same.max() < after.sets_neither_same.min()
    # every pair of networks is far ahead of every pair of regressions, and products are ahead of the networks of the same labels
    holds = holds and after.sets_neither_same.min() > 2 * max(sum(kernels, [])) and ahead.low > 0
    evidence = (
        f"{half_findings.two_halves()} With {many} labels two products agree on {write(ahead, percent=True)} of the labels more than the two "
        "networks that had the same ones."
    )
    return state(sentence, bool(holds) and wrong[1] < 0.05 < 0.1 < wrong[0], evidence)


@register("beyond-three-factors")
def three_factors() -> str:
    """Pairs and triples of three factors compose, by a judge whom no copy passes too; a wide gap in the widths is not filled."""
    table = studies.table(third.STUDY)
    table = table[table.learned_at.notna()]
    groups = {name: table[[held == ways for held in table.held_out]] for name, ways in third.HELD_OUT.items()}
    together = {name: three._together(rows) for name, rows in groups.items()}
    combined = [name for name, ways in third.HELD_OUT.items() if len(ways) > 1]
    new, gap = min(together[name] for name in combined), together[WIDE_GAP]
    fades = {name: three.faded(name) for name in (WIDE_GAP, COLUMNS)}
    copies, strict = (
        [third.copied(third.HELD_OUT[name], place) for name in combined] for place in (1, three.FINE)
    )
    least = three.where_no_copy_is_right(groups)
    sentence = (
        f"**Three factors compose like two.** Of new triples and new pairs {three.at_least(new)} are drawn right within 1 px, and {three.at_least(least)} "
        f"within {three.FINE:g} px, a bound from mean errors. Copies of training images would get {100 * min(copies):.0f} to {percent(max(copies))} within 1 px, and none "
        f"within {three.FINE:g} px. With four of six widths missing, {percent(gap)} are right within 1 px, where a fade between the nearest "
        f"trained widths would get {percent(fades[WIDE_GAP])}; with four of twelve columns missing, {percent(together[COLUMNS])}, a fade {percent(fades[COLUMNS])}."
    )
    holds = new > 0.9 > max(copies) and max(strict) == 0 and least > 0.5 > gap
    # a network is no fade, in either direction
    holds &= fades[WIDE_GAP] > gap + three.ALIKE and together[COLUMNS] > fades[COLUMNS] + three.ALIKE
    return state(sentence, holds, three.third_feature())


@register("beyond-in-short")
def in_short() -> str:
    """The chapter's main findings, without what is behind them; the others stand in their sections."""
    return sentences.in_short(plus_or_times(), local_mistake(), agreement(), looks())

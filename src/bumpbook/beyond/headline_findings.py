"""What chapter 8 found, in sentences that the build holds to the studies; what is behind each is in the room's other findings."""

from bumpbook.frame import findings as sentences
from bumpbook.frame import studies
from bumpbook.frame.findings import percent, register, state
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
    least = values["own image"].min()
    sentence = (
        "**On new pairs a network is right at every noise level, on new values at none.** On pairs that it never saw, its estimate stays "
        f"within {own:.2f} of a bump's energy of the unseen image, and at least {memory:.2f} away from the memory of its training set, from no noise "
        f"to nothing but noise. On values that it never saw it is never nearer than {least:.2f}, and {astray:.2f} off even where the image is in plain view."
    )
    return state(sentence, own < NEAR and min(memory, least) > 5 * NEAR, findings.ideal())


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
    (same, chance), (mended, _) = (
        [spread(shares, share=True) for shares in local_findings.named(records)] for records in both
    )
    without, ahead = (local_findings.ahead(records) for records in both)
    wider = local_findings.foretold(*both)["farther"][local_findings.WIDER]
    told = local_findings.LIMITS["farther"][0].agrees
    sentence = (
        f"**A network without attention counts like a machine of patches.** Every training image has one bump. Without attention networks miscount in "
        f"{percent(plain.mean)} of their images, and from the same noise a machine of patches draws the same number of bumps in {percent(same.mean)} (chance "
        f"{percent(chance.mean)}). With attention they miscount in {percent(attentive.mean)}, and a machine of patches no longer fits. Its patch is not the {told:g} px wider "
        "that had been foretold, but the patch of a machine that does not fit says little about how far a network looks."
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
        f"for {shares[0]} of the labels that neither saw when each saw {few}, for {shares[1]} with {many} and for {shares[2]} with {most}. "
        f"Of the first agreements {percent(wrong[0])} are mistakes, of the last {percent(wrong[1])}. Two products, which are told their world, agree "
        f"sooner ({percent(told.mean)} with {many}), so agreement is no sign of learned features."
    )
    holds = few and many < most and before.sets_neither_same.max() < after.sets_neither_same.min()
    # every pair of networks is far ahead of every pair of regressions, and products are ahead of the networks of the same labels
    holds = holds and after.sets_neither_same.min() > 2 * max(sum(kernels, [])) and ahead.low > 0
    evidence = (
        f"{half_findings.two_halves()} With {many} labels kernels agree on {percent(usual)} of the labels at most, and two products on "
        f"{write(ahead, percent=True)} of the labels more than the two networks that had the same ones."
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
        f"trained widths would get {percent(fades[WIDE_GAP])}. With four of twelve columns missing {percent(together[COLUMNS])} pass at 1 px (a fade "
        f"{percent(fades[COLUMNS])}), but squashed and dim. The frame is smaller and these bumps are wider than in chapter 4, so the two do not compare."
    )
    holds = new > 0.9 > max(copies) and max(strict) == 0 and least > 0.5 > gap
    # a network is no fade, in either direction
    holds &= fades[WIDE_GAP] > gap + three.ALIKE and together[COLUMNS] > fades[COLUMNS] + three.ALIKE
    holds &= three.squashed_and_dim(groups[COLUMNS]) and three.unlike_chapter_4()
    return state(sentence, holds, f"{three.third_feature()} {three.kept_looks(groups[COLUMNS], COLUMNS)}")


@register("beyond-in-short")
def in_short() -> str:
    """The chapter's main findings, without what is behind them; the others stand in their sections."""
    return sentences.in_short(plus_or_times(), local_mistake(), agreement(), looks())

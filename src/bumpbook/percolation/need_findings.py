"""Sentences of the chapter on how many labels are needed: what power of the width, and what foretells it best.

The rules were written down before the networks were trained: `results/predictions/percolation.json`.
"""

from bumpbook.frame.claims_percolation import staircase_slope
from bumpbook.frame.findings import listed, minus, percent, register, state

from . import grid, learning_findings, rivals, surface
from .predictions import TOLERANCE

COUNT = "number of labels"
# the upper end of what the rule allows percolation's exponent of the width
PERCOLATION_WIDTH = surface.PURE["percolation of bumps"][0] + surface.NEAR


@register("percolation-surface")
def law() -> str:
    """What power of width and of spacing the onset follows, and how often the rule would have found a pure law."""
    tables = {tolerance: grid.shares(tolerance) for tolerance in (TOLERANCE, 1.0)}
    found = {tolerance: surface.law(table) for tolerance, table in tables.items()}
    first, lines = found[TOLERANCE], []
    for tolerance, one in found.items():
        a, b, bend = (
            f"{e.value:.2f} ({e.low:.2f} to {e.high:.2f})" for e in (one.width, one.spacing, one.bend)
        )
        words = f"as {one.verdict} asks" if one.verdict else "none of the pure laws"
        lines.append(
            f"within {tolerance:g} px half of the common test labels are right at {one.scale:.0f} σ^a d^b training labels, "
            f"a = {a}, b = {b}, bend in log² σ {bend}, {one.n} networks: {words}"
        )
    power, widths = surface.power(tables[TOLERANCE]), sorted(tables[TOLERANCE].sigma.unique())
    alone = {d: surface.width_power(part) for d, part in tables[TOLERANCE].groupby("spacing")}
    stairs = {d: staircase_slope(widths, d) for d in alone}
    told = "; ".join(f"{name} {percent(share)}" for name, share in power.items())
    sentence = (
        "**Wider bumps need fewer training labels, but they save less than percolation says.** From "
        f"σ = {widths[0]:g} to {widths[-1]:g} px the labels until half of the unseen ones are right fall with the width to the power "
        f"{listed(map(_power, alone.values()))} where labels lie {listed(f'{d:g}' for d in alone)} px apart; percolation asks for "
        f"{minus(max(stairs.values()))} to {minus(min(stairs.values()))} at these widths and {minus(-2, '.0f')} in the limit. "
        f"Twice the distance between labels takes {2**-first.spacing.value:.1f} times fewer; links by shared values of x and y say twice."
    )
    excluded = first.verdict is None and first.width.low > PERCOLATION_WIDTH
    excluded &= all(a.low > stairs[d] for d, a in alone.items())
    return state(
        sentence,
        excluded and first.width.high < 0 and power["percolation of bumps"] > 0.5,
        f"By the rule, one law for all spacings, {'; '.join(lines)}. Each spacing by itself, within {TOLERANCE:g} px: a = "
        f"{listed(_interval(a) for a in alone.values())}. How often the rule would have named a law, were it true: {told}.",
    )


@register("percolation-two-sweeps")
def two_sweeps() -> str:
    """Why the power of the width differs between the two sweeps: the same where both measured."""
    old = learning_findings.unseen_at_equal_energy()
    new = grid.shares(TOLERANCE)
    shared = set(old.sigma) & set(new.sigma)
    here, there = ({"all": surface.width_power(old)}, {"all": surface.law(new).width})
    for found, table in ((here, old), (there, new[new.spacing == 1])):
        found["shared"] = surface.width_power(table[table.sigma.isin(shared)])
    wide = surface.width_power(new[(new.spacing == 1) & (new.sigma >= max(shared))])
    apart = surface.width_power(new[new.spacing == new.spacing.max()])
    sentence = (
        f"**The two sweeps agree where they measured the same.** Over all of its images of equal energy, the need falls with the width to "
        f"the power {_interval(here['all'])} here and {_interval(there['all'])} in the second picture. For bumps of "
        f"{listed(f'{s:g}' for s in sorted(shared))} px, labels 1 px apart, it is {_interval(here['shared'])} here and "
        f"{_interval(there['shared'])} there. From {max(shared):g} px on it is {_interval(wide)} there, and with labels {new.spacing.max():g} px "
        f"apart {_interval(apart)}."
    )
    both = here["shared"], there["shared"]
    agree = max(e.low for e in both) < min(e.high for e in both)
    return state(sentence, agree and min(wide.low, apart.low) > max(e.value for e in both))


def _interval(found: surface.Exponent) -> str:
    return f"{minus(found.value)} ({minus(found.low)} to {minus(found.high)})"


def _power(found: surface.Exponent) -> str:
    return minus(found.value) + (" (0 is not excluded)" if found.low < 0 < found.high else "")


@register("percolation-bits")
def bits() -> str:
    """Which rival foretells best what was left out, along both axes?"""
    frame, lines, pairs, leads = grid.frame(), [], [], []
    for by, words in (("sigma", "a width left out"), ("spacing", "a spacing left out")):
        # images of equal energy: their summed energy is the number of labels under another name
        scores = rivals.compare(frame, by, also=(rivals.KERNEL,)).drop("energy", errors="ignore")
        ours, other = (
            next(scores[scores.family == f].iterrows()) for f in (rivals.PERCOLATION, rivals.OTHER)
        )
        lead = rivals.difference(*(rivals.held_out_losses(frame, name, by) for name, _ in (ours, other)))
        named = [f"“{name}” {row.gain:.2f} ({row.low:.2f} to {row.high:.2f})" for name, row in (ours, other)]
        lines.append(
            f"{words}: of percolation {named[0]}, of the others {named[1]}; the others ahead by "
            f"{lead[0]:.2f} ({lead[1]:.2f} to {lead[2]:.2f})"
        )
        pairs.append((ours, other))
        leads.append(lead)
    (wide, wide_count), (apart, apart_count) = ([f"{row.gain:.2f}" for _, row in pair] for pair in pairs)
    versions = sum(rival.family == rivals.PERCOLATION for rival in rivals.RIVALS)
    sure = sum(low > 0 for _, low, _ in leads)
    across = "it is ahead, too" if leads[1][1] > 0 else "the two are not told apart"
    sentence = (
        f"**No version of percolation foretells unseen widths better than the plain number of training labels; across spacings {across}.** "
        f"Against a constant guess the number saves {wide_count} bits a drawing at widths of bump that it was not fitted to, the best of "
        f"{versions} versions of percolation {wide}; at spacings of labels {apart_count} and {apart}."
    )
    counts = all(other[0] == COUNT for _, other in pairs)
    rule = (
        "are ahead along both axes" if sure == 2 else "are not ahead along both axes, which decides nothing"
    )
    evidence = (
        f"By the rule the others {rule}. Bits gained, {frame.key.nunique()} networks: {'; '.join(lines)}."
    )
    return state(sentence, counts and leads[0][1] > 0 and leads[1][0] > 0, evidence)

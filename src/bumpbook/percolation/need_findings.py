"""Sentences of the chapter on how many labels are needed: what power of the width, and what foretells it best.

The rules were written down before the networks were trained: `results/predictions/percolation.json`.
"""

from functools import cache

import pandas as pd

from bumpbook.frame.claims_percolation import onset_slope, staircase_slope
from bumpbook.frame.findings import interval, listed, minus, percent, register, state
from bumpbook.frame.finished import finished
from bumpbook.frame.pages import markdown_table
from bumpworld.canvas import Canvas
from bumpworld.instruments.lattice import predicted_onset
from bumpworld.instruments.onset import fit_threshold
from bumpworld.instruments.overlap import KINDS
from bumpworld.instruments.spread import spread, write

from . import grid, learning_findings, pitch, rivals, surface
from .predictions import TOLERANCE

COUNT = "number of labels"
LEFT_OUT = {"sigma": "a width left out", "spacing": "a spacing left out"}
# percolation's best version, in the words of a table
PERCOLATION = "percolation at its best"
# px: the width of bump for which random labels are told in the open
MIDDLE = 1.0
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
            f"Within {tolerance:g} px half of the common test labels are right at {one.scale:.0f} σ^a d^b training labels, "
            f"a = {a}, b = {b}, bend in log² σ {bend}, {one.n} networks: {words}"
        )
    power, widths = surface.power(tables[TOLERANCE]), sorted(tables[TOLERANCE].sigma.unique())
    alone = {d: surface.width_power(part) for d, part in tables[TOLERANCE].groupby("spacing")}
    stairs = {d: staircase_slope(widths, d) for d in alone}
    told = "; ".join(f"{name} {percent(share)}" for name, share in power.items())
    left, stepped = (
        sorted(2**a for a in powers) for powers in ((a.value for a in alone.values()), stairs.values())
    )
    shared = surface.PURE["bipartite graph, values seen"][1]
    start, climbed = _first_doubling(tables[TOLERANCE], widths[:2])
    sentence = (
        "**Wider bumps need fewer training labels, but they save less than percolation says.** From "
        f"σ = {widths[0]:g} to {widths[-1]:g} px, each doubling of the width leaves on average {percent(left[0])} to {percent(left[-1])} of the labels needed until half of the "
        f"unseen ones are right, by how far labels lie apart; percolation on an endless lattice leaves {percent(stepped[0])} to {percent(stepped[-1])}. (With labels {MIDDLE:g} px apart the "
        f"doubling from {widths[0]:g} to {widths[1]:g} px alone leaves {percent(2**start.value)}, and percolation {percent(2**climbed)}.)"
    )
    excluded = first.verdict is None and first.width.low > PERCOLATION_WIDTH and start.low > climbed
    excluded &= all(a.low > stairs[d] for d, a in alone.items())
    return state(
        sentence,
        excluded and first.width.high < 0 and power["percolation of bumps"] > 0.5,
        f"With labels twice as far apart {percent(2**first.spacing.value)} of them are enough; shared values of x and y foretell {percent(2**shared)}. "
        "By the rule one law holds for all spacings: a number of labels at σ = d = 1 px, times a power a of the width σ and a power b of the spacing d. At a power "
        "of −1 twice the width takes half of the labels; a bend above 0 says that each further doubling saves less. "
        f"{'. '.join(lines)}. Each spacing by itself, within {TOLERANCE:g} px: the labels fall with "
        f"the width to the power {listed(interval(a) for a in alone.values())} where they lie {listed(f'{d:g}' for d in alone)} px apart; "
        f"percolation asks for {minus(max(stairs.values()))} to {minus(min(stairs.values()))} at these widths and {minus(-2, '.0f')} in the limit. How often the rule would have named a law, were it true: {told}.",
    )


def _first_doubling(table: pd.DataFrame, widths: list[float]) -> tuple[surface.Exponent, float]:
    """The power of the width between two ``widths`` alone, with labels `MIDDLE` apart, and percolation's there."""
    part = table[table.sigma.isin(widths) & (table.spacing == MIDDLE)]
    return surface.width_power(part), staircase_slope(widths, MIDDLE)


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
        f"**The two sweeps agree where they measured the same.** At equal energy the need falls with the width to the power {minus(here['all'].value)} here and only "
        f"{minus(there['all'].value)} in the sweep of widths and spacings. But for bumps of {listed(f'{s:g}' for s in sorted(shared))} px, labels 1 px apart, it is "
        f"{minus(here['shared'].value)} here and {minus(there['shared'].value)} there; it is wider bumps and labels farther apart that make it flatter there."
    )
    read = onset_slope(old.assign(both=old.both_fine)).mean
    evidence = (
        f"The verdict on the onset has {minus(read)} for the networks here, by another fit: it reads each seed's onsets off straight lines between its own points, "
        f"and this one fits a single curve to all networks. Over all: {interval(here['all'])} here, {interval(there['all'])} there. Where both measured: {interval(here['shared'])} and "
        f"{interval(there['shared'])}. There, from {max(shared):g} px on: {interval(wide)}; with labels {new.spacing.max():g} px apart: {interval(apart)}."
    )
    both = here["shared"], there["shared"]
    agree = max(e.low for e in both) < min(e.high for e in both)
    return state(sentence, agree and min(wide.low, apart.low) > max(e.value for e in both), evidence)


@register("percolation-bits")
def bits() -> str:
    """Which rival foretells best what was left out, along both axes?"""
    frame, lines, pairs, leads = grid.frame(), [], [], []
    for by, words in LEFT_OUT.items():
        scores = _scores(by)
        ours, other = (
            next(scores[scores.family == f].iterrows()) for f in (rivals.PERCOLATION, rivals.OTHER)
        )
        lead = rivals.difference(*(rivals.held_out_losses(frame, name, by) for name, _ in (ours, other)))
        named = [f"“{rivals.shown(name)}” {_bits(row)}" for name, row in (ours, other)]
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


@register("percolation-contest")
def contest() -> str:
    """Each explanation's bits where a width and where a spacing was left out: who comes first, second, and percolation where."""
    named = lambda name: name if name == PERCOLATION else f"“{rivals.shown(name)}”"
    ranks, told = {by: _best_of_percolation(_scores(by)) for by in LEFT_OUT}, []
    for by, rows in ranks.items():
        first, second = rows.index[:2]
        told.append(
            f"With {LEFT_OUT[by]} the number saves {rows['gain'][first]:.2f} bits a drawing; next comes {named(second)} with {rows['gain'][second]:.2f}"
            + (
                "."
                if second == PERCOLATION
                else f", and {PERCOLATION} saves {rows['gain'][PERCOLATION]:.2f}."
            )
        )
    sentence = f"**No explanation foretells better than the number of labels.** {' '.join(told)}"
    cells = lambda name: [_bits(rows.loc[name]) for rows in ranks.values()]
    models = next(iter(ranks.values()))["models"].iloc[0]
    lines = [(rivals.shown(name), *cells(name)) for name in next(iter(ranks.values())).index]
    evidence = (
        f"Bits a drawing that each explanation saves against a constant guess, with 95 % of bootstrap samples of {models} networks.\n\n"
        + markdown_table(("explanation", *LEFT_OUT.values()), lines)
    )
    return state(sentence, all(rows.index[0] == COUNT for rows in ranks.values()), evidence)


@register("percolation-random")
def random_labels() -> str:
    """Random labels of the earlier sweep, at equal energy: how many join, and how many labels half right takes."""
    rows, side, lines, late = learning_findings.unseen_at_equal_energy(), len(Canvas().lattice()), [], []
    joins = lambda sigma, kind, tau: float(predicted_onset(sigma, 1.0, tau, kind).staircase) * side
    for sigma, part in rows.groupby("sigma"):
        every = [joins(sigma, kind, tau) for kind in KINDS for tau in rivals.TAUS]
        half = fit_threshold(part["labels"], part["share"], level=0.5, seeds=part["seed"])
        late.append(half.value > joins(sigma, *pitch.FIRST))
        lines.append(
            (
                f"{sigma:g}",
                f"{joins(sigma, *pitch.FIRST):.0f}",
                f"{min(every):.0f} to {max(every):.0f}",
                f"{half}",
            )
        )
        if sigma == MIDDLE:
            at, needed, strictest = joins(sigma, *pitch.FIRST), half.value, max(every)
            few = part["labels"][(part["labels"] - at).abs().idxmin()]
            right = spread(part[part["labels"] == few]["share"], share=True)
    sentence = (
        f"**With random labels, too, joining up is not enough.** Of bumps of {MIDDLE:g} px, {at:.0f} labels join by the paper's threshold and our cosine, "
        f"and {strictest:.0f} by the strictest of our measures. With {few} labels {percent(right.mean)} of the unseen ones are right, and half are from {needed:.0f} on."
    )
    heads = ("σ in px", "labels at the threshold", "by all measures", "labels until half are right")
    evidence = f"Images of equal energy, within {TOLERANCE:g} px; with {few} labels {write(right, percent=True)}.\n\n{markdown_table(heads, lines)}"
    holds = all(late) and abs(few - at) < 1 and right.high < 0.1 and needed > strictest
    return state(sentence, holds, evidence)


def _bits(row: pd.Series) -> str:
    return interval(tuple(row[["gain", "low", "high"]]))


def _best_of_percolation(scores: pd.DataFrame) -> pd.DataFrame:
    """The scores of `rivals.compare` with percolation's best version alone under the name `PERCOLATION`, best first."""
    ours = scores["family"] == rivals.PERCOLATION
    best = scores[ours].iloc[:1].set_axis([PERCOLATION])
    return pd.concat([scores[~ours], best]).sort_values("gain", ascending=False, kind="stable")


def _scores(by: str) -> pd.DataFrame:
    return _scored(by, *finished("grid"))


# two findings of a page ask for it, and each time takes seconds
@cache
def _scored(by: str, *there) -> pd.DataFrame:
    # images of equal energy: their summed energy is the number of labels under another name
    return rivals.compare(grid.frame(), by, also=(rivals.KERNEL,)).drop("energy", errors="ignore")

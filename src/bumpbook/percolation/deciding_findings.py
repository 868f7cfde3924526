"""Sentences of the chapter on one pitch and many widths: is there a jump where lattices join up, outside or inside?

The rules were written down before the networks were trained: `results/predictions/percolation.json`.
"""

import pandas as pd

from bumpbook.frame import studies
from bumpbook.frame.findings import interval, minus, percent, register, state
from bumpbook.frame.lattice_sweeps import PITCHES
from bumpbook.frame.pages import markdown_table
from bumpworld.files import ResultError
from bumpworld.instruments.spread import spread, write

from . import forming, grid, pitch

# a share right up to which almost nothing is
ALMOST_NOTHING = 0.05
# widths in a pitch over those at which a lattice joins up, from which on bumps are "well below": a tenth narrower
WELL_BELOW = 1.1


@register("percolation-step")
def jump() -> str:
    """Does accuracy jump at the width at which a regular lattice joins up?"""
    rows, at = pitch.turned(), pitch.thresholds()
    first = pitch.step(rows, "fine", at[pitch.FIRST])
    others = {
        name: pitch.step(rows, "fine", kappa, 0.99) for name, kappa in at.items() if name != pitch.FIRST
    }
    below = float(rows[rows.widths > WELL_BELOW * at[pitch.FIRST]]["fine"].mean())
    wider = spread(at[pitch.FIRST] / pitch.starts(rows, 0.9, of_widest=True))
    widest = _by_lattice(rows[rows.widths.round(2) == rows.widths.min().round(2)])
    power = {
        size: pitch.power(rows, "fine", at[pitch.FIRST], size, draws=500) for size in (0.5, pitch.JUMP, 0.0)
    }
    largest = max(others.values(), key=lambda s: s.size)
    coarse = pitch.step(rows, "coarse", at[pitch.FIRST])
    low, high = pitch.smooth_null(rows, "fine", at[pitch.FIRST])
    smooth = "as much as" if low <= first.size <= high else "not what"
    most = max(s.high for s in others.values())
    sentence = (
        "**On lattices that hold every column and row, accuracy rises from near the width of bump at which training images join by our cosine; well "
        f"below it almost nothing unseen is right ({percent(below)}).** Bumps {at[pitch.FIRST] / rows.widths.min():.1f} times as wide get {widest}. Images "
        f"join at a width of {1 / at[pitch.FIRST]:.2f} of the distance between labels by that measure, {_all_measures()}. Learning "
        f"starts at {_starts(rows)}, as was seen afterwards and foretold by nobody. We find no jump; "
        f"our data exclude only jumps above {100 * first.high:.0f} points ({100 * most:.0f} by another measure of joining). That says little against the paper: with "
        "its random labels the largest cluster itself grows without a jump."
    )
    gradual = below < ALMOST_NOTHING and wider.low > 1.15 and _starts_near(rows)
    none = first.verdict == pitch.GLIDE and pitch.PERCOLATION not in {s.verdict for s in others.values()}
    evidence = (
        f"Well below is narrower by a tenth or more. Bumps {wider.mean:.1f} times as wide as where images join get nine tenths of what the widest "
        f"of the sweep get. By the rule the step at the threshold is {write((first.size, first.low, first.high, first.n))}, "
        f"{smooth} smooth S-curves through the same networks give the rule ({low:.2f} to {high:.2f}). At the other five "
        f"thresholds the largest step is {largest.size:.2f} ({largest.low:.2f} to {largest.high:.2f}, 99 %); within 1 px the step "
        f"is {coarse.size:.2f} ({coarse.low:.2f} to {coarse.high:.2f}). The rule would have found a step of .5 in "
        f"{percent(power[0.5][pitch.PERCOLATION])} of simulated sweeps and one of .25 in "
        f"{percent(power[pitch.JUMP][pitch.PERCOLATION])}, and would have called a smooth rise percolation in "
        f"{percent(power[0.0][pitch.PERCOLATION])}."
    )
    return state(sentence, gradual and none, evidence)


@register("percolation-not-enough")
def not_enough() -> str:
    """Is it enough that all training images join? Square lattices, which leave columns and rows out, beside turned ones."""
    rows, at = pitch.outcomes(), pitch.thresholds()
    before = rows[~rows.turned & (rows.widths > at[pitch.FIRST])]
    square = rows[~rows.turned & (rows.widths < at[pitch.FIRST])]
    # widths are rounded to four places of sigma, so that those of two lattices differ a little
    turned = rows[rows.turned & rows.widths.round(2).isin(square.widths.round(2))]
    if square.empty or before.empty or turned.pitch.nunique() < 2:
        raise ResultError("square or turned lattices are missing; run `bumpworld run pitch`")
    right, every = spread(square["fine"], share=True), square[square.widths < min(at.values())]
    sentence = (
        "**Joining up is not enough: on lattices that leave columns and rows out, networks whose training images all join draw "
        f"{percent(right.mean)} of the unseen labels right.** Before they join it is {percent(float(before['fine'].mean()))}. There each unseen "
        f"label has an x or a y that was never trained, and bumps are at most {at[pitch.FIRST] / square.widths.min():.1f} times as wide as where images "
        "join. Lattices that hold every column and row, with bumps as wide for their pitch, get "
        f"{_by_lattice(turned)}."
    )
    told, lines = {}, []
    for name, part in pd.concat([square, turned]).groupby("lattice"):
        told[name] = pitch.composable(name)
        shares = ", ".join(map(percent, part.sort_values("sigma")["fine"]))
        lines.append((name, f"{told[name].labels}", percent(told[name].share), shares))
    heads = (
        "lattice, pitch in px",
        "training labels",
        "unseen labels with x and y trained",
        "right, each network",
    )
    evidence = (
        f"{markdown_table(heads, lines)}\n\nNetworks joined by our cosine, at the widths that square lattices have, one network a width on "
        f"each of these: {write(right, percent=True)} on square ones, and {percent(every['fine'])} where every measure has them joined. The "
        "rule was to judge turned lattices alone, since two earlier networks on a square one had drawn nothing right; this comparison was "
        "foretold by nobody."
    )
    apart = all(known.share == name.startswith("turned") for name, known in told.items())
    low = max(right.mean, before["fine"].mean()) < ALMOST_NOTHING
    least = turned.groupby("pitch")["fine"].mean().min()
    return state(sentence, bool(apart and low and least > max(0.25, right.high)), evidence)


@register("percolation-necessary")
def necessary() -> str:
    """Do networks compose where no two of their training images touch, by any version?"""
    rows = pitch.turned()
    apart = rows[rows.widths > max(pitch.thresholds().values())]
    if apart.empty:
        raise ResultError("no network below all thresholds is finished; run `bumpworld run pitch`")
    parts = [
        f"{name} {write(spread(part['fine'], share=True), percent=True)}"
        for name, part in apart.groupby("lattice")
    ]
    evidence = (
        f"At σ/s = {1 / PITCHES[0]:.3f} no version of percolation links two training labels; the first does at {1 / max(pitch.thresholds().values()):.3f}. Unseen labels right "
        f"there: {'; '.join(parts)}."
    )
    sentence = "**Where no two training images touch, most unseen labels are drawn wrong.**"
    return state(sentence, float(apart["fine"].mean()) < 0.5, evidence)


@register("percolation-start")
def start() -> str:
    """Where learning starts and how far it takes: looked at after the networks were seen, by no rule of before."""
    rows, at = pitch.turned(), pitch.thresholds()
    first, half = pitch.starts(rows, 0.1), pitch.starts(rows, 0.5, of_widest=True)
    if first.isna().any():
        raise ResultError("a lattice has no network that gets a tenth right; run `bumpworld run pitch`")
    kappa = at[pitch.FIRST]
    below = rows[rows.widths > WELL_BELOW * kappa]["fine"].mean()
    factor, tenth, halfway = spread(first / half), spread(1 / first), spread(1 / half)
    sentence = (
        "**On lattices that hold every column and row, learning starts near the width at which training images join up, by the paper's "
        f"threshold and our cosine.** A tenth of the unseen labels is right once a bump's width, as a share of the distance between labels, is {_starts(rows)}; "
        f"they join at {1 / kappa:.2f}, {_all_measures()}. (Seen afterwards, and foretold by nobody.)"
    )
    evidence = (
        f"A tenth of the unseen labels is right from σ/s = {write(tenth)} on, half of what the widest bumps of the sweep get "
        f"from {write(halfway)} on; the threshold is {1 / kappa:.2f}. Narrower by a tenth than there, {percent(float(below))} are right. "
        f"From the one to the other bumps grow {write(factor)} times wider, while connectivity goes from none to all at once."
    )
    return state(sentence, _starts_near(rows), evidence)


@register("percolation-pieces")
def pieces() -> str:
    """Does the representation join up at the threshold?"""
    rows = pitch.with_pieces()
    found = pitch.step(rows, "piece", pitch.thresholds()[pitch.FIRST])
    # widths are rounded to four places of sigma, so that those of two lattices differ a little
    widths = rows.widths.round(2)
    ends = [rows[widths == f(widths)] for f in (max, min)]
    told = [
        f"{name} {write(spread(part['piece'], share=True), percent=True)} (null {percent(float(part['null'].mean()))}, untrained "
        f"{percent(float(part['untrained'].mean()))})"
        for name, part in zip(("narrowest", "widest"), ends, strict=True)
    ]
    evidence = f"Training labels in the largest piece: {'; '.join(told)}. Step at the threshold: {write(found[1:4] + (found.n,))}."
    narrow, null = ends[0]["piece"], float(ends[0]["null"].mean())
    sentence = (
        "**The representation does not jump where the lattice joins up.** But this measure has little room to jump: its largest piece holds "
        f"{percent(float(narrow.mean()))} of the training labels with the narrowest bumps already (n = {len(narrow)}), and {percent(null)} by chance."
    )
    cramped = min(float(narrow.mean()), null) > 0.5
    return state(sentence, found.verdict == pitch.GLIDE and cramped, evidence)


@register("percolation-joined")
def joined() -> str:
    """Does the representation join up along the amount of labels, as accuracy comes?"""
    rows = grid.shares().merge(studies.table(studies.study("joined")).drop(columns="seed"), on="key")
    by = rows.groupby("labels")[["piece", "null", "untrained", "dimension", "share"]].mean()
    rank = float(rows[["piece", "share"]].corr("spearman").iloc[0, 1])
    few, many = by.iloc[0], by.iloc[-1]
    sentence = (
        f"**The representation does not join up as the drawings come right.** Its largest piece holds {percent(few['piece'])} of the training "
        f"labels when there are {by.index[0]} of them (by chance {percent(few['null'])}) and {percent(many['piece'])} when there are {by.index[-1]} (by "
        f"chance {percent(many['null'])}), while the share of unseen labels right goes from {percent(few['share'])} to {percent(many['share'])}."
    )
    lines = [
        (
            f"{n}",
            *(f"{row[c]:.2f}" for c in ("piece", "null", "untrained", "share")),
            f"{row['dimension']:.1f}",
        )
        for n, row in by.iterrows()
    ]
    heads = ("labels", "largest piece", "null", "untrained", "unseen right", "dimension")
    evidence = (
        f"Means over widths, spacings and seeds, {len(rows)} networks; the rank correlation of piece and share right is {minus(rank)}.\n\n"
        + markdown_table(heads, lines)
    )
    return state(
        sentence,
        by["piece"].min() > 0.75 and many["share"] - few["share"] > 0.5 and abs(rank) < 0.3,
        evidence,
    )


@register("percolation-forming")
def forms() -> str:
    """Does the manifold join up suddenly, and when accuracy comes?"""
    rows = forming.forming_runs()
    found = forming.measured(rows)
    last = rows[rows["step"] == rows["step"].max()]
    sentence = (
        "**The representation's largest piece grows early; whether slowly or suddenly we cannot say.** Half of its rise takes "
        f"{percent(found.ratio.mean)} of the steps that half of the accuracy takes. From a tenth to nine tenths of the rise the steps grow by a factor of "
        f"{interval(found.factor, '.1f')}, and sudden would be {forming.SUDDEN:g} or less. At the end the piece holds {percent(last['piece'])} of the training "
        f"labels, by chance {percent(last['null'])}."
    )
    evidence = (
        f"The largest piece rises by {write(found.rise)} of the training labels. The factor is over {found.factor.n} networks; by the rule, which looks at "
        f"its mean alone, the rise {'is' if found.sudden else 'is not'} sudden. Step of half the rise over step of half the "
        f"final accuracy: {write(found.ratio)}, geometric mean over networks. The null deals each coordinate out anew. "
        "We had guessed: together, and not suddenly."
    )
    open_ = found.factor.low <= forming.SUDDEN < found.factor.high
    return state(sentence, found.rise.low > 0 and found.verdict == forming.BEFORE and open_, evidence)


def _starts_near(rows: pd.DataFrame) -> bool:
    """Does every lattice and seed have a tenth right from near the threshold on?"""
    first = pitch.starts(rows, 0.1) / pitch.thresholds()[pitch.FIRST]
    return bool(first.between(0.85, 1.15).all())


def _starts(rows: pd.DataFrame) -> str:
    """Widths over the pitch from which on a tenth is right, on the denser and on the sparser turned lattice, in words."""
    first = pitch.starts(rows, 0.1)
    dense, sparse = (
        f"{1 / first[name].mean():.2f}" for name in rows.sort_values("pitch")["lattice"].unique()
    )
    return f"{dense} on the denser lattice and {sparse} on the sparser"


def _all_measures() -> str:
    """Widths over the pitch between which lattices join by all measures of overlap and both thresholds, in words."""
    widths = [1 / kappa for kappa in pitch.thresholds().values()]
    return f"and between {min(widths):.2f} and {max(widths):.2f} by our {len(widths)} measures"


def _by_lattice(rows: pd.DataFrame) -> str:
    """Shares of unseen labels right on the denser and on the sparser turned lattice, in words."""
    dense, sparse = (percent(float(part["fine"].mean())) for _, part in rows.groupby("pitch"))
    return f"{dense} on the denser lattice and {sparse} on the sparser"

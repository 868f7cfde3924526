"""Sentences of the chapter on one pitch and many widths: is there a jump where lattices join up, outside or inside?

The rules were written down before the networks were trained: `results/predictions/percolation.json`.
"""

from bumpbook.frame import studies
from bumpbook.frame.findings import minus, percent, register, state
from bumpbook.frame.lattice_sweeps import PITCHES
from bumpbook.frame.pages import markdown_table
from bumpworld.files import ResultError
from bumpworld.instruments.spread import spread, write

from . import forming, grid, pitch

# a share right up to which almost nothing is
ALMOST_NOTHING = 0.05


@register("percolation-step")
def jump() -> str:
    """Does accuracy jump at the width at which a regular lattice joins up?"""
    rows, at = pitch.turned(), pitch.thresholds()
    first = pitch.step(rows, "fine", at[pitch.FIRST])
    others = {
        name: pitch.step(rows, "fine", kappa, 0.99) for name, kappa in at.items() if name != pitch.FIRST
    }
    below = float(rows[rows.widths > at[pitch.FIRST]]["fine"].mean())
    wider = spread(at[pitch.FIRST] / pitch.starts(rows, 0.9, of_widest=True))
    climbs = " and ".join(
        f"{percent(float(part[part.widths == part.widths.min()]['fine'].mean()))} on the {name}"
        for name, (_, part) in zip(("denser lattice", "sparser"), rows.groupby("pitch"), strict=True)
    )
    power = {
        size: pitch.power(rows, "fine", at[pitch.FIRST], size, draws=500) for size in (0.5, pitch.JUMP, 0.0)
    }
    largest = max(others.values(), key=lambda s: s.size)
    coarse = pitch.step(rows, "coarse", at[pitch.FIRST])
    low, high = pitch.smooth_null(rows, "fine", at[pitch.FIRST])
    smooth = "as much as" if low <= first.size <= high else "not what"
    most = max(s.high for s in others.values())
    sentence = (
        f"**Below the width of bump at which training images join, almost nothing unseen is right ({percent(below)}); from there "
        f"accuracy rises.** Bumps {wider.mean:.1f} times as wide get nine tenths of what the widest do, {climbs}. We find no "
        f"jump; one of up to {100 * first.high:.0f} points where they join by our measure, or {100 * most:.0f} by another, is not "
        "excluded. With random labels the largest cluster grows from its threshold without a jump, too: that we see none is weak "
        "evidence against the paper's claim."
    )
    gradual = below < ALMOST_NOTHING and wider.low > 1.15
    none = first.verdict == pitch.GLIDE and pitch.PERCOLATION not in {s.verdict for s in others.values()}
    evidence = (
        f"By the rule the step at the threshold is {write((first.size, first.low, first.high, first.n))}, "
        f"{smooth} smooth S-curves through the same networks give the rule ({low:.2f} to {high:.2f}). At the other five "
        f"thresholds the largest step is {largest.size:.2f} ({largest.low:.2f} to {largest.high:.2f}, 99 %); within 1 px the step "
        f"is {coarse.size:.2f} ({coarse.low:.2f} to {coarse.high:.2f}). The rule would have found a step of .5 in "
        f"{percent(power[0.5][pitch.PERCOLATION])} of simulated sweeps and one of .25 in "
        f"{percent(power[pitch.JUMP][pitch.PERCOLATION])}, and would have called a smooth rise percolation in "
        f"{percent(power[0.0][pitch.PERCOLATION])}."
    )
    return state(sentence, gradual and none, evidence)


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
        f"At {PITCHES[0]:.1f} widths a pitch no version of percolation links two training labels. Unseen labels right "
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
    others = [width for (kind, tau), width in at.items() if tau == pitch.FIRST[1] and kind != pitch.FIRST[0]]
    below = rows[rows.widths > 1.1 * kappa]["fine"].mean()
    near = bool((first / kappa).between(0.85, 1.15).all())
    factor = spread(first / half)
    sentence = (
        "**Learning starts near the width at which training images join up, by the paper's threshold and our cosine.** "
        f"A tenth of the unseen labels is right once a bump's width is {1 / first.mean():.2f} of the distance between labels; they join "
        f"at {1 / kappa:.2f} ({' and '.join(f'{1 / width:.2f}' for width in others)} by two other measures). (Seen afterwards, and foretold by nobody.)"
    )
    evidence = (
        f"A tenth of the unseen labels is right from {write(spread(first))} widths a pitch on, half of what the widest bumps get "
        f"from {write(spread(half))} on; the threshold is {kappa:.2f}. Narrower by a tenth than there, {percent(float(below))} are right. "
        f"From the one to the other bumps grow {write(factor)} times wider, while connectivity goes from none to all at once."
    )
    return state(sentence, near, evidence)


@register("percolation-pieces")
def pieces() -> str:
    """Does the representation join up at the threshold?"""
    rows = pitch.with_pieces()
    found = pitch.step(rows, "piece", pitch.thresholds()[pitch.FIRST])
    ends = [rows[rows.widths == f(rows.widths)] for f in (max, min)]
    told = [
        f"{name} {write(spread(part['piece'], share=True), percent=True)} (null {percent(float(part['null'].mean()))}, untrained "
        f"{percent(float(part['untrained'].mean()))})"
        for name, part in zip(("narrowest", "widest"), ends, strict=True)
    ]
    evidence = f"Training labels in the largest piece: {'; '.join(told)}. Step at the threshold: {write(found[1:4] + (found.n,))}."
    sentence = "**The representation does not jump where the lattice joins up.**"
    return state(sentence, found.verdict == pitch.GLIDE, evidence)


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
        "**The representation's largest piece grows early and slowly.** Half of its rise is over after "
        f"{percent(found.ratio.mean)} of the steps that half of the final accuracy takes; at the end it holds {percent(last['piece'])} of the training "
        f"labels, by chance {percent(last['null'])}."
    )
    evidence = (
        f"The largest piece rises by {write(found.rise)} of the training labels. From 10 to 90 % of that rise the number of steps grows by a "
        f"factor of {write(found.factor, form='.1f')}; sudden would have been {forming.SUDDEN:g} or less. Step of half the rise over step of half the "
        f"final accuracy: {write(found.ratio)}, geometric mean over networks. The null deals each coordinate out anew. "
        "We had guessed: together, and not suddenly."
    )
    return state(
        sentence, found.rise.low > 0 and found.verdict == forming.BEFORE and not found.sudden, evidence
    )

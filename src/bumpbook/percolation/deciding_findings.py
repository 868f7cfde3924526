"""Sentences of the chapter that decide: is there a jump where lattices join up, and what does the onset follow?

The rules were written down before the networks were trained: `results/predictions/percolation.json`.
"""

from bumpbook.frame import studies
from bumpbook.frame.findings import minus, percent, register, state
from bumpbook.frame.lattice_sweeps import PITCHES
from bumpbook.frame.pages import markdown_table
from bumpworld.files import ResultError
from bumpworld.instruments.spread import spread, write

from . import forming, grid, pitch, rivals, surface
from .predictions import TOLERANCE

COUNT = "number of labels"
# the upper end of what the rule allows percolation's exponent of the width
PERCOLATION_WIDTH = surface.PURE["percolation of bumps"][0] + surface.NEAR


@register("percolation-step")
def jump() -> str:
    """Does accuracy jump at the width at which a regular lattice joins up?"""
    rows, at = pitch.turned(), pitch.thresholds()
    first = pitch.step(rows, "fine", at[pitch.FIRST])
    others = {
        name: pitch.step(rows, "fine", kappa, 0.99) for name, kappa in at.items() if name != pitch.FIRST
    }
    holds = first.verdict == pitch.GLIDE and pitch.PERCOLATION not in {s.verdict for s in others.values()}
    climbs = " and ".join(
        f"from {percent(float(part[part.widths == part.widths.max()]['fine'].mean()))} to "
        f"{percent(float(part[part.widths == part.widths.min()]['fine'].mean()))} on the {name} lattice of labels"
        for name, (_, part) in zip(("denser", "sparser"), rows.groupby("pitch"), strict=True)
    )
    power = {
        size: pitch.power(rows, "fine", at[pitch.FIRST], size, draws=500) for size in (0.5, pitch.JUMP, 0.0)
    }
    largest = max(others.values(), key=lambda s: s.size)
    coarse = pitch.step(rows, "coarse", at[pitch.FIRST])
    low, high = pitch.smooth_null(rows, "fine", at[pitch.FIRST])
    smooth = "as much as" if low <= first.size <= high else "not what"
    sentence = (
        "**Accuracy glides through the width of bump at which the training images join up.** From the narrowest bumps to the "
        f"widest the share of unseen labels drawn right goes {climbs}; a jump where they join is at most "
        f"{100 * first.high:.0f} points of that."
    )
    evidence = (
        f"By the rule the step at the threshold is {write((first.size, first.low, first.high, first.n))}, "
        f"{smooth} smooth S-curves through the same networks give the rule ({low:.2f} to {high:.2f}). At the other five "
        f"thresholds the largest step is {largest.size:.2f} ({largest.low:.2f} to {largest.high:.2f}, 99 %); within 1 px the step "
        f"is {coarse.size:.2f} ({coarse.low:.2f} to {coarse.high:.2f}). The rule would have found a step of .5 in "
        f"{percent(power[0.5][pitch.PERCOLATION])} of simulated sweeps and one of .25 in "
        f"{percent(power[pitch.JUMP][pitch.PERCOLATION])}, and would have called a smooth rise percolation in "
        f"{percent(power[0.0][pitch.PERCOLATION])}."
    )
    return state(sentence, holds, evidence)


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
    power, widths = surface.power(tables[TOLERANCE]), tables[TOLERANCE].sigma
    told = "; ".join(f"{name} {percent(share)}" for name, share in power.items())
    sentence = (
        f"**How many labels are enough hardly follows the width of the bumps.** From σ = {widths.min():g} to {widths.max():g} px, twice the width takes "
        f"{2**-first.width.value:.1f} times fewer training labels until half of the unseen ones are right; percolation's limit law says four "
        f"times. Twice the distance between labels takes {2**-first.spacing.value:.1f} times fewer; links by shared values of x and y say twice."
    )
    excluded = first.verdict is None and first.width.low > PERCOLATION_WIDTH
    return state(
        sentence,
        excluded and first.width.high < 0 and power["percolation of bumps"] > 0.5,
        f"By the rule, {'; '.join(lines)}. How often the rule would have named a law, were it true: {told}.",
    )


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
    sentence = (
        "**Nothing foretells what is drawn right better than the plain number of training labels.** Against a constant guess it saves "
        f"{wide_count} bits a drawing at widths of bump that it was not fitted to, and {apart_count} at spacings of labels; the best of "
        f"{versions} versions of percolation saves {wide} and {apart}. "
        f"(Its lead is clear of chance {'both times' if sure == 2 else 'along one of the two'}.)"
    )
    counts = all(other[0] == COUNT for _, other in pairs)
    rule = (
        "are ahead along both axes" if sure == 2 else "are not ahead along both axes, which decides nothing"
    )
    evidence = (
        f"By the rule the others {rule}. Bits gained, {frame.key.nunique()} networks: {'; '.join(lines)}."
    )
    return state(sentence, counts and min(mean for mean, *_ in leads) > 0 and sure > 0, evidence)

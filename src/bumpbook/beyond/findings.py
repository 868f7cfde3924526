"""What chapter 8 measures on ideal denoisers and about sums of scores."""

from bumpbook.frame import studies
from bumpbook.frame.findings import percent, register
from bumpbook.frame.pages import markdown_table, reading_time
from bumpbook.frame.tables import FINE
from bumpworld.canvas import Canvas
from bumpworld.diffusion import NoiseSchedule
from bumpworld.instruments.spread import spread, write

from . import ideal_gap, stripes_scores

APART = 0.1  # of a bump's energy: from here on two answers count as different
WAYS = ("asked", "added", "multiplied")
TIMES = (0, 25, 50, 75, 100, 125, 150, 175, 200, 250, 300, 400, 500, 700, 999)


@register("beyond-time")
def time() -> str:
    return reading_time(8)


def ideal() -> str:
    """Where networks part from the training set's memory, and whether they follow the truth instead."""
    curves = ideal_gap.curves(studies.load(ideal_gap.STUDY))
    return " ".join([_trained(curves), _held_out_pairs(curves), _held_out_values(curves)])


def _rows(curves, held_out: str, labels: str):
    return curves[(curves.held_out == held_out) & (curves.labels == labels)]


def _trained(curves) -> str:
    rows = _rows(curves, "pairs", "trained")
    if rows.empty:
        return "No network that learned its labels is here to be compared on them."
    seeds = rows.seed.nunique()
    far = rows.groupby("t")["training set"].mean()
    far = far[far > APART]
    text = (
        f"On **trained labels** the networks of {seeds} seed{'s' * (seeds > 1)} stay within {rows['own image'].max():.3f} of a "
        "bump's energy of the perfect answer at every noise level. "
    )
    if far.empty:
        return text + "They do not part from the memory without a label either."
    return text + (
        f"From the memory without a label they part at t = {far.index[0]}, where the noisy image begins to hide its "
        "bump. That is no generalization: they know the label, and the memory does not."
    )


def _held_out_pairs(curves) -> str:
    rows = _rows(curves, "pairs", "held out")
    if rows.empty:
        return "No network without the pairs is here."
    nearer = rows["own image"] < rows["training set"]
    own, memory = rows["own image"], rows["training set"]
    if nearer.all():
        return (
            f"On **held-out pairs** they part from the training set's memory at every noise level: they are at least "
            f"{memory.min():.2f} away from it and at most {own.max():.3f} from the image that they never saw. This "
            "is generalization (a plain rule has it too: chapter 5), and it is there at all levels, under no noise and under nothing but noise."
        )
    return (
        f"On **held-out pairs** they are nearer to the image that they never saw than to the training set's memory in "
        f"{percent(nearer.mean())} of all noise levels and seeds."
    )


def _held_out_values(curves) -> str:
    rows = _rows(curves, "values", "held out")
    if rows.empty:
        return "No network without the values is here."
    clear = rows[rows.t == rows.t.min()]
    own, memory = clear["own image"].mean(), clear["training set"].mean()
    start = f"On **held-out values**, at t = {rows.t.min()}, where the image is plain to see, they are "
    if own > APART:
        return start + (
            f"{write(spread(clear['own image']))} away from it, and {memory:.2f} from the training set's memory. They could copy what they are "
            "shown, and they do not: in training the label alone was enough, and they follow it where it leads them "
            "astray."
        )
    return (
        start
        + f"{own:.3f} away from it, and {memory:.2f} from the training set's memory: they copy what they see."
    )


def sums() -> str:
    """For which world, and at which noise levels, a sum of scores is the score of the pair."""
    schedule = NoiseSchedule.linear()
    errors = {kind: stripes_scores.sum_error(Canvas(kind=kind), schedule, TIMES) for kind in ("bump", "sos")}
    wrong = [t for t, error in zip(TIMES, errors["bump"], strict=True) if error > APART]
    theory = (
        f"In theory, the error of the sum is at most {max(errors['sos']):.0e} of the image's energy for SOS, at all "
        f"noise levels. For bumps it passes {APART:g} at t = {wrong[0]} and ends at {errors['bump'][-1]:.2f}."
    )
    return theory + "\n\n" + _drawn(studies.table(stripes_scores.STUDY))


def _drawn(table) -> str:
    """Shares of pairs drawn right by networks that saw stripes alone, and by a memory of stripes, as a table."""
    learned, lines = table[table.learned], []
    for kind, name in (("sos", "SOS"), ("bump", "bumps")):
        rows = learned[learned.kind == kind]
        if rows.empty:
            lines.append([name, "networks", "none learned", *["–"] * (len(WAYS) - 1)])
            continue
        for end, tolerance in (("_fine", FINE), ("", 1.0)):
            shares = [percent(rows[way + end].tolist()) for way in WAYS]
            lines.append([name, f"networks, within {tolerance:g} px", *shares])
        memory = stripes_scores.remembered(kind)
        lines.append(
            [name, f"a memory of stripes, within {FINE:g} px", "–", *(percent(memory[w]) for w in WAYS[1:])]
        )
    left_out = len(table) - len(learned)
    more = f"\n\n{left_out} networks that did not learn their stripes are left out." if left_out else ""
    heads = ("world", "pairs right", "asked outright", "estimates added", "estimates multiplied")
    return (
        f"The plus and the times are ours: every stripe and every blank was trained on, so a memory of them gets all pairs with its world's "
        f"rule.\n\n{markdown_table(heads, lines)}{more}"
    )

"""Findings of chapter 6 on the contest of designs: which examples to choose."""

import numpy as np
import pandas as pd

from bumpbook.frame.designs import chosen
from bumpbook.frame.findings import interval, listed, percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.predictions import known_before, read_predictions
from bumpworld.canvas import Canvas
from bumpworld.instruments.lattice import bipartite_components
from bumpworld.instruments.spread import Spread, spread, write

from . import contest, efficiency
from .contest_figure import LINKED
from .design_findings import SURE
from .findings import sweep_table

AT = 32


@register("few-examples-choice")
def choice() -> str:
    """The same number of examples, chosen well and badly; behind it every design's score and what was foretold."""
    rows = contest.scored(sweep_table("contest"))
    verdicts = contest.judge(rows)
    held = {v.name: v.verdict == "agrees" for v in verdicts}
    share = rows[rows.train_2d == AT].groupby("how").share.mean()
    sentence = (
        f"**{AT} examples can teach most of a world, or none of it.** Laid on lines of slope 5 (*skewed*), they get {_right(share, 'skewed')} of the other "
        f"labels drawn right; at random, {_right(share, 'random')}; on a grid, which leaves values out, {_right(share, 'grid')}; on two diagonals, "
        f"{_right(share, 'diagonals')}."
    )
    needed = ("skewed-beats-random", "values-are-not-enough", "plane-is-not-enough", "both-coverages")
    # the fold says that designs alone leave the last one open
    holds = all(held[name] for name in needed) and all(one.low <= 0 for one in alone(rows).values())
    return state(sentence, holds, f"{scores(rows)}\n\n{foretold(verdicts, rows)}")


@register("few-examples-joined")
def joined() -> str:
    """Designs that show all values and link the unseen pairs against such as link none, some of which lie nearer."""
    rows = contest.scored(sweep_table("contest"))
    late = rows[rows.train_2d == 2 * AT].groupby("how")[["share", "values", "linked", "distance"]].mean()
    late = late[late["values"] >= LINKED]
    chained, apart = late[late.linked >= LINKED], late[late.linked == 0]
    early = rows[rows.train_2d == AT].groupby("how")[["share", "linked", "distance"]].mean()
    skewed, staggered = (early.loc[how] for how in ("skewed", "staggered"))
    sentence = (
        f"**With {2 * AT} labels linked designs win.** Designs that show every value and link no unseen pair "
        f"({listed(f'*{how}*' for how in apart.index)}) get {listed(percent(share) for share in apart.share)} right; designs that link them "
        f"{100 * chained.share.min():.0f} to {percent(chained.share.max())}, even Latin squares, whose labels lie farther off. With {AT}, *skewed* and *staggered* "
        f"lines show every value and lie equally near: linked they get {percent(skewed.share)}, unlinked {percent(staggered.share)}."
    )
    (only,) = _against(rows, AT, "skewed", "staggered")
    holds = len(chained) and len(apart) and chained.share.min() > apart.share.max()
    holds = holds and chained.distance["latin"] > apart.distance.max()
    holds = holds and skewed.linked == 1 and staggered.linked == 0 and staggered.distance <= skewed.distance
    evidence = f"{covered(rows)}\n\n*Skewed* against *staggered* at {AT}: permutation p = {only.p:.3f}."
    return state(sentence, bool(holds) and only.p < SURE and only.difference > 0, evidence)


@register("few-examples-matching")
def matching() -> str:
    """Nearness can beat links, one graph can have two results, and more and nearer labels can do worse."""
    rows = contest.scored(sweep_table("contest"))
    mean = rows.groupby(["train_2d", "how"])[["share", "linked", "distance"]].mean()
    lattice, latin, lines = (mean.loc[AT, how] for how in ("staggered", "latin", "diagonals"))
    later = mean.loc[2 * AT, "staggered"]
    sentence = (
        f"**Neither decides alone, and the two do not explain all.** With {AT} labels, *staggered* lines, unlinked, get more right than Latin squares, "
        f"which link all pairs and lie farther away: {percent(lattice.share)} against {percent(latin.share)}. *Diagonals* make the same graph as "
        f"*staggered* lines, and get {percent(lines.share)}. With {2 * AT} labels *staggered* lines lie nearer and link as little, and fall to "
        f"{percent(later.share)}."
    )
    fall = efficiency.against({str(n): _shares(rows, n, "staggered") for n in (AT, 2 * AT)}, str(AT))[0]
    won, gap = (_against(rows, AT, "staggered", how)[0] for how in ("latin", "diagonals"))
    holds = (
        islands("staggered") == islands("diagonals") and max(lattice.linked, lines.linked, later.linked) == 0
    )
    holds = holds and later.distance < lattice.distance < latin.distance and latin.linked == 1
    holds = (
        holds
        and max(fall.p, gap.p, won.p) < SURE
        and fall.difference < 0 < min(gap.difference, won.difference)
    )
    evidence = (
        f"With {AT} labels *staggered* lines and *diagonals* fall into {len(islands('staggered'))} islands of {islands('staggered')[0]} labels; the mean "
        f"distance is {lattice.distance:.2f} and {lines.distance:.2f} px, of Latin squares {latin.distance:.2f}. *Staggered* less *latin*: {_said(won)}; "
        f"less *diagonals*: {_said(gap)}. *Staggered*, {2 * AT} labels less {AT}: {_said(fall)}."
    )
    return state(sentence, bool(holds), evidence)


def _said(found: efficiency.Comparison) -> str:
    ends = found.difference, found.low, found.high
    return f"{interval(ends, '+.2f')}, permutation p = {found.p:.3f}"


def islands(how: str, count: int = AT, seed: int = 0) -> list[int]:
    """Sizes, in labels, of the parts into which a design's graph of values falls, largest first."""
    return bipartite_components(chosen(count, how, seed).split(Canvas()).train.int().numpy()).sizes.tolist()


def _shares(rows: pd.DataFrame, count: int, how: str) -> np.ndarray:
    return rows[(rows.how == how) & (rows.train_2d == count)].share.to_numpy()


def _against(rows: pd.DataFrame, count: int, how: str, reference: str) -> list[efficiency.Comparison]:
    """One design against another with as many labels: difference and permutation p."""
    return efficiency.against({name: _shares(rows, count, name) for name in (reference, how)}, reference)


def _right(share: pd.Series, how: str) -> str:
    return percent(float(share[how]))


def scores(rows: pd.DataFrame) -> str:
    """What every design scored at each number of labels, as a table, the best at `AT` first."""
    order = rows[rows.train_2d == AT].groupby("how").share.mean().sort_values(ascending=False).index
    lines = [
        [how]
        + [
            write(spread(part.share, share=True)) if len(part) else "not trained"
            for count in contest.COUNTS
            for part in [rows[(rows.how == how) & (rows.train_2d == count)]]
        ]
        for how in order
    ]
    return markdown_table(("design", *(f"{count} labels" for count in contest.COUNTS)), lines)


def covered(rows: pd.DataFrame) -> str:
    """What every design covers of the other labels and what it scored, means over networks, as a table."""
    columns = ["values", "linked", "distance", "share"]
    means = rows[rows.train_2d >= AT].groupby(["train_2d", "how"])[columns].mean()
    means = means.sort_values(["train_2d", "share"], ascending=[True, False])
    lines = [
        (
            str(count),
            how,
            percent(at["values"]),
            percent(at["linked"]),
            f"{at['distance']:.2f}",
            percent(at["share"]),
        )
        for (count, how), at in means.iterrows()
    ]
    heads = (
        "labels",
        "design",
        "pairs with both values shown",
        "pairs linked",
        "px to the nearest",
        "right within 0.45 px",
    )
    return markdown_table(heads, lines)


def foretold(verdicts: list[contest.Verdict], rows: pd.DataFrame) -> str:
    """How the predictions fared that were written down before a model of the contest was trained."""
    file = read_predictions("contest")
    said = {p["name"]: p["says"] for p in file["predictions"]}
    lines = "\n".join(f"* {said[v.name]} **{_words(v)}**" for v in verdicts)
    return (
        f"What was foretold, and what came of it:\n\n{lines}\n\n{_afterwards(rows)}\n\n{known_before(file)}"
    )


def alone(rows: pd.DataFrame) -> dict[str, Spread]:
    """What both coverages take off the error, beside what else is known: a mean for each design, the spread over designs."""
    known = {"the values": ["distance"], "the plane": ["values"], "neither": contest.COVERAGES}
    return {name: contest.saved_by_design(rows, left_out) for name, left_out in known.items()}


def _afterwards(rows: pd.DataFrame) -> str:
    """What the last prediction's verdict does not say."""
    of = listed(f"{write(found, form='+.3f')} beside {name}" for name, found in alone(rows).items())
    return (
        f"The last one was judged by the mean over all networks, and a coverage that it keeps had to save {contest.BETTER:g}. What was looked at afterwards, a mean for each design: "
        f"knowing both takes off the error {of}. Designs alone do not settle that either counts. And what foretells a score need not be what makes it."
    )


def _words(v: contest.Verdict) -> str:
    if v.measured is None:
        return "Cannot be said yet."
    found = write(v.measured) if v.name != "both-coverages" else _errors(v.measured)
    return f"{v.verdict[:1].upper()}{v.verdict[1:]}: {found}."


def _errors(measured: tuple[float, ...]) -> str:
    both, plane, values, neither = measured
    return (
        f"designs left out are foretold with a mean error of {both:.2f} by both, {plane:.2f} by the plane alone, "
        f"{values:.2f} by the values alone, and {neither:.2f} by neither"
    )

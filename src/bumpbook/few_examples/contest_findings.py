"""Findings of chapter 6 on the contest of designs: which examples to choose."""

import pandas as pd

from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.predictions import read_predictions
from bumpworld.instruments.spread import spread, write

from . import contest
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
    holds = all(held[name] for name in needed)
    return state(sentence, holds, f"{scores(rows)}\n\n{foretold(verdicts)}")


@register("few-examples-evenness")
def evenness() -> str:
    """What even coverage does not explain: a lattice as even that falls behind, and gets worse with more labels."""
    rows = contest.scored(sweep_table("contest"))
    share, late = (rows[rows.train_2d == count].groupby("how").share.mean() for count in (AT, 2 * AT))
    sentence = (
        f"**Evenness is not all of it.** Lines of slope 3 (*staggered*) show every value as well and lie as evenly, and get {_right(share, 'staggered')}; with "
        f"{2 * AT} labels on such lines it is {_right(late, 'staggered')}, at random {_right(late, 'random')}."
    )
    worse = late["staggered"] < share["staggered"] < share["skewed"]
    return state(sentence, worse and late["staggered"] < late["random"])


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


def foretold(verdicts: list[contest.Verdict]) -> str:
    """How the predictions fared that were written down before a model of the contest was trained."""
    said = {p["name"]: p["says"] for p in read_predictions("contest")["predictions"]}
    head = "Written down before the training, and what came of it:\n\n"
    return head + "\n".join(f"* {said[v.name]} **{_words(v)}**" for v in verdicts)


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

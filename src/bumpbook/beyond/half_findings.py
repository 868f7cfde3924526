"""What chapter 8 measures on two models that share no training label."""

import pandas as pd

from bumpbook.frame import studies
from bumpbook.frame.findings import percent
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.tables import FINE
from bumpworld.canvas import Canvas

from . import half_nulls, halves

NEAR = 0.1  # agreement and rightness that differ by less than this at every amount are called one thing
WITHOUT_FEATURES = (
    "**Models that learn no features.** The last three columns are of these: two of a kind, one for each of the two label sets that a pair of networks had, asked for "
    "the same new labels. Kernels are regressions from a label's code to its image, those of chapters 4 and 5. The product is chapter 6's: a column's picture times a row's, told "
    "that bumps are such products. A pair that its labels leave open it leaves blank, and a blank is never the same bump."
)


def two_halves() -> str:
    """Shares by number of labels, where they pass a half, and whether agreeing is being right."""
    table = learned_only(studies.table(halves.STUDY))
    if table.labels.nunique() < 2:
        return "Fewer than two amounts of labels have models that learned: nothing can be said yet."
    columns = ("sets_neither_same", "sets_neither_both_right", "copied_first")
    rows = [
        [str(n), *(percent(g[c]) for c in columns), *map(percent, half_nulls.agreed(g).values())]
        for n, g in table.groupby("labels")
    ]
    heads = ["labels each", "same bump", "both right", "a training image of its own"]
    heads += [f"same bump, {name}s" for name in half_nulls.NULLS]
    parts = [_passing(table), _agreement(table), _starts(table), _copies(table), WITHOUT_FEATURES]
    return f"{markdown_table(heads, rows)}\n\n" + "\n\n".join(parts)


def learned_only(table: pd.DataFrame) -> pd.DataFrame:
    """Rows in which all three models learned their training labels."""
    return table[table[["learned_first", "learned_second", "learned_twin"]].notna().all(axis=1)]


def mistaken(table: pd.DataFrame) -> float:
    """Share of the agreements of two models without a common label that are on a wrong bump."""
    return float(table.sets_neither_same_wrong.sum() / table.sets_neither_same.sum())


def passing(table: pd.DataFrame, column: str, level: float = 0.5) -> tuple[int, int] | None:
    """The neighbouring amounts of labels between which the mean of ``column`` first reaches ``level``; None if it never
    does or does from the start."""
    means = table.groupby("labels")[column].mean()
    reached = [n for n, mean in means.items() if mean >= level]
    if not reached or reached[0] == means.index[0]:
        return None
    return int(means.index[means.index.get_loc(reached[0]) - 1]), int(reached[0])


def _passing(table: pd.DataFrame) -> str:
    found = passing(table, "sets_neither_same")
    if not found:
        return "**When they agree.** The share of same bumps does not cross a half within these amounts."
    low, high = found
    return (
        f"**When they agree.** The same is less than {FINE:g} px apart. Without a common training label two models draw the same bump for half of the labels that "
        f"neither saw somewhere between {low} and {high} labels each, of {len(Canvas().lattice())}."
    )


def _agreement(table: pd.DataFrame) -> str:
    means = table.groupby("labels")[["sets_neither_same", "sets_neither_both_right"]].mean()
    apart = float((means.sets_neither_same - means.sets_neither_both_right).abs().max())
    wrong = float(table.groupby("labels")["sets_neither_same_wrong"].mean().max())
    points = f"the two shares differ by {100 * apart:.0f} % of the labels at most"
    if apart <= NEAR:
        return f"**Whether agreeing is being right.** They agree as often as both are right ({points}), and on a wrong bump at most {percent(wrong)} of the time."
    return f"**Agreeing is not the same as being right:** at one amount the two shares differ by {100 * apart:.0f} % of the labels."


def _starts(table: pd.DataFrame) -> str:
    few = table[table.labels == table.labels.min()]
    alike, wrong = (few[f"starts_neither_{name}"] for name in ("same", "same_wrong"))
    other, noises = few["sets_neither_same"], few["noises_neither_cosine"].mean()
    text = (
        f"**What two starts share.** With {few.labels.iloc[0]} labels, two models with the same labels and two starts draw the same bump "
        f"{percent(alike)} of the time, a wrong one {percent(wrong)}"
    )
    if alike.min() > other.max():
        text += ": a shared mistake comes from shared data"
    return f"{text}. One model asked twice, from two noises, draws images of cosine {noises:.2f}."


def _copies(table: pd.DataFrame) -> str:
    total = len(Canvas().lattice())
    few, many = (table[table.labels == n] for n in (table.labels.min(), table.labels.max()))
    ends = [
        f"{percent(rows.copied_first)} at {n} labels, where bumps thrown anywhere would be {percent(n / total)}"
        for rows in (few, many)
        for n in [int(rows.labels.iloc[0])]
    ]
    return (
        f"**Copies.** Drawings for new labels that show a training image instead: {'; '.join(ends)}. Two that only copied would have no image in "
        "common, and never agree."
    )

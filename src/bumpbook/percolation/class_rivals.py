"""The rivals of percolation that a class lists by itself, beside the two that foretell best, for the slide on which they meet it."""

import pandas as pd

from .rivals import PERCOLATION

IN_CLASS = {
    "nearest label": "distance to the nearest label",
    "values seen": "values seen",
    "energy": "brightness of all images",
    "training steps": "time of training",
}
# of those that a class does not list: without the best of them percolation would seem to lead all that competes
MORE = 2
WORDS = {"number of labels": "number of training labels", "mean nearest": "mean distance to the nearest"}


def class_rivals(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table of `rivals.compare` for those four, the best `MORE` of the others and percolation's best version, in a class's words.

    Raises KeyError for a table that lacks one of them.
    """
    best = table.index[table.family == PERCOLATION][0]
    others = table.index[(table.family != PERCOLATION) & ~table.index.isin(list(IN_CLASS))][:MORE]
    words = (
        IN_CLASS | {name: WORDS.get(name, name) for name in others} | {best: "percolation, its best version"}
    )
    return table.loc[list(words)].sort_values("gain", ascending=False, kind="stable").rename(index=words)

"""The rivals of percolation that a class lists by itself, for the slide on which they meet it."""

import pandas as pd

from .rivals import PERCOLATION

IN_CLASS = {
    "nearest label": "distance to the nearest label",
    "values seen": "values seen",
    "energy": "brightness of all images",
    "training steps": "time of training",
}


def class_rivals(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table of `rivals.compare` for those four and for percolation's best version, in a class's words.

    Raises KeyError for a table that lacks one of them.
    """
    best = table.index[table.family == PERCOLATION][0]
    words = IN_CLASS | {best: "percolation, its best version"}
    return table.loc[list(words)].sort_values("gain", ascending=False, kind="stable").rename(index=words)

"""The rivals of percolation that a class lists by itself, beside the two that foretell best, for the slide on which they meet it."""

import pandas as pd

from .rivals import PERCOLATION

IN_CLASS = ("nearest label", "values seen", "energy", "training steps")
# of those that a class does not list: without the best of them percolation would seem to lead all that competes
MORE = 2


def class_rivals(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table of `rivals.compare` for those four, the best `MORE` of the others and percolation's best version.

    Raises KeyError for a table that lacks one of them.
    """
    best = table.index[table.family == PERCOLATION][0]
    others = table.index[(table.family != PERCOLATION) & ~table.index.isin(IN_CLASS)][:MORE]
    return table.loc[[*IN_CLASS, *others, best]].sort_values("gain", ascending=False, kind="stable")

"""Where a measured curve first reaches a level: on a straight line between two measured points.

This is the one rule for reading a crossing off points: along training and, seed by seed, for the
claims of the scoreboard. `onset.fit_threshold` answers another question: it fits one curve to all seeds, and its
interval says how sure that is. The scoreboard does not use it because its rules were fixed, before any model was
trained, with this one; chapter 6 shows both.
"""

import numpy as np
import pandas as pd

from bumpworld import checks
from bumpworld.instruments import arrays

HALF = 0.5  # what counts as "most" along training, and as the onset of generalization: our choice


def crossing(at, shares, level: float = HALF) -> float | None:
    """The place at which ``shares`` first reach ``level``, on straight lines between the points; None if never.

    ``at`` (n,) rises, ``shares`` (n,) belong to it. Where the first share reaches the level already, the first place.
    Raises ValueError for lists of different length or without a point.
    """
    at, shares = arrays.vector("at", at), arrays.vector("shares", shares)
    level = checks.number("level", level)
    if (np.diff(at) <= 0).any():
        raise ValueError(f"at is {checks.short(at.tolist())}; allowed are places that rise")
    if at.shape != shares.shape or not len(at):
        raise ValueError(f"{at.shape} places and {shares.shape} shares; needed are as many, at least one")
    if not (shares >= level).any():
        return None
    first = int(np.argmax(shares >= level))
    if first == 0:
        return float(at[0])
    below, above = shares[first - 1 : first + 1]
    return float(at[first - 1] + (level - below) / (above - below) * (at[first] - at[first - 1]))


def amount_at(table: pd.DataFrame, level: float) -> float:
    """2D labels at which the mean share of unseen labels right crosses ``level``, on a logarithmic axis of labels.

    NaN where it is not crossed within what was measured: no number is extrapolated.
    """
    checks.instance("table", table, pd.DataFrame)
    means = table[table.region == "unseen"].groupby("train_2d")["both"].mean()
    if not len(means) or means.iloc[0] >= level:
        return np.nan
    found = crossing(np.log(means.index), means, level)
    return np.nan if found is None else float(np.exp(found))

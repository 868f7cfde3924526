"""The contest's held-out pairs: what foretells them in designs that a fit has not seen, nearness or links."""

from functools import lru_cache

import pandas as pd

from bumpworld.instruments.spread import Spread, spread
from bumpworld.store import Store

from . import pairs
from .pairs import Prediction

AMOUNT, DISTANCE, LINKS, BOTH = "amount alone", "distance", "values and links", "all of these"
VALUES, NOT_LINKS = "values shown", "distance and values"
KNOWN = {
    AMOUNT: ("log_amount",),
    DISTANCE: ("log_amount", "distance", "log_distance"),
    VALUES: ("log_amount", "known"),
    LINKS: ("log_amount", "known", "linked"),
    NOT_LINKS: ("log_amount", "known", "distance", "log_distance"),
    BOTH: ("log_amount", "known", "linked", "distance", "log_distance"),
}


# cached: two sentences ask for the same regressions, which take seconds
@lru_cache(maxsize=4)
def foretold(store: Store) -> tuple[dict[str, Prediction], pd.Series]:
    """What each set of predictors foretells of the pairs of designs left out of the fit; and each model's design, by key."""
    table = pairs.stored_pairs(store, ("contest",))
    return pairs.predict(table, KNOWN, left_out="how"), table.groupby("key")["how"].first()


@lru_cache(maxsize=4)
def foretold_at_random(store: Store) -> dict[str, Prediction]:
    """The same of random choices, of models whose seed was left out of the fit."""
    table = pairs.stored_pairs(store)
    return pairs.predict(table[table.random], {name: (*columns, "sos") for name, columns in KNOWN.items()})


def taken_off(predicted: dict[str, Prediction], name: str) -> float:
    """The share of the log-loss from the amount alone that a set of predictors takes off."""
    return 1 - predicted[name].loss[0] / predicted[AMOUNT].loss[0]


def gains(predicted: dict[str, Prediction], design: pd.Series, better: str, than: str) -> pd.Series:
    """By how much ``better`` lowers the log-loss of ``than``: a mean for each design, by its name."""
    return (predicted[than].losses - predicted[better].losses).groupby(design).mean()


def by_design(predicted: dict[str, Prediction], design: pd.Series, better: str, than: str) -> Spread:
    """The spread of `gains` over designs: models of one design are no independent witnesses of what a design does."""
    return spread(gains(predicted, design, better, than))

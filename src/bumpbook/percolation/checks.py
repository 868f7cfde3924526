"""Checks of chapter 7: two thresholds that match, labels counted, a fractal, a knight, a lattice within, a rival."""

import math
from functools import cache

import numpy as np

from bumpbook.frame.answers import by_key, number, numbers
from bumpbook.frame.exercises import exercise
from bumpbook.frame.sweeps import sweep
from bumpworld.instruments.lattice import SITE_THRESHOLDS, predicted_onset
from bumpworld.store import Store

from .threshold import threshold

WIDE, SPACED = (2.0, 1.0, 32 * 32), (1.0, 2.0, 16 * 16)  # width, spacing and labels of the two worlds
NARROW, KEPT = 0.5, 64  # width of the bumps and number of training labels of the third test


@exercise("percolation-match", minutes=10, wants="the sum, a number")
def match(answer):
    """What is the sum of the thresholds for four and for eight neighbours?"""
    given, four, eight = number(answer), SITE_THRESHOLDS[4], SITE_THRESHOLDS[8]
    if abs(given - (four + eight)) < 0.005:  # three standard errors of two measurements are half of that
        return None
    if min(abs(given - four), abs(given - eight)) < 0.005:
        return "this is one of the two thresholds. Add the other."
    if abs(given - (four - eight)) < 0.005:
        return "this is their difference."
    if abs(given - (four + SITE_THRESHOLDS[12])) < 0.005:
        return "this takes twelve neighbours. Which sites lie within the square root of 2?"
    return "measure both with `threshold(neighbours(...))`. The number there is a distance."


@exercise("percolation-count", minutes=10, wants='a dict with numbers of labels at "wide" and "spaced"')
def count(answer):
    """How many labels does a world with σ = 2 need ("wide"), and one with σ = 1 and d = 2 ("spaced")?"""
    given = by_key(answer, ("wide", "spaced"))
    stairs, limit = {}, {}
    for name, (sigma, spacing, labels) in {"wide": WIDE, "spaced": SPACED}.items():
        onset = predicted_onset(sigma, spacing)
        stairs[name], limit[name] = onset.staircase * labels, onset.limit * labels
    near = lambda numbers: all(abs(given[name] - n) <= max(1.0, 0.02 * n) for name, n in numbers.items())
    if near(stairs):
        return None
    if near({"wide": stairs["spaced"], "spaced": stairs["wide"]}):
        return "the two stand at each other's place."
    if all(0 < value < 1 for value in given.values()):
        return "these are shares. Of how many labels?"
    if near(limit):
        return "this is the limit law. The chapter's own stairs are asked for."
    if abs(given["wide"] - stairs["wide"]) > max(1.0, 0.02 * stairs["wide"]):
        return 'not at "wide". There is a label on each of the 32 × 32 pixels.'
    if abs(given["spaced"] - stairs["spaced"] * WIDE[2] / SPACED[2]) < 2:
        return 'at "spaced" a label sits on every second pixel of a row, and in every second row only.'
    return 'not at "spaced". What matters is the reach in units of the spacing.'


@exercise("percolation-fractal", minutes=15, wants="the exponent, a number")
def fractal(answer):
    """With which power of the side does the largest cluster's share fall at the threshold?"""
    given, true = number(answer), -5 / 48
    if abs(given - true) < 0.015:  # sides from 16 on are not large yet, and runs scatter
        return None
    if abs(given + true) < 0.02:
        return "the share falls. What is the sign of the slope?"
    if abs(given - (true + 2)) < 0.03:
        return "this is how the number of sites in the cluster grows. Asked for is its share of all sites."
    if abs(given - true / math.log10(math.e)) < 0.02 or abs(given - true * math.log10(math.e)) < 0.02:
        return "both logarithms must have one and the same base."
    if -0.2 < given < true:
        return "somewhat too steep. Open edges cut clusters: take the torus, and sides from 16 to 256."
    return "fit a straight line to the logarithm of the share over the logarithm of the side, at the threshold for four neighbours."


@exercise("percolation-knight", minutes=10, wants='a dict with the thresholds at "knight" and at "king"')
def knight(answer):
    """What are the thresholds of the knight's lattice and of the king's?"""
    given = by_key(answer, ("knight", "king"))
    true = {"knight": _knights(), "king": SITE_THRESHOLDS[8]}
    near = lambda name, value: abs(given[name] - value) < 0.006  # four standard errors of a measurement
    if near("knight", true["knight"]) and near("king", true["king"]):
        return None
    if near("knight", true["king"]) and near("king", true["knight"]):
        return "the two stand at each other's place."
    if not near("king", true["king"]):
        return "not for the king, who steps to all eight sites around his own."
    if abs(given["knight"] - SITE_THRESHOLDS[4]) < 0.02:
        return "for your knight every site has four neighbours only. He jumps one and two, and two and one, in all directions."
    return "not for the knight. Two steps along one axis and one along the other: how many such offsets are there?"


@cache
def _knights() -> float:
    jumps = [(x, y) for x in range(-2, 3) for y in range(-2, 3) if x * x + y * y == 5]
    return threshold(np.array(jumps), repeats=400, seed=1).mean


@exercise(
    "percolation-inside",
    minutes=20,
    wants='a dict with the difference in the share right at "all" and at "one pixel away"',
)
def inside(answer):
    """By how much are unseen labels in reach of a large cluster drawn right more often than the others, at 64 training labels?"""
    given = by_key(answer, ("all", "one pixel away"))
    rows = _inside(Store())
    close = rows[np.isclose(rows["nearest label"], 1)]
    true = {"all": _apart(rows), "one pixel away": _apart(close)}
    near = lambda name, value: abs(given[name] - value) < 0.011  # of two shares with two decimals
    wrong = [name for name, value in true.items() if not near(name, value)]
    if not wrong:
        return None
    if all(near(name, -value) for name, value in true.items()):
        return "the size is right. Which share is taken from which?"
    if all(near(name, 100 * value) for name, value in true.items()):
        return "wanted are shares, not per cent."
    if all(
        near(name, part.right[part.reach].mean()) for name, part in (("all", rows), ("one pixel away", close))
    ):
        return "these are the shares in reach. Take those out of reach from them."
    if wrong == ["one pixel away"]:
        return 'not at "one pixel away". Keep only labels whose nearest trained label is 1 px off, in reach or not.'
    return "take σ = 0.5 and 64 training labels, and call a label in reach when its cluster holds more than half of them."


def _apart(rows) -> float:
    return float(rows.right[rows.reach].mean() - rows.right[~rows.reach].mean())


@cache
def _inside(store: Store):
    """Unseen labels of all networks with narrow bumps and 64 training labels, with ``reach`` as in the chapter."""
    from .rivals import outcomes

    experiments = [e for e in sweep("percolation").experiments if e.canvas.sigma == NARROW and store.has(e)]
    chosen = [e for e in experiments if len(e.train_on.split(e.canvas).train) == KEPT]
    if not chosen:
        raise FileNotFoundError(
            "no network with narrow bumps is finished; run `bumpworld run percolation` first"
        )
    rows = outcomes([store.load(e) for e in chosen], fine=True)
    return rows.assign(reach=rows["cluster, cosine 0.005"] > 0.5, right=rows.right.astype(bool))


@exercise(
    "percolation-own", minutes=30, wants="three numbers (gain, low, high) in bits a drawing", is_open=True
)
def own(answer):
    """How many bits a drawing does your own rival gain over a constant rate, when a width is left out?"""
    gain, low, high = numbers(answer, 3)
    if not low <= gain <= high:
        return "the interval comes after the gain: (gain, low, high), and the gain lies inside."
    most = _constant_rate(Store())
    if gain > most:
        return f"no rival can gain so much: the constant rate itself loses only {most:.2f} bits a drawing."
    if gain > 0.95 * most:
        return "a gain that large leaves hardly a surprise. Does your column know which drawings are right?"
    if high - low < 1e-6:
        return "an interval without width was not made from samples of networks."
    return None


@cache
def _constant_rate(store: Store) -> float:
    """Bits a drawing that the average rate of all other widths loses, every network weighing the same."""
    from bumpbook.frame.tables import table

    rows = table(sweep("percolation"), store)
    rows = rows[(rows.region == "unseen") & rows.learned & (rows.sigma >= NARROW)]
    lost = []
    for _, part in rows.groupby("sigma"):
        rate = rows.both_fine[rows.sigma != part.sigma.iloc[0]].mean()
        lost.append(-part.both_fine * math.log2(rate) - (1 - part.both_fine) * math.log2(1 - rate))
    return float(np.concatenate(lost).mean())

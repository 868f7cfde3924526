"""Checks of chapter 6: values seen, two kinds of interval, a slope, a design of one's own, and a leak."""

import math
from functools import cache
from math import comb

import numpy as np
import torch

from bumpbook.frame.answers import by_key, choice, number, numbers
from bumpbook.frame.designs import DESIGNS
from bumpbook.frame.exercises import exercise
from bumpbook.frame.sweeps import sweep
from bumpbook.frame.tables import table
from bumpworld.store import Store

SIDE, LEVEL, Z95 = 16, 0.6, 1.96  # of the canvas; of the pairs right; two-sided 95 % of a normal
SEEDS = 10  # choices of each design that count as given


@exercise("few-examples-values", minutes=10, wants="a whole number of labels")
def values(answer):
    """From how many random labels of 16 x 16 on is less than one column missing, on average?"""
    given = number(answer)
    if given != int(given) or not 1 <= given <= SIDE**2:
        return f"a number of labels is whole and lies between 1 and {SIDE**2}."
    missing = lambda n: SIDE * comb(SIDE**2 - SIDE, n) / comb(SIDE**2, n)
    first = next(n for n in range(1, SIDE**2) if missing(n) < 1)
    if given == first:
        return None
    if given == math.ceil(math.log(SIDE) / -math.log(1 - 1 / SIDE)):
        return "right if a label could be drawn twice. Here each is drawn once at most."
    if given == round(SIDE * math.log(SIDE)):
        return "N ln N is a rule of thumb. Derive the number."
    if abs(given - first) <= 2:
        return "very near. Counting in random choices scatters this much; the formula does not."
    return f"with {int(given)} labels {missing(int(given)):.2f} columns are missing on average."


@exercise(
    "few-examples-narrow",
    minutes=15,
    wants='a dict with (low, high) at "seeds" and at "drawings", and at "print" the one of these two words to print',
)
def narrow(answer):
    """What are the two intervals of the threshold for bumps with all stripes, and which one would you print?"""
    ends = lambda value, what: numbers(value, 2, what)
    read = {"seeds": ends, "drawings": ends, "print": lambda v, what: choice(v, ("seeds", "drawings"), what)}
    given = by_key(answer, read, read=lambda value, what: (value, what))
    given = {key: read[key](*given[key]) for key in read}
    for key in ("seeds", "drawings"):
        low, high = given[key]
        if not 0 <= low < high:
            return f"at {key!r} the low end comes first, and both are numbers of labels."
    true = _intervals(Store())
    # random redrawing moves an end by less
    near = lambda found, wanted: np.allclose(found, wanted, rtol=0.06)
    if near(given["seeds"], true["drawings"]) and near(given["drawings"], true["seeds"]):
        return "the two intervals stand at each other's place."
    rows = "Take the unseen labels of the bump models that saw stripes and learned, right within 1 px, with counts in `right` and `tried`."
    if not near(given["drawings"], true["drawings"]):
        if near(given["drawings"], true["seeds"]):
            return "at 'drawings' is the interval over seeds as well. Leave `seeds` out."
        return f"not at 'drawings'. {rows}"
    if not near(given["seeds"], true["seeds"]):
        return f"not at 'seeds'. {rows}"
    if given["print"] == "drawings":
        return "the intervals are right. Which of the two still holds for a model that was not trained yet?"
    return None


@cache
def _intervals(store: Store) -> dict[str, tuple[float, float]]:
    """Both intervals: over seeds by resampling them, over drawings from the information of the logistic fit."""
    from bumpworld.instruments.onset import fit_threshold

    few = table(sweep("few-shot"), store)
    rows = few[(few.region == "unseen") & (few.kind == "bump") & few.stripes & few.learned]
    tried = (rows["size"] ** 2 - rows.train_2d).to_numpy()
    fit = fit_threshold(rows.train_2d, rows["both"] * tried, tried, LEVEL, rows.seed, draws=300)
    at = np.log(rows.train_2d.to_numpy(float) / fit.midpoint)
    chance = 1 / (1 + np.exp(-fit.slope * at))
    design = np.stack([at, np.ones_like(at)])
    information = (design * (tried * chance * (1 - chance))) @ design.T
    gradient = np.array([-math.log(LEVEL / (1 - LEVEL)) / fit.slope**2, -1 / fit.slope])  # of log threshold
    error = math.sqrt(gradient @ np.linalg.solve(information, gradient))
    by_chance = fit.value * math.exp(-Z95 * error), fit.value * math.exp(Z95 * error)
    return {"seeds": (fit.low, fit.high), "drawings": by_chance}


@exercise(
    "few-examples-slope",
    minutes=15,
    wants='a dict from "alone" and "with stripes" to (slope, half the width of its 95 % interval), without one that has fewer than three sizes',
)
def slope(answer):
    """What slopes, with what textbook intervals, has a line through the logarithms of size and threshold?"""
    true = _slopes(Store())
    given = by_key(answer, true, read=lambda value, what: numbers(value, 2, what))
    for name, (size, half, error) in true.items():
        found, wide = given[name]
        if abs(found - size) > 0.02:
            return f"not the slope {name!r}. Both axes are logarithmic, and only sizes count at which 60 % within 0.45 px is reached."
        if abs(wide - half) <= max(0.02 * half, 0.006):
            continue
        if abs(wide - error) < 0.05 * error:
            return f"at {name!r} this is the standard error. What multiple of it covers 95 %?"
        if abs(wide - Z95 * error) < 0.05 * error:
            return f"at {name!r} this is 1.96 standard errors. So few points do not know their own scatter: which distribution has wider tails?"
        if abs(wide - 2 * half) < 0.05 * half:
            return f"at {name!r} this is the whole width of the interval."
        return f"the slope is right, the interval at {name!r} is not. How many degrees of freedom are left by a line?"
    return None


@cache
def _slopes(store: Store) -> dict[str, tuple[float, float, float]]:
    """Slope, half the width of its 95 % interval, and its standard error, for settings with three sizes or more."""
    from scipy.stats import t

    from bumpworld.instruments.onset import fit_threshold

    from .efficiency import unseen

    rows, found = unseen(table(sweep("scaling"), store)), {}
    for name, stripes in (("alone", False), ("with stripes", True)):
        points = []
        for size, part in rows[rows.stripes == stripes].groupby("size"):
            if part.train_2d.nunique() >= 3:
                fit = fit_threshold(part.train_2d, part.share * part.tried, part.tried, LEVEL, draws=1)
                points += [] if fit.note else [(math.log(size), math.log(fit.value))]
        if len(points) >= 3:
            x, y = np.array(points).T
            x -= x.mean()
            size = (x @ y) / (x @ x)
            left = y - y.mean() - size * x
            error = math.sqrt(left @ left / (len(x) - 2) / (x @ x))
            found[name] = size, float(t.ppf(0.975, len(x) - 2)) * error, error
    return found


@exercise(
    "few-examples-design",
    minutes=20,
    wants='a dict with 16 labels (x, y) at "labels", and two numbers at "linked" and "distance"',
    is_open=True,
)
def design(answer):
    """Which 16 labels do you choose, what share of the other pairs do they link, and how far is a pair from the nearest?"""
    from .pairs import describe

    rows = lambda value, what: numbers(value, (None, 2), what)
    read = {"labels": rows, "linked": number, "distance": number}
    given = by_key(answer, read, read=lambda value, what: (value, what))
    given = {key: read[key](*given[key]) for key in read}
    labels = given["labels"]
    if (labels != labels.round()).any() or labels.min(initial=0) < 0 or labels.max(initial=0) >= SIDE:
        return f"a label holds two whole numbers from 0 to {SIDE - 1}."
    labels = np.unique(labels.astype(int), axis=0)
    if len(labels) != 16:
        return f"these are {len(labels)} different labels, and you can pay for 16."
    if known := _design_with({tuple(label) for label in labels.tolist()}):
        return f"these labels are a choice of the design {known!r}, which the chapter has measured. Invent one of your own."
    lattice = np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE)), -1).reshape(-1, 2)
    rest = lattice[(lattice[:, None] != labels).any(2).all(1)]
    found = describe(labels, rest)
    linked, distance = given["linked"], given["distance"]
    if abs(linked - found.linked.mean()) > 0.006:
        if abs(linked - found.linked.sum()) < 0.5 and linked > 1:
            return 'wanted at "linked" is a share, not a number of pairs.'
        return 'for your labels the share at "linked" is another one. Count all pairs that are held out, and no others.'
    if abs(distance - found.distance.mean()) > 0.02:
        if abs(distance - found.distance.sum() / SIDE**2) <= 0.02:
            return "the labels themselves lie at no distance. Leave them out of the mean."
        return 'for your labels the mean at "distance" is another one. Take the straight distance in pixels.'
    return None


def _design_with(labels: set[tuple[int, int]]) -> str:
    """The design of the package that picks these labels from one of its first seeds; empty when none does."""
    return next((how for how, picks in _designs() if picks == labels), "")


@cache
def _designs() -> list[tuple[str, set[tuple[int, int]]]]:
    """Every design's choices of 16 labels from its first seeds."""
    found = []
    for how, (pick, _) in DESIGNS.items():
        for seed in range(SEEDS):
            indices = pick(SIDE, 16, torch.Generator().manual_seed(seed)).tolist()
            found.append((how, {(index % SIDE, index // SIDE) for index in indices}))
    return found


@exercise(
    "few-examples-leak",
    minutes=20,
    wants='a dict with the log-loss at "pairs at random" and at "whole models"',
)
def leak(answer):
    """How well does the mere name of a model predict its pairs, when pairs are left out at random and when whole models are?"""
    given = by_key(answer, ("pairs at random", "whole models"))
    own, overall = _log_losses(Store())
    if min(given.values()) <= 0:
        return "a log-loss lies above 0."
    leaky, honest = given["pairs at random"], given["whole models"]
    # regularization and the choice of folds move either by a few hundredths
    if abs(leaky - own) < 0.03 and abs(honest - overall) < 0.06:
        return None
    if abs(honest - own) < 0.03 and abs(leaky - overall) < 0.06:
        return "the two stand at each other's place."
    if abs(leaky - own / math.log(2)) < 0.03:
        return (
            "these are bits. The chapter's losses are in nats, natural logarithms, as `log_loss` gives them."
        )
    if abs(honest - leaky) < 0.03:
        return "the two are nearly the same. Is every model either wholly in a fold or wholly outside?"
    if abs(leaky - own) >= 0.03:
        return "not for pairs at random. The only predictor is the model's name: a column of zeros and ones for each model."
    return "not for whole models. What is left to say of a model that no fit has seen?"


@cache
def _log_losses(store: Store) -> tuple[float, float]:
    """Log-loss in nats of each model's own rate, the pair itself left out, and of the rate over all models."""
    from .pairs import stored_pairs

    pairs = stored_pairs(store)
    groups = pairs.groupby("key").right
    # one half of a right pair beforehand: a model without any is not certain to have none
    rate = (groups.transform("sum") - pairs.right + 0.5) / groups.transform("size")
    own = -np.log(np.where(pairs.right, rate, 1 - rate)).mean()
    share = pairs.right.mean()
    return float(own), float(-share * math.log(share) - (1 - share) * math.log(1 - share))

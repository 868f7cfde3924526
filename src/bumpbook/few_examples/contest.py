"""The contest of designs: what each covers, what it scored, and how the predictions fared that were written beforehand.

The predictions stand in results/predictions/contest.json, with their limits; here is how each is measured.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from bumpbook.frame.designs import chosen
from bumpbook.frame.sweeps import sweep
from bumpworld.canvas import Canvas
from bumpworld.instruments.spread import Spread, difference, spread

from .efficiency import unseen
from .pairs import describe

SCORE, MANY = "both_fine", 5  # what is right; models of a design that a verdict needs
COUNTS = (16, 32, 64)
LIMITS = {  # by prediction: (agrees, partly), for a difference with its interval
    "skewed-beats-random": (0.2, 0.0),
    "another-skew": (0.2, 0.0),
    "values-are-not-enough": (0.2, 0.0),
    "plane-is-not-enough": (0.1, 0.0),
}
CEILINGS = {"sixteen-is-too-few": (0.1, 0.2), "random-catches-up": (0.15, None)}
COVERAGES = ["values", "distance"]
BETTER = 0.02  # mean absolute error that each coverage must save


@dataclass(frozen=True)
class Verdict:
    """How a prediction fared: "agrees", "partly", "disagrees" or "cannot be said", and what was measured."""

    name: str
    verdict: str
    measured: Spread | tuple[float, ...] | None = None


class Coverage(NamedTuple):
    """Of the labels that are not trained on: the shares whose x and y were both ``values`` shown and that are ``linked`` by
    a chain of trained ones, and the mean ``distance`` to the nearest trained one in pixels."""

    values: float
    linked: float
    distance: float


def coverage(train: np.ndarray, side: int = 16) -> Coverage:
    """What labels (n, 2) cover of the others."""
    lattice = np.stack(np.meshgrid(np.arange(side), np.arange(side)), -1).reshape(-1, 2)
    found = describe(train, lattice)
    rest = found[found.distance > 0]
    return Coverage(*(float(rest[name].mean()) for name in ("known", "linked", "distance")))


def scored(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each learned model of the contest: design, number of labels, share right, and what its labels cover."""
    rows = unseen(table, SCORE)
    rows = rows[["how", "train_2d", "seed", "share", "tried"]].reset_index(drop=True)
    canvas, covered = Canvas(), []
    for row in rows.itertuples():
        labels = chosen(int(row.train_2d), row.how, int(row.seed)).split(canvas).train.int().numpy()
        covered.append(coverage(labels))
    values, linked, distance = np.array(covered).reshape(-1, 3).T
    return rows.assign(values=values, linked=linked, distance=distance)


def judge(rows: pd.DataFrame) -> list[Verdict]:
    """Every prediction's verdict, in the order in which they were written."""
    at = lambda how, count: rows[(rows.how == how) & (rows.train_2d == count)].share.to_numpy()
    found = {
        "skewed-beats-random": _apart(at("skewed", 32), at("random", 32)),
        "another-skew": _apart(at("staggered", 32), at("random", 32)),
        "values-are-not-enough": _apart(at("skewed", 32), _best([at("latin", 32), at("diagonals", 32)])),
        "plane-is-not-enough": _apart(at("random", 32), at("grid", 32)),
        "sixteen-is-too-few": _apart(_best(_others(rows, 16)), at("random", 16)),
        "random-catches-up": _apart(at("skewed", 64), at("random", 64)),
    }
    verdicts = [Verdict(name, _above(found[name], *limits), found[name]) for name, limits in LIMITS.items()]
    for name, (agrees, partly) in CEILINGS.items():
        partly = partly if partly is not None else (found["skewed-beats-random"] or (0,))[0]
        verdicts.append(Verdict(name, _below(found[name], agrees, partly), found[name]))
    return [*verdicts, _coverages(rows)]


def _others(rows: pd.DataFrame, count: int) -> list[np.ndarray]:
    """Shares of every design but random; empty while one of the contest's designs is not finished."""
    designs = {dict(e.train_on.settings)["how"] for e in sweep("contest").experiments}
    groups = [
        rows[(rows.how == how) & (rows.train_2d == count)].share.to_numpy() for how in designs - {"random"}
    ]
    return groups if all(len(group) >= MANY for group in groups) else []


def _best(groups: list[np.ndarray]) -> np.ndarray:
    whole = groups and all(len(group) >= MANY for group in groups)
    return max(groups, key=np.mean) if whole else np.array([])


def _apart(first: np.ndarray, second: np.ndarray) -> Spread | None:
    return difference(first, second) if min(len(first), len(second)) >= MANY else None


def _above(found: Spread | None, agrees: float, partly: float) -> str:
    if found is None:
        return "cannot be said"
    mean, low, *_ = found
    return "disagrees" if low <= partly else "agrees" if mean >= agrees else "partly"


def _below(found: Spread | None, agrees: float, partly: float) -> str:
    if found is None:
        return "cannot be said"
    return "agrees" if found[0] <= agrees else "partly" if found[0] <= partly else "disagrees"


def _coverages(rows: pd.DataFrame) -> Verdict:
    """Does each of the two coverages help to foretell designs that a fit has not seen?"""
    name = "both-coverages"
    if rows.train_2d.nunique() < len(COUNTS) or rows.groupby(["how", "train_2d"]).size().min() < MANY:
        return Verdict(name, "cannot be said")
    both, without_values, without_plane = (
        foretelling_error(rows, columns) for columns in (COVERAGES, ["distance"], ["values"])
    )
    saved = without_values - both, without_plane - both
    verdict = "agrees" if min(saved) >= BETTER else "partly" if min(saved) > 0 else "disagrees"
    return Verdict(name, verdict, (both, without_values, without_plane, foretelling_error(rows, [])))


def foretelling_error(rows: pd.DataFrame, columns: list[str]) -> float:
    """Mean of `foretelling_errors`."""
    return float(foretelling_errors(rows, columns).mean())


def saved_by_design(rows: pd.DataFrame, left_out: list[str]) -> Spread:
    """By how much the error grows without the coverages ``left_out``: a mean for each design, and the spread over designs."""
    kept = [column for column in COVERAGES if column not in left_out]
    more = foretelling_errors(rows, kept) - foretelling_errors(rows, COVERAGES)
    return spread(more.groupby(rows.how).mean())


def foretelling_errors(rows: pd.DataFrame, columns: list[str]) -> pd.Series:
    """Absolute error of each row's share right, where its design was left out of the fit.

    A straight line for the logit of the share (a label added to the right and to the wrong) on the logarithm of the number
    of labels and on ``columns``, of which "distance" is taken as its logarithm.
    """
    right = (rows.share * rows.tried + 1) / (rows.tried + 2)
    logit = np.log(right / (1 - right)).to_numpy()
    read = {"distance": np.log(rows.distance), "values": rows["values"]}
    x = np.column_stack([np.ones(len(rows)), np.log(rows.train_2d), *(read[c] for c in columns)])
    errors = np.zeros(len(rows))
    for how in rows.how.unique():
        out = (rows.how == how).to_numpy()
        weights = np.linalg.lstsq(x[~out], logit[~out], rcond=None)[0]
        errors[out] = 1 / (1 + np.exp(-x[out] @ weights)) - rows.share[out]
    return pd.Series(np.abs(errors), rows.index)

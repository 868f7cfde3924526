"""The drawings of the sweep `grid`: one row for each label of the test set that all its networks have in common."""

from functools import cache

import numpy as np
import pandas as pd

from bumpbook.frame.finished import finished
from bumpworld.experiment import Experiment
from bumpworld.store import Store

from . import rivals
from .predictions import COMMON, TOLERANCE

# log2 of density over threshold where nothing is in reach at any density: a version that says "never" is not let off
LOWEST = -8.0


def frame(tolerance: float = TOLERANCE) -> pd.DataFrame:
    """`rivals.outcomes` of the finished networks of the grid, right within ``tolerance`` px, on its common test labels.

    Raises ResultError where no network is finished.
    """
    return _frame(*finished("grid"), tolerance).copy()


def shares(tolerance: float = TOLERANCE) -> pd.DataFrame:
    """A row for each finished network that learned: key, seed, sigma, spacing, labels, ``share`` right, ``asked`` labels.

    On the same common test labels as `frame`, and without any rival's number. Raises ResultError as `frame` does.
    """
    return _shares(*finished("grid"), tolerance).copy()


# a page asks for it in three findings and a figure
@cache
def _shares(
    store: Store, there: tuple[Experiment, ...], written: tuple[int, ...], tolerance: float
) -> pd.DataFrame:
    rows = []
    for result in (store.load(e) for e in there):
        if not result.learned:
            continue
        experiment = result.experiment
        split = experiment.train_on.split(experiment.canvas)
        asked = split.held_out & (split.labels % COMMON == 0).all(1)
        right = result.judgement().right(tolerance)[asked, 2].double()
        row = {"key": experiment.key, "seed": experiment.seed, "sigma": experiment.canvas.sigma}
        row |= {"spacing": experiment.canvas.spacing, "labels": len(split.train)}
        rows.append(row | {"share": float(right.mean()), "asked": len(right)})
    return pd.DataFrame(rows)


@cache
def _frame(
    store: Store, there: tuple[Experiment, ...], written: tuple[int, ...], tolerance: float
) -> pd.DataFrame:
    found = rivals.outcomes([store.load(e) for e in there], tolerance=tolerance, every=COMMON, kernel=True)
    return found.replace(-np.inf, LOWEST)

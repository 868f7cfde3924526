"""The drawings of the sweep `grid`: one row for each label of the test set that all its networks have in common."""

from functools import cache

import numpy as np
import pandas as pd

from bumpbook.frame.sweeps import sweep
from bumpworld.experiment import Experiment
from bumpworld.files import ResultError
from bumpworld.store import Store

from . import rivals
from .predictions import COMMON, TOLERANCE

# log2 of density over threshold where nothing is in reach at any density: a version that says "never" is not let off
LOWEST = -8.0


def frame(tolerance: float = TOLERANCE) -> pd.DataFrame:
    """`rivals.outcomes` of the finished networks of the grid, right within ``tolerance`` px, on its common test labels.

    Raises ResultError where no network is finished.
    """
    store = Store()
    there = tuple(e for e in sweep("grid").experiments if store.has(e))
    if not there:
        raise ResultError(
            f"no network of 'grid' is finished; run `{store.command(sweep('grid').command)}` first"
        )
    # a record that was written since is read again
    written = tuple(store.record_path(e).stat().st_mtime_ns for e in there)
    return _frame(store, there, written, tolerance).copy()


@cache
def _frame(
    store: Store, there: tuple[Experiment, ...], written: tuple[int, ...], tolerance: float
) -> pd.DataFrame:
    found = rivals.outcomes([store.load(e) for e in there], tolerance=tolerance, every=COMMON, kernel=True)
    return found.replace(-np.inf, LOWEST)

"""The drawings of the sweep `grid`: one row for each label of the test set that all its networks have in common."""

from functools import cache

import pandas as pd

from bumpbook.frame.sweeps import sweep
from bumpworld.files import ResultError
from bumpworld.store import Store

from . import rivals
from .predictions import COMMON, TOLERANCE


def frame(tolerance: float = TOLERANCE) -> pd.DataFrame:
    """`rivals.outcomes` of the finished networks of the grid, right within ``tolerance`` px, on its common test labels.

    Raises ResultError where no network is finished.
    """
    store = Store()
    return _frame(tuple(sorted(e.key for e in sweep("grid").experiments if store.has(e))), tolerance).copy()


@cache
def _frame(keys: tuple[str, ...], tolerance: float) -> pd.DataFrame:
    store, declared = Store(), sweep("grid")
    if not keys:
        raise ResultError(f"no network of 'grid' is finished; run `{store.command(declared.command)}` first")
    there = [store.load(e) for e in declared.experiments if e.key in keys]
    return rivals.outcomes(there, tolerance=tolerance, every=COMMON, kernel=True)

"""The networks of `grid` as a living figure: their accuracy beside the clusters of their training labels."""

from collections.abc import Iterable

import pandas as pd

from bumpbook.frame.lattice_sweeps import AMOUNTS, SPACINGS, WIDTHS
from bumpbook.frame.sweeps import sweep
from bumpbook.widgets.onset import Onset
from bumpworld.experiment import Experiment
from bumpworld.files import ResultError

from . import grid
from .surface_figures import SHOWN, expected_grid, in_words

__all__ = ["living_onset"]


def living_onset(**traits) -> Onset:
    """`Onset` of the grid's finished networks; a cell without one says so."""
    experiments, expected = sweep("grid").experiments, expected_grid()
    try:
        table = grid.shares()
    except ResultError:
        table = pd.DataFrame(columns=["sigma", "spacing", "labels", "share"])
    # first those that stand in the open
    names = [
        *SHOWN,
        *(n for n, v in expected[0]["onset"].items() if n not in SHOWN and not isinstance(v, str)),
    ]
    cells = [
        {
            "sigma": cell["sigma"],
            "spacing": cell["spacing"],
            "shares": _shares(table, cell["sigma"], cell["spacing"]),
            "onsets": {in_words(name): cell["onset"][name] for name in names},
        }
        for cell in expected
    ]
    places = {
        f"{d:g}": nested(e for e in experiments if e.canvas.spacing == d and e.seed == 0) for d in SPACINGS
    }
    start = {"sigma": WIDTHS.index(1.0), "spacing": SPACINGS.index(1.0), "amount": len(AMOUNTS) // 2}
    return Onset(
        cells, places, list(AMOUNTS), experiments[0].canvas.size, shown=list(SHOWN[:2]), **start | traits
    )


def nested(experiments: Iterable[Experiment]) -> list[tuple[float, float]]:
    """Labels (x, y) of the largest of these training sets, those of smaller ones first. Raises ValueError for sets that are not nested."""
    order: dict[tuple[float, float], None] = {}
    for labels in sorted((e.train_on.split(e.canvas).train.tolist() for e in experiments), key=len):
        here = [tuple(label) for label in labels]
        if not set(order) <= set(here):
            raise ValueError(
                f"a set of {len(here)} labels lacks some of a smaller one; needed are nested sets"
            )
        order |= dict.fromkeys(here)
    return list(order)


def _shares(table: pd.DataFrame, sigma: float, spacing: float) -> dict[str, list[float]]:
    part = table[(table.sigma == sigma) & (table.spacing == spacing)]
    return {str(int(n)): rows["share"].round(4).tolist() for n, rows in part.groupby("labels")}

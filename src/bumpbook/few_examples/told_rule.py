"""How many labels are enough for a rule that is told its world: a product for bumps."""

from functools import cache

import pandas as pd

from bumpbook.frame.first_crossing import amount_at
from bumpbook.frame.sweeps import sweep
from bumpbook.frame.tables import fine_tolerance
from bumpbook.frame.told_product import product_of
from bumpworld.experiment import Experiment
from bumpworld.instruments.spread import Spread, spread
from bumpworld.measure import judge


# two sentences ask for it
@cache
def product_needs(level: float) -> Spread:
    """Labels at which a product of a column's and a row's picture draws ``level`` of the unseen bumps within `FINE`.

    Over the random choices of the sweep few-shot, each read on straight lines between its own amounts. What a choice leaves
    open, a pair whose column and row no chain of labels joins, counts as wrong.
    """
    rows = pd.DataFrame(
        {
            "seed": e.seed,
            "region": "unseen",
            "both": _right(e),
            "train_2d": len(e.train_on.split(e.canvas).train),
        }
        for e in sweep("few-shot").experiments
        if e.canvas.kind == "bump" and not e.canvas.margin
    )
    return spread([amount_at(seed, level) for _, seed in rows.groupby("seed")])


def _right(e: Experiment) -> float:
    split = e.train_on.split(e.canvas)
    unseen = split.test["unseen"]
    images = product_of(e.canvas, split.train, unseen)
    return judge(images, unseen, e.canvas).right(fine_tolerance(e.canvas))[:, 2].double().mean().item()

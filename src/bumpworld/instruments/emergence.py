"""Is drawing a combination just drawing both of its parts? Accuracies along training, and what is left over.

Okawa et al. 2023 saw that the accuracy of a combination is the product of the accuracies of its parts. A correlation of
the two along training is near 1 for trivial reasons (both go from 0 to 1), so the difference is taken, and only while
the parts are half learned. Any joint accuracy lies between Frechet's bounds, max(0, x + y - 1) and min(x, y).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from .. import checks
from ..store import Result
from . import arrays
from .spread import Spread, spread

WINDOW = (0.2, 0.8)  # outside it Frechet's bounds leave the joint accuracy little choice


@dataclass(frozen=True)
class Emergence:
    """``points``: the accuracies given, a row for each moment, with ``product``, ``lower`` and ``upper`` (Frechet),
    ``excess`` = both - product and whether it is ``inside`` the window. ``excess`` and ``room``: mean, low, high and
    number of runs. ``room`` is the excess as a share of the way from the product to the upper bound.
    """

    points: pd.DataFrame
    excess: Spread
    room: Spread


def emergence(x, y, both, run, window: tuple[float, float] = WINDOW) -> Emergence:
    """Accuracy of combinations minus the product of the accuracies of their parts, over runs.

    ``x``, ``y``, ``both`` (n,) are shares at the same moments, ``run`` (n,) names the training run that each belongs
    to. The moments of one run are not independent: each run's moments inside the window (both parts within it, ends
    included) are averaged first, and the interval is over runs (see `spread.spread`). A run without
    such a moment does not count.

    Raises ValueError for arrays of different lengths or without a value, shares outside [0, 1], a joint accuracy
    outside Frechet's bounds, and a window that is not 0 <= low < high <= 1.
    """
    pair = isinstance(window, (tuple, list)) and len(window) == 2
    low, high = (checks.number("window", end, least=0, most=1) for end in window) if pair else (1, 0)
    if not low < high:
        raise ValueError(f"window is {window!r}; allowed is 0 <= low < high <= 1")
    shares = {k: arrays.vector(k, v, finite=False) for k, v in {"x": x, "y": y, "both": both}.items()}
    lengths = {name: np.shape(v) for name, v in {**shares, "run": run}.items()}
    if len(set(lengths.values())) != 1 or lengths["x"] == (0,):
        raise ValueError(f"shapes are {lengths}; allowed is one and the same (n,), n > 0")
    points = pd.DataFrame({"run": list(run)} | shares)
    shares = points[["x", "y", "both"]].to_numpy()
    if not ((shares >= 0) & (shares <= 1)).all():  # NaN fails too
        raise ValueError(f"accuracies reach from {shares.min()} to {shares.max()}; allowed is [0, 1]")
    points["product"] = points.x * points.y
    points["lower"] = (points.x + points.y - 1).clip(lower=0)
    points["upper"] = points[["x", "y"]].min(axis=1)
    beyond = (points.both < points.lower - 1e-6) | (points.both > points.upper + 1e-6)
    if beyond.any():
        worst = points[beyond].iloc[0]
        raise ValueError(
            f"a joint accuracy of {worst.both:.3g} beside parts of {worst.x:.3g} and {worst.y:.3g}; allowed are "
            f"{worst.lower:.3g} to {worst.upper:.3g} (Frechet): these are not shares of the same labels"
        )
    points["excess"] = points.both - points["product"]
    points["inside"] = points.x.between(low, high) & points.y.between(low, high)
    runs = points[points.inside].groupby("run", sort=False)[["excess", "product", "upper"]].mean()
    return Emergence(points, spread(runs.excess), spread(runs.excess / (runs.upper - runs["product"])))


def of_runs(results: Sequence[Result], region: str, tolerance: float = 1.0) -> Emergence:
    """`emergence` of the positions along training that `along_training` reads, over the runs given."""
    table = along_training(results, region, tolerance)
    return emergence(table.x, table.y, table.both, table.run)


def parts(result: Result, checkpoint: int = -1, tolerance: float = 1.0) -> dict[str, tuple[float, ...]]:
    """Shares of "train" and of every held-out region within ``tolerance`` pixels in x, in y, in both, and right.

    A position is read by the best fit of the label's own shape, whether or not the image shows that shape. "Right"
    asks for both positions and the shape (see `measure.judge`). Raises ValueError for a tolerance that is not above 0.
    """
    judgement = checks.instance("result", result, Result).judgement(checkpoint)
    near = judgement._replace(shape=torch.ones_like(judgement.shape)).right(tolerance)
    verdicts = torch.cat([near, judgement.right(tolerance)[:, 2:]], dim=1).double()
    split = result.experiment.train_on.split(result.experiment.canvas)
    return {name: tuple(verdicts[mask].mean(0).tolist()) for name, mask in split.masks.items()}


def along_training(results: Sequence[Result], region: str, tolerance: float = 1.0) -> pd.DataFrame:
    """The shares of `parts` on one held-out region, a row for each look of each run.

    Columns run, seed, step, x, y, both (positions alone) and right. Raises ValueError for no results, an unknown region,
    or a tolerance that is not above 0.
    """
    if not isinstance(results, (list, tuple)) or not results:
        raise ValueError(
            f"no results in {checks.short(results)}; allowed is a list of one finished experiment or more"
        )
    rows = []
    for result in results:
        checks.instance("results", result, Result)
        for number, checkpoint in enumerate(result.record["checkpoints"]):
            shares = parts(result, number, tolerance)
            if region not in shares or region == "train":
                held_out = ", ".join(name for name in shares if name != "train")
                raise ValueError(
                    f"region is {region!r}; allowed are {held_out or 'none: nothing is held out'}"
                )
            x, y, both, right = shares[region]
            rows.append(
                {"run": result.experiment.key, "seed": result.experiment.seed, "step": checkpoint["step"]}
            )
            rows[-1] |= {"x": x, "y": y, "both": both, "right": right}
    return pd.DataFrame(rows)

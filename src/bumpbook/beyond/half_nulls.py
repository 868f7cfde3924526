"""What two models that learn no features draw from the label sets of `halves`: how often do even they agree?

A kernel regression goes from the code of a label to its image by a formula, and the kernel is fixed beforehand. Two of
them with disjoint labels that agree were led there by the labels and the kernel alone. A product of a column's and a
row's picture is told its world besides: two of them that agree share that rule.
"""

from functools import cache

import pandas as pd
import torch
from torch import Tensor

from bumpbook.frame.told_product import product_of
from bumpworld.experiment import Experiment
from bumpworld.instruments.baselines import KernelRegression
from bumpworld.instruments.label_kernel import LabelKernel

from . import halves

REGRESSIONS = {"ReLU kernel": LabelKernel, "Gaussian kernel": KernelRegression}
PRODUCT = "product"
NULLS = (*REGRESSIONS, PRODUCT)


def agreed(rows: pd.DataFrame) -> dict[str, list[float]]:
    """For each of `NULLS`, the share of same bumps on every row's ``labels`` and ``seed``, as "sets_neither_same" of the study."""
    pairs = list(zip(rows.labels.tolist(), rows.seed.tolist(), strict=True))
    return {name: [between(name, *pair)["same"] for pair in pairs] for name in NULLS}


# a page states it twice
@cache
def between(null: str, count: int, seed: int) -> dict[str, float]:
    """`halves.compare` on the labels that neither saw, of one ``null`` for each of the two label sets of ``count``.

    The labels, the code and the judge are those of the networks `halves.models` (``count``, ``seed``). Raises KeyError for
    a null that is not in `NULLS`.
    """
    experiments = halves.models(count, seed)
    canvas = experiments["first"].canvas
    labels, groups = halves.asked_of(canvas.lattice(), halves.seen_by(experiments))
    asked = labels[groups["neither"]]
    drawn = [
        halves.look(draws(null, experiments[name], asked), asked, canvas) for name in ("first", "second")
    ]
    return halves.compare(*drawn, torch.ones(len(asked), dtype=torch.bool))


def draws(null: str, experiment: Experiment, asked: Tensor) -> Tensor:
    """Images of ``asked`` (n, 2) by the ``null``, fitted to what ``experiment`` trains on."""
    canvas = experiment.canvas
    known = experiment.train_on.split(canvas).train
    if null == PRODUCT:
        return product_of(canvas, known, asked)
    return REGRESSIONS[null](experiment.unet).fit(known, canvas.render(known)).predict(asked)

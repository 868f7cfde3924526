"""What two regressions that learn no features draw from the label sets of `halves`: how often do even they agree?

A kernel regression goes from the code of a label to its image by a formula, and the kernel is fixed beforehand. Two of
them with disjoint labels that agree were led there by the labels and the kernel alone.
"""

from functools import cache

import pandas as pd
import torch

from bumpworld.instruments.baselines import KernelRegression
from bumpworld.instruments.label_kernel import LabelKernel

from . import halves

REGRESSIONS = {"ReLU kernel": LabelKernel, "Gaussian kernel": KernelRegression}


def agreed(rows: pd.DataFrame) -> dict[str, list[float]]:
    """For each kernel, the share of same bumps on every row's ``labels`` and ``seed``, as "sets_neither_same" of the study."""
    pairs = list(zip(rows.labels.tolist(), rows.seed.tolist(), strict=True))
    return {name: [between(name, *pair)["same"] for pair in pairs] for name in REGRESSIONS}


# a page states it twice
@cache
def between(kernel: str, count: int, seed: int) -> dict[str, float]:
    """`halves.compare` on the labels that neither saw, of one regression for each of the two label sets of ``count``.

    The labels, the code and the judge are those of the networks `halves.models` (``count``, ``seed``). Raises KeyError for
    a kernel that is not in `REGRESSIONS`.
    """
    experiments = halves.models(count, seed)
    canvas = experiments["first"].canvas
    labels, groups = halves.asked_of(canvas.lattice(), halves.seen_by(experiments))
    asked, drawn = labels[groups["neither"]], []
    for name in ("first", "second"):
        known = experiments[name].train_on.split(canvas).train
        fitted = REGRESSIONS[kernel](experiments[name].unet).fit(known, canvas.render(known))
        drawn.append(halves.look(fitted.predict(asked), asked, canvas))
    return halves.compare(*drawn, torch.ones(len(asked), dtype=torch.bool))

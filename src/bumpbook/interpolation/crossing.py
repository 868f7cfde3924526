"""The way that a representation takes from one edge of a lesion to the other: does it walk, cut through or jump?"""

from typing import NamedTuple

import numpy as np
import torch

from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.diffusion import DiffusionModel
from bumpworld.evaluate import NOISE_SEED
from bumpworld.instruments.represent import two_d_labels

JUMP = 0.5  # a path that takes at least half of its way in one step jumps
SHORT = 2 / 3  # a path shorter than this share of another's cuts through what that one walks


class Crossing(NamedTuple):
    """The path r(L), r(L + 1), ..., r(R) of a representation from column L to column R, in numbers.

    ``lengths`` : its steps |r(x + 1) - r(x)|, as multiples of the mean step between neighbouring columns outside it.
    ``detour`` : sum of the steps / |r(R) - r(L)|: 1 for a straight line, larger for a bent one.
    ``largest`` : largest step / sum of the steps: 1 / (number of steps) for an even walk, 1 for a single jump.
    """

    lengths: np.ndarray
    detour: float
    largest: float

    @property
    def length(self) -> float:
        """Sum of the steps, as a multiple of the mean step outside."""
        return float(self.lengths.sum())


def crossing(columns, left: int, right: int) -> Crossing:
    """Numbers of the path across ``columns`` (k, d), points of a representation in order, from row left to row right.

    Raises ValueError for points that are not finite or not (k, d), an empty or reversed way, ends that are the same
    point, and when no two neighbouring columns lie outside the way.
    """
    columns = checks.shaped("columns", np.asarray(columns, dtype=np.float64), "k", "d")
    if not np.isfinite(columns).all():
        raise ValueError("columns hold values that are not finite; allowed are finite points (k, d)")
    left = checks.whole("left", left, 0, len(columns) - 2)
    right = checks.whole("right", right, left + 1, len(columns) - 1)
    steps = np.linalg.norm(np.diff(columns, axis=0), axis=1)
    outside = np.r_[steps[:left], steps[right:]]
    length = np.linalg.norm(columns[right] - columns[left])
    if not len(outside) or not outside.mean() or not length:
        raise ValueError(
            "the way needs two different ends, and neighbouring columns outside it to compare with"
        )
    across = steps[left:right]
    return Crossing(across / outside.mean(), float(across.sum() / length), float(across.max() / across.sum()))


def manner(own: Crossing, other: Crossing) -> str:
    """How a path crosses, beside that of a model that was trained on every label.

    It "jumps" if one step is at least half of the way, "cuts through" if the way is less than 2/3 as long as the
    other's, and "walks" otherwise.
    """
    if own.largest >= JUMP:
        return "jumps"
    return "cuts through" if own.length < SHORT * other.length else "walks"


@torch.no_grad()
def label_path(
    model: DiffusionModel, canvas: Canvas, layer: str, t: int = 900, noises: int = 4
) -> np.ndarray:
    """What ``layer`` holds of each column, (k, features): activations at (x, y), averaged over rows y and over noises.

    Every label is given the same pure noise at time ``t``, so that columns differ by what the label does alone: this
    is the state in which a drawing begins. Raises ValueError for an unknown layer and a time outside the schedule.
    """
    checks.instance("model", model, DiffusionModel), checks.instance("canvas", canvas, Canvas)
    t, noises = checks.whole("t", t, 0, model.schedule.steps - 1), checks.whole("noises", noises, 1)
    labels, generator = two_d_labels(canvas), torch.Generator().manual_seed(NOISE_SEED)
    side = len(canvas.axis())
    total = 0
    for _ in range(noises):
        noise = torch.randn(1, 1, model.size, model.size, generator=generator).expand(len(labels), -1, -1, -1)
        points = model.net.features(noise, torch.full((len(labels),), t), labels, layer)
        total = total + points.reshape(side, side, -1).mean(0)  # rows run slowest: the mean over y
    return (total / noises).double().numpy()

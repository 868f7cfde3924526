"""What a network's label code decides by itself: a kernel regression from codes to pictures, without training.

A network told "axes" receives sines and cosines of x and of y. Infinitely many random ReLU units on these numbers, of
which only the last layer is fitted, are this regression: what is left of a network when it learns no features.
"""

import math

import torch
from torch import Tensor

from .. import checks
from ..label_code import LabelCode, sinusoids
from ..unet import UNetConfig
from ..unet_config import CODES
from . import arrays

RIDGE = 1e-3  # with this book's code, 1e-4 and 1e-2 give nearly the same pictures


def code_similarity(values, others, unet: UNetConfig) -> Tensor:
    """Cosine of the codes of ``values`` (n,) and ``others`` (m,), shape (n, m), float64.

    The code of a number u is sin(f u), cos(f u) over the label frequencies f of ``unet``, so that the cosine is the
    mean of cos(f (u - v)) over f: it depends on the distance u - v alone.
    """
    checks.instance("unet", unet, UNetConfig)
    codes = [
        sinusoids(torch.from_numpy(arrays.vector(name, v)), unet.label_features, *unet.label_frequencies)
        for name, v in (("values", values), ("others", others))
    ]
    return codes[0] @ codes[1].T / (unet.label_features // 2)


def wide_kernel(similarity: Tensor) -> Tensor:
    """Similarity of two codes after one layer of infinitely many random ReLU units, 1 for equal codes.

    (sin a + (pi - a) cos a) / pi for codes at the angle a: the arc-cosine kernel of degree 1 (Cho & Saul 2009, Eq. 6).
    """
    if checks.instance("similarity", similarity, Tensor).isnan().any():
        raise ValueError("similarity holds nan; allowed are numbers from -1 to 1")
    angle = torch.arccos(similarity.clamp(-1, 1))
    return (angle.sin() + (math.pi - angle) * angle.cos()) / math.pi


def ridge_solve(among: Tensor, values: Tensor, ridge: float = RIDGE) -> Tensor:
    """(K + ridge)^-1 ``values`` (m, k) for the kernel K = ``among`` (m, m) of the training labels. Raises ValueError as `check_ridge`."""
    side = len(checks.instance("among", among, Tensor))
    checks.shaped("among", among, side, side), checks.shaped("values", values, side, "k")
    return torch.linalg.solve(among + check_ridge(ridge) * torch.eye(len(among), dtype=among.dtype), values)


def check_ridge(ridge: float) -> float:
    """``ridge``, or ValueError where it is not a finite number above 0."""
    return checks.number("ridge", ridge, above=0)


def plain_code(config: UNetConfig) -> LabelCode:
    """The code in which a network of ``config`` is told its label. Raises ValueError for one of which a part is drawn at random."""
    code = CODES[checks.instance("config", config, UNetConfig).label_code](config)
    plain = not code.state_dict()
    checks.need(plain, "label_code", config.label_code, "are codes of which nothing is drawn at random")
    return code


class LabelKernel:
    """Kernel ridge regression from labels to images: `wide_kernel` of the cosine of the codes in which a network of ``config`` is told.

    Where two labels are one, K is 1. Raises ValueError for a code of which a part is drawn at random, and for a ridge
    that is not above 0.
    """

    def __init__(self, config: UNetConfig = UNetConfig.quick(), ridge: float = RIDGE):
        self.code, self.ridge = plain_code(config), check_ridge(ridge)

    def fit(self, labels: Tensor, images: Tensor) -> "LabelKernel":
        """Fit to ``labels`` (n, 2) and ``images`` (n, 1, size, size)."""
        labels = checks.numbers("labels", labels, "n", 2)
        images = checks.tensor("images", images, "numbers of shape (n, 1, size, size)", torch.float64)
        if len(checks.shaped("images", images, "n", 1, "size", "size")) != len(labels) or not len(labels):
            raise ValueError(
                f"{len(labels)} labels for {len(images)} images; needed are as many, one or more"
            )
        self.labels, self.shape = labels, images.shape[1:]
        self.weights = ridge_solve(self._kernel(labels, labels), images.flatten(1).double(), self.ridge)
        return self

    def predict(self, labels: Tensor) -> Tensor:
        """Images (m, 1, size, size) for ``labels`` (m, 2). Raises ValueError before `fit`."""
        if not hasattr(self, "weights"):
            raise ValueError("this LabelKernel saw no labels yet; predict is allowed after fit")
        flat = self._kernel(checks.numbers("labels", labels, "n", 2), self.labels) @ self.weights
        return flat.float().reshape(-1, *self.shape)

    def _kernel(self, labels: Tensor, others: Tensor) -> Tensor:
        codes, known = (self.code(part).double() / self.code.length for part in (labels, others))
        return wide_kernel(codes @ known.T)

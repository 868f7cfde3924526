"""What can be said of a lesion before anything is trained: how alike label codes are, and what a regression on them draws.

A model trained on "x0" looks at its label far more than at its noisy image (chapter 2), so that it is nearly a map from two
numbers to a picture. The simplest such map is a kernel regression from codes to pictures. It has no free choice but the
strength of its ridge, and it shows what the code of the labels decides by itself.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.instruments.label_kernel import (
    RIDGE,
    LabelKernel,
    check_ridge,
    code_similarity,
    ridge_solve,
    wide_kernel,
)
from bumpworld.unet_config import UNetConfig

from .outcomes import cross_fade, middle_gap


def regression_weights(trained, asked, unet: UNetConfig, ridge: float = RIDGE) -> Tensor:
    """Weights (n, m) with which a kernel regression blends the m ``trained`` values into its answer for each of n ``asked``.

    K(asked, trained) (K(trained, trained) + ridge)^-1 with K = `wide_kernel` of `code_similarity`. Nothing makes a
    row sum to 1 or keeps it positive. Raises ValueError for no trained value and for a ridge that is not above 0.
    """
    if not len(trained):
        raise ValueError("trained is empty; a regression needs at least one value")
    among = wide_kernel(code_similarity(trained, trained, unet))
    towards = wide_kernel(code_similarity(asked, trained, unet))
    return ridge_solve(among, towards.T, ridge).T


def predicted(
    canvas: Canvas, labels, trained: Sequence[float], unet: UNetConfig, ridge: float = RIDGE
) -> Tensor:
    """Pictures (n, 1, size, size) that the regression on the code of x draws for ``labels`` (n, 2).

    Row y is taken as known, as it is trained on in every lesion world: the picture is the sum over ``trained`` columns
    of weight times the picture at that column and the label's own y.
    """
    labels = canvas.check_labels(labels)
    trained = torch.as_tensor(trained, dtype=torch.float32)
    weights = regression_weights(trained, labels[:, 0], unet, ridge)
    places = torch.stack([trained.repeat(len(labels)), labels[:, 1].repeat_interleave(len(trained))], dim=1)
    pictures = canvas.render(places).double().reshape(len(labels), len(trained), canvas.size, canvas.size)
    return torch.einsum("nm,nmyx->nyx", weights, pictures)[:, None].float()


def nearness(canvas: Canvas, gap: int, unet: UNetConfig | None = None, ridge: float = RIDGE) -> float:
    """Mean cosine of predicted and true pictures in a gap in the middle of the frame: 1 is perfect interpolation.

    The prediction is the regression on the label codes of ``unet``; without one, the straight blend of both edges.
    """
    labels, trained, ends = middle_gap(canvas, gap)
    ridge, unet = check_ridge(ridge), unet and checks.instance("unet", unet, UNetConfig)
    guess = predicted(canvas, labels, trained, unet, ridge) if unet else cross_fade(labels, canvas, ends)
    return float(torch.cosine_similarity(guess.flatten(1), canvas.render(labels).flatten(1)).mean())


def foretold(canvas: Canvas, labels, trained, unet: UNetConfig, ridge: float = RIDGE) -> Tensor:
    """Pictures (n, 1, size, size) that the regression on the whole code draws for ``labels`` (n, 2) from ``trained`` (m, 2).

    Nothing is taken as known: the code is that of both coordinates together, as they are told. Raises ValueError as `LabelKernel`.
    """
    labels, trained = canvas.check_labels(labels), canvas.check_labels(trained)
    return LabelKernel(unet, ridge).fit(trained, canvas.render(trained)).predict(labels)

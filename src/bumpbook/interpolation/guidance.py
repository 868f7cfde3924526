"""Drawing a label by mixing what a model says of other labels, after the multi-guidance of Deschenaux et al. (2024).

They guide an unconditional model by classifiers of both extremes of an attribute at once. Ours is conditional, so that
the estimates for labels on both sides of a lesion take the classifiers' part.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from bumpworld import checks
from bumpworld.diffusion import DiffusionModel, sample
from bumpworld.evaluate import NOISE_SEED

from .outcomes import check_sides

Denoise = Callable[[Tensor, Tensor, Tensor], Tensor]


def towards_edges(labels: Tensor, sides: tuple[float, float]) -> tuple[Tensor, Tensor]:
    """For each label (x, y) the labels (2, n, 2) at both edges of a gap, (L, y) and (R, y), and their weights (2, n).

    The weights are in proportion, (R - x) / (R - L) and (x - L) / (R - L): they sum to 1, and their mean of L and R is x.
    Raises ValueError for sides out of order, and for a label outside them: its weights would extrapolate.
    """
    left, right = check_sides(sides)
    labels = _check_labels(labels)
    # a label of the lattice may miss its edge by float32's rounding
    outside = ~((labels[:, 0] >= left - 1e-4) & (labels[:, 0] <= right + 1e-4))
    if outside.any():
        raise ValueError(
            f"label {labels[outside][0].tolist()} lies outside the gap; allowed is x in [{left}, {right}]"
        )
    ends = torch.stack([labels, labels]).clone()
    ends[0, :, 0], ends[1, :, 0] = left, right
    share = (labels[:, 0] - left) / (right - left)
    return ends, torch.stack([1 - share, share])


def mixed_estimates(model: DiffusionModel, ends: Tensor, weights: Tensor) -> Denoise:
    """An image estimate for `diffusion.sample`: sum over k of weights[k] times the model's estimate for ends[k].

    ``ends`` is (k, n, 2), ``weights`` (k, n); the labels that the sampler hands over are ignored. With weights that
    sum to 1 this is the same as mixing scores, because the score is linear in the estimate. Raises ValueError for shapes
    that do not fit.
    """
    _check(model, ends, weights)

    def denoise(x_t: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        parts = [
            w.to(x_t.device)[:, None, None, None] * model.denoise(x_t, t, e.to(x_t.device))
            for w, e in zip(weights, ends, strict=True)
        ]
        return torch.stack(parts).sum(0)

    return denoise


def mixed_condition(model: DiffusionModel, ends: Tensor, weights: Tensor) -> Denoise:
    """As `mixed_estimates`, but the embeddings of the condition are mixed, and the network answers once.

    The mixing happens before the network's nonlinear layers instead of after them. Raises ValueError as `mixed_estimates`.
    """
    _check(model, ends, weights)

    def denoise(x_t: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        parts = [
            w.to(x_t.device)[:, None] * model.net.embed(t, e.to(x_t.device))
            for w, e in zip(weights, ends, strict=True)
        ]
        mixed = torch.stack(parts).sum(0)
        hook = model.net.condition.register_forward_hook(lambda module, given, made: mixed)
        try:
            return model.denoise(x_t, t, labels)
        finally:
            hook.remove()

    return denoise


def ways(
    model: DiffusionModel, labels: Tensor, sides: tuple[float, float], steps: int = 20, seed: int = NOISE_SEED
) -> dict[str, Tensor]:
    """Drawings (n, 1, size, size) of ``labels`` in a gap from one noise: plain, by mixed estimates and by mixed conditions."""
    ends, weights = towards_edges(labels, sides)
    named = {
        "plain": None,
        "mixed estimates": mixed_estimates(model, ends, weights),
        "mixed conditions": mixed_condition(model, ends, weights),
    }
    return {
        name: sample(
            model,
            labels,
            steps,
            generator=torch.Generator().manual_seed(checks.seed("seed", seed)),
            denoise=way,
        )
        for name, way in named.items()
    }


def _check_labels(labels) -> Tensor:
    labels = checks.tensor("labels", labels, "numbers of shape (n, 2)")
    if labels.ndim != 2 or labels.shape[1] != 2:
        raise ValueError(f"labels have shape {tuple(labels.shape)}; allowed is (n, 2)")
    return labels


def _check(model: DiffusionModel, ends: Tensor, weights: Tensor) -> None:
    for name, value in (("ends", ends), ("weights", weights)):
        if not torch.isfinite(checks.instance(name, value, Tensor)).all():
            raise ValueError(f"{name} holds values that are not finite; allowed are finite numbers")
    if ends.ndim != 3 or ends.shape[2] != 2 or weights.shape != ends.shape[:2]:
        raise ValueError(
            f"ends {tuple(ends.shape)} and weights {tuple(weights.shape)}; allowed are (k, n, 2) and (k, n)"
        )
    checks.instance("model", model, DiffusionModel)

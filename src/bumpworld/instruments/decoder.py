"""Does a model look at its image, or draw from its label alone?

Where each label has one image, the ideal answer to a label is that image, whatever the noisy picture shows.
Two questions find out how far a trained model goes that way: what it draws in a single pass from pure noise, and whom it
follows when it is told one label and shown another's image, nearly clean.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from .. import checks
from ..canvas import Canvas
from ..diffusion import DiffusionModel
from ..evaluate import NOISE_SEED
from ..measure import judge

# of 1000 times: with so little noise the image that is shown can be read off with the eye
NEARLY_CLEAN = 5


class Follows(NamedTuple):
    """Share of drawings at the place that was ``told``, and of those at the place that was ``shown``."""

    told: float
    shown: float


@torch.no_grad()
def one_pass(model: DiffusionModel, labels: Tensor, seed: int = NOISE_SEED) -> Tensor:
    """The model's image estimate (n, 1, size, size) for ``labels`` (n, 2) from pure noise at the last time, no sampling."""
    checks.instance("model", model, DiffusionModel)
    labels = _told("labels", labels)
    generator = torch.Generator().manual_seed(checks.seed("seed", seed))
    noise = torch.randn(len(labels), 1, model.size, model.size, generator=generator)
    t = torch.full((len(labels),), model.schedule.steps - 1)
    return model.denoise(noise.to(model.device), t, labels.to(model.device)).cpu() / model.scale


@torch.no_grad()
def follows(
    model: DiffusionModel,
    canvas: Canvas,
    told: Tensor,
    shown: Tensor,
    t: int = NEARLY_CLEAN,
    tolerance: float = 1.0,
    seed: int = NOISE_SEED,
) -> Follows:
    """Whom the model follows when it is ``told`` one label and ``shown`` the image of another, (n, 2) each, at time ``t``.

    Raises ValueError for labels of different numbers, and for a pair too near to each other to tell one from the other.
    """
    checks.instance("model", model, DiffusionModel), checks.instance("canvas", canvas, Canvas)
    t = checks.whole("t", t, 0, model.schedule.steps - 1)
    tolerance = checks.number("tolerance", tolerance, above=0)
    told, shown = _told("told", told), _told("shown", shown)
    if told.shape != shown.shape:
        raise ValueError(f"told is {tuple(told.shape)} and shown {tuple(shown.shape)}; allowed is one shape")
    if ((told - shown).abs().amax(1) <= 2 * tolerance).any():
        raise ValueError(
            f"a pair lies within {2 * tolerance:g} px in x and in y; allowed are pairs farther apart"
        )
    draw = torch.Generator().manual_seed(checks.seed("seed", seed))
    images = model.scale * canvas.render(shown)
    times = torch.full((len(told),), t)
    noisy = model.schedule.add_noise(images, times, torch.randn(images.shape, generator=draw))
    drawn = model.denoise(noisy.to(model.device), times, told.to(model.device)).cpu() / model.scale
    shares = [judge(drawn, at, canvas).right(tolerance)[:, 2].float().mean().item() for at in (told, shown)]
    return Follows(*shares)


def far_pairs(labels: Tensor, count: int, apart: float, seed: int = 0) -> tuple[Tensor, Tensor]:
    """``count`` random pairs (n, 2), (n, 2) of ``labels`` that differ by at least ``apart`` px in x and in y.

    Raises ValueError where no two labels lie so far apart.
    """
    labels, count = _told("labels", labels), checks.whole("count", count, 1)
    apart = checks.number("apart", apart, above=0)
    far = ((labels[:, None] - labels).abs() >= apart).all(2).nonzero()
    if not len(far):
        raise ValueError(f"no two of {len(labels)} labels lie {apart:g} px apart in x and in y")
    generator = torch.Generator().manual_seed(checks.seed("seed", seed))
    picks = far[torch.randint(len(far), (count,), generator=generator)]
    return labels[picks[:, 0]], labels[picks[:, 1]]


def _told(name: str, labels) -> Tensor:
    labels = checks.numbers(name, labels, "n", 2).float()
    if not len(labels):
        raise ValueError(f"{name} is empty; allowed is one label or more")
    return labels

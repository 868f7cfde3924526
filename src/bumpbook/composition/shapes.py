"""Which shape does an image show, when it is not the one that was asked for? A fit by every shape that we know.

`measure.judge` compares an image with the shape that its label asks for. Here every shape competes, each at its best
position and its best brightness, and the one that explains most of the image wins.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from bumpworld.canvas import Canvas
from bumpworld.measure import BLANK_RMS, MAX_LEFT, MAX_RESIDUAL

SHAPES = ("bump", "cross", "vertical stripe", "horizontal stripe")
NAMES = (*SHAPES, "nothing", "something else")
# pixels between the positions tried: half a step off costs a bump of sigma 1 a residual below 0.01
STEP = 0.25


class Shapes(NamedTuple):
    """``best`` (n,) numbers of `NAMES`; ``residual`` (n, 4), what the best of each of `SHAPES` leaves of |image|^2."""

    best: Tensor
    residual: Tensor

    def shares(self) -> dict[str, float]:
        """Share of the images that show each of `NAMES`."""
        return {name: float((self.best == number).double().mean()) for number, name in enumerate(NAMES)}


def fit_shapes(images, canvas: Canvas) -> Shapes:
    """Fit ``images`` (n, 1, size, size) with a bump, a cross and stripes of ``canvas``' profile.

    A bump is a g(x) g(y), a cross a (g(x) + g(y)), a stripe a g(x) or a g(y): each has one brightness a > 0 and its
    position, so a cross cannot pass for a stripe by dimming one arm. An image whose root mean square is under 0.05 and
    in which no shape is left, as `measure.accuracy` says of a blank, shows nothing; one of which the best shape leaves 0.3 or more is something else. Raises ValueError for images of another
    shape, without any, or with values that are not finite.
    """
    images = canvas.check_images(images, torch.float64)
    if not len(images):
        raise ValueError("images is empty; allowed is one or more")
    pixels, size = images[:, 0], canvas.size
    positions = torch.arange(0, size - 1 + STEP, STEP, dtype=torch.float64) + canvas.margin
    g = canvas.profile(positions)  # (k, size)
    energy, mass = (g**2).sum(1), g.sum(1)
    on_x, on_y = pixels.sum(1) @ g.T, pixels.sum(2) @ g.T  # (n, k): what a stripe at each position meets
    both = on_y[:, :, None] + on_x[:, None, :]
    norms = size * (energy[:, None] + energy[None, :]) + 2 * mass[:, None] * mass[None, :]
    shapes = (
        (g @ pixels @ g.T, energy[:, None] * energy[None, :]),
        (both, norms),
        (on_x, size * energy),
        (on_y, size * energy),
    )
    explained = [_best(match, norm) for match, norm in shapes]
    # how far the image is nearer to the shape, as bright as the world draws it, than to a blank
    stripe = 0.5 if canvas.kind == "sos" else 1.0
    left = [
        (2 * a * match - a**2 * norm).flatten(1).amax(1)
        for a, (match, norm) in zip((1.0, 0.5, stripe, stripe), shapes, strict=True)
    ]
    total = (pixels**2).sum((1, 2))
    residual = 1 - torch.stack(explained, 1) / total.clamp(min=1e-12)[:, None]
    best = residual.argmin(1)
    best[residual.min(1).values >= MAX_RESIDUAL] = NAMES.index("something else")
    dim = ((total / size**2).sqrt() < BLANK_RMS) & (torch.stack(left).amax(0) <= MAX_LEFT)
    best[dim] = NAMES.index("nothing")
    return Shapes(best, residual)


def _best(match: Tensor, norm: Tensor) -> Tensor:
    """Most of |image|^2 that a shape a r explains, a > 0, over all positions: max <image, r>^2 / |r|^2, shape (n,)."""
    return (match.clamp(min=0) ** 2 / norm).flatten(1).amax(1)

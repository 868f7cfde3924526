"""A world in which a label does not say everything: a bump at (x, y) whose brightness no label tells.

With one image for each label the best answer to a label is that image, whatever noise is shown. Here a label has as many
images as there are brightnesses, drawn anew at every visit, and whoever wants to denoise one of them has to look at it.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.diffusion import NoiseSchedule
from bumpworld.measure import MAX_RESIDUAL

# dimmer, and a bump drowns in the errors of a trained network
DIMMEST, BRIGHTEST = 0.4, 1.0
# equal parts of the range over which the ideal denoiser averages, each by its middle
PARTS = 600


class Reading(NamedTuple):
    """What images show: the bump's ``at`` (n, 2) in pixels, its ``brightness`` (n,), and ``residual`` (n,), the share of that
    bump's variance that the image misses."""

    at: Tensor
    brightness: Tensor
    residual: Tensor

    def right(self, labels: Tensor, tolerance: float = 1.0) -> Tensor:
        """Is there a bump at ``labels`` (n, 2), whatever its brightness? Shape (n,), bool."""
        near = ((self.at - labels).abs() <= tolerance).all(1)
        return near & (self.residual < MAX_RESIDUAL)


@dataclass(frozen=True)
class HiddenWorld:
    """Bumps of sigma 1 on a frame of ``size`` pixels, told by (x, y), of a brightness between ``dimmest`` and `BRIGHTEST`.

    Every brightness is equally likely; with ``dimmest`` 1 this is the plain world. Raises ValueError for a size below 4, and
    for a dimmest that is not in (0, 1].
    """

    dimmest: float = DIMMEST
    size: int = 16

    def __post_init__(self):
        dimmest = checks.number("dimmest", self.dimmest, above=0, most=BRIGHTEST)
        checks.settle(self, dimmest=dimmest, size=checks.whole("size", self.size, 4))

    @property
    def canvas(self) -> Canvas:
        """The plain world of the same frame."""
        return Canvas(self.size)

    @property
    def hides(self) -> bool:
        return self.dimmest < BRIGHTEST

    def draw(self, count: int, generator: torch.Generator) -> Tensor:
        """The brightness (count,) of as many images."""
        return self.dimmest + (BRIGHTEST - self.dimmest) * torch.rand(count, generator=generator)

    def render(self, labels: Tensor, brightness: Tensor) -> Tensor:
        """Images (n, 1, size, size) of ``labels`` (n, 2), each as bright as ``brightness`` (n,) says."""
        return self.canvas.render(labels) * brightness[:, None, None, None]

    def visit(self, labels: Tensor, generator: torch.Generator) -> Tensor:
        """Images (n, 1, size, size) as the world shows ``labels`` (n, 2) this once."""
        return self.render(labels, self.draw(len(labels), generator))

    def read(self, images: Tensor) -> Reading:
        """The bump of any brightness from 0 on that lies nearest to each of ``images`` (n, 1, size, size).

        A grid of quarter pixels over the frame, then a zoom. Raises ValueError for images of another shape.
        """
        pictures = self.canvas.check_images(images, torch.float64)[:, 0]
        axis = torch.arange(0, self.size - 0.75, 0.25, dtype=torch.float64).expand(len(pictures), -1)
        at, width = self._best(pictures, axis, axis), 0.25
        for _ in range(6):
            window = at[:, :, None] + width * torch.linspace(-1, 1, 9, dtype=torch.float64)
            window = window.clamp(0, self.size - 1e-4)
            at, width = self._best(pictures, window[:, 0], window[:, 1]), width / 3
        match, energy = self._match(pictures, at[:, :1], at[:, 1:])
        height = (match / energy)[:, 0, 0].clamp(min=0)
        columns, rows = self.canvas.profile(at).unbind(1)
        bump = height[:, None, None] * rows[:, :, None] * columns[:, None, :]
        spread = ((bump - bump.mean((1, 2), keepdim=True)) ** 2).sum((1, 2)).clamp(min=1e-9)
        missed = ((pictures - bump) ** 2).sum((1, 2))
        return Reading(at.float(), height.float(), (missed / spread).float())

    def ideal(self, x_t: Tensor, t: Tensor, labels: Tensor, schedule: NoiseSchedule) -> Tensor:
        """E[x_0 | x_t, label], shape (n, 1, size, size): the label's bump as bright as the noisy image ``x_t`` lets expect.

        <x_t, bump> says all about the brightness a that there is to know: sqrt(alpha_bar) a |bump|^2 and noise of variance
        (1 - alpha_bar) |bump|^2.
        """
        bumps = self.canvas.render(labels).double()
        signal, sigma = (level.double()[:, 0, 0, 0] for level in schedule.signal_noise(t))
        energy, match = (bumps**2).sum((1, 2, 3)), (x_t.double() * bumps).sum((1, 2, 3))
        middles = (torch.arange(PARTS, dtype=torch.float64) + 0.5) / PARTS
        bright = self.dimmest + (BRIGHTEST - self.dimmest) * middles
        away = bright - (match / (signal * energy))[:, None]
        weights = torch.softmax(-((signal / sigma) ** 2 * energy)[:, None] * away**2 / 2, dim=1)
        return ((weights @ bright)[:, None, None, None] * bumps).float()

    def _best(self, pictures: Tensor, xs: Tensor, ys: Tensor) -> Tensor:
        match, energy = self._match(pictures, xs, ys)
        pick = (match.clamp(min=0) ** 2 / energy).flatten(1).argmax(1, keepdim=True)
        return torch.cat([xs.gather(1, pick % xs.shape[1]), ys.gather(1, pick // xs.shape[1])], 1)

    def _match(self, pictures: Tensor, xs: Tensor, ys: Tensor) -> tuple[Tensor, Tensor]:
        """<image, bump> and |bump|^2 at every (y, x) of the grids, each (n, len(ys), len(xs))."""
        gx, gy = self.canvas.profile(xs), self.canvas.profile(ys)
        energy = (gy**2).sum(2)[:, :, None] * (gx**2).sum(2)[:, None, :]
        return gy @ pictures @ gx.transpose(1, 2), energy

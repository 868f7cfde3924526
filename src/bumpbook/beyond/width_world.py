"""A world with a third factor: bumps that differ in where they lie and in how wide they are.

A label is (x, y, s): the centre in pixels, and the width in units of 0.15 pixels, sigma = 0.7 + 0.15 s.
The network is told all three in the same code; a mistake of one unit is what the house allows.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from bumpworld import checks
from bumpworld.measure import MAX_RESIDUAL

NARROWEST, STEP = 0.7, 0.15  # pixels: sigma of s = 0, and what one unit of s adds
FACTORS = ("x", "y", "width")
NEWTON_STEPS = 25


class Verdict(NamedTuple):
    """For each image: ``error`` (n, 3) in label units, and whether it is a bump at all, ``shape`` (n,)."""

    error: Tensor
    shape: Tensor

    def right(self, tolerance: float = 1.0) -> Tensor:
        """Right in x, in y, in width and in all three, shape (n, 4), bool. Each needs the shape as well."""
        near = (self.error.abs() <= tolerance) & self.shape[:, None]
        return torch.cat([near, near.all(1, keepdim=True)], dim=1)


@dataclass(frozen=True)
class WidthWorld:
    """Bumps on a frame of ``size`` pixels, in ``widths`` widths that lie ``gap`` units of s apart.

    The gap is twice the tolerance of one, so that an image is right in width when it is nearest to the width asked for.
    Raises ValueError for a size below 4, and fewer than two widths.
    """

    size: int = 12
    widths: int = 6
    gap: int = 2

    def __post_init__(self):
        for name, least in {"size": 4, "widths": 2, "gap": 1}.items():
            object.__setattr__(self, name, checks.whole(name, getattr(self, name), least))

    def axis(self, factor: str) -> Tensor:
        """The values of one of `FACTORS`, float32."""
        if factor not in FACTORS:
            raise ValueError(f"factor is {factor!r}; allowed are {FACTORS}")
        if factor == "width":
            return torch.arange(self.widths, dtype=torch.float32) * self.gap
        return torch.arange(self.size, dtype=torch.float32)

    def lattice(self) -> Tensor:
        """All labels (x, y, s), shape (n, 3), with x running fastest and s slowest."""
        s, y, x = torch.meshgrid(*(self.axis(f) for f in ("width", "y", "x")), indexing="ij")
        return torch.stack([x.flatten(), y.flatten(), s.flatten()], dim=1)

    def render(self, labels) -> Tensor:
        """Images (n, 1, size, size) of brightness 1 for ``labels`` (n, 3), also between those of the lattice."""
        return _bumps(self._centers_and_sigmas(labels), self.size).float()[:, None]

    def held_out(self, **intervals: tuple[float, float]) -> Tensor:
        """Mask of the lattice's labels whose named factors all lie in their intervals [low, high).

        ``held_out(x=(4, 8))`` is a lesion: four columns are never seen. With two factors a set of pairs is never seen, though
        each of their values is; with three a set of triples, though each of their pairs is.
        Raises ValueError for no interval, an unknown factor, and a mask that takes no label or all of them.
        """
        labels, mask = self.lattice(), torch.ones(len(self.lattice()), dtype=torch.bool)
        for factor, (low, high) in intervals.items():
            self.axis(factor)
            column = labels[:, FACTORS.index(factor)]
            mask &= (column >= low) & (column < high)
        if not 0 < mask.sum() < len(mask):
            raise ValueError(
                f"{intervals} hold out {int(mask.sum())} of {len(mask)} labels; some must be, not all"
            )
        return mask

    def judge(self, images, labels) -> Verdict:
        """Compare ``images`` (n, 1, size, size) with what their ``labels`` (n, 3) ask for, by the nearest bump."""
        found, residual = fit_bump(images)
        wanted = self._centers_and_sigmas(labels)
        error = (found - wanted) / torch.tensor([1, 1, STEP], dtype=torch.float64)
        return Verdict(error.float(), residual < MAX_RESIDUAL)

    def _centers_and_sigmas(self, labels) -> Tensor:
        labels = torch.as_tensor(labels, dtype=torch.float64).detach().cpu()
        if labels.ndim != 2 or labels.shape[1] != 3 or not torch.isfinite(labels).all():
            raise ValueError(f"labels have shape {tuple(labels.shape)}; allowed is (n, 3), all finite")
        return torch.cat([labels[:, :2], NARROWEST + STEP * labels[:, 2:]], dim=1)


def fit_bump(images) -> tuple[Tensor, Tensor]:
    """The bump of brightness 1 with least squared error in each of ``images`` (n, 1, size, size).

    Returns (x, y, sigma) (n, 3) in pixels, with the centre inside the frame and sigma from 0.3 to size / 2, and the share of
    that bump's variance which the image misses (n,), both float64. A grid over the frame and eight widths starts a damped
    Gauss-Newton descent. Raises ValueError for another shape and for values that are not finite.
    """
    images = torch.as_tensor(images).detach().cpu().double()
    if images.ndim != 4 or images.shape[1] != 1 or images.shape[2] != images.shape[3]:
        raise ValueError(f"images have shape {tuple(images.shape)}; allowed is (n, 1, size, size)")
    if not torch.isfinite(images).all():
        raise ValueError("images hold values that are not finite")
    pictures, size = images[:, 0], images.shape[-1]
    at = _best_on_grid(pictures)
    error, damping = _squared_error(at, pictures), torch.full((len(at),), 1e-2, dtype=torch.float64)
    lowest = torch.tensor([0, 0, 0.3], dtype=torch.float64)
    highest = torch.tensor([size - 1, size - 1, size / 2], dtype=torch.float64)
    for _ in range(NEWTON_STEPS):
        slope = _slopes(at, size)  # (n, 3, pixels)
        rest = (pictures - _bumps(at, size)).flatten(1)
        square = slope @ slope.transpose(1, 2)
        square = square + damping[:, None, None] * torch.eye(3, dtype=torch.float64)
        step = torch.linalg.solve(square, slope @ rest[:, :, None])[:, :, 0]
        new = torch.minimum(torch.maximum(at + step, lowest), highest)
        new_error = _squared_error(new, pictures)
        better = new_error < error
        at, error = torch.where(better[:, None], new, at), torch.where(better, new_error, error)
        damping = torch.where(better, damping / 5, damping * 5).clamp(1e-9, 1e3)
    fit = _bumps(at, size)
    return at, error / ((fit - fit.mean((1, 2), keepdim=True)) ** 2).sum((1, 2))


def _bumps(at: Tensor, size: int) -> Tensor:
    """Bumps (n, row, column) at ``at`` (n, 3): x, y, sigma."""
    pixels = torch.arange(size, dtype=torch.float64)
    columns, rows = (torch.exp(-((pixels - at[:, [d]]) ** 2) / (2 * at[:, 2:] ** 2)) for d in (0, 1))
    return rows[:, :, None] * columns[:, None, :]


def _slopes(at: Tensor, size: int) -> Tensor:
    """Derivatives of `_bumps` by x, y and sigma, shape (n, 3, pixels)."""
    pixels = torch.arange(size, dtype=torch.float64)
    along_x = (pixels - at[:, [0]])[:, None, :].expand(-1, size, -1)
    along_y = (pixels - at[:, [1]])[:, :, None].expand(-1, -1, size)
    sigma, bump = at[:, 2, None, None], _bumps(at, size)
    slopes = [along_x / sigma**2, along_y / sigma**2, (along_x**2 + along_y**2) / sigma**3]
    return torch.stack([(bump * s).flatten(1) for s in slopes], dim=1)


def _squared_error(at: Tensor, pictures: Tensor) -> Tensor:
    return ((pictures - _bumps(at, pictures.shape[-1])) ** 2).sum((1, 2))


def _best_on_grid(pictures: Tensor) -> Tensor:
    """Where to start: the best of half-pixel places and eight widths, by 2 <image, bump> - |bump|^2."""
    size = pictures.shape[-1]
    places = torch.arange(0, size - 0.5, 0.5, dtype=torch.float64)
    pixels = torch.arange(size, dtype=torch.float64)
    best, at = (
        torch.full((len(pictures),), -torch.inf, dtype=torch.float64),
        torch.zeros(len(pictures), 3, dtype=torch.float64),
    )
    for sigma in torch.logspace(-0.4, 0.5, 8, dtype=torch.float64):
        profiles = torch.exp(-((pixels - places[:, None]) ** 2) / (2 * sigma**2))  # (places, pixels)
        energy = (profiles**2).sum(1)
        score = 2 * profiles @ pictures @ profiles.T - energy[:, None] * energy
        value, index = score.flatten(1).max(1)
        here = torch.stack(
            [places[index % len(places)], places[index // len(places)], sigma.expand(len(index))], dim=1
        )
        at = torch.where((value > best)[:, None], here, at)
        best = torch.maximum(best, value)
    return at

"""The toy world: which positions exist, and what each of them looks like.

A label is a position (x, y) = (column, row) in pixels. A world draws it as a Gaussian bump, or as the sum of a
vertical and a horizontal Gaussian stripe (SOS), on a small square frame.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from . import checks
from .checks import Settings, setting

KINDS = ("bump", "sos")
# beyond these a lattice or its images fill any memory: 10^8 labels, and images of 64 MB each
MOST_PIXELS, MOST_VALUES = 4096, 10_000


@dataclass(frozen=True)
class Canvas(Settings):
    """A world of images with two factors, the position x and the position y.

    With a ``margin`` m the labels run over [0, size + 2m) and the frame shows [m, m + size) of them. A factor
    outside the frame is invisible and leaves no tail in it, so that an image has 0, 1 or 2 dimensions (Liang et
    al. 2024, Fig. 9).

    Parameters
    ----------
    size : side of the square frame, in pixels, from 4 to `MOST_PIXELS`.
    sigma : width of the Gaussian profile, in pixels.
    kind : "bump", the product of the two profiles, or "sos", their mean.
    periodic : use the minimum image distance, so that the frame is a torus.
    margin : width of the invisible border of the label space, in pixels, up to `MOST_PIXELS`.
    spacing : distance between neighbouring labels of the lattice, in pixels, up to the span: from one label an axis
        to `MOST_VALUES`.

    Raises ValueError for a value outside what is stated here.
    """

    # 1 and 1.0 make equal worlds, so they must look equal in a record and in its key
    size: int = setting(16, checks.whole, least=4, most=MOST_PIXELS)
    sigma: float = setting(1.0, checks.number, above=0)
    kind: str = setting("bump", checks.choice, allowed=KINDS)
    periodic: bool = setting(False, checks.flag)
    margin: int = setting(0, checks.whole, least=0, most=MOST_PIXELS)
    spacing: float = setting(1.0, checks.number, above=0)

    def __post_init__(self):
        super().__post_init__()
        fits = not (self.periodic and self.margin)
        checks.need(fits, "margin", self.margin, "is 0 where periodic: a torus has no border")
        checks.number("spacing", self.spacing, least=self.span / MOST_VALUES, most=self.span)

    @property
    def span(self) -> int:
        """Width of the label space in pixels: labels lie in [0, span)."""
        return self.size + 2 * self.margin

    def axis(self) -> Tensor:
        """Label values along one axis, shape (k,), float32: 0, spacing, 2 spacing, ... below span."""
        # to a thousandth of the spacing, as the rules have it: a third that was typed as 0.33333333 ends below span
        count = math.ceil(self.span / self.spacing - 1e-3)
        return torch.arange(count, dtype=torch.float32) * self.spacing

    def lattice(self) -> Tensor:
        """All label positions (x, y), shape (k * k, 2), float32, with x running fastest."""
        axis = self.axis()
        y, x = torch.meshgrid(axis, axis, indexing="ij")
        return torch.stack([x.flatten(), y.flatten()], dim=1)

    def visible(self, centers) -> Tensor:
        """Which factors fall inside the frame, shape (n, 2), bool."""
        centers = self.check_labels(centers)
        return (centers >= self.margin) & (centers < self.margin + self.size)

    def render(self, centers) -> Tensor:
        """Images of the given positions, shape (n, 1, size, size), float32 in [0, 1], indexed [n, 0, y, x].

        A bump is exp(-((i - x)^2 + (j - y)^2) / 2 sigma^2), an SOS the mean of its two stripes. With one factor
        visible a bump world shows a full stripe and an SOS world half a stripe's brightness; with none, a blank.

        Raises ValueError for labels that are not (n, 2), not finite or outside [0, span).
        """
        centers = self.check_labels(centers)
        return self.compose(*self.profile(centers).unbind(1), self.visible(centers))

    def profile(self, positions: Tensor) -> Tensor:
        """Gaussian profiles over the frame's pixels, shape (..., size), float64, at label ``positions`` (...)."""
        return torch.exp(self.log_profile(positions))

    def log_profile(self, positions: Tensor) -> Tensor:
        """Natural logarithms of `profile`, from the formula: a narrow profile itself underflows."""
        positions = checks.tensor("positions", positions, "numbers of any shape", torch.float64)
        pixels = torch.arange(self.size, dtype=torch.float64) + self.margin
        distance = (pixels - positions[..., None]).abs()
        if self.periodic:
            distance = torch.minimum(distance, self.size - distance)
        # the ratio first: the square of a very small width is 0
        return -((distance / self.sigma) ** 2) / 2

    def compose(self, columns: Tensor, rows: Tensor, visible: Tensor) -> Tensor:
        """Images (n, 1, size, size) from x-profiles and y-profiles (n, size) and visibility (n, 2)."""
        n = len(checks.shaped("visible", visible, "n", 2))
        checks.shaped("columns", columns, n, self.size), checks.shaped("rows", rows, n, self.size)
        columns, rows = columns[:, None, :], rows[:, :, None]  # (n, 1, size), (n, size, 1)
        see_x, see_y = visible[:, 0, None, None], visible[:, 1, None, None]
        if self.kind == "sos":
            image = (torch.where(see_x, columns, 0.0) + torch.where(see_y, rows, 0.0)) / 2
        else:
            image = torch.where(see_x, columns, 1.0) * torch.where(see_y, rows, 1.0) * (see_x | see_y)
        return image[:, None].float()

    def check_images(self, images, dtype: torch.dtype = torch.float32) -> Tensor:
        """``images`` as a tensor (n, 1, size, size) on the CPU, or a ValueError that says what is wrong with them."""
        return checks.numbers("images", images, "n", 1, self.size, self.size, dtype=dtype)

    def check_labels(self, labels) -> Tensor:
        """``labels`` as a float32 tensor (n, 2) on the CPU, or a ValueError that says what is wrong with them."""
        labels = checks.numbers("labels", labels, "n", 2, dtype=torch.float32, hint=", columns x and y")
        outside = ((labels < 0) | (labels >= self.span)).any(1)
        if outside.any():
            raise ValueError(f"label {labels[outside][0].tolist()} lies outside [0, {self.span})")
        return labels

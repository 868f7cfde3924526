"""Read positions out of images, and say which images are right.

Every reading is a matched filter: the position whose rendered image is nearest in squared error.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from . import checks
from .canvas import Canvas

# an image of a blank has less than this root mean square
BLANK_RMS = 0.05
# squared brightness by which an image may be nearer to a shape than to a blank: noise of BLANK_RMS gets no further
MAX_LEFT = 0.05
# share of the fitted image's variance that may stay unexplained
MAX_RESIDUAL = 0.3
# which of (x, y) is visible
_SHAPES = ((True, True), (True, False), (False, True))


class Centers(NamedTuple):
    """Positions read out of images: ``centers`` (n, 2) in label units, NaN for a factor that is not visible, and
    ``residual`` (n,), |image - fit|^2 / |fit - mean(fit)|^2, the share of the best fit that the image misses."""

    centers: Tensor
    residual: Tensor


class Accuracy(NamedTuple):
    """Shares of images that are right in x, in y and in both; ``shape``: right shape wherever it lies."""

    x: float
    y: float
    both: float
    shape: float

    def __repr__(self) -> str:
        return f"Accuracy({', '.join(f'{name}={share:.2f}' for name, share in self._asdict().items())})"


class Judgement(NamedTuple):
    """For each image: position error (n, 2) in pixels, ``residual`` (n,), and whether the shape is right (n,).

    The error is of the best-fitting image of the label's own shape; it is 0 for a factor that is not visible, and
    counts around the torus in a periodic world.
    """

    error: Tensor
    residual: Tensor
    shape: Tensor

    def right(self, tolerance: float = 1.0) -> Tensor:
        """Right in x, in y and in both, shape (n, 3), bool. Each needs the right shape as well."""
        tolerance = checks.number("tolerance", tolerance, above=0)
        near = (self.error.abs() <= tolerance) & self.shape[:, None]
        return torch.cat([near, near.all(1, keepdim=True)], dim=1)


def read_centers(images, canvas: Canvas) -> Centers:
    """Least-squares positions of the shapes in ``images`` (n, 1, size, size), to a small fraction of a pixel.

    In a world with a margin an image may show two factors, one or none, and the best-fitting of these is taken.
    Raises ValueError for images of another shape or with values that are not finite.
    """
    images = checks.instance("canvas", canvas, Canvas).check_images(images)
    if not canvas.margin:
        return Centers(*_fit(images, canvas, (True, True))[:2])
    centers, residual, blank = _best_fit(images, canvas)
    centers[blank] = torch.nan
    return Centers(centers, torch.where(blank, 0.0, residual))


def judge(images, labels, canvas: Canvas) -> Judgement:
    """Compare ``images`` (n, 1, size, size) with what their ``labels`` (n, 2) ask for."""
    images = checks.instance("canvas", canvas, Canvas).check_images(images)
    labels = canvas.check_labels(labels)
    if len(images) != len(labels):
        raise ValueError(f"{len(images)} images for {len(labels)} labels; their numbers must agree")
    visible = canvas.visible(labels)
    blank = ~visible.any(1)
    error, residual = torch.zeros(len(labels), 2), torch.zeros(len(labels))
    for shape in _SHAPES:
        rows = (visible == torch.tensor(shape)).all(1)
        if rows.any():
            centers, residual[rows], _ = _fit(images[rows], canvas, shape)
            offset = torch.where(visible[rows], centers - labels[rows], 0.0)
            if canvas.periodic:
                offset = (offset + canvas.size / 2) % canvas.size - canvas.size / 2
            error[rows] = offset
    right = residual < MAX_RESIDUAL
    if blank.any():
        right[blank] = _best_fit(images[blank], canvas)[2]
    return Judgement(error, residual, right)


def accuracy(images, labels, canvas: Canvas, tolerance: float = 1.0) -> Accuracy:
    """Shares of ``images`` that show what their ``labels`` ask for.

    Right means the label's own shape (bump, cross, stripe or blank) with a residual under 0.3, and every visible
    factor within ``tolerance`` pixels. A blank is right when its RMS is under 0.05 and no shape is left in it: none that
    it fits, and none to which it is nearer than to nothing, in squared error, by more than noise can be: half a bump is
    no blank in a frame of any size. Two bumps, a cross in a bump world or a blurred edge never count. The paper states
    no such rule that we could find: it is ours.
    """
    verdict = judge(images, labels, canvas)
    if not len(verdict.shape):
        raise ValueError("no images to judge; accuracy needs at least one")
    x, y, both = verdict.right(tolerance).float().mean(0).tolist()
    return Accuracy(x, y, both, verdict.shape.float().mean().item())


def _best_fit(images: Tensor, canvas: Canvas) -> tuple[Tensor, Tensor, Tensor]:
    """Positions (n, 2) and residual (n,) of the shape that fits each image best, and whether it shows none, (n,) bool.

    By its mean over the pixels alone a bump would pass for a blank in a large frame, so what is left of a shape is
    bounded too. A bump in the frame's corner can be as dim as noise, but it fits; noise, nearer to nothing, does not.
    """
    fits = [*map(torch.stack, zip(*(_fit(images, canvas, shape) for shape in _SHAPES), strict=True))]
    best, pick = fits[2].argmin(0), torch.arange(len(images))
    centers, residual, error = (each[best, pick] for each in fits)
    left = (images**2).sum((1, 2, 3)) - error
    shows = (left > MAX_LEFT) | ((left > 0) & (residual < MAX_RESIDUAL))
    return centers, residual, ((images**2).mean((1, 2, 3)).sqrt() < BLANK_RMS) & ~shows


def _fit(images: Tensor, canvas: Canvas, shape: tuple[bool, bool]) -> tuple[Tensor, Tensor, Tensor]:
    """`Centers` of one shape in each image, NaN for the factor that it lacks, and squared error (n,) of the fit."""
    pixels = images[:, 0].double()  # (n, row, column)
    points = max(16, canvas.size * max(4, round(2 / canvas.sigma)))
    parts = [_search(chunk, canvas, shape) for chunk in pixels.split(max(1, 20_000_000 // points**2))]
    centers = torch.cat(parts) if parts else torch.zeros(0, 2, dtype=torch.float64)
    centers[:, ~torch.tensor(shape)] = torch.nan
    fit = canvas.compose(*canvas.profile(centers).unbind(1), ~centers.isnan())
    error, spread = (((fit - of) ** 2).sum((1, 2, 3)) for of in (images, fit.mean((2, 3), keepdim=True)))
    centers = centers.float()  # on a torus just below its side may round to the side, which is no label
    return centers % canvas.size if canvas.periodic else centers, error / spread, error


def _search(images: Tensor, canvas: Canvas, shape: tuple[bool, bool]) -> Tensor:
    """Positions (n, 2) of least squared error for ``images`` (n, row, column), in float64.

    A coarse grid over the frame, then a zoom. Where a profile is narrower than a pixel its value at the next pixel
    says on which side of a pixel it lies, and a coarse grid drowns that in the error of the other coordinate: so
    each coordinate is scanned again over the whole frame with the other one held. In a sum of stripes the other one
    makes up for the wrong side by a little, so that each coordinate's mirror about its pixel is tried as well. Of a
    bump in the frame's corner only the flanks are seen: g(x) g(y) leaves a long bent valley of nearly equal fits, in
    which a scan of one coordinate stops short, so that each is also sought alone.
    """
    last = canvas.margin + canvas.size - 1e-4

    def axis(step):
        return torch.arange(0, canvas.size, step, dtype=torch.float64).expand(len(images), -1) + canvas.margin

    def best(xs, ys):
        at = _scores(images, xs, ys, canvas, shape).flatten(1).argmax(1, keepdim=True)
        return torch.cat([xs.gather(1, at % xs.shape[1]), ys.gather(1, at // xs.shape[1])], 1)

    def alone(xs, ys):
        # for each coordinate by itself the profile nearest in direction to the image's sums
        found = []
        for lines, grid in ((images.sum(1), xs), (images.sum(2), ys)):
            profiles = canvas.profile(grid)
            match = (profiles @ lines[:, :, None])[:, :, 0] / profiles.norm(dim=2).clamp(min=1e-30)
            found.append(grid.gather(1, match.argmax(1, keepdim=True)))
        return torch.cat(found, 1)

    def zoom(at, width, passes=6, pick=best):
        for _ in range(passes):  # each pass narrows the window threefold
            window = at[:, :, None] + width * torch.linspace(-1, 1, 9, dtype=torch.float64)
            # beyond the frame lies its edge, or the other side of the torus
            window = window % canvas.size if canvas.periodic else window.clamp(canvas.margin, last)
            at, width = pick(window[:, 0], window[:, 1]), width / 3
        return at

    def better(at, other):
        scores = [_scores(images, p[:, :1], p[:, 1:], canvas, shape)[:, 0] for p in (at, other)]
        return torch.where(scores[1] > scores[0], other, at)

    coarse = min(0.25, max(canvas.sigma / 2, 0.05))
    at = zoom(best(axis(coarse), axis(coarse)), coarse)
    if canvas.sigma < 0.75:
        fine = min(coarse, max(canvas.sigma**2 / 4, 0.01))
        for _ in range(2):
            at = zoom(best(axis(fine), at[:, 1:]), fine)
            at = zoom(best(at[:, :1], axis(fine)), fine)
            if canvas.kind == "sos" and all(shape):
                # finely, for the far side of the last pixel is told by a thousandth of the brightness
                at = zoom(at, fine, 12)
                for axes in ((True, False), (False, True), (True, True)):
                    mirrored = torch.where(torch.tensor(axes), 2 * at.round() - at, at)
                    at = better(at, zoom(mirrored, fine, 12))
        if canvas.kind == "bump" and all(shape):
            at = better(at, zoom(alone(axis(fine), axis(fine)), fine, 9, alone))
    return at


def _scores(images: Tensor, xs: Tensor, ys: Tensor, canvas: Canvas, shape: tuple[bool, bool]) -> Tensor:
    """2 <image, r> - |r|^2 of the rendering r at every (y, x) of the grids, shape (n, len(ys), len(xs)).

    This is |image|^2 - |image - r|^2. Profiles are separable, so no image is rendered.
    """
    n, size = len(images), canvas.size
    # what a factor outside the frame leaves behind
    absent = torch.full((n, 1, size), float(canvas.kind == "bump"), dtype=torch.float64)
    gx, gy = canvas.profile(xs) if shape[0] else absent, canvas.profile(ys) if shape[1] else absent
    if canvas.kind == "bump":
        match = gy @ images @ gx.transpose(1, 2)
        energy = (gy**2).sum(2)[:, :, None] * (gx**2).sum(2)[:, None, :]
    else:
        along_x, along_y = images.sum(1), images.sum(2)  # (n, size)
        match = ((gy @ along_y[:, :, None]) + (gx @ along_x[:, :, None]).transpose(1, 2)) / 2
        own = size * ((gy**2).sum(2)[:, :, None] + (gx**2).sum(2)[:, None, :])
        energy = (own + 2 * gy.sum(2)[:, :, None] * gx.sum(2)[:, None, :]) / 4
    score = 2 * match - energy
    return score.expand(-1, ys.shape[1], xs.shape[1])

"""Where a drawing goes when its label lies in a lesion: one bump, two or none, at which place and how bright.

The book's rule for a right drawing (`measure.judge`) asks for a bump of full brightness. What a model draws in a lesion
is often fainter, so here bumps of free brightness are fitted. All of this is for bump worlds with open edges and no
margin, as the lesion sweep has them.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from bumpbook.frame.tables import FINE
from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.measure import MAX_RESIDUAL, judge

OUTCOMES = ("right", "at the left edge", "at the right edge", "in the gap", "two bumps", "nothing", "other")
FAINT = 0.1  # a picture whose best bump is fainter than this share of a full one shows nothing
SECOND = 1 / 3  # from this share of the first bump's brightness on, a second one counts


class Bumps(NamedTuple):
    """The best one or two bumps in each picture: ``centers`` (n, k, 2) in pixels, ``brightness`` (n, k), 1 for a full bump
    and brightest first, and ``rest`` (n,), |picture - fit|^2 / |picture|^2, the share that they leave unexplained."""

    centers: Tensor
    brightness: Tensor
    rest: Tensor


def outcomes(images, labels, canvas: Canvas, sides: tuple[float, float]) -> Tensor:
    """What each of ``images`` (n, 1, size, size) shows for its label (x, y) in a lesion, as indices into `OUTCOMES` (n,).

    With ``sides`` = (L, R) the trained columns at both edges, z the picture, B(p) the full bump at p, the first that
    holds decides:

    * right: the rule of the book, `measure.judge`, with a tolerance of 0.45 px in x and y, which no copy of an edge meets.
    * nothing: the best bump a B(p), least |z - a B(p)|^2 over a >= 0 and p, has a < 0.1.
    * two bumps: the best pair a B(p) + b B(q), a >= b, has b >= a / 3, |p - q| >= 2 sigma, and leaves less than 0.3 of |z|^2.
    * one bump, where a B(p) leaves less than 0.3 of |z|^2 and p_y is within 1 px of y: at the left edge if
      |p_x - L| <= 1, at the right edge if |p_x - R| <= 1, in the gap if L + 1 < p_x < R - 1. It may be fainter than a full bump.
    * other: the rest, such as smears and bumps beyond the edges.

    Raises ValueError for images or labels of another shape, sides out of order, and worlds that `fit_bumps` refuses.
    """
    left, right = check_sides(sides)
    good = judge(images, labels, canvas).right(FINE)[:, 2]
    labels = canvas.check_labels(labels)
    one, two = (fit_bumps(images, canvas, count) for count in (1, 2))
    x, y = one.centers[:, 0].T
    apart = (two.centers[:, 0] - two.centers[:, 1]).norm(dim=1) >= 2 * canvas.sigma
    pair = apart & (two.brightness[:, 1] >= SECOND * two.brightness[:, 0]) & (two.rest < MAX_RESIDUAL)
    single = (one.rest < MAX_RESIDUAL) & ((y - labels[:, 1]).abs() <= 1)
    tests = {
        "right": good,
        "nothing": one.brightness[:, 0] < FAINT,
        "two bumps": pair,
        "at the left edge": single & ((x - left).abs() <= 1),
        "at the right edge": single & ((x - right).abs() <= 1),
        "in the gap": single & (x > left + 1) & (x < right - 1),
    }
    result = torch.full((len(labels),), OUTCOMES.index("other"))
    for name, holds in reversed(tests.items()):  # the first test has the last word
        result[holds] = OUTCOMES.index(name)
    return result


def edge_weights(images, labels, canvas: Canvas, sides: tuple[float, float]) -> tuple[Tensor, Tensor]:
    """How far pictures are a blend of the pictures at both edges: weights (n, 2) and the explained share (n,).

    The weights (a, b) minimise |z - a B(L, y) - b B(R, y)|^2 for the picture z of each label (x, y); the share is
    1 - (that minimum) / |z|^2, at most 1. A bump midway in a gap of many sigma has a share near 0.
    """
    require_plain(canvas)
    labels = canvas.check_labels(labels)
    pictures = torch.as_tensor(images).double().flatten(1)
    ends = torch.stack([_bumps_at(canvas, labels, side) for side in sides], dim=2)  # (n, pixels, 2)
    weights = torch.linalg.lstsq(ends, pictures[:, :, None]).solution
    rest = ((pictures - (ends @ weights)[:, :, 0]) ** 2).sum(1)
    return weights[:, :, 0], 1 - rest / (pictures**2).sum(1).clamp(min=1e-12)


def cross_fade(labels, canvas: Canvas, sides: tuple[float, float]) -> Tensor:
    """The straight blend of the two edges' pictures, (n, 1, size, size): w B(R, y) + (1 - w) B(L, y), w = (x - L) / (R - L).

    This is interpolation between pictures instead of positions. Where gaps are narrow it passes for a bump.
    """
    require_plain(canvas)
    labels = canvas.check_labels(labels)
    left, right = sides
    share = ((labels[:, :1] - left) / (right - left)).double()
    blend = (1 - share) * _bumps_at(canvas, labels, left) + share * _bumps_at(canvas, labels, right)
    return blend.float().reshape(-1, 1, canvas.size, canvas.size)


def middle_gap(canvas: Canvas, gap: int) -> tuple[Tensor, Tensor, tuple[float, float]]:
    """A gap in the middle of the frame: the labels in it on the middle row (n, 2), the trained columns (m,), its edges (L, R).

    Raises ValueError for a gap that hides no column or leaves no column at one of its sides.
    """
    gap = checks.whole("gap", gap, 1)
    axis, left = checks.instance("canvas", canvas, Canvas).axis(), (canvas.size - gap) // 2
    hidden, trained = (axis > left) & (axis < left + gap), (axis <= left) | (axis >= left + gap)
    if not hidden.any() or left < 0 or left + gap > axis[-1]:
        raise ValueError(f"gap is {gap!r}; it must hide a column of {canvas} and leave one at each side")
    labels = torch.stack([axis[hidden], torch.full_like(axis[hidden], canvas.size // 2)], dim=1)
    return labels, axis[trained], (float(left), float(left + gap))


def blend_score(canvas: Canvas, gap: int, tolerance: float = 1.0) -> float:
    """Share of the columns in a gap in the middle of the frame that a `cross_fade` of its edges draws right."""
    labels, _, sides = middle_gap(canvas, gap)
    return float(
        judge(cross_fade(labels, canvas, sides), labels, canvas).right(tolerance)[:, 2].float().mean()
    )


def _bumps_at(canvas: Canvas, labels: Tensor, column: float) -> Tensor:
    moved = torch.stack([torch.full_like(labels[:, 1], column), labels[:, 1]], dim=1)
    return canvas.render(moved).double().flatten(1)


def fit_bumps(images, canvas: Canvas, count: int = 1) -> Bumps:
    """The ``count`` bumps (1 or 2) of free, not negative brightness that leave least of each picture (n, 1, size, size).

    One bump is found by a matched filter over the frame. Two start as the best bump and the best one of what it
    leaves, and each is then fitted again to what the other leaves, until both have settled. Raises ValueError for another
    count, for pictures of another shape or not finite, and for worlds with SOS, a margin or periodic edges.
    """
    require_plain(canvas)
    images, count = canvas.check_images(images, torch.float64), checks.whole("count", count, 1, 2)
    pictures = images[:, 0]
    centers = torch.zeros(len(pictures), count, 2, dtype=torch.float64)
    brightness = torch.zeros(len(pictures), count, dtype=torch.float64)
    for turn in range(1 if count == 1 else 12):
        k = turn % count
        others = (
            pictures
            - _redraw(canvas, centers, brightness)
            + _redraw(canvas, centers[:, [k]], brightness[:, [k]])
        )
        centers[:, k], brightness[:, k] = _best_bump(others, canvas)
    rest = ((pictures - _redraw(canvas, centers, brightness)) ** 2).sum((1, 2))
    order = brightness.argsort(dim=1, descending=True)
    centers = centers.gather(1, order[:, :, None].expand(-1, -1, 2))
    share = rest / (pictures**2).sum((1, 2)).clamp(min=1e-12)
    return Bumps(centers.float(), brightness.gather(1, order).float(), share.float())


def _redraw(canvas: Canvas, centers: Tensor, brightness: Tensor) -> Tensor:
    """Sum of bumps (n, row, column) at ``centers`` (n, k, 2)."""
    columns, rows = canvas.profile(centers).unbind(2)
    return torch.einsum("nk,nky,nkx->nyx", brightness, rows, columns)


def _best_bump(pictures: Tensor, canvas: Canvas) -> tuple[Tensor, Tensor]:
    """Centre (n, 2) and brightness (n,) of the bump that takes most from each of ``pictures`` (n, row, column)."""
    width = min(0.5, canvas.sigma / 2)
    grid = torch.arange(0, canvas.size - 1 + width / 2, width, dtype=torch.float64)
    xs = ys = grid.expand(len(pictures), -1)
    for _ in range(7):  # the whole frame, then windows that shrink threefold
        columns, rows = canvas.profile(xs), canvas.profile(ys)
        match = rows @ pictures @ columns.transpose(1, 2)  # (n, y, x)
        energy = (rows**2).sum(2)[:, :, None] * (columns**2).sum(2)[:, None, :]
        best = (match.clamp(min=0) ** 2 / energy).flatten(1).argmax(1, keepdim=True)
        bright = (match / energy).flatten(1).gather(1, best)[:, 0].clamp(min=0)
        at = torch.cat([xs.gather(1, best % xs.shape[1]), ys.gather(1, best // xs.shape[1])], dim=1)
        window = at[:, :, None] + width * torch.linspace(-1, 1, 7, dtype=torch.float64)
        xs, ys = window.clamp(0, canvas.size - 1).unbind(1)
        width /= 3
    return at, bright


def check_sides(sides) -> tuple[float, float]:
    """``sides`` as the columns (left, right), or a ValueError for what is no pair of finite numbers in order."""
    if not isinstance(sides, (tuple, list)) or len(sides) != 2:
        raise ValueError(f"sides are {checks.short(sides)}; allowed is (left, right)")
    left, right = (checks.number("sides", side) for side in sides)
    if not left < right:
        raise ValueError(f"sides are {sides!r}; the left edge must lie left of the right one")
    return left, right


def require_plain(canvas: Canvas) -> None:
    """Raise ValueError for a world in which bumps of free brightness are not fitted."""
    if checks.instance("canvas", canvas, Canvas).kind != "bump" or canvas.periodic or canvas.margin:
        raise ValueError(
            f"{canvas}; bumps of free brightness are fitted in open bump worlds without a margin only"
        )

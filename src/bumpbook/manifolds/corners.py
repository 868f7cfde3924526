"""Whose sum is drawn from? A layer is made to hold a sum along one pair of axes, and the drawing is judged.

Where a layer holds f(x) + g(y), what it holds for one corner of a square of labels follows from the other three:
P(x, y) = P(x', y) + P(x, y') - P(x', y'). The same can be asked of squares that stand on a corner, whose sides run along
x + y and x - y: as many terms, from about as far away. A flat sheet passes both, a sum with axes only one.
"""

import torch
from torch import Tensor

from bumpworld import checks
from bumpworld.unet import ConditionalUNet

from .edit import Change, places

# name -> the directions of a square's two sides
PAIRS = {"image": ((1, 0), (0, 1)), "diagonal": ((1, 1), (-1, 1))}
# px: a square's side along x and y, and the steps that come nearest to it on the diagonals: 3 and 2.8, 6 and 5.7
SIDES = {"near": {"image": 3, "diagonal": 2}, "far": {"image": 6, "diagonal": 4}}
ROUNDING = 1e-5  # a direction in which points differ by less than this of their largest is rounding


def squares(labels: Tensor, pair: str, step: int, size: int, seed: int) -> Tensor:
    """The other three corners (3, n, 2) of a square on each of ``labels`` (n, 2): its two neighbours, then the opposite one.

    ``step`` is the number of lattice steps along each direction of `PAIRS`. Each side goes one way or the other at random, within a
    frame of ``size`` labels. Raises ValueError for a label on which no such square stands.
    """
    labels = checks.numbers("labels", labels, "n", 2).float()
    first, second = (
        torch.tensor(d) * checks.whole("step", step, 1) for d in PAIRS[checks.choice("pair", pair, PAIRS)]
    )
    generator = torch.Generator().manual_seed(checks.seed("seed", seed))
    signs = torch.tensor([[i, j] for i in (1.0, -1.0) for j in (1.0, -1.0)])
    # (signs, corners, n, 2)
    moves = torch.stack([torch.stack([i * first, j * second, i * first + j * second]) for i, j in signs])
    corners = labels + moves[:, :, None]
    fits = ((corners >= 0) & (corners <= size - 1)).all(3).all(1).T  # (n, signs)
    if not fits.any(1).all():
        raise ValueError(
            f"labels hold {labels[~fits.any(1)][0].tolist()}, on which no square of {step} steps stands in {size} x {size}; "
            "allowed are labels farther from the edge"
        )
    pick = torch.multinomial(fits.float(), 1, generator=generator)[:, 0]
    return corners[pick, :, torch.arange(len(labels))].transpose(0, 1)


def summed(net: ConditionalUNet, layer: str, corners: Tensor, control: int | None = None) -> Change:
    """``layer`` holds, shown the same image, what the three other ``corners`` (3, n, 2) of a square say by a sum.

    With ``control``, a seed, it holds what it did, off by as much as the sum is, but in a random direction. Raises
    ValueError for a layer that cannot be changed, and corners of another shape.
    """
    checks.choice("layer", layer, places(net))
    corners = checks.shaped("corners", corners, 3, "n", 2)
    if control is not None:
        checks.seed("control", control)

    def change(activation, images, t, labels):
        one, two, opposite = (_held(net, layer, images, t, c.to(labels)) for c in corners)
        held = one + two - opposite
        if control is None:
            return held
        generator = torch.Generator().manual_seed(control)
        astray = torch.randn(activation.shape, generator=generator).to(activation)
        return activation + _as_long(astray, held - activation)

    return change


def astray(
    net: ConditionalUNet, layer: str, corners: Tensor, seed: int, among: Tensor, spread: bool = False
) -> Change:
    """As `summed` with a control, but in a direction in which what ``layer`` holds for the labels ``among`` (n, 2) differs.

    They are all shown the first of the images. Random in the span of their points; with ``spread`` a random sum of the points, which
    goes farthest where these differ most. Raises as `summed`, and ValueError for fewer than two labels.
    """
    off = summed(net, layer, corners)
    among = checks.numbers("among", among, "n", 2).float()
    if len(among) < 2:
        raise ValueError(f"among holds {len(among)} labels; allowed are two or more")
    checks.seed("seed", seed)

    def change(activation, images, t, labels):
        points = label_points(net, layer, images, t, among)
        generator = torch.Generator().manual_seed(seed)
        if spread:
            direction = torch.randn(len(activation), len(points), generator=generator).to(points) @ points
        else:
            _, sizes, basis = torch.linalg.svd(points, full_matrices=False)
            basis = basis[sizes > ROUNDING * sizes[0]]
            noise = torch.randn(activation.shape, generator=generator).flatten(1).to(points)
            direction = noise @ basis.T @ basis
        error = off(activation, images, t, labels) - activation
        return activation + _as_long(direction.reshape(activation.shape), error)

    return change


def label_points(net: ConditionalUNet, layer: str, images: Tensor, t: Tensor, labels: Tensor) -> Tensor:
    """What ``layer`` holds for ``labels``, centred and flat (n, features), when all are shown the first of ``images`` at its time."""
    shown = images[:1].expand(len(labels), -1, -1, -1)
    points = _held(net, layer, shown, t[:1].expand(len(labels)), labels.to(images)).flatten(1)
    return points - points.mean(0)


def _as_long(direction: Tensor, error: Tensor) -> Tensor:
    """Each ``direction``, stretched to the length of the ``error`` of the same image."""
    size = error.flatten(1).norm(dim=1) / direction.flatten(1).norm(dim=1)
    return direction * size.reshape(-1, *[1] * (direction.ndim - 1))


@torch.no_grad()
def _held(net: ConditionalUNet, layer: str, images: Tensor, t: Tensor, labels: Tensor) -> Tensor:
    # the condition sees no image, and is there without the rest of the network
    return net.embed(t, labels) if layer == "condition" else net.features(images, t, labels, layer)

"""How much of an error stripes bear, and where: the middle layer is off by as much as the sum along the diagonals is.

A random direction of a thousand is nearly orthogonal to the few along which labels differ, and so says little about size. Here the
error also lies within what the label moves. The networks are those of the study "corners" that draw stripes told turned axes.
"""

import torch
from torch import Tensor

from bumpbook.frame.studies import Study, register
from bumpworld.canvas import Canvas
from bumpworld.diffusion import DiffusionModel

from .cause_study import drawn, right
from .codes_study import BLANK, MIDDLE
from .corners import PAIRS, SIDES, astray, label_points, squares, summed
from .corners_study import trained_network


def measure(setting: dict, seed: int) -> dict:
    """Shares within 1 px and within 0.45 px of drawings of the held-out square, the middle layer off by as much in each.

    "diagonal": as the far sum along the diagonals is. "random": in a random direction. "span": the same noise projected onto the
    span of the points of all labels. "spread": a random sum of these points. "sizes": of the far sums' errors.
    """
    e, model, learned = trained_network(setting, seed)
    canvas = e.canvas
    (square,), net, everywhere = e.train_on.split(canvas).test.values(), model.net, canvas.lattice()
    asked = {pair: squares(square, pair, SIDES["far"][pair], canvas.size, seed) for pair in PAIRS}
    corners = asked["diagonal"]
    errors = {
        "diagonal": summed(net, MIDDLE, corners),
        "random": summed(net, MIDDLE, corners, control=seed),
        "span": astray(net, MIDDLE, corners, seed, everywhere),
        "spread": astray(net, MIDDLE, corners, seed, everywhere, spread=True),
    }
    return {
        "learned": learned,
        **{name: right(drawn(model, square, MIDDLE, how), square, canvas) for name, how in errors.items()},
        "sizes": {pair: size(model, square, asked[pair], canvas, seed) for pair in PAIRS},
    }


@torch.no_grad()
def size(model: DiffusionModel, labels: Tensor, corners: Tensor, canvas: Canvas, seed: int) -> float:
    """Root mean square by which the middle's sum over ``corners`` is off, over that of its points of all labels; no image is shown."""
    net = model.net
    noise = torch.randn(1, 1, canvas.size, canvas.size, generator=torch.Generator().manual_seed(seed))
    images = noise.expand(len(labels), -1, -1, -1)
    t = torch.full((len(labels),), BLANK * model.schedule.steps // 1000)
    held = net.features(images, t, labels, MIDDLE)
    off = summed(net, MIDDLE, corners)(held, images, t, labels) - held
    points = label_points(net, MIDDLE, images, t, canvas.lattice())
    error, spread = (v.flatten(1).norm(dim=1).square().mean().sqrt() for v in (off, points))
    return round(float(error / spread), 4)


STUDY = register(
    Study(
        name="astray",
        question="Is it where the sum along the diagonals goes, or how far, that spoils the drawing?",
        version=1,
        settings=({"world": "sos", "code": "turned-45"},),
        seeds=5,
        measure=measure,
    )
)

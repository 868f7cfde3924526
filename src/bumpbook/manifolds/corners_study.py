"""Are the axes that the middle layer holds used for drawing? Networks that draw stripes, and bumps beside them.

Each network is told x and y, or x + y and x - y, without the square of 8 in the middle. Its condition and its middle layer
are made to hold a sum along x and y, or along the diagonals, and its drawings of the square are judged: `corners`.
"""

from dataclasses import replace

import torch
from torch import Tensor

from bumpbook.frame.studies import Study, register
from bumpworld import checks
from bumpworld.canvas import KINDS, Canvas
from bumpworld.diffusion import DiffusionModel
from bumpworld.evaluate import draw
from bumpworld.experiment import Experiment
from bumpworld.instruments.represent import two_d_labels
from bumpworld.train import train

from .axes import contrast
from .cause_study import drawn, moves, networks, right
from .codes_study import BLANK, MIDDLE, clouds
from .corners import PAIRS, SIDES, squares, summed
from .edit import best_sum, paste, steer

CODES = ("axes", "turned-45")
LAYERS = ("condition", MIDDLE)
NEIGHBOUR = 3  # px from a label to the one whose middle layer is pasted in
SEED_OF_PARTS = 1


def experiment(world: str, told: str, seed: int) -> Experiment:
    """Stripes or bumps told in one of `CODES`, without the square of 8 in the middle, as the study "cause" has bumps."""
    bumps = networks()[checks.choice("code", told, CODES), 0]
    return replace(bumps, canvas=replace(bumps.canvas, kind=checks.choice("world", world, KINDS)), seed=seed)


def trained_network(setting: dict, seed: int) -> tuple[Experiment, DiffusionModel, bool]:
    """The experiment of a ``setting``, its network, trained now, and whether that learned its labels."""
    e = experiment(setting["world"], setting["code"], seed)
    for step in train(e):
        last = step
    return e, last.model.eval(), last.learned_at is not None


def measure(setting: dict, seed: int) -> dict:
    """Shares within 1 px and within 0.45 px of what is asked for, of drawings of the held-out square.

    "told": as always. "sums": by layer, side of the square of labels and pair of axes. "astray": the middle off by as much
    as the far sum along the diagonals is, in a random direction. "elsewhere": the far sum along x and y of another label.
    "follows": the middle of a neighbour pasted in, judged at the label told and at the neighbour's. "square", "steered" and
    "control": what the study "cause" asks of the condition. "contrast": of the middle layer, shown no image.
    """
    e, model, learned = trained_network(setting, seed)
    canvas, split = e.canvas, e.train_on.split(e.canvas)
    (square,), trained = split.test.values(), split.train
    blank = clouds(model, canvas, (MIDDLE,), BLANK, blank=True)[MIDDLE]
    return {
        "learned": learned,
        "contrast": round(contrast(blank, two_d_labels(canvas).numpy()), 4),
        "told": right(draw(model, square), square, canvas),
        **corners(model, square, canvas, seed),
        **condition(model, square, trained, canvas, seed),
    }


def corners(model: DiffusionModel, square: Tensor, canvas: Canvas, seed: int) -> dict:
    """What is drawn from sums over corners, and from a neighbour's middle layer."""
    net = model.net

    def judged(layer, asked, **how):
        return right(drawn(model, square, layer, summed(net, layer, asked, **how)), square, canvas)

    asked = {
        side: {pair: squares(square, pair, steps[pair], canvas.size, seed) for pair in PAIRS}
        for side, steps in SIDES.items()
    }
    dealt = torch.randperm(len(square), generator=torch.Generator().manual_seed(seed + SEED_OF_PARTS))
    near, images = neighbours(square, canvas), []
    for other in near:
        images.append(drawn(model, square, MIDDLE, paste(net, MIDDLE, other)))
    images, both = torch.cat(images), square.repeat(2, 1)
    return {
        "sums": {
            layer: {side: {pair: judged(layer, k) for pair, k in by.items()} for side, by in asked.items()}
            for layer in LAYERS
        },
        "astray": judged(MIDDLE, asked["far"]["diagonal"], control=seed),
        "elsewhere": judged(MIDDLE, asked["far"]["image"][:, dealt]),
        "follows": {
            "told": right(images, both, canvas),
            "neighbour": right(images, torch.cat(near), canvas),
        },
    }


def neighbours(labels: Tensor, canvas: Canvas) -> list[Tensor]:
    """For each label the one `NEIGHBOUR` px towards the middle of the frame along x, and the one along y."""
    middle, found = (canvas.size - 1) / 2, []
    for axis in (0, 1):
        other = labels.clone()
        other[:, axis] += torch.where(other[:, axis] > middle, -NEIGHBOUR, NEIGHBOUR)
        found.append(other)
    return found


def condition(model: DiffusionModel, square: Tensor, trained: Tensor, canvas: Canvas, seed: int) -> dict:
    """The condition replaced by its best sum f(x) + g(y), and steered: as the study "cause" does."""
    net = model.net
    sums = {"sum": best_sum(net, trained), "shuffled": best_sum(net, trained, seed)}
    told, to = moves(canvas.lattice(), seed)
    pushes = {
        "steered": steer(net, "condition", trained, to),
        "control": steer(net, "condition", trained, to, control=seed),
    }
    return {
        "square": {
            name: right(drawn(model, square, "condition", how), square, canvas) for name, how in sums.items()
        },
        **{name: right(drawn(model, told, "condition", push), to, canvas) for name, push in pushes.items()},
    }


STUDY = register(
    Study(
        name="corners",
        question="Are the axes that the middle layer holds used for drawing?",
        version=1,
        settings=tuple(
            {"world": world, "code": told} for told in reversed(CODES) for world in ("sos", "bump")
        ),
        seeds=5,
        measure=measure,
    )
)

"""What the rules on axes and on sums give for the picture itself, with no network and no noise: a null of both."""

import torch

from bumpbook.frame.studies import Study, register
from bumpworld.canvas import KINDS, Canvas
from bumpworld.instruments.baselines import TwoWay
from bumpworld.selection import held_out_square

from .cause_study import right
from .codes_study import shares


def measure(setting: dict, seed: int) -> dict:
    """Additive shares by angle of clean pictures, and shares drawn right from their best f(x) + g(y), as the study "cause" asks it."""
    canvas = Canvas(kind=setting["world"])
    split = held_out_square(4, 12).split(canvas)
    (square,), trained = split.test.values(), split.train
    pictures = TwoWay(trained.double().numpy(), canvas.render(trained).flatten(1).double().numpy())
    summed = torch.from_numpy(pictures(square.double().numpy())).float().reshape(-1, 1, *[canvas.size] * 2)
    labels = canvas.lattice()
    return {
        "learned": True,
        "shares": {"picture": shares(canvas.render(labels).flatten(1).numpy(), labels.numpy())},
        "square": {"sum": right(summed, square, canvas)},
    }


STUDY = register(
    Study(
        name="pictures",
        question="What do the rules on axes and on sums give for the picture itself?",
        version=1,
        settings=tuple({"world": world} for world in KINDS),
        seeds=1,
        measure=measure,
    )
)

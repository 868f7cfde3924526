"""Wrong calls of what this room measures: each is answered by a ValueError that names what is wrong and what is allowed."""

import math

import numpy as np
import torch
from wrong_calls import LABELS, SEEDS, WORDS, tried

from bumpbook.manifolds import axes, edit
from bumpworld import Canvas, Experiment, UNetConfig
from bumpworld.train import new_model

CANVAS, LARGE = Canvas(8), Canvas(16)
NET = UNetConfig(channels=(8,), attention=(), label_features=4, time_features=4, embedding=8)
MODEL = new_model(Experiment(CANVAS, unet=NET)).eval()
LATTICE, FOUR = CANVAS.lattice(), torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [6.0, 1.0]])
IMAGES, TIMES, GRID = CANVAS.render(FOUR), torch.tensor([1, 2, 3, 4]), Canvas(4).lattice()
POINTS = np.random.default_rng(0).normal(size=(64, 6))
FEW = np.random.default_rng(0).normal(size=(16, 6))
WIDE = np.random.default_rng(0).normal(size=(256, 3))

CLOUDS = (*WORDS, {}, FEW[0], FEW[:1], FEW * math.nan, FEW * 0, [["a", "b"], ["c", "d"]])


def opened(**settings):
    with edit.edited(**settings):
        pass


# by function: what is called, arguments that are right, and for some of them values that are wrong
CALLS = {
    "additive_share": (
        axes.additive_share,
        {"points": POINTS, "labels": LATTICE, "step": (1, 0), "side": 3},
        {"step": (*WORDS, 3, (1,), (0.5, 1), (0, 0), (1, 2, 3), (9, 9)), "side": ("a", None, 1, 2.5, True)},
    ),
    "contrast": (
        axes.contrast,
        {"points": WIDE, "labels": LARGE.lattice()},
        {"points": CLOUDS, "labels": (*LABELS, GRID)},
    ),
    "places": (edit.places, {"net": MODEL.net}, {"net": (*WORDS, MODEL)}),
    "edited": (
        opened,
        {"model": MODEL, "layer": "stem", "change": print},
        {"layer": ("head", None), "change": WORDS},
    ),
    "steer": (
        edit.steer,
        {"net": MODEL.net, "layer": "stem", "trained": LATTICE, "to": FOUR},
        {
            "net": WORDS,
            "layer": ("x", "head"),
            "trained": LABELS,
            "to": LABELS,
            "components": (0, 1.5, "a"),
            "control": SEEDS[:3],
        },
    ),
    "best_sum": (
        edit.best_sum,
        {"net": MODEL.net, "trained": LATTICE},
        {"net": WORDS, "trained": LABELS, "shuffled": SEEDS[:3]},
    ),
    "paste": (
        edit.paste,
        {"net": MODEL.net, "layer": "stem", "other": FOUR},
        {"net": WORDS, "layer": WORDS, "other": LABELS},
    ),
    "fitted_sum": (
        edit.fitted_sum,
        {"net": MODEL.net, "layer": "stem", "trained": LATTICE, "images": IMAGES, "t": TIMES[:1]},
        {"images": (*WORDS, IMAGES[:0]), "t": (*WORDS, TIMES, TIMES[:0]), "trained": (*LABELS, LATTICE[:0])},
    ),
}


test_what_cannot_be_is_named_with_what_is_allowed, test_what_is_right_is_answered = tried(CALLS)

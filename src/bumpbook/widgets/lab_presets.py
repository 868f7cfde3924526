"""The laboratory's experiments: the sets that it offers, the languages in which labels are told, and its network."""

from dataclasses import replace

import torch

from bumpbook.frame.designs import chosen
from bumpbook.frame.painting import paint
from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.experiment import Experiment
from bumpworld.selection import Selection
from bumpworld.unet import UNetConfig

SIDE = 16
WORLD = Canvas(size=SIDE)
# The first is the book's own; the others are smaller and take more steps in the same time or less. `lab-network`
# decides which of them the laboratory trains.
NETWORKS = {
    "32-64": Experiment(learning_rate=4e-3, steps=160),
    "16-32": Experiment(unet=UNetConfig(channels=(16, 32)), learning_rate=6e-3, ema=0.96, steps=160),
    "16-32, longer": Experiment(unet=UNetConfig(channels=(16, 32)), learning_rate=6e-3, ema=0.97, steps=320),
}
NETWORK = "16-32, longer"
# how a label is told: what it changes in the network's settings
LANGUAGES = {
    "axes": {},
    "turned": {"label_code": "turned", "label_angle": 45.0},
    # a top frequency of a quarter, as `code_sweeps` has it
    "smooth": {
        "label_frequencies": (UNetConfig.label_frequencies[0], UNetConfig.label_frequencies[1] / 4),
    },
}


def presets() -> dict[str, Selection]:
    """By name, the sets of labels that the laboratory offers to begin with; all are `painted`."""
    y, x = torch.meshgrid(torch.arange(SIDE), torch.arange(SIDE), indexing="ij")
    middle = lambda v: (v >= 4) & (v < 12)
    edge = torch.minimum(torch.minimum(x, y), SIDE - 1 - torch.maximum(x, y))
    random = chosen(32, "random", seed=3).split(WORLD).train_mask.reshape(SIDE, SIDE)
    masks = {
        "square": ~(middle(x) & middle(y)),
        "band": ~middle(x),
        "everything": x >= 0,
        "cross": ((x - 7.5).abs() < 1) | ((y - 7.5).abs() < 1),
        "rim": edge < 2,
        "diagonal": (x - y).abs() <= 1,
        "random": random,
        "columns": x % 2 == 0,
        "checkerboard": (x + y) % 2 == 0,
        "halves": (x < SIDE // 2) == (y < SIDE // 2),
    }
    return {name: paint(mask) for name, mask in masks.items()}


def lab_experiment(
    train_on: Selection,
    canvas: Canvas = WORLD,
    language: str = "axes",
    network: str | Experiment = NETWORK,
    seed: int = 0,
) -> Experiment:
    """What the laboratory runs for a set of labels in a world, told in a language.

    ``network`` is a name of `NETWORKS`, or an experiment that says which network is trained and how. Raises ValueError
    for unknown names.
    """
    told = LANGUAGES[checks.choice("language", language, LANGUAGES)]
    named = not isinstance(network, Experiment)
    base = NETWORKS[checks.choice("network", network, NETWORKS)] if named else network
    return replace(base, train_on=train_on, canvas=canvas, unet=replace(base.unet, **told), seed=seed)

"""Is a shipped model more than a decoder of its label? One record a model: what it draws at once, and whom it follows."""

from functools import cache

import torch

from bumpbook.frame.studies import Study, register
from bumpbook.frame.sweeps import names, sweep
from bumpworld.experiment import Experiment
from bumpworld.instruments.decoder import far_pairs, follows, one_pass
from bumpworld.instruments.represent import two_d_labels
from bumpworld.measure import judge
from bumpworld.store import Store, load_or_train

PAIRS, APART = 128, 3


@cache
def shipped() -> dict[str, Experiment]:
    """Key -> experiment of every model whose weights the book ships and that is told a position."""
    return {
        e.key: e
        for declared in map(sweep, names())
        for e in declared.experiments
        if e.key in declared.keep and e.unet.label_code != "none"
    }


def experiment(setting: dict) -> Experiment:
    """The experiment that a setting names."""
    return shipped()[setting["model"]]


def measure(setting: dict, seed: int) -> dict:
    """Shares right in one pass from pure noise, and shares that follow the label or the image where the two disagree."""
    result = load_or_train(experiment(setting), Store())
    model, canvas = result.model, result.experiment.canvas
    split = result.experiment.train_on.split(canvas)
    right = judge(one_pass(model, split.labels), split.labels, canvas).right()[:, 2].float()
    trained = split.train[canvas.visible(split.train).all(1)]
    found = {
        "learned": result.learned,
        "one_pass": {
            name: round(right[mask].mean().item(), 4) for name, mask in split.masks.items() if mask.any()
        },
        "sampled": {name: round(both, 4) for name, (_, _, both) in result.accuracy().items()},
    }
    # stripes alone have no pair of positions to tell apart
    if len(trained) > 1 and _spread(trained) >= APART:
        told, shown = far_pairs(trained, PAIRS, APART, seed)
        both = follows(model, canvas, told, shown)
        found |= {"told": round(both.told, 4), "shown": round(both.shown, 4)}
    return found | {"labels": len(two_d_labels(canvas))}


def _spread(labels: torch.Tensor) -> float:
    """The least of the two widths over which labels extend."""
    return float((labels.amax(0) - labels.amin(0)).min())


STUDY = register(
    Study(
        name="decoder",
        question="Does a model look at its image, or draw from its label alone?",
        version=1,
        settings=tuple({"model": key} for key in shipped()),
        seeds=1,
        measure=measure,
    )
)

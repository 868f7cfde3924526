"""Whose axes? One record a network: additive share by angle, and how much of a sheet it is, beside three nulls.

The nulls: the label's *code* alone; the network as it was before its first step (*fresh*); and that network with the
convolutions that start at zero drawn at random like all others (*random*), so that the label reaches every layer.
"""

from dataclasses import replace
from functools import cache, partial

import numpy as np
import torch

from bumpbook.frame.code_sweeps import HEADLINE, OTHERS, aimed, code
from bumpbook.frame.studies import Study, register
from bumpbook.frame.sweeps import sweep
from bumpworld.diffusion import DiffusionModel
from bumpworld.experiment import Experiment
from bumpworld.instruments.geometry import compact, participation_ratio
from bumpworld.instruments.represent import two_d_labels, under_each_noise
from bumpworld.selection import everything
from bumpworld.store import Store, load_or_train
from bumpworld.train import new_model

from .axes import STEPS, additive_share
from .sheet import plane

NOISES = 12
# an image of which a twentieth of the schedule has been covered, and none at all
SEEN, BLANK = 50, 999
SAME = 1e-6
LAYERS = ("condition", "down1", "middle", "up1")
ENCODER, MIDDLE = "down1", "middle"


@cache
def networks() -> dict[tuple[str, str, int], Experiment]:
    """(world, code, seed) -> experiment: the networks of the sweep "codes" from which nothing was held out."""
    named = {code(name, 16): name for name in (*HEADLINE, *OTHERS)}
    return {
        (e.canvas.kind, named[e.unet], e.seed): e
        for e in sweep("codes").experiments
        if e.train_on == everything()
    }


def experiment(setting: dict, seed: int) -> Experiment:
    """The network of a ``setting``: with a "target" it is trained for that, under a falling rate, as the sweep "robustness" does."""
    plain = networks()[setting["world"], setting["code"], seed]
    if "target" not in setting:
        return plain
    return replace(plain, **aimed(setting["target"], plain.steps))


def with_random_blocks(experiment: Experiment) -> DiffusionModel:
    """The untrained network of an experiment, with the convolutions that start at zero drawn at random as others are."""
    model = new_model(experiment).eval()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(experiment.seed)
        for part in model.net.modules():
            if isinstance(part, torch.nn.Conv2d) and not part.weight.any():
                part.reset_parameters()
    return model


def clouds(
    model: DiffusionModel, canvas, layers, t: int, noises: int = NOISES, **shown
) -> dict[str, np.ndarray]:
    """Layer -> points (256, at most 255), averaged over noises. ``shown`` as `represent.representation` takes it."""
    sums: dict[str, np.ndarray] = {}
    for kept in under_each_noise(model, canvas, layers, t, noises=noises, **shown):
        for layer, points in kept.items():
            sums[layer] = sums.get(layer, 0) + points / noises
    return {layer: points if flat(points) else compact(points) for layer, points in sums.items()}


def by_name(held: dict[str, dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """How it was seen -> layer -> points, as "how layer" -> points."""
    return {f"{how} {layer}": points for how, layers in held.items() for layer, points in layers.items()}


def flat(points) -> bool:
    """Are all points the same, but for rounding?"""
    return bool(np.ptp(points, axis=0).max() < SAME)


def shares(points, labels) -> list[float] | None:
    """Additive shares at the angles of `axes.STEPS`; None for points that are all the same."""
    if flat(points):
        return None
    return [round(additive_share(points, labels, step), 4) for step in STEPS.values()]


def sheet(points, labels) -> list[float] | None:
    """Dimension, and the share of (x, y) that lies on three components; None for points that are all the same."""
    if flat(points):
        return None
    return [round(participation_ratio(points), 2), round(plane(points, labels), 4)]


def measure(setting: dict, seed: int) -> dict:
    """Everything about one network; it is trained where its weights are not there."""
    result = load_or_train(experiment(setting, seed), Store())
    model, trained = result.model, result.experiment
    canvas = trained.canvas
    labels = two_d_labels(canvas).numpy()
    told = {"code": model.net.label_code(two_d_labels(canvas)).numpy()}
    fresh, random = new_model(trained).eval(), with_random_blocks(trained)
    held = {
        "blank": clouds(model, canvas, LAYERS, BLANK, blank=True),
        "random": clouds(random, canvas, LAYERS, BLANK, noises=2, blank=True),
        "seen": clouds(model, canvas, ("pixels", ENCODER, MIDDLE), SEEN),
        "fresh": clouds(fresh, canvas, (ENCODER, MIDDLE), SEEN),
        "fresh blank": clouds(fresh, canvas, (MIDDLE,), BLANK, noises=1, blank=True),
    }
    points = told | by_name(held)
    return {
        "learned": result.learned,
        "angles": list(STEPS),
        "shares": {name: shares(cloud, labels) for name, cloud in points.items()},
        "sheet": {
            name: sheet(points[name], labels)
            for name in (
                "code",
                "seen pixels",
                f"seen {ENCODER}",
                f"fresh {ENCODER}",
                f"blank {ENCODER}",
                f"random {ENCODER}",
            )
        },
    }


def _settings(world: str, codes) -> tuple[dict, ...]:
    return tuple({"world": world, "code": name} for name in codes)


_study = partial(
    Study, question="Whose axes does a network learn, the label's or the image's?", version=1, measure=measure
)
SOS = register(_study("axes-sos", settings=_settings("sos", HEADLINE), seeds=10))
BUMP = register(_study("axes-bump", settings=_settings("bump", HEADLINE), seeds=5))
# the usual target of a DDPM
NOISE = register(
    _study("axes-noise", settings=({"world": "sos", "code": "turned-45", "target": "eps"},), seeds=5)
)
MORE = register(_study("axes-more", settings=_settings("bump", OTHERS), seeds=3))

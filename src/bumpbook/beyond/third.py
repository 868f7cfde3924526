"""A third feature: does a model that is told x, y and width compose three factors as it composes two?

What is held out names the question. All of some values of one factor: can it interpolate? All pairs of some values of two
factors, or all triples of three: can it compose? In the world of `width_world` each is tried along x, y and width.
"""

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from bumpbook.frame.studies import Study, register, rounded, to_text
from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.diffusion import DiffusionModel
from bumpworld.evaluate import draw
from bumpworld.experiment import Experiment
from bumpworld.train import CHECK_LABELS, CHECK_SAMPLER_STEPS, Step, fit, new_model
from bumpworld.unet import UNetConfig

from .width_world import FACTORS, WidthWorld

LOOKED_AT = 96  # at most so many held-out labels, and so many trained ones, are drawn at the end
SHOWN = (5, 10, 21, 26)  # rows of the common labels whose drawings under seed 0 are kept for the figure
LOOK_EVERY, LAST_LOOK = 10, 200  # steps: what is half learned is so early on
COMMON = {"x": [4, 8], "y": [4, 8], "width": [4, 8]}  # these 32 labels are held out in every setting
HELD_OUT: dict[str, dict] = {
    "triples": COMMON,
    "pairs of x and y": {"x": [4, 8], "y": [4, 8]},
    "pairs of x and width": {"x": [4, 8], "width": [4, 8]},
    "two of six widths": {"width": [4, 8]},
    "four of six widths": {"width": [2, 10]},
    "four of twelve columns": {"x": [4, 8]},
}


def recipe(seed: int) -> Experiment:
    """The house's training, for labels of three numbers; of its canvas only the size counts here."""
    unet = UNetConfig(label_dims=3)
    return Experiment(Canvas(WidthWorld().size), unet=unet, until_learned=True, steps=1600, seed=seed)


def train_third(held_out: Tensor, seed: int = 0, device: str = "cpu") -> Iterator[Step]:
    """Train on every label that the mask ``held_out`` leaves of the world, and yield a `Step` after each step."""
    world, experiment = WidthWorld(), recipe(seed)
    labels = world.lattice()[~_mask(world, held_out)]
    some = _evenly(labels, CHECK_LABELS)

    def draws_right(model: DiffusionModel) -> bool:
        images = draw(model, some, CHECK_SAMPLER_STEPS, seed + 2)
        return bool(world.judge(images, some).right().all())

    yield from fit(new_model(experiment, device), world.render(labels), labels, experiment, draws_right)


def measure(setting: dict, seed: int) -> dict:
    """Train with ``setting["held_out"]`` (intervals by factor) left out; shares right in x, y, width and in all three.

    "test", "train" and "common" (the labels that every setting holds out) are of the finished model, "errors" its mean
    absolute errors on all that was held out, in label units. "path" has a row for each look in the first 200 steps: step and
    four shares of the common labels, by position and width alone, whether or not the image is a clean bump.
    """
    world = WidthWorld()
    mask = world.held_out(**setting["held_out"])
    labels = world.lattice()
    test, train = (_evenly(labels[m], LOOKED_AT) for m in (mask, ~mask))
    common = labels[world.held_out(**COMMON)]
    path = []
    for step in train_third(mask, seed):
        if step.number <= LAST_LOOK and step.number % LOOK_EVERY == 0:
            verdict = world.judge(draw(step.model, common, CHECK_SAMPLER_STEPS), common)
            near = verdict._replace(shape=torch.ones_like(verdict.shape)).right()
            path.append([step.number, *_shares(near)])
    model = step.model.eval()
    verdict, images = world.judge(draw(model, test), test), draw(model, common)
    result = {
        "learned_at": step.learned_at,
        "steps": step.number,
        "test": _shares(verdict.right()),
        "train": _shares(world.judge(draw(model, train), train).right()),
        "common": _shares(world.judge(images, common).right()),
        "shape": round(float(verdict.shape.double().mean()), 4),
        "errors": rounded(verdict.error.abs().mean(0)),
        "path": path,
    }
    if seed == 0:
        result["gallery"] = [{"label": common[i].int().tolist(), "drawn": to_text(images[i])} for i in SHOWN]
    return result


def cross_fade(world: WidthWorld, held_out: Tensor, factor: str) -> Tensor:
    """What fading would draw: for each label of the mask the mean of the nearest trained images below and above along
    ``factor``, weighted by how near they are, shape (n, 1, size, size).

    Raises ValueError where no label is trained on one of the two sides.
    """
    labels, column = world.lattice(), FACTORS.index(checks.choice("factor", factor, FACTORS))
    held_out = _mask(world, held_out)
    wanted = labels[held_out]
    values = labels[~held_out][:, column].unique()
    here = wanted[:, column].contiguous()
    if (here < values.min()).any() or (here > values.max()).any() or torch.isin(here, values).any():
        raise ValueError(f"the labels held out do not lie between trained values of {factor!r}")
    index = torch.searchsorted(values, here)
    below, above = values[index - 1], values[index]
    share = ((here - below) / (above - below))[:, None, None, None]
    sides = []
    for value in (below, above):
        moved = wanted.clone()
        moved[:, column] = value
        sides.append(world.render(moved))
    return (1 - share) * sides[0] + share * sides[1]


def copied(ways: dict, place: float = 1.0) -> float:
    """Share of the common labels for which some image trained on would be right, where the intervals ``ways`` are held out.

    Right is within ``place`` in x and in y, and within one unit in width. This is the most that copying could get.
    """
    world = WidthWorld()
    trained = world.lattice()[~world.held_out(**ways)]
    apart = (world.lattice()[world.held_out(**COMMON)][:, None] - trained).abs()
    return float((apart <= torch.tensor([place, place, 1])).all(2).any(1).double().mean())


def surely(errors: list[float], shape: float, place: float) -> float:
    """The least share that is right within ``place`` in x and in y and within one unit in width, by Markov's inequality.

    No more than mean / limit of some errors lie beyond the limit. ``errors`` are the means for x, y and width, ``shape`` is
    the share of drawings that are bumps.
    """
    return max(0.0, shape - sum(mean / limit for mean, limit in zip(errors, (place, place, 1), strict=True)))


def _mask(world: WidthWorld, held_out: Tensor) -> Tensor:
    mask = checks.shaped("held_out", held_out, len(world.lattice()), hint=", as WidthWorld.held_out gives")
    if mask.dtype != torch.bool or mask.all():
        raise ValueError(
            f"held_out is {checks.short(held_out)}; allowed is a mask of bool that leaves a label"
        )
    return mask


def product(shares) -> float:
    """The share of images right in all three factors, were they right in each independently of the others."""
    return math.prod(shares[:3])


def _evenly(labels: Tensor, count: int) -> Tensor:
    return labels[torch.linspace(0, len(labels) - 1, min(count, len(labels))).long()]


def _shares(right: Tensor) -> list[float]:
    return [round(v, 4) for v in right.double().mean(0).tolist()]


STUDY = register(
    Study(
        "third",
        "With width as a third label: are held-out pairs, triples and widths drawn right?",
        version=1,
        settings=tuple({"held_out": intervals} for intervals in HELD_OUT.values()),
        seeds=3,
        measure=measure,
    )
)

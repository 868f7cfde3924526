"""Training as a generator: the caller decides what to log or plot, and when to stop."""

import copy
import math
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor

from . import checks
from .diffusion import DiffusionModel, sample, training_loss
from .experiment import Experiment
from .measure import accuracy
from .unet import ConditionalUNet

# steps: without them the first large steps of Adam cost more than they save
WARM_UP = 20
# steps between looks at the training labels when training until learned, and how many labels are looked at
CHECK_EVERY, CHECK_LABELS = 20, 64
# noise has variance 1: beside it grey levels that go up to 255 teach nothing
MOST = 10
# a look needs no fine sampler: 5, 10 and 20 steps were found to get the same labels right
CHECK_SAMPLER_STEPS = 8


class TrainingError(RuntimeError):
    """Training broke down; the message says at which step."""


class Step(NamedTuple):
    """One optimiser step: its number from 1, its loss, seconds of training so far (the caller's own time is not
    counted), the averaged ``model``, and ``learned_at``, the step at which the training labels were first found to
    be drawn right (None before, and always when the number of steps is fixed). The model goes on changing, until the
    ``last`` step."""

    number: int
    loss: float
    seconds: float
    model: DiffusionModel
    learned_at: int | None
    last: bool = False


def new_model(experiment: Experiment, device: str = "cpu") -> DiffusionModel:
    """The untrained model of an experiment: its seed decides the weights, and nothing else does."""
    checks.instance("experiment", experiment, Experiment)
    device = checks.device("device", device)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(experiment.seed)
        net = ConditionalUNet(experiment.unet)
    net = net.to(device, memory_format=torch.channels_last)
    size, scale = experiment.canvas.size, _image_scale(experiment)
    return DiffusionModel(net, experiment.schedule, experiment.target, size, scale)


def _image_scale(experiment: Experiment) -> float:
    """What images are multiplied by. A scaled loss would do nothing: Adam divides the gradient's scale out again."""
    if not experiment.energy_normalised:
        return 1.0
    images = experiment.canvas.render(experiment.train_on.split(experiment.canvas).train)
    return math.sqrt(math.pi / float((images**2).sum((1, 2, 3)).mean()))


def train(experiment: Experiment, device: str = "cpu") -> Iterator[Step]:
    """Train the experiment's model and yield a `Step` after each optimiser step.

    With ``until_learned`` off, ``steps`` steps under a learning rate that warms up and falls as a cosine. With it on,
    the rate stays up until the training labels are drawn right (all of up to 64 of them, asked every 20 steps);
    then as many steps again follow while it falls to zero, and at least 80 in all. ``steps`` caps the first part:
    a run that reaches it never learned its own training labels, and its ``learned_at`` stays None.

    AdamW with an exponential moving average of the weights. The same experiment on the same machine with the same
    number of threads gives the same weights. Raises ValueError when the selection leaves nothing to train on, and
    TrainingError at the first loss that is not finite.
    """
    checks.instance("experiment", experiment, Experiment)
    labels = experiment.train_on.split(experiment.canvas).train
    right = partial(_draws_right, labels=labels, experiment=experiment)
    yield from fit(new_model(experiment, device), experiment.canvas.render(labels), labels, experiment, right)


def fit(
    model: DiffusionModel,
    images: Tensor | Callable[[Tensor], Tensor],
    labels: Tensor,
    experiment: Experiment,
    draws_right: Callable[[DiffusionModel], bool] | None = None,
    generator: torch.Generator | None = None,
) -> Iterator[Step]:
    """What `train` does, with any ``images`` (n, 1, size, size) and ``labels`` (n, label_dims): a world of your own. ::

        model = new_model(experiment)  # of its unet, schedule, target and seed
        for step in fit(model, images, labels, experiment):
            print(step.number, step.loss)
        drawn = draw(step.model, labels)  # the averaged weights: those to use

    Images are float32, of the order of 1. Where a label has many, ``images`` is a function that draws those of given rows
    anew. A ``generator`` draws order, times and noise in place of the seed. ``model`` is trained where it lies; of
    ``experiment`` only the settings of training count. ``draws_right(model)``, asked with until_learned on: are the
    training labels drawn right? Raises as `train`, and ValueError for images and labels that are not as said here.
    """
    device, side = checks.instance("model", model, DiffusionModel).device, model.size
    checks.instance("experiment", experiment, Experiment)
    if not callable(images):
        checks.shaped("images", checks.instance("images", images, Tensor), "n", 1, side, side)
        fits = images.dtype == torch.float32 and bool((images.abs() <= MOST).all())
        checks.need(fits, "images", images, f"are float32, finite and of the order of 1, up to {MOST}")
        checks.shaped("labels", checks.instance("labels", labels, Tensor), len(images), "label_dims")
    checks.need(len(checks.instance("labels", labels, Tensor)), "labels", labels, "is one label or more")
    if not experiment.unet.label_dropout and not torch.isfinite(labels).all():
        raise ValueError("labels hold values that are not finite; allowed are finite ones")
    asked = not experiment.until_learned or callable(draws_right)
    checks.need(asked, "draws_right", draws_right, "is a function of the model")
    shown = images if callable(images) else images.__getitem__
    averaged = copy.deepcopy(model).requires_grad_(False)
    weights, average = list(model.parameters()), list(averaged.parameters())
    optimiser = torch.optim.AdamW(weights, lr=experiment.learning_rate, betas=(0.9, 0.99), fused=True)
    # the same draws on every device: they are made on the CPU
    own = torch.Generator().manual_seed(experiment.seed + 1)
    generator = checks.instance("generator", own if generator is None else generator, torch.Generator)
    batches = _batches(len(labels), experiment.batch_size, generator)
    clock, learned_at, end, number = 0.0, None, experiment.steps, 0
    while number < end:
        start = time.perf_counter()
        number += 1
        rate = experiment.learning_rate * _rate(experiment, number, learned_at, end)
        optimiser.param_groups[0]["lr"] = rate
        rows = next(batches)
        told = _withhold(labels[rows], experiment.unet.label_dropout, generator)
        loss = training_loss(model, shown(rows).to(device), told.to(device), generator)
        loss.backward()
        if not math.isfinite(loss.item()):
            raise TrainingError(
                f"the loss is {loss.item()} at step {number} of {experiment}; try a lower learning_rate"
            )
        optimiser.step()
        optimiser.zero_grad()
        with torch.no_grad():
            torch._foreach_lerp_(average, weights, 1 - min(experiment.ema, number / (number + 10)))
        time_to_look = experiment.until_learned and learned_at is None and number % CHECK_EVERY == 0
        if time_to_look and draws_right(averaged):
            learned_at, end = number, max(2 * number, 80)
        clock += time.perf_counter() - start
        yield Step(number, loss.item(), clock, averaged, learned_at, number >= end)


def _withhold(labels: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """``labels`` (n, label_dims) with a random ``share`` of the rows NaN: a label that says nothing."""
    if not share:
        return labels
    return torch.where(torch.rand(len(labels), 1, generator=generator) < share, torch.nan, labels)


def _batches(count: int, size: int, generator: torch.Generator) -> Iterator[Tensor]:
    """Rows of successive batches: passes over all labels in random order, joined end to end."""
    queue = torch.empty(0, dtype=torch.long)
    while True:
        while len(queue) < size:
            queue = torch.cat([queue, torch.randperm(count, generator=generator)])
        yield queue[:size]
        queue = queue[size:]


def _rate(experiment: Experiment, number: int, learned_at: int | None, end: int) -> float:
    """Share of the full learning rate at a step; once the labels are learned it falls until the step ``end``."""
    warm = min(1.0, number / WARM_UP)
    if not experiment.until_learned:
        return warm * (0.05 + 0.95 * (1 + math.cos(math.pi * number / experiment.steps)) / 2)
    return warm if learned_at is None else max(0.02, (end - number) / (end - learned_at))


def _draws_right(model: DiffusionModel, labels: Tensor, experiment: Experiment) -> bool:
    """Are the training labels, or 64 of them spread over the lattice, all drawn right?"""
    pick = torch.linspace(0, len(labels) - 1, min(len(labels), CHECK_LABELS)).long()
    generator = torch.Generator().manual_seed(experiment.seed + 2)
    drawn = sample(model, labels[pick], CHECK_SAMPLER_STEPS, generator=generator)
    return accuracy(drawn, labels[pick], experiment.canvas).both == 1

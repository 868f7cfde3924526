"""More than one image a label: do the paper's claims hold where the label no longer says everything?

Networks learn the world of `hidden_world` and the plain one, for the same fixed number of steps, with labels held out as in
chapters 4 and 5. Beside what they draw, two questions have an answer only here: do they look at the image, and does what
nobody told them come out as it is in the world?
"""

import numpy as np
import torch
from torch import Tensor

from bumpbook.frame.studies import Study, register, rounded
from bumpworld import checks
from bumpworld.diffusion import DiffusionModel, sample
from bumpworld.evaluate import NOISE_SEED, draw
from bumpworld.experiment import Experiment
from bumpworld.selection import everything, held_out_square, lesion
from bumpworld.train import fit, new_model

from .hidden_world import BRIGHTEST, HiddenWorld

WORLDS = {"hidden": HiddenWorld(), "plain": HiddenWorld(BRIGHTEST)}
HELD_OUT = {"nothing": everything(), "square of 4": held_out_square(6, 10), "4 columns": lesion(6, 10)}
# three to four times as many as positions need: a network that stops there draws every bump in the mean brightness
STEPS = 800
# the sampler's, for drawings whose brightness is asked: by twenty the ideal denoiser itself loses a sixth of the spread
FINE_STEPS = 50
TOLERANCES = (1.0, 0.45)
# thousandths of the schedule at which label and image pull, and at which an estimate is asked for what it is shown
TIMES = (5, 50, 150, 300, 500, 700, 900)
PROBED = 128
NOISES = 2


def experiment(held_out: str, seed: int) -> Experiment:
    """What is trained, but for the images. Raises ValueError for a name that `HELD_OUT` does not have."""
    rule = HELD_OUT[checks.choice("held_out", held_out, tuple(HELD_OUT))]
    return Experiment(train_on=rule, steps=STEPS, seed=seed)


def trained(world: HiddenWorld, e: Experiment) -> DiffusionModel:
    """A network that was shown every label in another brightness at every visit."""
    labels, generator = e.train_on.split(e.canvas).train, torch.Generator().manual_seed(e.seed + 3)
    for step in fit(new_model(e), lambda rows: world.visit(labels[rows], generator), labels, e, None):
        last = step
    return last.model.eval()


def measure(setting: dict, seed: int) -> dict:
    """Train one network on ``setting["world"]`` without ``setting["held_out"]`` and measure it.

    "train" and "unseen": shares right within each of `TOLERANCES`, brightness free ("unseen" None where nothing is held
    out). "label" and "image": shares of estimates, by `TIMES`, within a pixel of the label that was told, and of the bump
    that was shown, where the two differ. In the hidden world, too: "drawn" and "ideal", brightnesses of drawings of
    training labels by the network and by the ideal denoiser from the same noises; "seen" and "seen_ideal", correlation of
    the brightness shown with the estimate's, by `TIMES`; "unseen_drawn", brightnesses of right drawings of labels held out.
    """
    world, e = (
        WORLDS[checks.choice("world", setting["world"], tuple(WORLDS))],
        experiment(setting["held_out"], seed),
    )
    model, split = trained(world, e), e.train_on.split(e.canvas)
    reading, seen = world.read(draw(model, split.labels)), split.train_mask
    right = torch.stack([reading.right(split.labels, t) for t in TOLERANCES], 1).double()
    result = {
        "train": rounded(right[seen].mean(0)),
        "unseen": None if bool(seen.all()) else rounded(right[~seen].mean(0)),
        **tug(model, world, split.train, seed),
    }
    if world.hides:
        kept = ~seen & reading.right(split.labels, TOLERANCES[-1])
        result["unseen_drawn"] = rounded(reading.brightness[kept])
        result |= {name: rounded(bright) for name, bright in brightness(model, world, split.train).items()}
        result |= looks(model, world, split.train, seed)
    return result


def brightness(model: DiffusionModel, world: HiddenWorld, labels: Tensor) -> dict[str, Tensor]:
    """Of drawings of ``labels`` (n, 2) from `NOISES` noises each, (NOISES * n,): "drawn" by the network, "ideal" by the formula."""
    ideal = lambda x_t, t, told: world.ideal(x_t, t, told, model.schedule)
    found: dict[str, list] = {"drawn": [], "ideal": []}
    for number in range(NOISES):
        for name, denoise in (("drawn", None), ("ideal", ideal)):
            noise = torch.Generator().manual_seed(NOISE_SEED + 1 + number)
            parts = [sample(model, p, FINE_STEPS, 0.0, noise, denoise) for p in labels.split(256)]
            found[name].append(world.read(torch.cat(parts)).brightness)
    return {name: torch.cat(parts) for name, parts in found.items()}


@torch.no_grad()
def tug(model: DiffusionModel, world: HiddenWorld, labels: Tensor, seed: int = 0) -> dict[str, list[float]]:
    """Told one label and shown the noisy image of another: whose place does the estimate take? Shares, by `TIMES`."""
    generator = torch.Generator().manual_seed(seed)
    told, shown = (labels[torch.randperm(len(labels), generator=generator)] for _ in range(2))
    apart = ((told - shown).abs() > 3).any(1)
    told, shown = told[apart][:PROBED], shown[apart][:PROBED]
    pulled: dict[str, list[float]] = {"label": [], "image": []}
    for time in TIMES:
        noisy, t = _noisy(model, world.visit(shown, generator), time, generator)
        at = world.read(model.denoise(noisy, t, told)).at
        for name, place in (("label", told), ("image", shown)):
            pulled[name].append(round(float(((at - place).abs() <= 1).all(1).double().mean()), 3))
    return pulled


@torch.no_grad()
def looks(model: DiffusionModel, world: HiddenWorld, labels: Tensor, seed: int = 0) -> dict[str, list[float]]:
    """Correlation of the brightness shown with the estimate's, by `TIMES`, of the network and of the ideal denoiser."""
    generator = torch.Generator().manual_seed(seed + 1)
    labels = labels[torch.randint(len(labels), (2 * PROBED,), generator=generator)]
    shown = world.draw(len(labels), generator)
    found: dict[str, list[float]] = {"seen": [], "seen_ideal": []}
    for time in TIMES:
        noisy, t = _noisy(model, world.render(labels, shown), time, generator)
        ideal = world.ideal(noisy, t, labels, model.schedule)
        for name, estimate in (("seen", model.denoise(noisy, t, labels)), ("seen_ideal", ideal)):
            pair = np.stack([shown, world.read(estimate).brightness])
            found[name].append(round(float(np.corrcoef(pair)[0, 1]), 3))
    return found


def distance(brightness, other=None) -> float:
    """Largest gap between the share of ``brightness`` (n,) below any value and that of the hidden world, or of ``other`` (m,).

    The statistic of Kolmogorov and Smirnov: .05 to .08 for a few hundred values drawn alike, 1/2 for one value drawn always.
    """
    from scipy.stats import kstest, uniform

    low = WORLDS["hidden"].dimmest
    return float(kstest(brightness, uniform(low, BRIGHTEST - low).cdf if other is None else other).statistic)


def _noisy(model, images: Tensor, time: int, generator) -> tuple[Tensor, Tensor]:
    t = torch.full((len(images),), time * model.schedule.steps // 1000)
    return model.schedule.add_noise(images, t, torch.randn(images.shape, generator=generator)), t


STUDY = register(
    Study(
        "hidden",
        "Where a label has many images: what composes, what interpolates, and does the network look?",
        version=2,
        # the plain world without a hole is chapter 2's
        settings=tuple(
            {"world": world, "held_out": name}
            for world in WORLDS
            for name in HELD_OUT
            if (world, name) != ("plain", "nothing")
        ),
        seeds=3,
        measure=measure,
    )
)

"""Told one label and shown the noisy image of another: whom does a network follow, by what it was trained to predict?

Asked twice: of its estimate at one look, and of the drawing that it finishes from there. Beside the networks stands the
ideal denoiser that has every image of the world by heart and is told no label: it follows the image as far as noise allows.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import torch
from torch import Tensor

from bumpbook.frame.code_sweeps import aimed
from bumpbook.frame.exact import ideal_denoiser
from bumpbook.frame.presets import PRESETS
from bumpbook.frame.studies import Study, register
from bumpworld.canvas import Canvas
from bumpworld.diffusion import TARGETS, NoiseSchedule, ddim_step
from bumpworld.evaluate import NOISE_SEED, draw
from bumpworld.experiment import Experiment
from bumpworld.instruments.decoder import far_pairs, one_pass
from bumpworld.measure import accuracy, judge
from bumpworld.selection import held_out_square
from bumpworld.store import LEARNED
from bumpworld.train import train

IDEAL = "no label"
# of 1000
TIMES = (5, 50, 100, 150, 200, 250, 300, 400, 500, 600, 750, 900)
PAIRS, APART = 256, 3
# of the sampler, from any time on
STEPS = 10
# (x_t, t, labels) -> image estimate
Denoise = Callable[[Tensor, Tensor, Tensor], Tensor]


def experiment(target: str, seed: int) -> Experiment:
    """The small world without the square 5..10, for as long as each target takes to learn it."""
    base = replace(PRESETS["quick"].base, train_on=held_out_square(5, 11), seed=seed)
    return base if target == "x0" else replace(base, **aimed(target, base.steps))


def measure(setting: dict, seed: int) -> dict:
    """Shares within a pixel of the place that is told and of that which is shown, by `TIMES`, at one look and when finished."""
    target = setting["target"]
    run = experiment("x0" if target == IDEAL else target, seed)
    canvas, split = run.canvas, run.train_on.split(run.canvas)
    told, shown = far_pairs(split.train, PAIRS, APART, seed)
    if target == IDEAL:
        memory = canvas.render(canvas.lattice())
        ideal = lambda x, t, labels: ideal_denoiser(x, t, memory, run.schedule)
        return tug(ideal, run.schedule, canvas, told, shown, 1.0, seed)
    for step in train(run):
        pass
    model = step.model.eval()
    own = {"train": split.train, "square": split.test["square"]}
    drawn = {name: draw(model, labels) for name, labels in own.items()}
    fine = {name: accuracy(drawn[name], own[name], canvas, 0.45).both for name in own}
    at_once = judge(one_pass(model, split.train), split.train, canvas).right()[:, 2].float().mean()
    return {
        "steps": step.number,
        "learned": accuracy(drawn["train"], split.train, canvas).both >= LEARNED,
        "fine": {name: round(share, 4) for name, share in fine.items()},
        "one_pass": round(at_once.item(), 4),
        **tug(model.denoise, run.schedule, canvas, told, shown, model.scale, seed),
    }


@torch.no_grad()
def tug(
    denoise: Denoise,
    schedule: NoiseSchedule,
    canvas: Canvas,
    told: Tensor,
    shown: Tensor,
    scale: float,
    seed: int = 0,
) -> dict[str, list[float]]:
    """Shares at the places ``told`` and ``shown``, (n, 2) each, by `TIMES`: of the estimate ("look") and the finished drawing."""
    generator = torch.Generator().manual_seed(NOISE_SEED + seed)
    found: dict[str, list[float]] = {
        f"{how}_{who}": [] for how in ("look", "drawn") for who in ("told", "shown")
    }
    images = scale * canvas.render(shown)
    for time in TIMES:
        t = torch.full((len(told),), time)
        noisy = schedule.add_noise(images, t, torch.randn(images.shape, generator=generator))
        for how, drawn in (
            ("look", denoise(noisy, t, told)),
            ("drawn", finished(denoise, schedule, noisy, time, told)),
        ):
            for who, place in (("told", told), ("shown", shown)):
                right = judge(drawn / scale, place, canvas).right()[:, 2].float().mean()
                found[f"{how}_{who}"].append(round(right.item(), 3))
    return found


def finished(denoise: Denoise, schedule: NoiseSchedule, noisy: Tensor, time: int, labels: Tensor) -> Tensor:
    """What DDIM makes of ``noisy`` (n, 1, size, size) from ``time`` on, in `STEPS` steps, told ``labels`` (n, 2)."""
    alpha_bar = torch.cat([schedule.exact_alpha_bar, torch.ones(1, dtype=torch.float64)])
    times = torch.linspace(time, 0, STEPS + 1).round().long().unique().flip(0).tolist()
    for now, before in pairwise([*times, -1]):
        estimate = denoise(noisy, torch.full((len(noisy),), now), labels)
        noisy = ddim_step(noisy, estimate, alpha_bar[now], alpha_bar[before], 0.0, None)
    return noisy


STUDY = register(
    Study(
        name="follow",
        question="Whom does a network follow, its label or its image, by what it was trained to predict?",
        version=1,
        settings=tuple({"target": target} for target in (IDEAL, *TARGETS)),
        seeds=5,
        measure=measure,
    )
)

"""Scores of an x and of a y added, minus that of the background: for which world is the sum the score of the pair?

Scores, noise estimates and image estimates are affine in one another, and 1 + 1 - 1 = 1, so that adding any of the
three in this way adds all of them (Bradley et al. 2025 call it composition; here the background is no factor at all).
"""

from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor

from bumpbook.frame.exact import ideal_denoiser
from bumpbook.frame.studies import Study, register
from bumpbook.frame.sweeps import sweep
from bumpbook.frame.tables import FINE
from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.diffusion import DiffusionModel, NoiseSchedule, sample
from bumpworld.experiment import Experiment
from bumpworld.measure import accuracy
from bumpworld.train import train

from .pictures import from_text, to_text

Denoiser = Callable[[Tensor, Tensor, Tensor], Tensor]
NOISE_SEED = 3
SHOWN = (14, 7)  # the pair whose drawings a record keeps; the frame shows labels 3 to 18


def parts(
    denoise: Denoiser, canvas: Canvas
) -> Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor, Tensor]]:
    """Estimates of ``denoise(x_t, t, labels)`` for (x, off the frame), (off, y) and (off, off) of each label (x, y).

    Raises ValueError for a canvas without a margin: there is no "off the frame".
    """
    if not callable(denoise):
        raise ValueError(f"denoise is {checks.short(denoise)}; allowed is a function of (x_t, t, labels)")
    if not checks.instance("canvas", canvas, Canvas).margin:
        raise ValueError("margin is 0; a label off the frame needs a margin of at least 1")

    def three(x_t: Tensor, t: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x, y, off = labels[:, :1], labels[:, 1:], torch.full_like(labels[:, :1], (canvas.margin - 1) // 2)
        asked = [torch.cat(pair, 1) for pair in ((x, off), (off, y), (off, off))]
        return denoise(x_t.repeat(3, 1, 1, 1), t.repeat(3), torch.cat(asked)).chunk(3)

    return three


def added(denoise: Denoiser, canvas: Canvas) -> Denoiser:
    """A denoiser for pairs: the estimate for x plus the estimate for y minus the one for the background."""
    three = parts(denoise, canvas)

    def pair(x_t: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        x, y, background = three(x_t, t, labels)
        return x + y - background

    return pair


def multiplied(denoise: Denoiser, canvas: Canvas) -> Denoiser:
    """A denoiser for pairs: the estimate for x times the estimate for y. No sum of scores does this."""
    three = parts(denoise, canvas)

    def pair(x_t: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        x, y, _ = three(x_t, t, labels)
        return x * y

    return pair


def own_images(canvas: Canvas) -> Denoiser:
    """The ideal denoiser that knows the label: the label's image, whatever the noisy image shows."""
    return lambda x_t, t, labels: canvas.render(labels)


def column_and_row(canvas: Canvas, schedule: NoiseSchedule) -> Denoiser:
    """The sum of scores in a world of pairs alone: x is known and y may be anything, plus the reverse, minus all pairs.

    Every term is an ideal denoiser over images of ``canvas``. Labels must lie on its lattice.
    """
    axis, world = canvas.axis(), canvas.render(canvas.lattice())

    def one_known(x_t: Tensor, t: Tensor, labels: Tensor, factor: int) -> Tensor:
        estimate = torch.empty_like(x_t)
        for value in labels[:, factor].unique():
            rows = labels[:, factor] == value
            line = torch.stack([value.expand(len(axis)), axis], 1)
            images = canvas.render(line if factor == 0 else line.flip(1))
            estimate[rows] = ideal_denoiser(x_t[rows], t[rows], images, schedule)
        return estimate

    def pair(x_t: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        x, y = (one_known(x_t, t, labels, factor) for factor in (0, 1))
        return x + y - ideal_denoiser(x_t, t, world, schedule)

    return pair


def sum_error(
    canvas: Canvas, schedule: NoiseSchedule, times, denoise: Denoiser | None = None, seed: int = 0
) -> list[float]:
    """How far a sum of scores (default: `column_and_row`) is from a label's image at each time, squared, in units of
    the image's energy, as a mean over all 2D labels of ``canvas``."""
    labels = checks.instance("canvas", canvas, Canvas).lattice()
    times = checks.wholes("times", times, 0, checks.instance("schedule", schedule, NoiseSchedule).steps - 1)
    seed = checks.seed("seed", seed)
    labels = labels[canvas.visible(labels).all(1)]
    images, denoise = canvas.render(labels), denoise or column_and_row(canvas, schedule)
    noise = torch.randn(images.shape, generator=torch.Generator().manual_seed(seed))
    energy, errors = (images**2).sum((1, 2, 3)), []
    for time in times:
        t = torch.full((len(labels),), time)
        estimate = denoise(schedule.add_noise(images, t, noise), t, labels)
        errors.append(float((((estimate - images) ** 2).sum((1, 2, 3)) / energy).mean()))
    return errors


def draw_pairs(model: DiffusionModel, labels: Tensor, denoise: Denoiser | None = None) -> Tensor:
    """Drawings (n, 1, size, size) of ``labels`` from seeded noise, by the network or by what is made of it."""
    return sample(model, labels, 20, generator=torch.Generator().manual_seed(NOISE_SEED), denoise=denoise)


def experiment(kind: str, seed: int) -> Experiment:
    """The experiment of the sweep "regions" that trains on stripes alone, in a world of this kind."""
    for one in sweep("regions").experiments:
        if (one.canvas.kind, one.seed) == (kind, seed) and ("use", "stripes") in one.train_on.settings:
            return one
    raise ValueError(f"kind {kind!r} with seed {seed!r} is not in the sweep 'regions'")


def ways(model: DiffusionModel, canvas: Canvas) -> dict[str, Denoiser]:
    """What can be asked of a network that knows stripes: the pair itself, the sum, the product."""
    asked = model.denoise
    return {"asked": asked, "added": added(asked, canvas), "multiplied": multiplied(asked, canvas)}


@cache
def remembered(kind: str) -> dict[str, float]:
    """Shares of all pairs right within `FINE` by a memory that has every stripe and blank of a world, and by each rule."""
    canvas = experiment(kind, 0).canvas
    labels = canvas.lattice()
    labels = labels[canvas.visible(labels).all(1)]
    # a memory that knows the label looks at no noise
    nothing, t = torch.zeros_like(canvas.render(labels)), torch.zeros(len(labels), dtype=torch.long)
    rules = {"added": added(own_images(canvas), canvas), "multiplied": multiplied(own_images(canvas), canvas)}
    return {
        name: accuracy(rule(nothing, t, labels), labels, canvas, FINE).both for name, rule in rules.items()
    }


def gallery(model: DiffusionModel, canvas: Canvas, label: tuple[float, float]) -> Tensor:
    """Six drawings (6, 1, size, size): x alone, y alone, the background, and ``label`` = (x, y) in three `ways`."""
    (x, y), off = label, (canvas.margin - 1) // 2
    plain = draw_pairs(model, torch.tensor([[x, off], [off, y], [off, off]]).float())
    pair = torch.tensor([label]).float()
    return torch.cat([plain, *(draw_pairs(model, pair, way) for way in ways(model, canvas).values())])


def measure(setting: dict, seed: int) -> dict:
    """Train on stripes alone; shares of 2D labels drawn right when asked, by the sum and by the product, and a `gallery`.

    Right is within 1 px and, in the columns that end in "_fine", within `FINE`.
    """
    chosen = experiment(setting["kind"], seed)
    for step in train(chosen):
        pass
    model, canvas = step.model.eval(), chosen.canvas
    labels = canvas.lattice()
    labels = labels[canvas.visible(labels).all(1)]
    drawings = {name: draw_pairs(model, labels, way) for name, way in ways(model, canvas).items()}
    shares = {
        name + end: round(accuracy(images, labels, canvas, tolerance).both, 4)
        for end, tolerance in (("", 1.0), ("_fine", FINE))
        for name, images in drawings.items()
    }
    drawn = to_text(gallery(model, canvas, SHOWN))
    return {"learned": step.learned_at is not None, **shares, "label": list(SHOWN), "drawings": drawn}


def drawn(records: list[dict]) -> dict[str, Tensor]:
    """The `gallery` of the first learned record of each world, by the world's name: what the figure shows."""
    galleries = {}
    for record in records:
        if record["measured"]["learned"]:
            name = {"bump": "bump", "sos": "SOS"}[record["setting"]["kind"]]
            galleries.setdefault(name, from_text(record["measured"]["drawings"]))
    return galleries


STUDY = register(
    Study(
        name="stripe-scores",
        question="Do the scores of an x-stripe and a y-stripe add up to those of their pair?",
        version=2,
        settings=({"kind": "bump"}, {"kind": "sos"}),
        seeds=5,
        measure=measure,
    )
)

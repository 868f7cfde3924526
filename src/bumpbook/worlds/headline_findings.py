"""What chapter 1 found, in sentences that the build holds to the worlds themselves."""

import torch

from bumpbook.frame import findings as sentences
from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.tables import FINE
from bumpworld.canvas import Canvas
from bumpworld.instruments.overlap import interaction_radius, overlap, pixel_overlap
from bumpworld.instruments.spread import spread, write
from bumpworld.measure import MAX_RESIDUAL, judge, read_centers

# rectangles that are completed, and noises that are read
RECTANGLES, NOISES, SEEDS = 500, 200, 5
# pixels: the least side of a rectangle, so that its bumps lie apart
SIDE = 4.5
# an overlap below which nothing is left of a neighbour: the paper's threshold
TAU = 0.005


def fourth_corners(kind: str, rule) -> tuple[torch.Tensor, torch.Tensor]:
    """What ``rule(a, b, c)`` makes of three corners of random rectangles, and the pictures at the fourth."""
    world = Canvas(sigma=2.0, kind=kind)
    generator = torch.Generator().manual_seed(0)
    (x, y), shift = (
        15 * torch.rand(2, RECTANGLES, generator=generator),
        SIDE + 3 * torch.rand(2, RECTANGLES, generator=generator),
    )
    # the opposite corner lies towards the middle, so that it is inside the frame
    u, v = (torch.where(at < 7.5, at + by, at - by) for at, by in zip((x, y), shift, strict=True))
    at = lambda x, y: world.render(torch.stack([x, y], 1)).double()
    return rule(at(x, v), at(u, y), at(u, v)), at(x, y)


def worst(kind: str, rule) -> float:
    """The largest error of a pixel over all rectangles."""
    made, true = fourth_corners(kind, rule)
    return float((made - true).abs().max())


@register("worlds-corners")
def corners() -> str:
    """A sum completes SOS, a product bumps, and a sum of bumps is hardly ever right."""
    add, multiply = (lambda a, b, c: a + b - c), (lambda a, b, c: a * b / c)
    errors = {"sos": worst("sos", add), "bump": worst("bump", multiply)}
    made, true = fourth_corners("bump", add)
    size = lambda images: images.flatten(1).norm(dim=1)
    missed = float((size(made - true) / size(true)).median())
    sentence = (
        "**Three corners of a rectangle give the fourth.** Pictures at three corners of a rectangle of places tell the one at the fourth: sums of "
        "stripes (SOS) by adding and subtracting, bumps by multiplying and dividing. Adding bumps "
        f"is worse than drawing nothing: it leaves {missed:.1f} times the error of a blank."
    )
    evidence = (
        f"{RECTANGLES} random rectangles with sides from {SIDE:g} px on, σ = 2 px. The largest error of a pixel is {errors['sos']:.0e} for added SOS and "
        f"{errors['bump']:.0e} for multiplied bumps, which is rounding. For added bumps: norm of the error over norm of the bump, "
        "median; a blank has 1."
    )
    return state(sentence, errors["sos"] < 1e-5 and errors["bump"] < 1e-2 and missed > 1, evidence)


@register("worlds-overlap")
def alike() -> str:
    """Overlap of near neighbours, and the distance at which nothing is left."""
    canvas, narrow = Canvas(), Canvas(sigma=0.25)
    near = pixel_overlap(canvas, [[8, 8]] * 3, [[9, 8], [10, 8], [12, 8]])
    formula, pixels = overlap(1.0, narrow.sigma), pixel_overlap(narrow, [8, 8], [9, 8])
    sentence = (
        f"**Only near labels look alike.** Two bumps of σ = {canvas.sigma:g} px have a cosine of {near[0]:.2f} one pixel apart, "
        f"{near[1]:.2f} two apart and {near[2]:.2f} four apart."
    )
    evidence = (
        f"The overlap falls below {TAU:g} at {interaction_radius(1.0, TAU):.2f} σ. The formula holds while a bump is wide enough for "
        f"its pixels: at σ = {narrow.sigma:g} px it gives neighbours {formula:.3f}, and their pixels have {pixels:.4f}."
    )
    return state(sentence, near[0] > 0.5 and near[2] < 0.05, evidence)


def in_noise() -> tuple[list[float], list[float], list[float]]:
    """For each seed, of bumps under faint noise: standard error of the reading (px), mean residual, share right."""
    canvas, errors, residuals, right = Canvas(), [], [], []
    for seed in range(SEEDS):
        generator = torch.Generator().manual_seed(seed)
        places = 3 + 9 * torch.rand(NOISES, 2, generator=generator)
        images = canvas.render(places)
        images = images + 0.1 * torch.randn(images.shape, generator=generator)
        verdict = judge(images, places, canvas)
        errors.append((read_centers(images, canvas).centers - places).std().item())
        residuals.append(verdict.residual.mean().item())
        right.append(verdict.right()[:, 2].double().mean().item())
    return errors, residuals, right


@register("worlds-right")
def right() -> str:
    """Faint noise, which the reading of a position overlooks and the residual does not."""
    errors, residuals, passed = in_noise()
    sentence = (
        f"**A drawing is right when its place and its shape are.** Under faint noise of 0.1 a bump's place is still read to "
        f"{spread(errors).mean:.2f} px, yet {percent(spread(passed, share=True).mean)} of such images pass, for their shape is noise."
    )
    evidence = (
        f"{NOISES} bumps at random places, {SEEDS} seeds. Standard error of the reading: {write(spread(errors), form='.3f')} px. "
        f"Mean residual: {write(spread(residuals))}; the limit is {MAX_RESIDUAL:g}."
    )
    holds = max(errors) < 0.2 and min(residuals) > MAX_RESIDUAL and max(passed) < 0.1
    return state(sentence, holds, evidence)


@register("worlds-finer")
def finer() -> str:
    """A copy of the neighbouring column is a pixel off: the rule of one pixel lets it pass, that of later chapters does not."""
    canvas = Canvas()
    labels = canvas.lattice()
    beside = labels.clone()
    # the last column's neighbour is on its other side
    beside[:, 0] += torch.where(labels[:, 0] < labels[:, 0].max(), 1.0, -1.0)
    copies = judge(canvas.render(beside), labels, canvas)
    near, fine = (copies.right(at)[:, 2].double().mean().item() for at in (1.0, FINE))
    return state(
        f"Wherever a copied neighbour would pass, later chapters allow {FINE:g} px only. Whoever copies the picture of the neighbouring column is {copies.error.abs().max():.0f} px off, and the rule of "
        f"one pixel lets {percent(near)} of such copies pass; the finer rule lets none pass.",
        near > 0.9 and not fine,
    )


@register("worlds-in-short")
def in_short() -> str:
    """The findings of the chapter, without what is behind them."""
    return sentences.in_short(corners(), alike(), right())

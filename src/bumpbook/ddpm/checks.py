"""Checks of chapter 2: half the noise, fainter bumps, steps and chance in the sampler, the tug of war, products."""

import numpy as np
import torch

from bumpbook.frame.answers import by_key, number, numbers, pictures, two
from bumpbook.frame.exact import position_error
from bumpbook.frame.exercises import exercise
from bumpbook.frame.sweeps import sweep
from bumpworld.canvas import Canvas
from bumpworld.diffusion import NoiseSchedule
from bumpworld.measure import MAX_RESIDUAL, judge, read_centers
from bumpworld.selection import held_out_square
from bumpworld.store import Store

OWN = "Your own model decides what is drawn; the check measures it again, and sees no more than that."
WORLD = Canvas()
NEAR = 2  # steps: the last time above a limit, the first one below it, or a crossing read in between


def _first(below: torch.Tensor) -> int:
    return int(below.nonzero()[0])


@exercise("ddpm-half", minutes=5, wants='a dict with the times t at "linear" and "cosine"')
def half(answer):
    """At which time t has half of the image's variance gone, under the linear and under the cosine schedule?"""
    given = by_key(answer, ("linear", "cosine"))
    for kind, t in given.items():
        alpha_bar = NoiseSchedule(kind).alpha_bar
        if abs(t - _first(alpha_bar < 0.5)) <= NEAR:
            continue
        if abs(t - _first(alpha_bar.sqrt() < 0.5)) <= NEAR:
            return f"under the {kind} schedule, this is where the *factor* before the image is one half."
        left = alpha_bar[int(min(max(t, 0), len(alpha_bar) - 1))]
        return f"under the {kind} schedule, a share of {left:.2f} of the variance is left at t = {t:g}."
    return None


@exercise("ddpm-faint", minutes=10, wants='a dict with the times t at "half as bright" and "twice as wide"')
def faint(answer):
    """From which t on is the position of a bump lost that is half as bright, and of one that is twice as wide?"""
    given = by_key(answer, ("half as bright", "twice as wide"))
    lost = lambda amplitude: _first(position_error(NoiseSchedule.linear(), amplitude) > 1)
    if abs(given["twice as wide"] - lost(1.0)) > NEAR:
        return "for the wide bump, look for σ in the approximate formula for I(t)."
    if abs(given["half as bright"] - lost(0.5)) <= NEAR:
        return None
    if abs(given["half as bright"] - lost(0.5**0.5)) <= NEAR:
        return "the wide bump is right. With half the height, you have taken half the information."
    if given["half as bright"] >= lost(1.0):
        return "the wide bump is right. Should a fainter bump be visible for longer than a bright one?"
    return "the wide bump is right, the faint one is not. How does I(t) depend on the height A?"


@exercise(
    "ddpm-steps",
    minutes=15,
    wants="a dict from the number of steps (1, 2, 5, 20) to a pair (the 16 drawings, the share right)",
    says=OWN,
)
def steps(answer):
    """What does your model draw in the held-out square in 1, 2, 5 and 20 steps, and what share of it is right?"""
    labels = held_out_square(6, 10).split(WORLD).test["square"]
    given = by_key(answer, (1, 2, 5, 20), read=lambda pair, what: _drawn(pair, what, len(labels)))
    for number_of_steps, (images, share) in given.items():
        right = float(judge(images, labels, WORLD).right()[:, 2].float().mean())
        if torch.allclose(images, WORLD.render(labels), atol=1e-6):
            return f"for {number_of_steps} these are the true images, to the last digit. No model draws like that."
        if not 0 <= share <= 1:
            return f"a share lies between 0 and 1; that of {number_of_steps} steps does not."
        if abs(share - right) > 0.006:  # two decimals will do
            return f"of your drawings in {number_of_steps} steps a share of {right:.2f} is right, position and shape, and not {share:.2f}."
    for few, many in ((1, 2), (2, 5), (5, 20)):
        if torch.equal(given[few][0], given[many][0]):
            return f"the drawings in {few} and in {many} steps are the same. Does `steps` reach the sampler?"
    if given[20][1] < 0.5:
        return "with 20 steps less than half is right. Is `model` your trained one, and are `labels` the square, in its order?"
    if given[1][1] < given[20][1] - 0.5:
        return (
            "a single step does so badly only from another time than the last. Let `draw` choose the times."
        )
    return None


@exercise(
    "ddpm-chance",
    minutes=15,
    wants='a dict with a pair (the 64 drawings, their spread in pixels) at 0 and at 1, and a spread at "perfect"',
    says=OWN,
)
def chance(answer):
    """How widely do 64 positions of one label scatter with eta = 0, with eta = 1, and in a perfect model?"""
    raw = by_key(answer, (0, 1, "perfect"), read=lambda value, what: (value, what))
    perfect, given = number(*raw["perfect"]), {eta: _drawn(*raw[eta], 64) for eta in (0, 1)}
    if perfect != 0:
        return "how many images belong to one label, and what does that make of a perfect model's answer?"
    for eta, (images, spread) in given.items():
        found = read_centers(images, WORLD)
        if float((found.residual < MAX_RESIDUAL).float().mean()) < 0.5:
            return f"most of the images at eta = {eta} show no bump. Are they drawings of your trained model?"
        if hint := _spread(found.centers.double(), spread, eta):
            return hint
    if torch.equal(given[0][0], given[1][0]):
        return "the drawings for both values of `eta` are the same. Does it reach the sampler?"
    return None


def _spread(centers: torch.Tensor, given: float, eta: int) -> str | None:
    """What is wrong with the spread ``given`` for these centers (64, 2), if anything."""
    x, y = centers.std(0).tolist()
    true = max(x, y)
    near = lambda value: (
        abs(given - value) <= 0.02 * value + 5e-4
    )  # 63 or 64 in the denominator: all the same
    if true == 0:
        return f"with eta = {eta} no two drawings differ. Did all 64 start from the same noise?"
    if true > 2:
        return f"with eta = {eta} the positions scatter over more than two pixels. Are all 64 drawings of one label?"
    if near(true):
        return None
    if near(true**2) or near(x**2 + y**2):
        return f"at {eta} this is a variance. A spread in pixels is its square root."
    if near(min(x, y)):
        return f"at {eta} this is the smaller of the two spreads, in x and in y. Wanted is the larger."
    if near((x**2 + y**2) ** 0.5):
        return f"at {eta} you have taken both directions together. Wanted is the larger of the two spreads."
    return f"at {eta} the positions of your drawings do not have this spread. `bw.read_centers` finds them."


@exercise(
    "ddpm-war",
    minutes=20,
    wants="a dict from the time t (10, 50, 100, 200, 300, 500) to a pair (the estimate, the difference)",
    says=OWN,
)
def war(answer):
    """What does the network take the image for, and how much brighter is it at the label's place (11, 11) than at (4, 4)?"""
    times = (10, 50, 100, 200, 300, 500)
    given = by_key(answer, times, read=lambda pair, what: _drawn(pair, what, 1))
    true = {}
    for t, (image, difference) in given.items():
        if torch.allclose(image, WORLD.render([[11, 11]]), atol=1e-6):
            return f"at t = {t} this is the true image, to the last digit. No model answers like that."
        true[t] = float(image[0, 0, 11, 11] - image[0, 0, 4, 4])
        if abs(true[t]) > 1.5:
            return f"at t = {t} the difference is larger than a bump is bright. Take the *estimate*, not the noisy image."
        if abs(difference - true[t]) > 0.006:
            opposite = abs(difference + true[t]) <= 0.006
            return (
                f"at t = {t} it is the label's place minus the image's place."
                if opposite
                else f"at t = {t} your image is brighter at (11, 11) by {true[t]:.2f}, and not by {difference:.2f}."
            )
    if torch.equal(given[10][0], given[500][0]):
        return "the estimates at t = 10 and t = 500 are the same. Does t reach the network?"
    late = [t for t in (300, 500) if true[t] < 0.5]
    if late:
        return (
            f"at t = {late[0]} the position cannot be read from the image any more. Does it win all the same?"
        )
    return None


def _drawn(pair, what: str, count: int) -> tuple[torch.Tensor, float]:
    """The images (count, 1, size, size) and the number that an answer pairs."""
    images, value = two(pair, what)
    drawn = torch.as_tensor(pictures(images, count, f"the first part of {what}")).float()
    return drawn[:, None], number(value, f"the second part of {what}")


@exercise("ddpm-product", minutes=20, wants="a list of the pairs (product, both) of the first twelve looks")
def product(answer):
    """What are, along training, the product of the shares near in x and near in y, and the share near in both?"""
    numbers(answer, (None, 2))
    rule = held_out_square(6, 10)
    runs = [Store().load(e) for e in sweep("first").experiments if e.train_on == rule]
    mask = rule.split(runs[0].experiment.canvas).region_masks["square"]
    looks = min(12, *(len(run.record["checkpoints"]) for run in runs))
    given = numbers(answer, (looks, 2))
    errors = np.array([[r.judgement(i).error[mask].numpy() for r in runs] for i in range(looks)])
    near = np.abs(errors) <= 1
    x, y = near.mean(axis=2).transpose(2, 0, 1)  # shares of each look and run
    both, true = near.all(axis=3).mean(axis=(1, 2)), (x * y).mean(axis=1)
    if np.allclose(given, np.stack([true, both], axis=1), atol=0.006):  # two decimals will do
        return None
    if np.allclose(given, np.stack([both, true], axis=1), atol=0.006):
        return "product first, then both."
    if np.allclose(given[:, 1], (errors <= 1).all(axis=3).mean(axis=(1, 2)), atol=0.006):
        return "an error has a sign: a bump five pixels too far to the left errs by -5, and that is not near. Take its size."
    if not np.allclose(given[:, 1], both, atol=0.006):
        return "the second column differs. Both errors within a pixel, on the held-out labels only, over all runs?"
    if np.allclose(given[:, 0], x.mean(axis=1) * y.mean(axis=1), atol=0.006):
        return (
            "you have averaged over runs before you multiplied. Do fast and slow runs belong into one share?"
        )
    return (
        "the second column is right. For the first, take the shares of one run, multiply, average at the end."
    )

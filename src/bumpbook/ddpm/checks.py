"""Checks of chapter 2: half the noise, fainter bumps, steps and chance in the sampler, the tug of war, products."""

import numpy as np
import torch

from bumpbook.frame.answers import by_key, numbers
from bumpbook.frame.exercises import exercise
from bumpbook.frame.sweeps import sweep
from bumpworld.diffusion import NoiseSchedule
from bumpworld.exact import position_error
from bumpworld.selection import held_out_square
from bumpworld.store import Store

OWN = "Your own model decides the digits; the check sees only that they are plausible."
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
    "ddpm-steps", minutes=15, wants="a dict from the number of steps (1, 2, 5, 20) to a share", says=OWN
)
def steps(answer):
    """What share of the held-out square does your model draw right in 1, 2, 5 and 20 steps?"""
    given = by_key(answer, (1, 2, 5, 20))
    for number, share in given.items():
        if not 0 <= share <= 1:
            return f"a share lies between 0 and 1; that of {number} steps does not."
        if abs(16 * share - round(16 * share)) > 0.081:  # sixteen labels, and two decimals will do
            return f"the square holds 16 labels, and {share:g} is no number of sixteenths."
    if given[20] < 0.5:
        return (
            "with 20 steps less than half is right. Is `model` your trained one, and are `labels` the square?"
        )
    if given[1] < given[20] - 0.5:
        return (
            "a single step does so badly only from another time than the last. Let `draw` choose the times."
        )
    return None


@exercise("ddpm-chance", minutes=15, wants='a dict with spreads in pixels at 0, 1 and "perfect"', says=OWN)
def chance(answer):
    """How widely do 64 positions of one label scatter with eta = 0, with eta = 1, and in a perfect model?"""
    given = by_key(answer, (0, 1, "perfect"))
    if any(spread < 0 for spread in given.values()):
        return "a spread is not negative."
    if given["perfect"] > 0:
        return "how many images belong to one label, and what does that make of a perfect model's answer?"
    for eta in (0, 1):
        if given[eta] == 0:
            return f"with eta = {eta} no two drawings differ. Did all 64 start from the same noise?"
        if given[eta] > 2:
            return f"with eta = {eta} a spread of more than two pixels is not that of one label in a trained model."
    return None


@exercise(
    "ddpm-war",
    minutes=20,
    wants="a dict from the time t (10, 50, 100, 200, 300, 500) to a difference",
    says=OWN,
)
def war(answer):
    """How much brighter is the estimate at the label's place (11, 11) than at the image's place (4, 4)?"""
    given = by_key(answer, (10, 50, 100, 200, 300, 500))
    for t, difference in given.items():
        if abs(difference) > 1.5:
            return f"at t = {t} the difference is larger than a bump is bright. Take two pixels of the *estimate*."
    if all(difference < 0 for difference in given.values()):
        return "all are negative. Is it the label's place minus the image's place?"
    late = [t for t in (300, 500) if given[t] < 0.5]
    if late:
        return (
            f"at t = {late[0]} the position cannot be read from the image any more. Does it win all the same?"
        )
    return None


@exercise("ddpm-product", minutes=20, wants="a list of the pairs (product, both) of the first twelve looks")
def product(answer):
    """What are, along training, the product of the shares near in x and near in y, and the share near in both?"""
    numbers(answer, (None, 2))
    rule = held_out_square(6, 10)
    runs = [Store().load(e) for e in sweep("first").experiments if e.train_on == rule]
    mask = rule.split(runs[0].experiment.canvas).region_masks["square"]
    looks = min(12, *(len(run.record["checkpoints"]) for run in runs))
    given = numbers(answer, (looks, 2))
    near = np.array([[(r.judgement(i).error[mask].abs() <= 1).numpy() for r in runs] for i in range(looks)])
    x, y = near.mean(axis=2).transpose(2, 0, 1)  # shares of each look and run
    both, true = near.all(axis=3).mean(axis=(1, 2)), (x * y).mean(axis=1)
    if np.allclose(given, np.stack([true, both], axis=1), atol=0.006):  # two decimals will do
        return None
    if np.allclose(given, np.stack([both, true], axis=1), atol=0.006):
        return "product first, then both."
    if not np.allclose(given[:, 1], both, atol=0.006):
        return "the second column differs. Both errors within a pixel, on the held-out labels only, over all runs?"
    if np.allclose(given[:, 0], x.mean(axis=1) * y.mean(axis=1), atol=0.006):
        return (
            "you have averaged over runs before you multiplied. Do fast and slow runs belong into one share?"
        )
    return (
        "the second column is right. For the first, take the shares of one run, multiply, average at the end."
    )

"""Checks of chapter 8: label against image, stripes that overlap, patches that draw one bump, patches for new bumps,
agreement by chance, three parts at once."""

import math
from functools import cache
from itertools import combinations

import torch

from bumpbook.frame.answers import WrongKind, by_key, number
from bumpbook.frame.exercises import exercise
from bumpbook.frame.sweeps import sweep
from bumpworld.diffusion import NoiseSchedule
from bumpworld.selection import random_fraction
from bumpworld.store import Store

from . import local_study
from .local_machine import LocalMachine

SHOWN, ASKED = (4, 4), (11, 11)  # the bump in the image, and the one that the label names
PATCHES = (7, 15, 31)
DRAWN = 16
NEW_PATCHES = (3, 5, 7, 9, 11, 13, 15, 17)
TIME = 100


@exercise("beyond-tug", minutes=15, wants='a dict with the two distances at "label" and "image"')
def tug(answer):
    """How far is the network's estimate from the bump that its label names, and how far from the bump it is shown?"""
    given = by_key(answer, ("label", "image"))
    shipped = Store().load(sweep("first").experiments[0])
    shown, asked = shipped.experiment.canvas.render([SHOWN, ASKED]).split(1)
    signal, _ = shipped.model.schedule.signal_noise(torch.tensor([0]))
    with torch.no_grad():
        estimate = shipped.model.denoise(signal * shown, torch.tensor([0]), torch.tensor([ASKED]).float())
    true = {
        name: float(((estimate - image) ** 2).sum() / (image**2).sum())
        for name, image in (("label", asked), ("image", shown))
    }
    if all(math.isclose(given[name], true[name], abs_tol=0.02) for name in true):
        return None
    if all(math.isclose(given[name], math.sqrt(true[name]), abs_tol=0.02) for name in true):
        return "these are distances; wanted are their squares."
    if all(math.isclose(given[name], true[name] * math.pi, abs_tol=0.06) for name in true):
        return "divide by the bump's energy, the sum of its squared pixels."
    if math.isclose(given["label"], true["image"], abs_tol=0.02):
        return f"have you told the network {SHOWN} and shown it {ASKED}? It is the other way round."
    return (
        "show it the image at (4, 4), without noise, times signal at t = 0, and tell it the label (11, 11)."
    )


@exercise("beyond-cross", minutes=10, wants="a number")
def cross(answer):
    """What is the inner product of the two full stripes of an SOS in the periodic world with σ = 1?"""
    given, true = number(answer), 2 * math.pi
    if abs(given - true) < 0.02:
        return None
    if abs(given - true / 4) < 0.02:
        return "an SOS shows half of each stripe; wanted are the full ones."
    if abs(given - math.pi) < 0.02:
        return "this is the energy of a bump, the sum of the squares of g_x g_y. Leave out the squares."
    return "the inner product is the sum over all pixels of g_x(i) g_y(j). Does it need a double sum?"


@exercise("beyond-patch", minutes=20, wants="a dict from the patch (7, 15, 31) to a number of drawings")
def patch(answer):
    """How many of the first 16 drawings of a machine with one patch at all noise levels do not show exactly one bump?"""
    given = by_key(answer, PATCHES)
    for side, count in given.items():
        true = _drawn_wrong(side)
        if count == DRAWN - true and count != true:
            return f"at {side} you count the drawings with exactly one bump; wanted are the others."
        if abs(count - true) > 1:  # a drawing on the verge may tip over on another machine
            return f"not at {side}. Draw {DRAWN} images with `local.draw` and count with `local.count_bumps`."
    return None


@exercise("beyond-new", minutes=20, wants="one of the patches 3, 5, 7, 9, 11, 13, 15, 17")
def new(answer):
    """Which patch serves best to denoise the bumps that the machine was not given, at t = 100?"""
    given = number(answer)
    if given not in NEW_PATCHES:
        raise WrongKind(f"this is {given:g}")
    errors = _errors_on_new_bumps()
    best = min(errors, key=errors.get)
    if errors[int(given)] <= 1.02 * errors[best]:  # another noise may tip the balance between equals
        return None
    if given == max(NEW_PATCHES):
        return "this is best for the bumps that the machine was given. Take the others."
    side = "larger" if given < best else "smaller"
    return f"the machine with {given:g} errs {errors[int(given)] / errors[best]:.1f} times as much as the best: try a {side} one."


@exercise("beyond-lot", minutes=10, wants="a dict from n (8, 16, 32) to a chance")
def thrown_by_lot(answer):
    """How often are two bumps that are thrown over n x n labels within a pixel of each other in x and in y?"""
    for n, chance in by_key(answer, (8, 16, 32)).items():
        near = sum(abs(a - b) <= 1 for a in range(n) for b in range(n)) / n**2  # along one axis, by counting
        if abs(chance - near**2) < 0.01 * near**2:
            continue
        if abs(chance - near) < 0.01 * near:
            return f"at n = {n} this is the chance along one axis. The bumps must be near in x and in y."
        if abs(chance - 9 / n**2) < 0.01 * chance:
            return f"at n = {n} you count nine places around every label. How many has a label at the edge?"
        return f"not at n = {n}. Of the n x n pairs of columns, how many are at most one apart?"
    return None


@exercise("beyond-three", minutes=10, wants='a dict with the keys "lowest", "independent" and "highest"')
def three_at_once(answer):
    """Three parts are right for 80 % each: what can the share be that is right in all three?"""
    given = by_key(answer, ("lowest", "independent", "highest"))
    # ten labels, two of them wrong in each part: the bounds by trying where the wrong ones lie
    spots = list(combinations(range(10), 2))
    shares = [1 - len({0, 1, *b, *c}) / 10 for b in spots for c in spots]
    if abs(given["highest"] - max(shares)) > 1e-6:
        return "the highest: can all three parts be wrong for the same labels?"
    if abs(given["lowest"] - 0.6) < 1e-6:
        return "the lowest: 0.6 is the bound for two parts. Here are three."
    if abs(given["lowest"] - min(shares)) > 1e-6:
        return "the lowest: let no label be wrong in two parts at once, and count the wrong ones."
    if abs(given["independent"] - 0.8**3) > 5e-4:
        return "independent parts: what is the chance that three independent things all happen?"
    return None


@cache
def _drawn_wrong(side: int) -> int:
    """How many of the first drawings of a machine with a patch of this side do not show exactly one bump."""
    images, carrier = local_study.training_images(), local_study.new_network(0)
    drawn = local_study.draw(carrier, DRAWN, LocalMachine(images, carrier.schedule, side))
    return int((local_study.count_bumps(drawn) != 1).sum())


@cache
def _errors_on_new_bumps() -> dict[int, float]:
    world = local_study.Canvas()
    split = random_fraction(0.25, 0).split(world)
    known, unseen, schedule = (
        world.render(split.train),
        world.render(split.labels[split.held_out]),
        NoiseSchedule.linear(),
    )
    t = torch.full((len(unseen),), TIME)
    noisy = schedule.add_noise(
        unseen, t, torch.randn(unseen.shape, generator=torch.Generator().manual_seed(0))
    )
    return {
        side: float(((LocalMachine(known, schedule, side)(noisy, t) - unseen) ** 2).mean())
        for side in NEW_PATCHES
    }

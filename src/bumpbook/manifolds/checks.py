"""Checks of chapter 3: additive pixels, the label's code, points without axes, longer steps, what the image leaves, an opened torus."""

from functools import cache

import numpy as np
import torch

from bumpbook.frame.answers import by_key, numbers
from bumpbook.frame.exercises import exercise
from bumpbook.frame.sweeps import sweep
from bumpworld.canvas import Canvas
from bumpworld.experiment import Experiment
from bumpworld.instruments.displacement import displacement_tests
from bumpworld.instruments.factorization import factorization_score
from bumpworld.instruments.represent import representation
from bumpworld.label_code import sinusoids
from bumpworld.store import ResultError, Store
from bumpworld.train import new_model

from .axes import STEPS, additive_share, contrast
from .phases import world_name
from .seam import seam

LAYER, TIME = "down1", 50  # the chapter's encoder and its noise level


@cache
def _shipped() -> dict:
    """The stored models of the torus sweep by the name of their world, and their canvases."""
    store = Store()
    runs = [store.load(e) for e in sweep("torus").experiments if e.seed == 0 and store.has(e, weights=True)]
    if not runs:
        raise ResultError(f"{store.root} has no model of the torus sweep")
    return {world_name(run): (run.model, run.experiment.canvas) for run in runs}


@exercise(
    "manifolds-pixels", minutes=10, wants='a dict with shares at ("sos", 1), ("bump", 1) and ("bump", 2)'
)
def pixels(answer):
    """What share of the variance of clean images on the torus is additive, for SOS and for bumps of σ = 1 and 2?"""
    given = by_key(answer, (("sos", 1), ("bump", 1), ("bump", 2)))
    for (kind, sigma), share in given.items():
        world = Canvas(kind=kind, sigma=sigma, periodic=True)
        true = factorization_score(world.render(world.lattice()).flatten(1), world.lattice()).share
        if abs(share - true) < 0.01:  # two decimals will do
            continue
        if kind == "sos":
            return "an SOS image is ½ g(x) + ½ g(y). What is left for the interaction of x and y?"
        if abs(given["bump", 1] - given["bump", 2]) < 0.01:
            return "a wide bump and a narrow one have different shares."
        way = "higher" if true > share else "lower"
        return f"the share of bumps with σ = {sigma} is {way}. Is the world periodic, and an image one row of pixels?"
    return None


@exercise(
    "manifolds-code", minutes=15, wants='a dict with shares at "waves" and "embedded", and a number at "seam"'
)
def code(answer):
    """How additive is the label's code before any layer and behind two random ones? How wide is its seam there?"""
    given = by_key(answer, ("waves", "embedded", "seam"))
    experiment = Experiment(canvas=Canvas(periodic=True))
    labels = experiment.canvas.lattice()
    points = representation(new_model(experiment), experiment.canvas, "condition", TIME)
    low, high = experiment.unet.label_frequencies
    waves = torch.cat([sinusoids(x, experiment.unet.label_features, low, high) for x in labels.T], dim=1)
    if abs(given["waves"] - factorization_score(waves, labels).share) > 0.005:  # two decimals will do
        return "the waves of x stand *next to* those of y. Can (u(x), v(y)) be written as a sum?"
    # other first weights move the share behind the layers by less than this, and the seam as well
    if abs(given["embedded"] - factorization_score(points, labels).share) > 0.02:
        return "the share of the waves is right. Behind the random layers: `condition` of `new_model(experiment)`?"
    width = seam(points, labels)
    if abs(given["seam"] / ((width.x + width.y) / 2) - 1) > 0.25:
        return "both shares are right. The seam is that of the embedded code, in steps, as `seam` gives it."
    return None


def _pair(value, what):
    return numbers(value, 2, what)


@exercise("manifolds-steps", minutes=15, wants="a dict from the step (1, 2, 4, 7) to a pair of mean cosines")
def steps(answer):
    """How orthogonal and how parallel are steps of 1, 2, 4 and 7 labels in the encoder of narrow bumps?"""
    given = by_key(answer, (1, 2, 4, 7), _pair)
    model, canvas = _shipped()["bumps, σ = 1"]
    told = representation(model, canvas, LAYER, TIME)
    for step, pair in given.items():
        found = displacement_tests(told, canvas.lattice(), periodic=True, step=step).summary()
        across = found["x_on_y"]["mean_abs"]
        along = (found["parallel_x"]["mean"] + found["parallel_y"]["mean"]) / 2
        if np.allclose(pair, (across, along), atol=0.03):  # taking x or y alone moves it by about as much
            continue
        if np.allclose(pair, (along, across), atol=0.03):
            return "first the cosine of x-steps and y-steps, then that of the same step elsewhere."
        if abs(pair[0] - found["x_on_y"]["mean"]) < 0.03 < abs(across - found["x_on_y"]["mean"]):
            return "the first number is the mean *size* of the cosines, so that signs do not cancel."
        return f"not for steps of {step}. Did you use narrow bumps under one noise, around the torus (`periodic=True`), at this `step`?"
    return None


@exercise(
    "manifolds-mute",
    minutes=20,
    wants="a dict from each world's name to a pair of numbers, additive share and seam",
)
def mute(answer):
    """What additive share and what seam has the encoder of each shipped model when all labels are told the same?"""
    worlds = _shipped()
    for name, pair in by_key(answer, worlds, _pair).items():
        model, canvas = worlds[name]
        labels, found = canvas.lattice(), {}
        for own in (False, True):
            points = representation(model, canvas, LAYER, TIME, own_label=own)
            width = seam(points, labels)
            found[own] = factorization_score(points, labels).share, (width.x + width.y) / 2
        near = {own: np.abs(pair - np.array(true)) < (0.01, 0.06) for own, true in found.items()}
        if near[False].all():  # two decimals of a share will do, and one of a seam
            continue
        if near[True].all():
            return (
                f"in the world of {name}, each image came with its own label. What does the image alone tell?"
            )
        if near[False][0]:
            return f"the share of {name} is right, its seam is not. Wanted is the mean of x and y, in steps."
        return f"the share of {name} is not right. Layer {LAYER}, t = {TIME}, `own_label=False`?"
    return None


@exercise(
    "manifolds-arc",
    minutes=25,
    wants="a pair of shares, at most 0.1 apart: one that still shows a torus, one that does not",
)
def arc(answer):
    """How far can each circle of a Clifford torus be opened before the test for a torus finds none?"""
    still, no_more = numbers(answer, 2)
    if not 0 < no_more < still <= 15 / 16:
        return "first the larger share, with a torus, then the smaller one; both lie between 0 and 15/16."
    if still - no_more > 0.1 + 1e-9:
        return "the two shares lie more than 0.1 apart. Try one between them."
    if still > 0.92:
        return "this torus is nearly closed. Open it further: the test forgives more than this."
    if not _has_torus(still):
        return f"at the share {still:g} no void outlives the others any more. Close the circles a little."
    if _has_torus(no_more):
        return f"at the share {no_more:g} two loops and a void are still there. Open the circles further."
    return None


def _has_torus(share: float) -> bool:
    """Two loops and a void, clearly longer than the rest: the test of the text without its minute of shuffles."""
    from bumpworld.instruments.topology import persistence

    turn = Canvas().lattice().numpy() / 15 * 2 * np.pi * share
    diagram = persistence(np.concatenate([np.cos(turn), np.sin(turn)], axis=1))
    loops, voids = (np.append(diagram.lifetimes(k), np.zeros(3)) for k in (1, 2))
    # in shuffled clouds of this size the gap of loops stays below 0.07 and that of voids below 0.01
    return bool(loops[1] - loops[2] > 0.1 and voids[0] - voids[1] > 0.02)


@exercise("manifolds-angle", minutes=15, wants="an array of points, shape (256, d)")
def angle(answer):
    """Which points have no axes and are no flat sheet?"""
    points = numbers(answer, (256, None))
    if np.ptp(points, axis=0).max(initial=0) == 0:
        return "all points are the same, so they have no variance of which a sum could explain a share."
    labels = Canvas().lattice().numpy()
    share, found = additive_share(points, labels, STEPS[0.0]), contrast(points, labels)
    if share > 0.9:
        return f"the share is {share:.2f}: this is nearly a sum along x and y, as a flat sheet is. Bend it."
    if share < 0.45:
        return (
            f"the share is {share:.2f}: hardly more than points without order have. Let near labels be alike."
        )
    if abs(found) > 0.03:
        way = "x and y" if found > 0 else "the diagonals"
        return f"the contrast is {found:.2f}: these points have {way} for axes. Let only the distance of two labels matter."
    return None

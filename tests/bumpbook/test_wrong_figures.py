"""Wrong calls of the figures that readers draw with values of their own: answered by our words, with what is allowed."""

import math

import torch
from wrong_calls import POSITIVE, SEEDS, WORDS, tried

from bumpbook import composition, ddpm, few_examples, interpolation, manifolds, percolation, worlds
from bumpworld import Canvas, NoiseSchedule

CANVAS, SCHEDULE = Canvas(8), NoiseSchedule.linear(100)
LABELS = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
IMAGES = CANVAS.render(LABELS)
SIDES = ("a", None, 1, 8.5, True)
TIMES = (*WORDS, (), (100,), (-1,), ("a",), (0.5,))

# by figure: what is called, arguments that are right, and for some of them values that are wrong
CALLS = {
    "bump_and_sos": (worlds.bump_and_sos, {}, {"size": SIDES, "sigma": POSITIVE, "center": (*WORDS, (1,), (99, 1), ("a", 1))}),
    "corner_rules": (worlds.corner_rules, {}, {"size": SIDES, "sigma": POSITIVE, "new": (*WORDS, (1,), (99, 1)), "old": (*WORDS, (1,), (99, 1))}),
    "image_table": (worlds.image_table, {"canvas": CANVAS, "xs": [1, 2], "ys": [1, 2]}, {"canvas": WORDS, "xs": (*WORDS, [], [99], ["a"]), "ys": (*WORDS, [], [99], ["a"])}),
    "moving_bump": (worlds.moving_bump, {"canvas": CANVAS, "y": 3}, {"canvas": WORDS, "y": ("a", None, -1, 99, math.nan)}),
    "neighbours": (worlds.neighbours, {}, {"sigmas": (*WORDS, [], [0], ["a"]), "tau": (*POSITIVE, 1), "size": SIDES}),
    "readings": (worlds.readings, {"images": IMAGES, "labels": LABELS, "canvas": CANVAS, "names": ["a", "b"]}, {"images": (*WORDS, IMAGES[:1], IMAGES * math.nan), "labels": (*WORDS, LABELS[:1], LABELS + 9), "canvas": WORDS, "names": (None, 5.0, ["a"]), "columns": ("a", None, 0, 1.5)}),
    "torus": (worlds.torus, {}, {"size": SIDES, "sigma": POSITIVE, "at": (*WORDS, (1,), (99, 1))}),
    "noise_ladder": (ddpm.noise_ladder, {"image": IMAGES[:1], "schedule": SCHEDULE, "times": (1, 50)}, {"image": (*WORDS, IMAGES * math.nan), "schedule": WORDS, "times": TIMES, "seed": SEEDS}),
    "ideal_estimates": (ddpm.ideal_estimates, {"image": IMAGES[:1], "images": CANVAS.render(CANVAS.lattice()), "schedule": SCHEDULE, "times": (1, 50)}, {"image": WORDS, "images": (*WORDS, IMAGES[:0]), "schedule": WORDS, "times": TIMES, "seed": SEEDS}),
    "hidden_bumps": (ddpm.hidden_bumps, {"canvas": CANVAS, "schedule": SCHEDULE, "times": (1, 50)}, {"canvas": WORDS, "schedule": WORDS, "seed": SEEDS[:3], "times": TIMES}),
    "position_loss": (ddpm.position_loss, {"schedule": SCHEDULE, "canvas": CANVAS, "draws": 2}, {"schedule": WORDS, "canvas": WORDS, "draws": ("a", None, 0, 1.5), "seed": SEEDS}),
    "target_weights": (ddpm.target_weights, {"schedule": SCHEDULE}, {"schedule": WORDS}),
    "schedules": (ddpm.schedules, {"linear": SCHEDULE}, {"linear": WORDS}),
    "drawings": (ddpm.drawings, {"images": IMAGES, "labels": LABELS, "canvas": CANVAS}, {"images": (*WORDS, IMAGES[:1]), "labels": (*WORDS, LABELS[:1]), "canvas": WORDS, "columns": ("a", None, 0, 1.5)}),
    "training_sets": (composition.training_sets, {"canvas": Canvas(8, margin=2), "low": 3, "high": 5}, {"canvas": (*WORDS, CANVAS), "low": ("a", None, 5, math.nan), "high": ("a", None, 3, math.nan)}),
    "gallery": (composition.gallery, {"rows": {"a": IMAGES}, "labels": LABELS, "canvas": CANVAS}, {"rows": (*WORDS, {}, {"a": 3}, {"a": IMAGES[:1]}), "labels": (*WORDS, LABELS[:1]), "canvas": WORDS}),
    "errors_apart": (interpolation.errors_apart, {"images": IMAGES, "labels": LABELS, "canvas": CANVAS, "gap": (2, 5)}, {"images": (*WORDS, IMAGES[:1]), "labels": (*WORDS, LABELS[:1]), "canvas": WORDS, "gap": (*WORDS, (1,), (5, 2), ("a", 1))}),
    "two_tori": (manifolds.two_tori, {"n": 12}, {"n": ("a", None, 11, 4.5, True)}),
    "axes_by_code": (manifolds.axes_by_code, {}, {"cloud": (*WORDS, ["blank middle"])}),
    "value_graph": (few_examples.value_graph, {"train": [(1, 2), (3, 4)], "size": 8}, {"train": (*WORDS, [], [(1,)], [(9, 9)], [("a", 1)]), "size": SIDES, "pair": ("a", 5.0, (1,), (9, 9))}),
    "cluster_slider": (percolation.cluster_slider, {"size": 8, "frames": 2}, {"size": SIDES, "radius": ("a", None, -1, math.nan), "seed": SEEDS, "frames": ("a", None, 0, 1.5)}),
    "lattice_clusters": (percolation.lattice_clusters, {"densities": (0.5,), "size": 8}, {"densities": (*WORDS, (), (2,), (-1,), ("a",), (math.nan,)), "size": SIDES, "radius": ("a", None, -1, math.nan), "seed": SEEDS}),
    "cluster_curves": (percolation.cluster_curves, {"sigmas": (1.0,), "taus": (0.005,), "size": 8, "repeats": 2}, {"sigmas": (*WORDS, (), (0,), ("a",)), "taus": (*WORDS, (), (0,), (1,), ("a",)), "size": SIDES, "repeats": ("a", None, 0, 1.5)}),
    "overlap_against_spacing": (percolation.overlap_against_spacing, {"sigmas": (1.0,)}, {"sigmas": (*WORDS, (), (0,), ("a",)), "tau": (*POSITIVE, 1), "size": SIDES}),
}  # fmt: skip


test_what_cannot_be_is_named_with_what_is_allowed, _ = tried(CALLS)

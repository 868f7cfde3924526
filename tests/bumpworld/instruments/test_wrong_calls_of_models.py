"""Wrong calls of the instruments that ask networks, labels and runs: each is answered by a ValueError in our own words."""

import math

import numpy as np
import torch
from wrong_calls import tried

from bumpworld import Canvas, Experiment, UNetConfig
from bumpworld.instruments import (
    baselines,
    decoder,
    emergence,
    label_kernel,
    represent,
    spread,
    topology,
)
from bumpworld.train import new_model

CANVAS = Canvas(8)
NET = UNetConfig(channels=(8,), attention=(), label_features=4, time_features=4, embedding=8)
TINY = Experiment(CANVAS, unet=NET, steps=1, batch_size=4)
MODEL = new_model(TINY).eval()
LATTICE, FOUR = CANVAS.lattice(), torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [6.0, 1.0]])
IMAGES, TIMES, HALF = CANVAS.render(FOUR), torch.tensor([1, 2, 3, 4]), torch.tensor(0.5)
POINTS = np.random.default_rng(0).normal(size=(64, 6))
PARTS = {"x": [0.5, 0.6], "y": [0.5, 0.6], "both": [0.3, 0.4], "run": ["a", "b"]}

WORDS, SEEDS = ("ab", None, 5.0), (-1, 1.5, "a", None)
LABELS = (*WORDS, {}, [[1.0]], [[math.nan, 1.0]], [[math.inf, 1.0]], [["a", "b"]], object())


# by function: what is called, arguments that are right, and for some of them values that are wrong
CALLS = {
    "one_pass": (
        decoder.one_pass,
        {"model": MODEL, "labels": FOUR},
        {"model": WORDS, "labels": (*LABELS, []), "seed": SEEDS},
    ),
    "follows": (
        decoder.follows,
        {"model": MODEL, "canvas": CANVAS, "told": FOUR[:1], "shown": FOUR[2:3]},
        {
            "canvas": WORDS,
            "told": (*LABELS, FOUR[:2]),
            "t": ("a", None, -1, 1000, 2.5),
            "tolerance": ("a", 0, -1, math.nan),
            "seed": SEEDS,
        },
    ),
    "far_pairs": (
        decoder.far_pairs,
        {"labels": LATTICE, "count": 3, "apart": 2.0},
        {
            "labels": LABELS,
            "count": ("a", None, 0, 1.5, True),
            "apart": ("a", None, 0, math.nan, math.inf, 100),
            "seed": SEEDS,
        },
    ),
    "emergence": (
        emergence.emergence,
        PARTS,
        {
            "x": (*WORDS, ["a", "b"], [0.5], [math.nan, 0.5], [2.0, 0.5]),
            "run": (None, 3, ["a"]),
            "window": (*WORDS, (1,), (0.8, 0.2), (math.nan, 1), ("a", "b"), (0, 2)),
        },
    ),
    "of_runs": (emergence.of_runs, {"results": [], "region": "square"}, {"results": (*WORDS, [], [3])}),
    "parts": (emergence.parts, {"result": None}, {"result": WORDS}),
    "code_similarity": (
        label_kernel.code_similarity,
        {"values": [1.0, 2.0], "others": [1.0], "unet": NET},
        {"values": (*WORDS, [math.nan], [[1.0, 2.0]]), "others": WORDS, "unet": WORDS},
    ),
    "wide_kernel": (label_kernel.wide_kernel, {"similarity": HALF}, {"similarity": (*WORDS, [1.0])}),
    "ridge_solve": (
        label_kernel.ridge_solve,
        {"among": torch.eye(3), "values": torch.ones(3, 1)},
        {
            "among": (*WORDS, torch.ones(2, 3)),
            "values": (*WORDS, torch.ones(2, 1)),
            "ridge": ("a", None, 0, math.nan, True),
        },
    ),
    "LabelKernel.fit": (
        label_kernel.LabelKernel().fit,
        {"labels": FOUR, "images": IMAGES},
        {
            "labels": (*LABELS, FOUR[:2], torch.zeros(4, 3)),
            "images": (*WORDS, "abcd", IMAGES[:2], IMAGES[:, 0]),
        },
    ),
    "LabelKernel.predict": (
        label_kernel.LabelKernel().fit(FOUR, IMAGES).predict,
        {"labels": FOUR},
        {"labels": LABELS},
    ),
    "TwoWay": (
        baselines.TwoWay,
        {"labels": FOUR.numpy(), "targets": np.ones((4, 3))},
        {"labels": (*LABELS, np.ones((0, 2))), "targets": (*WORDS, np.ones((2, 3)), np.ones(4))},
    ),
    "representation": (
        represent.representation,
        {"model": MODEL, "canvas": CANVAS, "layer": "stem", "t": 5},
        {"model": WORDS, "canvas": WORDS, "own_label": ("no", 1), "blank": ("no", None)},
    ),
    "scores": (
        represent.scores,
        {"model": MODEL, "canvas": CANVAS, "layers": ["stem"], "times": (50,)},
        {"model": WORDS, "layers": ("stem", 5, ["x"]), "times": (50, None, ("a",), (1000,), (-1,), (0.5,))},
    ),
    "geometry": (
        represent.geometry,
        {"model": MODEL, "experiment": TINY, "final": False},
        {"model": WORDS, "experiment": WORDS, "final": ("no", 1)},
    ),
    "encoder_layer": (represent.encoder_layer, {"model": MODEL}, {"model": WORDS}),
    "two_d_labels": (represent.two_d_labels, {"canvas": CANVAS}, {"canvas": WORDS}),
    "spread": (
        spread.spread,
        {"values": [0.1, 0.2]},
        {"values": (*WORDS, ["a", "b"], {}, [1j], [[1], [2]]), "share": ("no", 1, None)},
    ),
    "difference": (
        spread.difference,
        {"first": [0.1], "second": [0.2]},
        {"first": (*WORDS, [], [math.nan, 1.0], [[1.0]]), "second": (*WORDS, [math.inf])},
    ),
    "percentage": (spread.percentage, {"share": 0.5}, {"share": ("ab", None, [0.5])}),
    "write": (
        spread.write,
        {"found": (0.5, 0.4, 0.6, 5)},
        {"found": (*WORDS, "abcd", (1, 2), ("a", 1, 2, 5)), "percent": ("no", 1, None)},
    ),
    "greedy_landmarks": (
        topology.greedy_landmarks,
        {"points": POINTS, "count": 3},
        {"points": (*WORDS, POINTS * math.nan, POINTS[0]), "count": (0, 1.5, "a")},
    ),
}


# a run that was watched is shown to these by the tests of their own
ELSEWHERE = ("of_runs", "parts")
test_what_cannot_be_is_named_with_what_is_allowed, test_what_is_right_is_answered = tried(CALLS, ELSEWHERE)


def test_labels_may_come_as_lists_and_from_numpy():
    for labels in ([[1.0, 2.0]], np.array([[1.0, 2.0]]), torch.tensor([[1, 2]])):
        assert decoder.one_pass(MODEL, labels).shape == (1, 1, 8, 8)

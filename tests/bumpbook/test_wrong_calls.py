"""Wrong calls of what the chapters call in the book's own rooms: answered by our words, with the value and what is allowed."""

import math

import numpy as np
import torch
from wrong_calls import SEEDS, WORDS, tried

from bumpbook.beyond import ideal_gap, local_study, stripes_scores, third
from bumpbook.beyond.local_machine import LocalMachine
from bumpbook.few_examples import efficiency
from bumpbook.frame import first_crossing, foretell, painting
from bumpbook.frame.findings import finding
from bumpbook.frame.sweeps import sweep
from bumpbook.interpolation import crossing, kernel, lesions, outcomes, turning
from bumpbook.manifolds import sheet
from bumpbook.percolation import newman_ziff, rivals
from bumpbook.widgets import Denoiser
from bumpbook.widgets.recording import Recording
from bumpworld import Canvas, Experiment, NoiseSchedule, UNetConfig, held_out_square
from bumpworld.train import new_model

CANVAS, SCHEDULE, WORLD = Canvas(8), NoiseSchedule.linear(100), third.WidthWorld()
NET = UNetConfig(channels=(8,), attention=(), label_features=4, time_features=4, embedding=8)
MODEL = new_model(Experiment(CANVAS, unet=NET)).eval()
LABELS = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
IMAGES, STEPS = CANVAS.render(LABELS), [[1, 0], [0, 1]]
SPLIT = held_out_square(3, 5).split(CANVAS)

CALLS = {
    "painted": (
        lambda **k: painting.painted(**k).split(CANVAS),
        {"rows": "f" * 16},
        {"rows": (*WORDS, "", "xyz", "f", "0" * 16)},
    ),
    "paint": (
        painting.paint,
        {"mask": np.eye(8)},
        {
            "mask": (
                *WORDS,
                {},
                np.eye(8) * 2,
                np.zeros((8, 8)),
                np.ones((2, 3)),
                np.ones(4),
                [["a"]],
                [[1], [1, 0]],
            )
        },
    ),
    "sweep": (
        sweep,
        {"name": "first"},
        {"name": ("x", None, 3, ["first"]), "preset": ("x", None, 3), "seeds": (0, -3, 1.5, True)},
    ),
    "finding": (finding, {}, {"name": ("no-such", None, ["a"])}),
    "crossing": (
        first_crossing.crossing,
        {"at": [1, 2, 3], "shares": [0, 0.4, 0.9]},
        {
            "at": (*WORDS, [3, 2, 1], [1, math.nan, 3], ["a", "b", "c"]),
            "shares": (*WORDS, [0, math.nan, 1]),
            "level": ("a", None, math.nan, True),
        },
    ),
    "amount_at": (first_crossing.amount_at, {"level": 0.5}, {"table": (*WORDS,)}),
    "logistic": (
        foretell.logistic,
        {"values": [1.0, 2.0, 3.0], "right": [True, False, True]},
        {
            "values": (*WORDS, [], [1.0], [1.0, math.inf, 2.0]),
            "right": (*WORDS, [], [0.5, 0.2, 1], [2, 1, 0], [math.nan, 1, 0]),
            "weight": ("a", [math.inf, 1, 1], [1, 0, 1], [[1, 1, 1]]),
        },
    ),
    "logistic()": (
        foretell.logistic([1.0, 2.0, 3.0], [True, False, True]),
        {},
        {"new": ("a", None, [math.nan])},
    ),
    "bits": (
        foretell.bits,
        {"chance": [0.5, 0.5], "right": [1, 0]},
        {"chance": (*WORDS, [0, 1]), "right": (*WORDS, [1], [2, 3])},
    ),
    "LocalMachine": (
        LocalMachine,
        {"images": IMAGES, "schedule": SCHEDULE, "patch": 3},
        {
            "images": (*WORDS, IMAGES[:0], IMAGES[:, 0]),
            "schedule": WORDS,
            "patch": (0, 2, 1.5, "a", None, {}, {5: 4}),
        },
    ),
    "local draw": (local_study.draw, {"model": MODEL, "count": 1}, {"count": (0, 1.5, "a"), "seed": SEEDS}),
    "training_images": (
        local_study.training_images,
        {"count": 4},
        {"count": (0, 1.5, "a", 1000), "canvas": (3, "a")},
    ),
    "count_bumps": (
        local_study.count_bumps,
        {"images": IMAGES},
        {"images": (*WORDS, IMAGES[:, 0]), "least": ("a", 0, math.nan)},
    ),
    "gaps": (
        ideal_gap.gaps,
        {"model": MODEL, "canvas": CANVAS, "split": SPLIT, "times": (50,)},
        {
            "model": WORDS,
            "canvas": WORDS,
            "split": WORDS,
            "times": (None, (1000,), ("a",), (-1,)),
            "seed": SEEDS,
        },
    ),
    "parts": (
        stripes_scores.parts,
        {"denoise": MODEL.denoise, "canvas": Canvas(8, margin=2)},
        {"denoise": WORDS, "canvas": (*WORDS, CANVAS)},
    ),
    "sum_error": (
        stripes_scores.sum_error,
        {"canvas": CANVAS, "schedule": SCHEDULE, "times": (50,)},
        {"canvas": WORDS, "schedule": WORDS, "times": (None, (500,), ("a",)), "seed": SEEDS},
    ),
    "train_third": (
        lambda **given: next(third.train_third(**given)),
        {},
        {
            "held_out": (
                *WORDS,
                torch.zeros(3, dtype=torch.bool),
                torch.ones(len(WORLD.lattice()), dtype=torch.bool),
            )
        },
    ),
    "cross_fade": (
        third.cross_fade,
        {"world": WORLD, "held_out": WORLD.held_out(x=(4, 8))},
        {"factor": ("z", None, 3)},
    ),
    "copying": (
        efficiency.copying,
        {"size": 8, "amount": 4},
        {"size": ("a", None, 1), "amount": (0, 64, "a")},
    ),
    "copying_needs": (efficiency.copying_needs, {"size": 8}, {"level": ("a", 0, 2, math.nan)}),
    "label_path": (
        crossing.label_path,
        {"model": MODEL, "canvas": CANVAS, "layer": "stem"},
        {"model": WORDS, "canvas": WORDS},
    ),
    "nearness": (
        kernel.nearness,
        {"canvas": CANVAS, "gap": 2},
        {"canvas": WORDS, "gap": (0, 1.5, "a", None, 100), "unet": (3, "a"), "ridge": ("a", 0)},
    ),
    "fit_bumps": (outcomes.fit_bumps, {"images": IMAGES}, {"canvas": (*WORDS, Canvas(8, kind="sos"))}),
    "outcomes": (
        outcomes.outcomes,
        {"images": IMAGES, "labels": LABELS, "canvas": CANVAS},
        {"sides": (*WORDS, (1,), (5, 2), (math.nan, 1), ("a", "b"))},
    ),
    "maps": (turning.maps, {}, {"width": ("a", None, 0)}),
    "shown": (turning.shown, {}, {"width": ("a", None, 0)}),
    "sides": (lesions.sides, {}, {"experiment": WORDS}),
    "chance": (sheet.chance, {"count": 9}, {"components": ("a", 0, -1, 2.5, 20)}),
    "Growth": (
        newman_ziff.Growth,
        {"size": 4, "moves": STEPS},
        {
            "size": (True, 2.5, "3", None, 1, 10**7),
            "moves": (*WORDS, [[0, 0]], [[9, 0]], [[0.5, 0]]),
            "periodic": ("no", 1),
            "crossing": ("no", None),
        },
    ),
    "fill": (newman_ziff.Growth(4, STEPS).fill, {}, {"rng": (None, "a", 0)}),
    "difference": (rivals.difference, {"second": None}, {"first": WORDS}),
    "rivals": (
        rivals.outcomes,
        {"results": []},
        {"results": (None, 3, [3]), "tolerance": ("a", 0), "every": ("a", -1)},
    ),
    "Recording": (Recording, {}, {"experiment": WORDS}),
    "Denoiser": (Denoiser, {"models": {"a": MODEL}}, {"canvas": (None, 8)}),
}


test_what_cannot_be_is_named_with_what_is_allowed, _ = tried(CALLS)


def test_a_lattice_takes_steps_without_their_reverse():
    grown = newman_ziff.Growth(4, STEPS).fill(np.random.default_rng(0))
    both = newman_ziff.Growth(4, [*STEPS, [-1, 0], [0, -1]]).fill(np.random.default_rng(0))
    assert grown.largest.tolist() == both.largest.tolist()

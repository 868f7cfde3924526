"""Wrong calls of the figures that show pictures, points, lattices and runs by name, and of the living figures: answered by our words."""

import math

import numpy as np
import pandas as pd
import torch
from wrong_calls import COUNTS, FLAGS, POSITIVE, SEEDS, WORDS, by_name, tried

from bumpbook import beyond, composition, ddpm, few_examples, interpolation, manifolds, percolation, worlds
from bumpbook.composition.ladder import answers
from bumpbook.frame.sliders import frame_slider
from bumpbook.percolation.curves import Estimate, largest_cluster_curve
from bumpbook.widgets import Laboratory, Manifold, Onset, TrainingFilm
from bumpbook.widgets.recording import Recording
from bumpworld import Canvas, Experiment, NoiseSchedule, UNetConfig, held_out_square
from bumpworld.diffusion import SampleState
from bumpworld.instruments.displacement import displacement_tests
from bumpworld.instruments.geometry import clifford_torus
from bumpworld.instruments.lattice import neighbours
from bumpworld.instruments.topology import persistence
from bumpworld.selection import lesion
from bumpworld.store import Store
from bumpworld.train import new_model
from made_up import learning_run

CANVAS, BORDERED, SCHEDULE = Canvas(8), Canvas(8, margin=2), NoiseSchedule.linear(100)
SQUARE, GAP, NOTHING = held_out_square(3, 5), (2, 5), object()
NET = UNetConfig(channels=(8,), attention=(), label_features=4, time_features=4, embedding=8)
MODEL = new_model(Experiment(CANVAS, unet=NET)).eval()
LABELS = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
IMAGES, BAND = CANVAS.render(LABELS), Experiment(CANVAS, lesion(3, 5))
IN_BAND = CANVAS.render(BAND.train_on.split(CANVAS).test["lesion"])[None]
SPLIT = SQUARE.split(CANVAS)
SIDE = (SPLIT, CANVAS.render(SPLIT.labels), [[3, 3], [4, 4]])
HIDDEN = ddpm.hidden_bumps(CANVAS, SCHEDULE, seed=0, times=(1, 50))
STATES = [SampleState(t, IMAGES, IMAGES) for t in (99, 50)]
TORUS, ANGLES = clifford_torus(4)
VIEW, LINE = (TORUS, ANGLES), np.arange(24.0).reshape(12, 2)
CURVE = largest_cluster_curve(8, neighbours(1), repeats=20)
UNCROSSED = largest_cluster_curve(8, neighbours(1), repeats=2, crossing=False)
CELL = {"sigma": 1.0, "spacing": 1.0, "shares": {"4": [0.5]}, "onsets": {"a": 1.0}}
ROW = ("a", CANVAS, (4, 4), answers(CANVAS, SQUARE, (4, 4)))
RIGHT = pd.DataFrame({"x": [1, 2], "y": [1, 2], "right": [True, False]})
MAPS = {0: RIGHT, 45: RIGHT}

NOT_IMAGES = (*WORDS, IMAGES[:0], IMAGES[:, 0], IMAGES * math.nan)
OF_LABELS = by_name(IMAGES[:1], IMAGES[:, 0], IMAGES * math.nan)
NOT_LABELS = (*WORDS, [], LABELS[:, :1], LABELS + 99, LABELS * math.nan)
NOT_TIMES = ("ab", 5.0, (), (100,), (-1,), ("a",), (0.5,))
NOT_VIEWS = by_name((TORUS,), (TORUS, ANGLES[:5]), (TORUS * math.nan, ANGLES), ("a", ANGLES))
NOT_CELLS = (*WORDS, [], [3], [{}], [CELL | {"sigma": 0}], [CELL | {"shares": {"4": [2.0]}}], [CELL | {"shares": {"4": "a"}}], [CELL | {"onsets": {"a": "b"}}], [CELL, CELL], [CELL, CELL | {"sigma": 2.0, "onsets": {}}])  # fmt: skip

# by figure: what is called, arguments that are right, and for some of them values that are wrong
CALLS = {
    "frame_slider": (frame_slider, {"frames": [b"", b""], "titles": ["a", "b"], "name": "x", "values": ["1", "2"]}, {"frames": (*WORDS, [], [b""], ["a", "b"]), "titles": (*WORDS, [], ["a"], [1, 2]), "name": (None, 5.0), "values": (*WORDS, ["1"], [1, 2]), "width": COUNTS, "start": (*WORDS, 2, -1)}),
    "intro_picture": (worlds.intro_picture, {"composed": SIDE, "lesioned": SIDE, "canvas": CANVAS}, {"composed": (*WORDS, (), (SPLIT, IMAGES, LABELS), (SPLIT, SIDE[1], []), (3, *SIDE[1:])), "lesioned": (*WORDS, (), (SPLIT, SIDE[1] * math.nan, LABELS)), "canvas": WORDS}),
    "label_space": (worlds.label_space, {"canvas": BORDERED}, {"canvas": (*WORDS, CANVAS)}),
    "class_errors": (ddpm.class_errors, {"hidden": HIDDEN, "readings": [[(1, 2), (3, 4)]]}, {"hidden": WORDS, "readings": (*WORDS, [], [[(1, 2)]], [[(99, 1), (1, 1)]], [[("a", 1), (1, 1)]], [[(math.nan, 1), (1, 1)]])}),
    "hidden_pictures": (ddpm.hidden_pictures, {"hidden": HIDDEN}, {"hidden": WORDS, "answers": FLAGS}),
    "film_strip": (ddpm.film_strip, {"states": STATES, "schedule": SCHEDULE}, {"states": (*WORDS, [], [3], [SampleState(9, IMAGES * math.nan, IMAGES)], [SampleState(9, IMAGES, 3)]), "schedule": WORDS, "held_out": FLAGS, "row": ("a", None, -1, 2, 0.5)}),
    "image_grid": (ddpm.image_grid, {"images": IMAGES, "columns": 2}, {"images": NOT_IMAGES, "columns": COUNTS, "titles": (*WORDS, ["a"], [1, 2])}),
    "learning": (ddpm.learning, {"losses": [0.2, 0.1], "looks": [{"a": 0.5}], "every": 1}, {"losses": (*WORDS, [], ["a"], [math.nan], [-1]), "looks": (*WORDS, [], [3], [{}], [{"a": "b"}], [{"a": 2.0}], [{"a": 1.0}, {"b": 1.0}]), "every": COUNTS}),
    "noise_slider": (ddpm.noise_slider, {"image": IMAGES[:1], "schedule": SCHEDULE, "times": (1, 50)}, {"image": (*NOT_IMAGES, IMAGES), "schedule": WORDS, "times": (*NOT_TIMES, (1,)), "seed": SEEDS}),
    "progress": (ddpm.progress, {"steps": [1, 2], "total": 2}, {"steps": (None, 5.0, NOTHING), "total": ("a", None, -1, 1.5)}),
    "shipped_answers": (ddpm.shipped_answers, {"store": Store(), "square": "a"}, {"store": ("ab", 5.0, []), "square": (None, 5.0, []), "nothing": ("ab", None, 5.0)}),
    "component_views": (manifolds.component_views, {"views": {"a": VIEW}}, {"views": NOT_VIEWS, "periodic": FLAGS}),
    "factor_curves": (manifolds.factor_curves, {"views": {"a": VIEW}}, {"views": NOT_VIEWS, "periodic": FLAGS}),
    "persistence_diagrams": (manifolds.persistence_diagrams, {"diagrams": {"a": persistence(TORUS)}}, {"diagrams": by_name(TORUS, None)}),
    "steered_row": (manifolds.steered_row, {"images": IMAGES, "wanted": LABELS, "canvas": CANVAS}, {"images": (*NOT_IMAGES, IMAGES[:1]), "wanted": NOT_LABELS, "canvas": WORDS, "titles": (*WORDS, ["a"], [1, 2])}),
    "step_histograms": (manifolds.step_histograms, {"rows": {"a": displacement_tests(TORUS, ANGLES, periodic=True)}}, {"rows": by_name(TORUS, None)}),
    "code_reach": (interpolation.code_reach, {"canvas": CANVAS, "codes": {"a": UNetConfig()}}, {"canvas": (*WORDS, Canvas(4)), "codes": (*by_name(None), dict.fromkeys("abcdefg", UNetConfig()))}),
    "ingredients": (interpolation.ingredients, {"drawn": {BAND: IN_BAND}}, {"drawn": (*by_name(IN_BAND), {BAND: 3}, {BAND: IMAGES}, {BAND: IN_BAND[:0]}, {BAND: IN_BAND * math.nan}, {Experiment(CANVAS, SQUARE): IN_BAND})}),
    "label_paths": (interpolation.label_paths, {"paths": {"a": {"head": LINE}}, "ends": (3, 8)}, {"paths": (*by_name({}, {"head": 3}, {"head": [["a"]]}, {"head": LINE * math.nan}), {"a": {"head": LINE}, "b": {"stem": LINE}}), "ends": (*WORDS, (1,), (5, 2), (0, 99), ("a", 1)), "names": ("ab", 5.0, {"head": 3})}),
    "lesion_gallery": (interpolation.lesion_gallery, {"drawn": {"a": IMAGES}, "labels": LABELS, "gaps": {"a": GAP}, "canvas": CANVAS}, {"drawn": OF_LABELS, "labels": NOT_LABELS, "gaps": (*WORDS, {"a": 3}, {"a": (5, 2)}, {"a": ("a", 1)}), "canvas": WORDS}),
    "lesion_outcomes": (interpolation.lesion_outcomes, {"found": {"a": ([6, 7], [0, 1])}}, {"found": by_name((), ([], []), ([6], [0, 1]), ([6], [99]), ([6], [0.5]), (["a"], [0]))}),
    "lesion_slider": (interpolation.lesion_slider, {"models": {"a": (MODEL, GAP)}, "canvas": CANVAS, "y": 3, "xs": [1, 2]}, {"models": by_name((MODEL, (1,)), ("a", None), (MODEL, (5, 2))), "canvas": (*WORDS, Canvas(9)), "y": ("a", None, math.nan, 99), "xs": (*WORDS, [], [1, 99], ["a", 1], [math.nan, 1])}),
    "turn_slider": (interpolation.turn_slider, {"drawn": {0: IMAGES, 45: IMAGES}, "labels": LABELS, "maps": {4: MAPS}}, {"drawn": (*by_name(), {0: IMAGES}, {0: IMAGES, 45: IMAGES[:1]}, {0: IMAGES, 45: 3}), "labels": (*WORDS, [], LABELS[:1], LABELS * math.nan), "maps": (*by_name(), {4: 3}, {4: {}}, {4: {0: 3}}, {4: MAPS | {45: RIGHT[:0]}}, {4: MAPS | {45: RIGHT.drop(columns="x")}})}),
    "answer_table": (composition.answer_table, {"rows": [ROW]}, {"rows": (*WORDS, [], [3], [ROW[:2]], [(*ROW[:3], {})], [(*ROW[:2], (99, 4), ROW[3])], [(*ROW[:3], {"a": IMAGES})], [ROW, (*ROW[:3], {"a": IMAGES[0]})])}),
    "cross_slider": (composition.cross_slider, {"drawn": {"a": IMAGES}, "labels": LABELS, "canvas": CANVAS}, {"drawn": OF_LABELS, "labels": NOT_LABELS, "canvas": WORDS}),
    "shape_shares": (composition.shape_shares, {"drawn": {"a": IMAGES}, "canvas": CANVAS}, {"drawn": by_name(IMAGES[:0], IMAGES[:, 0], IMAGES * math.nan), "canvas": WORDS}),
    "label_choices": (few_examples.label_choices, {"maps": [("a", CANVAS, SQUARE)]}, {"maps": (*WORDS, [], [3], [("a", CANVAS)], [("a", SQUARE, CANVAS)], [(3, CANVAS, SQUARE)])}),
    "value_graph_slider": (few_examples.value_graph_slider, {"order": [(1, 2), (3, 4), (1, 4)], "size": 8, "counts": (1, 2)}, {"order": (*WORDS, [], [(1,)], [(9, 9)], [("a", 1)], [(0.5, 1)]), "size": ("a", None, 1, 8.5, True), "counts": (*WORDS, (), (0, 1), (1, 3), ("a", 1), (2,))}),
    "pitch_lattices": (percolation.pitch_lattices, {"sigma_factors": (0.95,)}, {"sigma_factors": (*WORDS, (), (0,), ("a",), (math.nan,))}),
    "short_program": (percolation.short_program, {"ours": [0, 0.5, 1], "curve": CURVE}, {"ours": (*WORDS, [], [0], ["a", 1], [math.nan, 1]), "curve": WORDS}),
    "staircase": (percolation.staircase, {"measured": {1.0: Estimate(0.06, 0.01)}}, {"measured": (*by_name(), {1.0: 3}, {-1.0: Estimate(0.06, 0.01)}), "spacing": POSITIVE, "tau": (*POSITIVE, 1), "kind": (*WORDS, ["cosine"])}),
    "transition": (percolation.transition, {"curves": [CURVE]}, {"curves": (*WORDS, [], [3], [UNCROSSED]), "known": (*POSITIVE, 1)}),
    "machine_drawings": (beyond.machine_drawings, {"drawings": {"a": IMAGES}, "columns": 2}, {"drawings": by_name(IMAGES[:0], IMAGES[:, 0], IMAGES * math.nan), "columns": (*COUNTS, 3)}),
    "machine_scores": (beyond.machine_scores, {"scores": {"a": [[0.5, 0.6]]}}, {"scores": by_name([], [3], [[]], [["a"]], [[math.nan]])}),
    "sum_errors": (beyond.sum_errors, {"errors": {"a": [0, 0.5]}, "times": (0, 50)}, {"errors": by_name([], [1.0], ["a", "b"], [math.nan, 1]), "times": (*WORDS, (), (1,), ("a", "b"), (math.nan, 1))}),
    "Laboratory": (Laboratory, {}, {"preset": (*WORDS, [], Canvas()), "answers": (*WORDS, [3], [{}], [{"title": "a"}]), "view": (*WORDS, []), "network": (*WORDS, [])}),
    "Manifold": (Manifold, {"frames": TORUS, "labels": ANGLES, "canvas": CANVAS}, {"frames": (*WORDS, [], {}, TORUS[:5], TORUS * math.nan, [["a"] * 2] * 16), "labels": (*WORDS, [], ANGLES[:5], ANGLES * 0, ANGLES * math.nan, ANGLES + 9), "canvas": ("ab", 5.0, 0, BORDERED), "titles": (*WORDS, ["a", "b"], [1]), "same_scale": FLAGS}),
    "Onset": (Onset, {"cells": [CELL], "places": {"1": [(1, 2)]}, "amounts": [4]}, {"cells": NOT_CELLS, "places": (*WORDS, {}, {"2": []}, {"1": 3}, {"1": [(1,)]}, {"1": ["a"]}), "amounts": (*WORDS, [], [0], ["a"], [4, 2]), "size": ("a", None, 1, 8.5)}),
    "TrainingFilm": (TrainingFilm, {"run": learning_run()}, {"run": (*WORDS, [], Recording(BAND))}),
}  # fmt: skip


# those that are left out are drawn by the tests of their rooms
test_what_cannot_be_is_named_with_what_is_allowed, test_what_can_be_is_drawn = tried(
    CALLS, elsewhere={"cross_slider", "factor_curves", "lesion_slider", "noise_slider", "value_graph_slider"}
)

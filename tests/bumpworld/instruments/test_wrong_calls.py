"""Wrong calls of the instruments: each is answered by a ValueError that names what is wrong and what is allowed."""

import math

import numpy as np
import torch
from wrong_calls import COUNTS, FLAGS, LABELS, POSITIVE, SEEDS, WORDS, tried

from bumpworld import Canvas, Experiment, UNetConfig
from bumpworld.instruments import (
    baselines,
    completion,
    decoder,
    displacement,
    emergence,
    factorization,
    geometry,
    label_kernel,
    lattice,
    onset,
    overlap,
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
IMAGES, GRID, HALF = CANVAS.render(FOUR), Canvas(4).lattice(), torch.tensor(0.5)
POINTS, SIXTY = (np.random.default_rng(0).normal(size=(n, 6)) for n in (16, 64))
TORUS = geometry.clifford_torus(4)[0]
PARTS = {"x": [0.5, 0.6], "y": [0.5, 0.6], "both": [0.3, 0.4], "run": ["a", "b"]}
DIAGRAM = topology.persistence(TORUS)

CLOUDS = (*WORDS, {}, POINTS[0], POINTS[:1], POINTS * math.nan, POINTS * 0, [["a", "b"], ["c", "d"]])
HOLES = (GRID[:-1], GRID[[0, *range(15)]], GRID[:4], GRID[:, :1])
WIDTHS = ("a", None, 0, -1, math.nan, math.inf, [1.0, -1.0])

# by function: what is called, arguments that are right, and for some of them values that are wrong
CALLS = {
    "NearestLabel": (baselines.NearestLabel, {}, {"period": ("a", 0, -1, math.nan, True)}),
    "NearestLabel.predict": (baselines.NearestLabel().fit(FOUR, IMAGES).predict, {"labels": FOUR}, {"labels": LABELS}),
    "KernelRegression": (baselines.KernelRegression, {}, {"config": WORDS}),
    "KernelRegression.fit": (baselines.KernelRegression().fit, {"labels": GRID, "images": Canvas(4).render(GRID)}, {"labels": (*LABELS, GRID[:2]), "images": (*WORDS, IMAGES)}),
    "Additive.fit": (baselines.Additive().fit, {"labels": FOUR, "images": IMAGES}, {"labels": (*LABELS, FOUR[:2]), "images": (*WORDS, IMAGES[:2], IMAGES[:, 0], IMAGES * math.nan)}),
    "Additive.predict": (baselines.Additive().fit(FOUR, IMAGES).predict, {"labels": FOUR}, {"labels": LABELS}),
    "Multiplicative.fit": (baselines.Multiplicative().fit, {"labels": FOUR, "log_images": baselines.log_render(CANVAS, FOUR)}, {"labels": (*LABELS, FOUR[:2]), "log_images": (*WORDS, IMAGES[:2], torch.full_like(IMAGES, -math.inf))}),
    "Additive().predict": (baselines.Additive().predict, {}, {"labels": (FOUR,)}),
    "log_render": (baselines.log_render, {"canvas": CANVAS, "labels": FOUR}, {"canvas": WORDS, "labels": LABELS}),
    "fitted": (baselines.fitted, {"name": "additive", "canvas": CANVAS, "labels": FOUR}, {"name": (*WORDS, ["additive"]), "canvas": WORDS, "labels": LABELS}),
    "TwoWay()": (baselines.TwoWay(FOUR.numpy(), np.ones((4, 3))), {"labels": FOUR.numpy()}, {"labels": LABELS}),
    "as_labels": (displacement.as_labels, {"labels": FOUR}, {"labels": LABELS}),
    "label_grid": (displacement.label_grid, {"points": POINTS, "labels": GRID}, {"points": CLOUDS, "labels": (*LABELS, *HOLES)}),
    "displacement_tests": (displacement.displacement_tests, {"points": POINTS, "labels": GRID, "periodic": True}, {"points": CLOUDS, "labels": (*LABELS, *HOLES, GRID**2), "periodic": FLAGS, "step": (*COUNTS, 9, True), "seed": SEEDS}),
    "even_grid": (displacement.even_grid, {"points": POINTS, "labels": GRID, "step": 1, "periodic": True}, {"labels": (*LABELS, *HOLES), "step": ("a", None, 0, 9), "periodic": FLAGS}),
    "unit_steps": (displacement.unit_steps, {"grid": POINTS.reshape(4, 4, 6), "step": 1, "periodic": True, "name": "x"}, {"grid": (*WORDS, POINTS, np.zeros((4, 4, 6))), "step": ("a", None, 0, 9), "periodic": FLAGS}),
    "along_training": (emergence.along_training, {"results": [], "region": "square"}, {"results": (*WORDS, [], [3])}),
    "factorization_score": (factorization.factorization_score, {"points": POINTS, "labels": GRID}, {"points": CLOUDS, "labels": (*LABELS, *HOLES), "confidence": (*POSITIVE, 1)}),
    "hyperfactorization": (factorization.hyperfactorization, {"points": SIXTY, "labels": LATTICE, "periodic": True}, {"points": CLOUDS, "labels": (*LABELS, GRID), "periodic": FLAGS, "step": (*COUNTS, 9), "confidence": (*POSITIVE, 1)}),
    "as_points": (geometry.as_points, {"points": POINTS}, {"points": CLOUDS}),
    "compact": (geometry.compact, {"points": POINTS}, {"points": CLOUDS}),
    "pca_spectrum": (geometry.pca_spectrum, {"points": POINTS}, {"points": CLOUDS}),
    "principal_components": (geometry.principal_components, {"points": POINTS, "count": 2}, {"points": CLOUDS, "count": (*COUNTS, 7, True)}),
    "participation_ratio": (geometry.participation_ratio, {"points": POINTS}, {"points": CLOUDS}),
    "clifford_torus": (geometry.clifford_torus, {"n": 4}, {"n": ("a", None, 2, 4.5, 10**6, True), "r1": POSITIVE, "r2": POSITIVE}),
    "ring_torus": (geometry.ring_torus, {"n": 4}, {"n": ("a", None, 2, 4.5, 10**6), "R": (*POSITIVE, 1.0), "r": (*POSITIVE, 2.0)}),
    "embed_umap": (geometry.embed_umap, {"points": POINTS, "neighbors": 3}, {"points": CLOUDS, "seed": SEEDS, "components": (*COUNTS, 7), "neighbors": ("a", None, 1, 1.5, 16), "min_dist": ("a", None, -1, math.nan, 2, True)}),
    "neighbours": (lattice.neighbours, {"radius": 1.5}, {"radius": ("a", None, -1, math.nan, math.inf, 10**6, True)}),
    "rook_moves": (lattice.rook_moves, {"size": 4}, {"size": ("a", None, 1, 4.5, 10**6, True)}),
    "check_offsets": (lattice.check_offsets, {"offsets": [[1, 0]], "size": 4}, {"offsets": (*WORDS, [], [[0, 0]], [[0.5, 1]], [[9, 0]], [[1, 2, 3]], [["a", "b"]])}),
    "predicted_onset": (lattice.predicted_onset, {"sigma": 1.0}, {"sigma": WIDTHS, "spacing": POSITIVE, "tau": (*POSITIVE, 1), "kind": (*WORDS, ["cosine"])}),
    "site_clusters": (lattice.site_clusters, {"mask": np.ones((4, 4), bool), "offsets": [[1, 0]]}, {"mask": (*WORDS, np.ones(4, bool), np.ones((4, 4)), np.ones((0, 4), bool)), "offsets": (*WORDS, [], [[0, 0]], [[9, 0]]), "periodic": FLAGS}),
    "bipartite_components": (lattice.bipartite_components, {"pairs": [[0, 1], [1, 1]]}, {"pairs": (*WORDS, [], [[0.5, 1]], [[1, 2, 3]], [["a", "b"]], [[1], [2, 3]])}),
    "fit_threshold": (onset.fit_threshold, {"amounts": [1, 2, 4, 8], "right": [0, 0.2, 0.8, 1], "draws": 10}, {"amounts": (*WORDS, [1, 2], [0, 1, 2, 3], [1, 2, 4, math.nan], [1, 1, 2, 2], ["a", "b", "c", "d"]), "right": (*WORDS, [0, 1], [0, 1, 2, 3], [0, 0.5, math.nan, 1]), "tried": ("ab", 5.0, [1, 2], [0, 1, 1, 1], [-1, 1, 1, 1], [math.nan, 1, 1, 1]), "level": (*POSITIVE, 1), "seeds": ("ab", 5.0, [1, 2]), "log": FLAGS, "draws": ("a", None, 0, -1, 1.5, True), "seed": SEEDS}),
    "overlap": (overlap.overlap, {"distance": 1.0, "sigma": 1.0}, {"distance": ("a", None, -1, math.nan, [1, -1]), "sigma": WIDTHS, "kind": WORDS}),
    "pixel_overlap": (overlap.pixel_overlap, {"canvas": CANVAS, "a": (1, 2), "b": (3, 4)}, {"canvas": WORDS, "a": (*LABELS, (9, 9), (1, 2, 3)), "b": (*LABELS, [[3, 4]]), "kind": WORDS}),
    "interaction_radius": (overlap.interaction_radius, {"sigma": 1.0}, {"sigma": WIDTHS, "threshold": (*POSITIVE, 1), "spacing": POSITIVE, "kind": WORDS}),
    "under_each_noise": (lambda **k: next(represent.under_each_noise(**k)), {"model": MODEL, "canvas": CANVAS, "layers": ["stem"], "t": 5}, {"model": WORDS, "canvas": WORDS, "layers": (*WORDS, ["x"], []), "t": ("a", None, -1, 1000, 2.5), "seed": SEEDS, "own_label": FLAGS, "noises": COUNTS, "blank": FLAGS}),
    "scores_of": (represent.scores_of, {"points": SIXTY, "labels": LATTICE}, {"points": CLOUDS, "labels": (*LABELS, GRID), "periodic": FLAGS}),
    "persistence": (topology.persistence, {"points": TORUS}, {"points": CLOUDS, "landmarks": ("a", None, 3, 20.5, 10**6, True), "dimension": ("a", None, -1, 3, 1.5), "components": ("a", 0, 1.5, 5)}),
    "torus_evidence": (topology.torus_evidence, {"diagram": DIAGRAM, "permutations": 1}, {"diagram": (*WORDS, topology.persistence(TORUS, dimension=1), topology.persistence(np.arange(10.0)[:, None] * [1, 2])), "permutations": COUNTS, "seed": SEEDS}),
    "TorusEvidence.holds": (topology.torus_evidence(DIAGRAM, permutations=1).holds, {}, {"level": ("a", None, -1, 2, math.nan, True)}),
    "Diagram.lifetimes": (DIAGRAM.lifetimes, {"dimension": 1}, {"dimension": ("a", None, -1, 3, 1.5)}),
    "one_pass": (decoder.one_pass, {"model": MODEL, "labels": FOUR}, {"model": WORDS, "labels": (*LABELS, []), "seed": SEEDS}),
    "follows": (decoder.follows, {"model": MODEL, "canvas": CANVAS, "told": FOUR[:1], "shown": FOUR[2:3]}, {"canvas": WORDS, "told": (*LABELS, FOUR[:2], FOUR[2:3]), "t": ("a", None, -1, 1000, 2.5), "tolerance": ("a", 0, -1, math.nan), "seed": SEEDS}),
    "far_pairs": (decoder.far_pairs, {"labels": LATTICE, "count": 3, "apart": 2.0}, {"labels": (*LABELS, LATTICE[:8]), "count": (*COUNTS, True), "apart": ("a", None, 0, math.nan, math.inf, 100), "seed": SEEDS}),
    "emergence": (emergence.emergence, PARTS, {"x": (*WORDS, ["a", "b"], [0.5], [math.nan, 0.5], [2.0, 0.5]), "run": (None, 3, ["a"]), "window": (*WORDS, (1,), (0.8, 0.2), (math.nan, 1), ("a", "b"), (0, 2))}),
    "of_runs": (emergence.of_runs, {"results": [], "region": "square"}, {"results": (*WORDS, [], [3])}),
    "parts": (emergence.parts, {"result": None}, {"result": WORDS}),
    "code_similarity": (label_kernel.code_similarity, {"values": [1.0, 2.0], "others": [1.0], "unet": NET}, {"values": (*WORDS, [math.nan], [[1.0, 2.0]]), "others": WORDS, "unet": WORDS}),
    "wide_kernel": (label_kernel.wide_kernel, {"similarity": HALF}, {"similarity": (*WORDS, [1.0])}),
    "ridge_solve": (label_kernel.ridge_solve, {"among": torch.eye(3), "values": torch.ones(3, 1)}, {"among": (*WORDS, torch.ones(2, 3)), "values": (*WORDS, torch.ones(2, 1)), "ridge": ("a", None, 0, math.nan, True)}),
    "LabelKernel.fit": (label_kernel.LabelKernel().fit, {"labels": FOUR, "images": IMAGES}, {"labels": (*LABELS, FOUR[:0], FOUR[:2], torch.zeros(4, 3)), "images": (*WORDS, "abcd", IMAGES[:2], IMAGES[:, 0])}),
    "LabelKernel.predict": (label_kernel.LabelKernel().fit(FOUR, IMAGES).predict, {"labels": FOUR}, {"labels": LABELS}),
    "TwoWay": (baselines.TwoWay, {"labels": FOUR.numpy(), "targets": np.ones((4, 3))}, {"labels": (*LABELS, np.ones((0, 2))), "targets": (*WORDS, np.ones((2, 3)), np.ones(4))}),
    "representation": (represent.representation, {"model": MODEL, "canvas": CANVAS, "layer": "stem", "t": 5}, {"model": WORDS, "canvas": WORDS, "own_label": ("no", 1), "layer": (*WORDS, "down7", ""), "t": ("a", -1, 1000, 2.5), "blank": ("no", None)}),
    "scores": (represent.scores, {"model": MODEL, "canvas": CANVAS, "layers": ["stem"], "times": (50,)}, {"model": WORDS, "layers": ("stem", 5, ["x"]), "times": (50, None, ("a",), (1000,), (-1,), (0.5,))}),
    "geometry": (represent.geometry, {"model": MODEL, "experiment": TINY, "final": False}, {"model": WORDS, "experiment": WORDS, "final": ("no", 1)}),
    "encoder_layer": (represent.encoder_layer, {"model": MODEL}, {"model": WORDS}),
    "two_d_labels": (represent.two_d_labels, {"canvas": CANVAS}, {"canvas": WORDS}),
    "spread": (spread.spread, {"values": [0.1, 0.2]}, {"values": (*WORDS, ["a", "b"], {}, [1j], [[1], [2]]), "share": ("no", 1, None)}),
    "difference": (spread.difference, {"first": [0.1], "second": [0.2]}, {"first": (*WORDS, [], [math.nan, 1.0], [[1.0]]), "second": (*WORDS, [math.inf])}),
    "percentage": (spread.percentage, {"share": 0.5}, {"share": ("ab", None, [0.5])}),
    "write": (spread.write, {"found": (0.5, 0.4, 0.6, 5)}, {"found": (*WORDS, "abcd", (1, 2), ("a", 1, 2, 5)), "percent": ("no", 1, None)}),
    "greedy_landmarks": (topology.greedy_landmarks, {"points": SIXTY, "count": 3}, {"points": (*WORDS, SIXTY * math.nan, SIXTY[0]), "count": (0, 1.5, "a")}),
    "LabelKernel": (label_kernel.LabelKernel, {}, {"config": WORDS, "ridge": POSITIVE}),
    "LabelKernel().predict": (label_kernel.LabelKernel().predict, {}, {"labels": (FOUR,)}),
    "LowRank": (completion.LowRank, {"labels": FOUR.numpy(), "targets": np.ones((4, 1))}, {"labels": (*LABELS, [[0, 0, 0]] * 4, np.zeros((0, 2))), "targets": (*WORDS, np.ones((2, 1)), [["a"]] * 4)}),
    "displacement_tests of an open grid": (displacement.displacement_tests, {"points": POINTS, "labels": GRID, "periodic": False}, {"step": (3,)}),
}  # fmt: skip


# what needs a run, refuses whatever it is asked, or compiles for long
ELSEWHERE = (
    "along_training",
    "of_runs",
    "parts",
    "Additive().predict",
    "LabelKernel().predict",
    "embed_umap",
)
test_what_cannot_be_is_named_with_what_is_allowed, test_what_is_right_is_answered = tried(CALLS, ELSEWHERE)

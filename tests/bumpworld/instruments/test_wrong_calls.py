"""Wrong calls of the instruments: each is answered by a ValueError that names what is wrong and what is allowed."""

import math

import numpy as np
import torch
from wrong_calls import tried

from bumpworld import Canvas, Experiment, UNetConfig
from bumpworld.instruments import (
    baselines,
    displacement,
    emergence,
    factorization,
    geometry,
    lattice,
    onset,
    overlap,
    represent,
    topology,
)
from bumpworld.train import new_model

CANVAS, LARGE = Canvas(8), Canvas(16)
NET = UNetConfig(channels=(8,), attention=(), label_features=4, time_features=4, embedding=8)
MODEL = new_model(Experiment(CANVAS, unet=NET)).eval()
FOUR = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [6.0, 1.0]])
IMAGES, GRID = CANVAS.render(FOUR), Canvas(4).lattice()
POINTS = np.random.default_rng(0).normal(size=(16, 6))
TORUS = geometry.clifford_torus(4)[0]
WIDE = np.random.default_rng(0).normal(size=(256, 3))
DIAGRAM = topology.persistence(TORUS)

WORDS, SEEDS = ("ab", None, 5.0), (-1, 1.5, "a", None)
LABELS = (*WORDS, {}, [[1.0]], [[math.nan, 1.0]], [[math.inf, 1.0]], [["a", "b"]], object())
FLAGS = ("no", 1, None)
CLOUDS = (*WORDS, {}, POINTS[0], POINTS[:1], POINTS * math.nan, POINTS * 0, [["a", "b"], ["c", "d"]])
HOLES = (GRID[:-1], GRID[[0, *range(15)]], GRID[:4], GRID[:, :1])
WIDTHS = ("a", None, 0, -1, math.nan, math.inf, [1.0, -1.0])
POSITIVE = ("a", None, 0, -1, math.nan, math.inf, True)

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
    "displacement_tests": (displacement.displacement_tests, {"points": POINTS, "labels": GRID, "periodic": True}, {"points": CLOUDS, "labels": (*LABELS, *HOLES, GRID**2), "periodic": FLAGS, "step": ("a", None, 0, 1.5, 9, True), "seed": SEEDS}),
    "even_grid": (displacement.even_grid, {"points": POINTS, "labels": GRID, "step": 1, "periodic": True}, {"labels": (*LABELS, *HOLES), "step": ("a", None, 0, 9), "periodic": FLAGS}),
    "unit_steps": (displacement.unit_steps, {"grid": POINTS.reshape(4, 4, 6), "step": 1, "periodic": True, "name": "x"}, {"grid": (*WORDS, POINTS, np.zeros((4, 4, 6))), "step": ("a", None, 0, 9), "periodic": FLAGS}),
    "along_training": (emergence.along_training, {"results": [], "region": "square"}, {"results": (*WORDS, [], [3])}),
    "factorization_score": (factorization.factorization_score, {"points": POINTS, "labels": GRID}, {"points": CLOUDS, "labels": (*LABELS, *HOLES), "confidence": (*POSITIVE, 1)}),
    "hyperfactorization": (factorization.hyperfactorization, {"points": np.random.default_rng(0).normal(size=(64, 6)), "labels": CANVAS.lattice(), "periodic": True}, {"points": CLOUDS, "labels": (*LABELS, GRID), "periodic": FLAGS, "step": ("a", None, 0, 1.5, 9), "confidence": (*POSITIVE, 1)}),
    "as_points": (geometry.as_points, {"points": POINTS}, {"points": CLOUDS}),
    "compact": (geometry.compact, {"points": POINTS}, {"points": CLOUDS}),
    "pca_spectrum": (geometry.pca_spectrum, {"points": POINTS}, {"points": CLOUDS}),
    "principal_components": (geometry.principal_components, {"points": POINTS, "count": 2}, {"points": CLOUDS, "count": ("a", None, 0, 1.5, 7, True)}),
    "participation_ratio": (geometry.participation_ratio, {"points": POINTS}, {"points": CLOUDS}),
    "clifford_torus": (geometry.clifford_torus, {"n": 4}, {"n": ("a", None, 2, 4.5, 10**6, True), "r1": POSITIVE, "r2": POSITIVE}),
    "ring_torus": (geometry.ring_torus, {"n": 4}, {"n": ("a", None, 2, 4.5, 10**6), "R": (*POSITIVE, 1.0), "r": (*POSITIVE, 2.0)}),
    "embed_umap": (geometry.embed_umap, {"points": POINTS, "neighbors": 3}, {"points": CLOUDS, "seed": SEEDS, "components": ("a", None, 0, 1.5, 7), "neighbors": ("a", None, 1, 1.5, 16), "min_dist": ("a", None, -1, math.nan, 2, True)}),
    "neighbours": (lattice.neighbours, {"radius": 1.5}, {"radius": ("a", None, -1, math.nan, math.inf, 10**6, True)}),
    "rook_moves": (lattice.rook_moves, {"size": 4}, {"size": ("a", None, 1, 4.5, 10**6, True)}),
    "check_offsets": (lattice.check_offsets, {"offsets": [[1, 0]], "size": 4}, {"offsets": (*WORDS, [], [[0, 0]], [[0.5, 1]], [[9, 0]], [[1, 2, 3]], [["a", "b"]])}),
    "predicted_onset": (lattice.predicted_onset, {"sigma": 1.0}, {"sigma": WIDTHS, "spacing": POSITIVE, "tau": (*POSITIVE, 1), "kind": (*WORDS, ["cosine"])}),
    "site_clusters": (lattice.site_clusters, {"mask": np.ones((4, 4), bool), "offsets": [[1, 0]]}, {"mask": (*WORDS, np.ones(4, bool), np.ones((4, 4)), np.ones((0, 4), bool)), "offsets": (*WORDS, [], [[0, 0]], [[9, 0]]), "periodic": FLAGS}),
    "bipartite_components": (lattice.bipartite_components, {"pairs": [[0, 1], [1, 1]]}, {"pairs": (*WORDS, [], [[0.5, 1]], [[1, 2, 3]], [["a", "b"]], [[1], [2, 3]])}),
    "fit_threshold": (onset.fit_threshold, {"amounts": [1, 2, 4, 8], "right": [0, 0.2, 0.8, 1], "draws": 10}, {"amounts": (*WORDS, [1, 2], [0, 1, 2, 3], [1, 2, 4, math.nan], [1, 1, 2, 2], ["a", "b", "c", "d"]), "right": (*WORDS, [0, 1], [0, 1, 2, 3], [0, 0.5, math.nan, 1]), "tried": ("ab", 5.0, [1, 2], [0, 1, 1, 1], [-1, 1, 1, 1], [math.nan, 1, 1, 1]), "level": (*POSITIVE, 1), "seeds": ("ab", 5.0, [1, 2]), "log": FLAGS, "draws": ("a", None, -1, 1.5, True), "seed": SEEDS}),
    "overlap": (overlap.overlap, {"distance": 1.0, "sigma": 1.0}, {"distance": ("a", None, -1, math.nan, [1, -1]), "sigma": WIDTHS, "kind": WORDS}),
    "pixel_overlap": (overlap.pixel_overlap, {"canvas": CANVAS, "a": (1, 2), "b": (3, 4)}, {"canvas": WORDS, "a": (*LABELS, (9, 9), (1, 2, 3)), "b": LABELS, "kind": WORDS}),
    "interaction_radius": (overlap.interaction_radius, {"sigma": 1.0}, {"sigma": WIDTHS, "threshold": (*POSITIVE, 1), "spacing": POSITIVE, "kind": WORDS}),
    "under_each_noise": (lambda **k: next(represent.under_each_noise(**k)), {"model": MODEL, "canvas": CANVAS, "layers": ["stem"], "t": 5}, {"model": WORDS, "canvas": WORDS, "layers": (*WORDS, ["x"], []), "t": ("a", None, -1, 1000, 2.5), "seed": SEEDS, "own_label": FLAGS, "noises": ("a", None, 0, 1.5), "blank": FLAGS}),
    "scores_of": (represent.scores_of, {"points": np.random.default_rng(0).normal(size=(64, 6)), "labels": CANVAS.lattice()}, {"points": CLOUDS, "labels": (*LABELS, GRID), "periodic": FLAGS}),
    "persistence": (topology.persistence, {"points": TORUS}, {"points": CLOUDS, "landmarks": ("a", None, 3, 20.5, 10**6, True), "dimension": ("a", None, -1, 3, 1.5), "components": ("a", 0, 1.5, 5)}),
    "torus_evidence": (topology.torus_evidence, {"diagram": DIAGRAM, "permutations": 1}, {"diagram": (*WORDS, topology.persistence(TORUS, dimension=1)), "permutations": ("a", None, 0, 1.5), "seed": SEEDS}),
    "TorusEvidence.holds": (topology.torus_evidence(DIAGRAM, permutations=1).holds, {}, {"level": ("a", None, -1, 2, math.nan, True)}),
    "Diagram.lifetimes": (DIAGRAM.lifetimes, {"dimension": 1}, {"dimension": ("a", None, -1, 3, 1.5)}),
}  # fmt: skip


# what needs a run, refuses whatever it is asked, or compiles for long
ELSEWHERE = ("along_training", "Additive().predict", "embed_umap")
test_what_cannot_be_is_named_with_what_is_allowed, test_what_is_right_is_answered = tried(CALLS, ELSEWHERE)

"""Checks of chapter 3 against an analysis of variance, cosines and seams that are written out here."""

import numpy as np
import pytest
import torch

import bumpworld as bw
from bumpbook import check
from bumpbook.frame.sweeps import sweep
from bumpbook.manifolds.phases import world_name
from bumpworld.store import Store


def hint(name, answer):
    outcome = check(name, answer)
    assert not outcome.right, (answer, outcome)
    return outcome.hint


def grid_of(points):
    """Points (256, d) in lattice order, x fastest, as (y, x, d), without their mean."""
    points = np.asarray(points, dtype=float).reshape(16, 16, -1)
    return points - points.mean((0, 1))


def additive(points):
    """1 - residual of the two-way fit / total variance."""
    grid = grid_of(points)
    rest = grid - grid.mean(0, keepdims=True) - grid.mean(1, keepdims=True)
    return 1 - (rest**2).sum() / (grid**2).sum()


def seam(points):
    """Mean over x and y of |last - first| in mean steps."""
    curves = [grid_of(points).mean(axis) for axis in (0, 1)]
    ends = [np.linalg.norm(c[-1] - c[0]) / np.linalg.norm(c[1:] - c[:-1], axis=1).mean() for c in curves]
    return sum(ends) / 2


def activity(run, told, layer="down1"):
    """What a layer holds at t = 50 when the label is ``told``, by a hook on the network."""
    model, world = run.model, run.experiment.canvas
    labels = world.lattice()
    noise = torch.randn(256, 1, 16, 16, generator=torch.Generator().manual_seed(1234))
    a = model.schedule.alpha_bar[50]
    noisy = a.sqrt() * model.scale * world.render(labels) + (1 - a).sqrt() * noise
    with torch.no_grad():
        return model.net.features(noisy, torch.full((256,), 50), told, layer).flatten(1).numpy()


@pytest.fixture(scope="module")
def runs():
    store = Store()
    stored = [store.load(e) for e in sweep("torus").experiments if e.seed == 0 and store.has(e, weights=True)]
    return {world_name(run): run for run in stored}


class TestPixels:
    @staticmethod
    def closed_form(sigma):
        return 2 / (1 + np.sqrt(np.pi / (4 * np.pi**2 * sigma**2 / 256)))

    def test_the_closed_form_is_right(self):
        right = {("sos", 1): 1.0, ("bump", 1): self.closed_form(1), ("bump", 2): self.closed_form(2)}
        assert check("manifolds-pixels", right).right
        assert check("manifolds-pixels", {("SOS", 1.0): 1, ("bump", 1.0): 0.36, ("bump", 2.0): 0.61}).right
        assert "interaction" in hint("manifolds-pixels", right | {("sos", 1): 0.5})
        assert "different shares" in hint("manifolds-pixels", right | {("bump", 2): right["bump", 1]})
        assert "higher" in hint("manifolds-pixels", right | {("bump", 1): 0.2})
        assert "lower" in hint("manifolds-pixels", right | {("bump", 2): 0.9})
        assert "missing" in hint("manifolds-pixels", {("sos", 1): 1.0})


def test_code_from_the_untrained_network_itself():
    experiment = bw.Experiment(canvas=bw.Canvas(periodic=True))
    from bumpworld.train import new_model

    fresh = type("Run", (), {"model": new_model(experiment), "experiment": experiment})
    embedded = activity(fresh, experiment.canvas.lattice(), "condition")
    right = {"waves": 1.0, "embedded": additive(embedded), "seam": seam(embedded)}
    assert check("manifolds-code", right).right
    assert "next to" in hint("manifolds-code", right | {"waves": 0.7})
    assert "random layers" in hint("manifolds-code", right | {"embedded": 0.5})
    assert "in steps" in hint("manifolds-code", right | {"seam": 15})


def test_steps_from_cosines_of_all_pairs(runs):
    run = runs["bumps, σ = 1"]
    grid, right = grid_of(activity(run, run.experiment.canvas.lattice())), {}
    unit = lambda steps: steps / np.linalg.norm(steps, axis=2, keepdims=True)
    for step in (1, 2, 4, 7):
        x, y = (unit(np.roll(grid, -step, axis) - grid) for axis in (1, 0))
        others = ~np.eye(16, dtype=bool)
        cosines = np.abs(np.einsum("abk,cek->abce", x, y))  # x-steps at (a, b), y-steps at (c, e)
        across = cosines[others[:, None, :, None] & others[None, :, None, :]].mean()
        along = [np.einsum("abk,cek->abce", s, s) for s in (x, y)]
        at = np.arange(16)
        same_x = along[0][:, at, :, at].transpose(1, 2, 0)[others].mean()
        same_y = along[1][at, :, at, :].transpose(1, 2, 0)[others].mean()
        right[step] = across, (same_x + same_y) / 2
    assert check("manifolds-steps", right).right
    assert "first the cosine of" in hint("manifolds-steps", {k: v[::-1] for k, v in right.items()})
    assert "*size*" in hint("manifolds-steps", right | {1: (0.0, right[1][1])})
    assert "steps of 4" in hint("manifolds-steps", right | {4: (0.9, 0.9)})


def test_mute_from_the_variances(runs):
    right, told = {}, {}
    for name, run in runs.items():
        labels = run.experiment.canvas.lattice()
        silent = activity(run, torch.full_like(labels, 7.5))
        right[name], told[name] = (additive(silent), seam(silent)), None
        own = activity(run, labels)
        told[name] = additive(own), seam(own)
    assert check("manifolds-mute", right).right
    assert "its own label" in hint("manifolds-mute", told)
    some = next(iter(right))
    assert "its seam is not" in hint("manifolds-mute", right | {some: (right[some][0], 15)})
    assert "own_label=False" in hint("manifolds-mute", right | {some: (0.1, 1)})


class TestArc:
    """Opened by 2 pi (1 - s). A loop of unit radius is filled at sqrt 3: with a chord of that length it is gone."""

    GONE = 1 - np.arcsin(np.sqrt(3) / 2) / np.pi

    def test_below_two_thirds_there_is_no_loop_left(self):
        assert self.GONE == pytest.approx(2 / 3)
        assert "no void" in hint("manifolds-arc", (self.GONE - 0.01, self.GONE - 0.05))

    def test_any_pair_around_the_limit_is_right(self):
        assert check("manifolds-arc", (0.8, 0.7)).right
        assert "still there" in hint("manifolds-arc", (0.9, 0.85))

    def test_pairs_that_are_none(self):
        assert "first the larger" in hint("manifolds-arc", (0.7, 0.8))
        assert "0.1 apart" in hint("manifolds-arc", (0.9, 0.6))
        assert "nearly closed" in hint("manifolds-arc", (15 / 16, 0.9))
        assert "shape" in hint("manifolds-arc", (0.9, 0.8, 0.7))

"""Wrong calls of the public interface: each is answered by a ValueError that names the value and what is allowed."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from bumpworld import (
    Canvas,
    Experiment,
    NoiseSchedule,
    Store,
    UNetConfig,
    diffusion,
    draw,
    evaluate,
    exact,
    fit,
    load_or_train,
)
from bumpworld.instruments import (
    axes,
    baselines,
    decoder,
    edit,
    emergence,
    label_kernel,
    represent,
    spread,
    topology,
)
from bumpworld.store import Result
from bumpworld.train import new_model, train

CANVAS = Canvas(8)
NET = UNetConfig(channels=(8,), attention=(), label_features=4, time_features=4, embedding=8)
TINY = Experiment(CANVAS, unet=NET, steps=1, batch_size=4)
MODEL = new_model(TINY).eval()
LATTICE, FOUR = CANVAS.lattice(), torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [6.0, 1.0]])
IMAGES, TIMES, HALF = CANVAS.render(FOUR), torch.tensor([1, 2, 3, 4]), torch.tensor(0.5)
POINTS, SCHEDULE = np.random.default_rng(0).normal(size=(64, 6)), NoiseSchedule.linear(100)
PARTS = {"x": [0.5, 0.6], "y": [0.5, 0.6], "both": [0.3, 0.4], "run": ["a", "b"]}

WORDS, SEEDS = ("ab", None, 5.0), (-1, 1.5, "a", None)
LABELS = (*WORDS, {}, [[1.0]], [[math.nan, 1.0]], [[math.inf, 1.0]], [["a", "b"]], object())
TORN = IMAGES[:, :, :7]


def opened(**settings):
    with edit.edited(**settings):
        pass


# by function: what is called, arguments that are right, and for some of them values that are wrong
CALLS = {
    "draw": (
        draw,
        {"model": MODEL, "labels": FOUR, "steps": 1},
        {"model": WORDS, "labels": LABELS, "seed": SEEDS},
    ),
    "judge_model": (
        evaluate.judge_model,
        {"model": MODEL, "canvas": CANVAS, "steps": 1},
        {"model": WORDS, "canvas": WORDS},
    ),
    "denoising_error": (
        evaluate.denoising_error,
        {"model": MODEL, "images": IMAGES, "labels": FOUR},
        {"model": WORDS, "images": (*WORDS, TORN), "labels": (*WORDS, FOUR[:2])},
    ),
    "verdict": (
        evaluate.verdict,
        {"model": MODEL, "experiment": TINY, "steps": 1},
        {"model": WORDS, "experiment": WORDS},
    ),
    "losses": (evaluate.losses, {"model": MODEL, "experiment": TINY}, {"experiment": WORDS}),
    "make_target": (
        diffusion.make_target,
        {"target": "v", "x0": IMAGES, "noise": IMAGES, "signal": HALF, "sigma": HALF},
        {"x0": (*WORDS, TORN), "noise": (*WORDS, TORN)},
    ),
    "x0_from": (
        diffusion.x0_from,
        {"target": "eps", "output": IMAGES, "x_t": IMAGES, "signal": HALF, "sigma": HALF},
        {"output": (*WORDS, TORN), "x_t": (*WORDS, TORN)},
    ),
    "x0_weight": (diffusion.x0_weight, {"target": "v", "alpha_bar": HALF}, {"alpha_bar": (*WORDS, [0.5])}),
    "ddim_step": (
        diffusion.ddim_step,
        {"x_t": IMAGES, "x0": IMAGES, "alpha_bar": HALF, "alpha_bar_before": HALF, "eta": 0.0, "noise": None},
        {
            "x0": (*WORDS, TORN),
            "alpha_bar": WORDS,
            "alpha_bar_before": WORDS,
            "eta": ("a", -1, 2, math.nan),
            "noise": ("a", TORN),
        },
    ),
    "posterior_weights": (
        exact.posterior_weights,
        {"x_t": IMAGES, "t": TIMES, "images": IMAGES, "schedule": SCHEDULE},
        {
            "x_t": (*WORDS, TORN),
            "t": (*WORDS, [1], TIMES[:2], TIMES / 2, TIMES + 100, -TIMES),
            "images": (*WORDS, IMAGES[:0], IMAGES * math.nan),
            "schedule": (*WORDS, 100),
        },
    ),
    "position_error": (
        exact.position_error,
        {"schedule": SCHEDULE},
        {"schedule": WORDS, "amplitude": ("a", None, 0, -1, math.nan, math.inf)},
    ),
    "new_model": (
        new_model,
        {"experiment": TINY},
        {"experiment": WORDS, "device": ("foo", 3, None, "cuda:99")},
    ),
    "train": (lambda **k: next(train(**k)), {"experiment": TINY}, {"experiment": WORDS, "device": ("foo",)}),
    "fit": (
        lambda **k: next(fit(**k)),
        {
            "model": MODEL,
            "images": IMAGES,
            "labels": FOUR,
            "experiment": replace(TINY, until_learned=True),
            "draws_right": bool,
        },
        {
            "model": WORDS,
            "images": (*WORDS, IMAGES[:0], IMAGES[:2], TORN),
            "labels": (*WORDS, FOUR[:2], FOUR.tolist()),
            "experiment": WORDS,
            "draws_right": WORDS,
        },
    ),
    "compose": (
        CANVAS.compose,
        {
            "columns": torch.ones(4, 8),
            "rows": torch.ones(4, 8),
            "visible": torch.ones(4, 2, dtype=torch.bool),
        },
        {"columns": (*WORDS, torch.ones(4, 7)), "rows": (*WORDS, torch.ones(3, 8)), "visible": WORDS},
    ),
    "load_or_train": (load_or_train, {"experiment": TINY}, {"store": ("somewhere", 3)}),
    "additive_share": (
        axes.additive_share,
        {"points": POINTS, "labels": LATTICE, "step": (1, 0), "side": 3},
        {"step": (*WORDS, 3, (1,), (0.5, 1), (0, 0), (1, 2, 3), (9, 9)), "side": ("a", None, 1, 2.5, True)},
    ),
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
    "edited": (
        opened,
        {"model": MODEL, "layer": "stem", "change": print},
        {"layer": ("head", None), "change": WORDS},
    ),
    "steer": (
        edit.steer,
        {"net": MODEL.net, "layer": "stem", "trained": LATTICE, "to": FOUR},
        {
            "net": WORDS,
            "layer": ("x", "head"),
            "trained": LABELS,
            "to": LABELS,
            "components": (0, 1.5, "a"),
            "control": SEEDS[:3],
        },
    ),
    "best_sum": (
        edit.best_sum,
        {"net": MODEL.net, "trained": LATTICE},
        {"net": WORDS, "trained": LABELS, "shuffled": SEEDS[:3]},
    ),
    "paste": (
        edit.paste,
        {"net": MODEL.net, "layer": "stem", "other": FOUR},
        {"net": WORDS, "layer": WORDS, "other": LABELS},
    ),
    "fitted_sum": (
        edit.fitted_sum,
        {"net": MODEL.net, "layer": "stem", "trained": LATTICE, "images": IMAGES, "t": TIMES[:1]},
        {"images": (*WORDS, IMAGES[:0]), "t": (*WORDS, TIMES, TIMES[:0]), "trained": (*LABELS, LATTICE[:0])},
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
WRONG = [
    pytest.param(call, {**right, name: value}, name, id=f"{where}-{name}-{number}")
    for where, (call, right, wrong) in CALLS.items()
    for name, values in wrong.items()
    for number, value in enumerate(values)
]
ALLOWED = r"allowed|needed|needs|must|not finite|lies? |has no name|px apart"


@pytest.mark.parametrize(("call", "arguments", "name"), WRONG)
def test_what_cannot_be_is_named_with_what_is_allowed(call, arguments, name):
    with pytest.raises(ValueError, match=ALLOWED) as raised:
        call(**arguments)
    # by our own words, not by those of a library further down
    last = raised.traceback[-1]
    assert Path(str(last.path)).parts[-2] in ("bumpworld", "instruments") and "raise" in str(last.statement)


@pytest.mark.parametrize("where", [w for w in CALLS if w not in ("of_runs", "parts", "load_or_train")])
def test_what_is_right_is_answered(where):
    call, right, _ = CALLS[where]
    call(**right)


def test_labels_may_come_as_lists_and_from_numpy():
    for labels in ([[1.0, 2.0]], np.array([[1.0, 2.0]]), torch.tensor([[1, 2]])):
        assert draw(MODEL, labels, 1).shape == (1, 1, 8, 8)
        assert decoder.one_pass(MODEL, labels).shape == (1, 1, 8, 8)


def test_a_store_refuses_what_it_cannot_keep(tmp_path):
    for root in (3, ["a"]):
        with pytest.raises(ValueError, match="root is .*; allowed is a path"):
            Store(root)
    store = Store(tmp_path)
    for ask in (store.has, store.load, store.load_record, store.run, store.record_path):
        with pytest.raises(ValueError, match="experiment is None; allowed is a Experiment"):
            ask(None)
    wrong = {"device": ("foo", None, "cuda:99"), "watch": (3,), "wait": ("a", -2), "weights": ("no",)}
    for name, values in wrong.items():
        for value in values:
            with pytest.raises(ValueError, match=f"{name} is .*allowed"):
                store.run(TINY, **{name: value})
    assert not list(tmp_path.rglob("*.json"))


def test_a_look_that_a_record_lacks_is_named():
    result = Result(TINY, {"checkpoints": [{}, {}]}, None)
    for number in (2, -3, "a", 1.5, None):
        with pytest.raises(ValueError, match="checkpoint is .*; allowed are whole numbers from -2 to 1"):
            result.judgement(number)

"""Wrong calls of the public interface: each is answered by a ValueError that names the value and what is allowed."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from wrong_calls import COUNTS, FLAGS, LABELS, POSITIVE, SEEDS, WORDS, tried

from bumpbook.frame.designs import rim
from bumpbook.frame.painting import these
from bumpworld import (
    Canvas,
    Experiment,
    NoiseSchedule,
    Store,
    UNetConfig,
    diffusion,
    draw,
    evaluate,
    experiment,
    fit,
    label_code,
    load_or_train,
    measure,
    selection,
    unet,
)
from bumpworld.store import Result
from bumpworld.train import new_model, train

CANVAS = Canvas(8)
NET = UNetConfig(channels=(8,), attention=(), label_features=4, time_features=4, embedding=8)
TINY = Experiment(CANVAS, unet=NET, steps=1, batch_size=4)
MODEL = new_model(TINY).eval()
FOUR = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [6.0, 1.0]])
IMAGES, TIMES, HALF = CANVAS.render(FOUR), torch.tensor([1, 2, 3, 4]), torch.tensor(0.5)
SCHEDULE = NoiseSchedule.linear(100)

TORN, PLACES = IMAGES[:, :, :7], ("a", None, math.nan, math.inf, True, 9)


def split(**settings):
    return selection.Selection(**settings).split(CANVAS)


# by function: what is called, arguments that are right, and for some of them values that are wrong
CALLS = {
    "draw": (draw, {"model": MODEL, "labels": FOUR, "steps": 1}, {"model": WORDS, "labels": LABELS, "seed": SEEDS}),
    "judge_model": (evaluate.judge_model, {"model": MODEL, "canvas": CANVAS, "steps": 1}, {"model": WORDS, "canvas": WORDS}),
    "verdict": (evaluate.verdict, {"model": MODEL, "experiment": TINY, "steps": 1}, {"model": WORDS, "experiment": WORDS}),
    "losses": (evaluate.losses, {"model": MODEL, "experiment": TINY}, {"model": WORDS, "experiment": WORDS}),
    "make_target": (diffusion.make_target, {"target": "v", "x0": IMAGES, "noise": IMAGES, "signal": HALF, "sigma": HALF}, {"target": (*WORDS, "score"), "x0": (*WORDS, TORN), "noise": (*WORDS, TORN)}),
    "x0_from": (diffusion.x0_from, {"target": "eps", "output": IMAGES, "x_t": IMAGES, "signal": HALF, "sigma": HALF}, {"target": (*WORDS, "score"), "output": (*WORDS, TORN), "x_t": (*WORDS, TORN)}),
    "ddim_step": (diffusion.ddim_step, {"x_t": IMAGES, "x0": IMAGES, "alpha_bar": HALF, "alpha_bar_before": HALF, "eta": 0.0, "noise": None}, {"x0": (*WORDS, TORN), "alpha_bar": WORDS, "alpha_bar_before": WORDS, "eta": ("a", -1, 2, math.nan), "noise": ("a", TORN)}),
    "new_model": (new_model, {"experiment": TINY}, {"experiment": WORDS, "device": ("foo", 3, None, "cuda:99")}),
    "train": (lambda **k: next(train(**k)), {"experiment": TINY}, {"experiment": WORDS, "device": ("foo",)}),
    "fit": (lambda **k: next(fit(**k)), {"model": MODEL, "images": IMAGES, "labels": FOUR, "experiment": replace(TINY, until_learned=True), "draws_right": bool}, {"model": WORDS, "images": (*WORDS, IMAGES[:0], IMAGES[:2], TORN), "labels": (*WORDS, FOUR[:2], FOUR.tolist()), "experiment": WORDS, "draws_right": WORDS}),
    "compose": (CANVAS.compose, {"columns": torch.ones(4, 8), "rows": torch.ones(4, 8), "visible": torch.ones(4, 2, dtype=torch.bool)}, {"columns": (*WORDS, torch.ones(4, 7)), "rows": (*WORDS, torch.ones(3, 8)), "visible": WORDS}),
    "load_or_train": (load_or_train, {"experiment": TINY}, {"store": ("somewhere", 3)}),
    "sampling_times": (diffusion.sampling_times, {"schedule": SCHEDULE, "steps": 5}, {"schedule": WORDS, "steps": ("a", None, 0, 2.5, 101, True)}),
    "sample": (diffusion.sample, {"model": MODEL, "labels": FOUR, "steps": 1}, {"model": WORDS, "labels": (*LABELS, []), "steps": (*COUNTS, 1001), "eta": ("a", None, -1, 2, math.nan), "generator": ("a", 5), "denoise": ("a", 5)}),
    "sample_path": (lambda **k: next(diffusion.sample_path(**k)), {"model": MODEL, "labels": FOUR, "steps": 1}, {"model": WORDS, "labels": (*LABELS, []), "steps": ("a", 0), "eta": ("a", 2), "generator": ("a", 5), "denoise": ("a", 5)}),
    "training_loss": (diffusion.training_loss, {"model": MODEL, "images": IMAGES, "labels": FOUR}, {"model": WORDS, "images": (*WORDS, IMAGES[:0], TORN), "labels": (*WORDS, FOUR[:2], FOUR.tolist()), "generator": ("a", 5)}),
    "signal_noise": (SCHEDULE.signal_noise, {"t": TIMES}, {"t": (*WORDS, [1], TIMES / 2, TIMES + 100, -TIMES)}),
    "add_noise": (SCHEDULE.add_noise, {"x0": IMAGES, "t": TIMES, "noise": IMAGES}, {"x0": (*WORDS, TORN), "t": (*WORDS, TIMES[:2]), "noise": (*WORDS, TORN)}),
    "NoiseSchedule": (NoiseSchedule, {}, {"kind": (*WORDS, ["linear"]), "steps": (*COUNTS, True, 10**12)}),
    "DiffusionModel": (diffusion.DiffusionModel, {"net": MODEL.net, "schedule": SCHEDULE, "target": "v", "size": 8}, {"net": WORDS, "schedule": WORDS, "target": (*WORDS, ["v"]), "size": COUNTS, "scale": POSITIVE}),
    "to_dict": (experiment.to_dict, {"experiment": TINY}, {"experiment": WORDS}),
    "from_dict": (experiment.from_dict, {"data": experiment.to_dict(TINY)}, {"data": (*WORDS, {}, {"canvas": 3}, {**experiment.to_dict(TINY), "steps": "a"}, {**experiment.to_dict(TINY), "tea": 3})}),
    "sinusoids": (label_code.sinusoids, {"values": FOUR[:, 0], "features": 4, "low": 0.1, "high": 1.0}, {"values": (*WORDS, FOUR), "features": ("a", None, 0, 3, 1.5), "low": (*POSITIVE, 2.0), "high": (*POSITIVE, 0.01)}),
    "LabelCode": (label_code.LabelCode, {"config": NET}, {"config": WORDS}),
    "ConditionalUNet": (unet.ConditionalUNet, {"config": NET}, {"config": WORDS}),
    "read_centers": (measure.read_centers, {"images": IMAGES, "canvas": CANVAS}, {"images": (*WORDS, {}, TORN, IMAGES * math.nan), "canvas": WORDS}),
    "judge": (measure.judge, {"images": IMAGES, "labels": FOUR, "canvas": CANVAS}, {"images": (*WORDS, TORN, IMAGES[:2], IMAGES * math.nan), "labels": (*LABELS, FOUR[:2], FOUR + 8), "canvas": WORDS}),
    "accuracy": (measure.accuracy, {"images": IMAGES, "labels": FOUR, "canvas": CANVAS}, {"images": (*WORDS, TORN, IMAGES[0], IMAGES.expand(-1, 3, -1, -1), IMAGES[:2], IMAGES * math.inf), "labels": (*LABELS, FOUR[:2]), "canvas": WORDS, "tolerance": POSITIVE}),
    "Selection": (split, {"rule": "lesion", "settings": (("low", 3), ("high", 5))}, {"rule": (*WORDS, "third", ["lesion"]), "settings": (*WORDS, (("low", 3),), (("low", 3), ("high", 3)), (("low", 3), ("tea", 5)), (("low", 5), ("high", 3)))}),
    "Selection of everything": (split, {"rule": "everything", "settings": ()}, {"settings": WORDS}),
    "held_out_square": (lambda **k: selection.held_out_square(**k).split(CANVAS), {"low": 3, "high": 5}, {"low": PLACES, "high": (*PLACES[:5], 3)}),
    "lesion": (lambda **k: selection.lesion(**k).split(CANVAS), {"low": 3, "high": 5}, {"low": PLACES, "high": (*PLACES[:5], 3)}),
    "held_out_cross": (lambda **k: selection.held_out_cross(**k).split(CANVAS), {"low": 3, "high": 5, "use": "2d"}, {"low": PLACES, "high": (*PLACES[:5], 3), "use": (*WORDS, "stripes", ["2d"])}),
    "rim": (lambda **k: rim(**k).split(CANVAS), {"width": 2, "stripes": False}, {"width": POSITIVE, "stripes": (*FLAGS, True)}),
    "random_fraction": (lambda **k: selection.random_fraction(**k).split(CANVAS), {"fraction": 0.5, "seed": 0}, {"fraction": (*POSITIVE, 1.5), "seed": SEEDS, "stripes": (*FLAGS, True)}),
    "these": (lambda **k: these(**k).split(CANVAS), {"labels": [(1, 2)]}, {"labels": (*WORDS, [], [(1,)], [(1, 2), (1, 2)], [(9, 9)], [(1.5, 2)], [("a", 2)], [(math.nan, 1)])}),
    "Canvas": (Canvas, {}, {"size": ("a", None, 3, 8.0, 10**9, True), "sigma": POSITIVE, "kind": (*WORDS, ["bump"]), "periodic": FLAGS, "margin": ("a", None, -1, 1.5), "spacing": (*POSITIVE, 100, 1e-9)}),
    "Canvas.render": (CANVAS.render, {"centers": FOUR}, {"centers": (*LABELS, FOUR[0], FOUR[None], FOUR + 8, -FOUR)}),
    "Canvas.visible": (CANVAS.visible, {"centers": FOUR}, {"centers": (*LABELS, FOUR + 8)}),
    "Canvas.profile": (CANVAS.profile, {"positions": FOUR[:, 0]}, {"positions": ("ab", None, ["a"])}),
    "Canvas.check_images": (CANVAS.check_images, {"images": IMAGES}, {"images": (*WORDS, TORN, IMAGES * math.nan)}),
    "UNetConfig": (UNetConfig, {}, {"channels": (*WORDS, (), (0,), (8.5,)), "patch": ("a", 0, 1.5), "blocks": ("a", 0), "embedding": ("a", -1), "time_features": ("a", 0), "label_dims": ("a", 0), "place": ("a", -1), "attention": (*WORDS, (5,), (-1,), (True,)), "heads": ("a", 0, 5), "label_features": ("a", 3, 0), "label_frequencies": (*WORDS, (1, 0.5), (0, 1), (1, math.inf)), "label_code": WORDS, "label_angle": ("a", 30, math.nan), "label_values": ("a", -1, 3), "label_dropout": ("a", -1, 1, math.nan), "padding": (*WORDS, "circular"), "precision": (*WORDS, "float16")}),
    "Experiment": (Experiment, {}, {"canvas": WORDS, "train_on": WORDS, "unet": WORDS, "schedule": WORDS, "steps": (*COUNTS, True), "batch_size": (*COUNTS, 10**9), "learning_rate": POSITIVE, "ema": ("a", None, -0.1, 1.0, math.nan), "checkpoint_every": ("a", None, -1, 2.5), "seed": SEEDS, "target": (*WORDS, ["v"]), "until_learned": FLAGS}),
    "Canvas on a torus": (Canvas, {"periodic": True}, {"margin": (2,)}),
}  # fmt: skip


# what trains is answered in the tests of training and of the store
ELSEWHERE = ("load_or_train", "train")
test_what_cannot_be_is_named_with_what_is_allowed, test_what_is_right_is_answered = tried(CALLS, ELSEWHERE)


def test_labels_may_come_as_lists_and_from_numpy():
    for labels in ([[1.0, 2.0]], np.array([[1.0, 2.0]]), torch.tensor([[1, 2]])):
        assert draw(MODEL, labels, 1).shape == (1, 1, 8, 8)


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
    assert not list(tmp_path.rglob("*.json*"))


def test_a_look_that_a_record_lacks_is_named():
    result = Result(TINY, {"checkpoints": [{}, {}]}, None)
    for number in (2, -3, "a", 1.5, None):
        with pytest.raises(ValueError, match="checkpoint is .*; allowed are whole numbers from -2 to 1"):
            result.judgement(number)

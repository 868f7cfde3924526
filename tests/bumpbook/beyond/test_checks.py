"""Checks of chapter 8's exercises, against answers found in other ways, and the hints for wrong ones."""

import math

import pytest
import torch

import bumpworld as bw
from bumpbook import check
from bumpbook.beyond import checks as ch8
from bumpbook.beyond import local_study as local
from bumpbook.beyond.local_machine import LocalMachine


def test_cross_is_a_double_sum():
    world = bw.Canvas(periodic=True)
    x, y = world.profile(torch.tensor([2.0, 9.0]))
    assert check("beyond-cross", (x[None, :] * y[:, None]).sum()).right
    for wrong, hint in ((math.pi / 2, "half"), (math.pi, "squares"), (4.0, "double sum")):
        assert hint in check("beyond-cross", wrong).hint


def test_tug_hints(monkeypatch):
    """With a network that knows its label the distances are 0 and that of two bumps far apart, 2."""

    class Shipped:
        def load(self, experiment):
            canvas = bw.Canvas()
            model = type("Model", (), {"schedule": bw.NoiseSchedule.linear()})()
            model.denoise = lambda x_t, t, labels: canvas.render(labels)
            return type("Result", (), {"model": model, "experiment": type("E", (), {"canvas": canvas})})()

    monkeypatch.setattr(ch8, "Store", Shipped)
    assert check("beyond-tug", {"label": 0.0, "image": 2.0}).right
    for image, hint in ((math.sqrt(2), "squares"), (2 * math.pi, "divide"), (1.0, "Show".lower())):
        assert hint in check("beyond-tug", {"label": 0.0, "image": image}).hint.lower()
    assert "the other way round" in check("beyond-tug", {"label": 2.0, "image": 0.0}).hint


def test_patch_counts_what_is_not_one_bump():
    images, carrier = local.training_images(), local.new_network(0)
    drawn = local.draw(carrier, 16, LocalMachine(images, carrier.schedule, 7))
    small = sum(1 for image in drawn if int(local.count_bumps(image[None])) != 1)
    drawn = local.draw(carrier, 16, LocalMachine(images, carrier.schedule, 15))
    middle = sum(1 for image in drawn if int(local.count_bumps(image[None])) != 1)
    assert check("beyond-patch", {7: small, 15: middle, 31: 0}).right
    assert "others" in check("beyond-patch", {7: 16 - small, 15: middle, 31: 0}).hint
    assert "not at 7" in check("beyond-patch", {7: 0, 15: middle, 31: 0}).hint


def test_new_bumps_like_a_patch_in_between():
    errors = ch8._errors_on_new_bumps()
    best = min(errors, key=errors.get)
    assert errors[3] > errors[best] < errors[17]
    assert check("beyond-new", best).right
    assert "the others" in check("beyond-new", 17).hint and "smaller" in check("beyond-new", 13).hint
    assert "wanted is" in check("beyond-new", 4).hint


@pytest.mark.parametrize(
    "name, answer",
    [
        ("beyond-lot", {n: ((3 * n - 2) / n**2) ** 2 for n in (8, 16, 32)}),
        ("beyond-three", {"lowest": 0.4, "independent": 0.512, "highest": 0.8}),
    ],
)
def test_answers_by_formula(name, answer):
    assert check(name, answer).right
    for key in answer:
        assert not check(name, answer | {key: 0.6}).right

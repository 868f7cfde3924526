"""Edits against what must come out: pasting a whole condition is telling the other label, and a sum of a sum is itself."""

import numpy as np
import pytest
import torch
from torch import nn

from bumpbook.manifolds import edit
from bumpbook.manifolds.edit import best_sum, edited, paste, steer
from bumpworld import Canvas
from bumpworld.diffusion import DiffusionModel, NoiseSchedule
from bumpworld.unet import ConditionalUNet, UNetConfig

WORLD = Canvas(size=8)
LABELS = WORLD.lattice()
OUTSIDE = LABELS[~((LABELS >= 3) & (LABELS < 5)).all(1)]  # a square is held out
TIME = 700


def model(linear=False):
    """Every weight drawn at random. With ``linear`` the condition is linear in the code, so that it is a sum in x and y."""
    torch.manual_seed(0)
    net = ConditionalUNet(
        UNetConfig(channels=(8, 8), heads=2, label_features=8, time_features=4, embedding=12)
    )
    if linear:
        net.condition = nn.Sequential(nn.Linear(net.condition[0].in_features, 12))
    with torch.no_grad():
        for weight in net.parameters():
            weight.copy_(0.4 * torch.randn_like(weight))
    return DiffusionModel(net, NoiseSchedule.linear(1000), "x0", 8).eval().requires_grad_(False)


CROOKED, STRAIGHT = model(), model(linear=True)
TOLD, OTHER = LABELS[:20], LABELS[30:50]
NOISE = torch.randn(20, 1, 8, 8, generator=torch.Generator().manual_seed(1))


def drawn(model, labels, times=TIME):
    return model.denoise(NOISE[: len(labels)], torch.full((len(labels),), times), labels)


def close(a, b):
    return torch.allclose(a, b, atol=1e-4)


@pytest.mark.parametrize("layer", edit.places(CROOKED.net))
def test_putting_back_what_was_there_changes_nothing_and_nothing_stays(layer):
    before = drawn(CROOKED, TOLD)
    with edited(CROOKED, layer, paste(CROOKED.net, layer, TOLD)):
        assert close(drawn(CROOKED, TOLD), before)
    with edited(CROOKED, layer, lambda activation, *_: 0 * activation):
        assert not close(drawn(CROOKED, TOLD), before) or layer == "stem"
    assert torch.equal(drawn(CROOKED, TOLD), before)


@pytest.mark.parametrize("layer", ["condition", "up0"])
def test_pasting_all_that_a_label_does_is_telling_it(layer):
    with edited(CROOKED, layer, paste(CROOKED.net, layer, OTHER)):
        assert close(drawn(CROOKED, TOLD), drawn_unedited(OTHER))


def drawn_unedited(labels):
    return drawn(model(), labels)


def test_pasting_where_no_label_has_come_yet_changes_nothing():
    before = drawn(CROOKED, TOLD)
    with edited(CROOKED, "stem", paste(CROOKED.net, "stem", OTHER)):
        assert close(drawn(CROOKED, TOLD), before)


def test_the_best_sum_of_a_sum_draws_held_out_labels_as_they_are_and_shuffled_parts_do_not():
    held_out = LABELS[((LABELS >= 3) & (LABELS < 5)).all(1)]
    before = drawn(STRAIGHT, held_out)
    with edited(STRAIGHT, "condition", best_sum(STRAIGHT.net, OUTSIDE)):
        assert close(drawn(STRAIGHT, held_out), before)
    with edited(STRAIGHT, "condition", best_sum(STRAIGHT.net, OUTSIDE, shuffled=3)):
        assert not close(drawn(STRAIGHT, held_out), before)


def test_the_best_sum_of_what_is_none_is_the_analysis_of_variance():
    times = torch.full((20,), TIME)
    held = CROOKED.net.embed(times[:1].expand(64), LABELS).numpy().reshape(8, 8, 12)  # y, x
    sums = held.mean(0)[None] + held.mean(1)[:, None] - held.mean((0, 1))
    got = best_sum(CROOKED.net, LABELS)(None or torch.zeros(64, 12), NOISE, times, LABELS)
    assert np.allclose(got.numpy(), sums.reshape(64, 12), atol=1e-5)


def test_steering_a_sum_is_telling_the_other_label():
    with edited(STRAIGHT, "condition", steer(STRAIGHT.net, "condition", OUTSIDE, OTHER)):
        moved = drawn(STRAIGHT, TOLD)
    assert close(moved, drawn(STRAIGHT, OTHER))
    with edited(STRAIGHT, "condition", steer(STRAIGHT.net, "condition", OUTSIDE, OTHER, components=12)):
        assert close(drawn(STRAIGHT, TOLD), moved)
    with edited(STRAIGHT, "condition", steer(STRAIGHT.net, "condition", OUTSIDE, OTHER, components=1)):
        assert not close(drawn(STRAIGHT, TOLD), moved)


def test_the_control_goes_as_far_in_another_direction():
    times, zero = torch.full((20,), TIME), torch.zeros(20, 12)
    there, astray = (
        steer(CROOKED.net, "condition", OUTSIDE, OTHER, control=c)(zero, NOISE, times, TOLD)
        for c in (None, 5)
    )
    assert torch.allclose(there.norm(dim=1), astray.norm(dim=1), rtol=1e-4)
    assert torch.cosine_similarity(there, astray).abs().mean() < 0.5


@pytest.mark.parametrize("layer", ["condition", "down1", "middle", "up0"])
def test_steering_to_where_one_is_moves_nothing(layer):
    before = drawn(CROOKED, TOLD)
    with edited(CROOKED, layer, steer(CROOKED.net, layer, OUTSIDE, TOLD)):
        assert close(drawn(CROOKED, TOLD), before)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: edited(CROOKED, "down7", lambda a, *_: a), "down7.*allowed"),
        (lambda: edited(CROOKED, "head", lambda a, *_: a), "head.*allowed"),
        (lambda: edited(CROOKED.net, "middle", lambda a, *_: a), "model"),
        (lambda: edited(CROOKED, "middle", lambda a, *_: a[:, :1]), "shape"),
        (
            lambda: edited(CROOKED, "condition", best_sum(CROOKED.net, LABELS[LABELS[:, 0] > 2])),
            "sum can reach",
        ),
        (
            lambda: edited(
                CROOKED, "condition", steer(CROOKED.net, "condition", LABELS[LABELS[:, 0] > 2], OTHER)
            ),
            "no trained label has the value 0",
        ),
        (
            lambda: edited(CROOKED, "condition", steer(CROOKED.net, "condition", LABELS, OTHER, 0)),
            "components",
        ),
    ],
)
def test_nonsense_is_refused(make, words):
    with pytest.raises(ValueError, match=words), make():
        drawn(CROOKED, TOLD)
    assert not CROOKED.net._forward_pre_hooks


def test_one_sum_is_of_one_time():
    with pytest.raises(ValueError, match="times"):
        edit.fitted_sum(CROOKED.net, "middle", LABELS, NOISE, torch.tensor([1, 2]))

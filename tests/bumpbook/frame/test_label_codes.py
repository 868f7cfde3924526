"""The codes besides the axes: as long as those, told apart as they say, and refused where they cannot be."""

import math

import pytest
import torch
from wrong_calls import WORDS, tried

from bumpbook.frame.label_codes import turn
from bumpworld import Canvas, Experiment, UNetConfig, unet_config
from bumpworld.label_code import LabelCode

LABELS = Canvas(8).lattice()
CODES = {
    "axes": {},
    "turned": {"label_angle": 30},
    "fourier": {},
    "one-hot": {"label_values": 8},
    "pair": {"label_values": 8},
}


def code_of(config):
    return unet_config.CODES[config.label_code](config)


@pytest.mark.parametrize("name", CODES)
def test_every_code_is_as_long_as_the_axes_and_tells_every_label(name):
    code = code_of(UNetConfig(label_code=name, **CODES[name]))
    assert isinstance(code, LabelCode)
    told = code(LABELS)
    assert told.shape == (64, code.width)
    torch.testing.assert_close(told.norm(dim=1), torch.full((64,), code.length))
    assert len(told.unique(dim=0)) == 64


@pytest.mark.parametrize("name", CODES)
def test_a_label_that_is_withheld_is_told_as_nothing(name):
    code = code_of(UNetConfig(label_code=name, label_dropout=0.5, **CODES[name]))
    withheld = torch.where(torch.arange(64)[:, None] % 2 == 0, torch.nan, LABELS)
    told = code(withheld)
    assert not told[::2].any() and torch.equal(told[1::2], code(LABELS)[1::2])


def test_who_is_told_nothing_gets_zeros():
    assert not code_of(UNetConfig(label_code="none"))(LABELS).any()


@pytest.mark.parametrize(
    ("name", "wrong", "said"),
    [
        ("turned", {"label_angle": 0}, "label_angle is 0.*allowed"),
        ("turned", {"label_angle": 90}, "label_angle is 90.*allowed"),
        ("turned", {"label_angle": 9, "label_dims": 3}, "label_dims is 3.*allowed"),
        ("turned", {"label_angle": 9, "label_values": 8}, "label_values is 8.*allowed"),
        ("fourier", {"label_angle": 9}, "label_angle is 9.*allowed"),
        ("fourier", {"label_values": 8}, "label_values is 8.*allowed"),
        ("none", {"label_values": 8}, "label_values is 8.*allowed"),
        ("one-hot", {}, "label_values is 0.*allowed"),
        ("one-hot", {"label_values": 8, "label_angle": 9}, "label_angle is 9.*allowed"),
        ("pair", {"label_values": 1}, "label_values is 1.*allowed"),
    ],
)
def test_settings_that_a_code_does_not_go_with_are_named(name, wrong, said):
    with pytest.raises(ValueError, match=said):
        UNetConfig(label_code=name, **wrong)


@pytest.mark.parametrize("name", ["turned", "fourier", "one-hot", "pair"])
def test_worlds_that_a_code_cannot_tell_are_named(name):
    unet = UNetConfig(label_code=name, **CODES[name])
    named = "label_values" in CODES[name]
    world = Canvas(8, spacing=0.5) if named else Canvas(8, periodic=True)
    with pytest.raises(ValueError, match="names whole pixels" if named else "no meaning on a torus"):
        Experiment(world, unet=unet)
    assert Experiment(Canvas(8), unet=unet).unet == unet


@pytest.mark.parametrize("name", ["one-hot", "pair"])
@pytest.mark.parametrize("label", [(0.5, 1), (8, 0), (-1, 0)])
def test_a_label_without_a_name_is_named(name, label):
    code = code_of(UNetConfig(label_code=name, label_values=8))
    with pytest.raises(ValueError, match=f"has no name in a '{name}' code; allowed are .* from 0 to 7"):
        code(torch.tensor([label]))


CALLS = {
    "turn": (
        turn,
        {"labels": LABELS, "degrees": 30},
        {"labels": (*WORDS, LABELS[:, :1]), "degrees": ("a", None, math.nan, math.inf, True)},
    )
}
test_what_cannot_be_is_named_with_what_is_allowed, test_what_is_right_is_answered = tried(CALLS)

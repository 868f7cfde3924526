"""Checks of values: numpy's numbers become Python's, and what only looks like a number or a truth value is refused."""

import json
import math
import re
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import pytest
import torch

from bumpbook.frame.designs import rim
from bumpworld import Canvas, Experiment, NoiseSchedule, checks
from bumpworld.experiment import from_dict, to_dict
from bumpworld.instruments import arrays
from bumpworld.selection import lesion, random_fraction
from bumpworld.store import Store, read_record
from bumpworld.unet import UNetConfig


@pytest.mark.parametrize("value", [7, np.int8(7), np.uint64(7), np.array([7])[0]])
def test_whole_numbers_come_back_as_python_writes_them(value):
    assert checks.whole("n", value, 1, 7) == 7
    assert type(checks.whole("n", value)) is int
    assert checks.wholes("n", [value, value]) == (7, 7)


@pytest.mark.parametrize("value", [True, np.True_, 7.0, 7.5, np.float64(7), "7", None, math.nan, [7], 0, 8])
def test_what_is_no_whole_number_is_named_with_what_is_allowed(value):
    with pytest.raises(
        ValueError, match=re.escape(f"n is {checks.short(value)}; allowed are whole numbers from 1 to 7")
    ):
        checks.whole("n", value, 1, 7)


@pytest.mark.parametrize("value", [2, 2.0, np.float32(2), np.int64(2), Fraction(2)])
def test_numbers_come_back_as_floats(value):
    found = checks.number("a", value, above=1, most=2)
    assert found == 2 and type(found) is float


@pytest.mark.parametrize("value", [False, np.False_, "2", None, math.nan, math.inf, 10**400, 1 + 0j, 1, 2.1])
def test_what_is_no_such_number_is_refused(value):
    with pytest.raises(ValueError, match=r"^a is .*; allowed are finite numbers above 1 up to 2$"):
        checks.number("a", value, above=1, most=2)


def test_flags_are_flags():
    assert checks.flag("f", np.True_) is True
    for value in (0, 1, "no", "", None, [], np.array([True])):
        with pytest.raises(ValueError, match=r"^f is .*; allowed are True and False$"):
            checks.flag("f", value)


def test_arrays_of_no_numbers_are_named():
    for convert in (checks.tensor, arrays.array):
        for value in (None, "no", {}, [[1.0], [1.0, 2.0]], [["a"]], object()):
            with pytest.raises(ValueError, match=r"^labels is .*; allowed is \(n, 2\)$"):
                convert("labels", value, "(n, 2)", torch.float32 if convert is checks.tensor else float)
    assert arrays.array("labels", torch.ones(2, requires_grad=True), "(n,)").tolist() == [1, 1]


def test_numbers_of_another_shape_and_those_that_are_not_finite_are_named():
    for value, found in ([[1.0, math.nan]], "nan"), (np.array([[math.inf, 1]]), "inf"):
        with pytest.raises(
            ValueError, match=rf"^at hold {found}, .*allowed are finite numbers of shape \(n, 2\)$"
        ):
            checks.numbers("at", value, "n", 2)
        with pytest.raises(
            ValueError, match=rf"^at hold {found}, .*allowed are finite numbers of shape \(n,\)$"
        ):
            arrays.vector("at", value[0])
    with pytest.raises(
        ValueError, match=r"^at has shape \(2,\); allowed is a tensor of shape \(n, 2\), x and y$"
    ):
        checks.numbers("at", [1.0, 2.0], "n", 2, hint=", x and y")
    assert checks.numbers("at", [[1, 2]], "n", 2).dtype == torch.float64


@dataclass(frozen=True)
class Box(checks.Settings):
    side: int = checks.setting(3, checks.whole, least=1)
    name: str = "any"


def test_a_setting_is_checked_by_what_stands_beside_it():
    assert Box(np.int8(4), name=7) == Box(4, 7) and type(Box(np.int8(4)).side) is int
    assert Box() == Box(3) and Box.side == 3
    with pytest.raises(ValueError, match="^side is 0; allowed are whole numbers from 1$"):
        replace(Box(), side=0)


def everyday():
    """An experiment, and the same one told in numpy's numbers and in whole floats."""
    plain = Experiment(
        Canvas(8, 1, margin=1, spacing=1),
        rim(2, True),
        UNetConfig.quick(channels=(8, 16), label_frequencies=(1, 2), label_dropout=0),
        NoiseSchedule.linear(100),
        steps=7,
        learning_rate=0.5,
        ema=0,
        geometry=True,
        seed=3,
    )
    told = Experiment(
        Canvas(np.int64(8), np.float32(1), margin=np.uint8(1), spacing=1.0, periodic=np.False_),
        rim(2.0, np.True_),
        UNetConfig.quick(
            channels=np.array([8, 16]),
            attention=[np.int64(1)],
            label_frequencies=[1.0, np.float64(2)],
            label_dropout=0.0,
        ),
        NoiseSchedule.linear(np.int32(100)),
        steps=np.int64(7),
        learning_rate=np.float32(0.5),
        ema=0.0,
        geometry=np.True_,
        seed=np.int64(3),
    )
    return plain, told


def test_equal_experiments_have_one_key_whoever_made_their_numbers():
    plain, told = everyday()
    assert plain == told and hash(plain) == hash(told)
    assert plain.key == told.key
    assert json.dumps(to_dict(plain)) == json.dumps(to_dict(told))
    assert from_dict(to_dict(told)).key == plain.key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (random_fraction(1, np.int64(4)), random_fraction(1.0, 4)),
        (random_fraction(0.5, np.int16(4)), random_fraction(0.5, 4, np.False_)),
        (lesion(np.float64(2), np.int64(4)), lesion(2, 4.0)),
    ],
)
def test_equal_selections_have_one_key(one, other):
    assert Experiment(train_on=one).key == Experiment(train_on=other).key
    assert repr(one) == repr(other)


def test_every_shipped_record_keeps_its_key():
    records = sorted((Store().root / "records").glob("*.json.gz"))
    assert len(records) >= 555
    for path in records:
        assert from_dict(read_record(path)["experiment"]).key == path.name.removesuffix(".json.gz")

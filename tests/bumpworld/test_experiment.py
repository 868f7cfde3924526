"""An experiment as a value: equality, its key, its way to JSON and back, and settings that cannot be."""

import dataclasses
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bumpbook.frame.designs import rim
from bumpbook.frame.painting import painted, these
from bumpworld import Canvas, Experiment, NoiseSchedule
from bumpworld import experiment as recipe
from bumpworld.experiment import from_dict, to_dict
from bumpworld.selection import (
    everything,
    held_out_cross,
    held_out_square,
    lesion,
    random_fraction,
)
from bumpworld.unet import UNetConfig

experiments = st.builds(
    Experiment,
    canvas=st.builds(
        Canvas,
        size=st.sampled_from([8, 16, 32]),
        sigma=st.floats(0.1, 4),
        kind=st.sampled_from(["bump", "sos"]),
        margin=st.integers(0, 6),
        spacing=st.floats(0.2, 3),
    ),
    train_on=st.one_of(
        st.just(everything()),
        st.builds(lambda low, width: held_out_square(low, low + width), st.floats(0, 9), st.integers(1, 6)),
        st.builds(
            lambda low, use: held_out_cross(low, low + 2, use),
            st.integers(0, 9),
            st.sampled_from(["2d", "both"]),
        ),
        st.builds(rim, st.floats(0.5, 5), st.booleans()),
        st.builds(random_fraction, st.floats(0.01, 1), st.integers(0, 9), st.booleans()),
        st.builds(painted, st.text("0123456789abcdef", min_size=1, max_size=9)),
    ),
    unet=st.sampled_from(
        [UNetConfig.quick(), UNetConfig.paper(), UNetConfig.quick(channels=(8,), attention=())]
    ),
    schedule=st.builds(NoiseSchedule, st.sampled_from(["linear", "cosine"]), st.integers(1, 2000)),
    target=st.sampled_from(["eps", "v", "x0"]),
    steps=st.integers(1, 5000),
    batch_size=st.integers(1, 512),
    learning_rate=st.floats(1e-6, 0.1),
    ema=st.floats(0, 0.999),
    until_learned=st.booleans(),
    energy_normalised=st.booleans(),
    checkpoint_every=st.integers(0, 50),
    geometry=st.booleans(),
    seed=st.integers(0, 10),
)


@settings(max_examples=60)
@given(experiments)
def test_an_experiment_survives_the_way_through_json(experiment):
    back = from_dict(json.loads(json.dumps(to_dict(experiment))))
    assert back == experiment
    assert hash(back) == hash(experiment)
    assert back.key == experiment.key
    assert to_dict(back) == to_dict(experiment)


@settings(max_examples=60)
@given(experiments, experiments)
def test_keys_are_equal_exactly_when_experiments_are(one, other):
    assert (one.key == other.key) == (one == other)
    assert len(one.key) == 16 and set(one.key) <= set("0123456789abcdef")


CHANGES = {
    "canvas": [
        Canvas(size=32),
        Canvas(sigma=0.9),
        Canvas(kind="sos"),
        Canvas(periodic=True),
        Canvas(margin=2),
        Canvas(spacing=0.5),
    ],
    "train_on": [
        lesion(6, 10),
        lesion(6, 11),
        held_out_square(6, 10),
        random_fraction(0.5, 0),
        random_fraction(0.5, 1),
        random_fraction(0.5, 0, stripes=True),
        painted("0f" * 32),
        painted("f0" * 32),
        these([(1, 2), (3, 4)]),
        these([(1, 2), (4, 3)]),
    ],
    "unet": [
        UNetConfig.paper(),
        UNetConfig.quick(channels=(32, 32)),
        UNetConfig.quick(patch=1),
        UNetConfig.quick(blocks=2),
        UNetConfig.quick(attention=()),
        UNetConfig.quick(heads=2),
        UNetConfig.quick(label_dims=3),
        UNetConfig.quick(label_features=16),
        UNetConfig.quick(label_frequencies=(0.05, 1.0)),
        UNetConfig.quick(time_features=16),
        UNetConfig.quick(embedding=64),
        UNetConfig.quick(place=4),
        UNetConfig.quick(label_code="turned", label_angle=45),
        UNetConfig.quick(label_code="turned", label_angle=20),
        UNetConfig.quick(label_dropout=0.5),
        UNetConfig.quick(label_code="none"),
        UNetConfig.quick(label_code="turned", label_angle=30),
        UNetConfig.quick(label_code="one-hot", label_values=16),
        UNetConfig.quick(label_dropout=0.1),
        UNetConfig.quick(place=4, padding="circular"),
        UNetConfig.quick(precision="bfloat16"),
    ],
    "schedule": [NoiseSchedule.cosine(1000), NoiseSchedule.linear(500)],
    "target": ["eps", "v"],
    "steps": [161],
    "batch_size": [63],
    "learning_rate": [1.9e-3],
    "ema": [0.97],
    "until_learned": [True],
    "energy_normalised": [True],
    "checkpoint_every": [10],
    "geometry": [True],
    "seed": [1, 2],
}


def test_any_setting_changes_the_key():
    plain = Experiment()
    assert set(CHANGES) == {field.name for field in dataclasses.fields(plain)}
    for part in (
        "canvas",
        "unet",
        "schedule",
    ):  # a new setting has to be added here, so that it is not forgotten there
        for field in dataclasses.fields(getattr(plain, part)):
            values = {getattr(value, field.name) for value in [getattr(plain, part), *CHANGES[part]]}
            assert len(values) > 1, f"{part}.{field.name} is never changed"
    changed = [
        dataclasses.replace(plain, **{name: value}) for name, values in CHANGES.items() for value in values
    ]
    assert all(experiment != plain for experiment in changed)
    assert len({experiment.key for experiment in [plain, *changed]}) == 1 + len(changed)


def test_world_and_network_fit_each_other():
    with pytest.raises(ValueError, match="size is 9; allowed are multiples of 4"):
        Experiment(Canvas(size=9))
    with pytest.raises(ValueError, match="place is 3; allowed are 0 and 4"):
        Experiment(unet=UNetConfig.quick(place=3))


def test_a_new_recipe_leaves_old_records_alone(monkeypatch):
    key = Experiment().key
    monkeypatch.setattr(recipe, "RECIPE_VERSION", recipe.RECIPE_VERSION + 1)
    assert Experiment().key != key


def test_an_experiment_is_a_value():
    experiment = Experiment()
    with pytest.raises(dataclasses.FrozenInstanceError):
        experiment.steps = 5
    assert {experiment: 1}[Experiment()] == 1
    assert "held_out_square(low=6, high=10)" in repr(Experiment(train_on=held_out_square(6, 10)))


@pytest.mark.parametrize(
    "change",
    [
        {"extra": 1},
        {"canvas": None},
        {"canvas": {"size": 3}},
        {"canvas": {"colour": "red"}},
        {"train_on": {"rule": "third", "settings": []}},
        {"train_on": {"settings": []}},
        {"train_on": "everything"},
        {"unet": []},
        {"unet": {"channels": []}},
        {"schedule": {"kind": "sqrt"}},
        {"target": "score"},
        {"steps": "many"},
    ],
)
def test_foreign_settings_are_an_error(change):
    with pytest.raises(ValueError):
        from_dict({**to_dict(Experiment()), **change})


@pytest.mark.parametrize("missing", ["canvas", "train_on", "unet", "schedule"])
def test_missing_settings_are_an_error(missing):
    data = to_dict(Experiment())
    del data[missing]
    with pytest.raises(ValueError, match=missing):
        from_dict(data)

"""Verdicts of chapter 3 follow the records and models that they speak of."""

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest
from made_records import look, record_of

from bumpbook.frame.findings import finding, names
from bumpbook.frame.sweeps import sweep
from bumpbook.frame.tables import settings
from bumpbook.manifolds import findings as ch3
from bumpbook.manifolds import learning_findings as ch3_learning
from bumpworld.files import write_record
from bumpworld.store import Result, Store
from bumpworld.train import new_model

PLAIN = [e for e in sweep("torus").experiments if ch3._is_plain(Result(e, {}, None))]
GOOD = {"dimension": 2.4, "additive": 0.97, "four": 0.97, "orthogonal": 0.17, "parallel": 0.7, "hyper": 0.4}
PIXELS = {
    "dimension": 110.0,
    "additive": 0.19,
    "four": 0.08,
    "orthogonal": 0.05,
    "parallel": 0.02,
    "hyper": 0.99,
}


def record(experiment, looks=None, encoder=GOOD, learned_at=40):
    """A record of 256 labels; ``looks`` are (step, near in x, near in y, clean shape) as boolean lists, and scores."""
    every = [True] * 256
    looks = looks or [
        (10, [False] * 256, [False] * 256, [False] * 256, encoder),
        (80, every, every, every, encoder),
    ]
    checkpoints = []
    for step, x, y, shape, scores in looks:
        errors = (np.where(near, 0.1, 4.0) for near in (x, y))
        checkpoints.append(look(step, *errors, shape) | {"geometry": [{"layer": "down1", "t": 50, **scores}]})
    checkpoints[-1]["geometry"].insert(0, {"layer": "pixels", "t": 50, **PIXELS})
    return record_of(experiment, checkpoints, learned_at)


class MadeUp(Store):
    """A store into which `keep` puts a record."""

    def keep(self, experiment, **changes):
        write_record(self.record_path(experiment), record(experiment, **changes))


@pytest.fixture
def store(tmp_path, monkeypatch):
    """An empty store that the verdicts read."""
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    return MadeUp()


@pytest.fixture
def models(monkeypatch):
    """Two untrained models as if they had been shipped: narrow bumps on the torus and in the open world."""
    opened = next(e for e in sweep("torus").experiments if not e.canvas.periodic)
    shipped = [Result(e, {}, new_model(e).eval()) for e in (PLAIN[0], opened)]
    monkeypatch.setattr(ch3, "_shipped", lambda: shipped)
    return shipped


def words(name):
    return finding(name).data


def test_every_verdict_of_the_chapter_says_so_when_nothing_is_there(store):
    mine = [name for name in names() if name.startswith("manifolds-") and name != "manifolds-time"]
    assert len(mine) == 29
    for name in mine:
        assert words(name).startswith("**Not measured here.**"), name
        assert "Traceback" not in words(name)


def test_runs_that_never_learned_are_counted_and_left_out(store):
    for e in PLAIN[:2]:
        store.keep(e)
    store.keep(PLAIN[2], learned_at=None)
    assert "3 runs" in words("manifolds-runs") and "2 of bumps, σ = 1" in words("manifolds-runs")
    assert "Left out: 1 " in words("manifolds-runs")


def test_the_sum_is_no_discovery_only_while_the_untrained_code_has_it(store, monkeypatch):
    store.keep(PLAIN[0])
    honest = words("manifolds-baselines")
    assert "97 %" in honest and "19 %" in honest and "whether training found it or passed it on" in honest
    monkeypatch.setattr(ch3, "_untrained", lambda runs: {"condition": [0.4], "encoder": [0.2]})
    assert "training made the encoder more additive" in words("manifolds-baselines")


def test_an_untrained_code_is_nearly_a_sum_and_the_untrained_encoder_is_not(store):
    store.keep(PLAIN[0])
    fresh = ch3._untrained(ch3._plain_runs())
    assert (
        fresh["condition"][0] > 0.95
    )  # sines of x beside sines of y are a sum; two random layers bend it a little
    assert fresh["encoder"][0] < 0.3


def test_two_open_sheets_are_called_so_and_a_closed_circle_is_not(models, monkeypatch):
    labels = ch3.two_d_labels(PLAIN[0].canvas).numpy()
    monkeypatch.setattr(ch3, "_points", lambda result, layer: labels)
    assert "| 15.0 | 15.0 | 15.0 |" in words("manifolds-seam") and "open sheet" in words("manifolds-seam")
    circle = np.concatenate([np.cos(labels * np.pi / 8), np.sin(labels * np.pi / 8)], axis=1)
    monkeypatch.setattr(ch3, "_points", lambda r, layer: circle if r.experiment.canvas.periodic else labels)
    assert "| 1.0 | 1.0 | 1.0 |" in words("manifolds-seam") and "open sheet" not in words("manifolds-seam")
    assert "narrower on the torus" in words("manifolds-seam")


def test_homology_finds_the_torus_that_is_there(models, monkeypatch):
    labels = ch3.two_d_labels(PLAIN[0].canvas).numpy()
    circle = np.concatenate([np.cos(labels * np.pi / 8), np.sin(labels * np.pi / 8)], axis=1)
    noise = np.random.default_rng(0).normal(size=(256, 2))
    monkeypatch.setattr(ch3, "persistence", partial(ch3.persistence, landmarks=64))  # enough here, and fast
    monkeypatch.setattr(ch3, "_points", lambda r, layer: circle if r.experiment.canvas.periodic else noise)
    first, second = words("manifolds-torus").splitlines()[-2:]
    assert "0.05 | 0.05 | found" in first
    assert "open" in second and "not found" in second


def test_the_dimension_is_read_at_the_moments_that_it_names(store):
    half = [i < 128 for i in range(256)]
    no, yes = [False] * 256, [True] * 256
    looks = [
        (10, no, no, no, GOOD | {"dimension": 60.0, "additive": 0.2}),
        (
            20,
            half,
            half,
            yes,
            GOOD | {"dimension": 8.0, "additive": 0.5},
        ),  # half are right, the rest misplaced
        (30, yes, yes, yes, GOOD | {"dimension": 2.0, "additive": 0.9}),
    ]
    store.keep(PLAIN[0], looks=looks)
    assert "| 60.00 (n = 1) | 8.00 (n = 1) | 2.00 (n = 1) |" in words("manifolds-dimension")
    # most have a shape from step 15 on (half of the way from none to all), half are right at step 20
    assert "In 1 of 1 runs" in words("manifolds-phases") and "| 15 (n = 1) | 20 (n = 1)" in words(
        "manifolds-phases"
    )


@pytest.mark.parametrize(
    ("near_y", "says"),
    [
        (range(128), "go together"),
        (range(128, 256), "avoid each other"),
        (range(64, 192), "says little about"),
    ],
)
def test_coupling_is_named_after_its_sign(store, near_y, says):
    no, yes = [False] * 256, [True] * 256
    x, y = [i < 128 for i in range(256)], [i in near_y for i in range(256)]
    store.keep(PLAIN[0], looks=[(10, no, no, no, GOOD), (20, x, y, no, GOOD), (30, yes, yes, yes, GOOD)])
    assert says in words("manifolds-coupled")
    assert "within 0 steps of each other, after 20 steps" in words("manifolds-coupled")


def test_other_settings_are_named_and_the_missing_ones_counted(store):
    store.keep(PLAIN[0])
    others = [e for e in sweep("robustness").experiments if e.geometry]
    store.keep(others[0], encoder=GOOD | {"additive": 0.5})
    text = words("manifolds-robust")
    assert f"| {ch3_learning._change(changed(others[0]))} | 0.50 (n = 1)" in text
    assert "| our setting | 0.97 (n = 1)" in text and "from 0.50" in text
    assert f"Of {len(others)} declared runs, {len(others) - 1} are not finished" in text


def changed(experiment):
    """The row of a table that an experiment has."""
    return pd.Series(settings(experiment))


def test_every_declared_setting_has_a_name_of_its_own():
    others = [e for e in sweep("robustness").experiments if e.geometry]
    by_name = {}
    for e in others:
        by_name.setdefault(ch3_learning._change(changed(e)), set()).add(replace(e, seed=0))
    assert all(len(same) == 1 for same in by_name.values())
    assert "our setting again" not in by_name

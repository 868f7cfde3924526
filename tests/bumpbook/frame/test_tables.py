"""Tables against their records: rebuilt from records alone, counted by hand, nothing in them that is not finished."""

import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from bumpbook.frame import tables
from bumpbook.frame.designs import chosen
from bumpbook.frame.sweeps import PRESETS, Sweep, sweep
from bumpworld import Canvas
from bumpworld.experiment import Experiment
from bumpworld.files import write_record
from bumpworld.instruments import represent
from bumpworld.selection import held_out_cross, lesion, random_fraction
from bumpworld.store import ResultError, Store, read_record
from bumpworld.unet import UNetConfig
from shared import ROOT

TINY = Experiment(
    canvas=Canvas(size=8),
    train_on=lesion(3, 5),
    unet=UNetConfig(channels=(8, 8), heads=2, label_features=4, time_features=4, embedding=8),
    steps=3,
)
CROSS = replace(TINY, canvas=Canvas(size=8, margin=1, kind="sos"), train_on=held_out_cross(3, 5))
CAPPED = replace(
    TINY, train_on=random_fraction(0.2, 0), until_learned=True, steps=2
)  # learns nothing in two steps
ALONG = replace(TINY, canvas=Canvas(size=8, periodic=True), checkpoint_every=1, steps=2, geometry=True)
MISSING = replace(TINY, train_on=chosen(4, "latin"), seed=3)
EXPERIMENTS = (TINY, CROSS, CAPPED, ALONG, MISSING)
SWEEP = Sweep("made-up", "", "", EXPERIMENTS, frozenset())
EMPTY = Sweep("made-up", "", "", (MISSING,), frozenset())


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("store"))
    for experiment in EXPERIMENTS[:-1]:
        store.run(experiment, weights=experiment is TINY, instrument=represent.geometry)
    return store


def raw(store, experiment):
    return read_record(store.record_path(experiment))


def test_a_row_for_each_finished_model_and_region(store):
    table = tables.table(SWEEP, store)
    regions = table.groupby("key")["region"].apply(set).to_dict()
    assert regions == {
        TINY.key: {"train", "lesion"},
        CROSS.key: {"train", "vertical", "horizontal", "intersection"},
        CAPPED.key: {"train", "unseen"},
        ALONG.key: {"train", "lesion"},
    }
    assert len(table) == 10
    assert not table.duplicated(["key", "region"]).any()


def test_a_record_that_was_made_again_is_read_again(store, tmp_path):
    other, record = Store(tmp_path), store.load_record(TINY)
    one = Sweep("made-up", "", "", (TINY,), frozenset())
    for seconds in (1.5, 20.25):
        record["provenance"]["seconds"] = seconds
        write_record(other.record_path(TINY), record)
        for _ in range(2):
            table = tables.table(one, other)
            assert (table.seconds == seconds).all()
            table["seconds"] = 0.0  # what the caller does with a table is the caller's own


@pytest.mark.parametrize("experiment", [TINY, CROSS])
def test_accuracy_counted_by_hand(store, experiment):
    """Drawings of untrained models are wrong, so the record is given errors that are right here and there."""
    record = raw(store, experiment)
    last, split = record["checkpoints"][-1], experiment.train_on.split(experiment.canvas)
    table = tables.table(SWEEP, store)
    shape = np.array(last["shape"], bool)
    for tolerance, suffix in ((1.0, ""), (0.45, "_fine")):
        near = {f: (np.abs(last[f"error_{f}"]) <= tolerance) & shape for f in "xy"}
        near["both"] = near["x"] & near["y"]
        for region, mask in {"train": split.train_mask, **split.region_masks}.items():
            (row,) = table[(table.key == experiment.key) & (table.region == region)].to_dict("records")
            for what, right in near.items():
                assert row[what + suffix] == pytest.approx(right[mask.numpy()].mean())
            assert row["denoising_error"] == record["denoising_error"][region]
            assert row["seconds"] == record["provenance"]["seconds"]
            assert row["hardware"] == record["provenance"]["hardware"]
            assert row["steps"] == record["training"]["steps"]


def test_accuracy_of_a_record_with_known_errors(store, tmp_path):
    """Half the lesion within 1 px, a quarter within 0.45 px, by construction."""
    record = raw(store, TINY)
    mask = TINY.train_on.split(TINY.canvas).region_masks["lesion"].numpy()
    x, y = np.zeros(64), np.zeros(64)
    x[mask] = np.tile([0.2, -0.9, 1.5, -3.0], mask.sum() // 4)
    record["checkpoints"][-1] |= {"error_x": x.tolist(), "error_y": y.tolist(), "shape": [1] * 64}
    changed = Store(tmp_path)
    write_record(changed.record_path(TINY), record)
    table = tables.table(SWEEP, changed).set_index("region")
    assert table.loc["lesion", ["x", "y", "both"]].tolist() == [0.5, 1, 0.5]
    assert table.loc["lesion", ["x_fine", "y_fine", "both_fine"]].tolist() == [0.25, 1, 0.25]
    assert table.loc["train", ["x", "y", "both"]].tolist() == [1, 1, 1]


def test_unlearned_models_are_marked(store):
    table = tables.table(SWEEP, store).set_index("key")
    assert not table.loc[CAPPED.key, "learned"].any()
    assert table.loc[CAPPED.key, "learned_at"].isna().all()
    assert not table.loc[
        TINY.key, "learned"
    ].any()  # after its fixed number of steps it draws next to nothing right


@pytest.mark.parametrize(("right", "learned"), [(48, True), (45, False)])
def test_a_fixed_number_of_steps_is_judged_by_the_drawings(store, tmp_path, right, learned):
    """The tiny world's training labels number 48: all drawn right is enough, and fifteen in sixteen is not."""
    record = raw(store, TINY)
    mask = TINY.train_on.split(TINY.canvas).train_mask.numpy()
    assert mask.sum() == 48
    x = np.full(64, 5.0)
    x[np.flatnonzero(mask)[:right]] = 0
    record["checkpoints"][-1] |= {"error_x": x.tolist(), "error_y": [0] * 64, "shape": [1] * 64}
    changed = Store(tmp_path)
    write_record(changed.record_path(TINY), record)
    assert changed.load(TINY).learned == learned


def test_tables_come_from_the_records_alone(store, tmp_path):
    shutil.copytree(store.root / "records", tmp_path / "records")
    alone = Store(tmp_path)
    for make in (tables.table, tables.history, tables.geometry):
        pd.testing.assert_frame_equal(make(SWEEP, store), make(SWEEP, alone))
    assert tables.save(SWEEP, "quick", alone).read_bytes() == tables.save(SWEEP, "quick", store).read_bytes()


def test_a_saved_table_is_the_same_when_it_is_made_again(store):
    path = tables.save(SWEEP, "quick", store)
    assert path == store.root / "tables" / "made-up-quick.csv"
    first = path.read_bytes()
    assert tables.save(SWEEP, "quick", store).read_bytes() == first
    read, made = pd.read_csv(path), tables.table(SWEEP, store)
    assert list(read.columns) == list(made.columns)
    np.testing.assert_allclose(read["both"], made["both"], rtol=1e-5)
    assert (read.key == made.key).all()


SHIPPED = sorted(
    p.name
    for p in (ROOT / "results" / "tables").glob("*.csv")
    if not p.name.startswith(("nulls-", "codes-cause-", "torus-noises-"))
)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_table_says_what_the_records_say(name, tmp_path):
    """Every shipped table is made again from the shipped records, to the byte."""
    preset = next(p for p in PRESETS if name.endswith(f"-{p}.csv"))
    name = name.removesuffix(f"-{preset}.csv")
    declared, shipped = sweep(name.removesuffix("-geometry"), preset), Store(ROOT / "results")
    here = [e for e in declared.experiments if shipped.has(e)]
    make = tables.geometry if name.endswith("-geometry") else tables.table
    made = tables.write(
        make(replace(declared, experiments=tuple(here)), shipped), name, preset, Store(tmp_path)
    )
    assert made.read_bytes() == (ROOT / "results" / "tables" / made.name).read_bytes()


def test_geometry_is_saved_where_it_is_followed(store, tmp_path):
    tables.save(SWEEP, "quick", store)
    saved = tables.read("made-up-geometry", "quick", store)
    made = tables.geometry(SWEEP, store)
    assert saved.key.tolist() == made.key.tolist() and saved["last"].tolist() == made["last"].tolist()
    np.testing.assert_allclose(saved["additive"], made["additive"], rtol=1e-5)
    once = replace(ALONG, checkpoint_every=0)
    assert tables.follows_geometry(ALONG) and not tables.follows_geometry(once)


def test_a_table_that_is_not_there_or_damaged_is_named(tmp_path):
    store = Store(tmp_path)
    with pytest.raises(FileNotFoundError, match="lesion-paper-world.csv is not there; `bumpworld run`"):
        tables.read("lesion", "paper-world", store)
    (tmp_path / "tables").mkdir()
    for text in ("", "key,both\na,1\n", "key,learned\n", 'key,learned\n"a'):
        (tmp_path / "tables" / "lesion-quick.csv").write_text(text)
        with pytest.raises(ResultError, match="lesion-quick.csv is damaged"):
            tables.read("lesion", "quick", store)


def test_history_has_every_checkpoint(store):
    history = tables.history(SWEEP, store)
    steps = history.groupby("key")["step"].apply(lambda s: sorted(set(s))).to_dict()
    assert steps == {TINY.key: [3], CROSS.key: [3], CAPPED.key: [2], ALONG.key: [1, 2]}
    last = history[history.step == history.groupby("key")["step"].transform("max")]
    pd.testing.assert_series_equal(
        last.set_index(["key", "region"])["both"],
        tables.table(SWEEP, store).set_index(["key", "region"])["both"],
    )


def test_geometry_has_every_score(store):
    geometry = tables.geometry(SWEEP, store)
    assert set(geometry.key) == {ALONG.key}
    wanted = [{"step": c["step"], **s} for c in raw(store, ALONG)["checkpoints"] for s in c["geometry"]]
    assert geometry[list(wanted[0])].to_dict("records") == wanted
    assert geometry.groupby("step")["last"].all().to_dict() == {1: False, 2: True}
    outcome = tables.table(SWEEP, store).query("key == @ALONG.key and region == 'train'")
    assert set(geometry[geometry["last"]].trained_fine) == set(outcome.both_fine)


def test_settings_tell_the_experiments_apart():
    rows = pd.DataFrame([tables.settings(e) for e in EXPERIMENTS])
    assert rows.key.is_unique
    by_key = rows.set_index("key")
    assert by_key.loc[TINY.key, ["low", "high", "train_2d", "train_labels"]].tolist() == [3, 5, 48, 48]
    # 64 - 28 labels outside the cross, 4 * 8 stripes and 4 blanks
    assert by_key.loc[CROSS.key, ["train_2d", "train_labels"]].tolist() == [36, 36 + 32 + 4]
    assert by_key.loc[CAPPED.key, "train_2d"] == round(0.2 * 64)


@pytest.mark.parametrize("spacing", [1.0, 0.5, 0.25])
def test_the_fine_tolerance_excludes_neighbours(spacing):
    assert 0 < tables.fine_tolerance(Canvas(size=8, spacing=spacing)) < spacing / 2


@pytest.mark.parametrize("make", [tables.table, tables.history, tables.geometry])
def test_a_table_asked_for_too_early_names_the_command(make, store):
    with pytest.raises(FileNotFoundError, match="bumpworld run made-up"):
        make(EMPTY, store)


def test_nothing_is_saved_too_early(tmp_path):
    with pytest.raises(FileNotFoundError, match="bumpworld run made-up"):
        tables.save(SWEEP, "quick", Store(tmp_path))
    assert not list(tmp_path.rglob("*.csv"))


def test_a_damaged_record_stops_the_table(store, tmp_path):
    shutil.copytree(store.root, tmp_path / "copy")
    copy = Store(tmp_path / "copy")
    path = copy.record_path(TINY)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(ResultError, match=path.name):
        tables.table(SWEEP, copy)

"""Results on disk: found again exactly, made once, whole or absent, and never believed when damaged."""

import contextlib
import gzip
import hashlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
import torch
from filelock import Timeout
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

import bumpworld
from bumpworld import Canvas, Experiment, evaluate, load_or_train, making, records
from bumpworld.files import write_atomic, write_record
from bumpworld.selection import held_out_square, lesion
from bumpworld.store import ResultError, Store, read_record
from bumpworld.unet import UNetConfig

EXPERIMENT = Experiment(
    canvas=Canvas(8, spacing=2.0),
    train_on=held_out_square(2, 5),
    unet=UNetConfig(channels=(4, 8), heads=2, label_features=4, time_features=4, embedding=8),
    steps=5,
    batch_size=4,
    learning_rate=5e-3,
    checkpoint_every=2,
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with one finished experiment, and what `run` returned."""
    folder = tmp_path_factory.mktemp("results")
    return folder, load_or_train(EXPERIMENT, Store(folder))


@pytest.fixture
def copy(made, tmp_path):
    """A store of one's own to damage, holding the finished experiment."""
    shutil.copytree(made[0], tmp_path / "results")
    return Store(tmp_path / "results")


@pytest.fixture
def no_training(monkeypatch):
    def train(*arguments):
        raise AssertionError("trained again")

    monkeypatch.setattr(making, "train", train)


def contents(folder):
    """Every file below ``folder`` but the locks, with its bytes."""
    files = (path for path in Path(folder).rglob("*") if path.is_file() and path.suffix != ".lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def weights(model):
    return {name: value.clone() for name, value in model.state_dict().items()}


def test_what_is_loaded_equals_what_was_run(made, no_training):
    folder, ran = made
    for loaded in (Store(folder).load(EXPERIMENT), load_or_train(EXPERIMENT, Store(folder))):
        assert loaded.experiment == ran.experiment == EXPERIMENT
        assert loaded.record == ran.record
        torch.testing.assert_close(weights(loaded.model), weights(ran.model), rtol=0, atol=0)
        assert loaded.accuracy() == ran.accuracy()
        assert loaded.learned == ran.learned


def test_a_second_run_does_not_train_and_changes_no_file(made, no_training):
    folder, _ = made
    before = contents(folder)
    assert len(before) == 2
    load_or_train(EXPERIMENT, Store(folder))
    assert contents(folder) == before


def test_another_experiment_is_another_file(made):
    folder, _ = made
    other = replace(EXPERIMENT, seed=1)
    assert Store(folder).has(EXPERIMENT, weights=True)
    assert not Store(folder).has(other)
    with pytest.raises(ResultError, match=rf"{other.key}.*not there"):
        Store(folder).load(other)


def test_stored_weights_reproduce_the_recorded_judgement_exactly(made):
    folder, _ = made
    loaded = Store(folder).load(EXPERIMENT)
    stored = load_file(Store(folder).weights_path(EXPERIMENT))
    assert {value.dtype for value in stored.values()} == {torch.float16}
    recorded = dict(loaded.record["checkpoints"][-1])
    assert recorded.pop("step") == 5
    assert evaluate.verdict(loaded.model, EXPERIMENT) == recorded
    assert evaluate.losses(loaded.model, EXPERIMENT) == loaded.record["denoising_error"]
    judged = evaluate.judge_model(loaded.model, EXPERIMENT.canvas)
    torch.testing.assert_close(loaded.judgement().error, judged.error, atol=0.006, rtol=0)
    assert torch.equal(loaded.judgement().shape, judged.shape)


def test_a_record_says_what_it_is_and_where_it_came_from(made):
    record = made[1].record
    assert record["experiment"] == bumpworld.experiment.to_dict(EXPERIMENT)
    assert [checkpoint["step"] for checkpoint in record["checkpoints"]] == [2, 4, 5]
    assert all(len(checkpoint["shape"]) == 16 for checkpoint in record["checkpoints"])
    assert set(record["denoising_error"]) == {"train", "square"} == set(made[1].accuracy())
    assert record["training"]["steps"] == 5 and record["training"]["learned_at"] is None
    provenance = record["provenance"]
    assert provenance["torch"] == torch.__version__
    assert provenance["bumpworld"] == bumpworld.__version__
    assert provenance["device"] == "cpu" and provenance["hardware"] and provenance["seconds"] > 0
    text = json.dumps(record)
    assert str(Path.home()) not in text and os.uname().nodename not in text


def test_accuracy_is_counted_by_region(made):
    result = made[1]
    split = EXPERIMENT.train_on.split(EXPERIMENT.canvas)
    for checkpoint in (0, -1):
        right = result.judgement(checkpoint).right(1.5).float()
        expected = {
            "train": right[split.train_mask].mean(0).tolist(),
            "square": right[split.region_masks["square"]].mean(0).tolist(),
        }
        shares = result.accuracy(1.5, checkpoint)
        assert {name: list(share) for name, share in shares.items()} == expected


def test_a_run_that_never_learned_says_so(tmp_path):
    experiment = replace(EXPERIMENT, until_learned=True, checkpoint_every=0)
    assert not load_or_train(experiment, Store(tmp_path)).learned
    assert not Store(tmp_path).load(experiment).learned


def test_watch_sees_every_step_and_weights_can_be_left_out(tmp_path):
    seen = []
    result = Store(tmp_path).run(EXPERIMENT, weights=False, watch=lambda step: seen.append(step.number))
    assert seen == [1, 2, 3, 4, 5]
    assert result.model is None and Store(tmp_path).load(EXPERIMENT).model is None
    assert Store(tmp_path).has(EXPERIMENT) and not Store(tmp_path).has(EXPERIMENT, weights=True)


def test_the_environment_names_the_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    assert Store().root == tmp_path
    assert Store(tmp_path / "other").root == tmp_path / "other"


# Damaged, truncated and foreign files


def refused(copy, said):
    """Loading and running both refuse what lies there, name a file, and leave every file as it is."""
    before = contents(copy.root)
    for attempt in (copy.load, lambda experiment: load_or_train(experiment, copy)):
        with pytest.raises(ResultError, match=rf"(?s){EXPERIMENT.key}.*{said}"):
            attempt(EXPERIMENT)
        assert contents(copy.root) == before


@settings(max_examples=60)
@given(st.data())
def test_a_flipped_byte_in_a_record_is_never_believed(made, data):
    folder, ran = made
    path = Store(folder).record_path(EXPERIMENT)
    original = path.read_bytes()
    damaged = bytearray(original)
    damaged[data.draw(st.integers(0, len(original) - 1))] ^= data.draw(st.integers(1, 255))
    other = folder.parent / "flipped.json.gz"
    other.write_bytes(damaged)
    try:
        record = read_record(other)
    except ResultError as error:
        assert "flipped.json" in str(error)
    else:  # 1e-05 and 1E-05 are the same number
        assert record == ran.record


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b"null",
        b"{}",
        b'"text"',
        b"\xff\xfe",
        b'{"sha256":"0"}',
        b'{"experiment":{},"sha256":1}',
    ],
)
def test_a_foreign_record_is_refused(copy, no_training, text):
    path = copy.record_path(EXPERIMENT)
    path.write_bytes(gzip.compress(text))
    refused(copy, "(damaged|changed).*move it away")
    path.write_bytes(text)
    refused(copy, "damaged.*move it away")


def test_a_record_is_always_the_same_file_and_a_plain_one_is_read_too(copy, no_training):
    """Independent of the hour; and records of the first edition, which were not compressed, are not lost."""
    path, record = copy.record_path(EXPERIMENT), copy.load_record(EXPERIMENT)
    before = path.read_bytes()
    with patch("time.time", return_value=0.0):
        write_record(path, record)
    assert path.read_bytes() == before
    plain = path.with_suffix("")
    plain.write_bytes(gzip.decompress(before))
    path.unlink()
    assert copy.record_path(EXPERIMENT) == plain and copy.has(EXPERIMENT)
    assert load_or_train(EXPERIMENT, copy).record == record


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
@pytest.mark.parametrize("which", ["record_path", "weights_path"])
def test_a_truncated_file_is_refused(copy, no_training, which, kept):
    path = getattr(copy, which)(EXPERIMENT)
    path.write_bytes(path.read_bytes()[: int(kept * path.stat().st_size)])
    refused(copy, "damaged.*move it away")


@pytest.mark.parametrize("text", [b"", b"{ damaged"])
def test_a_damaged_record_without_weights_is_refused_too(copy, no_training, text):
    # most records are kept without their weights: a damaged one must not be mistaken for one still to be made
    copy.weights_path(EXPERIMENT).unlink()
    copy.record_path(EXPERIMENT).write_bytes(text)
    refused(copy, "damaged.*move it away")


@pytest.mark.parametrize("at", [0.0, 0.05, 0.5, 0.999])
def test_a_flipped_byte_in_the_weights_is_refused(copy, no_training, at):
    path = copy.weights_path(EXPERIMENT)
    data = bytearray(path.read_bytes())
    data[int(at * len(data))] ^= 1
    path.write_bytes(data)
    refused(copy, "damaged or foreign.*move it away")


def test_foreign_weights_are_refused(copy, no_training):
    save_file({"foreign": torch.zeros(3)}, copy.weights_path(EXPERIMENT))
    refused(copy, "damaged or foreign.*move it away")
    # even when the record vouches for them
    record = read_record(copy.record_path(EXPERIMENT))
    record["weights_sha256"] = hashlib.sha256(copy.weights_path(EXPERIMENT).read_bytes()).hexdigest()
    write_record(copy.record_path(EXPERIMENT), record)
    refused(copy, "holds no weights.*move it away")


def test_the_record_of_another_experiment_is_refused(copy, no_training):
    record = read_record(copy.record_path(EXPERIMENT))
    record["experiment"] = bumpworld.experiment.to_dict(replace(EXPERIMENT, seed=7))
    write_record(copy.record_path(EXPERIMENT), record)
    refused(copy, "another experiment")


def test_a_changed_number_is_noticed(copy, no_training):
    path = copy.record_path(EXPERIMENT)
    record = json.loads(gzip.decompress(path.read_bytes()))
    record["checkpoints"][-1]["error_x"][0] = 0.0123
    path.write_bytes(gzip.compress(json.dumps(record).encode()))
    refused(copy, "changed")


# Killed processes and full disks

CHILD = """
    import sys, time
    from pathlib import Path
    from bumpworld import files
    from bumpworld.experiment import from_dict
    from bumpworld.store import Store
    import json

    experiment, store = from_dict(json.loads(sys.argv[1])), Store(sys.argv[2])

    def slow(step):
        def half(name, data):
            open(name, "wb").write(data[:13])
            print(experiment.key, flush=True)
            time.sleep(600)

        if step.number == 2:
            Path.write_bytes = half
            files.write_atomic(store.record_path(experiment), b"half of a record")

    store.run(experiment, watch=slow)
"""


def test_a_killed_process_frees_its_lock_and_leaves_no_half_record(tmp_path):
    folder = tmp_path / "results"
    settings = json.dumps(bumpworld.experiment.to_dict(EXPERIMENT))
    command = [sys.executable, "-c", textwrap.dedent(CHILD), settings, str(folder)]
    source = str(Path(bumpworld.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": source, "PYTHONHASHSEED": "5"}
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        key = child.stdout.readline().strip()  # it has trained two steps and is in the middle of writing
        assert key == EXPERIMENT.key  # the same in every process
        with pytest.raises(Timeout):
            Store(folder).lock(EXPERIMENT, 0.05)
        with pytest.raises(Timeout):
            Store(folder).run(EXPERIMENT, wait=0.05)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
    with Store(folder).lock(EXPERIMENT, 5):
        pass
    assert not Store(folder).has(EXPERIMENT)
    with pytest.raises(ResultError, match="not there"):
        Store(folder).load(EXPERIMENT)
    result = load_or_train(EXPERIMENT, Store(folder))  # and a later run starts over
    assert Store(folder).load(EXPERIMENT).record == result.record


@contextlib.contextmanager
def full_disk():
    """The system refuses to let any file of this process grow beyond two thousand bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("old", [None, "the old content"])
def test_a_full_disk_leaves_what_was_there(tmp_path, old):
    path = tmp_path / "results" / "file.bin"
    if old:
        path.parent.mkdir()
        path.write_text(old)
    with pytest.raises(ResultError, match="file.bin could not be written"), full_disk():
        write_atomic(path, b"x" * 5000)
    assert contents(tmp_path) == ({"results/file.bin": old.encode()} if old else {})


def test_a_disk_that_fills_up_between_the_files_is_an_error(tmp_path, monkeypatch):
    def full(path, record):
        if path.parent.name == "records":
            raise ResultError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(records, "write_record", full)
        with pytest.raises(ResultError):
            load_or_train(EXPERIMENT, Store(tmp_path))
    assert not Store(tmp_path).has(EXPERIMENT)
    assert Store(tmp_path).run(EXPERIMENT).model is not None  # weights without a record stand in nobody's way


def test_an_error_while_writing_leaves_nothing_behind(tmp_path, monkeypatch):
    def broken(*names):
        raise RuntimeError("a defect, not a full disk")

    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises(RuntimeError):
        write_atomic(tmp_path / "file.json", b"whole")
    assert contents(tmp_path) == {}


def test_an_interrupted_run_saves_nothing(tmp_path):
    def interrupt(step):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_or_train(EXPERIMENT, Store(tmp_path), watch=interrupt)
    assert contents(tmp_path) == {}
    with Store(tmp_path).lock(EXPERIMENT, 1):
        pass


def test_an_empty_selection_leaves_no_file(tmp_path):
    with pytest.raises(ValueError, match="no training label"):
        load_or_train(replace(EXPERIMENT, train_on=lesion(0, 8)), Store(tmp_path))
    assert contents(tmp_path) == {}


def test_an_installed_package_reads_what_came_with_it_and_writes_elsewhere(tmp_path, monkeypatch):
    """As from a wheel: results lie inside the package, and what is trained lands below the working folder."""
    shipped, other = tmp_path / "package" / "shipped", replace(EXPERIMENT, seed=77)
    ran = Store(shipped).run(EXPERIMENT)
    before = contents(shipped)
    monkeypatch.delenv("BUMPWORLD_RESULTS", raising=False)
    monkeypatch.setattr("bumpworld.store.PACKAGE", tmp_path / "package")
    monkeypatch.setattr("bumpworld.store.checkout", lambda: tmp_path)
    store = Store()
    assert store.run(EXPERIMENT).record == ran.record  # found, and not trained again
    assert not (tmp_path / "results" / "records").exists()
    assert store.run(other).record["experiment"]["seed"] == 77
    assert [p.name for p in (tmp_path / "results" / "records").iterdir()] == [f"{other.key}.json.gz"]
    assert contents(shipped) == before

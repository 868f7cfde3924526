"""What can go wrong between the last step of a training and its record, and costs no training."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from test_store import EXPERIMENT, contents, weights

import bumpworld
from bumpworld import evaluate, files, making, records
from bumpworld.files import ResultError
from bumpworld.instruments import represent
from bumpworld.store import Store

SOURCE = Path(bumpworld.__file__).parents[1]


@pytest.fixture
def fail(monkeypatch):
    """Break a function until `mend` is called."""

    def break_(module, name, error):
        whole = getattr(module, name)

        def broken(*arguments, **options):
            if name == "write_pair" and "locks" in str(arguments[0]):
                return whole(*arguments, **options)
            raise error

        monkeypatch.setattr(module, name, broken)

    return break_


def taken_up(folder, monkeypatch):
    """What a run makes of the training that was set aside, without a step of training."""
    monkeypatch.undo()
    monkeypatch.setattr(making, "train", lambda *_: pytest.fail("trained again"))
    result = Store(folder).run(EXPERIMENT)
    assert set(contents(folder)) == {f"{p}/{EXPERIMENT.key}.{s}" for p, s in STORED}
    return result


STORED = (("records", "json.gz"), ("weights", "safetensors"))


def set_aside(folder):
    """The record and the weights of the one training that was set aside."""
    (record,), (weights,) = ((folder / "locks").glob(f"*.{kind}") for kind in ("json", "safetensors"))
    return record, weights


@pytest.mark.parametrize(
    ("module", "name", "error"),
    [
        (evaluate, "losses", torch.OutOfMemoryError("no memory left")),
        (represent, "scores", ImportError("no ripser")),
        (making, "write_pair", ResultError("the disk is full")),
        (evaluate, "judge_model", KeyboardInterrupt()),
    ],
)
def test_what_fails_after_the_last_step_loses_no_training(tmp_path, monkeypatch, fail, module, name, error):
    experiment = replace(EXPERIMENT, geometry=module is represent, checkpoint_every=0)
    whole = Store(tmp_path / "whole").run(experiment, instrument=represent.geometry)
    fail(module, name, error)
    with pytest.raises(type(error)):
        Store(tmp_path / "broken").run(experiment, instrument=represent.geometry)
    assert not Store(tmp_path / "broken").has(experiment)
    monkeypatch.undo()
    monkeypatch.setattr(making, "train", lambda *_: pytest.fail("trained again"))
    found = Store(tmp_path / "broken").run(experiment, instrument=represent.geometry)
    torch.testing.assert_close(weights(found.model), weights(whole.model), rtol=0, atol=0)
    for part in ("experiment", "denoising_error", "checkpoints", "weights_sha256"):
        assert found.record[part] == whole.record[part]
    assert found.record["training"]["loss"] == whole.record["training"]["loss"]
    assert set(found.record) == set(whole.record)


def test_a_watcher_that_breaks_at_the_last_step_loses_no_training(tmp_path, monkeypatch):
    def watch(step):
        if step.number == EXPERIMENT.steps:
            raise ZeroDivisionError("a plot of nothing")

    with pytest.raises(ZeroDivisionError) as caught:
        Store(tmp_path).run(EXPERIMENT, watch=watch)
    (note,) = caught.value.__notes__
    assert str(tmp_path) in note and "next run" in note
    result = taken_up(tmp_path, monkeypatch)
    # with the looks that were taken on the way
    assert [c["step"] for c in result.record["checkpoints"]] == [2, 4, 5]


@pytest.mark.parametrize("at", [0.1, 0.9])
def test_a_damaged_precaution_is_no_result(tmp_path, monkeypatch, fail, at):
    fail(evaluate, "losses", MemoryError())
    with pytest.raises(MemoryError):
        Store(tmp_path).run(EXPERIMENT)
    aside = set_aside(tmp_path)
    data = bytearray(aside[1].read_bytes())
    data[int(at * len(data))] ^= 1
    aside[1].write_bytes(data)
    assert making.take_up(EXPERIMENT, aside) is None
    monkeypatch.undo()
    assert Store(tmp_path).run(EXPERIMENT).record["training"]["steps"] == 5


def test_no_promise_rests_on_a_damaged_precaution(tmp_path, monkeypatch, fail):
    fail(evaluate, "losses", MemoryError())
    with pytest.raises(MemoryError) as caught:
        Store(tmp_path).run(EXPERIMENT)
    assert len(caught.value.__notes__) == 1
    set_aside(tmp_path)[1].write_bytes(b"no weights")
    monkeypatch.undo()

    def watch(step):
        raise ZeroDivisionError("at the first step")

    with pytest.raises(ZeroDivisionError) as caught:
        Store(tmp_path).run(EXPERIMENT, watch=watch)
    assert not hasattr(caught.value, "__notes__")


def test_only_its_own_training_is_taken_up(tmp_path, fail):
    fail(evaluate, "losses", MemoryError())
    with pytest.raises(MemoryError):
        Store(tmp_path).run(EXPERIMENT)
    aside = set_aside(tmp_path)
    assert making.take_up(EXPERIMENT, aside)
    assert making.take_up(replace(EXPERIMENT, seed=4), aside) is None


@pytest.mark.parametrize("kind", ["records", "weights"])
def test_a_folder_that_cannot_be_written_is_found_before_training(tmp_path, monkeypatch, kind):
    (tmp_path / kind).write_text("a file where a folder should be")
    monkeypatch.setattr(making, "train", lambda *_: pytest.fail("trained in vain"))
    with pytest.raises(ResultError, match=kind):
        Store(tmp_path).run(EXPERIMENT)


# Provenance: best effort


@pytest.fixture
def forgetful():
    """Nothing of provenance is remembered from one test to the next."""
    files._commit.cache_clear()
    files._hardware.cache_clear()
    yield
    files._commit.cache_clear()
    files._hardware.cache_clear()


def test_without_git_the_commit_is_null_and_the_result_is_there(tmp_path, monkeypatch, forgetful):
    monkeypatch.setenv("PATH", str(tmp_path / "nothing here"))
    record = Store(tmp_path / "results").run(EXPERIMENT).record
    assert record["provenance"]["commit"] is None


def test_a_git_that_hangs_and_a_card_without_a_name_are_null(monkeypatch, forgetful):
    def hang(command, timeout, **options):
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(files.subprocess, "run", hang)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda *_: 1 / 0)
    found = files.provenance("cuda:1")
    assert found["commit"] is None and found["hardware"] is None
    assert json.dumps(found)


PRINT_COMMIT = "from bumpworld import files; print(files._commit(), files.checkout())"


def said(source, **environment):
    """What a copy of the package at ``source`` says of its commit and checkout."""
    environment = {**os.environ, "PYTHONPATH": str(source), **environment}
    command = [sys.executable, "-c", PRINT_COMMIT]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return done.stdout.split()


def git(folder, *words):
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "-C", str(folder), *identity, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout.strip()


@pytest.fixture
def project(tmp_path):
    """Somebody's repository with a commit."""
    if not shutil.which("git"):
        pytest.skip("needs git")
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "pyproject.toml").write_text('[project]\nname = "theirs"\n')
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "theirs")
    return folder


def copy_package(to):
    shutil.copytree(SOURCE / "bumpworld", to / "bumpworld", ignore=shutil.ignore_patterns("__pycache__"))
    return to


# each copies the package and starts a Python: the other half of the pairs is among the long tests
@pytest.mark.parametrize(
    ("where", "tracked"),
    [
        (".venv/lib/python3/site-packages", False),
        ("vendor", True),
        pytest.param(".venv/lib/python3/site-packages", True, marks=pytest.mark.long),
        pytest.param("vendor", False, marks=pytest.mark.long),
        pytest.param("src", False, marks=pytest.mark.long),
        pytest.param("src", True, marks=pytest.mark.long),
    ],
)
def test_below_another_project_its_commit_is_not_named(project, where, tracked):
    source = copy_package(project / where)
    if tracked:
        git(project, "add", ".")
        git(project, "commit", "-qm", "with a copy of bumpworld")
    assert said(source) == ["None", "None"]


def test_the_commit_of_our_own_checkout_is_named_and_no_hooks(project, tmp_path):
    own = tmp_path / "own"
    source = copy_package(own / "src")
    (own / "pyproject.toml").write_text('[project]\nname = "bumpworld"\n')
    assert said(source) == ["None", str(own)]
    # an archive unpacked below another repository
    git(own, "init", "-q")
    assert said(source) == ["None", str(own)]
    git(own, "add", ".")
    git(own, "commit", "-qm", "ours")
    commit = git(own, "rev-parse", "--short", "HEAD")
    assert said(source, GIT_DIR=str(project / ".git")) == [commit, str(own)]


def test_weights_of_a_large_network_lie_in_several_files(tmp_path, monkeypatch):
    whole = Store(tmp_path / "whole").run(EXPERIMENT)
    length = len(Store(tmp_path / "whole").weights_path(EXPERIMENT).read_bytes())
    monkeypatch.setattr(records, "PIECE", length // 3 + 1)
    store = Store(tmp_path / "cut")
    store.run(EXPERIMENT)
    first = store.weights_path(EXPERIMENT)
    names = [first.name, f"{first.name}.2", f"{first.name}.3"]
    assert sorted(path.name for path in first.parent.iterdir()) == names
    assert sum(path.stat().st_size for path in first.parent.iterdir()) == length
    assert not list((tmp_path / "cut" / "locks").glob("*.safetensors*"))
    found = store.load(EXPERIMENT)
    torch.testing.assert_close(weights(found.model), weights(whole.model), rtol=0, atol=0)
    assert found.record["weights_sha256"] == whole.record["weights_sha256"]
    (first.parent / names[-1]).unlink()
    with pytest.raises(ResultError, match="not the file that its record describes"):
        store.load(EXPERIMENT)
    first.unlink()
    assert not store.has(EXPERIMENT, weights=True)

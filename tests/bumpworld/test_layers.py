"""Results as places and layers: read where nothing can be written, and never hidden or rewritten."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from test_store import EXPERIMENT, contents, weights
from test_studies import made as study_made
from test_workers import ENVIRONMENT

from bumpbook.frame import cli, studies, tables
from bumpbook.frame import runner as sweep
from bumpbook.frame import sweeps as experiments
from bumpbook.frame.commands import typed
from bumpbook.frame.sweeps import Sweep
from bumpworld import files, making
from bumpworld.files import ResultError, write_record
from bumpworld.store import Store, load_or_train, read_record


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("finished")
    Store(folder).run(EXPERIMENT)
    return folder


@pytest.fixture
def folder(finished, tmp_path):
    """Results with one finished experiment, as they would be shipped: without locks."""
    shutil.copytree(finished, tmp_path / "results", ignore=shutil.ignore_patterns("locks"))
    return tmp_path / "results"


@pytest.fixture
def bare(folder):
    """The same with its record alone."""
    shutil.rmtree(folder / "weights")
    return folder


@pytest.fixture
def read_only(monkeypatch):
    """Nothing can be written anywhere, root or not."""

    def refuse(*arguments, **options):
        raise PermissionError(13, "Read-only file system")

    for name in ("mkdir", "replace"):
        monkeypatch.setattr(os, name, refuse)
    monkeypatch.setattr(files.tempfile, "mkstemp", refuse)
    monkeypatch.setattr(making, "train", lambda *_: pytest.fail("trained in vain"))


def test_what_is_there_is_read_where_nothing_can_be_written(folder, read_only):
    assert load_or_train(EXPERIMENT, Store(folder)).model is not None
    report = sweep.run([EXPERIMENT], store=Store(folder))
    assert report.done == 1
    assert not (folder / "locks").exists()


def test_what_is_not_there_says_so_before_training(bare, read_only):
    for wanted in (EXPERIMENT, replace(EXPERIMENT, seed=3)):
        with pytest.raises(ResultError, match="choose another folder"):
            load_or_train(wanted, Store(bare))


def test_a_record_without_weights_is_never_rewritten(bare):
    before, store = contents(bare), Store(bare)
    shipped = store.load_record(EXPERIMENT)
    ran = load_or_train(EXPERIMENT, store)
    after = contents(bare)
    assert before.items() <= after.items()
    assert {Path(name).parts[0] for name in after.keys() - before.keys()} == {"own"}
    # the numbers go on being those that were shipped
    assert ran.record == shipped == store.load_record(EXPERIMENT) == store.load(EXPERIMENT).record
    torch.testing.assert_close(weights(store.load(EXPERIMENT).model), weights(ran.model), rtol=0, atol=0)
    assert store.has(EXPERIMENT, weights=True)
    # and a second time trains nothing
    load_or_train(EXPERIMENT, store)
    assert contents(bare) == after


def test_weights_alone_are_nothing(finished, bare, tmp_path):
    # a disk that is full can leave them
    own = tmp_path / "own"
    shutil.copytree(finished / "weights", own / "weights")
    store = Store(own, shipped=bare)
    assert store.has(EXPERIMENT) and not store.has(EXPERIMENT, weights=True)
    assert store.load(EXPERIMENT).model is None
    assert store.run(EXPERIMENT).model is not None
    assert store.has(EXPERIMENT, weights=True)


def test_own_weights_are_held_against_their_own_record(bare):
    store = Store(bare)
    load_or_train(EXPERIMENT, store)
    own = bare / "own" / "records" / f"{EXPERIMENT.key}.json.gz"
    record = read_record(own)
    write_record(own, record | {"weights_sha256": "0"})
    with pytest.raises(ResultError, match="own/weights.*not the file"):
        store.load(EXPERIMENT)
    own.write_text("{")
    with pytest.raises(ResultError, match="own/records"):
        load_or_train(EXPERIMENT, store)
    assert own.read_text() == "{"


@pytest.mark.long
def test_an_installed_package_keeps_its_numbers_too(bare, tmp_path, monkeypatch):
    """As from a wheel, through a real worker: the folder of results travels with what lies behind it."""
    before, store = contents(bare), Store(tmp_path / "mine", shipped=bare)
    made_up = Sweep("made-up", "", "", (EXPERIMENT, replace(EXPERIMENT, seed=1)), frozenset({EXPERIMENT.key}))
    assert sweep.run(made_up, jobs=1, store=store).trained == 2
    assert contents(bare) == before
    assert [p.name for p in (tmp_path / "mine" / "records").iterdir()] == [
        f"{replace(EXPERIMENT, seed=1).key}.json.gz"
    ]
    assert store.load(EXPERIMENT).model is not None
    assert store.load(EXPERIMENT).record == Store(bare).load_record(EXPERIMENT)
    # what lies in one's own folder does not hide what was shipped
    mine = tmp_path / "mine" / "records" / f"{EXPERIMENT.key}.json.gz"
    write_record(mine, store.load_record(EXPERIMENT) | {"recipe": 99})
    assert store.load_record(EXPERIMENT)["recipe"] == 1


def test_a_table_that_says_so_already_is_not_written_again(folder, monkeypatch):
    made_up = Sweep("made-up", "", "", (EXPERIMENT,), frozenset())
    path = tables.save(made_up, "quick", Store(folder))
    monkeypatch.setattr(tables, "write_atomic", lambda *_: pytest.fail("written again"))
    assert tables.save(made_up, "quick", Store(folder)) == path


# A folder is a place


def test_a_relative_folder_stays_where_it_was(folder, monkeypatch, tmp_path):
    monkeypatch.chdir(folder.parent)
    store = Store("results")
    monkeypatch.setenv("BUMPWORLD_RESULTS", "results")
    by_name = Store()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert store.root == by_name.root == folder and store == by_name
    assert store.has(EXPERIMENT)
    monkeypatch.delenv("BUMPWORLD_RESULTS")
    assert Store().root.is_absolute()


def test_home_is_understood_and_an_unknown_one_is_named(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Store("~/r").root == tmp_path / "r"
    assert cli.main(["status", "--results", "~nobody-of-this-name/r"]) == 2
    assert "~nobody-of-this-name/r" in capsys.readouterr().err


def test_a_worker_with_another_working_folder_writes_to_the_same_place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    seen = []

    def on_cluster(address, tasks):
        seen.extend(tasks)
        yield from ()

    monkeypatch.setattr(sweep, "_on_cluster", on_cluster)
    sweep.run([EXPERIMENT], cluster="tcp://somewhere", store=Store("results"))
    assert seen[0][0] == str(tmp_path / "results")


def test_a_package_below_another_project_leaves_its_folders_alone(tmp_path):
    source = Path(files.__file__).parent
    shutil.copytree(source, tmp_path / "vendor" / "bumpworld", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "theirs"\n')
    (tmp_path / "work").mkdir()
    environment = {name: v for name, v in ENVIRONMENT.items() if name != "BUMPWORLD_RESULTS"}
    done = subprocess.run(
        [sys.executable, "-c", "from bumpworld.store import Store; print(Store().root)"],
        env={**environment, "PYTHONPATH": str(tmp_path / "vendor")},
        cwd=tmp_path / "work", capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == str(tmp_path / "work" / "results")


@pytest.mark.parametrize("command", ["status", "show"])
def test_looking_makes_nothing(tmp_path, capsys, command):
    typo = tmp_path / "reslts"
    assert cli.main([command, "lesion", "--results", str(typo)]) == (0 if command == "status" else 2)
    assert str(typo) in capsys.readouterr().err
    assert not typo.exists()


def test_a_hint_repeats_what_was_asked(tmp_path, capsys):
    place = tmp_path / "a place"
    asked = ["show", "lesion", "--preset", "paper-network", "--seeds", "2", "--results", str(place)]
    assert cli.main(asked) == 2
    assert (
        f"`bumpworld run lesion --preset paper-network --seeds 2 --results '{place}'`"
        in capsys.readouterr().err
    )
    with pytest.raises(ResultError, match=rf"bumpworld study toy --results '{place}'"):
        studies.load(study_made(), Store(place))
    assert typed("bumpworld run lesion", Store()) == "bumpworld run lesion"
    assert experiments.sweep("lesion").command == "bumpworld run lesion"


# Odd files


def make_folder(path):
    path.mkdir()


def make_pipe(path):
    os.mkfifo(path)


def make_broken_link(path):
    path.symlink_to(path.parent / "not here")


def make_unreadable(path):
    if not Path("/proc/self/mem").exists():
        pytest.skip("needs /proc")
    path.symlink_to("/proc/self/mem")


def make_deep(path):
    path.write_text("[" * 100_000)


def make_not_text(path):
    path.write_bytes(b"\x00\xff" * 9)


ODD = (make_folder, make_pipe, make_broken_link, make_unreadable, make_deep, make_not_text)


@pytest.mark.parametrize("make", ODD)
@pytest.mark.parametrize("kind", ["record", "weights"])
def test_an_odd_file_is_named_and_the_rest_goes_on(folder, in_process, make, kind):
    store, other = Store(folder), replace(EXPERIMENT, seed=1)
    path = getattr(store, f"{kind}_path")(EXPERIMENT)
    path.unlink()
    make(path)
    for attempt in (store.load, store.run):
        with pytest.raises(ResultError, match="move it away") as caught:
            attempt(EXPERIMENT)
        assert str(path) in str(caught.value)
    if kind == "record":
        report = sweep.run([EXPERIMENT, other], store=store)
        assert (report.trained, set(report.failed)) == (1, {EXPERIMENT.key})
        made_up = Sweep("made-up", "", "", (EXPERIMENT, other), frozenset())
        assert sweep.status(made_up, store)["failed"] == 1


@pytest.mark.parametrize("make", ODD)
def test_an_odd_file_in_a_studys_place_is_named_and_the_rest_goes_on(tmp_path, make):
    study, store = study_made(), Store(tmp_path)
    path = study.path({"n": 1}, 0, store)
    path.parent.mkdir(parents=True)
    make(path)
    report = studies.run(study, store)
    assert (report.trained, len(report.failed)) == (3, 1)
    assert str(path) in str(report)
    assert studies.status(study, store)["failed"] == 1


@pytest.mark.parametrize(
    "lacking", ["training", "checkpoints", "provenance", "weights_sha256", "denoising_error"]
)
def test_a_signed_record_that_lacks_a_part_is_named(folder, lacking):
    store = Store(folder)
    record = store.load_record(EXPERIMENT)
    record.pop(lacking)
    write_record(store.record_path(EXPERIMENT), record)
    with pytest.raises(ResultError, match=f"{EXPERIMENT.key}.*{lacking}.*move it away"):
        store.load(EXPERIMENT)


LOOK = {"step": 5, "error_x": [0.0], "error_y": [0.0], "residual": [0.1], "shape": [1]}


@pytest.mark.parametrize(
    "change",
    [
        {"checkpoints": []},
        {"checkpoints": [7]},
        {"checkpoints": [LOOK | {"error_x": [0.0, 1.0]}]},
        {"checkpoints": [LOOK | {"residual": None}]},
        {"checkpoints": [LOOK | {"shape": [1, 0]}]},
        {"training": []},
        {"provenance": {"seconds": "x"}},
    ],
)
def test_a_signed_record_of_another_shape_is_named(folder, change):
    store = Store(folder)
    write_record(store.record_path(EXPERIMENT), store.load_record(EXPERIMENT) | change)
    with pytest.raises(ResultError, match=EXPERIMENT.key):
        store.load(EXPERIMENT)

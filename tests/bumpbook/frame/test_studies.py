"""Studies: measured once, whole or absent, resumable, never believed when damaged."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
import torch
from filelock import Timeout
from hypothesis import given
from hypothesis import strategies as st

import bumpworld
from bumpbook.frame import cli, studies
from bumpbook.frame.studies import Study
from bumpworld.files import ResultError
from bumpworld.store import Store
from bumpworld.train import TrainingError

# all rooms have named theirs before a test changes the list: what is named in its copy is lost
studies.names()
SETTINGS = ({"n": 1}, {"n": 2})


def made(measure=lambda setting, seed: {"sum": setting["n"] + seed}, **changes):
    given = {"name": "toy", "question": "?", "version": 1, "settings": SETTINGS, "seeds": 2} | changes
    return Study(measure=measure, **given)


def files(folder):
    return {p.name: p.read_bytes() for p in Path(folder).rglob("*.json")}


def test_every_case_is_measured_once_and_read_back(tmp_path):
    calls = []

    def measure(setting, seed):
        calls.append((setting["n"], seed))
        return {"sum": setting["n"] + seed}

    study, store = made(measure), Store(tmp_path)
    report = studies.run(study, store)
    assert calls == [(1, 0), (2, 0), (1, 1), (2, 1)]  # the first seed of every setting comes first
    assert (report.trained, report.done, report.failed) == (4, 0, {})
    before = files(tmp_path)
    assert (studies.run(study, store).done, len(calls), files(tmp_path)) == (4, 4, before)

    table = studies.table(study, store)
    assert table[["n", "seed", "sum"]].to_numpy().tolist() == [[1, 0, 1], [2, 0, 2], [1, 1, 2], [2, 1, 3]]
    provenance = studies.load(study, store)[0]["provenance"]
    assert provenance["torch"] == torch.__version__ and provenance["threads"] == 1
    assert studies.status(study, store) | {"seconds": 0} == {
        "done": 4, "running": 0, "failed": 0, "missing": 0, "seconds": 0
    }  # fmt: skip


def test_more_seeds_keep_what_is_there_and_another_version_does_not(tmp_path):
    store = Store(tmp_path)
    studies.run(made(), store)
    report = studies.run(made(seeds=3), store)
    assert (report.done, report.trained) == (4, 2)
    assert studies.run(made(version=2), store).trained == 4
    assert len(files(tmp_path)) == 10
    assert {r["version"] for r in studies.load(made(version=2), store)} == {2}


def test_what_is_there_is_shown_and_nothing_is_an_error_with_the_command(tmp_path):
    study, store = made(), Store(tmp_path)
    with pytest.raises(ResultError, match="bumpworld study toy"):
        studies.table(study, store)
    studies.run(made(seeds=1), store)
    assert len(studies.table(study, store)) == 2
    assert studies.status(study, store)["missing"] == 2


@pytest.mark.parametrize("error", [ValueError("no such world"), TrainingError("the loss is nan")])
def test_a_case_that_fails_is_reported_and_the_others_go_on(tmp_path, error):
    def measure(setting, seed):
        if setting["n"] == 1 and seed == 0:
            raise error
        return {}

    study, store = made(measure), Store(tmp_path)
    report = studies.run(study, store)
    assert report.trained == 3
    assert list(report.failed.values()) == [str(error)]
    assert studies.status(study, store)["failed"] == 1
    assert studies.run(made(lambda setting, seed: {}), store).trained == 1  # a later run tries it again
    assert studies.status(study, store)["failed"] == 0


def test_a_record_stays_small(tmp_path):
    study = made(lambda setting, seed: {"image": [0.5] * 5000}, settings=({"n": 1},), seeds=1)
    (why,) = studies.run(study, Store(tmp_path)).failed.values()
    assert "10000" in why
    assert not files(tmp_path)


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "foreign", "swapped"])
def test_a_damaged_file_is_named_and_never_replaced(tmp_path, damage):
    study, store = made(), Store(tmp_path)
    studies.run(study, store)
    path, other = study.path(SETTINGS[0], 0, store), study.path(SETTINGS[1], 1, store)
    text = path.read_text()
    path.write_text(
        {
            "cut": text[: len(text) // 2],
            "flipped": text.replace('"sum":1', '"sum":7'),
            "empty": "",
            "foreign": '{"sha256": "0"}',
            "swapped": other.read_text(),
        }[damage]
    )
    before = files(tmp_path)
    with pytest.raises(ResultError, match=r"move it away and run .*bumpworld study toy") as caught:
        studies.load(study, store)
    assert str(path) in str(caught.value)
    report = studies.run(study, store)
    assert (report.done, len(report.failed)) == (3, 1)
    assert files(tmp_path) == before
    path.rename(tmp_path / "moved away")  # what the message says to do
    assert studies.run(study, store).trained == 1
    assert studies.load(study, store)[0]["measured"] == {"sum": 1}


# With real processes

CHILD = """
    import sys, time
    from pathlib import Path
    from bumpbook.frame import studies
    from bumpworld.store import Store

    def measure(setting, seed):
        with open(sys.argv[2], "a") as log:
            log.write(f"{setting['n']} {seed}\\n")
        time.sleep(float(sys.argv[3]))
        return {"sum": setting["n"] + seed}

    study = studies.Study("toy", "?", 1, ({"n": 1}, {"n": 2}), 2, measure)
    print(studies.run(study, Store(sys.argv[1])), flush=True)
"""


def child(folder, log, seconds):
    command = [sys.executable, "-c", textwrap.dedent(CHILD), str(folder), str(log), str(seconds)]
    source = str(Path(bumpworld.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": source, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def wait_for(condition):
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until, "the child process did not come so far"
        time.sleep(0.02)


def test_a_killed_run_frees_its_case_and_the_next_goes_on(tmp_path):
    folder, log = tmp_path / "results", tmp_path / "log"
    run = child(folder, log, 600)
    try:
        wait_for(log.exists)
        study, store = made(), Store(folder)
        assert studies.status(study, store)["running"] == 1
        with pytest.raises(Timeout):
            store.lock(f"study-{study.key(SETTINGS[0], 0)}", 0.05)
        report = studies.run(study, store)  # beside it: takes the others and leaves that one
        assert (report.busy, report.trained) == (1, 3)
    finally:
        run.send_signal(signal.SIGKILL)
        run.wait()
        run.stdout.close()
    report = studies.run(study, store)
    assert (report.done, report.trained, report.busy) == (3, 1, 0)
    assert len(studies.load(study, store)) == 4


@pytest.mark.long
def test_two_runs_at_once_do_not_repeat_each_other(tmp_path):
    folder, log = tmp_path / "results", tmp_path / "log"
    runs = [child(folder, log, 0.3) for _ in range(2)]
    said = [run.communicate(timeout=120)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], said
    assert sorted(log.read_text().split("\n")[:-1]) == ["1 0", "1 1", "2 0", "2 1"]
    assert len(files(folder)) == 4


# What a study may be, and the command line


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "a/b"}, {"name": ""}, {"name": "lesion"}, {"settings": ()}, {"settings": ({"n": 1}, {"n": 1})},
        {"seeds": 0}, {"seeds": 1.5}, {"seeds": True},
    ],
)  # fmt: skip
def test_wrong_studies_are_refused(wrong):
    (value,) = wrong.values()
    with pytest.raises(ValueError, match="allowed") as caught:
        made(**wrong)
    assert "settings" in wrong or repr(value) in str(caught.value)


def test_a_name_belongs_to_one_module(monkeypatch):
    monkeypatch.setattr(studies, "_registered", dict(studies._registered))
    taken = studies.names()[0]
    with pytest.raises(ValueError, match=f"{taken}.*already declared in"):
        studies.register(made(name=taken))
    with pytest.raises(ValueError, match="'nonsense'.*allowed are .*halves"):
        studies.study("nonsense")


def test_every_registered_study_stores_plain_settings():
    for name in studies.names():
        study = studies.study(name)
        keys = {study.key(*case) for case in study.cases()}
        assert len(keys) == len(study.settings) * study.seeds
        assert json.loads(json.dumps(study.settings)) == list(study.settings)


def test_study_and_status_on_the_command_line(tmp_path, capsys, monkeypatch):
    assert (
        "toy" not in studies.names()
    )  # all modules have registered theirs by now: only the toy is run below
    monkeypatch.setattr(studies, "_registered", {"toy": made()})
    where = ["--results", str(tmp_path)]
    assert cli.main(["study", *where]) == 0
    assert "toy: 0 done before, 4 trained" in capsys.readouterr().out
    assert cli.main(["status", "toy", *where]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[:5] == ["toy", "4", "0", "0", "0"]
    assert cli.main(["study", "nonsense", *where]) == 2
    assert "allowed are" in capsys.readouterr().err

    def broken(setting, seed):
        raise ValueError("broken")

    monkeypatch.setattr(studies, "_registered", {"toy": made(broken, version=2)})
    assert cli.main(["study", "toy", *where]) == 1


@given(st.integers(1, 6).flatmap(lambda n: st.lists(st.integers(0, 255), min_size=n * n, max_size=n * n)))
def test_pictures_come_back_from_text(levels):
    size = round(len(levels) ** 0.5)
    image = torch.tensor(levels, dtype=torch.float32).reshape(1, size, size) / 255
    assert torch.equal(studies.from_text(studies.to_text(image)), image[0])


def test_text_that_is_no_picture_is_refused():
    for text in ("AAA=", "AAAA", "", "not base64"):
        with pytest.raises(ValueError):
            studies.from_text(text)

"""Sweeps against real faults: killed workers, two sweeps at once, a lost scheduler, a full disk, damaged files."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path

import pytest

from bumpbook.frame import runner as sweep
from bumpbook.frame.reports import has_failed
from bumpbook.frame.runner import Report, run, run_one
from bumpbook.frame.sweeps import Sweep
from bumpworld import Canvas
from bumpworld.experiment import Experiment, to_dict
from bumpworld.selection import lesion
from bumpworld.store import ResultError, Store
from bumpworld.unet import UNetConfig

TINY = Experiment(
    canvas=Canvas(size=8),
    train_on=lesion(3, 5),
    unet=UNetConfig(channels=(8, 8), heads=2, label_features=4, time_features=4, embedding=8),
    steps=2,
)
LONGER = replace(TINY, steps=40)  # about a second: time enough to be killed in
PATIENCE = 300  # seconds; a loaded machine takes long to start a process


def seeds(count, experiment=TINY):
    return [replace(experiment, seed=seed) for seed in range(count)]


def files(store):
    """Every finished file with its inode and time: they change when a file is written again."""
    found = [p for kind in ("records", "weights") for p in (store.root / kind).glob("*") if p.name[0] != "."]
    return {p.name: (p.stat().st_ino, p.stat().st_mtime_ns) for p in found}


def half_written(store):
    return [p for p in store.root.rglob(".*") if p.is_file()]


def wait_for(condition):
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.005)


@contextmanager
def in_background(*arguments, **options):
    """A sweep that runs in a thread of this process: the future of its report. A stuck one does not stop pytest."""
    future = Future()

    def work():
        try:
            future.set_result(run(*arguments, **options))
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    yield future


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A store with three finished experiments, trained in this process. Copy it before you change it."""
    store = Store(tmp_path_factory.mktemp("finished"))
    for experiment in seeds(3):
        store.run(experiment, weights=experiment.seed == 0)
    return store


@pytest.fixture
def store(finished, tmp_path):
    shutil.copytree(finished.root, tmp_path / "store")
    return Store(tmp_path / "store")


@pytest.mark.long
def test_a_killed_worker_is_named_and_the_next_run_does_the_rest(tmp_path):
    store = Store(tmp_path)
    experiments = [TINY, replace(LONGER, seed=1), replace(TINY, seed=2)]
    others = set(active_children())
    with in_background(experiments, jobs=1, store=store) as future:
        wait_for((store.root / "locks" / f"{experiments[1].key}.lock").exists)
        (worker,) = set(active_children()) - others
        os.kill(worker.pid, signal.SIGKILL)
        report = future.result(PATIENCE)
    # the worker takes its own model with it, and no other
    assert (report.done, report.trained, report.busy) == (0, 2, 0)
    assert set(report.failed) == {experiments[1].key}
    assert experiments[1].key in str(report)
    assert "killed" in str(report)
    assert "run the sweep again" in str(report)
    assert has_failed(store, experiments[1].key)

    before = files(store)
    assert set(before) == {f"{e.key}.json.gz" for e in (experiments[0], experiments[2])}
    assert not half_written(store)
    again = run(experiments, jobs=1, store=store)
    assert (again.done, again.trained, again.failed) == (2, 1, {})
    assert set(files(store)) == {f"{e.key}.json.gz" for e in experiments}
    assert before.items() <= files(store).items()


@pytest.mark.long
def test_a_deleted_record_is_the_only_one_trained_again(store):
    experiments = seeds(3)
    old = store.load(experiments[1]).record
    store.record_path(experiments[1]).unlink()
    before = files(store)
    report = run(experiments, jobs=1, store=store)
    assert (report.done, report.trained, report.failed) == (2, 1, {})
    assert before.items() <= files(store).items()
    new = store.load(experiments[1]).record
    assert new["training"]["steps"] == old["training"]["steps"]
    assert sweep.run(experiments, store=store) == Report(done=3)


SECOND_SWEEP = """
import json, sys
from bumpworld.experiment import from_dict
from bumpworld.store import Store
from bumpbook.frame.runner import run
root, *experiments = json.loads(sys.stdin.readline())
print("ready", flush=True)
sys.stdin.readline()
report = run([from_dict(e) for e in experiments], jobs=1, store=Store(root))
print(json.dumps([report.done, report.trained, report.busy, report.failed]))
"""


@pytest.mark.long
def test_two_sweeps_at_once_train_nothing_twice(tmp_path):
    store, experiments = Store(tmp_path), seeds(4, replace(TINY, steps=10))
    command = [sys.executable, "-c", SECOND_SWEEP]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        print(json.dumps([str(store.root), *map(to_dict, experiments)]), file=other.stdin, flush=True)
        assert other.stdout.readline() == "ready\n"
        written = {}  # every version of every record that was ever there
        with in_background(experiments, jobs=1, store=store) as future:
            print(file=other.stdin, flush=True)
            while not (future.done() and other.poll() is not None):
                for name, version in files(store).items():
                    written.setdefault(name, set()).add(version)
                time.sleep(0.005)
        ours, theirs = future.result(), Report(*json.loads(other.stdout.readline()))
    for name, version in files(store).items():
        written.setdefault(name, set()).add(version)
    assert {name: len(versions) for name, versions in written.items()} == {
        f"{e.key}.json.gz": 1 for e in experiments
    }
    assert ours.failed == theirs.failed == {}
    for report in (ours, theirs):
        assert report.done + report.trained + report.busy == len(experiments)
    for experiment in experiments:
        assert store.load(experiment).record["training"]["steps"] == 10
    assert not half_written(store)


def test_what_another_sweep_finished_meanwhile_is_not_counted_as_trained(store, monkeypatch):
    """Between the listing and the work another sweep may have finished an experiment."""
    path, away = store.record_path(TINY), store.root / "away.json"
    path.rename(away)

    def meanwhile(jobs, tasks):
        away.rename(path)
        yield TINY, run_one(*tasks[0])

    monkeypatch.setattr(sweep, "_locally", meanwhile)
    before = store.root.joinpath("away.json").stat().st_mtime_ns
    report = run([TINY], store=store)
    assert path.stat().st_mtime_ns == before
    assert report.trained == 0
    assert not report.failed


def test_one_in_other_hands_is_left_to_them(store):
    experiment = replace(TINY, seed=7)
    with store.lock(experiment):
        assert run_one(str(store.root), experiment, False, "cpu") == "busy"
    assert not store.has(experiment)


def test_status_counts_every_state(store):
    experiments = [*seeds(3), *(replace(TINY, seed=s) for s in (7, 8)), replace(TINY, train_on=lesion(0, 8))]
    why = run_one(str(store.root), experiments[-1], False, "cpu")
    assert "no training label" in why
    with store.lock(experiments[3]):
        counts = sweep.status(Sweep("made-up", "", "", tuple(experiments), frozenset()), store)
    seconds = sum(store.load(e).record["provenance"]["seconds"] for e in experiments[:3])
    assert counts == {
        "done": 3,
        "running": 1,
        "failed": 1,
        "missing": 1,
        "seconds": pytest.approx(seconds),
    }


def test_weights_are_kept_where_the_sweep_says_so(store, in_process):
    kept = replace(TINY, seed=5)
    made_up = Sweep("made-up", "", "", (kept, replace(TINY, seed=1)), frozenset({kept.key}))
    assert run(made_up, jobs=1, store=store).trained == 1
    assert store.load(kept).model is not None
    assert store.load(replace(TINY, seed=1)).model is None


@pytest.mark.parametrize("jobs", [0, -1])
def test_jobs_below_one(jobs, tmp_path):
    with pytest.raises(ValueError, match="from 1"):
        run([TINY], jobs=jobs, store=Store(tmp_path))


# On a cluster: the same code, the same faults.


@contextmanager
def local_cluster(port=0):
    distributed = pytest.importorskip("dask.distributed", reason="needs the extra [scale]")
    options = dict(n_workers=1, threads_per_worker=1, scheduler_port=port, dashboard_address=None)
    with distributed.LocalCluster(**options) as cluster:
        yield cluster


@pytest.mark.long
def test_a_worker_of_a_cluster_is_killed(tmp_path):
    """The cluster starts another one and gives it the work: nothing is missing in the end."""
    store, experiments = Store(tmp_path), [TINY, replace(LONGER, seed=1)]
    with local_cluster() as cluster:
        with in_background(experiments, cluster=cluster.scheduler_address, store=store) as future:
            wait_for(lambda: any((store.root / "locks").glob("*.lock")))
            (nanny,) = cluster.workers.values()
            os.kill(nanny.pid, signal.SIGKILL)
            report = future.result(PATIENCE)
        assert (report.done, report.trained, report.busy, report.failed) == (0, 2, 0, {})
        assert set(files(store)) == {f"{e.key}.json.gz" for e in experiments}


@pytest.mark.long
def test_a_scheduler_is_stopped_and_started_again(store):
    experiments = [
        *seeds(3),
        replace(TINY, seed=3),
        replace(LONGER, steps=100, seed=1),
        replace(TINY, seed=4),
    ]
    before = files(store)
    with local_cluster() as cluster:
        address = cluster.scheduler_address
        with in_background(experiments, cluster=address, store=store) as future:
            wait_for((store.root / "locks" / f"{experiments[3].key}.lock").exists)
            cluster.close()  # in the middle of the work
            report = future.result(PATIENCE)
    assert report.done == 3
    assert report.failed
    assert set(report.failed) <= {e.key for e in experiments[3:]}
    assert "scheduler" in str(report)
    assert before.items() <= files(store).items()
    assert not half_written(store)

    before = files(store)
    missing = [e for e in experiments if not store.has(e)]
    with local_cluster(port=int(address.rsplit(":", 1)[1])):  # where it was
        again = run(experiments, cluster=address, store=store)
    assert (again.done, again.trained, again.failed) == (6 - len(missing), len(missing), {})
    assert before.items() <= files(store).items()
    assert all(map(store.has, experiments))


def test_a_scheduler_that_does_not_answer(tmp_path, monkeypatch):
    distributed = pytest.importorskip("dask.distributed", reason="needs the extra [scale]")
    client = distributed.Client
    # the same client with less patience: nothing listens on port 1
    monkeypatch.setattr(distributed, "Client", lambda address, timeout: client(address, timeout=0.5))
    with pytest.raises(ConnectionError, match="tcp://127.0.0.1:1 .*dask scheduler"):
        run([TINY], cluster="tcp://127.0.0.1:1", store=Store(tmp_path))


# A full disk.


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 64 kB: a real file system that can be filled."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    done = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if not done or done.returncode:
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder, leave):
    """Fill a disk up to ``leave`` bytes."""
    room = os.statvfs(folder)
    with open(folder / "filler", "wb") as file:
        file.write(bytes(room.f_bavail * room.f_frsize - leave))


@pytest.mark.parametrize(
    ("leave", "weights"),
    [(16384, True), (4096, True), (0, True), (0, False)],
    ids=["weights do not fit", "nearly nothing", "full, weights", "full, record"],
)
def test_a_full_disk(small_disk, leave, weights):
    store = Store(small_disk)
    store.run(TINY, weights=False)
    (small_disk / "weights").mkdir()
    before = files(store)
    fill(small_disk, leave)
    other = replace(TINY, seed=1)
    with pytest.raises(ResultError, match="free some space") as caught:
        store.run(other, weights=weights)
    assert other.key in str(caught.value)
    assert files(store) == before
    assert not half_written(store)
    outcome = run_one(str(store.root), other, weights, "cpu")  # a sweep reports it and goes on
    assert "free some space" in outcome

    (small_disk / "filler").unlink()
    store.run(other, weights=False)
    assert store.load(other).record["training"]["steps"] == 2


@pytest.mark.parametrize("weights", [False, True])
def test_no_space_left_when_renaming(tmp_path, monkeypatch, weights):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    store = Store(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        with pytest.raises(ResultError, match="No space left.*free some space"):
            store.run(TINY, weights=weights)
    assert not files(store)
    assert not half_written(store)
    store.run(TINY, weights=weights)
    assert store.has(TINY, weights)


@pytest.mark.parametrize("kind", ["record", "weights"])
def test_a_damaged_file_is_named_and_never_deleted(store, kind):
    path: Path = getattr(store, f"{kind}_path")(TINY)
    path.write_bytes(path.read_bytes()[:-9])
    damaged, others = path.read_bytes(), {n: v for n, v in files(store).items() if n != path.name}
    report = run(seeds(3), store=store)
    # a run must not call an experiment done whose record nobody can read
    assert kind == "weights" or str(path) in report.failed[TINY.key]
    assert path.read_bytes() == damaged
    assert others.items() <= files(store).items()

    path.rename(store.root / "moved away")  # what the message says to do
    assert store.run(TINY).model is not None

"""Run many experiments: in local worker processes, or on a Dask cluster when given its scheduler's address."""

import os
import sys
from collections.abc import Iterable
from contextlib import closing
from functools import partial

import torch
from tqdm import tqdm

from bumpworld import checks
from bumpworld.experiment import Experiment
from bumpworld.instruments import represent
from bumpworld.store import ResultError, Store

from .compiled import compiled
from .progress import stepwise
from .reports import Report, Stopped, attempt, note_failure, tally
from .sweeps import PRESETS, Sweep
from .workers import locally, on_cluster


def run(
    experiments: Iterable[Experiment] | Sweep,
    cluster: str | None = None,
    jobs: int | None = None,
    store: Store | None = None,
    device: str = "cpu",
    compile_it: bool = False,
) -> Report:
    """Train, measure and save every experiment that has no record yet; weights are stored where a `Sweep` keeps them.

    ``jobs`` local processes of one thread each, by default one a core. ``cluster`` is the address of a Dask scheduler, for
    instance "tcp://host:8786", whose workers must see the same results folder. A killed run loses the experiments
    in flight and nothing else; the next run goes on where it stopped. An experiment that fails, in whatever way, is
    reported and does not stop the others. ``compile_it`` is for large networks: see `compiled.compiled`.

    Raises ValueError for jobs < 1 and a device that is not there, ConnectionError for a scheduler that does not answer,
    `workers.WorkerError` where no worker can start, and `reports.Stopped` after Ctrl-C, when the experiments in hand are
    finished.

    A single experiment has all cores to itself, unless ``jobs`` says otherwise, and shows its steps; of several, each that
    ends moves the bar.
    """
    if jobs is not None:
        jobs = checks.whole("jobs", jobs, 1)
    checks.device("device", device, here=not cluster)
    store, keep, wanted = store or Store(), frozenset(), experiments
    if isinstance(experiments, Sweep):
        keep, wanted = experiments.keep, experiments.experiments
    report, waiting = Report(), []
    for experiment in wanted:
        try:
            if _is_done(store, experiment, experiment.key in keep):
                report.done += 1
            else:
                waiting.append(experiment)
        except ResultError as error:
            report.failed[experiment.key] = str(error)
    if isinstance(experiments, Sweep) and waiting:
        print(_foretold(experiments, len(waiting), store), file=sys.stderr, flush=True)
    alone = len(waiting) == 1 and not cluster
    threads = (jobs or os.cpu_count() or 1) if alone else 1
    tasks = [
        (str(store.root), e, e.key in keep, device, store.shipped, threads, alone, compile_it)
        for e in waiting
    ]
    results = _on_cluster(cluster, tasks) if cluster else _locally(jobs or os.cpu_count() or 1, tasks)
    report.left = len(tasks)
    try:
        # whatever ends the loop ends the workers
        with closing(results):
            # no bar when nobody watches: it would be printed as garbage into logs and pages
            for experiment, outcome in tqdm(results, total=len(tasks), unit="model", disable=alone or None):
                report.left -= 1
                report.count(experiment.key, outcome)
                # a worker that was killed could not note it
                if experiment.key in report.failed:
                    note_failure(store, experiment.key, outcome)
    except KeyboardInterrupt:
        raise Stopped(report) from None
    return report


def _foretold(sweep: Sweep, left: int, store: Store) -> str:
    """What is about to be trained, and what it takes: as long as the sweep's finished models took, where there are some."""
    models, known = f"{left} model{'s' * (left > 1)} to train", status(sweep, store)
    minutes = known["seconds"] / known["done"] / 60 if known["done"] else PRESETS[sweep.preset].minutes
    cost = f"about {minutes:.2g} minutes of one CPU core each"
    return f"{sweep.name}: {models}, {cost}; Ctrl-C ends it, and what is finished stays"


def run_one(
    root: str,
    experiment: Experiment,
    keep: bool,
    device: str,
    shipped: os.PathLike | None = None,
    threads: int = 1,
    watched: bool = False,
    compile_it: bool = False,
) -> str | None:
    """Work of one process: None when it trained the experiment, "done" when somebody had, else why there is no record.

    Where ``watched``, a bar counts the steps.
    """
    if device == "cpu":
        torch.set_num_threads(threads)
    store = Store(root, shipped)

    def work() -> bool:
        if _is_done(store, experiment, keep):
            return False
        with stepwise(experiment, watched) as watch, compiled(compile_it):
            store.run(experiment, device, weights=keep, wait=0, watch=watch, instrument=represent.geometry)
        return True

    return attempt(store, experiment.key, work)


def _is_done(store: Store, experiment: Experiment, keep: bool) -> bool:
    """Is there nothing to do? Raises ResultError for a record that nobody can read: that one is not done."""
    if store.has(experiment):
        store.load_record(experiment)
    return store.has(experiment, keep)


def _locally(jobs: int, tasks: list[tuple]):
    return locally(run_one, jobs, tasks)


def _on_cluster(address: str, tasks: list[tuple]):
    return on_cluster(run_one, address, tasks)


def status(sweep: Sweep, store: Store | None = None) -> dict[str, int | float]:
    """How many experiments of a sweep are done, running, failed and missing, and seconds: see `reports.tally`."""
    store = store or Store()

    def load(experiment):
        return store.load_record(experiment) if store.has(experiment) else None

    return tally(((e.key, partial(load, e)) for e in sweep.experiments), store)

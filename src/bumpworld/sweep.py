"""Run many experiments: in local worker processes, or on a Dask cluster when given its scheduler's address."""

import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context, parent_process

from filelock import Timeout
from tqdm import tqdm

from . import checks
from .experiments import Sweep
from .recipe import Experiment
from .store import ResultError, Store
from .train import TrainingError


@dataclass
class Report:
    """How a sweep went: numbers of experiments found ``done`` before, ``trained`` now, ``busy`` (being trained by
    another sweep) and ``failed`` with the message by key."""

    done: int = 0
    trained: int = 0
    busy: int = 0
    failed: dict[str, str] = field(default_factory=dict)

    def __str__(self):
        text = f"{self.done} done before, {self.trained} trained, {self.busy} in other hands, {len(self.failed)} failed"
        return "\n".join([text, *(f"  {key}: {why}" for key, why in self.failed.items())])


def run(
    experiments: Iterable[Experiment] | Sweep,
    cluster: str | None = None,
    jobs: int | None = None,
    store: Store | None = None,
    device: str = "cpu",
) -> Report:
    """Train, measure and save every experiment that has no record yet; weights are stored where a `Sweep` keeps them.

    ``jobs`` local processes of one thread each, by default one a core. ``cluster`` is the address of a Dask scheduler, for
    instance "tcp://host:8786", whose workers must see the same results folder. A killed run loses the experiments
    in flight and nothing else; the next run goes on where it stopped.

    Raises ValueError for jobs < 1, ConnectionError for a scheduler that does not answer.
    """
    if jobs is not None:
        jobs = checks.whole("jobs", jobs, 1)
    store = store or Store()
    keep = experiments.keep if isinstance(experiments, Sweep) else frozenset()
    wanted = list(experiments.experiments if isinstance(experiments, Sweep) else experiments)
    report, waiting = Report(), []
    for experiment in wanted:
        try:
            if store.has(experiment):
                store.load_record(experiment)  # a record that nobody can read is not done
            if store.has(experiment, experiment.key in keep):
                report.done += 1
            else:
                waiting.append(experiment)
        except ResultError as error:
            report.failed[experiment.key] = str(error)
    tasks = [(str(store.root), e, e.key in keep, device) for e in waiting]
    results = _on_cluster(cluster, tasks) if cluster else _locally(jobs or os.cpu_count() or 1, tasks)
    # no bar when nobody watches: it would be printed as garbage into logs and pages
    for experiment, outcome in tqdm(results, total=len(tasks), unit="model", disable=None):
        if outcome == "busy":
            report.busy += 1
        elif outcome == "done":
            report.done += 1
        elif outcome:
            report.failed[experiment.key] = outcome
        else:
            report.trained += 1
    return report


def run_one(root: str, experiment: Experiment, keep: bool, device: str) -> str | None:
    """Work of one process: None when it trained the experiment, "done" when somebody had, else why there is no record."""
    import torch

    parent = parent_process()
    if (
        parent is not None and not parent.is_alive()
    ):  # the sweep was killed: do not go on with what it had handed out
        raise SystemExit("the sweep that this worker belonged to is gone")
    if device == "cpu":
        torch.set_num_threads(1)
    store = Store(root)
    try:
        if store.has(experiment, keep):
            store.load_record(experiment)
            return "done"
        store.run(experiment, device, weights=keep, wait=0)
    except Timeout:
        return "busy"
    except (ResultError, TrainingError, ValueError) as error:
        store.note_failure(experiment.key, str(error))
        return str(error)
    return None


def _locally(jobs: int, tasks: list[tuple]):
    """Yield (experiment, outcome) as they finish. A killed worker breaks the pool: what it held is reported failed."""
    if not tasks:
        return
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with ProcessPoolExecutor(min(jobs, len(tasks)), mp_context=get_context("spawn")) as pool:
        futures = {pool.submit(run_one, *task): task[1] for task in tasks}
        for future in as_completed(futures):
            try:
                yield futures[future], future.result()
            except BrokenProcessPool:
                yield (
                    futures[future],
                    "a worker process was killed; run the sweep again, it goes on where it stopped",
                )


def _on_cluster(address: str, tasks: list[tuple]):
    from dask.distributed import Client
    from dask.distributed import as_completed as as_completed_there

    try:
        client = Client(address, timeout=10)
    except OSError as error:
        raise ConnectionError(
            f"no Dask scheduler answers at {address} ({error}); start one with `dask scheduler`"
        ) from None
    with client:
        # pure=False: the scheduler must not take two sweeps' tasks for one; the store's locks keep them apart
        futures = {client.submit(run_one, *task, pure=False): task[1] for task in tasks}
        for future in as_completed_there(futures):
            try:
                yield futures[future], future.result()
            except Exception as error:  # noqa: BLE001 - whatever the cluster raises belongs in the report
                yield futures[future], f"{type(error).__name__}: {error}"


def status(sweep: Sweep, store: Store | None = None) -> dict[str, int | float]:
    """How many experiments of a sweep are done, running, failed and missing, and the seconds that the done ones took."""
    store = store or Store()
    counts: dict[str, int | float] = {"done": 0, "running": 0, "failed": 0, "missing": 0, "seconds": 0.0}
    for experiment in sweep.experiments:
        if store.has(experiment):
            counts["done"] += 1
            counts["seconds"] += store.load_record(experiment)["provenance"]["seconds"]
        elif store.is_held(experiment.key):
            counts["running"] += 1
        elif store.has_failed(experiment.key):
            counts["failed"] += 1
        else:
            counts["missing"] += 1
    return counts

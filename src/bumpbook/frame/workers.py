"""Hands for a list of tasks: worker processes of this machine, or those of a Dask cluster.

A task is a tuple of arguments whose second is what it is known by; an outcome is what `reports.attempt` returns.
"""

import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import connection, current_process, get_context, parent_process
from pathlib import Path

from .reports import reason

KILLED = "a worker process was killed; run the sweep again, it goes on where it stopped"
_GUARD = "put the call under `if __name__ == '__main__':`"


class WorkerError(RuntimeError):
    """No worker process can start; the message says what a script must look like."""


def locally(work: Callable, jobs: int, tasks: list[tuple]) -> Iterator[tuple]:
    """Yield (task[1], outcome) of ``work(*task)`` as they finish in ``jobs`` worker processes.

    A worker that is killed takes its own task with it and no other. After Ctrl-C no task is begun; when those in hand
    are finished, KeyboardInterrupt is raised. A second one ends them too. Workers go when this process is gone, however
    it went. Raises WorkerError where none can start.
    """
    if not tasks:
        return
    _check_script()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    waiting, at_work, started = deque(tasks), {}, False
    # nothing is ever sent: a worker reads its end until this process, which alone has the other, closes it or dies
    stay, leave = get_context("spawn").Pipe(duplex=False)
    workers = []
    with _first_interrupt_noted() as interrupts:
        try:
            for _ in range(min(jobs, len(tasks))):
                workers.append(_Worker(stay))
            free = list(workers)
            while at_work or (waiting and not interrupts):
                while waiting and free and not interrupts:
                    worker, task = free.pop(), waiting.popleft()
                    at_work[worker.submit(work, *task)] = worker, task
                for future in wait(at_work, return_when=FIRST_COMPLETED).done:
                    worker, task = at_work.pop(future)
                    started = started or worker.has_started()
                    if not started:
                        raise WorkerError(
                            f"no worker process could start (its own message may stand above); a script must not"
                            f" call this while a worker imports it: {_GUARD}"
                        )
                    free.append(worker)
                    yield task[1], _outcome(future)
        finally:
            # a normal end leaves nothing at work; any other does not wait for it
            if at_work:
                leave.close()
            for worker in workers:
                worker.end()
            leave.close()
            stay.close()
    if waiting:
        raise KeyboardInterrupt


class _Worker:
    """A pool of one process: when it breaks, it is known which task broke it, and the others' processes live on."""

    def __init__(self, stay: connection.Connection):
        self._stay = stay
        self._open()

    def _open(self) -> None:
        context = get_context("spawn")
        self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=_settle, initargs=(self._stay,))
        with _deaf_to_interrupts():
            self._started = self._pool.submit(_do_nothing)

    def submit(self, work: Callable, *task) -> Future:
        """Give it a task, in a new process where the old one was killed."""
        try:
            return self._pool.submit(work, *task)
        except BrokenProcessPool:
            self._open()
            return self._pool.submit(work, *task)

    def has_started(self) -> bool:
        """Did the process come so far as to take tasks? Asked when its first task has ended."""
        return self._started.exception() is None

    def end(self) -> None:
        self._pool.shutdown(cancel_futures=True)


def _do_nothing():
    pass


def _outcome(future: Future) -> str | None:
    try:
        return future.result()
    except BrokenProcessPool:
        return KILLED
    except Exception as error:  # noqa: BLE001 - a task or a result that cannot be sent is a failure of its own
        return reason(error)


def _check_script() -> None:
    """Raise WorkerError where a new process could not import the script that runs; in such a process, end it."""
    # this is a worker that is still importing its script: the sweep that started it says what is wrong, once
    if getattr(current_process(), "_inheriting", False):
        raise SystemExit(1)
    main = sys.modules["__main__"]
    file = getattr(main, "__file__", None)
    if file and getattr(main, "__spec__", None) is None and not Path(file).exists():
        raise WorkerError(
            f"worker processes cannot import {file}, the program that runs; save it as a file and {_GUARD}"
        )


def _settle(stay: connection.Connection) -> None:
    """Begin a worker's life: Ctrl-C is the sweep's to handle, and where the sweep goes this process follows."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow, args=(stay,), daemon=True).start()


def _follow(stay: connection.Connection) -> None:
    connection.wait([stay, parent_process().sentinel])
    # not sys.exit: the main thread may be deep in a training, or asleep in a queue that nobody fills
    os._exit(1)


@contextmanager
def _first_interrupt_noted() -> Iterator[list]:
    """A list that the first Ctrl-C fills; the second raises KeyboardInterrupt. Outside the main thread both are for others."""
    interrupts: list[int] = []
    # a run in the background was told to ignore it
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        yield interrupts
        return

    def note(number, frame):
        if interrupts:
            raise KeyboardInterrupt
        interrupts.append(number)
        print("stopping after the models in hand; Ctrl-C again loses them", file=sys.stderr, flush=True)

    before = _handle_interrupt(note)
    try:
        yield interrupts
    finally:
        _handle_interrupt(before)


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """For the moment in which a process starts: it inherits deafness, else Ctrl-C would break its imports."""
    before = _handle_interrupt(signal.SIG_IGN)
    try:
        yield
    finally:
        _handle_interrupt(before)


def _handle_interrupt(handler):
    """Set what Ctrl-C does and return what it did; None where this thread cannot set it, and for a None."""
    if handler is None or threading.current_thread() is not threading.main_thread():
        return None
    return signal.signal(signal.SIGINT, handler)


def on_cluster(work: Callable, address: str, tasks: list[tuple]) -> Iterator[tuple]:
    """The same on the workers of the Dask scheduler at ``address``. Raises ConnectionError when it does not answer."""
    try:
        from dask.distributed import Client, as_completed
    except ImportError as error:
        raise ConnectionError(f"Dask is not here ({error}); install bumpworld[scale]") from None
    try:
        client = Client(address, timeout=10)
    except OSError as error:
        raise ConnectionError(
            f"no Dask scheduler answers at {address} ({error}); start one with `dask scheduler`"
        ) from None
    with client:
        # pure=False: the scheduler must not take two sweeps' tasks for one; the store's locks keep them apart
        futures = {client.submit(work, *task, pure=False): task[1] for task in tasks}
        for future in as_completed(futures):
            try:
                yield futures[future], future.result()
            except Exception as error:  # noqa: BLE001 - whatever the cluster raises belongs in the report
                yield futures[future], f"{type(error).__name__}: {error}"

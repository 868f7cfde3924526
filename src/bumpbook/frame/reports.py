"""What became of a list of tasks, one by one: the failure of one is the failure of one."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from filelock import FileLock, Timeout

from bumpworld.files import ResultError
from bumpworld.store import Store
from bumpworld.train import TrainingError


@dataclass
class Report:
    """How a sweep or a study went: numbers of tasks found ``done`` before, ``trained`` now, ``busy`` (in the hands of
    another run) and ``failed`` with the message by key; and how many were ``left`` when it was stopped."""

    done: int = 0
    trained: int = 0
    busy: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    left: int = 0

    def __str__(self):
        text = f"{self.done} done before, {self.trained} trained, {self.busy} in other hands, {len(self.failed)} failed"
        text += f", {self.left} left" if self.left else ""
        return "\n".join([text, *(f"  {key}: {why}" for key, why in self.failed.items())])

    def count(self, name: str, outcome: str | None) -> None:
        """Count one task by what `attempt` said of it."""
        if outcome is None:
            self.trained += 1
        elif outcome in ("done", "busy"):
            setattr(self, outcome, getattr(self, outcome) + 1)
        else:
            self.failed[name] = outcome


class Stopped(KeyboardInterrupt):
    """Ctrl-C ended a run; ``report`` says how far it came. All that it counts as trained is on disk."""

    def __init__(self, report: Report):
        super().__init__(f"stopped by Ctrl-C: {report}")
        self.report = report


def attempt(store: Store, name: str, work: Callable[[], bool]) -> str | None:
    """Do one task: None when ``work()`` did it, "done" when it returned False because the result was there, "busy" when
    another process is at it, else why it failed, which is also noted in ``store`` under ``name``."""
    try:
        return None if work() else "done"
    except Timeout:
        return "busy"
    # whatever goes wrong with one task (no memory, a driver, a defect of a library) is no reason to stop the others
    except Exception as error:  # noqa: BLE001
        why = reason(error)
    note_failure(store, name, why)
    return why


def reason(error: Exception) -> str:
    """What a report says of an error: our own messages as they are, others with their kind."""
    ours = isinstance(error, (ResultError, TrainingError, ValueError)) and str(error)
    return str(error) if ours else f"{type(error).__name__}: {error}"


def note_failure(store: Store, name: str, why: str) -> None:
    """Write down for `has_failed` why there is no result of ``name``."""
    with suppress(OSError):  # on a full disk the report still carries the message
        stamp, folder = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), store.root / "locks"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.failed").write_text(f"{stamp} {why}\n", encoding="utf-8")


def has_failed(store: Store, name: str) -> bool:
    """Did the last attempt at ``name`` fail?"""
    return (store.root / "locks" / f"{name}.failed").exists()


def is_held(store: Store, name: str) -> bool:
    """Is another process at work on ``name``? Nothing is made in order to know."""
    path = store.root / "locks" / f"{name}.lock"
    if not path.exists():
        return False
    try:
        with FileLock(path).acquire(timeout=0):
            return False
    except Timeout:
        return True
    # where this process cannot write, it cannot ask
    except (OSError, NotImplementedError):
        return False


def tally(tasks: Iterable[tuple[str, Callable[[], dict | None]]], store: Store) -> dict[str, int | float]:
    """How many tasks are done, running, failed and missing, and the seconds that the done ones took.

    A task is its name and a function that gives its record, or None where there is none. One whose record cannot be read
    has failed.
    """
    counts: dict[str, int | float] = {"done": 0, "running": 0, "failed": 0, "missing": 0, "seconds": 0.0}
    for name, load in tasks:
        try:
            record = load()
        except ResultError:
            counts["failed"] += 1
            continue
        if record is not None:
            counts["done"] += 1
            counts["seconds"] += record["provenance"]["seconds"]
        elif is_held(store, name):
            counts["running"] += 1
        else:
            counts["failed" if has_failed(store, name) else "missing"] += 1
    return counts

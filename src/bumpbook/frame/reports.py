"""What became of a list of tasks, one by one: the failure of one is the failure of one."""

from collections.abc import Callable
from dataclasses import dataclass, field

from filelock import Timeout

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
    store.note_failure(name, why)
    return why


def reason(error: Exception) -> str:
    """What a report says of an error: our own messages as they are, others with their kind."""
    ours = isinstance(error, (ResultError, TrainingError, ValueError)) and str(error)
    return str(error) if ours else f"{type(error).__name__}: {error}"

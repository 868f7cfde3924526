"""Which networks of a sweep are finished: what a room's tables are made of, and under which key they are kept."""

from bumpworld.experiment import Experiment
from bumpworld.files import ResultError
from bumpworld.store import Store

from .commands import typed
from .sweeps import sweep


def finished(
    name: str, store: Store | None = None, preset: str = "quick"
) -> tuple[Store, tuple[Experiment, ...], tuple[int, ...]]:
    """The store, what is finished in it, and when each record was written: one that was written since is read again.

    Raises ResultError where no network of the sweep ``name`` is.
    """
    store, declared = store or Store(), sweep(name, preset)
    there = tuple(e for e in declared.experiments if store.has(e))
    if not there:
        raise ResultError(f"no network of {name!r} is finished; run `{typed(declared.command, store)}` first")
    return store, there, tuple(store.record_path(e).stat().st_mtime_ns for e in there)

"""The rooms of the book: one package below `bumpbook` for each chapter, found by looking."""

import pkgutil
from functools import cache
from importlib import import_module
from types import ModuleType

import bumpbook

_NO_ROOMS = ("frame", "widgets")


@cache
def names() -> tuple[str, ...]:
    """Names of all rooms, sorted. The order of the chapters stands in _toc.yml and nowhere else."""
    return tuple(
        m.name for m in pkgutil.iter_modules(bumpbook.__path__) if m.ispkg and m.name not in _NO_ROOMS
    )


def of(name: str) -> str:
    """The room that the exercise or sentence ``name`` belongs to: "few-examples-enough" begins with its room's name.

    Raises ValueError for a name that begins with no room's.
    """
    for room in names():
        if name.startswith(f"{room.replace('_', '-')}-"):
            return room
    raise ValueError(f"name is {name!r}; allowed are names that begin with one of {', '.join(names())}")


@cache
def modules(ending: str) -> tuple[ModuleType, ...]:
    """Every room's modules whose name ends with ``ending``, such as "findings" or "checks", imported."""
    found = []
    for room in names():
        package = import_module(f"bumpbook.{room}")
        here = sorted(m.name for m in pkgutil.iter_modules(package.__path__) if m.name.endswith(ending))
        found += [import_module(f"bumpbook.{room}.{name}") for name in here]
    return tuple(found)

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


@cache
def modules(ending: str) -> tuple[ModuleType, ...]:
    """Every room's modules whose name ends with ``ending``, such as "findings" or "checks", imported."""
    found = []
    for room in names():
        package = import_module(f"bumpbook.{room}")
        here = sorted(m.name for m in pkgutil.iter_modules(package.__path__) if m.name.endswith(ending))
        found += [import_module(f"bumpbook.{room}.{name}") for name in here]
    return tuple(found)

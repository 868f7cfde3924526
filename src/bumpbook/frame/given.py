"""What figures are given besides numbers and words: tables, results, pictures, and things by name.

Each check returns what it was given, or raises a ValueError that names it and says what is allowed, as `bumpworld.checks` does.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

import pandas as pd
import torch
from torch import Tensor

from bumpworld import checks
from bumpworld.instruments import arrays
from bumpworld.store import Result, Store


def table(name: str, value, *columns: str, numbers: Iterable[str] = (), flags: Iterable[str] = ()):
    """``value`` when it is a table of one row or more with these columns; ``numbers`` and ``flags`` are columns of such."""
    numbers, flags = tuple(numbers), tuple(flags)
    wanted = (*columns, *numbers, *flags)
    allowed = "is a table with rows" + f" and the columns {', '.join(map(str, wanted))}" * bool(wanted)
    checks.need(isinstance(value, pd.DataFrame), name, value, allowed)
    if not len(value):
        raise ValueError(f"{name} has no rows; allowed {allowed}")
    missing = [column for column in wanted if column not in value]
    if missing:
        raise ValueError(f"{name} has no column {missing[0]!r}; allowed {allowed}")
    for column in numbers:
        plain = pd.api.types.is_numeric_dtype(value[column])
        checks.need(plain, f"column {column!r} of {name}", value[column].iloc[0], "are numbers")
    for column in flags:
        for odd in value[column][~value[column].isin([True, False])].head(1):
            checks.need(False, f"column {column!r} of {name}", odd, "are True and False")
    return value


def each(name: str, values, kind: type, least: int = 1) -> tuple:
    """A tuple of ``values``, ``least`` or more, that are each a ``kind``."""
    if not least and isinstance(values, (list, tuple)) and not values:
        return ()
    found = arrays.several(name, values, partial(checks.instance, kind=kind))
    if len(found) < least:
        raise ValueError(f"{len(found)} {name}; needed are {least} or more")
    return found


def results(name: str, values, *rules: str, least: int = 1) -> tuple[Result, ...]:
    """A tuple of finished experiments, ``least`` or more; with ``rules``, all of them trained on labels chosen by one of these."""
    found = each(name, values, Result, least)
    for result in found if rules else ():
        rule = result.experiment.train_on.rule
        checks.need(rule in rules, f"rule of one of {name}", rule, f"are {', '.join(rules)}")
    return found


def one_world(name: str, values, least: int = 1) -> tuple[Result, ...]:
    """`results` that all have the same canvas, so that their labels can be laid over each other."""
    found = results(name, values, least=least)
    worlds = list(dict.fromkeys(result.experiment.canvas for result in found))
    if len(worlds) > 1:
        raise ValueError(f"{name} are of {worlds[0]} and {worlds[1]}; allowed are results of one canvas")
    return found


def named(name: str, values, check: Callable, most: int | None = None, keys: type | tuple = str) -> dict:
    """A dict of ``values`` by name, one to ``most``, each as check(name, value) gives it."""
    many = f"1 to {most} values" if most else "one value or more"
    allowed = f"is a dict of {many} by name"
    fits = isinstance(values, Mapping) and 0 < len(values) <= (most or len(values))
    checks.need(fits and all(isinstance(key, keys) for key in values), name, values, allowed)
    return {key: check(f"{name}[{key!r}]", value) for key, value in values.items()}


def parts(name: str, value, *names: str) -> tuple:
    """``value`` as a tuple of as many parts as there are ``names``."""
    fits = isinstance(value, (tuple, list)) and len(value) == len(names)
    checks.need(fits, name, value, f"is a tuple ({', '.join(names)})")
    return tuple(value)


def gap(name: str, value) -> tuple[float, float]:
    """``value`` as the trained columns (left, right) at the two edges of a gap."""
    left, right = (checks.number(name, end) for end in parts(name, value, "left", "right"))
    checks.need(left < right, name, value, "is (left, right), left < right")
    return left, right


def images(name: str, value, size: int | str = "size", count: int | str = "n") -> Tensor:
    """``value`` as one or more images (count, 1, size, size), finite, on the CPU."""
    found = checks.numbers(name, value, count, 1, size, size, dtype=torch.float32)
    checks.need(len(found), name, value, "are one image or more")
    return found


def drawings(name: str, values, size: int, count: int | str = "n") -> dict[str, Tensor]:
    """`images` by name, each as many as ``count`` says."""
    return named(name, values, partial(images, size=size, count=count))


def labels(value, canvas, name: str = "labels") -> Tensor:
    """``value`` as one label or more (n, 2) of a ``canvas``."""
    found = canvas.check_labels(value)
    checks.need(len(found), name, value, "is one label (x, y) or more")
    return found


def titles(name: str, values, count: int, what: str) -> tuple:
    """``values`` as words, one for each of ``count`` images or the like (``what``), or none at all."""
    found = each(name, values, str, least=0)
    if len(found) not in (0, count):
        raise ValueError(f"{len(found)} {name} for {count} {what}; their numbers must agree")
    return found


def store(value) -> Store:
    """``value``, or where it is None the store that the project reads."""
    return Store() if value is None else checks.instance("store", value, Store)


def under(name: str, record, *path):
    """What a ``record``, dicts within dicts, keeps under ``path``."""
    found = record
    for key in path:
        fits = isinstance(found, Mapping) and key in found
        checks.need(fits, f"{name} under {path}", record, f"is a record that keeps {key!r} there")
        found = found[key]
    return found

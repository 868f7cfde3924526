"""Read the answers to exercises, which may be anything: numbers, tables by key, rows of numbers, pictures.

Each function returns plain Python or NumPy values, or raises `WrongKind` with words that end a sentence.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np


class WrongKind(Exception):
    """An answer is not of the kind that is wanted; the message ends the sentence "wanted is ..., and"."""


def number(answer: Any, what: str = "this") -> float:
    """A single finite number, also of a tensor or an array with one element. True and False are none."""
    if hasattr(answer, "detach"):
        answer = answer.detach().cpu().numpy()
    try:
        value = np.asarray(answer)
        if value.size != 1 or value.dtype.kind not in "iuf":
            raise WrongKind(f"{what} is {_words(answer)}")
        value = float(value.reshape(()))
    except (TypeError, ValueError):
        raise WrongKind(f"{what} is {_words(answer)}") from None
    if not np.isfinite(value):
        raise WrongKind(f"{what} is {value}")
    return value


def numbers(answer: Any, shape: tuple[int | None, ...] | int, what: str = "this") -> np.ndarray:
    """An array of finite numbers of ``shape``, in which None is any length; an integer is the length of a row."""
    shape = (shape,) if isinstance(shape, int) else shape
    if hasattr(answer, "detach"):
        answer = answer.detach().cpu().numpy()
    if isinstance(answer, (list, tuple)):  # of tensors, maybe
        answer = [a.detach().cpu().numpy() if hasattr(a, "detach") else a for a in answer]
    try:
        value = np.asarray(answer)
    except (TypeError, ValueError):
        raise WrongKind(f"{what} is {_words(answer)}") from None
    if value.dtype.kind not in "iuf":
        raise WrongKind(f"{what} is {_words(answer)}")
    fits = value.ndim == len(shape) and all(n in (None, m) for n, m in zip(shape, value.shape, strict=True))
    if not fits:
        raise WrongKind(f"{what} has the shape {value.shape}")
    if not np.isfinite(value).all():
        raise WrongKind(f"{what} holds a value that is not finite")
    return value.astype(float)


def pictures(answer: Any, count: int, what: str = "this") -> np.ndarray:
    """``count`` pictures (count, 16, 16), given with or without a channel; a single one also without a count."""
    shape = (count, 16, 16)
    for other in [(count, 1, 16, 16), *([(16, 16)] if count == 1 else [])]:
        try:
            return numbers(answer, other, what).reshape(shape)
        except WrongKind:
            continue
    return numbers(answer, shape, what)


def two(answer: Any, what: str = "this") -> tuple:
    """A pair, whatever it holds."""
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        raise WrongKind(f"{what} is {_words(answer)}; it is to be a pair")
    return tuple(answer)


def by_key(answer: Any, keys: Iterable, read: Callable[..., Any] = number) -> dict:
    """A dict with exactly ``keys``; each value goes through ``read(value, what)``.

    Keys may be numbers, which need only be equal (4 and 4.0), or text, in which case does not matter. A pandas Series
    passes for a dict.
    """
    if hasattr(answer, "to_dict"):
        answer = answer.to_dict()
    if not isinstance(answer, Mapping):
        raise WrongKind(f"this is {_words(answer)}")
    given = {_plain(key): value for key, value in answer.items()}
    keys = list(keys)
    missing = [key for key in keys if _plain(key) not in given]
    if missing or len(given) > len(keys):
        more = [key for key in given if key not in {_plain(k) for k in keys}]
        found = f"{missing[0]!r} is missing" if missing else f"{more[0]!r} is a key too many"
        raise WrongKind(f"{found}; the keys are {', '.join(repr(key) for key in keys)}")
    return {key: read(given[_plain(key)], f"the value at {key!r}") for key in keys}


def choice(answer: Any, allowed: Iterable[str], what: str = "this") -> str:
    """One of the words ``allowed``, in whatever case."""
    allowed = list(allowed)
    found = (
        {word.casefold(): word for word in allowed}.get(answer.strip().casefold())
        if isinstance(answer, str)
        else None
    )
    if found is None:
        raise WrongKind(
            f"{what} is {_words(answer)}; the words are {', '.join(repr(word) for word in allowed)}"
        )
    return found


def _plain(key: Any) -> Any:
    if isinstance(key, str):
        return key.strip().casefold()
    return tuple(_plain(part) for part in key) if isinstance(key, tuple) else key


def _words(answer: Any) -> str:
    """What an answer is, for a person: its type, and its value where that is short."""
    shown = repr(answer)
    kind = type(answer).__name__
    return f"{kind} {shown}" if len(shown) <= 30 and "\n" not in shown else f"of the type {kind}"

"""What a value must be, said once: each check returns it in plain Python, or raises a ValueError naming it and what is allowed.

Numbers of numpy count as numbers and come back as Python's, so that equal settings are written and hashed alike. A truth
value is no number, and a number or a word is no truth value.
"""

import math
from collections.abc import Callable
from dataclasses import field, fields
from functools import partial
from numbers import Integral, Real
from operator import ge, gt, le, lt

import numpy as np
import torch
from torch import Tensor

# where names come from that whoever reads adds
DEFINED = "; another is known once the module that defines it is imported"


def need(fits, name: str, value, allowed: str) -> None:
    """Raise where ``value`` does not fit; ``allowed`` goes on after that word, as in "are whole numbers"."""
    if not fits:
        raise ValueError(f"{name} is {short(value)}; allowed {allowed}")


def whole(name: str, value, least: int | None = None, most: int | None = None) -> int:
    """``value`` as an int from ``least`` to ``most``. A fraction is refused, and so is 8.0: it may have been 7.9."""
    fits = isinstance(value, Integral) and not isinstance(value, bool)
    return int(_within(name, value, fits, "whole", least=least, most=most))


def even(name: str, value) -> int:
    """``value`` as an even int from 2: half of the numbers are sines, half cosines."""
    need(whole(name, value, 2) % 2 == 0, name, value, "are even numbers from 2")
    return int(value)


# what a random generator of torch takes, with room for the few seeds that are counted from one
seed = partial(whole, least=0, most=2**62)


def wholes(name: str, values, least: int | None = None, most: int | None = None) -> tuple[int, ...]:
    """A tuple of ``values`` that are each `whole`."""
    need(isinstance(values, (tuple, list, np.ndarray)), name, values, "is a tuple of whole numbers")
    return tuple(whole(name, value, least, most) for value in values)


def number(name: str, value, *, above=None, least=None, below=None, most=None) -> float:
    """``value`` as a finite float: greater than ``above``, from ``least``, less than ``below``, up to ``most``."""
    try:
        fits = isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # a whole number beyond every float
        fits = False
    return float(_within(name, value, fits, "finite", above, least, below, most))


def _within(name, value, fits: bool, kind: str, above=None, least=None, below=None, most=None):
    """``value`` when it fits and lies within those of the four ends that are not None."""
    to = "up to" if least is None else "to"
    ends = [("above", gt, above), ("from", ge, least), ("below", lt, below), (to, le, most)]
    ends = [end for end in ends if end[2] is not None]
    fits = fits and all(holds(value, end) for _, holds, end in ends)
    need(fits, name, value, f"are {kind} numbers" + "".join(f" {word} {end}" for word, _, end in ends))
    return value


def band(name: str, value) -> tuple[float, float]:
    """``value`` as two floats (low, high), 0 < low <= high."""
    pair = isinstance(value, (tuple, list)) and len(value) == 2
    low, high = (number(name, end) for end in value) if pair else (0.0, 0.0)
    need(0 < low <= high, name, value, "is (low, high), 0 < low <= high")
    return low, high


def flag(name: str, value) -> bool:
    """``value`` as a bool; any other value is refused, however true it looks."""
    need(isinstance(value, (bool, np.bool_)), name, value, "are True and False")
    return bool(value)


def choice(name: str, value, allowed, hint: str = "") -> str:
    """``value`` when it is one of the names in ``allowed``; ``hint`` says in the message where others come from."""
    need(isinstance(value, str) and value in allowed, name, value, f"are {tuple(allowed)}{hint}")
    return str(value)


def free(kind: str, name: str, taken, mine) -> None:
    """Raise where ``name`` is that of something ``taken`` from another module than ``mine``; one's own may be written again."""
    other = (taken or mine).__module__
    need(other == mine.__module__, kind, name, f"is a name other than one of {other}")


def device(name: str, value, here: bool = True) -> str:
    """``value`` when it can train; with ``here`` off, on another machine: when it is of a known kind."""
    kind, _, index = str(value).partition(":")
    cards = {"cpu": 1, "cuda": torch.cuda.device_count(), "mps": torch.backends.mps.is_available()}
    known = isinstance(value, str) and kind in cards and (index.isdecimal() or value == kind)
    need(known, name, value, f"are {', '.join(cards)}, and a card as in cuda:1")
    if here and int(index or 0) >= cards[kind]:
        raise ValueError(f"{name} is {value!r}, which this machine or its PyTorch lacks; allowed is cpu")
    return value


def instance(name: str, value, kind: type, hint: str = ""):
    """``value`` when it is a ``kind``; ``hint`` says in the message how to make one."""
    need(isinstance(value, kind), name, value, f"is a {kind.__name__}{hint}")
    return value


class Settings:
    """Base of a frozen dataclass whose fields are made by `setting`: each is checked, and kept in plain Python, when one is made."""

    def __post_init__(self):
        for each in fields(self):
            if check := each.metadata.get("check"):
                settle(self, **{each.name: check(each.name, getattr(self, each.name))})


def setting(default, check, **allowed):
    """A field with its ``default``; ``check(name, value, **allowed)`` gives a value in plain Python."""
    return field(default=default, metadata={"check": partial(check, **allowed)})


def settle(frozen, **plain) -> None:
    """Put settings, in plain Python, into a frozen dataclass that is being made."""
    for name, value in plain.items():
        object.__setattr__(frozen, name, value)


def shaped(name: str, value, *sides: int | str, hint: str = ""):
    """``value`` when it is a tensor or an array with these ``sides``: a number is that long, a word like "n" any length."""
    shape = tuple(getattr(value, "shape", ()))
    fits = hasattr(value, "shape") and len(shape) == len(sides)
    if not fits or any(side not in (length, str(side)) for side, length in zip(sides, shape, strict=True)):
        found = f"has shape {shape}" if hasattr(value, "shape") else f"is {short(value)}"
        raise ValueError(f"{name} {found}; allowed is a tensor of shape {_shape(sides)}{hint}")
    return value


def _shape(sides) -> str:
    """(n, 2) and (n,), without the quotes of words."""
    return f"({', '.join(map(str, sides))}{',' * (len(sides) == 1)})"


def alike(**values) -> None:
    """Raise where one of the named ``values`` is no tensor, or has another shape than the first."""
    first = next(iter(values.values()))
    for name, value in values.items():
        shaped(name, instance(name, value, Tensor), *first.shape)


def numbers(name: str, value, *sides: int | str, dtype=torch.float64, hint: str = "") -> Tensor:
    """``value`` as a tensor of finite numbers on the CPU, with ``sides`` as `shaped` has them."""
    allowed = f"finite numbers of shape {_shape(sides)}{hint}"
    value = shaped(name, tensor(name, value, allowed, dtype).detach().cpu(), *sides, hint=hint)
    if len(broken := value[~torch.isfinite(value)]):
        raise ValueError(f"{name} hold {float(broken[0])}, which is not finite; allowed are {allowed}")
    return value


def tensor(name: str, value, allowed: str, dtype=None, convert: Callable = torch.as_tensor):
    """``value`` as ``convert(value, dtype=dtype)`` makes it, or a ValueError that says what is ``allowed``."""
    # None and words become numbers or NaN without a murmur where the type is left to numpy
    need(value is not None and not isinstance(value, (str, bytes, dict)), name, value, f"is {allowed}")
    try:
        return convert(value, dtype=dtype)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{name} is {short(value)} ({error}); allowed is {allowed}") from None


def short(value) -> str:
    """How ``value`` is named in a message: one line of it, cut where it is long."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 80 else text[:77] + "..."

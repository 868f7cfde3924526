"""What a value must be, said once: each check returns it in plain Python, or raises a ValueError naming it and what is allowed.

Numbers of numpy count as numbers and come back as Python's, so that equal settings are written and hashed alike. A truth
value is no number, and a number or a word is no truth value.
"""

import math
from numbers import Integral, Real

import numpy as np

# what a random generator of torch takes, with room for the few seeds that are counted from one
LARGEST_SEED = 2**62


def whole(name: str, value, least: int | None = None, most: int | None = None) -> int:
    """``value`` as an int from ``least`` to ``most``. A fraction is refused, and so is 8.0: it may have been 7.9."""
    fits = isinstance(value, Integral) and not isinstance(value, bool)
    if not fits or (least is not None and value < least) or (most is not None and value > most):
        raise ValueError(f"{name} is {short(value)}; allowed are whole numbers{_range(least, most)}")
    return int(value)


def even(name: str, value) -> int:
    """``value`` as an even int from 2: half of the numbers are sines, half cosines."""
    if whole(name, value, 2) % 2:
        raise ValueError(f"{name} is {value!r}; allowed are even numbers from 2")
    return int(value)


def wholes(name: str, values, least: int | None = None, most: int | None = None) -> tuple[int, ...]:
    """A tuple of ``values`` that are each `whole`."""
    if not isinstance(values, (tuple, list, np.ndarray)):
        raise ValueError(
            f"{name} is {short(values)}; allowed is a tuple of whole numbers{_range(least, most)}"
        )
    return tuple(whole(name, value, least, most) for value in values)


def several(name: str, values, check) -> tuple:
    """A tuple of ``values``, one or more, each as check(name, value) gives it."""
    plain = values.tolist() if hasattr(values, "tolist") else values
    if not isinstance(plain, (list, tuple, range)) or not plain:
        raise ValueError(f"{name} is {short(values)}; allowed is a list of one or more")
    return tuple(check(name, value) for value in plain)


def seed(name: str, value) -> int:
    """``value`` as the seed of a random generator."""
    return whole(name, value, 0, LARGEST_SEED)


def number(name: str, value, *, above=None, least=None, below=None, most=None) -> float:
    """``value`` as a finite float: greater than ``above``, from ``least``, less than ``below``, up to ``most``."""
    try:
        fits = isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # a whole number beyond every float
        fits = False
    if fits:
        fits = (above is None or value > above) and (least is None or value >= least)
        fits = fits and (below is None or value < below) and (most is None or value <= most)
    if not fits:
        ends = [("above", above), ("from", least), ("below", below), ("up to", most)]
        said = "".join(f" {word} {end}" for word, end in ends if end is not None)
        raise ValueError(f"{name} is {short(value)}; allowed are finite numbers{said}")
    return float(value)


def band(name: str, value) -> tuple[float, float]:
    """``value`` as two floats (low, high), 0 < low <= high."""
    pair = isinstance(value, (tuple, list)) and len(value) == 2
    low, high = (number(name, end) for end in value) if pair else (0.0, 0.0)
    if not 0 < low <= high:
        raise ValueError(f"{name} is {short(value)}; allowed is (low, high), 0 < low <= high")
    return low, high


def flag(name: str, value) -> bool:
    """``value`` as a bool; any other value is refused, however true it looks."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{name} is {short(value)}; allowed are True and False")
    return bool(value)


def choice(name: str, value, allowed) -> str:
    """``value`` when it is one of the names in ``allowed``."""
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(f"{name} is {short(value)}; allowed are {tuple(allowed)}")
    return str(value)


def device(name: str, value, here: bool = True) -> str:
    """``value`` when it can train; with ``here`` off, on another machine: when it is of a known kind."""
    import torch

    kind, _, index = str(value).partition(":")
    there = {"cpu": lambda: True, "cuda": torch.cuda.is_available, "mps": torch.backends.mps.is_available}
    if not isinstance(value, str) or kind not in there or not (index.isdecimal() or value == kind):
        raise ValueError(f"{name} is {short(value)}; allowed are {', '.join(there)}, and a card as in cuda:1")
    cards = torch.cuda.device_count() if kind == "cuda" else 1
    if here and not (there[kind]() and int(index or 0) < cards):
        raise ValueError(f"{name} is {value!r}, which this machine or its PyTorch lacks; allowed is cpu")
    return value


def instance(name: str, value, kind: type, hint: str = ""):
    """``value`` when it is a ``kind``; ``hint`` says in the message how to make one."""
    if not isinstance(value, kind):
        raise ValueError(f"{name} is {short(value)}; allowed is a {kind.__name__}{hint}")
    return value


def settle(frozen, **plain) -> None:
    """Put settings, in plain Python, into a frozen dataclass that is being made."""
    for name, value in plain.items():
        object.__setattr__(frozen, name, value)


def shaped(name: str, value, *sides: int | str, hint: str = ""):
    """``value`` when it is a tensor or an array with these ``sides``: a number is that long, a word like "n" any length."""
    shape = getattr(value, "shape", None)
    fits = shape is not None and len(shape) == len(sides)
    if not fits or any(
        isinstance(side, int) and side != length for side, length in zip(sides, shape, strict=True)
    ):
        found = f"is {short(value)}" if shape is None else f"has shape {tuple(shape)}"
        wanted = ", ".join(map(str, sides)) + "," * (len(sides) == 1)
        raise ValueError(f"{name} {found}; allowed is a tensor of shape ({wanted}){hint}")
    return value


def alike(**values) -> None:
    """Raise where one of the named ``values`` is no tensor, or has another shape than the first."""
    import torch

    first = next(iter(values.values()))
    for name, value in values.items():
        shaped(name, instance(name, value, torch.Tensor), *first.shape)


def positions(name: str, value, hint: str = ""):
    """``value`` as a float64 tensor (n, 2) of finite numbers."""
    import torch

    value = shaped(
        name, tensor(name, value, "finite numbers of shape (n, 2)", torch.float64), "n", 2, hint=hint
    )
    if not torch.isfinite(value).all():
        raise ValueError(
            f"{name} hold values that are not finite; allowed are finite numbers of shape (n, 2)"
        )
    return value


def vector(name: str, value, finite: bool = True) -> np.ndarray:
    """``value`` as a float64 array (n,), all of it finite if so asked."""
    value = shaped(name, array(name, value, "numbers of shape (n,)", float), "n")
    if finite and not np.isfinite(value).all():
        raise ValueError(
            f"{name} holds {value[~np.isfinite(value)][0]}; allowed are finite numbers of shape (n,)"
        )
    return value


def tensor(name: str, value, allowed: str, dtype=None):
    """``value`` as a torch tensor, or a ValueError that says what is ``allowed``."""
    import torch

    return _converted(torch.as_tensor, name, value, allowed, dtype)


def array(name: str, value, allowed: str, dtype=None) -> np.ndarray:
    """``value``, which may be a torch tensor on any device, as a numpy array; else a ValueError saying what is ``allowed``."""
    if hasattr(value, "detach"):
        value = value.detach().cpu()
        value = value.double().numpy() if value.is_floating_point() else value.numpy()
    return _converted(np.asarray, name, value, allowed, dtype)


def _converted(convert, name: str, value, allowed: str, dtype):
    # None and words become numbers or NaN without a murmur where the type is left to numpy
    if value is None or isinstance(value, (str, bytes, dict)):
        raise ValueError(f"{name} is {short(value)}; allowed is {allowed}")
    try:
        return convert(value, dtype=dtype)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{name} is {short(value)} ({error}); allowed is {allowed}") from None


def short(value) -> str:
    """How ``value`` is named in a message: one line of it, cut where it is long."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 80 else text[:77] + "..."


def _range(least, most) -> str:
    if least is None:
        return f" up to {most}" if most is not None else ""
    return f" from {least}" + (f" to {most}" if most is not None else "")

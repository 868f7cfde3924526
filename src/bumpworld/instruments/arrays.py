"""What instruments are given, as arrays of numpy: lists, tables and tensors alike, or a ValueError naming what is allowed."""

import numpy as np
from torch import Tensor

from .. import checks


def array(name: str, value, allowed: str, dtype=None) -> np.ndarray:
    """``value``, which may be a torch tensor on any device, as a numpy array; else a ValueError saying what is ``allowed``."""
    if isinstance(value, Tensor):
        value = value.detach().cpu()
        value = value.double().numpy() if value.is_floating_point() else value.numpy()
    return checks.tensor(name, value, allowed, dtype, np.asarray)


def vector(name: str, value, finite: bool = True) -> np.ndarray:
    """``value`` as a float64 array (n,), all of it finite if so asked."""
    value = checks.shaped(name, array(name, value, "numbers of shape (n,)", float), "n")
    # a copy: torch takes no array that is read backwards, and warns of one that cannot be written
    return checks.numbers(name, value.copy(), "n").numpy() if finite else value


def several(name: str, values, check) -> tuple:
    """A tuple of ``values``, one or more, each as check(name, value) gives it."""
    plain = values.tolist() if hasattr(values, "tolist") else values
    if not isinstance(plain, (list, tuple, range)) or not plain:
        raise ValueError(f"{name} is {checks.short(values)}; allowed is a list of one or more")
    return tuple(check(name, value) for value in plain)


def by_pair(labels, targets) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...], np.ndarray]:
    """Values of x and of y among ``labels`` (n, 2), in rising order; at which of them each label is; ``targets`` (n, p), float64.

    Raises ValueError for no label, and where there is not one target for each.
    """
    labels = checks.numbers("labels", labels, "n", 2).numpy()
    targets = array("targets", targets, "numbers of shape (n, p)", float)
    if not len(checks.shaped("targets", targets, len(labels), "p", hint=", a row for each label")):
        raise ValueError("labels is empty; a fit needs at least one")
    values, at = zip(*(np.unique(c, return_inverse=True) for c in labels.T), strict=True)
    return values, at, targets

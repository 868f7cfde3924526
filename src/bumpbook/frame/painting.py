"""Any set of labels as a training set: listed one by one, or in few characters, as the laboratory writes what was painted
by hand and sweeps their patterns.
"""

import math
from collections import Counter

import torch

from bumpworld import checks
from bumpworld.rules import Places, Selection, place, rule


def _rows(name: str, value) -> str:
    digits = isinstance(value, str) and value and not set(value) - set("0123456789abcdef")
    checks.need(digits, name, value, "are digits 0-9 and a-f")
    return value


@rule(rows=_rows)
def painted(at: Places, rows: str):
    """Train on the 2D labels that are marked in ``rows``: hexadecimal digits, the lattice's first row first, four labels
    a digit and the leftmost label the highest bit. Region: "unseen".

    The shortest way to write any set of labels down, for example one that was painted by hand: see `paint`.
    """
    total = int(at.two_d.sum())
    if len(rows) != -(-total // 4):
        raise ValueError(f"{len(rows)} digits in rows; allowed are {-(-total // 4)} for {total} labels")
    marked = torch.tensor([int(b) for b in f"{int(rows, 16):0{4 * len(rows)}b}"], dtype=torch.bool)
    if marked[total:].any():
        raise ValueError(f"rows marks labels beyond the last of {total}; allowed are zeros there")
    return at.train_on(marked[:total].nonzero()[:, 0])


def paint(mask) -> Selection:
    """`painted` from a square mask (side, side) of the 2D labels, indexed [y, x].

    Raises ValueError for a mask that is not square or marks nothing.
    """
    mask = checks.tensor("mask", mask, "True and False, or 1 and 0, of shape (side, side)")
    if not ((mask == 0) | (mask == 1)).all():
        raise ValueError(f"mask holds {mask[(mask != 0) & (mask != 1)][0].item()}; allowed are 0 and 1")
    if mask.ndim != 2 or mask.shape[0] != mask.shape[1] or not mask.any():
        raise ValueError(
            f"mask of shape {tuple(mask.shape)} marks {int(mask.sum())} labels; allowed is a square, one or more"
        )
    bits = "".join("01"[int(b)] for b in mask.flatten())
    digits = -(-len(bits) // 4)
    return painted(f"{int(bits.ljust(4 * digits, '0'), 2):0{digits}x}")


def _labels(name: str, value) -> tuple[tuple[float, float], ...]:
    """Pairs in the lattice's order, so that one set has one key, and to six digits: float32 tells 2.8 as 2.7999999."""
    try:
        pairs = [(x, y) for x, y in (value.tolist() if hasattr(value, "tolist") else value)]
    except (TypeError, ValueError):
        raise ValueError(f"{name} is {checks.short(value)}; allowed are pairs (x, y)") from None
    plain = [tuple(place("label", float(f"{checks.number('label', v):.6g}")) for v in pair) for pair in pairs]
    if not plain:
        raise ValueError(f"{name} is empty; allowed is one pair (x, y) or more")
    often, times = Counter(plain).most_common(1)[0]
    if times > 1:
        raise ValueError(f"label {often} is there {times} times; allowed is each label once")
    return tuple(sorted(plain, key=lambda pair: pair[::-1]))


@rule(labels=_labels)
def these(at: Places, labels):
    """Train on exactly these ``labels``, pairs (x, y) in any order, and on nothing else. Region: "unseen".

    A label outside the frame is a stripe or a blank, and needs a canvas with a margin: ``(-2, 5)`` shows y alone.
    Raises ValueError for no label, for one that is twice the same, and for what is no pair of finite numbers. Which
    labels there are is known only in a world: one that is not on its lattice, or all of them (that is `everything`),
    raises ValueError in `Selection.split`.
    """
    first, last, side = at.position.min(), at.position.max(), math.isqrt(len(at.position))
    steps = (torch.tensor(labels, dtype=torch.float64) - first) / at.spacing
    cells = steps.round().long()
    off = ((steps - cells).abs() > 1e-3).any(1) | ((cells < 0) | (cells >= side)).any(1)
    if off.any():
        raise ValueError(
            f"label {labels[int(off.nonzero()[0])]} is not on the lattice; "
            f"allowed are positions from {first:g} to {last:g} in steps of {at.spacing:g}"
        )
    train = at.none()
    train[cells[:, 1] * side + cells[:, 0]] = True
    if train.sum() < len(labels):
        raise ValueError(f"two of {checks.short(labels)} are one label; allowed is each label once")
    if train.all():
        raise ValueError(f"these {len(labels)} are all labels; allowed are fewer, or everything()")
    return train, {}

"""Any set of labels in few characters: as the laboratory writes a set that was painted by hand, and sweeps their patterns."""

import torch

from bumpworld import checks
from bumpworld.rules import Places, Selection, rule


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

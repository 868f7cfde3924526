"""Holes of many shapes in a lattice of labels: what the law of holes is fitted to, and what it foretells."""

import numpy as np

KINDS = ("rectangle", "band", "disc", "line", "diagonal")


def random_holes(side: int = 16, count: int = 40, seed: int = 0) -> list[np.ndarray]:
    """``count`` different masks (side, side), indexed [y, x], true inside the hole, the five kinds in turn.

    Rectangles of 2 to 10 labels a side, bands of 2 to 8 columns or rows, discs of radius 1.5 to 5, single columns or
    rows, and diagonal bands 1 to 6 labels wide. Every other hole fills up rows where the last filled columns.

    Raises ValueError for a side below 12 or fewer than one hole.
    """
    if side < 12 or count < 1:
        raise ValueError(f"side is {side}, count is {count}; allowed are sides from 12 and one hole or more")
    rng, holes = np.random.default_rng(seed), []
    while len(holes) < count:
        hole = _hole(KINDS[len(holes) % len(KINDS)], side, rng)
        hole = hole.T if len(holes) // len(KINDS) % 2 else hole
        if hole.any() and not any((hole == other).all() for other in holes):
            holes.append(hole)
    return holes


def _hole(kind: str, side: int, rng) -> np.ndarray:
    y, x = np.mgrid[:side, :side]
    if kind == "rectangle":
        w, h = rng.integers(2, 11, 2)
        left, top = rng.integers(0, side - w + 1), rng.integers(0, side - h + 1)
        return (x >= left) & (x < left + w) & (y >= top) & (y < top + h)
    if kind == "band":
        width = rng.integers(2, 9)
        left = rng.integers(1, side - width)
        return (x >= left) & (x < left + width)
    if kind == "disc":
        radius, (cx, cy) = rng.uniform(1.5, 5), rng.uniform(2, side - 3, 2)
        return (x - cx) ** 2 + (y - cy) ** 2 <= radius**2
    if kind == "line":
        return x == rng.integers(1, side - 1)
    width, offset = rng.integers(1, 7), rng.integers(-side // 3, side // 3 + 1)
    along = x - y if rng.random() < 0.5 else x + y - (side - 1)
    return (along >= offset - width / 2) & (along < offset + width / 2)

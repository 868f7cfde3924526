"""Sweeps made to tell percolation from its rivals: lattices of one pitch, and a grid of widths, spacings and amounts."""

import math
from dataclasses import replace
from itertools import product

import numpy as np

from bumpworld import checks
from bumpworld.experiment import Experiment
from bumpworld.selection import Selection, random_fraction

from .painting import paint

# widths in a pitch: the six thresholds at which a regular lattice joins up (pitch / sigma = 6.51, 5.61, 4.90, 4.60, 3.92
# and 3.46 for three overlaps and two tau) lie in six different gaps between these ten
JOINED = 2 * math.sqrt(math.log(200))
PITCHES = tuple(JOINED * math.exp(0.088 * step) for step in np.arange(4.5, -5, -1))
# so narrow that both draw the same images: controls at one number of labels, not curves
CONTROLS = (0.1, 0.25)
# far past all thresholds, by how many times as wide as where a lattice joins up
WIDE = (1.75, 2.25, 3.0)
# a pitch that nothing along the axes tells: square lattices leave two values of three or more unseen, turned ones none
SQUARES = ((2, 0), (3, 0), (3, 1), (4, 2))
TURNED = (2, 3)
# a factor of 1.78 from one to the next
AMOUNTS = (8, 14, 25, 45, 80)
WIDTHS, SPACINGS = (0.5, 1.0, 2.0), (0.5, 1.0, 2.0)


def square_lattice(side: int, pitch: int, first: int = 0) -> Selection:
    """Train on every ``pitch``-th column of every ``pitch``-th row of ``side`` x ``side`` labels, from ``first`` on.

    Raises ValueError for a pitch that leaves fewer than two labels on a side.
    """
    side, pitch = checks.whole("side", side, 2), checks.whole("pitch", pitch, 1)
    first = checks.whole("first", first, 0, pitch - 1)
    if first + pitch >= side:
        raise ValueError(f"pitch {pitch} from {first} leaves fewer than two labels on a side of {side}")
    return paint(_marked(side, lambda x, y: (x % pitch == first) & (y % pitch == first)))


def turned_lattice(side: int, leap: int) -> Selection:
    """Train on the labels with x + leap y divisible by leap^2 + 1: a square lattice that is turned.

    Its pitch is sqrt(leap^2 + 1), from (leap, -1) and (1, leap), and every value of x and of y occurs where the side
    is leap^2 + 1 or more. Raises ValueError for a smaller side.
    """
    side, leap = checks.whole("side", side, 2), checks.whole("leap", leap, 1)
    if side < leap**2 + 1:
        raise ValueError(f"side is {side}; a leap of {leap} needs {leap**2 + 1} or more")
    return paint(_marked(side, lambda x, y: (x + leap * y) % (leap**2 + 1) == 0))


def pitched(side: int) -> dict[str, tuple[float, Selection]]:
    """The lattices of the sweep ``pitch``, by name: their pitch in pixels and their labels."""
    found = {f"turned √{n**2 + 1}": (math.hypot(n, 1), turned_lattice(side, n)) for n in TURNED}
    return found | {
        f"square {p}{' shifted' if (p, f) == (3, 1) else ''}": (float(p), square_lattice(side, p, f))
        for p, f in SQUARES
    }


def pitch(p):
    """Widths through pitch / 4.6, where a lattice joins up at once while all distances and counts stay as they are."""
    for name, lattice in pitched(p.base.canvas.size).items():
        turned = name.startswith("turned")
        for widths in PITCHES if turned else PITCHES[::2]:
            yield _on_lattice(p, lattice, widths), False, 2 if turned else 1


def wide_lattices(p):
    """The lattices of `pitch` with bumps far wider than joining up asks for."""
    for lattice, times in product(pitched(p.base.canvas.size).values(), WIDE):
        yield _on_lattice(p, lattice, JOINED / times), False


def _on_lattice(p, lattice: tuple[float, Selection], widths: float) -> Experiment:
    step, train_on = lattice
    canvas = replace(p.base.canvas, sigma=round(step / widths, 4))
    # as many steps for all: nothing but the width changes
    steps = p.base.steps // 2
    return replace(
        p.base, canvas=canvas, train_on=train_on, until_learned=False, steps=steps, energy_normalised=True
    )


def grid(p):
    """Widths against spacings against amounts; an amount that would leave no label to ask for is a hole."""
    for labels, sigma, spacing in product(AMOUNTS, WIDTHS, SPACINGS):
        canvas, labels = replace(p.base.canvas, sigma=sigma, spacing=spacing), p.scaled(labels)
        total = len(canvas.axis()) ** 2
        if labels < total:
            train_on = random_fraction(labels / total, 0)
            yield replace(p.base, canvas=canvas, train_on=train_on, energy_normalised=True), False


def _marked(side: int, rule) -> np.ndarray:
    y, x = np.mgrid[:side, :side]
    return rule(x, y)

"""The cells of a sweep that are trained at the paper's own geometry: 32 x 32 pixels, label space 44 where there are stripes.

Fewer than in the small world: each is what a claim's rule asks for at least. The paper's own numbers stand where they are
known: the band 13..19, lesions of 1, 3.5 and 8. The square 13..18 and the lesion 12..19 are ours.
"""

from dataclasses import replace
from itertools import product

from bumpworld.experiment import Experiment
from bumpworld.selection import (
    everything,
    held_out_cross,
    held_out_square,
    lesion,
    random_fraction,
    rim,
    stripes_only,
)

WAYS = ("2d", "stripes", "both")
# 8 columns first: the one that the paper's network is trained for as well
LESIONS = {8: lesion(12, 20), 4: lesion(14, 18), 2: lesion(15, 17), 1: lesion(15, 16)}
SQUARES = {"6": held_out_square(13, 19), "12": held_out_square(10, 22), "4": held_out_square(14, 18)}
CORNER = held_out_square(20, 32)


def first(p):
    yield replace(p.base, train_on=SQUARES["6"]), p.name == "paper-world"
    if p.name == "paper-world":
        yield replace(p.base, train_on=everything()), False


def all_lesions(p):
    for width, train_on in LESIONS.items():
        yield replace(p.base, train_on=train_on), width == 8


def squares(p):
    for train_on in (*SQUARES.values(), CORNER):
        yield replace(p.base, train_on=train_on), train_on == SQUARES["6"]


def torus(p):
    periodic = replace(p.base.canvas, periodic=True)
    every = 60 if p.name == "paper-world" else 150
    yield replace(p.base, canvas=periodic, checkpoint_every=every, geometry=True), False


def regions(p):
    for kind, use in product(("sos", "bump"), WAYS):
        yield cross(p, kind, use), False


def cross(p, kind: str, use: str) -> Experiment:
    """The band 13..19 held out in x and in y, in a world with a margin."""
    return replace(p.base, canvas=bordered(p, kind), train_on=held_out_cross(13, 20, use))


def bordered(p, kind: str):
    """The paper's label space, in which stripes and blanks have a place."""
    return replace(p.base.canvas, kind=kind, margin=p.margin)


def few_shot(p):
    for kind, fraction, stripes in product(("bump", "sos"), (1 / 64, 1 / 8), (False, True)):
        yield some(p, kind, fraction, stripes), False
    yield some(p, "bump", 1 / 4, True), False


def some(p, kind: str, fraction: float, stripes: bool) -> Experiment:
    """A random fraction of the 2D labels, and all stripes if asked."""
    canvas = bordered(p, kind) if stripes else replace(p.base.canvas, kind=kind)
    return replace(p.base, canvas=canvas, train_on=random_fraction(fraction, 0, stripes=stripes))


def along_the_rim(p):
    # the quick world's rim is one label wide, a sixteenth of the frame
    for train_on in (stripes_only(), rim(p.scaled(1))):
        yield replace(p.base, canvas=bordered(p, "sos"), train_on=train_on), False


def one_square(p):
    yield replace(p.base, train_on=SQUARES["6"]), False


def two_lesions(p):
    yield replace(p.base, train_on=LESIONS[8]), False
    dense = replace(p.base.canvas, spacing=0.5)
    yield replace(p.base, canvas=dense, train_on=lesion(14, 17.5)), False, 2


def sos_regions(p):
    for use in WAYS:
        yield cross(p, "sos", use), False, 2


def few_bumps(p):
    for fraction, stripes in product((1 / 64, 1 / 8), (False, True)):
        yield some(p, "bump", fraction, stripes), False, 2


# preset -> sweep -> its declaration there, three seeds each unless it says another number
CELLS = {
    "paper-world": {
        "first": first,
        "lesion": all_lesions,
        "square": squares,
        "torus": torus,
        "regions": regions,
        "few-shot": few_shot,
        "rim": along_the_rim,
    },
    "paper-network": {
        "first": one_square,
        "lesion": two_lesions,
        "square": one_square,
        "torus": torus,
        "regions": sos_regions,
        "few-shot": few_bumps,
    },
}
SEEDS = 3

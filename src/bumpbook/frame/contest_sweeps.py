"""The contest: designs of the same number of examples against each other, at one, two and four labels a value."""

from dataclasses import replace
from itertools import product

from .designs import DESIGNS as ALL
from .designs import chosen

DESIGNS = ("random", "latin", "farthest", "rim", "skewed", "staggered", "diagonals", "grid", "columns")


def contest(p):
    """Every design at every number of labels that it can pick: the rim has no room for four a value."""
    side = p.base.canvas.size
    for lines, how in product((2, 4, 1), DESIGNS):
        if lines * side <= ALL[how][1](side):
            yield replace(p.base, train_on=chosen(lines * side, how)), False

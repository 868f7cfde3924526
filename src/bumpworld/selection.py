"""Which labels of a world are trained on, and which are held out, by name of region.

Intervals are half open: ``held_out_square(6, 10)`` holds out columns and rows 6, 7, 8 and 9 of a world with
spacing 1. Positions are counted from the frame's first pixel, whatever the margin. A label is *2D* when both of its
factors are visible, a *stripe* when one is, and *blank* when none is. Each function gives a `Selection`; its body says
which labels of a world that trains on, and what the regions are. Values that cannot be raise ValueError.
"""

from functools import partial

import torch

from . import checks
from .rules import Places, place, rule
from .rules import Selection as Selection
from .rules import Split as Split

_fraction = partial(checks.number, above=0, most=1)
_use = partial(checks.choice, allowed=("2d", "stripes", "both"))


@rule()
def everything(at: Places):
    """Train on every label."""
    return ~at.none(), {}


@rule(low=place, high=place)
def held_out_square(at: Places, low: float, high: float):
    """Hold out the combinations with both x and y in [low, high): every value is seen, the pairs are not.

    A square in the middle lies between training pairs; one that ends at the canvas' edge lies outside them
    (interior and exterior in Liang et al. 2024, Fig. 12). Region: "square".
    """
    square = at.two_d & at.between(at.x, low, high) & at.between(at.y, low, high)
    return ~square, {"square": square}


@rule(low=place, high=place)
def lesion(at: Places, low: float, high: float):
    """Hold out the columns with x in [low, high): these values are never seen (Fig. 11). Region: "lesion"."""
    band = at.two_d & at.between(at.x, low, high)
    return at.two_d & ~band, {"lesion": band}


@rule(low=place, high=place, use=_use)
def held_out_cross(at: Places, low: float, high: float, use: str = "both"):
    """Hold out the 2D labels with x or y in [low, high), a cross (Fig. 4).

    ``use`` says what is trained on: "2d" labels outside the cross, all "stripes", or "both". Regions: "vertical"
    (only x in the band), "horizontal" (only y), "intersection" (both). Stripes need a canvas with a margin.
    """
    in_x, in_y = at.two_d & at.between(at.x, low, high), at.two_d & at.between(at.y, low, high)
    train = at.two_d & ~in_x & ~in_y if use != "stripes" else at.none()
    train = train | at.extra(use != "2d")
    return train, {"vertical": in_x & ~in_y, "horizontal": in_y & ~in_x, "intersection": in_x & in_y}


@rule()
def stripes_only(at: Places):
    """Train on all stripes and blanks and no 2D label. Region: "2d"."""
    return at.extra(True), {"2d": at.two_d}


@rule(fraction=_fraction, seed=checks.seed, stripes=checks.flag)
def random_fraction(at: Places, fraction: float, seed: int, stripes: bool = False):
    """Train on a random fraction of the 2D labels, and on all stripes if asked (Fig. 5). Region: "unseen".

    The fraction is rounded to the nearest number of labels, at least one. The same seed gives nested choices:
    a larger fraction contains the smaller one.
    """
    order = torch.randperm(int(at.two_d.sum()), generator=torch.Generator().manual_seed(seed))
    return at.train_on(order[: max(1, round(fraction * len(order)))], stripes)

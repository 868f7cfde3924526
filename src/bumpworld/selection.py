"""Which labels of a world are trained on, and which are held out, by name of region.

Intervals are half open: ``held_out_square(6, 10)`` holds out columns and rows 6, 7, 8 and 9 of a world with
spacing 1. Positions are counted from the frame's first pixel, whatever the margin. A label is *2D* when both of its
factors are visible, a *stripe* when one is, and *blank* when none is. Each function gives a `Selection`; its body says
which labels of a world that trains on, and what the regions are. Values that cannot be raise ValueError.
"""

import math
from collections import Counter
from functools import partial

import torch

from . import checks
from .rules import Places, place, rule, shortest
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


def _labels(name: str, value) -> tuple[tuple[float, float], ...]:
    """Pairs in the lattice's order, so that one set has one key, and to six digits: float32 tells 2.8 as 2.7999999."""
    try:
        pairs = [(x, y) for x, y in (value.tolist() if hasattr(value, "tolist") else value)]
    except (TypeError, ValueError):
        raise ValueError(f"{name} is {checks.short(value)}; allowed are pairs (x, y)") from None
    plain = [tuple(shortest(float(f"{checks.number('label', v):.6g}")) for v in pair) for pair in pairs]
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
    return at.and_unseen(train)

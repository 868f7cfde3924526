"""Which labels of a world are trained on, and which are held out, by name of region.

Intervals are half open: ``held_out_square(6, 10)`` holds out columns and rows 6, 7, 8 and 9 of a world with
spacing 1. Positions are counted from the frame's first pixel, whatever the margin. A label is *2D* when both of its
factors are visible, a *stripe* when one is, and *blank* when none is.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from .canvas import Canvas
from .designs import DESIGNS


@dataclass(frozen=True)
class Split:
    """Labels of a world divided into training labels and named test regions.

    ``labels`` is (n, 2); ``train_mask`` and every mask of ``region_masks`` are (n,) bool. They are disjoint and
    together cover all labels.
    """

    labels: Tensor
    train_mask: Tensor
    region_masks: dict[str, Tensor]

    @property
    def train(self) -> Tensor:
        """Training labels, shape (n_train, 2)."""
        return self.labels[self.train_mask]

    @property
    def test(self) -> dict[str, Tensor]:
        """Held-out labels (n_region, 2) by name of region."""
        return {name: self.labels[mask] for name, mask in self.region_masks.items()}

    @property
    def held_out(self) -> Tensor:
        """Mask (n,) of every label that is not trained on."""
        return ~self.train_mask


@dataclass(frozen=True)
class Selection:
    """A rule and its settings, for example ``held_out_square(6, 10)``: frozen, hashable, printable."""

    rule: str
    settings: tuple[tuple[str, object], ...] = ()

    def __post_init__(self):
        if self.rule not in _RULES:
            raise ValueError(f"selection rule is {self.rule!r}; allowed are {sorted(_RULES)}")

    def __repr__(self):
        return f"{self.rule}({', '.join(f'{k}={v!r}' for k, v in self.settings)})"

    def split(self, canvas: Canvas) -> Split:
        """Training labels and test regions in ``canvas``.

        Raises ValueError when nothing is left to train on, or when a region that the rule names is empty.
        """
        labels = canvas.lattice()
        where = _Places(labels - canvas.margin, canvas.visible(labels))
        train, regions = _RULES[self.rule](where, **dict(self.settings))
        if not train.any():
            raise ValueError(f"{self!r} leaves no training label in {canvas}")
        for name, mask in regions.items():
            if not mask.any():
                raise ValueError(f"{self!r} leaves the region {name!r} empty in {canvas}")
        named = torch.stack([train, *regions.values()]).any(0)
        leftovers = {"stripes": where.stripe, "blank": where.blank, "rest": where.two_d}
        for name, kind in leftovers.items():
            if (kind & ~named).any():
                regions[name] = kind & ~named
        return Split(labels, train, regions)


def everything() -> Selection:
    """Train on every label."""
    return Selection("everything")


def held_out_square(low: float, high: float) -> Selection:
    """Hold out the combinations with both x and y in [low, high): every value is seen, the pairs are not.

    A square in the middle lies between training pairs; one that ends at the canvas' edge lies outside them
    (interior and exterior in Liang et al. 2024, Fig. 12). Region: "square".
    """
    return _with_interval("held_out_square", low, high)


def lesion(low: float, high: float) -> Selection:
    """Hold out the columns with x in [low, high): these values are never seen (Fig. 11). Region: "lesion"."""
    return _with_interval("lesion", low, high)


def held_out_cross(low: float, high: float, use: str = "both") -> Selection:
    """Hold out the 2D labels with x or y in [low, high), a cross (Fig. 4).

    ``use`` says what is trained on: "2d" labels outside the cross, all "stripes", or "both". Regions: "vertical"
    (only x in the band), "horizontal" (only y), "intersection" (both). Stripes need a canvas with a margin.
    """
    if use not in ("2d", "stripes", "both"):
        raise ValueError(f"use is {use!r}; allowed are '2d', 'stripes' and 'both'")
    return _with_interval("held_out_cross", low, high, use=use)


def stripes_only() -> Selection:
    """Train on all stripes and blanks and no 2D label. Region: "2d"."""
    return Selection("stripes_only")


def rim(width: float, stripes: bool = True) -> Selection:
    """Train on 2D labels within ``width`` of the frame's edge, and on all stripes (Fig. 10). Region: "inside"."""
    if not width > 0:
        raise ValueError(f"width is {width!r}; allowed are numbers above 0")
    return Selection("rim", (("width", width), ("stripes", bool(stripes))))


def random_fraction(fraction: float, seed: int, stripes: bool = False) -> Selection:
    """Train on a random fraction of the 2D labels, and on all stripes if asked (Fig. 5). Region: "unseen".

    The fraction is rounded to the nearest number of labels, at least one. The same seed gives nested choices:
    a larger fraction contains the smaller one.
    """
    if not (math.isfinite(fraction) and 0 < fraction <= 1):
        raise ValueError(f"fraction is {fraction!r}; allowed are numbers in (0, 1]")
    return Selection(
        "random_fraction", (("fraction", fraction), ("seed", int(seed)), ("stripes", bool(stripes)))
    )


def chosen(count: int, how: str, seed: int = 0, stripes: bool = False) -> Selection:
    """Train on ``count`` 2D labels picked by a design, and on all stripes if asked. Region: "unseen".

    ``how`` is "random", "diagonal" (evenly along x = y), "rim" (evenly around the outermost ring), "latin" (Latin
    squares: every x and every y used equally often) or "farthest" (each label as far as can be from those before).
    """
    if how not in DESIGNS:
        raise ValueError(f"how is {how!r}; allowed are {sorted(DESIGNS)}")
    if count < 1:
        raise ValueError(f"count is {count!r}; allowed are whole numbers from 1")
    return Selection(
        "chosen", (("count", int(count)), ("how", how), ("seed", int(seed)), ("stripes", bool(stripes)))
    )


def one_of_two(count: int, seed: int, second: bool = False) -> Selection:
    """Train on ``count`` random 2D labels, or on ``second`` ones: with one seed the two share none. Region: "unseen"."""
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise ValueError(f"count is {count!r}; allowed are whole numbers from 1")
    return Selection("one_of_two", (("count", count), ("seed", int(seed)), ("second", bool(second))))


def painted(rows: str) -> Selection:
    """Train on the 2D labels that are marked in ``rows``: hexadecimal digits, the lattice's first row first, four labels
    a digit and the leftmost label the highest bit. Region: "unseen".

    The shortest way to write any set of labels down, for example one that was painted by hand: see `paint`.
    """
    if not rows or set(rows) - set("0123456789abcdef"):
        raise ValueError(f"rows is {rows!r}; allowed are digits 0-9 and a-f")
    return Selection("painted", (("rows", rows),))


def paint(mask) -> Selection:
    """`painted` from a square mask (side, side) of the 2D labels, indexed [y, x].

    Raises ValueError for a mask that is not square or marks nothing.
    """
    mask = torch.as_tensor(mask, dtype=torch.bool)
    if mask.ndim != 2 or mask.shape[0] != mask.shape[1] or not mask.any():
        raise ValueError(
            f"mask of shape {tuple(mask.shape)} marks {int(mask.sum())} labels; allowed is a square, one or more"
        )
    bits = "".join("01"[int(b)] for b in mask.flatten())
    digits = -(-len(bits) // 4)
    return painted(f"{int(bits.ljust(4 * digits, '0'), 2):0{digits}x}")


def _with_interval(rule: str, low: float, high: float, **more) -> Selection:
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"the interval [{low}, {high}) is empty; low must be below high")
    low, high = (int(v) if v == int(v) else float(v) for v in (low, high))  # 6 and 6.0 have one key
    return Selection(rule, (("low", low), ("high", high), *more.items()))


class _Places:
    """Labels of a world as the rules see them: positions in the frame, and what is visible."""

    def __init__(self, position: Tensor, visible: Tensor):
        self.position = position  # (n, 2), counted from the frame's first pixel
        self.x, self.y = position[:, 0], position[:, 1]
        self.two_d = visible.all(1)
        self.stripe = visible[:, 0] ^ visible[:, 1]
        self.blank = ~visible.any(1)

    def none(self) -> Tensor:
        return torch.zeros_like(self.two_d)

    def extra(self, stripes: bool) -> Tensor:
        """The stripes, when they are asked for; an error when the world has none."""
        if stripes and not self.stripe.any():
            raise ValueError("stripes are asked for, but a canvas with margin 0 has none; give it a margin")
        return self.stripe | self.blank if stripes else self.none()

    def pick(self, indices: Tensor) -> Tensor:
        """Mask of the 2D labels with these indices among the 2D labels."""
        mask = self.none()
        mask[self.two_d.nonzero()[:, 0][indices]] = True
        return mask


def _everything(at: _Places):
    return at.two_d | at.stripe | at.blank, {}


def _held_out_square(at: _Places, low, high):
    square = at.two_d & _inside(at.x, low, high) & _inside(at.y, low, high)
    return ~square, {"square": square}


def _lesion(at: _Places, low, high):
    band = at.two_d & _inside(at.x, low, high)
    return at.two_d & ~band, {"lesion": band}


def _held_out_cross(at: _Places, low, high, use):
    in_x, in_y = at.two_d & _inside(at.x, low, high), at.two_d & _inside(at.y, low, high)
    train = at.two_d & ~in_x & ~in_y if use != "stripes" else at.none()
    train = train | at.extra(use != "2d")
    return train, {"vertical": in_x & ~in_y, "horizontal": in_y & ~in_x, "intersection": in_x & in_y}


def _stripes_only(at: _Places):
    return at.extra(True), {"2d": at.two_d}


def _rim(at: _Places, width, stripes):
    last = at.position[at.two_d].max()
    from_edge = torch.minimum(at.position, last - at.position).min(1).values
    inside = at.two_d & (from_edge >= width)
    return (at.two_d & ~inside) | at.extra(stripes), {"inside": inside}


def _random_fraction(at: _Places, fraction, seed, stripes):
    total = int(at.two_d.sum())
    order = torch.randperm(total, generator=torch.Generator().manual_seed(seed))
    return _train_on(at, order[: max(1, round(fraction * total))], stripes)


def _chosen(at: _Places, count, how, seed, stripes):
    side = round(math.sqrt(int(at.two_d.sum())))
    if count > DESIGNS[how][1](side):
        raise ValueError(
            f"count is {count}; {how!r} allows at most {DESIGNS[how][1](side)} on {side} x {side} labels"
        )
    generator = torch.Generator().manual_seed(seed)
    return _train_on(at, DESIGNS[how][0](side, count, generator), stripes)


def _one_of_two(at: _Places, count, seed, second):
    total = int(at.two_d.sum())
    if 2 * count > total:
        raise ValueError(f"count is {count}; two sets without a common label allow at most {total // 2}")
    order = torch.randperm(total, generator=torch.Generator().manual_seed(seed))
    return _train_on(at, order[-count:] if second else order[:count], False)


def _painted(at: _Places, rows):
    total = int(at.two_d.sum())
    if len(rows) != -(-total // 4):
        raise ValueError(f"{len(rows)} digits in rows; {total} labels take {-(-total // 4)}")
    marked = torch.tensor([int(b) for b in f"{int(rows, 16):0{4 * len(rows)}b}"], dtype=torch.bool)
    if marked[total:].any():
        raise ValueError(f"rows marks labels beyond the last of {total}; allowed are zeros there")
    return _train_on(at, marked[:total].nonzero()[:, 0], False)


def _train_on(at: _Places, indices: Tensor, stripes: bool):
    picked = at.pick(indices)
    unseen = at.two_d & ~picked
    return picked | at.extra(stripes), {"unseen": unseen} if unseen.any() else {}


def _inside(values: Tensor, low: float, high: float) -> Tensor:
    return (values >= low) & (values < high)


_RULES = {
    "everything": _everything,
    "held_out_square": _held_out_square,
    "lesion": _lesion,
    "held_out_cross": _held_out_cross,
    "stripes_only": _stripes_only,
    "rim": _rim,
    "random_fraction": _random_fraction,
    "chosen": _chosen,
    "one_of_two": _one_of_two,
    "painted": _painted,
}

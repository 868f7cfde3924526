"""Which labels of a world are trained on, and which are held out, by name of region.

Intervals are half open: ``held_out_square(6, 10)`` holds out columns and rows 6, 7, 8 and 9 of a world with
spacing 1. Positions are counted from the frame's first pixel, whatever the margin. A label is *2D* when both of its
factors are visible, a *stripe* when one is, and *blank* when none is.
"""

import math
from collections import Counter
from dataclasses import dataclass
from numbers import Integral, Real

import torch
from torch import Tensor

from . import checks
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
    """A rule and its settings, for example ``held_out_square(6, 10)``: frozen, hashable, printable.

    Settings are pairs of a name and a value, and come out in plain Python. Make one with the function of the rule's
    name: from there equal rules have one key. Raises ValueError for an unknown rule, for settings that are missing or
    not the rule's, and for values outside what that function allows.
    """

    rule: str
    settings: tuple[tuple[str, object], ...] = ()

    def __post_init__(self):
        checks.choice("selection rule", self.rule, sorted(_RULES))
        try:
            settings = {name: value for name, value in self.settings}
        except (TypeError, ValueError):
            settings = None
        names = tuple(_SETTINGS[self.rule])
        if settings is None or tuple(settings) != names or len(self.settings) != len(names):
            raise ValueError(
                f"settings of {self.rule} are {checks.short(self.settings)}; allowed are pairs of name and value for {names}"
            )
        if "low" in settings:
            _check_interval(settings["low"], settings["high"])
        plain = tuple((name, check(settings[name])) for name, check in _SETTINGS[self.rule].items())
        object.__setattr__(self, "settings", plain)

    def __repr__(self):
        return f"{self.rule}({', '.join(f'{k}={v!r}' for k, v in self.settings)})"

    def split(self, canvas: Canvas) -> Split:
        """Training labels and test regions in ``canvas``.

        Raises ValueError when nothing is left to train on, or when a region that the rule names is empty.
        """
        labels = checks.instance("canvas", canvas, Canvas).lattice()
        where = _Places(labels, canvas)
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
    return _with_interval("held_out_cross", low, high, use=use)


def stripes_only() -> Selection:
    """Train on all stripes and blanks and no 2D label. Region: "2d"."""
    return Selection("stripes_only")


def rim(width: float, stripes: bool = True) -> Selection:
    """Train on 2D labels within ``width`` of the frame's edge, and on all stripes (Fig. 10). Region: "inside"."""
    return Selection("rim", (("width", _shortest(width)), ("stripes", stripes)))


def random_fraction(fraction: float, seed: int, stripes: bool = False) -> Selection:
    """Train on a random fraction of the 2D labels, and on all stripes if asked (Fig. 5). Region: "unseen".

    The fraction is rounded to the nearest number of labels, at least one. The same seed gives nested choices:
    a larger fraction contains the smaller one.
    """
    return Selection("random_fraction", (("fraction", fraction), ("seed", seed), ("stripes", stripes)))


def chosen(count: int, how: str, seed: int = 0, stripes: bool = False) -> Selection:
    """Train on ``count`` 2D labels picked by a design, and on all stripes if asked. Region: "unseen".

    ``how`` is "random", "diagonal" (evenly along x = y), "rim" (evenly around the outermost ring), "latin" (Latin
    squares: every x and every y used equally often) or "farthest" (each label as far as can be from those before);
    or one that starts at a random place and then follows a rule: "skewed" (lines y = 5x, 5x + 7, 5x + 14 ..., wrapped
    at the edge), "staggered" (lines of slope 3 at equal distances), "diagonals" (slope 1), "grid" (every so many
    columns and rows) or "columns" (whole ones at equal distances).
    """
    return Selection("chosen", (("count", count), ("how", how), ("seed", seed), ("stripes", stripes)))


def one_of_two(count: int, seed: int, second: bool = False) -> Selection:
    """Train on ``count`` random 2D labels, or on ``second`` ones: with one seed the two share none. Region: "unseen"."""
    return Selection("one_of_two", (("count", count), ("seed", seed), ("second", second)))


def painted(rows: str) -> Selection:
    """Train on the 2D labels that are marked in ``rows``: hexadecimal digits, the lattice's first row first, four labels
    a digit and the leftmost label the highest bit. Region: "unseen".

    The shortest way to write any set of labels down, for example one that was painted by hand: see `paint`.
    """
    return Selection("painted", (("rows", rows),))


def these(labels) -> Selection:
    """Train on exactly these ``labels``, pairs (x, y) in any order, and on nothing else. Region: "unseen".

    A label outside the frame is a stripe or a blank, and needs a canvas with a margin: ``(-2, 5)`` shows y alone.
    Raises ValueError for no label, for one that is twice the same, and for what is no pair of finite numbers. Which
    labels there are is known only in a world: one that is not on its lattice, or all of them (that is `everything`),
    raises ValueError in `Selection.split`.
    """
    return Selection("these", (("labels", labels),))


def paint(mask) -> Selection:
    """`painted` from a square mask (side, side) of the 2D labels, indexed [y, x].

    Raises ValueError for a mask that is not square or marks nothing.
    """
    mask = checks.tensor("mask", mask, "True and False, or 1 and 0, of shape (side, side)")
    if not ((mask == 0) | (mask == 1)).all():
        raise ValueError(f"mask holds {mask[(mask != 0) & (mask != 1)][0].item()}; allowed are 0 and 1")
    mask = mask.bool()
    if mask.ndim != 2 or mask.shape[0] != mask.shape[1] or not mask.any():
        raise ValueError(
            f"mask of shape {tuple(mask.shape)} marks {int(mask.sum())} labels; allowed is a square, one or more"
        )
    bits = "".join("01"[int(b)] for b in mask.flatten())
    digits = -(-len(bits) // 4)
    return painted(f"{int(bits.ljust(4 * digits, '0'), 2):0{digits}x}")


def _with_interval(rule: str, low: float, high: float, **more) -> Selection:
    return Selection(rule, (("low", _shortest(low)), ("high", _shortest(high)), *more.items()))


def _check_interval(low, high) -> None:
    if not checks.number("low", low) < checks.number("high", high):
        raise ValueError(f"the interval [{low}, {high}) is empty; low must be below high")


def _shortest(value):
    """6 for 6.0: they are one place, and have one key. What is no number is left to the checks."""
    whole = isinstance(value, Real) and not isinstance(value, (Integral, bool))
    return int(value) if whole and math.isfinite(value) and value == int(value) else value


def _end(name: str, **allowed):
    """A check of a place. 6.0 stays what it is: some old records were written so, and their keys must not change."""

    def check(value):
        plain = checks.number(name, value, **allowed)
        return int(value) if isinstance(value, Integral) else plain

    return check


def _rows(value) -> str:
    if not isinstance(value, str) or not value or set(value) - set("0123456789abcdef"):
        raise ValueError(f"rows is {checks.short(value)}; allowed are digits 0-9 and a-f")
    return value


def _pairs(value) -> tuple[tuple[float, float], ...]:
    """Pairs in the lattice's order, so that one set has one key, and to six digits: float32 tells 2.8 as 2.7999999."""
    try:
        pairs = (
            [(x, y) for x, y in value.tolist()] if hasattr(value, "tolist") else [(x, y) for x, y in value]
        )
    except (TypeError, ValueError):
        raise ValueError(f"labels is {checks.short(value)}; allowed are pairs (x, y)") from None
    plain = [tuple(_shortest(float(f"{checks.number('label', v):.6g}")) for v in pair) for pair in pairs]
    if not plain:
        raise ValueError("labels is empty; allowed is one pair (x, y) or more")
    often, times = Counter(plain).most_common(1)[0]
    if times > 1:
        raise ValueError(f"label {often} is there {times} times; allowed is each label once")
    return tuple(sorted(plain, key=lambda pair: pair[::-1]))


class _Places:
    """Labels of a world as the rules see them: positions in the frame, and what is visible."""

    def __init__(self, labels: Tensor, canvas: Canvas):
        # (n, 2), counted from the frame's first pixel; float64, for 3.8 - 3 is less than 0.8 in float32
        self.position = labels.double() - canvas.margin
        self.spacing = canvas.spacing
        self.x, self.y = self.position[:, 0], self.position[:, 1]
        visible = canvas.visible(labels)
        self.two_d = visible.all(1)
        self.stripe = visible[:, 0] ^ visible[:, 1]
        self.blank = ~visible.any(1)

    def from_on(self, values: Tensor, place: float) -> Tensor:
        """Which ``values`` reach ``place``, to a thousandth of the spacing: 14 steps of 0.2 are 2.8."""
        return values >= place - 1e-3 * self.spacing

    def between(self, values: Tensor, low: float, high: float) -> Tensor:
        """Which ``values`` lie in [low, high)."""
        return self.from_on(values, low) & ~self.from_on(values, high)

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
    square = at.two_d & at.between(at.x, low, high) & at.between(at.y, low, high)
    return ~square, {"square": square}


def _lesion(at: _Places, low, high):
    band = at.two_d & at.between(at.x, low, high)
    return at.two_d & ~band, {"lesion": band}


def _held_out_cross(at: _Places, low, high, use):
    in_x, in_y = at.two_d & at.between(at.x, low, high), at.two_d & at.between(at.y, low, high)
    train = at.two_d & ~in_x & ~in_y if use != "stripes" else at.none()
    train = train | at.extra(use != "2d")
    return train, {"vertical": in_x & ~in_y, "horizontal": in_y & ~in_x, "intersection": in_x & in_y}


def _stripes_only(at: _Places):
    return at.extra(True), {"2d": at.two_d}


def _rim(at: _Places, width, stripes):
    last = at.position[at.two_d].max()
    from_edge = torch.minimum(at.position, last - at.position).min(1).values
    inside = at.two_d & at.from_on(from_edge, width)
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


def _these(at: _Places, labels):
    first, last, side = at.position.min(), at.position.max(), round(math.sqrt(len(at.position)))
    steps = (torch.tensor(labels, dtype=torch.float64) - first) / at.spacing
    cells = steps.round().long()
    off = ((steps - cells).abs() > 1e-3).any(1) | ((cells < 0) | (cells >= side)).any(1)
    if off.any():
        raise ValueError(
            f"label {labels[int(off.nonzero()[0])]} is not on the lattice; allowed are positions from {first:g} to "
            f"{last:g} in steps of {at.spacing:g}"
        )
    train = at.none()
    train[cells[:, 1] * side + cells[:, 0]] = True
    if train.sum() < len(labels):
        raise ValueError(f"two of {checks.short(labels)} are one label; allowed is each label once")
    if train.all():
        raise ValueError(f"these {len(labels)} are all labels; allowed are fewer, or everything()")
    unseen = at.two_d & ~train
    return train, {"unseen": unseen} if unseen.any() else {}


def _train_on(at: _Places, indices: Tensor, stripes: bool):
    picked = at.pick(indices)
    unseen = at.two_d & ~picked
    return picked | at.extra(stripes), {"unseen": unseen} if unseen.any() else {}


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
    "these": _these,
}


def _setting(check, name: str, *allowed):
    return lambda value: check(name, value, *allowed)


_INTERVAL = {"low": _end("low"), "high": _end("high")}
_SEED, _STRIPES = _setting(checks.seed, "seed"), _setting(checks.flag, "stripes")
_COUNT = _setting(checks.whole, "count", 1)

# by rule: its settings in the order in which a key has them, and what makes each of them plain
_SETTINGS = {
    "everything": {},
    "held_out_square": _INTERVAL,
    "lesion": _INTERVAL,
    "held_out_cross": {**_INTERVAL, "use": _setting(checks.choice, "use", ("2d", "stripes", "both"))},
    "stripes_only": {},
    "rim": {"width": _end("width", above=0), "stripes": _STRIPES},
    "random_fraction": {
        "fraction": lambda value: checks.number("fraction", value, above=0, most=1),
        "seed": _SEED,
        "stripes": _STRIPES,
    },
    "chosen": {
        "count": _COUNT,
        "how": _setting(checks.choice, "how", tuple(sorted(DESIGNS))),
        "seed": _SEED,
        "stripes": _STRIPES,
    },
    "one_of_two": {"count": _COUNT, "seed": _SEED, "second": _setting(checks.flag, "second")},
    "painted": {"rows": _rows},
    "these": {"labels": _pairs},
}

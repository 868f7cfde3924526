"""What a rule of selection is: a name with settings as a value, and a function that divides the labels of a world.

The rules themselves stand in `selection`, each in one place, and more can stand anywhere else: `rule` makes the public
function of one, which gives a `Selection`, and keeps the body for `Selection.split`.
"""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from . import checks
from .canvas import Canvas

# by name: what makes each setting plain, in the order in which a key has them, and how the rule divides labels
RULES: dict[str, tuple[dict[str, Callable], Callable]] = {}


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
    def masks(self) -> dict[str, Tensor]:
        """The mask of "train" and those of the regions, by name."""
        return {"train": self.train_mask, **self.region_masks}

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

    Settings are pairs of a name and a value, and come out in plain Python, so that equal rules have one key. The function
    of the rule's name makes one. Raises ValueError for an unknown rule, for settings that are missing or not the rule's,
    and for values outside what that function allows.
    """

    rule: str
    settings: tuple[tuple[str, object], ...] = ()

    def __post_init__(self):
        allowed = RULES[checks.choice("selection rule", self.rule, sorted(RULES), checks.DEFINED)][0]
        try:
            found = dict(self.settings)
            fits = tuple(found) == tuple(allowed) and len(self.settings) == len(allowed)
        except (TypeError, ValueError):
            fits = False
        said = f"are pairs of name and value for {tuple(allowed)}"
        checks.need(fits, f"settings of {self.rule}", self.settings, said)
        plain = {name: check(name, found[name]) for name, check in allowed.items()}
        if "low" in plain:
            low, high = plain["low"], plain["high"]
            checks.need(low < high, "the interval [low, high)", (low, high), "is low below high")
        checks.settle(self, settings=tuple(plain.items()))

    def __repr__(self):
        return f"{self.rule}({', '.join(f'{k}={v!r}' for k, v in self.settings)})"

    def split(self, canvas: Canvas) -> Split:
        """Training labels and test regions in ``canvas``.

        Raises ValueError when nothing is left to train on, when a region that the rule names is empty, and for a rule
        that gives something else than masks or puts a label into two of them.
        """
        at = Places(checks.instance("canvas", canvas, Canvas))
        train, regions, every = _masks(self, RULES[self.rule][1](at, **dict(self.settings)), at)
        if not train.any():
            raise ValueError(f"{self!r} leaves no training label in {canvas}; at least one is needed")
        for name, mask in regions.items():
            if not mask.any():
                raise ValueError(f"{self!r} leaves the region {name!r} empty in {canvas}")
        left = ~every.any(0)
        kinds = {"stripes": left & at.stripe, "blank": left & at.blank}
        kinds = {**kinds, "rest": left & at.two_d} if regions else {"unseen": left & at.two_d, **kinds}
        return Split(at.labels, train, regions | {name: mask for name, mask in kinds.items() if mask.any()})


def _masks(selection: Selection, given, at: "Places") -> tuple[Tensor, dict[str, Tensor], Tensor]:
    """What a rule gave, when it is a training mask and masks by region that have no label in common; and all in one (m, n)."""
    try:
        train, regions = given
        every = torch.stack([train, *regions.values()])
    except (AttributeError, RuntimeError, TypeError, ValueError):
        every = torch.empty(0)
    fits = every.dtype == torch.bool and every.shape[1:] == at.two_d.shape
    said = f"is a training mask and a dict of masks by region, each a bool tensor of shape {tuple(at.two_d.shape)}"
    checks.need(fits, f"what the rule {selection.rule} gives", given, said)
    twice = at.labels[every.sum(0) > 1]
    if len(twice):
        raise ValueError(f"{selection!r} puts the label {twice[0].tolist()} into two masks; allowed is one")
    return train, regions, every


def rule(**settings: Callable) -> Callable:
    """Make a rule of a function that takes `Places` and ``settings``, and gives a training mask and masks by region.

    Each of ``settings`` says how a value is checked: check(name, value) gives it in plain Python. In place of the
    function stands one that takes the settings alone and gives their `Selection`. Held-out labels outside the regions
    that a rule names are "stripes", "blank" and "rest"; where it names none, those that are 2D are "unseen". ::

        @rule(width=checks.whole)
        def checkerboard(at, width):
            white = ((at.x // width + at.y // width) % 2).bool()
            return at.two_d & ~white, {"white": at.two_d & white}

        bw.Experiment(train_on=checkerboard(2))

    The function's name is the rule's, and part of what names an experiment: another division needs another name.
    Raises ValueError for a name that another module has taken.
    """

    def register(divide: Callable) -> Callable:
        checks.free("rule", divide.__name__, RULES.get(divide.__name__, (None, None))[1], divide)
        at, *told = inspect.signature(divide).parameters.values()
        signature = inspect.Signature(told, return_annotation=Selection)
        RULES[divide.__name__] = settings, divide

        @functools.wraps(divide)
        def make(*values, **named) -> Selection:
            bound = signature.bind(*values, **named)
            bound.apply_defaults()
            return Selection(divide.__name__, tuple(bound.arguments.items()))

        make.__signature__ = signature
        return make

    return register


def place(name: str, value, **allowed) -> float | int:
    """``value`` as a place, 6 for 6.0: they are one place, and have one key."""
    plain = checks.number(name, value, **allowed)
    return int(plain) if plain.is_integer() else plain


class Places:
    """Labels of a world as the rules see them: positions in the frame, and what is visible.

    ``labels`` (n, 2); ``x`` and ``y`` (n,), counted from the frame's first pixel; and masks (n,) of the labels that are
    ``two_d``, a ``stripe`` or ``blank``.
    """

    def __init__(self, canvas: Canvas):
        self.labels, self.spacing = canvas.lattice(), canvas.spacing
        # (n, 2), counted from the frame's first pixel; float64, for 3.8 - 3 is less than 0.8 in float32
        self.position = self.labels.double() - canvas.margin
        self.x, self.y = self.position.unbind(1)
        visible = canvas.visible(self.labels)
        self.two_d, self.blank = visible.all(1), ~visible.any(1)
        self.stripe = visible[:, 0] ^ visible[:, 1]

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
        fits = not stripes or self.stripe.any()
        checks.need(fits, "margin", 0, "are whole numbers from 1 where stripes are asked for")
        return self.stripe | self.blank if stripes else self.none()

    def train_on(self, picks: Tensor, stripes: bool = False):
        """Train on the 2D labels with the indices ``picks`` among all 2D labels; no region is named."""
        mask = self.none()
        mask[self.two_d.nonzero()[:, 0][picks]] = True
        return mask | self.extra(stripes), {}

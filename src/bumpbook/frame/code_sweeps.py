"""Sweeps over the way in which a label is told: whose axes does a network learn, and which holes does it fill?"""

from dataclasses import replace
from itertools import product

from bumpworld.selection import everything, held_out_square, lesion
from bumpworld.unet import UNetConfig

from .designs import strips, thinned
from .holes import random_holes
from .painting import paint
from .presets import PRESETS


def code(name: str, size: int) -> UNetConfig:
    """The quick network with the label code called ``name`` in a world of ``size`` values.

    "axes", "turned-10" ... "turned-45" (degrees), "fourier", "one-hot", "pair", "none"; "smooth" and "sharp" are axes
    with a top frequency of a quarter and of twice the usual one.
    """
    low, high = UNetConfig.label_frequencies
    if name in ("smooth", "sharp"):
        return UNetConfig.quick(label_frequencies=(low, high / 4 if name == "smooth" else 2 * high))
    if name.startswith("turned-"):
        return turned(UNetConfig.quick(), float(name.removeprefix("turned-")))
    named = size if name in ("one-hot", "pair") else 0
    return UNetConfig.quick(label_code=name, label_values=named)


def turned(unet: UNetConfig, degrees: float = 45.0) -> UNetConfig:
    """The same network, told its labels in axes turned by ``degrees``."""
    return replace(unet, label_code="turned", label_angle=degrees)


def code_name(unet: UNetConfig) -> str:
    """ "axes", "turned-45", "one-hot": a network's code by the name of its kind. Smooth and sharp axes are "axes" too."""
    return unet.label_code + (f"-{unet.label_angle:g}" if unet.label_angle else "")


HEADLINE = ("axes", "turned-45", "one-hot", "pair")
OTHERS = ("turned-20", "fourier", "smooth", "sharp")


def codes(p):
    size, low = p.base.canvas.size, lambda width: (p.base.canvas.size - p.scaled(width)) // 2
    squares = [held_out_square(low(w), low(w) + p.scaled(w)) for w in (4, 8)]
    bands = [lesion(low(w), low(w) + p.scaled(w)) for w in (4, 8, 2)]
    for train_on, (name, seeds) in product(
        (everything(), bands[0], squares[1], bands[1], squares[0], bands[2]),
        [*((n, 5) for n in HEADLINE), *((n, 3) for n in OTHERS)],
    ):
        # chapter 3 shows the names' sheet; chapter 4 draws the band in three of these languages
        shown = (train_on, name) in (
            (everything(), "one-hot"),
            *((bands[0], n) for n in ("axes", "turned-45", "smooth")),
        )
        yield _told(p, name, size, train_on=train_on), shown, seeds
    sos = replace(p.base.canvas, kind="sos")
    for train_on, name in product((everything(), bands[0], squares[1], bands[1]), HEADLINE):
        # 0 to 4 suggested the prediction blank-image, which 5 to 9 judge
        seeds = 10 if train_on == everything() else 3
        yield _told(p, name, size, train_on=train_on, canvas=sos), False, seeds


def slider(p):
    """A hole of 4 and of 8 columns under axes turned a little at a time."""
    size = p.base.canvas.size
    for degrees, width in product((0, 10, 20, 30, 45), (4, 8)):
        low = (size - p.scaled(width)) // 2
        name = f"turned-{degrees}" if degrees else "axes"
        yield _told(p, name, size, train_on=lesion(low, low + p.scaled(width))), width == 4


# by preset, more than the longest that a network told turned axes took until it had learned: 440 and 1760
EQUAL_STEPS = {"quick": 450, "paper-world": 1800}


def reach(p):
    """What turning does besides turning: a gap is told as a shorter one, and labels are learned later.

    By 45 degrees a gap in x is shorter by the root of 2 in each number. So plain axes with all frequencies lower by it, and
    turned axes with all frequencies higher: in the first the gap is as short as in turned axes and in the second as long as
    in plain ones. And a network that learns later trains for longer. So both axes for equally many steps.
    """
    size, low = p.base.canvas.size, lambda width: (p.base.canvas.size - p.scaled(width)) // 2
    tests = (lesion(low(4), low(4) + p.scaled(4)), held_out_square(low(8), low(8) + p.scaled(8)))
    for train_on, (name, factor) in product(tests, (("axes", 2**-0.5), ("turned-45", 2**0.5))):
        unet = code(name, size)
        frequencies = tuple(round(f * factor, 4) for f in unet.label_frequencies)
        yield replace(p.base, unet=replace(unet, label_frequencies=frequencies), train_on=train_on), False
    for (name, steps), turn in product(EQUAL_STEPS.items(), (turned, lambda unet: unet)):
        base, side = PRESETS[name].base, PRESETS[name].base.canvas.size
        equal = replace(
            base, train_on=lesion((side - 4) // 2, (side + 4) // 2), until_learned=False, steps=steps
        )
        yield replace(equal, unet=turn(base.unet)), False


def aimed(target: str, steps: int) -> dict:
    """Changes that train for another target than the image, which has ``steps`` to be learned, as long as that one needs."""
    if target == "v":
        return {"target": target, "steps": 2 * steps}
    # At a steady rate "eps" draws seven tenths of its labels and stays there: its error lies where the noise is
    # faint, and only a rate that falls takes it down. So without a stop, and three times as long.
    return {"target": target, "steps": 6 * steps, "until_learned": False}


def told_targets(p):
    """The hole of 4 in plain and in turned axes, trained for the noise or for v instead of the image."""
    size, width = p.base.canvas.size, p.scaled(4)
    low = (size - width) // 2
    for target, name in product(("v", "eps"), ("turned-45", "axes")):
        yield (
            replace(_told(p, name, size, train_on=lesion(low, low + width)), **aimed(target, p.base.steps)),
            False,
        )


# pixels of the side; at 32 the paper's own
FRAMES = (16, 24, 32, 40)
# about as many as all labels of the paper's frame take
STEPS = 1200


def frames(p):
    """A band of 8 in the middle of larger and larger frames, and in the paper's with less of the world beside it.

    One network for all, the paper world's, told turned axes; in the largest frame x and y as well. What is left in the
    paper's frame is as many columns as the small one has beside its band, or as many labels in all columns.
    """
    base, band = PRESETS["paper-world"].base, lambda size: ((size - 8) // 2, (size + 8) // 2)
    paper = base.canvas.size
    for size, unet in (*((size, turned(base.unet)) for size in FRAMES), (FRAMES[-1], base.unet)):
        canvas, seeds = replace(base.canvas, size=size), 10 if size == paper else 5
        yield replace(base, canvas=canvas, unet=unet, train_on=lesion(*band(size))), False, seeds
    # left of the band as many columns as the smallest frame has there
    beside = band(FRAMES[0])[0]
    near, few = strips(*band(paper), beside=beside), thinned(*band(paper), count=2 * beside * paper)
    for left in (near, few):
        yield replace(base, unet=turned(base.unet), train_on=left), False, 10
    # fewer labels are learned sooner: so all kinds once more with equally many steps, about as many as all labels take
    for left, seeds in ((near, 5), (few, 10), (lesion(*band(paper)), 10)):
        equal = replace(base, unet=turned(base.unet), train_on=left, until_learned=False, steps=STEPS)
        yield equal, False, seeds
    # the small frame again, x and y told: labels half a pixel apart, a gap of 4 px, and as many as a gap of 5 leaves a pixel apart
    dense, side = replace(p.base.canvas, spacing=0.5), p.base.canvas.size
    few = thinned((side - 4) // 2, (side - 4) // 2 + 3.5, count=(side - 4) * side)
    yield replace(p.base, canvas=dense, train_on=few), False, 5


def untold(p):
    """Networks that are never told a label, or half of the time: what they make of images by themselves."""
    for canvas in (p.base.canvas, replace(p.base.canvas, periodic=True)):
        never = replace(p.base, canvas=canvas, unet=code("none", canvas.size), until_learned=False, steps=400)
        yield never, False
        yield replace(p.base, canvas=canvas, unet=UNetConfig.quick(label_dropout=0.5)), False


def seam(p):
    """A torus under zero and circular padding, with a map of places, told by axes and by names."""
    torus, quick = replace(p.base.canvas, periodic=True), UNetConfig.quick()
    place = torus.size // quick.stride
    for name, padding in product(("axes", "one-hot"), ("zeros", "circular")):
        unet = replace(code(name, torus.size), place=place, padding=padding)
        yield replace(p.base, canvas=torus, unet=unet), False
    for name in ("one-hot", "pair"):
        yield _told(p, name, torus.size, canvas=torus), False


def holes(p):
    for name, hole in product(("axes", "turned-45", "one-hot"), random_holes(p.base.canvas.size)):
        yield _told(p, name, p.base.canvas.size, train_on=paint(~hole)), False


def _told(p, name: str, size: int, **changes):
    # a name for each pair has to be learned by heart: that takes up to ten times as long
    steps = (3 if name == "pair" else 1) * p.base.steps
    return replace(p.base, unet=code(name, size), steps=steps, **changes)

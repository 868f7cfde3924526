"""The cells of a sweep that are trained at the paper's own geometry: 32 x 32 pixels, label space 44 where there are stripes.

Fewer than in the small world: each is what a claim's rule asks for at least. The paper's own numbers stand where they are
known: the band 13..19, lesions of 1, 3.5 and 8. The square 13..18 and the lesion 12..19 are ours.
"""

from dataclasses import replace
from itertools import product

from bumpworld.selection import held_out_cross, held_out_square, lesion, random_fraction, stripes_only

from .code_sweeps import aimed, turned
from .designs import rim

WAYS = ("2d", "stripes", "both")
# 8 columns first: the one that the paper's network is trained for as well
LESIONS = {8: lesion(12, 20), 4: lesion(14, 18), 2: lesion(15, 17), 1: lesion(15, 16), 12: lesion(10, 22)}
DENSE_LESIONS = {8: LESIONS[8], 3.5: lesion(14, 17.5), 1: lesion(15.5, 16.5)}
SQUARE = held_out_square(13, 19)
# the last four widths inside, each beside one at the corner
WIDTHS = (6, 4, 2, 12, 8, 16, 20)
BAND = (13, 20)
# fraction of the 2D labels, and are all stripes there, too?
AMOUNTS = (*product((1 / 64, 1 / 8), (True, False)), (1 / 4, True))
# side -> fractions that stand on both sides of what networks of the small world need; at 32 those of few-shot
GROWTH = {
    8: (1 / 8, 1 / 4, 1 / 2, 3 / 4),
    16: (1 / 16, 1 / 8, 1 / 4, 1 / 2),
    24: (1 / 32, 1 / 16, 1 / 8, 1 / 4),
    32: (1 / 64, 1 / 16, 1 / 8, 1 / 4),
}
# the dearest: beside all stripes (True) fewer are needed
LARGEST, AT_LARGEST = 40, {False: (1 / 16, 1 / 8, 1 / 4), True: (1 / 32, 1 / 16, 1 / 8)}
# for the noise: two networks of the square drew 10 and 34 % of their own labels after 7200 steps
NOISE_STEPS = 24_000
# (kind, fraction) -> mean of three networks of the sweep few-shot beside all stripes, to ten steps
STEPS_BESIDE_STRIPES = {
    ("bump", 1 / 16): 1560,
    ("bump", 1 / 8): 1320,
    ("sos", 1 / 16): 440,
    ("sos", 1 / 8): 450,
}


def one_square(p):
    yield replace(p.base, train_on=SQUARE), True


def lesions(p):
    for width, train_on in LESIONS.items():
        yield replace(p.base, train_on=train_on), width == 8
    for train_on in DENSE_LESIONS.values():
        yield replace(p.base, canvas=dense(p), train_on=train_on), False


def dense(p):
    """Two labels to a pixel."""
    return replace(p.base.canvas, spacing=0.5)


def squares(p):
    side = p.base.canvas.size
    for width in WIDTHS:
        inside = (side - width) // 2
        for low in (inside, side - width)[: 2 if width in WIDTHS[-4:] else 1]:
            yield replace(p.base, train_on=held_out_square(low, low + width)), False


def torus(p):
    periodic = replace(p.base.canvas, periodic=True)
    every, seeds = (60, 5) if p.name == "paper-world" else (150, SEEDS)
    yield replace(p.base, canvas=periodic, checkpoint_every=every, geometry=True), False, seeds


def regions(p, kinds=("sos",)):
    """Stripes and 2D examples around a band held out in x and in y."""
    for kind, use in product(kinds, WAYS):
        yield replace(p.base, canvas=bordered(p, kind), train_on=held_out_cross(*BAND, use)), False, 5


def for_the_noise(p):
    """The square, asked for the noise as the paper asks, in the steps that did in the small world; then it and a band in more."""
    usual = replace(p.base, train_on=SQUARE, **aimed("eps", p.base.steps))
    yield usual, False, 2
    for train_on in (SQUARE, LESIONS[8]):
        yield replace(usual, train_on=train_on, steps=NOISE_STEPS, checkpoint_every=NOISE_STEPS // 10), False


def bordered(p, kind: str):
    """The paper's label space, in which stripes and blanks have a place."""
    return replace(p.base.canvas, kind=kind, margin=p.margin)


def rims(p):
    """All stripes of SOS, alone and with the 2D labels along the rim of the frame."""
    for train_on in (stripes_only(), rim(p.scaled(1))):
        yield replace(p.base, canvas=bordered(p, "sos"), train_on=train_on), False


def few_shot(p, kinds=("bump",), amounts=AMOUNTS):
    """A random fraction of the 2D labels, with and without all stripes."""
    for kind, (fraction, stripes) in product(kinds, amounts):
        yield some(p, fraction, stripes, kind=kind), False


def some(p, fraction, stripes, **world):
    canvas = replace(p.base.canvas, margin=p.margin if stripes else 0, **world)
    return replace(p.base, canvas=canvas, train_on=random_fraction(fraction, 0, stripes=stripes))


def growth(p):
    """The same on smaller and larger canvases."""
    cells = [(size, *cell) for size, some_of in GROWTH.items() for cell in product(some_of, (False, True))]
    cells += [(LARGEST, fraction, stripes) for stripes, some_of in AT_LARGEST.items() for fraction in some_of]
    for size, fraction, stripes in cells:
        yield some(p, fraction, stripes, size=size), False


def few_shot_of_both(p):
    """Of bumps and of SOS, and more amounts between: a rule asks where each crosses a level."""
    yield from few_shot(p, ("bump", "sos"), (*AMOUNTS, (1 / 16, True), (1 / 16, False), (1 / 4, False)))


def few_shot_as_long(p):
    """A fraction of the 2D labels without stripes, for as many steps as networks take that see all stripes as well."""
    for (kind, fraction), steps in STEPS_BESIDE_STRIPES.items():
        canvas = replace(p.base.canvas, kind=kind)
        train_on = random_fraction(fraction, 0)
        yield replace(p.base, canvas=canvas, train_on=train_on, until_learned=False, steps=steps), False


def told(p):
    """The band of four columns, told x and y or the same places in axes turned by 45 degrees; in the paper's world that of eight, too."""
    for width, unet in product((4, 8), (p.base.unet, turned(p.base.unet))):
        # of these the sweep frames has ten
        many = 10 if width == 8 and unet.label_angle else 5
        yield replace(p.base, unet=unet, train_on=LESIONS[width]), False, many


def told_for_longer(p):
    """The band of four columns in both languages; turned axes were not learned in the steps that do for the others."""
    for steps, seeds in ((p.base.steps, 1), (2 * p.base.steps, 2)):
        for unet in (p.base.unet, turned(p.base.unet)):
            yield replace(p.base, unet=unet, train_on=LESIONS[4], steps=steps), False, seeds


def two_lesions(p):
    yield replace(p.base, train_on=LESIONS[8]), False
    yield replace(p.base, canvas=dense(p), train_on=DENSE_LESIONS[3.5]), False, 2


def regions_of_both(p):
    """Of SOS and of bumps."""
    yield from regions(p, ("sos", "bump"))


def regions_for_longer(p):
    for variant, keep, _ in regions(p):
        yield replace(variant, steps=2 * p.base.steps), keep, 2


def few_shot_for_longer(p):
    """All as long as an eighth of the labels with all stripes asks for: it was not learned in the steps that do for the others."""
    for variant, keep in few_shot(p):
        if variant.train_on == random_fraction(1 / 8, 0, stripes=True):
            yield variant, keep, 1
        yield replace(variant, steps=2 * p.base.steps), keep, 2


# preset -> sweep -> its declaration there, three seeds each unless it says another number
CELLS = {
    "paper-world": {
        "first": one_square,
        "lesion": lesions,
        "square": squares,
        "regions": regions_of_both,
        "rim": rims,
        "few-shot": few_shot_of_both,
        "longer": few_shot_as_long,
        "scaling": growth,
        "torus": torus,
        "slider": told,
        "robustness": for_the_noise,
    },
    "paper-network": {
        "first": one_square,
        "square": one_square,
        "lesion": two_lesions,
        "torus": torus,
        "regions": regions_for_longer,
        "few-shot": few_shot_for_longer,
        "slider": told_for_longer,
    },
}
SEEDS = 3

"""What patience brings: labels that networks leave undrawn, asked again of networks trained for eight times as many steps."""

from dataclasses import replace

from bumpworld.selection import held_out_square, lesion, random_fraction

# the longest that a network of these cells trains by itself is 280
STEPS = 1800
MIDDLE, CORNER, BAND = held_out_square(3, 13), held_out_square(8, 16), lesion(6, 10)
SUMS, SPARSE = held_out_square(4, 12), random_fraction(1 / 8, 0)


def longer(p):
    """Bumps around a middle square of ten, a corner of eight and a band of four, and of an eighth of all labels; sums around eight."""
    sums = replace(p.base, canvas=replace(p.base.canvas, kind="sos"))
    for train_on in (MIDDLE, CORNER, SUMS, SPARSE, BAND):
        base = sums if train_on == SUMS else p.base
        yield replace(base, train_on=train_on, until_learned=False, steps=STEPS), False
        # the sweep square looks at its networks on the way, and is not trained again
        every = 20 if train_on.rule == "held_out_square" else 0
        yield replace(base, train_on=train_on, checkpoint_every=every), False

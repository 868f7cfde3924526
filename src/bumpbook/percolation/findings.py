"""Verdicts of chapter 7 about lattices: thresholds, overlaps, small worlds. Those about learning are in `ch7_learning`."""

import math
from itertools import pairwise

import numpy as np

from bumpbook.frame.findings import register, state
from bumpbook.frame.pages import markdown_table, reading_time
from bumpworld.canvas import Canvas
from bumpworld.instruments.lattice import (
    SITE_THRESHOLDS,
    interaction_radius,
    neighbours,
    predicted_onset,
)
from bumpworld.instruments.overlap import pixel_overlap
from bumpworld.instruments.spread import percentage

from .curves import largest_cluster_curve, transition_width
from .threshold import threshold

TAU = 0.005  # the paper's overlap threshold
REPEATS = 2000  # tori a threshold: a second or two each
KNOWN = {1.0: 4, math.sqrt(2): 8, 2.0: 12, math.sqrt(5): 20}  # radius -> neighbours


@register("percolation-time")
def time() -> str:
    return reading_time(7)


@register("percolation-known")
def known() -> str:
    """Thresholds measured now beside the literature's."""
    found = {z: threshold(neighbours(r), repeats=REPEATS) for r, z in KNOWN.items()}
    worst = max(abs(m.mean - SITE_THRESHOLDS[z]) / m.error for z, m in found.items())
    sentence = (
        f"**The known thresholds come out.** Measured just now for {len(found)} neighbourhoods, none is farther from the literature's than "
        f"{worst:.1f} standard errors."
    )
    rows = [(str(z), f"{m.mean:.4f} ± {m.error:.4f}", f"{SITE_THRESHOLDS[z]:.4f}") for z, m in found.items()]
    # four thresholds, each farther than 4 of its errors in one of 16,000 times
    return state(sentence, worst < 4, markdown_table(("neighbours", "measured", "known"), rows))


@register("percolation-pixels")
def pixels() -> str:
    """Where the overlap of rendered images leaves the formula, and what that does to the threshold."""
    widths = np.arange(0.1, 0.5, 0.001)
    formula = widths[np.argmax(interaction_radius(widths, TAU) >= 1)]
    touching = [pixel_overlap(Canvas(sigma=float(s)), [8, 8], [9, 8]) >= TAU for s in widths]
    between = pixel_overlap(Canvas(sigma=0.1), [8.5, 8.5], [9.5, 8.5])
    canvas = Canvas(sigma=0.5)
    near = neighbours(interaction_radius(0.5, TAU))
    kept = [pixel_overlap(canvas, [8, 8], [8.0 + dx, 8.0 + dy]) >= TAU for dx, dy in near]
    z = int(sum(kept))
    return (
        f"By the formula, neighbours at spacing 1 reach an overlap of {TAU:g} from σ = {formula:.3f} px on; the rendered "
        f"images do from σ = {widths[np.argmax(touching)]:.3f} px. Halfway between pixels even bumps of σ = 0.1 px overlap "
        f"by {between:.2f}. At σ = 0.5 px the formula gives a label {len(near)} neighbours, the pixels {z}: "
        f"the threshold would be {SITE_THRESHOLDS[z]:.3f} of the lattice instead of {SITE_THRESHOLDS[len(near)]:.3f}."
    )


@register("percolation-law")
def law() -> str:
    """Predicted thresholds for the widths that were trained, in shares and in labels."""
    onsets = {sigma: predicted_onset(sigma, tau=TAU) for sigma in (0.5, 1.0, 1.5)}
    listed = [f"{256 * onset.staircase:.0f} for σ = {sigma:g}" for sigma, onset in onsets.items()]
    rows = [
        (
            f"{sigma:g}",
            str(o.neighbours),
            f"{o.staircase:.3f}",
            f"{o.limit:.3f}",
            f"{256 * o.staircase:.0f}",
            f"{1024 * o.staircase:.0f}",
        )
        for sigma, o in onsets.items()
    ]
    heads = ("σ in px", "neighbours z", "threshold", "limit law", "labels of 16 × 16", "labels of 32 × 32")
    sentence = f"By the staircase an endless cluster begins where of 16 × 16 labels these are kept: {', '.join(listed[:-1])} and {listed[-1]}."
    # wider bumps need fewer
    falls = all(one.staircase > other.staircase for one, other in pairwise(onsets.values()))
    return state(sentence, falls, markdown_table(heads, rows))


@register("percolation-finite")
def finite() -> str:
    """How wide the transition is on small lattices."""
    found = {}
    for size in (16, 32):
        curve = largest_cluster_curve(size, neighbours(1), repeats=2000)
        found[size] = transition_width(curve), transition_width(curve, 0.25, 0.75)
    sentence = (
        f"**A small world smears the threshold.** On 32 × 32 sites the chance of a spanning cluster goes from 10 to 90 % within "
        f"{found[32][0]:.2f} of density, on 16 × 16 within {found[16][0]:.2f}."
    )
    evidence = (
        f"From 25 to 75 % it takes {found[32][1]:.2f} at 32 × 32, {percentage(found[32][1] / SITE_THRESHOLDS[4])} of the threshold itself. The "
        f"law gives 32 to the power −3/4, which is {32**-0.75:.2f}, times a number near 1 that depends on what is called the width."
    )
    return state(sentence, found[32][0] < found[16][0], evidence)

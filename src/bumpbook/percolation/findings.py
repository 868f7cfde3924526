"""Verdicts of chapter 7 about lattices: thresholds, overlaps, small worlds. Those about learning are in `ch7_learning`."""

import math

import numpy as np

from bumpbook.frame.findings import register
from bumpbook.frame.pages import reading_time
from bumpworld.canvas import Canvas
from bumpworld.instruments.lattice import (
    SITE_THRESHOLDS,
    interaction_radius,
    neighbours,
    predicted_onset,
)
from bumpworld.instruments.overlap import pixel_overlap

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
    listed = "; ".join(
        f"{z} neighbours {m.mean:.4f} ± {m.error:.4f} (known {SITE_THRESHOLDS[z]:.4f})"
        for z, m in found.items()
    )
    worst = max(abs(m.mean - SITE_THRESHOLDS[z]) / m.error for z, m in found.items())
    return f"Measured just now, with one standard error: {listed}. The largest deviation is {worst:.1f} standard errors."


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
    parts = []
    for sigma in (0.5, 1.0, 1.5):
        onset = predicted_onset(sigma, tau=TAU)
        parts.append(
            f"σ = {sigma:g}: z = {onset.neighbours}, $\\lambda_c$ = {onset.staircase:.3f} (limit law {onset.limit:.3f}), "
            f"{256 * onset.staircase:.0f} of 16 × 16 labels or {1024 * onset.staircase:.0f} of 32 × 32"
        )
    return "Predicted for the cosine overlap: " + "; ".join(parts) + "."


@register("percolation-finite")
def finite() -> str:
    """How wide the transition is on small lattices."""
    found = {}
    for size in (16, 32):
        curve = largest_cluster_curve(size, neighbours(1), repeats=2000)
        found[size] = transition_width(curve), transition_width(curve, 0.25, 0.75)
    middle = found[32][1] / SITE_THRESHOLDS[4]
    return (
        f"The chance of a spanning cluster goes from 10 to 90 % within {found[32][0]:.2f} of density on 32 × 32 sites and "
        f"within {found[16][0]:.2f} on 16 × 16. Its middle half, from 25 to 75 %, is {found[32][1]:.2f} wide at 32: "
        f"{100 * middle:.0f} % of the threshold itself. (The law gives 32 to the power −3/4, which is {32**-0.75:.2f}, times a "
        "number near 1 that depends on what is called the width.)"
    )

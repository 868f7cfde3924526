"""Beyond the paper: the ideal denoiser, a hidden factor, local machines, sums of scores, a third factor, unequal ones."""

from .gap_figures import ideal_gaps
from .half_figures import two_models
from .hidden_figures import hidden_brightness
from .machine_figures import machine_drawings, machine_scores
from .strength_figures import unequal_factors
from .sum_figures import stripes_put_together, sum_errors
from .third_figures import three_factors, three_products

__all__ = [
    "hidden_brightness",
    "ideal_gaps",
    "machine_drawings",
    "machine_scores",
    "stripes_put_together",
    "sum_errors",
    "three_factors",
    "three_products",
    "two_models",
    "unequal_factors",
]

"""Beyond the paper: the ideal denoiser, a hidden factor, local machines, sums of scores, a third factor."""

from .gap_figures import ideal_gaps
from .half_figures import two_models
from .hidden_figures import hidden_brightness
from .machine_figures import machine_drawings
from .sum_figures import score_sums
from .third_figures import three_factors

__all__ = ["hidden_brightness", "ideal_gaps", "machine_drawings", "score_sums", "three_factors", "two_models"]

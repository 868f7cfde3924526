"""The conditional diffusion model: noise, targets, the network, and a first training."""

from bumpbook.frame.drawings import drawings
from bumpbook.frame.progress import progress
from bumpbook.frame.style import image_grid

from .figures import ideal_estimates, noise_ladder, noise_slider, position_loss, schedules, target_weights
from .follow_figure import followed
from .lab_answers import shipped as shipped_answers
from .puzzle import class_errors, hidden_bumps, hidden_pictures
from .training_figures import emergence, film_strip, learning, target_race
from .unet_figure import unet

__all__ = [
    "class_errors",
    "drawings",
    "emergence",
    "film_strip",
    "followed",
    "hidden_bumps",
    "hidden_pictures",
    "ideal_estimates",
    "image_grid",
    "learning",
    "noise_ladder",
    "noise_slider",
    "position_loss",
    "progress",
    "schedules",
    "shipped_answers",
    "target_race",
    "target_weights",
    "unet",
]

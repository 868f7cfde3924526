"""The conditional diffusion model: noise, targets, the network, and a first training."""

from bumpbook.frame.drawings import drawings
from bumpbook.frame.progress import progress
from bumpbook.frame.style import image_grid

from .figures import ideal_estimates, noise_ladder, noise_slider, position_loss, schedules, target_weights
from .training_figures import emergence, film_strip, learning, target_race
from .unet_figure import unet

__all__ = [
    "drawings",
    "emergence",
    "film_strip",
    "ideal_estimates",
    "image_grid",
    "learning",
    "noise_ladder",
    "noise_slider",
    "position_loss",
    "progress",
    "schedules",
    "target_race",
    "target_weights",
    "unet",
]

"""One call a figure. A function of this package draws one picture and returns its matplotlib Figure."""

from .ddpm import ideal_estimates, noise_ladder, noise_slider, position_loss, schedules, target_weights
from .intro import intro_picture
from .living import frame_slider
from .style import image_grid
from .training_curves import drawings, emergence, film_strip, learning, progress, target_race
from .unet_drawing import unet
from .worlds import (
    bump_and_sos,
    corner_rules,
    image_table,
    label_space,
    moving_bump,
    neighbours,
    readings,
    torus,
)

__all__ = [
    "bump_and_sos",
    "corner_rules",
    "drawings",
    "emergence",
    "film_strip",
    "frame_slider",
    "ideal_estimates",
    "image_grid",
    "image_table",
    "intro_picture",
    "label_space",
    "learning",
    "moving_bump",
    "neighbours",
    "noise_ladder",
    "noise_slider",
    "position_loss",
    "progress",
    "readings",
    "schedules",
    "target_race",
    "target_weights",
    "torus",
    "unet",
]

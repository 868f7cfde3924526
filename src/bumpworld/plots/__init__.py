"""One call a figure. A function of this package draws one picture and returns its matplotlib Figure."""

from .intro import intro_picture
from .living import frame_slider
from .style import image_grid
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
    "frame_slider",
    "image_grid",
    "image_table",
    "intro_picture",
    "label_space",
    "moving_bump",
    "neighbours",
    "readings",
    "torus",
]

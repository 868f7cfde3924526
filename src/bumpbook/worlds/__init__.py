"""The toy worlds themselves: what a label looks like, what is held out, how a position is read."""

from .figures import (
    bump_and_sos,
    corner_rules,
    image_table,
    label_space,
    moving_bump,
    neighbours,
    readings,
    torus,
)
from .intro_figure import intro_picture

__all__ = [
    "bump_and_sos",
    "corner_rules",
    "image_table",
    "intro_picture",
    "label_space",
    "moving_bump",
    "neighbours",
    "readings",
    "torus",
]

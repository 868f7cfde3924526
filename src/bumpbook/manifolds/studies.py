"""The studies of this chapter, in the order in which they are worth running: importing them makes them known."""

from . import codes_study, cause_study, corners_study, astray_study  # noqa: F401, I001 (the order is the point)
from . import layout_study, noises_study, pictures_study, untold_study  # noqa: F401, I001

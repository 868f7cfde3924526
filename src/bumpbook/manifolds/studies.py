"""The studies of this chapter, in the order in which they are worth running: importing them makes them known."""

from . import codes_study, cause_study, corners_study, astray_study, layout_study, noises_study, untold_study  # noqa: F401, I001 (the order is the point)

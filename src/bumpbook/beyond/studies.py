"""The studies of this chapter, in the order in which they are worth running: importing them makes them known."""

from . import halves, third, ideal_gap, stripes_scores, local_study, hidden, strengths  # noqa: F401, I001 (the order is the point)

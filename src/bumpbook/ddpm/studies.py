"""The studies of this chapter, in the order in which they are worth running: importing them makes them known."""

from . import decoder_study, follow_study, lab_network, lab_answers  # noqa: F401, I001 (the order is the point)

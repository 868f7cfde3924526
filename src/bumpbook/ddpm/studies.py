"""The study of this chapter: importing it makes it known."""

from . import decoder_study  # noqa: F401

"""The study of this chapter: importing it makes it known."""

from . import kernel_study  # noqa: F401

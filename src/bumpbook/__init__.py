"""The book's own code: a frame that all chapters share, one room for each chapter, and the living figures."""

from .frame.exercises import check
from .frame.findings import finding

__all__ = ["check", "finding"]

"""The book's own code: a frame that all chapters share, one room for each chapter, and the living figures."""

# rules of selection and codes of labels that shipped records name
from .frame import designs as designs
from .frame import label_codes as label_codes
from .frame import painting as painting
from .frame.exercises import check
from .frame.findings import finding

__all__ = ["check", "finding"]

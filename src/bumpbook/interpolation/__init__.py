"""Values that were never seen: what is drawn in their place, and why."""

from .figures import (
    asked_and_drawn,
    errors_apart,
    ingredients,
    lesion_gallery,
    lesion_outcomes,
    lesion_slider,
)
from .map_figures import label_paths, lesion_umaps
from .score_figures import code_reach, lesion_choices, lesion_widths

__all__ = [
    "asked_and_drawn",
    "code_reach",
    "errors_apart",
    "ingredients",
    "label_paths",
    "lesion_choices",
    "lesion_gallery",
    "lesion_outcomes",
    "lesion_slider",
    "lesion_umaps",
    "lesion_widths",
]

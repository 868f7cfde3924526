"""Values that were never seen: what is drawn in their place, and why."""

from .figures import errors_apart, ingredients, lesion_outcomes
from .frame_figures import band_by_frame
from .gallery import lesion_gallery, lesion_slider
from .law_figures import hole_in_codes, law_scores
from .map_figures import label_paths
from .score_figures import code_reach, lesion_choices, lesion_widths
from .turn_figures import band_by_angle, band_by_code, turn_slider

__all__ = [
    "band_by_angle",
    "band_by_code",
    "band_by_frame",
    "code_reach",
    "errors_apart",
    "hole_in_codes",
    "ingredients",
    "label_paths",
    "law_scores",
    "lesion_choices",
    "lesion_gallery",
    "lesion_outcomes",
    "lesion_slider",
    "lesion_widths",
    "turn_slider",
]

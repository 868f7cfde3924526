"""Pairs that were never seen: what composes, beside baselines that need no network."""

from .baseline_figures import answer_table, combinations_against_parts, ladder_widths
from .figures import accuracy_maps, by_setting, cross_slider, gallery, training_sets
from .longer_figure import patience
from .share_figures import cross_accuracy, region_accuracy, rim_accuracy, shape_shares, square_widths
from .sibling_figure import siblings

__all__ = [
    "accuracy_maps",
    "answer_table",
    "by_setting",
    "combinations_against_parts",
    "cross_accuracy",
    "cross_slider",
    "gallery",
    "ladder_widths",
    "patience",
    "region_accuracy",
    "rim_accuracy",
    "shape_shares",
    "siblings",
    "square_widths",
    "training_sets",
]

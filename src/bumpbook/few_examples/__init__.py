"""How few examples are enough, and which."""

from bumpbook.frame.drawings import drawings
from bumpbook.frame.painting import these
from bumpbook.frame.progress import progress

from .contest_figure import contest_designs, contest_maps
from .design_figures import designs
from .figures import data_growth, label_choices, threshold_curves
from .graph_figures import linked_and_right, pair_scores, pair_strata, value_graph, value_graph_slider

__all__ = [
    "contest_designs",
    "contest_maps",
    "drawings",
    "data_growth",
    "designs",
    "label_choices",
    "linked_and_right",
    "pair_scores",
    "pair_strata",
    "progress",
    "these",
    "threshold_curves",
    "value_graph",
    "value_graph_slider",
]

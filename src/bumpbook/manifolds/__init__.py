"""What the network makes of positions: tori, axes, whether the circle closes, and whether any of it is used."""

from .axes_figures import axes_by_code, noise_curves, share_by_angle, turned_share
from .axes_findings import noises
from .cause_figures import edits, pasted_layers, steered_row
from .corners_figures import whose_sum
from .curve_figures import along_training, coupled
from .figures import component_views, factor_curves, persistence_diagrams, two_tori
from .head_figure import whose_axes
from .layout_study import layouts
from .score_figures import score_table, step_histograms

__all__ = [
    "along_training",
    "axes_by_code",
    "component_views",
    "coupled",
    "edits",
    "factor_curves",
    "layouts",
    "noise_curves",
    "noises",
    "pasted_layers",
    "persistence_diagrams",
    "score_table",
    "share_by_angle",
    "steered_row",
    "step_histograms",
    "turned_share",
    "two_tori",
    "whose_axes",
    "whose_sum",
]

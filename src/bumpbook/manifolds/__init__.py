"""What the network makes of positions: tori, axes, and whether the circle closes."""

from bumpbook.frame.progress import progress

from .curve_figures import along_training, coupled, drawing_phases, spectra
from .figures import (
    component_views,
    factor_curves,
    persistence_diagrams,
    seam_layers,
    torus_slider,
    two_tori,
    umap_views,
)
from .score_figures import layer_maps, score_table, step_histograms

__all__ = [
    "along_training",
    "component_views",
    "coupled",
    "drawing_phases",
    "factor_curves",
    "layer_maps",
    "persistence_diagrams",
    "progress",
    "score_table",
    "seam_layers",
    "spectra",
    "step_histograms",
    "torus_slider",
    "two_tori",
    "umap_views",
]

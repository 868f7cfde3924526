"""One call a figure. A function of this package draws one picture and returns its matplotlib Figure."""

from .baselines import answer_table, combinations_against_parts, ladder_widths
from .bipartite import linked_and_right, pair_scores, pair_strata, value_graph, value_graph_slider
from .composition import accuracy_maps, by_setting, cross_slider, gallery, training_sets
from .composition_shares import region_accuracy, rim_accuracy, shape_shares, square_widths
from .ddpm import ideal_estimates, noise_ladder, noise_slider, position_loss, schedules, target_weights
from .example_designs import designs
from .few_examples import data_growth, label_choices, threshold_curves
from .geometry_curves import along_training, coupled, drawing_phases, spectra
from .ideal_gaps import ideal_gaps
from .interpolation import (
    asked_and_drawn,
    errors_apart,
    ingredients,
    lesion_gallery,
    lesion_outcomes,
    lesion_slider,
)
from .intro import intro_picture
from .lesion_maps import label_paths, lesion_umaps
from .lesion_scores import code_reach, lesion_choices, lesion_widths
from .living import frame_slider
from .machine_drawings import machine_drawings
from .manifolds import (
    component_views,
    factor_curves,
    persistence_diagrams,
    seam_layers,
    torus_slider,
    two_tori,
    umap_views,
)
from .onset import (
    learning_losses,
    learning_onset,
    onset_against_theory,
    representation_onset,
    rival_scores,
)
from .percolation import (
    cluster_curves,
    cluster_slider,
    lattice_clusters,
    overlap_against_spacing,
    short_program,
    staircase,
    transition,
)
from .score_sums import score_sums
from .score_tables import layer_maps, score_table, step_histograms
from .style import image_grid
from .third_factor import three_factors
from .training_curves import drawings, emergence, film_strip, learning, progress, target_race
from .two_halves import two_models
from .unet_drawing import unet
from .worlds import (
    bump_and_sos,
    corner_rules,
    image_table,
    label_space,
    moving_bump,
    neighbours,
    readings,
    torus,
)

__all__ = [
    "accuracy_maps",
    "along_training",
    "answer_table",
    "asked_and_drawn",
    "bump_and_sos",
    "by_setting",
    "cluster_curves",
    "cluster_slider",
    "code_reach",
    "combinations_against_parts",
    "component_views",
    "corner_rules",
    "coupled",
    "cross_slider",
    "data_growth",
    "designs",
    "drawing_phases",
    "drawings",
    "emergence",
    "errors_apart",
    "factor_curves",
    "film_strip",
    "frame_slider",
    "gallery",
    "ideal_estimates",
    "ideal_gaps",
    "image_grid",
    "image_table",
    "ingredients",
    "intro_picture",
    "label_choices",
    "label_paths",
    "label_space",
    "ladder_widths",
    "lattice_clusters",
    "layer_maps",
    "learning",
    "learning_losses",
    "learning_onset",
    "lesion_choices",
    "lesion_gallery",
    "lesion_outcomes",
    "lesion_slider",
    "lesion_umaps",
    "lesion_widths",
    "linked_and_right",
    "machine_drawings",
    "moving_bump",
    "neighbours",
    "noise_ladder",
    "noise_slider",
    "onset_against_theory",
    "overlap_against_spacing",
    "pair_scores",
    "pair_strata",
    "persistence_diagrams",
    "position_loss",
    "progress",
    "readings",
    "region_accuracy",
    "representation_onset",
    "rim_accuracy",
    "rival_scores",
    "schedules",
    "score_sums",
    "score_table",
    "seam_layers",
    "shape_shares",
    "short_program",
    "spectra",
    "square_widths",
    "staircase",
    "step_histograms",
    "target_race",
    "target_weights",
    "three_factors",
    "threshold_curves",
    "torus",
    "torus_slider",
    "training_sets",
    "transition",
    "two_models",
    "two_tori",
    "umap_views",
    "unet",
    "value_graph",
    "value_graph_slider",
]

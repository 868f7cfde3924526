"""Whether learning starts where the data percolate."""

from .figures import (
    cluster_curves,
    cluster_slider,
    lattice_clusters,
    overlap_against_spacing,
    short_program,
    staircase,
    transition,
)
from .onset_figures import (
    learning_losses,
    learning_onset,
    onset_against_theory,
    representation_onset,
    rival_scores,
)

__all__ = [
    "cluster_curves",
    "cluster_slider",
    "lattice_clusters",
    "learning_losses",
    "learning_onset",
    "onset_against_theory",
    "overlap_against_spacing",
    "representation_onset",
    "rival_scores",
    "short_program",
    "staircase",
    "transition",
]

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
from .forming import forming_curves, forming_runs
from .living import living_onset
from .onset_figures import (
    learning_losses,
    learning_onset,
    onset_against_theory,
    representation_onset,
    rival_scores,
)
from .pitch_figures import pitch_answer, pitch_lattices
from .surface_figures import expected_grid, foretold, onset_answer

__all__ = [
    "cluster_curves",
    "cluster_slider",
    "expected_grid",
    "foretold",
    "forming_curves",
    "forming_runs",
    "lattice_clusters",
    "learning_losses",
    "learning_onset",
    "living_onset",
    "onset_against_theory",
    "onset_answer",
    "overlap_against_spacing",
    "pitch_answer",
    "pitch_lattices",
    "representation_onset",
    "rival_scores",
    "short_program",
    "staircase",
    "transition",
]

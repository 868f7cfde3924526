"""Whether learning starts where the data percolate."""

from .cluster_figures import cluster_slider, lattice_clusters
from .figures import cluster_curves, overlap_against_spacing, short_program, staircase, transition
from .forming import forming_curves, forming_runs
from .living import living_onset
from .onset_figures import learning_losses, learning_onset, representation_onset
from .pitch_figures import pitch_answer, pitch_lattices
from .surface_figures import expected_grid, foretold, onset_answer
from .theory_figures import onset_against_theory, rival_scores

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

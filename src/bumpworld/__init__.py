"""A toy world of Gaussian bumps in which a diffusion model learns to compose, and sometimes does not."""

from .canvas import Canvas
from .diffusion import DiffusionModel, NoiseSchedule, sample, training_loss
from .evaluate import draw
from .experiment import Experiment
from .measure import accuracy, read_centers
from .selection import (
    everything,
    held_out_cross,
    held_out_square,
    lesion,
    random_fraction,
    stripes_only,
)
from .store import Store, load_or_train
from .train import fit, train
from .unet import UNetConfig

__all__ = [
    "Canvas",
    "DiffusionModel",
    "Experiment",
    "NoiseSchedule",
    "Store",
    "UNetConfig",
    "accuracy",
    "draw",
    "everything",
    "fit",
    "held_out_cross",
    "held_out_square",
    "lesion",
    "load_or_train",
    "random_fraction",
    "read_centers",
    "sample",
    "stripes_only",
    "train",
    "training_loss",
]
__version__ = "0.1.0"

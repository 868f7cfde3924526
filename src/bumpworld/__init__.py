"""A toy world of Gaussian bumps in which a diffusion model learns to compose, and sometimes does not."""

from .canvas import Canvas
from .diffusion import NoiseSchedule, sample
from .exercises import check
from .measure import accuracy, read_centers
from .onnx_export import export_onnx
from .recipe import Experiment
from .store import load_or_train
from .train import train

__all__ = [
    "Canvas",
    "Experiment",
    "NoiseSchedule",
    "accuracy",
    "check",
    "export_onnx",
    "load_or_train",
    "read_centers",
    "sample",
    "train",
]
__version__ = "0.1.0"

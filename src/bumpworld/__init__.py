"""A toy world of Gaussian bumps in which a diffusion model learns to compose, and sometimes does not."""

from .canvas import Canvas as Canvas
from .diffusion import DiffusionModel as DiffusionModel
from .diffusion import NoiseSchedule as NoiseSchedule
from .diffusion import sample as sample
from .diffusion import training_loss as training_loss
from .evaluate import draw as draw
from .experiment import Experiment as Experiment
from .measure import accuracy as accuracy
from .measure import read_centers as read_centers
from .selection import everything as everything
from .selection import held_out_cross as held_out_cross
from .selection import held_out_square as held_out_square
from .selection import lesion as lesion
from .selection import random_fraction as random_fraction
from .selection import stripes_only as stripes_only
from .store import Store as Store
from .store import load_or_train as load_or_train
from .train import fit as fit
from .train import train as train
from .unet import UNetConfig as UNetConfig

__version__ = "0.1.0"
# what `help` tells of
__all__ = [name for name, value in list(globals().items()) if callable(value)]

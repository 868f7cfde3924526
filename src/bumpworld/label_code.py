"""How a network is told its label: the code that turns a position into the numbers that the network receives.

Every code has the same length, sqrt(label_dims * label_features / 2), so that two networks differ by what their labels
say and not by how loudly. With label dropout a label that is not a number (NaN) says nothing: its code is zero.
"""

import math

import torch
from torch import Tensor, nn

from . import checks
from .unet_config import CODES, UNetConfig


def sinusoids(values: Tensor, features: int, low: float, high: float) -> Tensor:
    """Sines and cosines (n, features) of ``values`` (n,) at frequencies from low to high in equal ratios.

    Raises ValueError for values of another shape, an odd number of features, and frequencies that are not 0 < low <= high.
    """
    checks.shaped("values", values, "n")
    checks.even("features", features), checks.band("frequencies", (low, high))
    frequencies = torch.logspace(math.log10(low), math.log10(high), features // 2, device=values.device)
    angles = values[:, None] * frequencies
    return torch.cat([angles.sin(), angles.cos()], dim=1)


class LabelCode(nn.Module):
    """Maps labels (n, label_dims) to their code (n, ``width``): here "axes", the sines and cosines of each label.

    A subclass with a name is another code, which `UNetConfig.label_code` can name: ``class Names(LabelCode, name="names")``.
    Its ``code`` is what it is made for; the name is part of what names an experiment, so that another code needs another one.
    What it draws at random when the network is made belongs to the network's weights. Raises ValueError for labels of
    another shape, and for a name that another module has taken.
    """

    def __init_subclass__(cls, name: str):
        checks.free("label_code", name, CODES.get(name), cls)
        CODES[name] = cls

    def __init__(self, config: UNetConfig):
        super().__init__()
        self.config = checks.instance("config", config, UNetConfig)
        self.width = config.label_dims * config.label_features
        self.length = math.sqrt(self.width / 2)

    @staticmethod
    def check(config: UNetConfig, canvas=None) -> None:
        """Raise ValueError for settings of a network, or a `Canvas`, that this code does not go with."""
        for name in ("label_angle", "label_values"):
            value = getattr(config, name)
            checks.need(value == 0, name, value, f"is 0 where the code is {config.label_code!r}")

    def forward(self, labels: Tensor) -> Tensor:
        checks.shaped("labels", labels, "n", self.config.label_dims)
        if not self.config.label_dropout:
            return self.code(labels)
        untold = labels.isnan().any(1, keepdim=True)
        return torch.where(untold, 0.0, self.code(torch.where(untold, 0.0, labels)))

    def code(self, labels: Tensor) -> Tensor:
        """The code of labels that are all numbers."""
        waves = (self.config.label_features, *self.config.label_frequencies)
        return torch.cat([sinusoids(column, *waves) for column in labels.T], dim=1)


CODES["axes"] = LabelCode

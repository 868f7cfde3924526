"""How a network is told its label: the code that turns a position into the numbers that the network receives.

Every code has the same length, sqrt(label_dims * label_features / 2), so that two networks differ by what their labels
say and not by how loudly. With label dropout a label that is not a number (NaN) says nothing: its code is zero.
"""

import math

import torch
from torch import Tensor, nn

from . import checks
from .unet_config import UNetConfig


def sinusoids(values: Tensor, features: int, low: float, high: float) -> Tensor:
    """Sines and cosines (n, features) of ``values`` (n,) at frequencies from low to high in equal ratios.

    Raises ValueError for values of another shape, an odd number of features, and frequencies that are not 0 < low <= high.
    """
    checks.shaped("values", values, "n")
    checks.even("features", features), checks.band("frequencies", (low, high))
    frequencies = torch.logspace(math.log10(low), math.log10(high), features // 2, device=values.device)
    angles = values[:, None] * frequencies
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def turn(labels: Tensor, degrees: float) -> Tensor:
    """Labels (n, 2) in axes turned by ``degrees``: u = x cos + y sin, v = y cos - x sin.

    About the origin: another middle would shift each sine's phase, and a linear layer takes no notice of that.
    """
    angle = math.radians(checks.number("degrees", degrees))
    c, s = math.cos(angle), math.sin(angle)
    x, y = checks.shaped("labels", labels, "n", 2).unbind(1)
    return torch.stack([c * x + s * y, c * y - s * x], dim=1)


class LabelCode(nn.Module):
    """Maps labels (n, label_dims) to their code (n, ``width``), as `UNetConfig.label_code` says.

    "axes": sines and cosines of each label. "turned": the same of the label in axes turned by ``label_angle`` degrees.
    "fourier": sines and cosines along random directions, at the same frequencies. "one-hot": a name for each value of
    each label, without order or neighbours. "pair": a random vector for each combination. "none": zeros.
    Random directions and vectors are drawn when the network is made, and belong to its weights.

    Raises ValueError for labels of another shape and, where labels are names, for one that has none.
    """

    def __init__(self, config: UNetConfig):
        super().__init__()
        self.config = checks.instance("config", config, UNetConfig)
        self.length = math.sqrt(config.label_dims * config.label_features / 2)
        dims, waves = config.label_dims, config.label_dims * config.label_features // 2
        if config.label_code == "fourier":
            directions = nn.functional.normalize(torch.randn(waves, dims), dim=1)
            low, high = map(math.log10, config.label_frequencies)
            self.register_buffer("waves", directions * torch.logspace(low, high, waves)[:, None])
        if config.label_code == "pair":
            names = torch.randn(config.label_values**dims, 2 * waves)
            self.register_buffer("names", self.length * nn.functional.normalize(names, dim=1))

    @property
    def width(self) -> int:
        """Numbers in the code of one label."""
        config = self.config
        each = config.label_values if config.label_code == "one-hot" else config.label_features
        return config.label_dims * each

    def forward(self, labels: Tensor) -> Tensor:
        checks.shaped("labels", labels, "n", self.config.label_dims)
        if self.config.label_code == "none":
            return labels.new_zeros(len(labels), self.width)
        if not self.config.label_dropout:
            return self._code(labels)
        untold = labels.isnan().any(1, keepdim=True)
        code = self._code(torch.where(untold, 0.0, labels))
        return torch.where(untold, 0.0, code)

    def _code(self, labels: Tensor) -> Tensor:
        config = self.config
        if config.label_code == "fourier":
            angles = labels @ self.waves.T
            return torch.cat([angles.sin(), angles.cos()], dim=1)
        if config.label_code in ("one-hot", "pair"):
            return self._named(self._indices(labels))
        told = turn(labels, config.label_angle) if config.label_code == "turned" else labels
        parts = [sinusoids(column, config.label_features, *config.label_frequencies) for column in told.T]
        return torch.cat(parts, dim=1)

    def _indices(self, labels: Tensor) -> Tensor:
        values, indices = self.config.label_values, labels.round().long()
        unnamed = ((indices != labels) | (indices < 0) | (indices >= values)).any(1)
        if unnamed.any():
            raise ValueError(
                f"label {labels[unnamed][0].tolist()} has no name in a {self.config.label_code!r} code; "
                f"allowed are whole numbers from 0 to {values - 1}"
            )
        return indices

    def _named(self, indices: Tensor) -> Tensor:
        values, dims = self.config.label_values, self.config.label_dims
        if self.config.label_code == "one-hot":
            each = self.length / math.sqrt(dims)
            return each * nn.functional.one_hot(indices, values).flatten(1).float()
        strides = values ** torch.arange(dims, device=indices.device)
        return self.names[(indices * strides).sum(1)]

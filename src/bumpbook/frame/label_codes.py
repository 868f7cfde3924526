"""Other ways to tell a network its label than by its axes: they find out whose axes it learns, and which holes it fills."""

import math

import torch
from torch import Tensor, nn

from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.label_code import LabelCode
from bumpworld.unet import UNetConfig


def turn(labels: Tensor, degrees: float) -> Tensor:
    """Labels (n, 2) in axes turned by ``degrees``: u = x cos + y sin, v = y cos - x sin.

    About the origin: another middle would shift each sine's phase, and a linear layer takes no notice of that.
    """
    angle = math.radians(checks.number("degrees", degrees))
    c, s = math.cos(angle), math.sin(angle)
    x, y = checks.shaped("labels", labels, "n", 2).unbind(1)
    return torch.stack([c * x + s * y, c * y - s * x], dim=1)


def _need_edges(config: UNetConfig, canvas: Canvas | None) -> None:
    if canvas and canvas.periodic:
        raise ValueError(
            f"a {config.label_code} code has no meaning on a torus; allowed are worlds with edges"
        )


class Untold(LabelCode, name="none"):
    """Zeros, whatever the label is."""

    def code(self, labels: Tensor) -> Tensor:
        return labels.new_zeros(len(labels), self.width)


class Turned(LabelCode, name="turned"):
    """The sines and cosines of the label in axes turned by ``label_angle`` degrees."""

    @staticmethod
    def check(config: UNetConfig, canvas: Canvas | None = None) -> None:
        angle, dims, values = config.label_angle, config.label_dims, config.label_values
        checks.need(0 < angle < 90, "label_angle", angle, "are numbers in (0, 90) where turned")
        checks.need(dims == 2, "label_dims", dims, "is 2 where turned")
        checks.need(values == 0, "label_values", values, "is 0 where turned")
        _need_edges(config, canvas)

    def code(self, labels: Tensor) -> Tensor:
        return super().code(turn(labels, self.config.label_angle))


class Fourier(LabelCode, name="fourier"):
    """Sines and cosines along random directions, at the same frequencies."""

    @staticmethod
    def check(config: UNetConfig, canvas: Canvas | None = None) -> None:
        LabelCode.check(config)
        _need_edges(config, canvas)

    def __init__(self, config: UNetConfig):
        super().__init__(config)
        waves = config.label_dims * config.label_features // 2
        directions = nn.functional.normalize(torch.randn(waves, config.label_dims), dim=1)
        low, high = map(math.log10, config.label_frequencies)
        self.register_buffer("waves", directions * torch.logspace(low, high, waves)[:, None])

    def code(self, labels: Tensor) -> Tensor:
        angles = labels @ self.waves.T
        return torch.cat([angles.sin(), angles.cos()], dim=1)


class OneHot(LabelCode, name="one-hot"):
    """A name for each value of each label, without order or neighbours. Raises ValueError for a label that has no name."""

    @staticmethod
    def check(config: UNetConfig, canvas: Canvas | None = None) -> None:
        angle, values = config.label_angle, config.label_values
        checks.need(angle == 0, "label_angle", angle, "is 0 for names")
        checks.need(values >= 2, "label_values", values, "are whole numbers from 2 for names")
        if canvas:
            fits, pixels = (canvas.spacing, canvas.span) == (1, values), f"{canvas.span} of them here"
            allowed = f"is a name for each label: a {config.label_code} code names whole pixels, {pixels}"
            checks.need(fits, "label_values", values, allowed)

    def __init__(self, config: UNetConfig):
        super().__init__(config)
        self.width = config.label_dims * config.label_values

    def named(self, labels: Tensor) -> Tensor:
        """Numbers (n, label_dims) of the labels' names."""
        values, numbers = self.config.label_values, labels.round().long()
        unnamed = ((numbers != labels) | (numbers < 0) | (numbers >= values)).any(1)
        if unnamed.any():
            raise ValueError(
                f"label {labels[unnamed][0].tolist()} has no name in a {self.config.label_code!r} code; "
                f"allowed are whole numbers from 0 to {values - 1}"
            )
        return numbers

    def code(self, labels: Tensor) -> Tensor:
        each = self.length / math.sqrt(self.config.label_dims)
        return each * nn.functional.one_hot(self.named(labels), self.config.label_values).flatten(1).float()


class Pair(OneHot, name="pair"):
    """A random vector for each combination of values."""

    def __init__(self, config: UNetConfig):
        super().__init__(config)
        self.width = config.label_dims * config.label_features
        names = torch.randn(config.label_values**config.label_dims, self.width)
        self.register_buffer("names", self.length * nn.functional.normalize(names, dim=1))

    def code(self, labels: Tensor) -> Tensor:
        strides = self.config.label_values ** torch.arange(self.config.label_dims, device=labels.device)
        return self.names[(self.named(labels) * strides).sum(1)]

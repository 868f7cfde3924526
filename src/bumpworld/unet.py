"""The conditional U-Net: residual blocks, self-attention, skip connections, the condition sent into every block.

Every layer has a stable name, so that a representation can be read out of any of them.
"""

from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import checks
from .label_code import CODES, LabelCode, sinusoids

PADDINGS = ("zeros", "circular")


@dataclass(frozen=True)
class UNetConfig:
    """Settings of a `ConditionalUNet`.

    Raises ValueError for values that no network can be built from.
    """

    # one level each, from fine to coarse
    channels: tuple[int, ...] = (32, 64)
    # pixels per side that the first layer folds into channels: a quarter of the work each time it doubles
    patch: int = 2
    # residual blocks a level, on the way down and again on the way up
    blocks: int = 1
    # levels with self-attention: the coarse ones, where a bump's parts can meet
    attention: tuple[int, ...] = (1,)
    heads: int = 4
    # x and y; a third factor takes a third number
    label_dims: int = 2
    # sines and cosines for each label
    label_features: int = 32
    # radians per pixel: wavelengths from 126 px down to 4 px
    label_frequencies: tuple[float, float] = (0.05, 1.5)
    time_features: int = 32
    # width of the condition's embedding, shared by all blocks
    embedding: int = 128
    # project the condition to a map of so many cells a side, the coarsest level's; 0: only the padding tells the place
    place: int = 0
    # how a label is told: see `label_code.LabelCode`
    label_code: str = "axes"
    # degrees by which a "turned" code's axes are turned
    label_angle: float = 0.0
    # names a label can have in the codes "one-hot" and "pair"
    label_values: int = 0
    # share of training images whose label is withheld: the network learns to do without one (NaN)
    label_dropout: float = 0.0
    # what a convolution sees beyond the frame: "zeros", or the "circular" continuation of a torus
    padding: str = "zeros"

    def __post_init__(self):
        plain = {name: checks.wholes(name, getattr(self, name)) for name in ("channels", "attention")}
        if not plain["channels"] or any(c < 1 for c in plain["channels"]):
            raise ValueError(f"channels is {self.channels!r}; allowed is one positive number for each level")
        for name in ("patch", "blocks", "heads", "label_dims", "embedding"):
            plain[name] = checks.whole(name, getattr(self, name), 1)
        for name in ("label_features", "time_features"):
            plain[name] = checks.whole(name, getattr(self, name), 2)
            if plain[name] % 2:
                raise ValueError(f"{name} is {getattr(self, name)!r}; allowed are even numbers from 2")
        for name in ("place", "label_values"):
            plain[name] = checks.whole(name, getattr(self, name), 0)
        plain["label_frequencies"] = self._check_frequencies()
        for name, value in plain.items():
            object.__setattr__(self, name, value)
        for level in self.attention:
            if not 0 <= level < len(self.channels) or self.channels[level] % self.heads:
                raise ValueError(
                    f"attention at level {level!r} needs that level, its channels a multiple of {self.heads}"
                )

        self._check_label_code()
        checks.choice("padding", self.padding, PADDINGS)
        if self.padding == "circular" and not self.place:
            raise ValueError("circular padding leaves no sense of place; allowed is place from 1")

    def _check_frequencies(self) -> tuple[float, float]:
        found = self.label_frequencies
        if not isinstance(found, (tuple, list)) or len(found) != 2:
            raise ValueError(f"label_frequencies is {found!r}; allowed is (low, high), 0 < low <= high")
        low, high = (checks.number("label_frequencies", value) for value in found)
        if not 0 < low <= high:
            raise ValueError(f"label_frequencies is {found!r}; allowed is 0 < low <= high")
        return low, high

    def _check_label_code(self):
        code, values = checks.choice("label_code", self.label_code, CODES), self.label_values
        angle = checks.number("label_angle", self.label_angle)
        object.__setattr__(self, "label_angle", angle)
        if not (0 < angle < 90 if code == "turned" else angle == 0):
            raise ValueError(f"label_angle is {angle!r}; allowed are numbers in (0, 90) where turned, else 0")
        dropout = checks.number("label_dropout", self.label_dropout, least=0, below=1)
        object.__setattr__(self, "label_dropout", dropout)
        if code == "turned" and self.label_dims != 2:
            raise ValueError(f"label_dims is {self.label_dims!r}; a turned code has 2")
        if not (values >= 2 if code in ("one-hot", "pair") else values == 0):
            raise ValueError(
                f"label_values is {values!r}; allowed are whole numbers from 2 for names, else 0"
            )

    @classmethod
    def quick(cls, **changes) -> "UNetConfig":
        """Made for two CPU cores: two levels on 2 x 2 pixel patches."""
        return cls(**changes)

    @classmethod
    def paper(cls, **changes) -> "UNetConfig":
        """Three down and three up blocks with interlaced self-attention, as the paper draws it (Fig. 7).

        The paper's channels could not be established: 64-128-256 is our choice. Made for a GPU.
        """
        return replace(cls(channels=(64, 128, 256), patch=1, attention=(0, 1, 2), embedding=256), **changes)

    @property
    def stride(self) -> int:
        """Pixels per side of the coarsest level's cells: image sides must be a multiple of it."""
        return self.patch * 2 ** (len(self.channels) - 1)


class Norm(nn.Module):
    """Root mean square over the channels of each pixel, with a learned gain (Zhang & Sennrich 2019).

    A group norm would need the whole image's statistics, which is slow in channels-last memory on a CPU and erases
    the absolute brightness that tells a bump from a blank.
    """

    def __init__(self, channels: int):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        scale = torch.rsqrt((x * x).mean(1, keepdim=True) + 1e-6)
        return x * scale * self.gain[:, None, None]


def conv3(inside: int, outside: int, config: UNetConfig) -> nn.Conv2d:
    """A 3 x 3 convolution that keeps the side of its input."""
    return nn.Conv2d(inside, outside, 3, padding=1, padding_mode=config.padding)


class ResBlock(nn.Module):
    """Two 3 x 3 convolutions around a skip; the condition scales and shifts the middle."""

    def __init__(self, inside: int, outside: int, config: UNetConfig):
        super().__init__()
        self.norm1, self.conv1 = Norm(inside), conv3(inside, outside, config)
        self.norm2, self.conv2 = Norm(outside), conv3(outside, outside, config)
        self.condition = nn.Linear(config.embedding, 2 * outside)
        self.skip = nn.Conv2d(inside, outside, 1) if inside != outside else nn.Identity()
        # a block starts as its skip, so that deep stacks train from the first step
        nn.init.zeros_(self.conv2.weight)
        nn.init.zeros_(self.conv2.bias)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        scale, shift = self.condition(condition)[:, :, None, None].chunk(2, dim=1)
        h = self.conv1(F.silu(self.norm1(x)))
        h = self.norm2(h) * (1 + scale) + shift
        return self.skip(x) + self.conv2(F.silu(h))


class SelfAttention(nn.Module):
    """Multi-head self-attention over the pixels of a level, around a skip. No position is added."""

    def __init__(self, channels: int, heads: int):
        super().__init__()
        self.heads = heads
        self.norm = Norm(channels)
        self.qkv, self.out = nn.Conv2d(channels, 3 * channels, 1), nn.Conv2d(channels, channels, 1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x: Tensor) -> Tensor:
        n, c, h, w = x.shape
        q, k, v = (
            self.qkv(self.norm(x)).reshape(n, 3, self.heads, c // self.heads, h * w).transpose(3, 4).unbind(1)
        )
        mixed = F.scaled_dot_product_attention(q, k, v)  # (n, heads, pixels, channels / heads)
        return x + self.out(mixed.transpose(2, 3).reshape(n, c, h, w))


class Level(nn.Module):
    """The residual blocks of one level and, where the level has it, self-attention after them."""

    def __init__(self, inside: int, outside: int, config: UNetConfig, attention: bool):
        super().__init__()
        sizes = [inside] + [outside] * config.blocks
        self.blocks = nn.ModuleList(ResBlock(a, b, config) for a, b in pairwise(sizes))
        self.attention = SelfAttention(outside, config.heads) if attention else nn.Identity()

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x, condition)
        return self.attention(x)


class ConditionalUNet(nn.Module):
    """Maps noisy images, times and labels to the diffusion target.

    The layers that `features` can read, in order: "condition" (the embedding of t and the labels before any image
    is seen), "stem", "down0", "down1", ..., "middle", "up1", ..., "up0", "head" (the output).
    """

    def __init__(self, config: UNetConfig):
        super().__init__()
        self.config = checks.instance("config", config, UNetConfig)
        channels, levels = config.channels, len(config.channels)
        self.label_code = LabelCode(config)
        inside = config.time_features + self.label_code.width
        self.condition = nn.Sequential(
            nn.Linear(inside, config.embedding),
            nn.SiLU(),
            nn.Linear(config.embedding, config.embedding),
            nn.SiLU(),
        )
        pixels = config.patch**2
        self.stem = conv3(pixels, channels[0], config)
        down_from = (channels[0], *channels[:-1])
        self.down = nn.ModuleList(
            Level(down_from[i], channels[i], config, i in config.attention) for i in range(levels)
        )
        self.shrink = nn.ModuleList(nn.Conv2d(c, c, 2, stride=2) for c in channels[:-1])
        self.middle = Level(channels[-1], channels[-1], config, False)
        up_to = (channels[0], *channels[:-1])
        self.up = nn.ModuleList(
            Level(2 * channels[i], up_to[i], config, i in config.attention and i > 0) for i in range(levels)
        )
        self.head = nn.Sequential(Norm(channels[0]), nn.SiLU(), conv3(channels[0], pixels, config))
        nn.init.zeros_(self.head[2].weight)
        if config.place:
            self.place = nn.Linear(config.embedding, channels[-1] * config.place**2)

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of all layers that can be read out, in the order in which they are computed."""
        levels = range(len(self.config.channels))
        down, up = [f"down{i}" for i in levels], [f"up{i}" for i in reversed(levels)]
        return ("condition", "stem", *down, "middle", *up, "head")

    def embed(self, t: Tensor, labels: Tensor) -> Tensor:
        """The condition's embedding (n, embedding) of times (n,) and labels (n, label_dims)."""
        time = sinusoids(t.float(), self.config.time_features, 1e-3, 1.0)
        return self.condition(torch.cat([time, self.label_code(labels)], dim=1))

    def forward(self, images: Tensor, t: Tensor, labels: Tensor, keep=None) -> Tensor:
        """Output (n, 1, size, size) for images of that shape, t (n,) and labels (n, label_dims).

        ``keep(name, activation)`` is called with every named layer as it is computed.
        """
        keep = keep or (lambda name, value: None)
        self._check_shapes(images, t, labels)
        if images.shape[-1] % self.config.stride or images.shape[-2] % self.config.stride:
            raise ValueError(
                f"images of side {images.shape[-1]}; allowed are multiples of {self.config.stride}"
            )
        if self.config.place and images.shape[-1] != self.config.place * self.config.stride:
            raise ValueError(
                f"images of side {images.shape[-1]}; this network's map asks for {self.config.place * self.config.stride}"
            )
        condition = self.embed(t, labels)
        keep("condition", condition)
        x = F.pixel_unshuffle(images, self.config.patch).contiguous(memory_format=torch.channels_last)
        x = self.stem(x)
        keep("stem", x)
        skips = []
        for i, level in enumerate(self.down):
            x = level(x, condition)
            keep(f"down{i}", x)
            skips.append(x)
            if i < len(self.shrink):
                x = self.shrink[i](x)
        if self.config.place:
            x = x + self.place(condition).reshape(x.shape)
        x = self.middle(x, condition)
        keep("middle", x)
        for i in reversed(range(len(self.up))):
            x = self.up[i](torch.cat([x, skips[i]], dim=1), condition)
            keep(f"up{i}", x)
            if i:
                x = F.interpolate(x, scale_factor=2, mode="nearest")
        x = F.pixel_shuffle(self.head(x), self.config.patch)
        keep("head", x)
        return x

    def _check_shapes(self, images, t, labels) -> None:
        dims = self.config.label_dims
        allowed = {"images": "(n, 1, side, side)", "t": "(n,)", "labels": f"(n, {dims})"}
        shapes = {}
        for name, value in (("images", images), ("t", t), ("labels", labels)):
            if not isinstance(value, Tensor):
                raise ValueError(f"{name} is {checks.short(value)}; allowed is a tensor {allowed[name]}")
            shapes[name] = tuple(value.shape)
        n = shapes["images"][:1]
        fits = (
            len(shapes["images"]) == 4 and shapes["images"][1] == 1,
            shapes["t"] == n,
            shapes["labels"] == (*n, dims),
        )
        for (name, shape), good in zip(shapes.items(), fits, strict=True):
            if not good:
                raise ValueError(f"{name} have shape {shape}; allowed is {allowed[name]}, n the same for all")

    @torch.no_grad()
    def features(self, images: Tensor, t: Tensor, labels: Tensor, layer: str) -> Tensor:
        """Activations of one named ``layer``, with the batch first. Raises ValueError for an unknown layer."""
        checks.choice("layer", layer, self.layers)
        kept = {}
        self(images, t, labels, keep=partial(kept.__setitem__))
        return kept[layer]

"""The conditional U-Net: residual blocks, self-attention, skip connections, the condition sent into every block.

Every layer has a stable name, so that a representation can be read out of any of them.
"""

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import checks
from .label_code import sinusoids
from .unet_config import CODES, UNetConfig


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


# asked once, for `torch.compile` cannot look into the question, which older torch does not know
_TILES = getattr(torch.cpu, "get_capabilities", dict)().get("amx_bf16", False)


class Conv(nn.Conv2d):
    """A convolution of side 3 or 1 that keeps the side of its input, or of side 2 that halves it.

    With ``config.precision`` "bfloat16" its factors and its result are rounded to that, and it gives float32. What blocks
    add up is not rounded: a block begins as its skip, and a first small step would be lost beside the sum.
    """

    def __init__(self, inside: int, outside: int, side: int, config: UNetConfig):
        how = {1: {}, 2: {"stride": 2}, 3: {"padding": 1, "padding_mode": config.padding}}
        super().__init__(inside, outside, side, **how[side])
        self.rounded = config.precision == "bfloat16"

    def forward(self, x: Tensor) -> Tensor:
        if not self.rounded:
            return super().forward(x)
        # what has no tiles for bfloat16 multiplies the rounded numbers sooner in float32
        kind = torch.bfloat16 if _TILES and x.device.type == "cpu" else torch.float32
        x, weight = x.bfloat16().to(kind), self.weight.bfloat16().to(kind)
        return self._conv_forward(x, weight, None).bfloat16().float() + self.bias[:, None, None]


class ResBlock(nn.Module):
    """Two 3 x 3 convolutions around a skip; the condition scales and shifts the middle."""

    def __init__(self, inside: int, outside: int, config: UNetConfig):
        super().__init__()
        self.norm1, self.conv1 = Norm(inside), Conv(inside, outside, 3, config)
        self.norm2, self.conv2 = Norm(outside), Conv(outside, outside, 3, config)
        self.condition = nn.Linear(config.embedding, 2 * outside)
        self.skip = Conv(inside, outside, 1, config) if inside != outside else nn.Identity()
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

    def __init__(self, channels: int, config: UNetConfig):
        super().__init__()
        self.heads = config.heads
        self.norm = Norm(channels)
        self.qkv, self.out = Conv(channels, 3 * channels, 1, config), Conv(channels, channels, 1, config)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x: Tensor) -> Tensor:
        n, c, h, w = x.shape
        parts = self.qkv(self.norm(x)).reshape(n, 3, self.heads, c // self.heads, h * w)
        q, k, v = parts.transpose(3, 4).unbind(1)
        mixed = F.scaled_dot_product_attention(q, k, v)  # (n, heads, pixels, channels / heads)
        return x + self.out(mixed.transpose(2, 3).reshape(n, c, h, w))


class Level(nn.Module):
    """The residual blocks of one level and, where the level has it, self-attention after them."""

    def __init__(self, inside: int, outside: int, config: UNetConfig, attention: bool):
        super().__init__()
        sizes = [inside] + [outside] * config.blocks
        self.blocks = nn.ModuleList(ResBlock(a, b, config) for a, b in pairwise(sizes))
        self.attention = SelfAttention(outside, config) if attention else nn.Identity()

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
        self.label_code = CODES[config.label_code](config)
        inside, wide = config.time_features + self.label_code.width, config.embedding
        self.condition = nn.Sequential(nn.Linear(inside, wide), nn.SiLU(), nn.Linear(wide, wide), nn.SiLU())
        pixels = config.patch**2
        self.stem = Conv(pixels, channels[0], 3, config)
        outer = (channels[0], *channels[:-1])  # of each level, those of the next finer one
        self.down = nn.ModuleList(
            Level(outer[i], channels[i], config, i in config.attention) for i in range(levels)
        )
        self.shrink = nn.ModuleList(Conv(c, c, 2, config) for c in channels[:-1])
        self.middle = Level(channels[-1], channels[-1], config, False)
        self.up = nn.ModuleList(
            Level(2 * channels[i], outer[i], config, i in config.attention and i > 0) for i in range(levels)
        )
        self.head = nn.Sequential(Norm(channels[0]), nn.SiLU(), Conv(channels[0], pixels, 3, config))
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
        self._check(images, t, labels)
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

    def _check(self, images: Tensor, t: Tensor, labels: Tensor) -> None:
        stride = self.config.stride
        # a map of the condition has the side of the images that it was made for
        side = stride * self.config.place or "side"
        height, width = checks.shaped("images", images, "n", 1, side, side).shape[2:]
        checks.shaped("t", t, len(images), hint=", a time for each image")
        checks.shaped("labels", labels, len(images), self.config.label_dims, hint=", a label for each image")
        if height != width or width % stride:
            raise ValueError(f"images of side {width}; allowed are squares, and multiples of {stride}")

    @torch.no_grad()
    def features(self, images: Tensor, t: Tensor, labels: Tensor, layer: str) -> Tensor:
        """Activations of one named ``layer``, with the batch first. Raises ValueError for an unknown layer."""
        checks.choice("layer", layer, self.layers)
        kept = {}
        self(images, t, labels, keep=kept.__setitem__)
        return kept[layer]

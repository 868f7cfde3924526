"""A drawing of the conditional U-Net, made from its `UNetConfig`: it shows what the code builds."""

from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from bumpbook.frame.style import BLUE, GREEN, GREY, INK, PALE, ROSE, SKY, new_figure, styled
from bumpworld.unet import UNetConfig

__all__ = ["unet"]
WIDE, TALL = 1.0, 0.74  # a box, in units of one column
ARROW = {"arrowstyle": "-|>", "shrinkA": 0, "shrinkB": 0, "mutation_scale": 9}


@styled
def unet(config: UNetConfig, size: int = 16) -> Figure:
    """The network of ``config`` for images of side ``size``, with the names of its layers as `features` takes them.

    Solid arrows carry the image, dashed ones are skip connections, dotted ones carry the condition.
    """
    if size % config.stride:
        raise ValueError(f"size {size} is not a multiple of {config.stride}, the network's stride")
    levels = len(config.channels)
    sides = [size // config.patch // 2**level for level in range(levels)]
    up_to = (config.channels[0], *config.channels[:-1])
    columns = 2 * levels + 3
    figure = new_figure(1.45 + 0.85 * levels)
    axes = figure.subplots()
    axes.set(xlim=(-1.0, 1.27 * (columns - 1) + 1.0), ylim=(-1.27 * (levels - 1) - 1.45, 0.95))
    axes.set_axis_off()

    def place(column: int, level: int) -> tuple[float, float]:
        return 1.27 * column, -1.27 * level

    at = {"stem": place(0, 0), "middle": place(levels + 1, levels - 1), "head": place(columns - 1, 0)}
    for level in range(levels):
        at[f"down{level}"] = place(1 + level, level)
        at[f"up{level}"] = place(columns - 2 - level, level)
    _box(axes, at["stem"], "stem", config.channels[0], sides[0], ["conv"])
    _box(axes, at["head"], "head", 1, size, ["conv"])
    _box(axes, at["middle"], "middle", config.channels[-1], sides[-1], ["res"] * config.blocks)
    for level in range(levels):
        parts = ["res"] * config.blocks + ["attention"] * (level in config.attention)
        _box(axes, at[f"down{level}"], f"down{level}", config.channels[level], sides[level], parts)
        parts = ["res"] * config.blocks + ["attention"] * (level in config.attention and level > 0)
        _box(axes, at[f"up{level}"], f"up{level}", up_to[level], sides[level], parts)
    _flow(axes, at, levels)
    _condition(axes, at, config, bottom=-1.27 * (levels - 1) - 0.95)
    for name, what in (("stem", "noisy image"), ("head", "target")):
        axes.text(at[name][0], 0.47, f"{what}\n1 × {size}²", ha="center", va="bottom", fontsize=8.5)
        if config.patch > 1:
            patch = f"{config.patch} × {config.patch} pixels"
            fold = f"{patch}\ninto channels" if name == "stem" else f"channels into\n{patch}"
            axes.text(at[name][0], -0.47, fold, ha="center", va="top", fontsize=8, color=GREY)
    return figure


def _box(axes: Axes, at: tuple[float, float], name: str, channels: int, side: int, parts: list[str]) -> None:
    """A layer: its name, the shape of what it gives (channels x side squared), and a coloured bar for each part of it."""
    x, y = at[0] - WIDE / 2, at[1] - TALL / 2
    shape = {"boxstyle": "round,pad=0,rounding_size=0.06", "linewidth": 1.2}
    axes.add_patch(FancyBboxPatch((x, y), WIDE, TALL, facecolor="white", edgecolor=INK, **shape, zorder=3))
    axes.text(at[0], at[1] + 0.2, name, ha="center", va="center", weight="bold", fontsize=9, zorder=4)
    axes.text(at[0], at[1] - 0.02, f"{channels} × {side}²", ha="center", va="center", fontsize=8, zorder=4)
    width = (WIDE - 0.12) / len(parts)
    looks = {"conv": (PALE, INK, "conv"), "res": (BLUE, "white", "res"), "attention": (SKY, INK, "attn")}
    for i, part in enumerate(parts):
        fill, ink, word = looks[part]
        left = x + 0.06 + i * width
        axes.add_patch(FancyBboxPatch((left + 0.01, y + 0.06), width - 0.02, 0.18, facecolor=fill, edgecolor="none",
                                      boxstyle="round,pad=0,rounding_size=0.03", zorder=4))  # fmt: skip
        if width > 0.25:
            axes.text(
                left + width / 2, y + 0.145, word, ha="center", va="center", fontsize=7, color=ink, zorder=5
            )


def _flow(axes: Axes, at: dict, levels: int) -> None:
    """Arrows of the image from layer to layer, and the skip connections across."""
    chain = [
        "stem",
        *[f"down{i}" for i in range(levels)],
        "middle",
        *[f"up{i}" for i in reversed(range(levels))],
        "head",
    ]
    for a, b in pairwise(chain):
        (xa, ya), (xb, yb) = at[a], at[b]
        if ya == yb:
            start, end = (xa + WIDE / 2, ya), (xb - WIDE / 2, yb)
        elif yb < ya:  # down one level: 2 x 2 convolution of stride 2
            start, end = (xa + 0.2, ya - TALL / 2), (xb - 0.2, yb + TALL / 2)
        else:  # up one level: nearest neighbour
            start, end = (xa + 0.2, ya + TALL / 2), (xb - 0.2, yb - TALL / 2)
        axes.annotate("", end, start, arrowprops={**ARROW, "color": INK, "linewidth": 1.4}, zorder=2)
        if yb != ya:
            word, side = ("½", "right") if yb < ya else ("× 2", "left")
            shift = -0.22 if yb < ya else 0.22
            axes.text(
                (start[0] + end[0]) / 2 + shift,
                (start[1] + end[1]) / 2,
                word,
                fontsize=8,
                va="center",
                ha=side,
                color=GREY,
            )
    for level in range(levels):
        (xa, ya), (xb, _) = at[f"down{level}"], at[f"up{level}"]
        # the coarsest skip passes over the middle block that stands between its ends
        lift = 0.27 if level == levels - 1 else 0.0
        path = {"connectionstyle": f"bar,fraction={-lift / (xb - xa - WIDE):.3f}"} if lift else {}
        start, end = (
            ((xa + WIDE / 2, ya), (xb - WIDE / 2, ya))
            if not lift
            else ((xa, ya + TALL / 2), (xb, ya + TALL / 2))
        )
        axes.annotate("", end, start, zorder=1, arrowprops={
            **ARROW, **path, "color": GREEN, "linewidth": 1.3, "linestyle": (0, (4, 2))})  # fmt: skip
    top = at["down0"]
    axes.text(
        at["middle"][0],
        top[1] + 0.06,
        "skip: channels joined",
        ha="center",
        va="bottom",
        fontsize=8,
        color=GREEN,
    )


def _condition(axes: Axes, at: dict, config: UNetConfig, bottom: float) -> None:
    """The embedding of t, x and y, and the way it takes into every block."""
    names = ["t", "x", "y", *[f"label {i + 1}" for i in range(2, config.label_dims)]][: 1 + config.label_dims]
    features = config.time_features + config.label_dims * config.label_features
    text = (
        f"condition: {', '.join(names)}  →  sines and cosines, joined ({features})  →  "
        f"two linear layers ({config.embedding})  →  scale and shift in every block"
    )
    left, right = at["stem"][0] - 0.6, at["head"][0] + 0.6
    axes.add_patch(FancyBboxPatch((left, bottom - 0.42), right - left, 0.42, facecolor="#faf0f5", edgecolor=ROSE,
                                  boxstyle="round,pad=0,rounding_size=0.06", linewidth=1.2, zorder=3))  # fmt: skip
    axes.text((left + right) / 2, bottom - 0.21, text, ha="center", va="center", fontsize=8, zorder=4)
    for name, (x, y) in at.items():
        if name not in ("stem", "head"):
            axes.annotate("", (x, y - TALL / 2), (x, bottom), zorder=1, arrowprops={
                **ARROW, "color": ROSE, "linewidth": 1.1, "linestyle": (0, (1, 1.5))})  # fmt: skip

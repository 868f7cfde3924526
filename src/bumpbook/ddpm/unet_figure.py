"""A drawing of the conditional U-Net, made from its `UNetConfig`: it shows what the code builds.

Its places are pairs (forward, deeper): along the way of the image, and towards the coarser levels. A wide page shows the first
from left to right and the second downwards, a phone the other way round.
"""

from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from bumpbook.frame.layouts import stacked, two_layouts
from bumpbook.frame.style import BLUE, GREEN, GREY, INK, PALE, ROSE, SKY, new_figure, styled
from bumpworld.unet import UNetConfig

__all__ = ["unet"]
WIDE, TALL = 1.0, 0.74  # a box, in units of one column
ARROW = {"arrowstyle": "-|>", "shrinkA": 0, "shrinkB": 0, "mutation_scale": 9}
Place = tuple[float, float]


@two_layouts
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
    step, drop = (1.05, 1.5) if stacked() else (1.27, 1.27)  # from box to box, and from level to level
    figure = new_figure(0.62 * columns + 1.1 if stacked() else 1.45 + 0.85 * levels)
    axes = figure.subplots()
    if stacked():
        axes.set(xlim=(-0.65, drop * (levels - 1) + 1.4), ylim=(-step * (columns - 1) - 1.4, 0.5))
    else:
        axes.set(xlim=(-1.0, step * (columns - 1) + 1.0), ylim=(-drop * (levels - 1) - 1.45, 0.95))
    axes.set_axis_off()

    def place(column: int, level: int) -> Place:
        return step * column, drop * level

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
    _condition(axes, at, config, deepest=drop * (levels - 1))
    _ends(axes, at, config, size)
    return figure


def _xy(place: Place) -> Place:
    forward, deeper = place
    return (deeper, -forward) if stacked() else (forward, -deeper)


def _side(place: Place, forward: float = 0, deeper: float = 0, shift: float = 0) -> Place:
    """A point on a box's edge: 1 and -1 name its four sides, ``shift`` moves along the way of the image."""
    long, deep = (TALL, WIDE) if stacked() else (WIDE, TALL)
    return _xy((place[0] + forward * long / 2 + shift, place[1] + deeper * deep / 2))


def _ends(axes: Axes, at: dict, config: UNetConfig, size: int) -> None:
    """What comes in and what goes out, beside the first box and the last."""
    for name, what in (("stem", "noisy image"), ("head", "target")):
        x, y = _xy(at[name])
        image, patch, fold = f"{what}\n1 × {size}²", f"{config.patch} × {config.patch} pixels", ""
        if config.patch > 1:
            fold = f"{patch}\ninto channels" if name == "stem" else f"channels into\n{patch}"
        where = (
            {"image": (x + 0.6, y + 0.2), "fold": (x + 0.6, y - 0.24)}
            if stacked()
            else {"image": (x, y + 0.47), "fold": (x, y - 0.47)}
        )
        beside = {"ha": "left", "va": "center"} if stacked() else {}
        axes.text(*where["image"], image, fontsize=8.5, **{"ha": "center", "va": "bottom"} | beside)
        axes.text(*where["fold"], fold, fontsize=8, color=GREY, **{"ha": "center", "va": "top"} | beside)


def _box(axes: Axes, place: Place, name: str, channels: int, side: int, parts: list[str]) -> None:
    """A layer: its name, the shape of what it gives (channels x side squared), and a coloured bar for each part of it."""
    middle, height = _xy(place)
    x, y = middle - WIDE / 2, height - TALL / 2
    shape = {"boxstyle": "round,pad=0,rounding_size=0.06", "linewidth": 1.2}
    axes.add_patch(FancyBboxPatch((x, y), WIDE, TALL, facecolor="white", edgecolor=INK, **shape, zorder=3))
    inside = {"ha": "center", "va": "center"}
    axes.text(middle, height + 0.2, name, weight="bold", fontsize=9, zorder=4, **inside)
    axes.text(middle, height - 0.02, f"{channels} × {side}²", fontsize=8, zorder=4, **inside)
    width = (WIDE - 0.12) / len(parts)
    looks = {"conv": (PALE, INK, "conv"), "res": (BLUE, "white", "res"), "attention": (SKY, INK, "attn")}
    for i, part in enumerate(parts):
        fill, ink, word = looks[part]
        left = x + 0.06 + i * width
        axes.add_patch(FancyBboxPatch((left + 0.01, y + 0.06), width - 0.02, 0.18, facecolor=fill, edgecolor="none",
                                      boxstyle="round,pad=0,rounding_size=0.03", zorder=4))  # fmt: skip
        if width > 0.25:
            axes.text(left + width / 2, y + 0.145, word, fontsize=7, color=ink, zorder=5, **inside)


def _flow(axes: Axes, at: dict, levels: int) -> None:
    """Arrows of the image from layer to layer, and the skip connections across."""
    down, up = [f"down{i}" for i in range(levels)], [f"up{i}" for i in reversed(range(levels))]
    for a, b in pairwise(["stem", *down, "middle", *up, "head"]):
        turn = (at[b][1] > at[a][1]) - (at[b][1] < at[a][1])
        if turn:  # down one level: 2 x 2 convolution of stride 2; up one level: nearest neighbour
            start, end = _side(at[a], deeper=turn, shift=0.2), _side(at[b], deeper=-turn, shift=-0.2)
            word, side = ("½", "right") if turn > 0 else ("× 2", "left")
            x, y = ((one + other) / 2 for one, other in zip(start, end, strict=True))
            aside = (
                {"x": x, "y": y - 0.2 * turn, "ha": "center"}
                if stacked()
                else {"x": x - 0.22 * turn, "y": y, "ha": side}
            )
            axes.text(s=word, fontsize=8, va="center", color=GREY, **aside)
        else:
            start, end = _side(at[a], forward=1), _side(at[b], forward=-1)
        axes.annotate("", end, start, arrowprops={**ARROW, "color": INK, "linewidth": 1.4}, zorder=2)
    for level in range(levels):
        a, b = at[f"down{level}"], at[f"up{level}"]
        path = {}
        if level < levels - 1:
            start, end = _side(a, forward=1), _side(b, forward=-1)
        else:  # the coarsest skip passes by the middle block that stands between its ends
            start, end = _side(a, deeper=-1), _side(b, deeper=-1)
            path = {
                "connectionstyle": f"bar,fraction={(1 if stacked() else -1) * 0.27 / (b[0] - a[0] - WIDE):.3f}"
            }
        axes.annotate("", end, start, zorder=1, arrowprops={
            **ARROW, **path, "color": GREEN, "linewidth": 1.3, "linestyle": (0, (4, 2))})  # fmt: skip
    x, y = _xy((at["middle"][0], 0))
    text, where = "skip: channels joined", {"x": x, "y": y + 0.06, "ha": "center", "va": "bottom"}
    if stacked():
        text, where = text.replace(" ", "\n"), {"x": x + 0.06, "y": y, "ha": "left", "va": "center"}
    axes.text(s=text, fontsize=8, color=GREEN, **where)


def _condition(axes: Axes, at: dict, config: UNetConfig, deepest: float) -> None:
    """The embedding of t, x and y, and the way it takes into every block."""
    names = ["t", "x", "y", *[f"label {i + 1}" for i in range(2, config.label_dims)]][: 1 + config.label_dims]
    features = config.time_features + config.label_dims * config.label_features
    told = f"condition: {', '.join(names)}"
    ways = [
        f"sines and cosines, joined ({features})",
        f"two linear layers ({config.embedding})",
        "scale and shift in every block",
    ]
    first, last = at["stem"][0], at["head"][0]
    if stacked():
        bar = deepest + 0.95  # all along the way, and what it is below
        (left, top), (right, bottom) = _xy((first + 0.7, bar)), _xy((last - 0.7, bar + 0.35))
        axes.text(
            (left + right) / 2,
            (top + bottom) / 2,
            told,
            ha="center",
            va="center",
            rotation=90,
            fontsize=8,
            zorder=4,
        )
        axes.text(right, -last - 0.5, "\n".join([f"{told}  →", f"{ways[0]}  →", f"{ways[1]}  →", ways[2]]),
                  ha="right", va="top", fontsize=8)  # fmt: skip
    else:
        bar = deepest + 0.95
        (left, top), (right, bottom) = _xy((first - 0.6, bar)), _xy((last + 0.6, bar + 0.42))
        axes.text(
            (left + right) / 2,
            (top + bottom) / 2,
            "  →  ".join([told, *ways]),
            ha="center",
            va="center",
            fontsize=8,
            zorder=4,
        )
    axes.add_patch(FancyBboxPatch((left, bottom), right - left, top - bottom, facecolor="#faf0f5", edgecolor=ROSE,
                                  boxstyle="round,pad=0,rounding_size=0.06", linewidth=1.2, zorder=3))  # fmt: skip
    for name, place in at.items():
        if name not in ("stem", "head"):
            axes.annotate("", _side(place, deeper=1), _xy((place[0], bar)), zorder=1, arrowprops={
                **ARROW, "color": ROSE, "linewidth": 1.1, "linestyle": (0, (1, 1.5))})  # fmt: skip

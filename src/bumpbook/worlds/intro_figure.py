"""The picture of the front page: composition that works beside interpolation that fails."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from bumpbook.frame import given
from bumpbook.frame.layouts import panels, stacked, two_layouts
from bumpbook.frame.style import HELD_OUT, INK, RED, TRAINED, asked_for, mark, new_figure, show_image, styled
from bumpbook.frame.tables import FINE
from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.measure import judge
from bumpworld.selection import Split


@two_layouts
@styled
def intro_picture(
    composed: tuple[Split, Tensor, Tensor], lesioned: tuple[Split, Tensor, Tensor], canvas: Canvas
) -> Figure:
    """Composition that works beside interpolation that fails, with every held-out label judged within 0.45 px.

    Each side is (split, images, picks): the labels trained on and held out, the model's drawing of every label
    (n, 1, size, size) in lattice order, and three held-out labels (3, 2) to show.
    """
    checks.instance("canvas", canvas, Canvas)
    composed, lesioned = _side("composed", composed, canvas), _side("lesioned", lesioned, canvas)
    figure = new_figure(10.6 if stacked() else 5.3)
    halves = figure.subfigures(*panels(2), wspace=0.04)
    titles = ("new pairs of known values", "new values of x")
    for half, title, (split, images, picks) in zip(halves, titles, (composed, lesioned), strict=True):
        top, bottom = half.subfigures(2, 1, height_ratios=[2.35, 1])
        right = judge(images, split.labels, canvas).right(FINE)[:, 2]
        _verdict_map(top.subplots(), split, right, title)
        for axes, label in zip(bottom.subplots(1, len(picks)), picks, strict=True):
            index = int((split.labels - label).abs().sum(1).argmin())
            show_image(axes, images[index], f"({label[0]:g}, {label[1]:g})  {mark(bool(right[index]))}")
            asked_for(axes, label.tolist(), canvas)
    maps = [half.subfigs[0].axes[0] for half in halves]
    figure.legend(
        *maps[1].get_legend_handles_labels(),
        loc="outside lower center",
        ncols=2 if stacked() else 4,
        handletextpad=0.2,
    )
    return figure


def _verdict_map(axes: Axes, split: Split, right: Tensor, title: str) -> None:
    kinds = (
        (split.train_mask, {"marker": "o", "color": TRAINED, "s": 9, "alpha": 0.55}, "trained on"),
        (split.held_out & right, {"marker": "o", "color": INK, "s": 26}, "drawn right"),
        (split.held_out & ~right, {"marker": "x", "color": RED, "s": 20, "linewidths": 1.3}, "drawn wrong"),
    )
    for mask, style, name in kinds:
        if mask.any():
            axes.scatter(*split.labels[mask].T, label=name, **style)
    held = split.labels[split.held_out]
    low, high = held.min(0).values - 0.5, held.max(0).values + 0.5
    box = Rectangle(
        low.tolist(), *(high - low).tolist(), fill=False, edgecolor=HELD_OUT, linewidth=1.8, linestyle="--"
    )
    axes.add_patch(box)
    axes.plot([], [], color=HELD_OUT, linestyle="--", label="held out")
    axes.set(aspect="equal", xlabel="label x", ylabel="label y", xticks=[0, 5, 10, 15], yticks=[0, 5, 10, 15])
    span = split.labels.max().item()  # the same frame on both sides, whatever is held out
    axes.set(xlim=(-0.8, span + 0.8), ylim=(span + 0.8, -0.8))
    axes.set_title(title, fontweight="bold")


def _side(name: str, value, canvas: Canvas) -> tuple[Split, Tensor, Tensor]:
    split, images, picks = given.parts(name, value, "split", "images", "picks")
    count = len(canvas.check_labels(checks.instance("split", split, Split).labels))
    return split, given.images("images", images, canvas.size, count), given.labels(picks, canvas, "picks")

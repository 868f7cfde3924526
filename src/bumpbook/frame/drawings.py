"""What a model drew, judged label by label."""

from matplotlib.figure import Figure
from torch import Tensor

from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.measure import judge

from .layouts import stacked, two_layouts
from .style import HELD_OUT, column_width, cross_out, new_figure, show_image, styled


@two_layouts
@styled
def drawings(
    images: Tensor, labels: Tensor, canvas: Canvas, columns: int = 8, tolerance: float = 1.0
) -> Figure:
    """Drawn ``images`` (n, 1, size, size) with an upright cross at each label.

    A slanting cross in a corner marks a drawing that is not right within ``tolerance`` px. On a phone half as many stand side
    by side.
    """
    columns = checks.whole("columns", columns, 1)
    columns = -(-columns // 2) if stacked() else columns
    right = judge(images, labels, canvas).right(tolerance)[:, 2]
    rows = -(-len(images) // columns)
    figure = new_figure(rows * (column_width() / columns + 0.16))
    table = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axes in table:
        axes.set_axis_off()
    for axes, image, label, good in zip(table, images, labels, right, strict=False):
        axes.set_axis_on()
        show_image(axes, image, f"({label[0]:g}, {label[1]:g})")
        place = (label - canvas.margin).tolist()
        axes.plot(*place, marker="+", color=HELD_OUT, markersize=7, markeredgewidth=1.4)
        if not good:
            cross_out(axes, place)
    return figure

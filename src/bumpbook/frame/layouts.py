"""A figure in two layouts: as wide as a page column, and for a phone with its panels one below the other.

A drawing function that is decorated with `two_layouts` asks `stacked` how to arrange its panels. Its figure shows itself
in the layout that fits where it is looked at: a notebook and the page choose by the width of the window.
"""

import functools
from collections.abc import Callable
from contextvars import ContextVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, FigureBase

# inches: a phone's column; letters of 9 points are then about 11 CSS pixels high on a window of 390
NARROW = 3.9
# CSS pixels: up to this width of the window the narrow layout is shown
PHONE = 599
_STACKED: ContextVar[bool] = ContextVar("stacked", default=False)


def stacked() -> bool:
    """Is a phone's layout being drawn, whose panels stand one below the other?"""
    return _STACKED.get()


def panels(number: int, columns: int = 1) -> tuple[int, int]:
    """Rows and columns of ``number`` panels: side by side, or where `stacked` at most so many ``columns`` of them."""
    columns = min(columns, number) if stacked() else number
    return -(-number // columns), columns


def cells(figure: FigureBase, number: int, rows: int, columns: int, sharey: bool = False) -> list[Axes]:
    """The first ``number`` axes of a new grid on a figure, row by row, on request with one y axis; the others stay empty."""
    table = list(figure.subplots(rows, columns, sharey=sharey, squeeze=False).flat)
    for axes in table[number:]:
        axes.set_axis_off()
    return table[:number]


def turning_grid(figure: FigureBase, lines: int, each: int, **shared) -> np.ndarray:
    """Axes (lines, each) of a new grid on a figure: a line is a row, or a column where `stacked`. ``shared`` is for `subplots`."""
    shape = (each, lines) if stacked() else (lines, each)
    grid = figure.subplots(*shape, squeeze=False, **shared)
    return grid.T if stacked() else grid


def legend_beside(axes: Axes, columns: int = 2) -> None:
    """The legend right of the only axes of a figure, or above them, in so many ``columns``, where `stacked`."""
    if stacked():
        axes.figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=columns)
    else:
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))


class TwofoldFigure(Figure):
    """A matplotlib Figure that may know how to draw itself for a phone.

    The second drawing is made when it is shown, so that whoever only computes with the figure does not pay for it.
    """

    draw_narrow: Callable[[], Figure] | None = None

    def _repr_html_(self) -> str | None:
        """Both layouts as one picture, of which a window shows the one that fits; None for a figure of one layout."""
        if self.draw_narrow is None:
            return None
        from IPython.core.pylabtools import print_figure

        wide, narrow = (print_figure(f, "png", base64=True) for f in (self, self.draw_narrow()))
        # now that all has its place the notebook's own picture need not lay it out again, which takes half of its time
        self.set_layout_engine("none")
        data = "data:image/png;base64,"
        return (
            f'<picture><source media="(max-width: {PHONE}px)" srcset="{data}{narrow}">'
            f'<img src="{data}{wide}" alt=""></picture>'
        )


def two_layouts(draw: Callable[..., Figure]) -> Callable[..., Figure]:
    """Let a drawing function's figure show itself on a phone as the function draws it where `stacked`."""

    @functools.wraps(draw)
    def drawn(*args, **kwargs) -> Figure:
        def narrow() -> Figure:
            token = _STACKED.set(True)
            try:
                return draw(*args, **kwargs)
            finally:
                _STACKED.reset(token)

        figure = draw(*args, **kwargs)
        figure.draw_narrow = narrow
        return figure

    return drawn

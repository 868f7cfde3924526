"""A figure for a page column and for a phone: drawn by one function, shown as one picture, and in the book's colours."""

import base64
import io
import re

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from bumpbook.frame.layouts import (
    NARROW,
    PHONE,
    TwofoldFigure,
    cells,
    panels,
    stacked,
    turning_grid,
    two_layouts,
)
from bumpbook.frame.style import (
    CURVES,
    HELD_OUT,
    IMAGE,
    RED,
    SIGNED,
    WIDTH,
    key_frames,
    new_figure,
    styled,
)


def drawing(fails=False):
    @two_layouts
    @styled
    def draw():
        if fails and stacked():
            raise ValueError("nothing to draw")
        figure = new_figure(2)
        figure.subplots(*panels(3))
        return figure

    return draw


def test_panels_stand_side_by_side_and_on_a_phone_one_below_the_other():
    wide = drawing()()
    narrow = wide.draw_narrow()
    assert (wide.get_figwidth(), narrow.get_figwidth()) == (WIDTH, NARROW)
    assert len({axes.get_position().x0 for axes in narrow.axes}) == 1
    assert len({axes.get_position().y0 for axes in wide.axes}) == 1
    assert not stacked()


@pytest.mark.parametrize(
    ("number", "most", "narrow"), [(5, 1, (5, 1)), (5, 2, (3, 2)), (6, 3, (2, 3)), (2, 3, (1, 2))]
)
def test_panels_wrap_on_a_phone_and_cells_leave_the_rest_of_their_grid_empty(number, most, narrow):
    shapes = []

    @two_layouts
    @styled
    def draw():
        shapes.append(panels(number, most))
        figure = new_figure(2)
        shown = cells(figure, number, *shapes[-1])
        assert [axes.axison for axes in figure.axes] == [axes in shown for axes in figure.axes]
        assert len(shown) == number
        return figure

    draw().draw_narrow()
    assert shapes == [(1, number), narrow]


def test_a_line_of_a_turning_grid_is_a_row_and_on_a_phone_a_column():
    seen = []

    @two_layouts
    @styled
    def draw():
        figure = new_figure(2)
        seen.append(turning_grid(figure, 2, 3, sharey=True))
        return figure

    draw().draw_narrow()
    assert [grid.shape for grid in seen] == [(2, 3), (2, 3)]
    for grid, line, place in zip(seen, ("rowspan", "colspan"), ("colspan", "rowspan"), strict=True):
        for (row, column), axes in np.ndenumerate(grid):
            spec = axes.get_subplotspec()
            assert (getattr(spec, line).start, getattr(spec, place).start) == (row, column)
        assert grid[0, 0].get_shared_y_axes().joined(grid[0, 0], grid[1, 2])


def test_a_drawing_that_fails_leaves_the_wide_layout_to_the_next():
    figure = drawing(fails=True)()
    with pytest.raises(ValueError, match="nothing to draw"):
        figure.draw_narrow()
    assert not stacked()


def test_a_figure_shows_both_layouts_and_the_window_chooses():
    shown = drawing()()._repr_html_()
    assert f'media="(max-width: {PHONE}px)"' in shown and "alt=" in shown
    data = re.findall(r'="data:image/png;base64,([^"]+)"', shown)
    narrow, wide = (Image.open(io.BytesIO(base64.b64decode(d))).width for d in data)
    assert narrow / wide == pytest.approx(NARROW / WIDTH, abs=0.02)


def test_a_figure_of_one_layout_shows_itself_as_matplotlib_does():
    assert isinstance(new_figure(2), TwofoldFigure) and new_figure(2)._repr_html_() is None


def test_a_film_shows_one_state_a_frame_and_does_not_jump():
    def show(height, left, right):
        left.plot([0, height])
        right.set_title("one" if height == 1 else "another")

    one, other, again = key_frames(show, (1, 1000, 1), 2)
    assert one == again != other  # nothing of a state is left over
    first, second = (np.array(Image.open(io.BytesIO(frame)).convert("L")) < 128 for frame in (one, other))
    assert first.shape == second.shape
    line = first.sum(0).argmax()  # the left panel's own, from top to bottom
    assert second[:, line].sum() == first[:, line].sum()


def test_curves_leave_the_two_colours_that_mean_something_alone():
    colours = [curve["color"] for curve in CURVES]
    assert len(set(colours)) == len(colours) and not {HELD_OUT, RED}.intersection(colours)
    assert len({curve["marker"] for curve in CURVES}) == len(CURVES)


def test_a_signed_image_is_an_image_above_zero_and_red_below():
    for value in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        assert SIGNED((1 + value) / 2)[:3] == pytest.approx(IMAGE(value)[:3], abs=0.03)
    red, _, blue = SIGNED(0.2)[:3]
    assert red > 2 * blue and SIGNED(0.5)[:3] == pytest.approx(to_rgb("white"), abs=0.02)

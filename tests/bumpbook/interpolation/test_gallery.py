"""Galleries of chapter 4 frame what was never shown, and their pictures are large enough, on a phone too."""

import matplotlib.pyplot as plt
import pytest
import torch

from bumpbook.frame import style
from bumpbook.interpolation import gallery
from bumpworld import Canvas, Experiment
from shared import assert_fits_a_phone

CANVAS, GAP = Canvas(), (5.0, 10.0)
LONG = torch.tensor([[x, 8.0] for x in range(2, 14)])
ROW = LONG[2:-2]


def of(labels, **gaps):
    drawn = {name: CANVAS.render(labels) for name in gaps}
    return gallery.lesion_gallery(drawn, labels, gaps, CANVAS)


def test_it_is_a_closed_figure_of_the_books_width():
    figure = of(ROW, model=GAP)
    assert figure.number not in plt.get_fignums()
    assert figure.get_figwidth() == style.WIDTH
    figure.canvas.draw()  # the layout can be worked out


def test_held_out_columns_alone_are_framed():
    axes = of(ROW, model=GAP).axes
    thick = [a.spines["left"].get_linewidth() > 2 for a in axes]
    assert thick[:8] == [False] * 8  # the truth
    assert thick[8:] == [5 < x < 10 for x in range(4, 12)]


@pytest.mark.parametrize(
    ("gaps", "shown"),
    [
        ({"a": GAP}, range(4, 12)),
        ({"a": (6.0, 9.0), "b": GAP, "c": (3.0, 12.0)}, range(2, 14, 2)),
        ({}, range(2, 14, 2)),
    ],
)
def test_a_phones_rows_are_equally_high_and_large_enough(gaps, shown):
    figure = gallery.lesion_gallery({name: CANVAS.render(LONG) for name in "abc"}, LONG, gaps, CANVAS)
    assert_fits_a_phone(figure)
    narrow = figure.draw_narrow()
    narrow.draw_without_rendering()
    sides = [axes.get_window_extent().height / narrow.dpi for axes in narrow.axes]
    assert max(sides) < 1.02 * min(sides)
    # a phone of 390 CSS pixels is 3.9 inches wide
    assert min(sides) > 0.3
    assert [axes.get_title() for axes in narrow.axes[: len(shown)]] == [str(x) for x in shown]


def test_slider_shows_every_step_and_marks_the_gap():
    from bumpworld.train import new_model

    model = new_model(Experiment()).eval()
    widget = gallery.lesion_slider({"a": (model, None), "b": (model, GAP)}, CANVAS, 8.0, [4, 7.5])
    frames, titles = widget.children[1].children, widget.children[2].children
    assert [t.value for t in titles] == ["asked for x = 4, y = 8", "asked for x = 7.5, y = 8"]
    assert len({bytes(f.value) for f in frames}) == 2


def test_pictures_that_are_not_as_many_as_the_labels_are_refused():
    with pytest.raises(ValueError, match=r"\(3, 1, 16, 16\); allowed is a tensor of shape \(8,"):
        gallery.lesion_gallery({"m": CANVAS.render(ROW)[:3]}, ROW, {}, CANVAS)

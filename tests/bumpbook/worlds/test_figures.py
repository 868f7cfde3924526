"""Figures of chapter 1: they show what the world says, cost nothing to ask twice, and refuse nonsense."""

import io

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from PIL import Image

from bumpbook import worlds
from bumpbook.frame import style
from bumpbook.frame.sliders import frame_slider
from bumpworld import Canvas
from bumpworld.selection import held_out_square, lesion


def pictures(figure):
    """Arrays of all images in a figure, in drawing order."""
    return [np.asarray(image.get_array()) for axes in figure.axes for image in axes.images]


@pytest.mark.parametrize(
    "draw",
    [
        lambda: worlds.image_table(Canvas(), [2, 8], [3, 9]),
        worlds.bump_and_sos,
        worlds.corner_rules,
        lambda: worlds.label_space(Canvas(margin=3)),
        worlds.neighbours,
        worlds.torus,
    ],
)
def test_figures_are_closed_and_change_no_setting(draw):
    before = dict(mpl.rcParams)
    figure = draw()
    assert isinstance(figure, Figure)
    assert figure.number not in plt.get_fignums()  # shown once, by the cell that returns it
    assert dict(mpl.rcParams) == before
    assert figure.get_figwidth() == style.WIDTH


def test_cropping_keeps_the_width():
    # a notebook saves with bbox_inches="tight"; a narrow drawing must not come out with larger text
    figure = worlds.torus()
    cropped = figure.get_tightbbox()
    assert cropped.width == pytest.approx(style.WIDTH, abs=0.15)


def test_image_table_has_x_along_rows():
    images = pictures(worlds.image_table(Canvas(), [2, 8, 13], [3, 9]))
    peaks = [np.unravel_index(image.argmax(), image.shape) for image in images]
    assert peaks == [(3, 2), (3, 8), (3, 13), (9, 2), (9, 8), (9, 13)]  # (row, column)


def test_corner_rules_compute_the_fourth_corner():
    images = pictures(worlds.corner_rules(new=(12, 4), old=(4, 11)))
    i = np.arange(16)
    bump = np.exp(-((i - 12) ** 2 + (i[:, None] - 4) ** 2) / 8)
    assert np.allclose(images[3], bump, atol=1e-6)
    assert images[11].min() < -0.9  # adding bumps leaves a hole


def test_label_space_shows_two_one_and_no_factors():
    images = pictures(worlds.label_space(Canvas(margin=3)))
    varies = [(np.ptp(image, 1).max() > 0.1, np.ptp(image, 0).max() > 0.1) for image in images]
    assert varies == [(True, True), (True, False), (False, True), (False, False)] * 2
    assert images[1].max() == pytest.approx(1, abs=1e-6)
    assert images[5].max() == pytest.approx(0.5, abs=1e-6)  # half of the mean is missing
    canvas, axes = Canvas(margin=3), worlds.label_space(Canvas(margin=3)).axes[0]
    labels = canvas.lattice()
    inside = labels[canvas.visible(labels).all(1)]
    ends = [labels.min(), inside.min(), inside.max(), labels.max()]
    assert axes.get_xticks().tolist() == axes.get_yticks().tolist() == [float(end) for end in ends]
    with pytest.raises(ValueError, match="margin is 0"):
        worlds.label_space(Canvas())


def test_readings_state_the_verdict():
    world = Canvas()
    images = world.render([[8, 6], [11, 6]])
    figure = worlds.readings(images, torch.tensor([[8.0, 6.0]] * 2), world, ["there", "elsewhere"])
    assert [axes.get_xlabel()[-1] for axes in figure.axes[:2]] == ["✓", "✗"]


def test_asked_for_is_drawn_in_the_frame():
    axes = plt.figure().subplots()
    style.asked_for(axes, [12.0, 7.0], Canvas(margin=3))
    assert tuple(axes.patches[0].center) == (9, 4)
    style.asked_for(axes, [1.0, 7.0], Canvas(margin=3))  # outside the frame there is nothing to ring
    assert len(axes.patches) == 1
    plt.close()


def test_intro_picture_counts_what_was_drawn():
    world = Canvas()
    sides = []
    for train_on in (held_out_square(6, 10), lesion(4, 12)):
        split = train_on.split(world)
        images = world.render(split.labels)
        images[split.held_out & (split.labels[:, 1] == 7)] = 0  # one row of the held-out region is wrong
        sides.append((split, images, torch.tensor([[6, 7], [8, 8], [9, 9]])))
    figure = worlds.intro_picture(*sides, world)
    counts = {
        (axes.get_title(), points.get_label()): len(points.get_offsets())
        for axes in figure.axes
        for points in axes.collections
    }
    assert counts["new pairs of known values", "drawn right"] == 12
    assert counts["new pairs of known values", "drawn wrong"] == 4
    assert counts["new values of x", "drawn wrong"] == 8
    assert counts["new values of x", "trained on"] == 128


def test_moving_bump_moves_and_is_linked():
    widget = worlds.moving_bump(Canvas(size=8), y=3)
    controls, stack, captions = widget.children
    assert len(stack.children) == 8
    assert stack.selected_index == controls.children[0].index == 2
    first, last = (Image.open(io.BytesIO(stack.children[k].value)).convert("L").histogram() for k in (0, 7))
    assert first != last
    assert sum(len(child.value) for child in stack.children) < 60_000
    assert captions.children[7].value == "A bump at x = 7, y = 3"


def test_frame_slider_refuses_mismatches():
    with pytest.raises(ValueError, match="1 frames"):
        frame_slider([b""], ["one"], "x", ["1"])
    with pytest.raises(ValueError, match="2 frames, 1 titles"):
        frame_slider([b"", b""], ["one"], "x", ["1", "2"])
    with pytest.raises(ValueError, match="start is 5"):
        frame_slider([b"", b""], ["one", "two"], "x", ["1", "2"], start=5)


def test_image_grid_checks_its_input():
    images = Canvas().render([[1, 1], [2, 2], [3, 3]])
    assert len(pictures(style.image_grid(images, 2))) == 3
    with pytest.raises(ValueError, match="image or more"):
        style.image_grid(images[:0], 2)
    with pytest.raises(ValueError, match="2 titles for 3 images"):
        style.image_grid(images, 2, titles=["a", "b"])


@pytest.mark.parametrize("name", ["IMAGE", "SIGNED"])
def test_colour_maps_survive_a_grey_printer(name):
    rgb = getattr(style, name)(np.linspace(0, 1, 64))[:, :3]
    light = rgb @ [0.2126, 0.7152, 0.0722]
    if name == "SIGNED":
        assert light.argmax() in (31, 32)  # white in the middle, darker towards both ends
        light = light[32:]
    assert (np.diff(light) < 0).all()

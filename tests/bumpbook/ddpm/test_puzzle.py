"""The class as a reader of positions: what is hidden, and how its readings are scored."""

import numpy as np
import pytest
import torch

import bumpworld as bw
from bumpbook import ddpm
from bumpbook.ddpm.puzzle import reading_errors

WORLD, SCHEDULE = bw.Canvas(), bw.NoiseSchedule.linear()


def test_every_picture_hides_a_bump_of_its_own_under_its_own_noise():
    hidden = ddpm.hidden_bumps(WORLD, SCHEDULE, seed=1)
    assert len({tuple(place) for place in hidden.places.tolist()}) > 3
    assert hidden.places.min() >= 2 and hidden.places.max() <= 13
    for t, place, picture in zip(hidden.times, hidden.places, hidden.pictures, strict=True):
        signal, sigma = SCHEDULE.signal_noise(torch.tensor([t]))
        noise = (picture - signal * WORLD.render(place[None])[0]) / sigma
        assert abs(noise.mean()) < 0.25 and abs(noise.std() - 1) < 0.2  # 256 normal numbers
    assert torch.equal(hidden.pictures, ddpm.hidden_bumps(WORLD, SCHEDULE, seed=1).pictures)
    fresh = [ddpm.hidden_bumps(WORLD, SCHEDULE).places for _ in range(2)]
    assert not torch.equal(*fresh)


def test_the_object_and_its_figure_do_not_tell_the_places():
    hidden = ddpm.hidden_bumps(WORLD, SCHEDULE, seed=1)
    assert "t = 30" in repr(hidden) and "tensor" not in repr(hidden)
    circles = lambda figure: sum(len(axes.lines) for axes in figure.axes)
    assert circles(ddpm.hidden_pictures(hidden)) == 0
    shown = ddpm.hidden_pictures(hidden, answers=True)
    assert [tuple(axes.lines[0].get_xydata()[0]) for axes in shown.axes] == [
        tuple(p) for p in hidden.places.tolist()
    ]


def test_errors_are_those_along_one_axis():
    hidden = ddpm.hidden_bumps(WORLD, SCHEDULE, seed=1)
    exact, beside = hidden.places, hidden.places + torch.tensor([1.0, 0.0])
    errors = reading_errors(hidden, torch.stack([exact, beside]))
    assert np.allclose(errors, [[0] * 6, [0.5**0.5] * 6])
    assert reading_errors(hidden, exact.tolist()).shape == (1, 6)


def test_the_class_lands_on_the_bound_s_figure():
    hidden = ddpm.hidden_bumps(WORLD, SCHEDULE, seed=1)
    class_of_two = torch.stack([hidden.places, hidden.places + 1])
    (axes,) = ddpm.class_errors(hidden, class_of_two).axes
    curve, *dots, diamond = [line for line in axes.lines if len(line.get_xdata()) > 2]
    assert (
        len(dots) == 2 and curve.get_label().startswith("no unbiased") and diamond.get_label() == "class of 2"
    )
    assert np.allclose(diamond.get_ydata(), 0.5**0.5)  # errors of 0 and 1, as a root mean square
    assert np.allclose(dots[0].get_ydata(), 0.05)  # no logarithm of 0


@pytest.mark.parametrize(
    "readings",
    [
        [],
        [(1, 2)] * 5,
        [[(1, 2, 3)] * 6],
        [[(1, 16)] * 6],
        [[(-1, 1)] * 6],
        "middle",
        None,
        [[(1, float("nan"))] * 6],
    ],
)
def test_readings_of_another_kind_are_named(readings):
    with pytest.raises(ValueError, match="readings"):
        reading_errors(ddpm.hidden_bumps(WORLD, SCHEDULE, seed=1), readings)

"""Edges of floats and of questions: rounding at an interval's end, the seam of a torus, the first noise level, overflow."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
import torch

from bumpbook.composition.ladder import ladder, score
from bumpbook.frame.designs import rim
from bumpbook.interpolation.guidance import towards_edges
from bumpworld import Canvas, NoiseSchedule
from bumpworld.instruments.baselines import NearestLabel, fitted
from bumpworld.instruments.topology import persistence
from bumpworld.selection import held_out_cross, held_out_square, lesion


@pytest.mark.parametrize("spacing", ["0.1", "0.2", "0.3", "0.7"])
@pytest.mark.parametrize("margin", [0, 1, 3])
def test_intervals_are_half_open_in_exact_arithmetic(spacing, margin):
    canvas, step = Canvas(6, margin=margin, spacing=float(spacing)), Fraction(spacing)
    places = [step * k - margin for k in range(len(canvas.axis()))]
    ends = [p for p in places if 0 < p < 6]
    for low, high in itertools.islice(itertools.combinations(ends, 2), 0, None, 17):
        held = lesion(float(low), float(high)).split(canvas).test["lesion"]
        wanted = [float(p + margin) for p in places if low <= p < high]
        np.testing.assert_allclose(held[:, 0].unique(), wanted, rtol=1e-5)


def test_a_rim_is_as_wide_as_it_says():
    split = rim(0.6, stripes=False).split(Canvas(6, spacing=0.2, margin=0))
    inside = split.test["inside"]
    assert inside.min() == pytest.approx(0.6) and inside.max() == pytest.approx(5.8 - 0.6)


def test_the_nearest_label_is_found_across_the_seam():
    torus, flat = Canvas(8, periodic=True), Canvas(8)
    train = torch.tensor([[0.0, 3.0], [5.0, 3.0]])
    asked = torch.tensor([[7.0, 3.0], [7.0, 2.0], [4.0, 7.0]])
    assert torch.equal(fitted("nearest label", torus, train).predict(asked), torus.render(train[[0, 0, 1]]))
    assert torch.equal(fitted("nearest label", flat, train).predict(asked), flat.render(train[[1, 1, 1]]))
    # on a torus nothing depends on where it is cut
    moved = fitted("nearest label", torus, (train + 4) % 8).predict((asked + 4) % 8)
    images = fitted("nearest label", torus, train).predict(asked)
    torch.testing.assert_close(moved, images.roll((4, 4), (2, 3)))
    with pytest.raises(ValueError, match="period is 0"):
        NearestLabel(0)


def test_labels_outside_a_gap_are_not_extrapolated():
    labels = torch.tensor([[2.0, 1.0], [5.0, 1.0]])
    ends, weights = towards_edges(labels, (2.0, 5.0))
    assert weights.tolist() == [[1, 0], [0, 1]]
    for x in (1.5, 5.5, math.nan):
        with pytest.raises(ValueError, match=r"lies outside the gap; allowed is x in \[2.0, 5.0\]"):
            towards_edges(torch.tensor([[x, 1.0]]), (2.0, 5.0))
    with pytest.raises(ValueError, match="sides is nan"):
        towards_edges(labels, (math.nan, 5.0))


@pytest.mark.parametrize("steps", [10, 1000])
@pytest.mark.parametrize("kind", ["linear", "cosine"])
def test_the_first_noise_level_keeps_its_digits(kind, steps):
    schedule = NoiseSchedule(kind, steps)
    if kind == "linear":
        beta = [
            Fraction(1, 10_000) + (Fraction(2, 100) - Fraction(1, 10_000)) * k / (steps - 1) for k in range(3)
        ]
    else:
        left = [math.cos((k / steps + 0.008) / 1.008 * math.pi / 2) ** 2 for k in range(4)]
        beta = [Fraction(1 - b / a) for a, b in itertools.pairwise(left)]
    noise = [1 - math.prod(1 - b for b in beta[: k + 1]) for k in range(3)]
    sigma = schedule.signal_noise(torch.arange(3))[1].flatten().double()
    np.testing.assert_allclose(sigma**2, [float(n) for n in noise], rtol=1e-6)
    torch.testing.assert_close(schedule.alpha_bar, schedule.exact_alpha_bar.float())


def test_times_beyond_the_schedule_are_refused():
    schedule = NoiseSchedule.linear(10)
    for t in (torch.tensor([10]), torch.tensor([-1]), torch.tensor([0.5]), 3):
        with pytest.raises(ValueError, match=r"^t is .*; allowed"):
            schedule.signal_noise(t)


@pytest.mark.parametrize("sigma", [0.1, 0.2, 0.5])
def test_narrow_sums_of_stripes_have_a_ladder(sigma):
    table = ladder(Canvas(8, sigma, "sos"), held_out_square(3, 5))
    additive = table[table.source == "additive"].iloc[0]
    assert additive.right == 1 and additive.error < 1e-9
    assert np.isfinite(table.error).all()
    assert table[table.source == "multiplicative"].right.item() == 0


def test_an_image_of_any_brightness_is_scored():
    canvas = Canvas(8, kind="sos")
    scores = score(torch.full((1, 1, 8, 8), 3e38), [[3.0, 3.0]], canvas)
    assert not scores.right.any() and scores.error.item() == pytest.approx(9e76, rel=1e-3)


def test_half_a_landmark_is_refused():
    with pytest.raises(ValueError, match=r"landmarks is 20\.5; allowed are whole numbers from 4 to 300"):
        persistence(np.random.default_rng(0).normal(size=(40, 3)), landmarks=20.5)


def test_a_cross_between_pixels_holds_out_what_it_says():
    canvas = Canvas(6, margin=2, spacing=0.1)
    split = held_out_cross(0.7, 1.9, use="2d").split(canvas)
    across = split.test["intersection"] - 2
    assert across.min() == pytest.approx(0.7, abs=1e-5) and across.max() == pytest.approx(1.8, abs=1e-5)

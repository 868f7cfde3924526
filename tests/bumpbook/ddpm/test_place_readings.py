"""Readings of a bump's place: what hardly any noise and nothing but noise must give, and the times between."""

import pytest
import torch

from bumpbook.ddpm import place_readings as readings
from bumpworld import Canvas, NoiseSchedule

CANVAS, SCHEDULE = Canvas(size=8), NoiseSchedule.linear()


def look(t, draws=400, seed=1):
    return readings.look(SCHEDULE, CANVAS, t, draws, torch.Generator().manual_seed(seed))


def test_hardly_any_noise_hides_nothing():
    seen = look(0)
    for errors in (
        readings.best_guess(seen),
        readings.likeliest(seen),
        readings.matched_filter(seen, CANVAS),
    ):
        assert readings.rms(errors) < 0.05 and readings.within(errors) == 1


def test_noise_alone_leaves_the_middle_as_the_best_guess():
    seen = look(999)
    middle = (CANVAS.size - 1) / 2
    assert torch.allclose(readings.best_guess(seen) + seen.true, torch.tensor(middle).double(), atol=0.6)
    assert readings.rms(readings.best_guess(seen)) == pytest.approx(
        readings.rms(seen.true - middle), rel=0.02
    )


@pytest.mark.parametrize("t", [100, 200, 400])
def test_the_mean_of_the_posterior_has_the_least_squared_error(t):
    seen = look(t, draws=2000)
    best = readings.rms(readings.best_guess(seen))
    shrunk = 0.8 * (seen.belief @ seen.places.double() - 3.5) + 3.5 - seen.true
    assert best < readings.rms(readings.likeliest(seen)) and best < readings.rms(shrunk)


def test_shares_within_a_pixel_ask_for_both_coordinates():
    errors = torch.tensor([[0.2, -0.9], [1.0, 1.0], [0.0, -1.1], [3.0, 0.0]])
    assert readings.within(errors) == 0.5


def test_a_place_is_blurred_before_it_is_missed_and_both_times_are_crossings():
    blurred, missed = (
        when(SCHEDULE, CANVAS, 1000, 0) for when in (readings.blurred_from, readings.missed_from)
    )
    assert 0 < blurred < missed
    # asked with other bumps and other noise
    errors = [readings.rms(readings.best_guess(look(int(t), 2000))) for t in (0.75 * blurred, 1.3 * blurred)]
    assert errors[0] < 1 < errors[1]
    shares = [readings.within(readings.likeliest(look(int(t), 2000))) for t in (0.8 * missed, 1.2 * missed)]
    assert shares[1] < 0.5 < shares[0]

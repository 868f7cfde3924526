"""How a threshold grows with size: exponents of laws that are known."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bumpbook.few_examples.growth import growth_exponent
from bumpworld.instruments.onset import Threshold, fit_threshold


def made(value, spread=0.0, seed=0):
    draws = value * np.exp(spread * np.random.default_rng(seed).standard_normal(4000))
    return Threshold(value, 0.0, 0.0, 1.0, value, 0.6, "reached", 1.0, 1e9, 3, True, draws)


@given(st.floats(-1, 3), st.floats(0.1, 10))
@settings(max_examples=20)
def test_a_power_law_gives_its_exponent(power, scale):
    sizes = [8, 12, 16, 24]
    law = growth_exponent(sizes, [made(scale * n**power) for n in sizes], draws=50)
    assert law.value == pytest.approx(power, abs=1e-9)
    assert law.scale == pytest.approx(scale, rel=1e-6)
    assert law.low == pytest.approx(power, abs=1e-9) == law.high


def test_the_exponents_interval_is_that_of_a_least_squares_slope():
    sizes, spread = np.array([8, 12, 16, 20, 24]), 0.1
    law = growth_exponent(sizes, [made(float(n) ** 2, spread, seed=int(n)) for n in sizes], draws=8000)
    x = np.log(sizes)
    error = spread / math.sqrt(((x - x.mean()) ** 2).sum())  # independent errors of equal size on every point
    assert law.high - law.low == pytest.approx(2 * 1.96 * error, rel=0.06)


def test_one_seed_gives_no_interval():
    one = fit_threshold([8, 32, 128], [0.1, 0.5, 0.9], level=0.5, seeds=[0, 0, 0], draws=20)
    law = growth_exponent([8, 12, 16], [made(8), one, made(16)], draws=20)
    assert math.isfinite(law.value) and math.isnan(law.low) and "no interval" in str(law)


def test_sizes_at_which_nothing_is_reached_are_left_out_and_named():
    lost = fit_threshold([8, 32, 128], [0.0, 0.05, 0.2], level=0.6, draws=5)
    law = growth_exponent([8, 12, 16, 24], [made(8), made(12), lost, made(24)], draws=20)
    assert law.value == pytest.approx(1)
    assert law.left_out == {16.0: "not reached below 128"} and law.sizes == (8, 12, 24)
    two = growth_exponent([8, 12, 16], [made(8), lost, made(16)], draws=20)
    assert math.isnan(two.value) and "needs three" in str(two)


def test_exponents_refuse_nonsense():
    with pytest.raises(ValueError, match="2 sizes"):
        growth_exponent([8, 16], [made(1), made(2)])
    with pytest.raises(ValueError, match="different numbers"):
        growth_exponent([8, 8, 16], [made(1), made(2), made(3)])

"""Thresholds against closed forms, a direct likelihood and laws that any such fit must obey."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit, logit

from bumpworld.instruments.onset import fit_threshold

AMOUNTS = np.array([8.0, 16, 32, 64, 128])


def shares(middle=30.0, slope=2.0, amounts=AMOUNTS):
    return expit(slope * np.log(np.asarray(amounts) / middle))


def many(middles, slope=2.0, tried=200):
    """Rows for several seeds, each with a midpoint of its own: amounts, right, tried, seeds."""
    rows = [(a, shares(m, slope, [a])[0] * tried, tried, s) for s, m in enumerate(middles) for a in AMOUNTS]
    return tuple(np.array(column) for column in zip(*rows, strict=True))


@pytest.mark.parametrize("level", [0.4, 0.6, 0.9])
def test_an_exact_logistic_curve_gives_its_own_crossing(level):
    fit = fit_threshold(AMOUNTS, 1e4 * shares(), np.full(5, 1e4), level, draws=5)
    assert fit.value == pytest.approx(30 * math.exp(logit(level) / 2), rel=1e-3)
    assert fit.midpoint == pytest.approx(30, rel=1e-3)
    assert fit.slope == pytest.approx(2, rel=1e-3)
    assert fit.curve(AMOUNTS) == pytest.approx(shares(), abs=1e-3)
    assert fit.note == "" and fit.status == "reached"


def test_without_logarithm_the_curve_is_logistic_in_the_amount_itself():
    amounts = np.arange(-3.0, 6.0)
    right = expit(1.5 * (amounts - 1))
    fit = fit_threshold(amounts, 1e4 * right, np.full(9, 1e4), 0.5, log=False, draws=5)
    assert fit.value == pytest.approx(1, abs=1e-3)
    assert fit.curve([2.0]) == pytest.approx(expit(1.5), abs=1e-3)


def test_noisy_counts_are_fitted_by_maximum_likelihood():
    rng = np.random.default_rng(1)
    tried = np.array([40, 200, 90, 150, 60])
    right = rng.binomial(tried, shares())

    def loss(at):
        p = np.clip(expit(at[0] * (np.log(AMOUNTS) - at[1])), 1e-12, 1 - 1e-12)
        return -np.sum(right * np.log(p) + (tried - right) * np.log(1 - p))

    slope, middle = minimize(
        loss, [1.0, 3.0], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-10}
    ).x
    fit = fit_threshold(AMOUNTS, right, tried, 0.5, draws=5)
    assert fit.value == pytest.approx(math.exp(middle), rel=3e-3)
    assert fit.slope == pytest.approx(slope, rel=1e-2)


def test_a_jump_between_two_amounts_is_put_in_their_middle():
    fit = fit_threshold([1, 2, 4, 8], [0, 0, 100, 100], [100] * 4, 0.5, draws=5)
    assert fit.value == pytest.approx(math.sqrt(8), rel=0.01)


@given(st.floats(0.1, 50), st.floats(12, 80), st.floats(0.8, 5))
@settings(max_examples=15)
def test_other_units_give_the_same_amount_in_those_units(unit, middle, slope):
    right = 300 * shares(middle, slope)
    one, other = (fit_threshold(k * AMOUNTS, right, np.full(5, 300), 0.5, draws=2) for k in (1, unit))
    assert other.value == pytest.approx(unit * one.value, rel=1e-3)
    assert other.slope == pytest.approx(one.slope, rel=1e-2)


def test_whole_seeds_are_resampled():
    amounts, right, tried, seeds = many([20, 30, 45])
    fit = fit_threshold(amounts, right, tried, 0.6, seeds)
    values = set()
    for drawn in itertools.combinations_with_replacement(range(3), 3):
        rows = np.concatenate([np.flatnonzero(seeds == s) for s in drawn])
        values.add(round(fit_threshold(amounts[rows], right[rows], tried[rows], 0.6, draws=1).value, 2))
    assert {round(v, 2) for v in fit.draws} == values
    assert (round(fit.low, 2), round(fit.high, 2)) == (
        min(values),
        max(values),
    )  # 1/27 of the draws lie at each end
    assert fit.units == 3


def test_seeds_that_differ_widen_the_interval_beyond_the_chance_of_drawings():
    amounts, right, tried, seeds = many([15, 25, 30, 36, 60])
    by_seed = fit_threshold(amounts, right, tried, 0.5, seeds)
    by_chance = fit_threshold(amounts, right, tried, 0.5, draws=100)
    assert by_seed.value == pytest.approx(by_chance.value)
    assert by_seed.high - by_seed.low > 2 * (by_chance.high - by_chance.low)
    equal = fit_threshold(*many([30] * 5)[:3], 0.5, many([30] * 5)[3])
    assert equal.high - equal.low < 0.01  # seeds that all agree leave no spread


def test_what_is_not_crossed_is_said_in_words_and_never_extrapolated():
    never = fit_threshold(AMOUNTS, shares(400), level=0.6, draws=20)
    assert (never.status, never.note) == ("not reached", "not reached below 128")
    passed = fit_threshold(AMOUNTS, shares(2), level=0.6, draws=20)
    assert (passed.status, passed.note) == ("passed already", "passed already at 8")
    falling = fit_threshold(AMOUNTS, shares()[::-1], level=0.6, draws=20)
    assert falling.status == "falling" and "does not rise" in str(falling)
    for fit in (never, passed, falling):
        assert all(math.isnan(v) for v in (fit.value, fit.low, fit.high))
        assert str(fit) == fit.note
    for share, status in ((0.0, "not reached"), (1.0, "passed already")):
        assert fit_threshold(AMOUNTS, [share] * 5, draws=5).status == status


def test_an_interval_that_leaves_the_measured_amounts_is_open_there():
    fit = fit_threshold(*many([30, 35, 400])[:3], 0.6, many([30, 35, 400])[3])
    assert fit.status == "reached" and fit.high == math.inf
    assert "beyond 128" in str(fit)
    fit = fit_threshold(*many([2, 18, 20])[:3], 0.6, many([2, 18, 20])[3])
    assert fit.low == 0 and "below 8" in str(fit)


def test_one_seed_gives_no_interval():
    amounts, right, tried, seeds = many([30])
    one = fit_threshold(amounts, right, tried, 0.5, seeds)
    assert str(one) == "30 (n = 1)"


@pytest.mark.parametrize("seeds", [[28, 30, 33], [28, 30, 31, 33]])
def test_fewer_than_five_seeds_are_given_their_range(seeds):
    amounts, right, tried, names = many(seeds)
    few = fit_threshold(amounts, right, tried, 0.5, names)
    alone = [fit_threshold(*many([each])[:3], 0.5, draws=1).value for each in seeds]
    # alike but for the fit's weak penalty, which counts for less where one seed is drawn several times
    assert (few.low, few.high) == pytest.approx((min(alone), max(alone)), rel=5e-3)
    assert str(few).endswith(f"(range {few.low:.3g} to {few.high:.3g}, n = {len(seeds)})")
    more = fit_threshold(*many([*seeds, 29, 32])[:3], 0.5, many([*seeds, 29, 32])[3])
    assert "range" not in str(more) and str(more).endswith(f"n = {len(seeds) + 2})")

"""The spread beside every mean: how often its interval holds the true mean, and how it is written."""

import numpy as np
import pytest
from scipy import stats

from bumpbook.frame.findings import percent
from bumpworld.instruments.spread import FEW, Spread, difference, spread, sure, write

SAMPLES = 8_000  # with them a coverage is known to within half a per cent


def labels_right(rng, size):
    """Shares of 16 labels, as models differ that draw nine of ten right."""
    return rng.binomial(16, rng.beta(9, 1, size)) / 16


# name -> how values are drawn, their true mean, whether they are shares
SHAPES = {
    "normal": (lambda rng, size: rng.normal(3, 2, size), 3, False),
    "uniform": (lambda rng, size: rng.random(size), 1 / 2, True),
    "U-shaped": (lambda rng, size: rng.beta(0.5, 0.5, size), 1 / 2, True),
    "shares near 0.8": (lambda rng, size: rng.beta(8, 2, size), 0.8, True),
    "shares near 0.9": (lambda rng, size: rng.beta(9, 1, size), 0.9, True),
    "shares near 0.95": (lambda rng, size: rng.beta(19, 1, size), 0.95, True),
    "labels right": (labels_right, 0.9, True),
}


@pytest.mark.parametrize("n", [5, 10, 15])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_interval_holds_the_true_mean(shape, n):
    draw, true, share = SHAPES[shape]
    values = draw(np.random.default_rng(n), (SAMPLES, n))
    found = [spread(row, share) for row in values]
    assert 0.93 <= np.mean([s.low <= true <= s.high for s in found]) <= 0.99


def test_an_exponential_is_more_skewed_than_any_share_here():
    values = np.random.default_rng(0).exponential(2, (SAMPLES, 10))
    assert np.mean([s.low <= 2 <= s.high for s in map(spread, values)]) == pytest.approx(0.927, abs=0.01)


def test_all_degrees_of_freedom_would_not_do():
    """Student's own 95 % misses shares near 1: this is why it gets half of the degrees of freedom."""
    values = np.random.default_rng(5).beta(19, 1, (SAMPLES, 5))
    low, high = stats.t.interval(0.95, 4, values.mean(1), stats.sem(values, axis=1))
    assert np.mean((low <= 0.95) & (0.95 <= high)) < 0.91


def test_against_scipy():
    values = np.random.default_rng(2).random(5)
    theirs = stats.t.interval(0.95, 2, values.mean(), stats.sem(values))
    assert spread(values) == (pytest.approx(values.mean()), *(pytest.approx(v) for v in theirs), 5)


@pytest.mark.parametrize("n", [5, 10])
def test_the_interval_of_a_difference_holds_the_true_one(n):
    rng = np.random.default_rng(n)
    for first, second, true in (
        (rng.beta(9, 1, (SAMPLES, n)), rng.beta(2, 8, (SAMPLES, n)), 0.7),
        (rng.beta(19, 1, (SAMPLES, n)), rng.random((SAMPLES, 5)), 0.45),
        (rng.normal(1, 1, (SAMPLES, n)), rng.normal(0, 3, (SAMPLES, n)), 1),
    ):
        found = [difference(a, b) for a, b in zip(first, second, strict=True)]
        assert np.mean([d.low <= true <= d.high for d in found]) >= 0.93


def test_differences_of_few_of_equal_and_of_no_values():
    assert difference([0.5, 0.7], [0.1, 0.2, 0.3]) == pytest.approx((0.4, 0.2, 0.6, 2))
    assert difference([0.5] * 5, [0.25] * 6) == (0.25, 0.25, 0.25, 5)
    with pytest.raises(ValueError, match="0 and 2 values"):
        difference([], [1, 2])


def test_shares_end_where_shares_end():
    values = [0.6, 1.0, 1.0, 1.0, 1.0]
    assert spread(values).high > 1
    assert spread(values, share=True) == spread(values)._replace(high=1.0)
    assert spread([0.4, 0, 0, 0, 0], share=True).low == 0
    with pytest.raises(ValueError, match="from 0.5 to 1.2"):
        spread([0.5, 1.2], share=True)


def test_the_range_below_five():
    assert FEW == 5
    assert spread([0.2, 0.8, 0.5, 0.5]) == (pytest.approx(0.5), 0.2, 0.8, 4)
    assert spread([0.3]) == (0.3, 0.3, 0.3, 1)


def test_equal_and_no_values():
    assert spread([1.0] * 6) == (1.0, 1.0, 1.0, 6)
    assert spread([np.nan, 0.5, np.inf]) == (0.5, 0.5, 0.5, 1)
    *numbers, count = spread([])
    assert np.isnan(numbers).all()
    assert count == 0


@pytest.mark.parametrize(
    ("found", "words", "shares"),
    [
        ((0.5, 0.25, 0.75, 5), "0.50 (0.25 to 0.75, n = 5)", "50 % (25 to 75 %, n = 5)"),
        ((0.5, 0.25, 0.75, 3), "0.50 (range 0.25 to 0.75, n = 3)", "50 % (range 25 to 75 %, n = 3)"),
        ((0.5, 0.5, 0.5, 1), "0.50 (n = 1)", "50 % (n = 1)"),
        ((1.0, 1.0, 1.0, 5), "1.00 (n = 5, all alike)", "100 % (n = 5, all alike)"),
        ((0.001, 0.0, 0.002, 3), "0.00 (n = 3, all alike)", "0 % (n = 3, all alike)"),
        ((-0.2, -0.404, -0.004, 3), "−0.20 (range −0.40 to 0.00, n = 3)", "−20 % (range −40 to 0 %, n = 3)"),
        ((np.nan, np.nan, np.nan, 0), "not measured", "not measured"),
    ],
)
def test_one_wording(found, words, shares):
    assert write(found) == write(Spread(*found)) == words
    assert write(found, percent=True) == shares


def test_percentages():
    assert percent(0.25) == percent([0.25]) == "25 %"
    assert percent([0.0, 1.0]) == "50 % (range 0 to 100 %, n = 2)"
    assert write((120.4, 110, 130, 5), form=".0f") == "120 (110 to 130, n = 5)"


@pytest.mark.parametrize("values", [[0.4, 0.5, 1.6], [0.4, 0.5], [0.3, 0.4, 0.5, 1.6, -0.2, np.nan]])
def test_what_is_sure_of_few_values_is_the_low_end_of_an_interval_too(values):
    """Student's, with half of the degrees of freedom, by scipy; of five and more it is that of `spread`."""
    finite = np.array(values)[np.isfinite(values)]
    low, _ = stats.t.interval(
        0.95, (len(finite) - 1) / 2, finite.mean(), finite.std(ddof=1) / len(finite) ** 0.5
    )
    assert sure(values) == pytest.approx(low)
    assert len(finite) < 5 or sure(values) == spread(values).low
    assert np.isnan(sure(values[:1])) and sure([0.5, 0.5]) == 0.5

"""Bits saved by a logistic curve, against scikit-learn, a closed form and what knows nothing."""

import numpy as np
import pytest

from bumpbook.frame.foretell import SURE, bits, logistic


def made_up(n=4000, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    return x, rng.random(n) < 1 / (1 + np.exp(-(2 * x - 1)))


def test_the_curve_finds_what_made_the_outcomes_and_its_bits_are_the_entropy():
    x, right = made_up()
    chance = logistic(x, right)
    true = 1 / (1 + np.exp(-(2 * x - 1)))
    assert chance(x) == pytest.approx(true, abs=0.03)
    entropy = -(true * np.log2(true) + (1 - true) * np.log2(1 - true))
    assert bits(chance(x), right).mean() == pytest.approx(entropy.mean(), abs=0.02)


def test_weights_count_like_copies_and_columns_like_scikit_learn():
    from sklearn.linear_model import LogisticRegression

    x, right = made_up(300)
    pair = np.stack([x, np.random.default_rng(1).normal(size=300)], 1)
    weight = np.random.default_rng(2).integers(1, 4, 300)
    copies = np.repeat(np.arange(300), weight)
    plain = LogisticRegression(C=1e6, tol=1e-10).fit(pair[copies], right[copies])
    assert logistic(pair, right, weight)(pair) == pytest.approx(plain.predict_proba(pair)[:, 1], abs=0.01)


def test_a_constant_rate_by_hand_and_never_surer_than_allowed():
    right = np.array([True, False, False, False])
    assert logistic(np.zeros(4), right)(np.zeros(3)) == pytest.approx([0.25] * 3)
    assert bits([0.25] * 4, right).tolist() == pytest.approx([2, *[np.log2(4 / 3)] * 3])
    assert logistic([0, 1, 2], [True] * 3)(np.array([9.0])) == pytest.approx([1 - SURE])
    sharp = logistic(np.arange(100.0), np.arange(100) > 50)
    assert sharp(np.array([-1e3, 1e3])).tolist() == [SURE, 1 - SURE]


def test_a_number_that_knows_nothing_saves_nothing_on_the_other_half():
    x, right = made_up(2000)
    shuffled = np.random.default_rng(3).permutation(x)
    first, second = slice(0, 1000), slice(1000, 2000)
    rate = np.full(1000, right[first].mean())
    chance = logistic(shuffled[first], right[first])(shuffled[second])
    assert (bits(rate, right[second]) - bits(chance, right[second])).mean() == pytest.approx(0, abs=0.01)

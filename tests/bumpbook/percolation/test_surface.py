"""The onset as a surface: exponents of made-up networks, holes, and the logistic fit against scikit-learn."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from bumpbook.percolation.surface import PURE, _columns, _logistic, cells, law, onset_of, power, width_power

WIDTHS = SPACINGS = (0.5, 1.0, 2.0)


def networks(width, spacing, scale=25.0, slope=3.0, seeds=3, seed=0, bend=0.0):
    """Shares right on 50 test labels each, half right at scale sigma^width spacing^spacing labels."""
    rng, rows = np.random.default_rng(seed), []
    for sigma in WIDTHS:
        for d in SPACINGS:
            for labels in (8, 14, 25, 45, 80):
                for s in range(seeds):
                    middle = (
                        np.log(scale)
                        + width * np.log(sigma)
                        + spacing * np.log(d)
                        + bend * np.log(sigma) ** 2
                    )
                    chance = 1 / (1 + np.exp(-slope * (np.log(labels) - middle)))
                    rows.append(
                        (f"{sigma}{d}{labels}{s}", s, sigma, d, labels, rng.binomial(50, chance) / 50, 50)
                    )
    return pd.DataFrame(rows, columns=["key", "seed", "sigma", "spacing", "labels", "share", "asked"])


@pytest.mark.parametrize("name", PURE)
def test_a_pure_law_is_recognised(name):
    width, spacing = PURE[name]
    found = law(networks(width, spacing), draws=200)
    assert found.verdict == name
    assert found.width.low - 0.1 < width < found.width.high + 0.1
    assert onset_of(found, 1.0, 1.0) == pytest.approx(25, rel=0.2)


def test_what_lies_between_is_none_of_them():
    found = law(networks(-1.0, -0.2), draws=200)
    assert found.verdict is None
    assert found.width.low < -1.0 < found.width.high


def test_a_bend_is_seen_beside_the_slope():
    found = law(networks(-1.0, 0.0, bend=0.8), draws=200)
    assert found.bend.low < 0.8 < found.bend.high
    assert found.bend.low > 0


def test_the_fit_against_scikit_learn():
    table = networks(-1.0, -0.5)
    columns = _columns(table)
    found = _logistic(columns, table.share.to_numpy(), np.ones((1, len(table))))[0]
    rows, outcome = np.tile(columns[:, 1:], (2, 1)), np.repeat([1, 0], len(table))
    weight = np.concatenate([table.share, 1 - table.share])
    fit = LogisticRegression(C=1e6, max_iter=5000, tol=1e-10).fit(
        rows[weight > 0], outcome[weight > 0], weight[weight > 0]
    )
    assert found[1:] == pytest.approx(fit.coef_[0], rel=0.02)


def test_a_missing_cell_is_a_hole():
    table = networks(-1.0, 0.0)
    there = table[~((table.sigma == 2.0) & (table.spacing == 0.5) & (table.labels > 14))]
    found = cells(there, WIDTHS, SPACINGS)
    assert found[2.0, 0.5] is None
    assert sum(v is None for v in found.values()) == 1
    assert found[1.0, 1.0].value == pytest.approx(25, rel=0.3)


def test_the_width_s_power_at_one_spacing():
    table = networks(-1.0, -0.5)
    found = width_power(table[table.spacing == 2.0], draws=200)
    assert found.low < -1.0 < found.high and found.high - found.low < 0.5
    with pytest.raises(ValueError, match="several spacings"):
        width_power(table)


def test_one_width_alone_has_no_law():
    table = networks(0.0, 0.0)
    with pytest.raises(ValueError, match="one sigma"):
        law(table[table.sigma == 1.0])


def test_power_is_high_where_networks_agree_and_low_where_they_scatter():
    table = networks(-1.0, 0.0)
    sure = power(table, draws=20)
    assert set(sure) == set(PURE) and min(sure.values()) > 0.9
    rng = np.random.default_rng(0)
    few = table[table["seed"] == 0].copy()
    few["share"] = np.clip(few["share"] + 0.4 * rng.standard_normal(len(few)), 0, 1)
    assert max(power(few, draws=20).values()) < 0.6

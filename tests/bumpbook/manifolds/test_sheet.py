"""How much of a position lies on a few components, against scikit-learn and closed forms."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression

from bumpbook.manifolds.sheet import chance, plane
from bumpworld import Canvas
from bumpworld.instruments.geometry import clifford_torus

LABELS = Canvas(size=16).lattice().double().numpy()


def test_a_sheet_is_one_however_it_lies():
    tilted = LABELS @ np.random.default_rng(0).normal(size=(2, 30)) + 5
    assert plane(tilted, LABELS, 2) == pytest.approx(1)


@pytest.mark.parametrize("components", [1, 3, 4])
def test_a_torus_against_scikit_learn(components):
    # four lengths, so that its axes have an order
    points = clifford_torus(16)[0] * (1.0, 0.9, 0.7, 0.6)
    leading = PCA(components).fit_transform(points)
    assert plane(points, LABELS, components) == pytest.approx(
        LinearRegression().fit(leading, LABELS).score(leading, LABELS), abs=1e-6
    )


def test_points_in_no_order_give_what_chance_gives():
    found = [plane(np.random.default_rng(s).normal(size=(256, 50)), LABELS) for s in range(30)]
    assert np.mean(found) == pytest.approx(chance(256), rel=0.2)


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="components"):
        plane(LABELS, LABELS, 3)
    with pytest.raises(ValueError, match="missing"):
        plane(LABELS[1:], LABELS[1:], 1)

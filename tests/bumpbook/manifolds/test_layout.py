"""The kept layouts: they are of the networks they name, and keep near labels near."""

import numpy as np
from scipy.spatial import cKDTree

from bumpbook.manifolds.layout_study import WORLDS, layouts


def test_layouts_keep_neighbours_of_the_lattice():
    found = layouts()
    assert tuple(found) == WORLDS
    for points, labels in found.values():
        assert points.shape == labels.shape == (256, 2)
        nearest = cKDTree(points).query(points, 5)[1][:, 1:]
        apart = np.abs(labels[nearest] - labels[:, None]).sum(-1)
        # by chance two labels are 10.6 steps apart
        assert np.median(apart) <= 2
        ends = np.linalg.norm(points[labels[:, 0] == 0] - points[labels[:, 0] == 15], axis=1)
        steps = np.linalg.norm(points[labels[:, 0] == 0] - points[labels[:, 0] == 1], axis=1)
        assert np.median(ends) > 5 * np.median(steps)

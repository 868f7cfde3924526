"""A product that is told its world: bumps from the formula where labels join a column and a row, blanks elsewhere."""

import numpy as np
import pytest
import torch

from bumpbook.frame.told_product import product_of
from bumpworld import Canvas


def bump(x, y):
    rows, columns = np.mgrid[:16, :16]
    return np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / 2)


def test_a_chain_of_labels_is_enough_and_a_gap_leaves_a_blank():
    known = torch.tensor([[2.0, 3.0], [2.0, 9.0], [12.0, 9.0], [5.0, 14.0]])
    asked = torch.tensor([[12.0, 3.0], [5.0, 3.0], [2.0, 14.0], [7.0, 3.0]])
    images = product_of(Canvas(), known, asked).numpy()
    np.testing.assert_allclose(images[0, 0], bump(12, 3), atol=1e-5)
    assert not images[1:].any()


def test_stripes_are_no_products():
    """On the logarithms of sums the fit is another picture: it is told the wrong world."""
    world, known = Canvas(kind="sos"), torch.tensor([[2.0, 3.0], [2.0, 9.0], [12.0, 9.0]])
    asked = torch.tensor([[12.0, 3.0]])
    assert (product_of(world, known, asked) - world.render(asked)).abs().max() > 0.1
    with pytest.raises(ValueError, match="labels"):
        product_of(world, known, torch.zeros(3))

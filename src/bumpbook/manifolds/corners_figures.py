"""Figure of chapter 3 on whose sum is drawn from: shares drawn right from sums along two pairs of axes."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from bumpbook.frame import given
from bumpbook.frame.layouts import two_layouts
from bumpbook.frame.style import styled
from bumpworld import checks

from .axes_figures import along_and_across
from .corners import PAIRS

__all__ = ["whose_sum"]


@two_layouts
@styled
def whose_sum(rows: Mapping[str, Sequence[Mapping]], side: str = "far") -> Figure:
    """Share drawn right within 1 px when a layer holds a sum along x and y, or along the diagonals; a dot is a network.

    ``rows`` are name -> (layer, records of the study "corners"). Raises ValueError for a row without records.
    """
    rows = given.named("rows", rows, lambda name, row: _by_network(name, row, side))
    return along_and_across(rows, "share drawn right")


def _by_network(name: str, row, side: str) -> np.ndarray:
    layer, records = given.parts(name, row, "layer", "records")
    records = given.each(f"records of {name}", records, Mapping)
    found = [[given.under(name, r, "sums", layer, side, pair) for pair in PAIRS] for r in records]
    return checks.numbers(name, found, "networks", len(PAIRS), 2).numpy()[..., 0]

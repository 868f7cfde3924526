"""The figure of the band of eight shows what it is given: networks told turned axes that learned, by what they trained on."""

import pandas as pd
import pytest

from bumpbook.interpolation.frame_figures import band_by_frame
from shared import assert_house_figure

COLUMNS = ["told", "rule", "size", "labels", "width", "right", "learned", "longer"]


def table(*more):
    rows = [("turned-45", "strips", 32, 256, 8, 0.1, True, longer) for longer in (True, False)]
    rows += [("turned-45", "lesion", 32, 768, 8, share, True, False) for share in (0.3, 0.5)]
    rows += [("turned-45", "lesion", 16, 128, 8, share, True, False) for share in (0.0, 0.2)]
    return pd.DataFrame([*rows, *more], columns=COLUMNS)


def test_rows_are_the_networks_that_learned_what_they_were_told():
    others = [
        ("axes", "lesion", 32, 768, 8, 1.0, True, False),
        ("turned-45", "lesion", 32, 768, 8, 1.0, False, False),
        ("axes", "thinned", 16, 192, 3.5, 1.0, True, False),
    ]
    for given in (table(), table(*others)):
        (axes,) = band_by_frame(given).axes
        means = [float(line.get_xdata()[0]) for line in axes.lines if line.get_marker() == "|"]
        assert means == pytest.approx([0.1, 0.4, 0.1, 0.1])
        assert [len(dots.get_offsets()) for dots in axes.collections] == [2, 2, 1, 1]
        assert [label.get_text() for label in axes.get_yticklabels()] == [
            "16 px: 128 labels",
            "32 px: 768 labels",
            "32 px: 256 labels, the eight nearest columns",
            "32 px: 256 labels, the eight nearest columns, 1200 steps",
        ]
    assert_house_figure(lambda: band_by_frame(table()))

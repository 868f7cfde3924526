"""The figure of the band of eight shows what it is given: networks told turned axes that learned, by their labels."""

import pandas as pd
import pytest

from bumpbook.interpolation.frame_figures import band_by_labels
from shared import assert_house_figure

COLUMNS = ["told", "rule", "size", "labels", "width", "right", "learned", "longer"]


def table(*more):
    rows = [("turned-45", "lesion", 16, 128, 8, share, True, False) for share in (0.0, 0.2)]
    rows += [("turned-45", "lesion", 32, 768, 8, share, True, False) for share in (0.3, 0.5)]
    rows += [("turned-45", "strips", 32, 256, 8, 0.1, True, False)]
    return pd.DataFrame([*rows, *more], columns=COLUMNS)


def test_means_stand_over_their_labels():
    others = [
        ("axes", "lesion", 32, 768, 8, 1.0, True, False),
        ("turned-45", "lesion", 32, 768, 8, 1.0, False, False),
        ("turned-45", "strips", 32, 256, 8, 1.0, True, True),
        ("axes", "thinned", 16, 192, 3.5, 1.0, True, False),
    ]
    for given in (table(), table(*others)):
        (axes,) = band_by_labels(given).axes
        whole, strips = (line for line in axes.lines if line.get_marker() in ("o", "^"))
        assert whole.get_xydata().tolist() == [pytest.approx(at) for at in ((128, 0.1), (768, 0.4))]
        assert strips.get_ydata().tolist() == [pytest.approx(0.1)]
        assert [text.get_text() for text in axes.texts] == ["16 px", "32 px"]
    assert_house_figure(lambda: band_by_labels(table()))

"""The slide on the band of four says what was voted on, and nothing that a later vote asks."""

import pandas as pd
import pytest

from bumpbook.frame.findings import Unsupported, finding
from bumpbook.interpolation import lesions

DRAWN = {
    "right": 0.1,
    "at the left edge": 0.2,
    "at the right edge": 0.1,
    "in the gap": 0.01,
    "two bumps": 0.4,
}
DRAWN |= {"nothing": 0.17, "other": 0.02}


@pytest.fixture
def made(monkeypatch):
    """Set the shares right in the band of four and the outcomes of the shipped network with this band."""

    def put(fine=(0.0, 0.1, 0.2), **outcomes):
        rows = [{"spacing": 1.0, "width": 4, "fine": value, "learned": True} for value in fine]
        others = [{"spacing": 1.0, "width": 8, "fine": 0.9, "learned": True}, {"spacing": 0.5, "width": 4, "fine": 0.9, "learned": True}]  # fmt: skip
        others += [{"spacing": 1.0, "width": 4, "fine": 0.9, "learned": False}]
        monkeypatch.setattr(lesions, "by_gap", lambda: pd.DataFrame(rows + others))
        monkeypatch.setattr(lesions, "shown", lambda: {2: "two", 4: "four", 8: "eight"})
        monkeypatch.setattr(lesions, "drawings", lambda experiment: experiment)
        monkeypatch.setattr(
            lesions,
            "outcome_shares",
            lambda e, drawn: (DRAWN | outcomes if e == drawn == "four" else None, 9),
        )

    return put


def test_the_slide_tells_the_band_of_four_and_nothing_else(made):
    made()
    assert finding("slide-band").data == (
        "Networks draw 10 % (range 0 to 20 %, n = 3) of the band of four within 0.45 px. Wrong answers are made of what was seen: "
        "of the drawings of one network 30 % are an edge's bump, 40 % two bumps, 17 % nothing."
    )


def test_other_results_end_the_build(made):
    for change in ({"fine": (0.4, 0.6, 0.5)}, {"in the gap": 0.1}, {"other": 0.1}):
        made(**change)
        with pytest.raises(Unsupported, match="band of four"):
            finding("slide-band")


def test_a_store_without_records_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    assert "Not measured here" in finding("slide-band").data

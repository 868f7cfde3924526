"""Every claim of the scoreboard has a verdict, and the verdict follows the measurement."""

import pandas as pd
import pytest

from bumpworld.store import Store
from bumpworld.verdicts import claims, names, verdict
from bumpworld.verdicts.claims import CLAIMS

BY_NAME = {claim.name: claim for claim in CLAIMS}


def lesions(right):
    """A table as `tables.table` makes it: lesions of three widths, five seeds, this share right."""
    rows = [
        {"region": "lesion", "spacing": 1, "low": 0, "high": width, "both": share, "learned": True}
        for width, share in zip((2, 6, 8), right, strict=True)
        for _ in range(5)
    ]
    return pd.DataFrame(rows)


def test_every_claim_has_a_verdict():
    assert {f"claim-{name}" for name in BY_NAME} <= set(names())


@pytest.mark.parametrize(
    ("right", "word"), [((1, 0.2, 0.1), "agrees"), ((1, 0.7, 0.6), "partly"), ((1, 1, 1), "disagrees")]
)
def test_another_table_gives_another_verdict(monkeypatch, right, word):
    monkeypatch.setattr(claims.tables, "table", lambda sweep, store: lesions(right))
    text = claims.sentence(BY_NAME["no-interpolation"])
    assert text.endswith(f"Verdict: **{word}**.")
    assert f"{(right[1] + right[2]) / 2:.2f}" in text


def test_without_records_it_says_what_to_run(tmp_path, monkeypatch):
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="bumpworld run lesion"):
        claims.score(BY_NAME["lesion-width"], Store())
    assert "Not measured here" in verdict("claim-lesion-width").data

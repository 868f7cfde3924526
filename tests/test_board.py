"""The scoreboard page covers every figure and claim, and leads to pages that exist."""

import pytest

from bumpworld.experiments import sweep
from bumpworld.scoreboard import VERDICTS, Score
from bumpworld.store import Store, write_record
from bumpworld.verdicts import board
from bumpworld.verdicts.claims import CLAIMS
from shared import ROOT


def test_every_figure_of_the_paper_has_a_row():
    numbers = [int(part) for number, _, _ in board.FIGURES for part in number.split(",")]
    assert sorted(numbers) == list(range(1, 16))


def test_every_row_leads_to_a_chapter_that_is_there():
    pages = {page for _, _, pages in board.FIGURES for page in pages} | set(board.CHAPTERS.values())
    assert {claim.sweep for claim in CLAIMS} <= set(board.CHAPTERS)
    for page in pages:
        assert (ROOT / "notebooks" / f"{page}.ipynb").exists(), page


def test_a_claim_without_records_cannot_be_said(tmp_path, monkeypatch):
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    assert {result.verdict for result in board.scores().values()} == {"cannot be said"}
    assert board.count() == f"**Of {len(CLAIMS)} claims, nothing can be said of {len(CLAIMS)}.**"


@pytest.mark.parametrize("verdict", VERDICTS)
def test_the_table_says_what_the_rule_says(monkeypatch, verdict):
    monkeypatch.setattr(board, "score", lambda claim: Score(verdict, {"share": (0.25, 0.125, 0.5, 7)}))
    rows = board.board().splitlines()[2:]
    assert len(rows) == len(CLAIMS)
    for row, claim in zip(rows, CLAIMS, strict=True):
        assert claim.claim in row and f"{board.MARKS[verdict]} {verdict}" in row
        assert "share: 0.25 (0.12 to 0.50, n = 7)" in row


def test_a_doctored_result_flips_its_verdict(tmp_path, monkeypatch):
    """The page is made from the records alone: move what five models drew in the held-out square, and it disagrees."""
    shipped, doctored = Store(), Store(tmp_path)
    for experiment in sweep("first").experiments:
        record = shipped.load_record(experiment)
        masks = experiment.train_on.split(experiment.canvas).region_masks
        for mask in masks.values():
            last = record["checkpoints"][-1]
            last["error_x"] = [
                5.0 if held else x for x, held in zip(last["error_x"], mask.tolist(), strict=True)
            ]
        write_record(doctored.record_path(experiment), record)
    claim = next(claim for claim in CLAIMS if claim.name == "composes")
    assert row_of(claim).count("✓ agrees") == 1
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    assert row_of(claim).count("✗ disagrees") == 1


def row_of(claim) -> str:
    (row,) = (row for row in board.board().splitlines() if claim.claim in row)
    return row

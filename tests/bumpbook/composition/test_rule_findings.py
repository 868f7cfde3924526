"""The sentences on plain rules say what rules and records say, and end the build where a rule is no better any more."""

import pytest
import torch

from bumpbook.composition.rule_findings import without_block
from bumpbook.frame.findings import Unsupported, finding
from bumpbook.frame.sweeps import sweep
from bumpworld.rules import Split
from made_composition import declared, write


def all_squares(store, wrong=0.0, error=1e-3):
    for experiment in sweep("square").experiments:
        write(store, experiment, wrong=wrong, error=error)


def test_completion_is_no_worse_than_networks_or_the_sentence_falls(store):
    all_squares(store, wrong=1.0)
    text = finding("composition-rules").data
    assert "On all 20 squares it draws at least as many" in text and "on 17 of them every pair" in text
    assert "| SOS, columns and rows 6 to 15 | 0 % | 10 % |" in text
    # networks that draw every pair are beaten by nothing in the widest corners of SOS
    all_squares(store)
    with pytest.raises(Unsupported, match="One plain rule does this in both worlds"):
        finding("composition-rules")


def test_a_sum_and_a_product_are_right_in_one_world_each_and_networks_between(store):
    all_squares(store, wrong=1.0)
    text = finding("composition-two-rules").data
    assert "exact on all 10 squares of SOS" in text and "exact on all 10 squares of bumps" in text
    assert "in the 3 widest corners of SOS alone" in text
    # worse than the wrong rule, and better than the right one
    for error in (1.0, 1e-30):
        all_squares(store, wrong=1.0, error=error)
        with pytest.raises(Unsupported, match="lies between the two"):
            finding("composition-two-rules")


def test_what_surrounds_a_label_is_counted_by_hand():
    """Of a grid of four columns and rows, one pair is held out: three columns and rows cross there, and one when they are thin."""
    grid = torch.tensor([[x, y] for x in range(4) for y in range(4)]).float()
    held = (grid == torch.tensor([3.0, 3.0])).all(1)
    thin = held | ((grid >= 1).all(1) & (grid < 3).all(1)) | (grid == torch.tensor([0.0, 0.0])).all(1)
    for missing, wanted in ((held, 0.0), (thin, 1.0)):
        split = Split(grid, ~missing, {"asked": held})
        assert without_block(split, "asked") == wanted


def test_a_block_is_missing_at_a_quarter_of_all_pairs(store):
    for experiment in declared("few-shot", kind="bump", fraction=0.25, stripes=False):
        write(store, experiment, wrong=0.2)
    text = finding("composition-block").data
    assert "it has no answer for any of the other pairs" in text and "Networks draw 80 % of these" in text
    for experiment in declared("few-shot", kind="bump", fraction=0.25, stripes=False):
        write(store, experiment, wrong=0.5)
    with pytest.raises(Unsupported, match="Completion needs a full block"):
        finding("composition-block")


def test_the_rim_is_a_block_and_blanks_are_none(store):
    for experiment in sweep("rim").experiments:
        write(store, experiment)
    text = finding("composition-rim-rule").data
    assert "draws 100 % of the inner bumps" in text and "22 % of the SOS" in text and "draws nothing" in text

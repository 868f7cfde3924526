"""The sentence on what is left beside a band of eight follows the records."""

import shutil

import pytest
import torch

from bumpbook.frame.findings import Unsupported, finding
from bumpbook.frame.sweeps import sweep
from bumpbook.interpolation import turning
from bumpworld import Canvas
from made_held_out import keep
from shared import ROOT

# of 32 one network draws all of the band and the others their first rows, so that the interval reaches below 0
ALL = {"16": 3.0, "24": 3.0, "32": None, "40": 3.0, "plain": 3.0}
ALL |= {"strips": 3.0, "thinned": 3.0, "strips, longer": 3.0, "thinned, longer": 3.0}
# how each prediction in a table begins
FORETOLD = ("| The", "| What", "| It", "| Nor")


def named(e) -> str:
    """The frame of an experiment, or what is left of the world in it."""
    if not e.unet.label_angle:
        return "plain"
    return (
        str(e.canvas.size)
        if e.train_on.rule == "lesion"
        else e.train_on.rule + ", longer" * (not e.until_learned)
    )


def fill(store, errors):
    """Records with an error in x for every kind of network, and what was foretold."""
    shutil.copytree(ROOT / "results" / "predictions", store.root / "predictions")
    for e in sweep("frames").experiments:
        error = errors[named(e)]
        if error is None:
            rows = torch.arange(e.canvas.size**2) < e.canvas.size**2 * (1 if e.seed == 0 else 0.0625)
            error = torch.where(rows, 0.1, 3.0)
        keep(store, e, error_x=error)


def test_strips_are_trained_as_far_as_they_reach_and_asked_for_the_band():
    strips = next(e for e in sweep("frames").experiments if e.train_on.rule == "strips")
    split = strips.train_on.split(Canvas(size=32))
    assert split.train[:, 0].unique().tolist() == [8, 9, 10, 11, 20, 21, 22, 23]
    assert split.test["lesion"][:, 0].unique().tolist() == list(range(12, 20))
    assert len(split.train) == 8 * 32 and len(split.test["lesion"]) == 8 * 32


@pytest.mark.parametrize(
    ("changed", "verdicts"),
    [
        ({}, ["disagrees", "disagrees", "agrees", "agrees", "disagrees", "agrees"]),
        ({"16": 0.1}, ["disagrees", "disagrees", "disagrees", "agrees", "disagrees", "agrees"]),
        ({"40": 0.1}, ["agrees", "disagrees", "agrees", "agrees", "disagrees", "agrees"]),
        # nothing is drawn of it with all labels
        ({"32": 3.0}, None),
        # an interval above 0 would be told otherwise
        ({"32": 0.1}, None),
        # fewer labels are enough, at once or after more steps
        ({"thinned": 0.1}, None),
        ({"strips": 0.1}, None),
        ({"thinned, longer": 0.1}, None),
        ({"strips, longer": 0.1}, None),
    ],
)
def test_fewer_labels_have_to_draw_less_and_verdicts_follow_the_records(store, changed, verdicts):
    fill(store, ALL | changed)
    if verdicts is None:
        with pytest.raises(Unsupported, match="It takes many examples"):
            finding("interpolation-frames")
        return
    text = finding("interpolation-frames").data
    # one of ten draws all, the others a sixteenth
    assert "From the 768 labels beside the band networks told turned axes draw 16 % of it" in text
    assert "from 256 of them, picked at random from all columns, 0 %" in text
    said = [line.split("|")[2].strip() for line in text.splitlines() if line.startswith(FORETOLD)]
    assert said == verdicts


def test_without_all_of_its_networks_it_says_what_to_run(store):
    fill(store, ALL)
    for e in sweep("frames").experiments:
        if not e.unet.label_angle:
            store.record_path(e).unlink()
    text = finding("interpolation-frames").data
    assert "Not measured here" in text and "bumpworld run frames" in text


def test_the_two_middle_columns_are_those_of_the_band(store):
    split = sweep("frames").experiments[0].train_on.split(Canvas(size=16))
    assert split.labels[turning.two_middle(split), 0].unique().tolist() == [7, 8]
    for e in sweep("frames").experiments:
        keep(store, e, error_x=0.1 if e.unet.label_angle else 3.0)
    assert turning.middle(sweep("frames"), "axes", 8) == [0.0] * 5
    assert set(turning.middle(sweep("frames"), "turned-45", 8)) == {1.0}

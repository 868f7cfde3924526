"""The sentence on what is left beside a band of eight follows the records."""

import shutil

import pytest
import torch

from bumpbook.frame.findings import Unsupported, finding
from bumpbook.frame.sweeps import sweep
from bumpbook.interpolation import frame_findings, turning
from bumpworld import Canvas
from made_held_out import keep
from shared import ROOT

# shares of rows right; of 32 one network draws all and the others their first rows, so that the interval reaches below 0
FEW = 0.0625
ALL = {"16": 0.0, "24": 0.0, "32": None, "40": 0.1, "plain": 0.0, "strips": 0.0, "strips, longer": 0.0}
ALL |= {"thinned": FEW, "thinned, longer": 1.5 * FEW, "32, longer": 0.5}
# how each prediction in a table begins
FORETOLD = ("| The", "| What", "| It", "| Nor", "| Trained")


def named(e) -> str:
    """The frame of an experiment, or what is left of the world in it."""
    if not e.unet.label_angle:
        return "plain"
    beside = str(e.canvas.size) if e.train_on.rule == "lesion" else e.train_on.rule
    return beside + ", longer" * (not e.until_learned)


def fill(store, shares, steps=1200):
    """Records with a share of rows right for every kind of network, and what was foretold."""
    shutil.copytree(ROOT / "results" / "predictions", store.root / "predictions")
    for e in sweep("frames").experiments:
        share = shares[named(e)] if e.canvas.spacing == 1 else 0.0
        if share is None:
            share = 1 if e.seed == 0 else FEW
        labels = len(e.canvas.lattice())
        wrong = torch.where(torch.arange(labels) < round(labels * share), 0.1, 3.0)
        keep(store, e, error_x=wrong, steps=steps)


def test_strips_are_trained_as_far_as_they_reach_and_asked_for_the_band():
    strips = next(e for e in sweep("frames").experiments if e.train_on.rule == "strips")
    split = strips.train_on.split(Canvas(size=32))
    assert split.train[:, 0].unique().tolist() == [8, 9, 10, 11, 20, 21, 22, 23]
    assert split.test["lesion"][:, 0].unique().tolist() == list(range(12, 20))
    assert len(split.train) == 8 * 32 and len(split.test["lesion"]) == 8 * 32


@pytest.mark.parametrize(
    "changed",
    [
        {},
        # as many labels of all columns are no better than the nearest ones, at once or after more steps
        {"thinned": 0.0},
        {"thinned, longer": 0.0},
        # eight columns are enough
        {"strips": 0.2},
        {"strips, longer": 0.2},
        # more labels do no more in equally many steps, more steps no more with equally many labels
        {"32, longer": 1.5 * FEW},
        {"thinned, longer": FEW},
        # no more is drawn with all labels; or so much that the first rule is met
        {"32": FEW},
        {"32": 1.0},
        # a small frame is enough; no frame is
        {"16": 0.2},
        {"40": 0.0},
    ],
)
def test_the_sentence_falls_with_each_of_its_comparisons(store, changed, monkeypatch):
    # no record changes what a kernel draws, and two fits to 1280 images take as long as all other tests of this file
    monkeypatch.setattr(frame_findings, "regressions", lambda width, canvas: ("regressions: made up", True))
    fill(store, ALL | changed)
    if changed:
        with pytest.raises(Unsupported, match="Columns and labels both count"):
            finding("interpolation-frames")
        return
    text = finding("interpolation-frames").data
    said = "draw 50 % of the band of eight beside all other labels, 9 % beside a third of them picked at random, and 0 % where"
    assert said in text
    # until they have learned one of ten draws all, the others a sixteenth
    assert "| 32 px | 768 | 16 %" in text
    said = [line.split("|")[2].strip() for line in text.splitlines() if line.startswith(FORETOLD)]
    assert said == ["partly", "disagrees", "agrees", "agrees", "agrees", "partly", "agrees", "agrees"]


def test_steps_and_rate_are_told_apart_no_more_where_a_steady_rate_takes_fewer_steps(store):
    fill(store, ALL, steps=800)
    with pytest.raises(Unsupported, match="Columns and labels both count"):
        finding("interpolation-frames")


def test_without_all_of_its_networks_it_says_what_to_run(store):
    fill(store, ALL)
    for e in sweep("frames").experiments:
        if not e.unet.label_angle and e.canvas.spacing == 1:
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

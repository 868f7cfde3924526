"""The sentences on patience, wherever they stand, say what records say, and end the build where time changes nothing, or everything."""

import shutil

import pytest

from bumpbook.composition.longer_findings import completed
from bumpbook.frame import longer
from bumpbook.frame.findings import Unsupported, finding
from bumpbook.frame.sweeps import sweep
from bumpworld.store import ResultError
from made_composition import write
from shared import ROOT

SENTENCES = (
    "composition-longer",
    "composition-longer-open",
    "few-examples-patience",
    "percolation-patience",
    "teaching-longer",
)


def networks(store, filled: float, left: float, usual: float = 0.4):
    """Five networks of each kind and cell: as usual they draw ``usual`` of it, later ``filled`` of squares and ``left`` of the rest."""
    shutil.copytree(ROOT / "results" / "predictions", store.root / "predictions")
    for experiment in sweep("longer").experiments:
        square = experiment.train_on.rule == "held_out_square"
        late = filled if square else left
        drawn = usual if experiment.until_learned else late
        # no two networks are alike; with time some fill a square and some do not
        apart = 0.17 if square and not experiment.until_learned and filled < 0.9 else 0.02
        write(store, experiment, wrong=1 - drawn + apart * (experiment.seed - 2), offset=2.0)


def test_neither_kind_of_hole_fills_with_time(store):
    networks(store, filled=0.6, left=0.2)
    said = {name: finding(name).data for name in SENTENCES}
    assert (
        "After 40 they draw 60 % of the bumps in a middle square of ten (instead of 40 %)"
        in said["composition-longer"]
    )
    # one seed of five in each of three squares
    assert "Of these 15 networks 3 draw 90 % or more" in said["composition-longer"]
    assert "40 % when they stop early and 20 % when they go on" in said["composition-longer-open"]
    assert "they draw 20 % of a band of four columns instead of 40 %" in said["teaching-longer"]
    assert "40 % of the others" in said["few-examples-patience"]
    assert longer.gain("corner").mean == pytest.approx(0.2, abs=0.01)
    # the seed decides, early and late alike
    assert "the rank correlation over seeds is 1.00, 1.00 and 1.00" in said["composition-longer"]


@pytest.mark.parametrize(
    ("filled", "left", "fall"),
    [
        (0.95, 0.2, {"composition-longer", "teaching-longer"}),
        (0.6, 0.8, set(SENTENCES) - {"composition-longer"}),
    ],
)
def test_a_sentence_falls_where_the_records_say_otherwise(store, filled, left, fall):
    networks(store, filled, left)
    for name in SENTENCES:
        if name in fall:
            with pytest.raises(Unsupported):
                finding(name)
        else:
            assert "%" in finding(name).data


def test_a_missing_kind_of_network_names_the_command(store):
    for experiment in sweep("longer").experiments:
        if experiment.until_learned:
            write(store, experiment)
    with pytest.raises(ResultError, match="bumpworld run longer"):
        longer.table(store)


def test_completion_settles_squares_and_leaves_the_rest_open():
    assert {cell: completed(cell) for cell in longer.FILLED} == dict.fromkeys(longer.FILLED, 1.0)
    assert completed("band") == 0
    assert completed("sparse") < 0.05

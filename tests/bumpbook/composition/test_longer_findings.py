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
        # no two networks are alike
        write(store, experiment, wrong=1 - drawn + 0.02 * (experiment.seed - 2), offset=2.0)


def test_squares_fill_with_time_and_what_nothing_settles_does_not(store):
    networks(store, filled=0.8, left=0.4)
    said = {name: finding(name).data for name in SENTENCES}
    assert "of a middle square of ten 40 % to 80 % of bumps" in said["composition-longer"]
    assert "32 random ones 40 % before and 40 % after" in said["composition-longer-open"]
    assert "80 % of a square of ten columns and rows instead of 40 %" in said["teaching-longer"]
    assert "40 % of the others, and 40 % as usual" in said["few-examples-patience"]
    assert longer.gain("corner").mean == pytest.approx(0.4, abs=0.01)


@pytest.mark.parametrize(
    ("filled", "left", "fall"),
    [
        (0.45, 0.4, {"composition-longer", "teaching-longer"}),
        (
            0.8,
            0.8,
            {"composition-longer-open", "few-examples-patience", "percolation-patience", "teaching-longer"},
        ),
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

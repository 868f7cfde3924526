"""The sentences of chapter 5 say what their records say, change with them, and speak plainly when there are none."""

import numpy as np
import pytest

from bumpbook.composition import cross_findings as cross
from bumpbook.composition import findings as tables
from bumpbook.composition import headline_findings as headlines
from bumpbook.frame.findings import Unsupported, finding, percent
from bumpbook.frame.sweeps import sweep
from bumpworld.files import write_record
from made_composition import declared, split_of, write

NUMBERED = (
    "composition-width",
    "composition-rules",
    "composition-two-rules",
    "composition-block",
    "composition-rim-rule",
    "composition-kernel",
    "composition-parts",
    "composition-stripes",
    "composition-no-sum",
    "composition-snapped",
    "composition-drawn-instead",
    "composition-rim-gain",
    "composition-cross-ladder",
    "composition-in-short",
)


@pytest.mark.parametrize("name", NUMBERED)
def test_without_records_the_command_is_named(store, name):
    text = finding(name).data
    assert "Not measured here" in text and "bumpworld run" in text


def test_a_hole_is_filled_up_to_the_width_before_the_first_that_is_not(store):
    for high, wrong in ((9, 0.0), (10, 0.0), (11, 0.5), (12, 0.0)):  # in the middle, W = 2, 4, 6 and 8
        for experiment in declared("square", kind="bump", high=high):
            write(store, experiment, wrong=wrong)
    assert headlines.reach("bump") == 4
    assert headlines.by_width("bump", corner=False)[2] == (1, 1, 1, 5)
    for experiment in declared("square", kind="bump", high=9):
        write(store, experiment, wrong=0.5)
    assert headlines.reach("bump") == 0


def test_the_sentence_on_widths_ends_the_build_when_corners_are_drawn_too(store):
    for experiment in sweep("square").experiments:
        write(store, experiment)
    with pytest.raises(Unsupported, match=r"Of a hole as wide in a corner 100 % are drawn \(bumps\)"):
        finding("composition-width")
    for experiment in sweep("square").experiments:
        corner = dict(experiment.train_on.settings)["high"] == 16
        write(store, experiment, wrong=0.25 * corner)
    text = finding("composition-width").data
    assert "a hole may be 10 columns and rows wide (bumps) or 10 (SOS)" in text
    assert "Of a hole as wide in a corner 75 % are drawn (bumps) and 75 % (SOS)." in text
    # one seed of nearly all is enough against it: a mean of three does not say so
    for seed, wrong in enumerate((0, 0.25, 0.25)):
        (experiment,) = declared("square", kind="bump", low=6, high=16, seed=seed)
        write(store, experiment, wrong=wrong)
    with pytest.raises(Unsupported, match="in a corner"):
        finding("composition-width")
    # each world has its own width, and a world in which nothing is filled has none
    for experiment in declared("square", kind="bump", low=3, high=13):
        write(store, experiment, wrong=0.5)
    assert "a hole may be 8 columns and rows wide (bumps) or 10 (SOS)" in finding("composition-width").data
    for experiment in declared("square", kind="bump", low=7, high=9):
        write(store, experiment, wrong=0.5)
    with pytest.raises(Unsupported, match="a hole may be 0 columns"):
        finding("composition-width")


def test_a_kernel_does_more_than_add_and_less_than_networks(store):
    for experiment in declared("square", kind="bump"):
        write(store, experiment)
    text = finding("composition-kernel").data
    assert "draws 75 % to within 0.45 px" in text and "networks draw 100 % and 100 %" in text
    for experiment in declared("square", kind="bump", low=4, high=12):
        write(store, experiment, wrong=0.8)
    with pytest.raises(Unsupported, match="a fixed kernel does more"):
        finding("composition-kernel")


def test_the_sentence_on_stripes_needs_both_to_beat_either(store):
    for experiment in sweep("regions").experiments:
        use = dict(experiment.train_on.settings)["use"]
        write(store, experiment, wrong=0.0 if use == "both" else 1.0)
    text = finding("composition-stripes").data
    assert "draw 100 % of the SOS pairs" in text and "either alone draws at most 0 %" in text
    for experiment in declared("regions", kind="sos", use="stripes"):
        write(store, experiment)
    for name in ("composition-stripes", "composition-no-sum"):
        with pytest.raises(Unsupported):
            finding(name)


def test_ladder_counts_who_has_the_smaller_error(store):
    (experiment,) = declared("square", kind="bump", low=6, high=10, seed=0)
    write(store, experiment, error=1e-3)
    text = tables.rungs()
    assert "Bumps: exact on every square is *multiplicative* and *completion*. Of 1 squares" in text
    assert (
        "1 against *nearest label*, 1 against *kernel*, 1 against *additive*, 0 against *multiplicative*"
        in text
    )
    assert "10.0 to 10 times" in text
    write(store, experiment, error=1e-1)
    text = tables.rungs()
    assert "0 against *nearest label*, 0 against *kernel*, 0 against *additive*" in text
    (experiment,) = declared("square", kind="sos", low=6, high=10, seed=0)
    write(store, experiment)
    assert "SOS: exact on every square is *kernel* and *additive* and *completion*." in tables.rungs()


def test_runs_that_never_learned_are_left_out_and_counted(store):
    good, bad, *_ = declared("regions", kind="sos", use="both")
    write(store, good)
    write(store, bad, wrong=1.0, learned=False)
    kept, note = tables.finished("regions")
    assert [r.experiment for r in kept] == [good]
    assert "1 that never learned their training labels are left out" in note


def test_snapping_is_seen_where_the_coarse_tolerance_forgives(store):
    """Every drawing one pixel up and right: of a band 9 to 12, only what was asked for at 12 leaves it."""
    (experiment,) = declared("regions", kind="sos", use="2d", seed=0)
    write(store, experiment, wrong=1.0, offset=1.0)
    text = cross.snap()
    assert "25 % have the coordinate of the band nearer to a trained value" in text
    assert "Within 1 px 100 % of the arms are right, within 0.45 px 0 %." in text
    write(store, experiment, shape=0)
    assert "0 % have the coordinate" in cross.snap()


def test_cross_ladder_marks_open_answers_and_shows_the_models(store):
    for use in ("2d", "stripes", "both"):
        (experiment,) = declared("regions", kind="bump", use=use, seed=0)
        write(store, experiment, wrong=1.0 if use == "stripes" else 0.0)
    rows = {
        line.split("|")[1].strip(): line
        for line in finding("composition-cross-ladder").data.splitlines()
        if "|" in line
    }
    cells = {name: [c.strip() for c in row.split("|")[2:-1]] for name, row in rows.items()}
    assert cells["multiplicative"] == ["open", "open", "100 %"]
    assert cells["additive"] == cells["completion"] == ["open", "0 %", "0 %"]
    assert "within 1 px" in next(iter(rows))
    assert cells["**trained model**"] == ["100 %", "0 %", "100 %"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [(0.0, "does what a sum would do"), (0.25, "part of the way"), (1.0, "is no additive rule")],
)
def test_the_sentence_on_sums_turns_with_the_models(store, wrong, words):
    for experiment in declared("regions", kind="sos", use="stripes"):
        split, n = split_of(experiment), len(split_of(experiment).labels)
        write(store, experiment)
        record = store.load_record(experiment)
        inner = np.flatnonzero(split.region_masks["intersection"])
        off = np.zeros(n)
        off[inner[: round(wrong * len(inner))]] = 3.0
        record["checkpoints"][-1]["error_x"] = off.tolist()
        write_record(store.record_path(experiment), record)
    text = cross.sums()
    assert "the additive rule draws 100 % of the intersection right" in text and words in text


def test_shapes_and_rim_follow_the_records(store):
    for experiment in declared("regions", kind="bump", use="stripes"):
        write(store, experiment, shape=0)
    assert "Trained on stripes only: 0 % (n = 5, all alike) of the drawings pass as bumps." in cross.shapes()
    for experiment in declared("rim", kind="sos"):
        write(store, experiment, wrong=1.0 if experiment.train_on.rule == "stripes_only" else 0.25)
    text = cross.rims()
    assert (
        "0 % (n = 3, all alike) with stripes alone and 75 % (n = 3, all alike) with the 60 rim labels" in text
    )
    assert "Bumps" not in text


def test_helpers_state_shares_briefly():
    assert percent([0.0, 0.0, 0.001]) == "0 % (n = 3, all alike)"
    assert percent([0.25]) == "25 %"
    assert percent([0.0, 1.0]) == "50 % (range 0 to 100 %, n = 2)"

"""What we found behind each claim: it holds on the shipped tables, and stops the build where they say something else."""

import pandas as pd
import pytest

from bumpbook.frame import found
from bumpbook.frame.claim_findings import CLAIMS
from bumpbook.frame.findings import Unsupported, finding, minus, names
from bumpbook.frame.found import shares

NAMES = [claim.name for claim in CLAIMS]
SCORES = ("dimension", "additive", "four", "orthogonal", "parallel", "hyper", "contrast", "cause")


@pytest.mark.parametrize("name", NAMES)
def test_every_claim_has_one_sentence_with_numbers(name):
    text = finding(f"found-{name}").data
    assert f"found-{name}" in names()
    assert text.endswith(".") and ". " not in text
    assert sum(c.isdigit() for c in text) >= 2
    assert text in finding(f"claim-{name}").data
    assert text in finding(f"slide-{name}").data


@pytest.fixture
def flat(doctored):
    """All networks and all nulls alike, in every table: there is nothing to say."""
    for file in doctored.folder.glob("*-quick.csv"):
        table = pd.read_csv(file)
        columns = [c for c in (*SCORES, "x_fine", "y_fine", "both_fine", "denoising_error") if c in table]
        table.assign(**dict.fromkeys(columns, 0.5)).to_csv(file, index=False)


@pytest.mark.parametrize("name", NAMES)
def test_where_the_tables_say_something_else_the_build_stops(flat, name):
    with pytest.raises(Unsupported, match="no longer support this sentence"):
        finding(f"found-{name}")
    with pytest.raises(Unsupported, match="no longer support this sentence"):
        finding(f"claim-{name}")


def test_one_doctored_column_breaks_the_sentence_that_rests_on_it(doctored):
    assert "they fill a hole of four" in finding("found-no-interpolation").data
    doctored("codes", {"code": "turned-45", "rule": "lesion"}, both_fine=0.05)
    with pytest.raises(Unsupported, match="they fill a hole of four"):
        finding("found-no-interpolation")
    assert finding("found-composes").data


EIGHT = {"region": "square", "low": 4, "high": 12}


@pytest.mark.parametrize(
    ("name", "table", "where", "doctored_columns"),
    [
        ("composes", "nulls-first", {"null": "gaussian", "region": "square"}, {"both_fine": 0.95}),
        ("square-width", "nulls-square", {"null": "gaussian", "kind": "bump", **EIGHT}, {"both_fine": 0.6}),
        ("square-width", "square", {"kind": "sos", **EIGHT}, {"both_fine": 0.8}),
        ("sudden", "percolation", {"region": "unseen", "sigma": 1.0, "train_2d": 32}, {"both_fine": 0.05}),
    ],
)
def test_a_better_kernel_and_a_sure_rise_break_their_sentences(
    doctored, name, table, where, doctored_columns
):
    assert finding(f"found-{name}").data
    doctored(table, where, **doctored_columns)
    with pytest.raises(Unsupported):
        finding(f"found-{name}")


def test_without_tables_it_says_what_to_run(tmp_path, monkeypatch):
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    for name in NAMES:
        assert "Not measured here" in finding(f"found-{name}").data


def test_shares_are_means_over_models_that_learned(doctored):
    doctored("first", {"region": "square"}, both_fine=0.25)
    doctored("first", {"region": "square", "seed": 0}, both_fine=1, learned=False)
    found = shares("first", region="square")
    assert (found.mean, found.n) == (0.25, 4)


def test_a_sentence_that_cannot_fail_is_refused(monkeypatch):
    found.sentence(CLAIMS[0])
    monkeypatch.setitem(found._SENTENCES, CLAIMS[2], lambda e: ("So it is.",))
    with pytest.raises(ValueError, match="'composes' asks for nothing"):
        found.sentence(CLAIMS[2])


def test_axes_and_cause_speak_once_their_table_is_there(doctored):
    def write(name, contrast, cause, **more):
        rows = [{"contrast": contrast, **more}] * 5 + [{"cause": cause, **more}] * 5
        doctored.write(name, pd.DataFrame(rows).assign(learned=True))

    before = found.sentence(CLAIMS[0])
    write("codes-cause", 0.3, 0.7)
    write("nulls-codes-cause", -0.6, 0.02, null="code")
    assert "by 0.30" in found.sentence(CLAIMS[0]) and "70 %" in found.sentence(CLAIMS[0])
    assert found.sentence(CLAIMS[0]) != before
    write("codes-cause", -0.1, 0.7)
    with pytest.raises(Unsupported, match="The axes are the image's"):
        found.sentence(CLAIMS[0])


def test_a_minus_sign_is_no_hyphen():
    assert minus(-0.714) == "\u22120.71" and minus(2, ".0f") == "2"

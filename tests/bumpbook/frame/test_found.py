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


def test_two_exponents_that_part_and_a_kernel_that_saves_nothing_are_other_sentences(doctored):
    assert "the two ranges over seeds overlap" in finding("found-scaling").data
    table = pd.read_csv(doctored.folder / "scaling-quick.csv")
    flat = 1 / (1 + (20 * (table["size"] / 16) ** 0.7 / table.train_2d) ** 2)  # with stripes the power 0.7
    table["both_fine"] = table.both_fine.where(~table.stripes, flat)
    doctored.write("scaling", table)
    with pytest.raises(Unsupported, match="overlap"):
        finding("found-scaling")
    assert "with stripes no more than 8" in finding("found-stripes-save").data
    doctored(
        "nulls-few-shot", {"null": "kernel", "kind": "sos", "stripes": True, "train_2d": 8}, both_fine=0.1
    )
    with pytest.raises(Unsupported, match="no more than 8"):
        finding("found-stripes-save")


EIGHT = {"region": "square", "low": 4, "high": 12}


@pytest.mark.parametrize(
    ("name", "table", "where", "doctored_columns"),
    [
        ("composes", "nulls-first", {"null": "gaussian", "region": "square"}, {"both_fine": 0.95}),
        ("composes", "nulls-first", {"null": "completion", "region": "square"}, {"both_fine": 0.95}),
        ("square-width", "nulls-square", {"null": "completion", **EIGHT}, {"both_fine": 0.9}),
        ("square-width", "square", {"kind": "sos", **EIGHT}, {"both_fine": 0.8}),
        ("square-width", "nulls-square", {"null": "gaussian", **EIGHT}, {"both_fine": 0.9}),
        ("sudden", "percolation", {"region": "unseen", "sigma": 1.0, "train_2d": 32}, {"both_fine": 0.05}),
    ],
)
def test_better_and_worse_nulls_and_a_sure_rise_break_their_sentences(
    doctored, name, table, where, doctored_columns
):
    assert finding(f"found-{name}").data
    doctored(table, where, **doctored_columns)
    with pytest.raises(Unsupported):
        finding(f"found-{name}")


def test_the_seeds_that_reach_the_limit_alone_are_counted(doctored):
    table = pd.read_csv(doctored.folder / "percolation-quick.csv")
    rows = table[(table.region == "unseen") & (table.sigma == 1) & ~table.normalised & table.learned]
    counts = rows.pivot_table("both_fine", "train_2d", "seed").sort_index()
    reached = int((counts.diff().max() >= 0.5).sum())
    assert f"{reached} of the {counts.shape[1]} seeds by itself does" in finding("found-sudden").data


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


BROKEN = [
    ("factorized", "codes-cause", {}, {"contrast": -0.1}),
    ("factorized", "codes-cause", {}, {"contrast": 0.8}),
    ("factorized", "codes-cause", {}, {"contrast_axes": -0.1}),
    ("factorized", "codes-cause", {}, {"contrast_bumps": 0.3}),
    ("factorized", "codes-cause", {}, {"flat_bumps": 0.6}),
    ("factorized", "codes-cause", {}, {"cause": 0.05}),
    ("factorized", "codes-cause", {}, {"cause_axes": 0.05}),
    ("factorized", "nulls-codes-cause", {"null": "code-shuffled"}, {"contrast": 0.1}),
    ("factorized", "nulls-codes-cause", {"null": "code-shuffled"}, {"cause": 0.4}),
    ("factorized", "nulls-codes-cause", {"null": "picture"}, {"contrast": 0.2}),
    # with all seeds alike the leg is settled
    ("factorized", "codes-cause", {}, {"cause": 0.6}),
    ("factorized", "nulls-torus-geometry", {"null": "code"}, {"additive": 0.5}),
    ("hyper-factorized", "torus-noises", {}, {"hyper": 0.2}),
    ("hyper-factorized", "torus-noises", {}, {"hyper": 0.9}),
    ("clifford", "torus-noises", {}, {"parallel": 0.95}),
    ("clifford", "torus-noises", {}, {"orthogonal": 0.1}),
    ("dimension-settles", "torus-noises", {}, {"first": 2.0}),
    ("dimension-settles", "torus-noises", {}, {"first": 60.0}),
    ("dimension-settles", "torus-noises", {}, {"dimension": 40.0}),
]


@pytest.mark.parametrize(("name", "table", "where", "columns"), BROKEN)
def test_what_is_said_of_the_inside_rests_on_each_of_its_numbers(doctored, name, table, where, columns):
    assert finding(f"found-{name}").data
    doctored(table, where, **columns)
    with pytest.raises(Unsupported, match="no longer support this sentence"):
        finding(f"found-{name}")


def test_numbers_of_axes_and_noises_are_those_of_the_tables(doctored):
    doctored("codes-cause", contrast=0.31, contrast_axes=0.42, contrast_bumps=-0.004, cause_axes=0.8)
    seeds = pd.read_csv(doctored.folder / "codes-cause-quick.csv")
    told = seeds.cause.notna()
    doctored.write("codes-cause", seeds.assign(cause=seeds.cause.where(~told, 0.3 + 0.1 * seeds.seed)))
    doctored("nulls-codes-cause", {"null": "picture"}, contrast=0.66)
    text = finding("found-factorized").data
    assert "by 0.31 told x+y and x\u2212y, where the code has \u22120.67 and the picture 0.66" in text
    assert (
        "without axes (0.00)" in text
        and "draw 50 % (" in text
        and "which is not settled, and 80 % (n = 25, all alike) told x and y" in text
    )
    doctored("torus-noises", {"seed": 0}, parallel=0.8)
    assert "over 12 noises parallel steps have a cosine of 0.83 (" in finding("found-clifford").data


def test_a_minus_sign_is_no_hyphen():
    assert minus(-0.714) == "\u22120.71" and minus(2, ".0f") == "2"


@pytest.mark.parametrize("who, kind", [("completion", "bump"), ("kernel", "sos"), ("gaussian", "sos")])
def test_a_fall_is_a_weakness_where_every_square_is_drawn_without_training(doctored, who, kind):
    assert "100 % to 4 %" in finding("square-width-weakness").data
    doctored("nulls-square", {"null": who, "kind": kind, "region": "square", "low": 8}, both_fine=0.5)
    with pytest.raises(Unsupported, match="weakness of networks"):
        finding("square-width-weakness")


def test_networks_that_fall_alike_are_another_sentence(doctored):
    torus = pd.read_csv(doctored.folder / "torus-geometry-paper-network.csv")
    doctored.write("torus-geometry", torus.assign(dimension=10 - torus.trained_fine), preset="paper-network")
    with pytest.raises(Unsupported, match="and in another up"):
        finding("found-dimension-settles")

"""What a chapter says of a claim follows the tables: verdict, null, history."""

import pytest

from bumpbook.frame import claim_findings as claims
from bumpbook.frame.claim_findings import CLAIMS
from bumpbook.frame.claims import Score, judge
from bumpbook.frame.findings import finding, names
from bumpbook.frame.standing import known, standing
from bumpworld.instruments.spread import spread
from bumpworld.store import ResultError

BY_NAME = {claim.name: claim for claim in CLAIMS}


def test_every_claim_has_a_sentence():
    assert {f"claim-{name}" for name in BY_NAME} <= set(names())


@pytest.mark.parametrize(
    ("right", "word"),
    [(0.02, "agrees**"), (0.7, "in part**"), (1.0, "disagrees**")],
    ids=("low", "some", "all"),
)
def test_another_table_gives_another_verdict(doctored, monkeypatch, right, word):
    monkeypatch.setattr(claims, "found_sentence", lambda claim: "Networks do.")
    doctored("lesion", {"region": "lesion"}, both_fine=right)
    text = claims.sentence(BY_NAME["no-interpolation"])
    assert word in text.split("<details>")[0]
    assert f"share right in lesions of 6 columns and more: {right:.2f} (n = 15, all alike)" in text
    assert "History: the same rule within 1 px gave agrees" in text


def test_a_chapter_says_what_a_verdict_is_worth_that_a_null_gets(doctored):
    text = claims.verdict(BY_NAME["lesion-width"], known(BY_NAME["lesion-width"]))
    assert text.startswith(
        "Measured: \u22120.91 (rank correlation of width and accuracy). By our rule this **agrees**"
    )
    assert text.endswith(
        "A ReLU kernel without training (\u22120.83) and a Gaussian kernel without training (\u22120.93) do as well, "
        "so that this **shows nothing about learned features**."
    )
    doctored("nulls-lesion", {"region": "lesion"}, both_fine=1.0)
    text = claims.verdict(BY_NAME["lesion-width"], known(BY_NAME["lesion-width"]))
    assert text.endswith("Nothing untrained passes this rule.")
    for name, why in (
        (
            "square-width",
            "completion draws all of the bumps in narrow squares and in wide ones, kernels all of the sums.",
        ),
        ("regions", "kernels draw everything from stripes alone, and need no 2D example."),
        ("few-examples", "of the sums without a stripe, and at most 23 % of the bumps."),
    ):
        text = claims.verdict(BY_NAME[name], known(BY_NAME[name]))
        assert "Nothing untrained passes this rule, because " in text and text.endswith(why)
    doctored("nulls-square", {"region": "square", "null": "completion"}, both_fine=0.9)
    assert "passes this rule." in claims.verdict(BY_NAME["square-width"], known(BY_NAME["square-width"]))
    settles = BY_NAME["dimension-settles"].before
    assert claims.verdict(settles, known(settles, "paper-world")).endswith(
        "What is not trained cannot be asked this."
    )
    failed = BY_NAME["no-interpolation"]
    assert "A rule that copies the nearest label fails too" in claims.verdict(failed, known(failed))
    for claim in CLAIMS:
        assert claims.verdict(claim, known(claim)).count(". ") <= 2


def test_other_worlds_stand_behind_the_fold(doctored):
    doctored("first", {"region": "square"}, preset="paper-world", both_fine=0.7)
    front, fold = finding("claim-composes").data.split("<details>")
    said = "partly (share right in the held-out central square: 0.70; 5 models; as a null does)."
    assert f"aper&#x27;s world: {said}" in fold
    assert "world" not in front and "0.70" not in front
    # what is drawn of trained labels bounds what can be asked of the others
    doctored("first", {"region": "train"}, preset="paper-world", both_fine=0.6)
    assert (
        "cannot be said (share right in the held-out central square: 1.00; 5 models; trained labels 0.60)."
        in (finding("claim-composes").data)
    )
    # one that never learned them does not count at all, here as in the rule
    doctored("first", {"region": "train", "seed": 0}, preset="paper-world", both_fine=0.0, learned=False)
    assert known(BY_NAME["composes"], "paper-world").networks.verdict == "agrees"
    (doctored.folder / "first-paper-world.csv").unlink()
    assert "aper&#x27;s world" not in finding("claim-composes").data


@pytest.mark.parametrize(
    ("name", "networks", "null", "passes"),
    [
        # the same verdict, and a better one
        ("composes", [0.7] * 5, [0.6] * 3, True),
        ("composes", [0.7] * 5, [0.95] * 3, True),
        # on the other side of a limit, and not told apart, or told apart
        ("composes", [0.89, 0.92, 0.99], [0.8, 0.85, 0.9], True),
        ("composes", [0.91, 0.92, 0.99], [0.8, 0.85, 0.9], False),
        # what networks do not reach needs no learning
        ("composes", [0.2] * 5, [0.95] * 3, False),
        # a failure needs none either
        ("no-interpolation", [0.1] * 5, [0.1] * 3, False),
    ],
)
def test_when_a_null_does_as_well(name, networks, null, passes):
    claim = BY_NAME[name]
    scores = [
        judge({claim.limits[0].what: spread(values, share=True)}, claim.limits) for values in (networks, null)
    ]
    assert claim.as_well(scores[1], scores[0]) is passes


def test_every_limit_of_the_verdict_must_be_met_or_not_told_apart():
    # its limits are on shares alone, each with its interval
    claim = BY_NAME["few-examples"].before
    scores = {}
    for who, (eighth, quarter) in {
        "networks": (0.4, 0.8),
        "sums only": (0.4, 0.8),
        "wide": (0.4, 0.8),
    }.items():
        sos = quarter if who != "sums only" else 0.1
        found = {"bump": (eighth, quarter), "sos": (eighth, sos)}
        measured = {
            f"{kind}: {limit.what}": spread([value - 0.1, value, value + 0.1])
            for kind, values in found.items()
            for limit, value in zip(claim.limits, values, strict=True)
        }
        scores[who] = judge(measured, claim.asked(measured))
    assert scores["networks"].verdict == "partly" and claim.chief(scores["networks"].measured)[1].n == 3
    assert claim.as_well(scores["wide"], scores["networks"])
    assert not claim.as_well(scores["sums only"], scores["networks"])
    assert not claim.as_well(Score("cannot be said", {}), scores["networks"])


def test_many_measurements_stand_in_a_line_each():
    lines = claims.details(BY_NAME["square-width"])
    (line,) = [line for line in lines if line.startswith("Bumps: in squares at the corner, 8 and wider: ")]
    assert line.startswith("Bumps: in squares at the corner, 8 and wider: networks 0.19 (")
    assert line.endswith("; copy 0.00; ReLU kernel 0.01; Gaussian kernel 0.06; completion 1.00.")
    assert any(line.startswith("Networks: ") for line in claims.details(BY_NAME["regions"]))


def test_numbers_are_short_and_their_minus_is_one():
    claim = BY_NAME["percolation"]
    measured = {claim.shown: spread([-0.71, -0.69]), "models": 6, "none": float("nan")}
    result = Score("partly", measured)
    assert claims.chief(claim, result) == "\u22120.70"
    assert claims.chief(claim, Score("partly", {})) == ""
    assert claims.measured(result)[1:] == ["models: 6", "none: not measured"]


def test_without_tables_it_says_what_to_run(tmp_path, monkeypatch):
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="bumpworld run"):
        standing(BY_NAME["lesion-width"])
    assert known(BY_NAME["lesion-width"]) is None
    assert "Not measured here" in finding("claim-lesion-width").data


def test_a_damaged_table_is_named(doctored):
    (doctored.folder / "lesion-quick.csv").write_text('a,b\n"1')
    with pytest.raises(ResultError, match="lesion-quick.csv is damaged"):
        known(BY_NAME["lesion-width"])

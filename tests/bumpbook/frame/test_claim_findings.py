"""What a chapter says of a claim follows the tables: verdict, null, history."""

import pytest

from bumpbook.frame import claim_findings as claims
from bumpbook.frame.claim_findings import CLAIMS
from bumpbook.frame.claims import Score
from bumpbook.frame.findings import finding, names
from bumpbook.frame.standing import Standing, known, score
from bumpworld.instruments.spread import spread
from bumpworld.store import ResultError

BY_NAME = {claim.name: claim for claim in CLAIMS}


def test_every_claim_has_a_sentence():
    assert {f"claim-{name}" for name in BY_NAME} <= set(names())


@pytest.mark.parametrize(
    ("right", "word"),
    [(0.02, "agree**"), (0.7, "in part**"), (1.0, "disagree**")],
    ids=("low", "some", "all"),
)
def test_another_table_gives_another_verdict(doctored, monkeypatch, right, word):
    monkeypatch.setattr(claims, "found_sentence", lambda claim: "Networks do.")
    doctored("lesion", {"region": "lesion"}, both_fine=right)
    text = claims.sentence(BY_NAME["no-interpolation"])
    assert word in text.split("In the paper's world")[0]
    assert f"right, lesion of 6 columns and more: {right:.2f} (n = 15, all alike)" in text
    assert "History: the same rule within 1 px gave agrees" in text


def test_a_chapter_says_what_a_verdict_is_worth_that_a_null_gets(doctored):
    text = finding("claim-no-interpolation").data
    assert "networks **agree**, but **this shows nothing about learning**" in text
    assert (
        "(a copy of the nearest label, a ReLU kernel without training and a Gaussian kernel without" in text
    )
    doctored("nulls-lesion", {"region": "lesion"}, both_fine=1.0)
    assert "nothing about learning" not in claims.verdict(known(BY_NAME["no-interpolation"]))


def test_a_chapter_says_what_the_papers_world_gives(doctored):
    doctored("first", {"region": "square"}, preset="paper-world", both_fine=0.7)
    assert "In the paper's world they agree **in part** (0.70)." in finding("claim-composes").data
    # what is drawn of trained labels bounds what can be asked of the others
    doctored("first", {"region": "train"}, preset="paper-world", both_fine=0.6)
    unsettled = "In the paper's world they cannot be judged yet (1.00; trained labels 0.60)."
    assert unsettled in finding("claim-composes").data
    assert known(BY_NAME["composes"], "paper-world").networks.verdict == "cannot be said"
    # one that never learned them does not count at all, here as in the rule
    doctored("first", {"region": "train", "seed": 0}, preset="paper-world", both_fine=0.0, learned=False)
    assert "In the paper's world they **agree** (1.00)." in finding("claim-composes").data
    (doctored.folder / "first-paper-world.csv").unlink()
    assert "paper's world" not in finding("claim-composes").data


def test_nulls_matter_only_where_networks_reach_a_verdict():
    nulls = {"copy": Score("partly", {}), "kernel": Score("disagrees", {})}
    passed = {v: Standing(Score(v, {}), nulls).passed_by for v in ("agrees", "partly", "disagrees")}
    assert passed == {"agrees": [], "partly": ["copy"], "disagrees": []}


def test_a_word_for_lists(doctored, tmp_path, monkeypatch):
    assert claims.word(BY_NAME["composes"]) == "agrees"
    assert claims.word(BY_NAME["lesion-width"]) == "agrees, as a null does"
    assert claims.word(BY_NAME["square-width"]) == "agrees, as a null does"
    (doctored.folder / "codes-cause-quick.csv").unlink()
    assert claims.word(BY_NAME["factorized"]) == "not measured yet"
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path / "none"))
    with pytest.raises(FileNotFoundError, match="torus-geometry"):
        claims.word(BY_NAME["factorized"])


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
        score(BY_NAME["lesion-width"])
    assert known(BY_NAME["lesion-width"]) is None
    assert "Not measured here" in finding("claim-lesion-width").data


def test_a_damaged_table_is_named(doctored):
    (doctored.folder / "lesion-quick.csv").write_text('a,b\n"1')
    with pytest.raises(ResultError, match="lesion-quick.csv is damaged"):
        known(BY_NAME["lesion-width"])

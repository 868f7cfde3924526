"""A sentence of the book stands only while its data support it."""

import pytest

from bumpbook.frame import findings


def test_a_supported_sentence_stands_with_its_evidence_folded():
    assert findings.state("Bumps compose.", True) == "Bumps compose."
    text = findings.state("Bumps compose.", True, "| n |\n|---|\n| 5 |")
    assert text.startswith("Bumps compose.\n\n<details")
    assert text.endswith("</details>")
    assert "\n\n| n |\n|---|\n| 5 |\n\n" in text


def test_a_sentence_without_support_ends_the_build_and_is_named(monkeypatch):
    monkeypatch.setitem(findings._REGISTRY, "broken", lambda: findings.state("All is well.", False))
    with pytest.raises(findings.Unsupported, match=r"All is well\."):
        findings.finding("broken")


def test_words_are_listed_as_one_says_them():
    said = [findings.listed("abc"[:n]) for n in (1, 2, 3)]
    assert said == ["a", "a and b", "a, b and c"]
    with pytest.raises(ValueError):
        findings.listed([])

"""Reading times and readable tables: counted by hand on small notebooks, read back from what is shown."""

import pandas as pd
import pytest

from bumpbook.frame import findings
from bumpbook.frame.pages import readable, time_of
from bumpworld.store import ResultError


def cell(kind: str, source: str, *tags: str, drawn: bool = False) -> dict:
    return {
        "cell_type": kind,
        "source": [source],
        "metadata": {"tags": list(tags)} | ({"mystnb": {}} if drawn else {}),
    }


def test_text_figures_and_open_code_count_and_exercises_for_themselves():
    exercise = "```{exercise-start} Many words here (★, up to 25 minutes)"
    cells = [
        cell("markdown", "word " * 1000),  # 5 minutes
        *[cell("code", "draw()", "hide-input", drawn=True)] * 10,  # 5 minutes
        cell("code", "a = 1\n" * 99 + "b", drawn=False),  # 5 minutes
        cell("code", "import secret\n" * 500, "remove-cell"),
        cell("markdown", "## Exercises"),
        cell("markdown", exercise),
        cell("markdown", "word " * 5000),
        cell("markdown", exercise),
    ]
    said = time_of(cells)
    assert "about 15 minutes to read (1000 words, 10 figures, 100 lines of code)" in said
    assert "its 2 exercises take up to 50 more" in said
    assert "exercises" not in time_of(cells[:4])


@pytest.mark.parametrize(
    "heading", ["## Exercises", "the last three words\n\n## Exercises\n\n" + "more " * 9000]
)
def test_the_text_ends_at_the_exercises_wherever_in_a_cell_they_begin(heading):
    cells = [cell("markdown", "word " * 100), cell("markdown", heading), cell("markdown", "more " * 9000)]
    words = 100 + (0 if heading.startswith("#") else 4)
    assert f"({words} words, " in time_of(cells)
    # a word in a line is no heading
    assert "(9 words, " in time_of([cell("markdown", "under ## Exercises"), cell("markdown", "word " * 7)])


def test_findings_count_once_without_what_is_folded_and_without_the_time_itself(monkeypatch):
    said = findings.state("seven words stand open in this one", True, "folded " * 500)
    monkeypatch.setitem(findings._REGISTRY, "made-up", lambda: said)
    monkeypatch.setitem(findings._REGISTRY, "made-time", lambda: time_of(cells))
    cells = [
        cell("code", 'finding("made-time")', "remove-input"),
        cell("code", 'in_short = finding("made-up")\nin_short', "remove-input"),
        cell("code", 'finding("made-up")', "remove-input"),
        cell("code", 'finding("made-up")', "remove-input", "hide-output", drawn=True),
        cell("code", "draw()", "remove-input", drawn=True),
    ]
    assert "(7 words, 1 figures, 0 lines of code)" in time_of(cells)
    # one that only a fold shows counts nothing
    assert "(0 words, 0 figures, 0 lines of code)" in time_of(cells[3:4])


def test_what_was_counted_is_worked_out_once_and_shown_as_long_as_nothing_is_missing(monkeypatch, tmp_path):
    answers = iter(["the first", ResultError("no record"), "the second", "the third"])

    def write():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setitem(findings._REGISTRY, "made-up", write)
    cells = [cell("code", 'finding("made-up")', "remove-input")]
    assert "(2 words, " in time_of(cells)
    assert findings.finding("made-up").data == "the first"
    # what was missing when it was counted may be there when it is shown
    time_of(cells)
    assert findings.finding("made-up").data == "the second"
    # another folder of results is asked for itself
    time_of(cells)
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    with pytest.raises(StopIteration):
        findings.finding("made-up")


def test_a_table_is_rounded_named_and_has_no_bare_numbers_for_what_is_missing():
    rows = {"kind": ["a", "a", "b"], "labels": [12, 24, 12], "both": [0.123456, 0.9, 1.0]}
    wide = pd.DataFrame(rows).groupby(["kind", "labels"])["both"].mean().unstack()
    lines = readable(wide, {"a": "bumps", "kind": "world"}).data.splitlines()
    assert lines[0] == "| world | labels 12 | labels 24 |"
    assert lines[2:] == ["| bumps | 0.12 | 0.90 |", "| b | 1.00 | – |"]


def test_whole_numbers_and_words_stay():
    table = pd.DataFrame({"n": [3], "who": ["x"], "share": [0.5]})
    assert readable(table, form=".0%").data.splitlines()[2] == "| 3 | x | 50% |"


def test_long_counts_have_thin_spaces_and_numbers_end_at_the_right():
    table = pd.DataFrame({"who": ["x", None], "n": [4096, 12345], "share": [0.5, float("nan")]})
    _, kinds, *lines = readable(table, missing="none").data.splitlines()
    assert kinds == "| --- | ---: | ---: |"
    assert lines == ["| x | 4096 | 0.50 |", "| none | 12\N{NARROW NO-BREAK SPACE}345 | none |"]


def test_an_index_is_rounded_too_and_truth_is_yes_or_no():
    rows = {"apart": [2**0.5, 1.0], "linked": [True, False], "share": [0.25, 0.5]}
    lines = readable(pd.DataFrame(rows).set_index(["apart", "linked"])).data.splitlines()
    assert lines[2:] == ["| 1.41 | yes | 0.25 |", "| 1.00 | no | 0.50 |"]


def test_columns_on_several_levels_are_refused():
    table = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")]))
    with pytest.raises(ValueError, match="2 levels"):
        readable(table)

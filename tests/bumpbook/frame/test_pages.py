"""Reading times and readable tables: counted by hand on small notebooks, read back from what is shown."""

import pandas as pd
import pytest

from bumpbook.frame.pages import readable, time_of


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


def test_a_table_is_rounded_named_and_has_no_bare_numbers_for_what_is_missing():
    rows = {"kind": ["a", "a", "b"], "labels": [12, 24, 12], "both": [0.123456, 0.9, 1.0]}
    wide = pd.DataFrame(rows).groupby(["kind", "labels"])["both"].mean().unstack()
    lines = readable(wide, {"a": "bumps", "kind": "world"}).data.splitlines()
    assert lines[0] == "| world | labels 12 | labels 24 |"
    assert lines[2:] == ["| bumps | 0.12 | 0.90 |", "| b | 1.00 | – |"]


def test_whole_numbers_and_words_stay():
    table = pd.DataFrame({"n": [3], "who": ["x"], "share": [0.5]})
    assert readable(table, form=".0%").data.splitlines()[2] == "| 3 | x | 50% |"


def test_an_index_is_rounded_too_and_truth_is_yes_or_no():
    rows = {"apart": [2**0.5, 1.0], "linked": [True, False], "share": [0.25, 0.5]}
    lines = readable(pd.DataFrame(rows).set_index(["apart", "linked"])).data.splitlines()
    assert lines[2:] == ["| 1.41 | yes | 0.25 |", "| 1.00 | no | 0.50 |"]


def test_columns_on_several_levels_are_refused():
    table = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")]))
    with pytest.raises(ValueError, match="2 levels"):
        readable(table)

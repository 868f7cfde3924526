"""How wrong calls are tried: each is to be answered by a ValueError in our own words, with what is wrong and what is allowed."""

import math
import re
from pathlib import Path

import pytest

ALLOWED = re.compile(r"allowed|needed|needs|must|not finite|lies? |has no name|px apart|are fitted in")
OURS = {"bumpworld", "bumpbook"}
# what is wrong wherever a number, a word or nothing is not what is wanted
WORDS, SEEDS = ("ab", None, 5.0), (-1, 1.5, "a", None, True)
LABELS = (*WORDS, {}, [[1.0]], [[math.nan, 1.0]], [[math.inf, 1.0]], [["a", "b"]], object())
POSITIVE = ("a", None, 0, -1, math.nan, math.inf, True)
FLAGS, COUNTS = ("no", None, 1), ("a", None, 0, 1.5)


def tried(calls: dict, elsewhere=()) -> tuple:
    """Two tests of ``calls``, name -> (function, right arguments, wrong values of each): the wrong are refused, the right answered.

    The right ones that are named in ``elsewhere`` are answered in tests of their own.
    """

    @pytest.mark.parametrize("where", calls)
    def refused(where):
        assert not (found := misanswered(*calls[where])), found

    @pytest.mark.parametrize("where", [where for where in calls if where not in elsewhere])
    def answered(where):
        call, right, _ = calls[where]
        call(**right)

    return refused, answered


def misanswered(call, right: dict, wrong: dict) -> list[str]:
    """What is said to ``call`` with one of ``right``'s arguments changed to each of its ``wrong`` values, where it is no such error."""
    return [
        f"{name} = {value!r:.60}: {said}"
        for name, values in wrong.items()
        for value in values
        if (said := answer(call, {**right, name: value}, name))
    ]


def answer(call, arguments: dict, wrong: str) -> str:
    """Empty where the call is refused as it should be for one ``wrong`` argument; else what happened."""
    try:
        call(**arguments)
    except ValueError as error:
        last = error.__traceback__
        while last.tb_next:
            last = last.tb_next
        # by our own words, not by those of a library further down
        ours = OURS & set(Path(last.tb_frame.f_code.co_filename).parts)
        if not ours or not ALLOWED.search(str(error)):
            return f"foreign or bare: {error}"
        value = arguments[wrong]
        names = type(value) not in (int, float) or any(
            s in str(error) for s in (wrong, str(value), "shape (")
        )
        return "" if names else f"nameless: {error}"
    except Exception as error:
        return f"foreign: {type(error).__name__}: {error}"
    return "accepted"


def no_table(table, *columns: str) -> tuple:
    """What is no such table: no table at all, one without rows, and one that lacks one of its ``columns``."""
    return (*WORDS, table[:0], *(table.drop(columns=column) for column in columns))


def by_name(*wrong) -> tuple:
    """What is no dict by name: none at all, one without entries, one with other names, and those whose one value is ``wrong``."""
    return (*WORDS, {}, *({"a": value} for value in (3, *wrong)))

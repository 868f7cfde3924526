"""Verdicts that every page can ask for: how long it takes to read and to run."""

import json
import os
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral, Real
from pathlib import Path
from types import MappingProxyType

import numpy as np

from .findings import counted, register

WORDS_A_MINUTE = 200
# minutes for looking at a figure, and for a line of code that stands open
FIGURE, LINE = 0.5, 0.05
# a heading may stand at the end of a cell as well
_END = re.compile(r"^## Exercises", re.MULTILINE)
_WORD = re.compile(r"[^\W\d_]+")
_FINDING = re.compile(r"""^(?:\w+ = )?finding\("([\w-]+)"\)$""", re.MULTILINE)
# what a page keeps behind a click, or does not show at all
_FOLDED = {"remove-cell", "remove-output", "hide-output", "hide-cell"}
_NOTEBOOKS = Path(__file__).resolve().parents[3] / "notebooks"


def reading_time(chapter: int) -> str:
    """How long a chapter takes: its text, figures and open code without the exercises, and these for themselves.

    Without the notebooks beside the package (an installed copy) it says so.
    """
    found = sorted(_NOTEBOOKS.glob(f"{chapter:02d}_*.ipynb"))
    if not found:
        return "**Reading time:** not known here: the notebooks do not lie beside the package."
    return time_of(json.loads(found[0].read_text(encoding="utf-8"))["cells"])


def time_of(cells: Sequence[dict]) -> str:
    """The sentence on how long ``cells`` of a notebook take, from the first to its last.

    Findings that stand open count as text, once each; what is folded behind them does not.
    """
    texts = ["".join(cell["source"]) for cell in cells]
    words = figures = lines = 0
    found: set[str] = set()
    for cell, text in zip(cells, texts, strict=True):
        tags, end = set(cell["metadata"].get("tags", [])), _END.search(text)
        if cell["cell_type"] == "markdown":
            words += len(_WORD.findall(text[: end.start()] if end else text))
            if end:
                break
        else:
            if not tags & _FOLDED:
                figures += "mystnb" in cell["metadata"]
                found.update(_FINDING.findall(text))
            if not tags & {"remove-cell", "remove-input", "hide-input", "hide-cell"}:
                lines += len(text.split("\n"))
    words += sum(map(_words_said, sorted(found)))
    minutes = max(5, 5 * round((words / WORDS_A_MINUTE + figures * FIGURE + lines * LINE) / 5))
    exercises = [
        int(most) for most in re.findall(r"exercise-start\}.*?up to (\d+) minutes", "\n".join(texts))
    ]
    said = (
        f"**Time:** about {minutes} minutes to read ({words} words, {figures} figures, {lines} lines of code)"
    )
    return said + (
        f"; its {len(exercises)} exercises take up to {sum(exercises)} more." if exercises else "."
    )


def _words_said(name: str) -> int:
    """Words of a finding that stand open: none of a time, which would count itself or say too early how long a page ran."""
    if name.endswith("-time"):
        return 0
    return len(_WORD.findall(counted(name).split("<details", 1)[0]))


def markdown_table(heads: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()) -> str:
    """A Markdown table with these column heads; cells are text, and the columns at ``right`` end at their right edge."""
    lines = [heads, ["---:" if at in right else "---" for at in range(len(heads))], *rows]
    # a bar inside a cell would end it
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def readable(table, names: Mapping[str, str] = MappingProxyType({}), form: str = ".2f", missing: str = "–"):
    """A pandas table as IPython Markdown: numbers rounded, the index in columns of its own, ``names`` for what is called otherwise.

    A name of the columns stands before each of their values, "labels 24". Where there is no value there is ``missing``,
    and true and false are yes and no. Raises ValueError for columns on several levels.
    """
    from IPython.display import Markdown

    if table.columns.nlevels > 1:
        raise ValueError(f"the table has {table.columns.nlevels} levels of columns; allowed is one")
    word = lambda value, form="": _cell(names.get(value, value), form, missing)
    before = f"{word(table.columns.name)} " if table.columns.name else ""
    index = [word(name) for name in table.index.names if name is not None]
    heads = [*index, *(before + word(column) for column in table.columns)]
    rows = []
    for at, values in zip(table.index, table.to_numpy(dtype=object), strict=True):
        first = (at if isinstance(at, tuple) else (at,)) if index else ()
        rows.append(
            [word(value, form) for value in first] + [_cell(value, form, missing) for value in values]
        )
    right = [len(index) + at for at, kind in enumerate(table.dtypes) if kind.kind in "iuf"]
    return Markdown(markdown_table(heads, rows, right))


def _cell(value: object, form: str, missing: str) -> str:
    # a table's own truth values are numpy's
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if value is None or value != value:
        return missing
    if isinstance(value, Integral):
        return thin(value)
    return format(value, form) if isinstance(value, Real) else str(value)


def thin(count: int) -> str:
    """A whole number; from five digits on narrow spaces stand between groups of three."""
    return f"{count:,}".replace(",", "\N{NARROW NO-BREAK SPACE}") if abs(count) >= 10_000 else str(count)


@register("run-time")
def run_time() -> str:
    """Processor time of the running kernel up to now: put it last on a page."""
    seconds, cores = time.process_time(), os.cpu_count() or 1
    return (
        f"When this page was last run from top to bottom, it took {seconds:.0f} seconds of processor time on a "
        f"machine with {cores} core{'s' if cores > 1 else ''}, loading PyTorch included."
    )

"""Verdicts that every page can ask for: how long it takes to read and to run."""

import json
import os
import re
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from .findings import register

WORDS_A_MINUTE = 200  # slow enough to look at the figures
_NOTEBOOKS = Path(__file__).resolve().parents[3] / "notebooks"


def reading_time(chapter: int) -> str:
    """Reading time of a chapter in whole minutes, from the words of its text cells, exercises included.

    Without the notebooks beside the package (an installed copy) it says so.
    """
    found = sorted(_NOTEBOOKS.glob(f"{chapter:02d}_*.ipynb"))
    if not found:
        return "**Reading time:** not known here: the notebooks do not lie beside the package."
    cells = json.loads(found[0].read_text(encoding="utf-8"))["cells"]
    text = " ".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    words = len(re.findall(r"[^\W\d_]+", text))
    minutes = max(5, 5 * round(words / WORDS_A_MINUTE / 5))
    return f"**Reading time:** about {minutes} minutes ({words} words at {WORDS_A_MINUTE} a minute)."


def markdown_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table with these column heads; cells are text."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


@register("run-time")
def run_time() -> str:
    """Processor time of the running kernel up to now: put it last on a page."""
    seconds, cores = time.process_time(), os.cpu_count() or 1
    return (
        f"When this page was last run from top to bottom, it took {seconds:.0f} seconds of processor time on a "
        f"machine with {cores} core{'s' if cores > 1 else ''}, loading PyTorch included."
    )

"""House rules of the chapters: no outputs in git, short cells, one common first cell."""

import json
import re
from importlib import import_module

import nbformat
import pytest

from shared import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MAX_LINES = 15

pytestmark = pytest.mark.skipif(not NOTEBOOKS, reason="there is no notebook")


def code_cells(path):
    return [
        cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_carries_no_outputs(path):
    for number, cell in enumerate(code_cells(path)):
        assert not cell["outputs"], f"code cell {number} has outputs: run `make strip`"
        assert cell["execution_count"] is None, f"code cell {number} is numbered: run `make strip`"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_cells_are_short(path):
    for number, cell in enumerate(code_cells(path)):
        lines = [line for line in "".join(cell["source"]).splitlines() if line.strip()]
        assert len(lines) <= MAX_LINES, f"code cell {number} has {len(lines)} lines"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_an_open_fold_keeps_its_title(path):
    for cell in nbformat.read(path, 4).cells:
        prompts = cell.metadata.get("mystnb", {})
        assert prompts.get("code_prompt_hide") == prompts.get("code_prompt_show"), cell.id


def test_first_code_cell_is_the_same_everywhere():
    assert len({"".join(code_cells(path)[0]["source"]) for path in NOTEBOOKS}) == 1


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_chapter_asks_its_room_for_figures_that_are_there(path):
    cells = nbformat.read(path, 4).cells
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    room = re.search(r"from bumpbook import check, finding, (\w+)", code)[1]
    asked = set(re.findall(rf'(?<![\w."-]){room}\.(\w+)', code))
    assert asked and not {name for name in asked if not hasattr(import_module(f"bumpbook.{room}"), name)}

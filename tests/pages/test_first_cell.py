"""The chapters' first cell installs the package where it is missing, and does nothing where it is there."""

import importlib.util
import sys

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from shared import ROOT

sys.path.insert(0, str(ROOT / "tools"))
import first_cell

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ADDRESS = "https://example.org/someone/bumpworld"


@pytest.fixture
def nothing_installed(monkeypatch):
    """A machine on which no package can be found."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)


def run(code: str, shell=None) -> None:
    exec(TransformerManager().transform_cell(code), {"get_ipython": lambda: shell})


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_chapter_carries_the_cell_of_the_project(path):
    notebook = nbformat.read(path, 4)
    assert not first_cell.stamp(notebook, first_cell.project_source()), "run `make format`"


@pytest.mark.parametrize("url", ["", ADDRESS])
def test_nothing_happens_where_the_package_is(url):
    run(first_cell.source(url, "1.2.3"))  # without a shell any magic would fail


def test_without_an_address_it_says_how_to_install(nothing_installed):
    with pytest.raises(ImportError, match="pip install <folder of the book>"):
        run(first_cell.source("", "1.2.3"))


def test_with_an_address_it_installs_the_tagged_version(nothing_installed):
    asked = []

    class Shell:
        def run_line_magic(self, name, line):
            asked.append((name, line))

    run(first_cell.source(ADDRESS, "1.2.3"), Shell())
    assert asked == [("pip", f'install --quiet "bumpworld[chapters] @ git+{ADDRESS}@v1.2.3"')]


def test_a_second_stamp_changes_nothing_and_a_new_address_does():
    cells = [nbformat.v4.new_markdown_cell("# A title"), nbformat.v4.new_code_cell("import torch")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    assert first_cell.stamp(notebook, "a")
    assert [cell.source for cell in notebook.cells] == ["# A title", "a", "import torch"]
    assert not first_cell.stamp(notebook, "a")
    assert first_cell.stamp(notebook, "b") and len(notebook.cells) == 3

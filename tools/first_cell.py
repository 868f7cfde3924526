"""Write the chapters' first code cell, which brings the package to a machine that lacks it (Colab, a bare kernel).

It is made from `repository: url` in _config.yml and the version in pyproject.toml, so that publishing the book is a
matter of one key: run `make format` after filling it in. Where the package is there, the cell does nothing.
"""

import sys
import tomllib
from pathlib import Path

import nbformat
import yaml

ROOT = Path(__file__).resolve().parents[1]
CELL_ID = "install"

TEST = """from importlib.util import find_spec

if find_spec("bumpworld") is None:
    """
WITH_ADDRESS = (
    TEST
    + """%pip install --quiet "bumpworld[chapters] @ git+{url}@v{version}"
"""
)
WITHOUT_ADDRESS = (
    TEST
    + """raise ImportError(
        "bumpworld is not installed here: run `%pip install <folder of the book>`, then this cell again"
    )
"""
)


def source(url: str, version: str) -> str:
    """The cell's code for a repository at ``url``; for an empty one it says in a sentence how to install."""
    return (WITH_ADDRESS if url else WITHOUT_ADDRESS).format(url=url, version=version).rstrip()


def project_source() -> str:
    """The cell's code that this project's _config.yml and pyproject.toml ask for."""
    url = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["repository"]["url"]
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    return source(url or "", version)


def stamp(notebook: nbformat.NotebookNode, code: str) -> bool:
    """Put ``code`` into the notebook's first code cell, made when there is none; was anything changed?"""
    first = next(i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code")
    if notebook.cells[first].id != CELL_ID:
        # the pages need no word of it
        cell = nbformat.v4.new_code_cell(code, id=CELL_ID, metadata={"tags": ["remove-cell"]})
        notebook.cells.insert(first, cell)
        return True
    changed = notebook.cells[first].source != code
    notebook.cells[first].source = code
    return changed


def main() -> int:
    """Stamp every chapter and name those that changed."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        notebook = nbformat.read(path, 4)
        if stamp(notebook, project_source()):
            nbformat.write(notebook, path)
            print(f"{path.name}: first cell written")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The book as one page, which `make pdf` prints: every extension's nodes are drawn there as in the pages."""

import os
import subprocess
import sys

import pytest

from shared import ROOT

PAGE = """---
file_format: mystnb
kernelspec: {name: python3}
---
# A page

```{code-cell} ipython3
:tags: [hide-input]
1 + 1
```

```{exercise}
:label: one
How much is it?
```
"""


def built(folder, *extensions) -> subprocess.CompletedProcess:
    (folder / "index.md").write_text(PAGE)
    named = ",".join(("myst_nb", "sphinx_exercise", *extensions))
    settings = ["-C", "-D", f"extensions={named}", "-D", "nb_execution_mode=off"]
    sphinx = [sys.executable, "-m", "sphinx", "-q", *settings, "-b", "singlehtml", folder, folder / "out"]
    path = {"PYTHONPATH": str(ROOT / "book" / "_ext")}
    return subprocess.run(sphinx, capture_output=True, text=True, env=os.environ | path)


def test_folded_cells_and_exercises_stand_on_the_one_page(tmp_path):
    pytest.importorskip("sphinx")
    done = built(tmp_path, "one_page")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "out" / "index.html").read_text()
    assert "<details" in page and "How much is it?" in page


def test_without_the_extension_there_would_be_none(tmp_path):
    """Else the extension is no longer needed."""
    pytest.importorskip("sphinx")
    assert "unknown node type" in built(tmp_path).stderr

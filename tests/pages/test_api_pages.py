"""Every module of the package has its place on the reference pages."""

import re

from shared import ROOT


def test_every_module_is_documented():
    src = ROOT / "src"
    modules = set()
    for file in (src / "bumpworld").rglob("*.py"):
        parts = file.relative_to(src).with_suffix("").parts
        modules.add(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    pages = [*(ROOT / "book" / "api").glob("*.md"), ROOT / "book" / "api.md"]
    documented = {name for page in pages for name in re.findall(r"automodule:: (\S+)", page.read_text())}
    # The package's own names are listed in words; the chapters' verdicts and checks are no interface.
    internal = {"bumpworld"} | {
        name for name in modules if re.fullmatch(r"bumpworld\.(verdicts|exercises)\.ch\d+\w*", name)
    }
    assert documented == modules - internal

"""Every module of the package has its place on the reference pages."""

import re

from shared import ROOT


def test_every_module_is_documented():
    src = ROOT / "src"
    modules = set()
    for file in [*(src / "bumpworld").rglob("*.py"), *(src / "bumpbook").rglob("*.py")]:
        parts = file.relative_to(src).with_suffix("").parts
        modules.add(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    pages = [*(ROOT / "book" / "api").glob("*.md"), ROOT / "book" / "api.md"]
    documented = {name for page in pages for name in re.findall(r"automodule:: (\S+)", page.read_text())}
    # Packages are listed in words; the chapters' sentences and checks are no interface.
    no_interface = r"bumpworld|bumpworld\.instruments|bumpbook|bumpbook\.\w+|bumpbook\.\w+\.(\w+_)?(findings|checks|studies)"
    internal = {name for name in modules if re.fullmatch(no_interface, name)}
    internal = {name for name in internal if not name.startswith("bumpbook.frame.")}
    assert documented == modules - internal

"""Every module of the package has its place on the reference pages."""

import re

import pytest

from shared import ROOT, load_extension


@pytest.fixture(scope="module")
def filled():
    """What the extension makes of a page."""
    return load_extension("room_pages").filled


def test_a_room_and_its_modules_list_themselves(filled, tmp_path):
    for name in (
        "frame/__init__",
        "frame/tables",
        "tides/__init__",
        "tides/moon",
        "tides/moon_findings",
        "tides/checks",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.py").touch()
    assert filled("before <!-- every room and its modules --> after", tmp_path).split() == (
        "before ## `bumpbook.tides` ```{eval-rst} .. automodule:: bumpbook.tides.moon :members: ``` after".split()
    )
    assert filled("no place", tmp_path) == "no place"


def test_every_module_is_documented(filled):
    src = ROOT / "src"
    modules = set()
    for file in [*(src / "bumpworld").rglob("*.py"), *(src / "bumpbook").rglob("*.py")]:
        parts = file.relative_to(src).with_suffix("").parts
        modules.add(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    pages = [*(ROOT / "book" / "api").glob("*.md"), ROOT / "book" / "api.md"]
    texts = [filled(page.read_text(), src / "bumpbook") for page in pages]
    documented = {name for text in texts for name in re.findall(r"automodule:: (\S+)", text)}
    # Packages are listed in words; the chapters' sentences and checks are no interface.
    no_interface = r"bumpworld|bumpworld\.instruments|bumpbook|bumpbook\.\w+|bumpbook\.\w+\.(\w+_)?(findings|checks|studies)"
    internal = {name for name in modules if re.fullmatch(no_interface, name)}
    internal = {name for name in internal if not name.startswith("bumpbook.frame.")}
    assert documented == modules - internal

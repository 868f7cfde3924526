"""Sphinx extension: the reference page of the rooms lists what is in `src/bumpbook`, so that a new module lists itself.

The line `<!-- every room and its modules -->` of a page becomes a heading for each room, in alphabetical order, and below
it the documentation of each module. Sentences with numbers, checks of answers and studies are no interface.
"""

import re
from pathlib import Path

from sphinx.application import Sphinx

PLACE = "<!-- every room and its modules -->"
# shared by all rooms, with pages of their own
SHARED = ("frame", "widgets")
NO_INTERFACE = re.compile(r"__init__|(\w+_)?(findings|checks|studies)")


def rooms(package: Path) -> dict[str, list[str]]:
    """The modules of each room that the page documents, by name of the room."""
    found = {}
    for room in sorted(path.parent for path in package.glob("*/__init__.py")):
        if room.name not in SHARED:
            files = sorted(room.glob("*.py"))
            found[room.name] = [file.stem for file in files if not NO_INTERFACE.fullmatch(file.stem)]
    return found


def filled(text: str, package: Path) -> str:
    """``text`` of a page with the rooms of ``package`` at their place."""
    parts = []
    for room, modules in rooms(package).items():
        listed = "\n\n".join(f".. automodule:: bumpbook.{room}.{name}\n   :members:" for name in modules)
        parts.append(f"## `bumpbook.{room}`\n\n```{{eval-rst}}\n{listed}\n```")
    return text.replace(PLACE, "\n\n".join(parts))


def fill(app: Sphinx, page: str, source: list[str]) -> None:
    if PLACE in source[0]:
        source[0] = filled(source[0], Path(app.srcdir) / "src" / "bumpbook")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("source-read", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

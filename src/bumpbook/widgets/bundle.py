"""The text of a widget's script: one ES module with those beside it that it imports written in.

A page gets a widget's script as text, out of which no import can reach a neighbouring file. The files stay plain
modules all the same, so that Node runs them in a test and TypeScript checks them, with no build step.
"""

import re
from pathlib import Path

HERE = Path(__file__).parent
IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+\.js)";\n', re.MULTILINE)
# its own lines only: types, for the checker
COMMENT = re.compile(r"^[ ]*/\*\*.*?\*/\n", re.MULTILINE | re.DOTALL)


def script(name: str) -> str:
    """The module ``name`` of this folder, after everything that it imports, each once and without its comments."""
    parts: list[str] = []
    _collect(name, parts, set())
    return "\n".join(parts)


def style(name: str) -> str:
    """The style sheet ``name`` of this folder."""
    return (HERE / name).read_text(encoding="utf-8")


def _collect(name: str, parts: list[str], seen: set[str], imported: bool = False) -> None:
    if name in seen:
        return
    seen.add(name)
    text = (HERE / name).read_text(encoding="utf-8")
    for other in IMPORT.findall(text):
        _collect(other, parts, seen, imported=True)
    text = COMMENT.sub("", IMPORT.sub("", text))
    parts.append(re.sub(r"^export ", "", text, flags=re.MULTILINE) if imported else text)

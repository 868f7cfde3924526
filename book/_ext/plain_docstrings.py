"""Sphinx extension: docstrings are written to be read in an editor; two habits of theirs are translated here.

* ``|a - b|^2`` means what it says. In reStructuredText two bars would be a substitution.
* Lines ``name : what it is`` under a sentence are a list, one entry a name.
"""

import re

from sphinx.application import Sphinx

LITERAL = re.compile(r"(``.*?``|`.*?`)")
ENTRY = re.compile(r"(\w+(?:, \w+)*) : (\S.*)")


def escape_bars(line: str) -> str:
    """Return `line` with every | outside of backquotes escaped."""
    parts = LITERAL.split(line)
    return "".join(part if LITERAL.fullmatch(part) else part.replace("|", r"\|") for part in parts)


def list_entries(lines: list[str]) -> list[str]:
    """Return `lines` with every ``name : text`` and its indented continuation made an entry of a list."""
    result: list[str] = []
    inside = False
    for line in lines:
        entry = ENTRY.fullmatch(line)
        if entry:
            if not inside:
                result.append("")
            result.append(f"* **{entry[1]}**: {entry[2]}")
        elif inside and line.startswith("    "):
            result.append("  " + line.strip())
            continue
        else:
            result.extend(["", line] if inside and line.strip() else [line])
        inside = bool(entry)
    return result


def process(app: Sphinx, what: str, name: str, thing: object, options: object, lines: list[str]) -> None:
    """Change the lines of one docstring in place."""
    lines[:] = list_entries([escape_bars(line) for line in lines])


def setup(app: Sphinx) -> dict:
    """Register the step with Sphinx, after napoleon's."""
    app.connect("autodoc-process-docstring", process, priority=900)
    return {"version": "1", "parallel_read_safe": True}

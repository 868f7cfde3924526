"""Turn the chapters' MyST into Markdown that JupyterLab shows: boxes become quotes, roles words and links."""

import re
from collections.abc import Callable
from pathlib import Path

import nbformat
from pybtex.database import Entry, parse_file

BOXES = {
    "admonition",
    "attention",
    "caution",
    "danger",
    "dropdown",
    "error",
    "hint",
    "important",
    "note",
    "seealso",
    "tip",
    "warning",
}

DIRECTIVE = re.compile(
    r"^(?P<fence>`{3,}|:{3,})\{(?P<name>[a-z:-]+)\} *(?P<title>.*)\n(?P<body>(?:.*\n)*?)(?P=fence) *$",
    re.MULTILINE,
)
OPTION = re.compile(r"^:([\w-]+): *(.*)$")
ROLE = re.compile(r"\{(?P<name>[a-z:-]+)\}`(?P<text>[^`<]+?)(?:\s*<(?P<target>[^`>]+)>)?`")
TARGET = re.compile(r"^\([\w-]+\)=\n", re.MULTILINE)
PAGE_LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]+)\]\((?!\w+:)[^)]*\.(?:md|html)(?:#[^)]*)?\)")


def directive(text: str) -> tuple[str, str, dict[str, str], str] | None:
    """Name, title, options and body of the one directive that ``text`` consists of; None for other text."""
    match = DIRECTIVE.fullmatch(text.strip())
    return _parts(match) if match else None


def converter(notebooks: Path, bibliography: Path) -> Callable[[str], str]:
    """A function from MyST to plain Markdown.

    It knows the titles of the chapters in the folder ``notebooks`` and the works in ``bibliography``, a BibTeX file.
    It raises ValueError for a directive that it does not know, and KeyError for a work that is not there.
    """
    titles = {path.stem: title(nbformat.read(path, 4)) for path in notebooks.glob("*.ipynb")}
    works = parse_file(str(bibliography)).entries

    def role(match: re.Match) -> str:
        name, text, target = match["name"], match["text"].strip(), match["target"]
        if name in ("cite", "cite:p", "cite:t"):
            cited = [_citation(works[key.strip()], in_text=name == "cite:t") for key in text.split(",")]
            return ", ".join(cited) if name == "cite:t" else f"({'; '.join(cited)})"
        if name == "doc":
            page = (target or text).rsplit("/", 1)[-1]
            return f"[{text if target else titles[page]}]({page}.ipynb)" if page in titles else text
        return f"${text}$" if name == "math" else text

    def convert(text: str) -> str:
        text = DIRECTIVE.sub(lambda match: _box(*_parts(match)), TARGET.sub("", text))
        return PAGE_LINK.sub(r"\g<text>", ROLE.sub(role, text))

    return convert


def title(notebook: nbformat.NotebookNode) -> str:
    """The first heading of a notebook."""
    found = (
        re.search(r"^# +(.+)$", c.source, re.MULTILINE) for c in notebook.cells if c.cell_type == "markdown"
    )
    return next(match[1].strip() for match in found if match)


def _parts(match: re.Match) -> tuple[str, str, dict[str, str], str]:
    options, lines = {}, match["body"].splitlines()
    while lines and (option := OPTION.match(lines[0])):
        options[option[1]] = option[2]
        del lines[0]
    return match["name"], match["title"].strip(), options, "\n".join(lines).strip()


def _box(name: str, heading: str, options: dict[str, str], body: str) -> str:
    if name not in BOXES:
        raise ValueError(
            f"directive is {name!r}, which JupyterLab does not show; known are {', '.join(sorted(BOXES))}"
        )
    if name not in ("admonition", "dropdown"):
        heading, body = name.capitalize(), f"{heading}\n{body}".strip()
    lines = [f"**{heading}**", "", *body.splitlines()]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _citation(work: Entry, in_text: bool) -> str:
    """Authors and year, with a link where the entry names an address."""
    names = [" ".join(str(part) for part in person.rich_last_names) for person in work.persons["author"]]
    authors = " and ".join(names) if len(names) <= 2 else f"{names[0]} et al."
    words = f"{authors} ({work.fields['year']})" if in_text else f"{authors}, {work.fields['year']}"
    arxiv = re.search(r"arXiv:([\d.]+\d)", work.fields.get("journal", ""))
    if "doi" in work.fields:
        return f"[{words}](https://doi.org/{work.fields['doi']})"
    if "eprint" in work.fields or arxiv:
        return f"[{words}](https://arxiv.org/abs/{work.fields.get('eprint') or arxiv[1]})"
    return f"[{words}]({work.fields['url']})" if "url" in work.fields else words

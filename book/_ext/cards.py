"""Sphinx extension: a link to a glossary term carries the term's definition, as a link to the references carries its entry.

The words stand in the link's ``title``, which a browser shows by itself; `reading.js` makes cards of them.
"""

import re

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

LONGEST = 400  # characters of a card
# a title holds no formula: the few signs of the glossary's formulas as letters
SIGNS = {r"\bar\alpha": "ᾱ", r"\sigma": "σ", r"\tau": "τ", r"\lambda": "λ"}


def as_letters(tex: str) -> str:
    """A short formula without its markup."""
    for name, letter in SIGNS.items():
        tex = tex.replace(name, letter)
    return re.sub(r"[\\{}$]", "", tex)


def words(node: nodes.Node) -> str:
    """What is read of a definition: formulas as letters, without citations and the code of links."""
    if isinstance(node, nodes.math):
        return as_letters(node.astext())
    if isinstance(node, nodes.Text):
        return node.astext()
    if isinstance(node, addnodes.pending_xref) and node.get("refdomain") == "cite":
        return ""
    return "".join(words(child) for child in node.children)


def first_words(text: str, longest: int = LONGEST) -> str:
    """``text`` on one line, cut behind a word where it is too long."""
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: text.rfind(" ", 0, longest - 1)] + " …"


def definitions(doctree: nodes.document) -> dict[str, str]:
    """What each term of the glossaries on a page means, by the term's id."""
    found = {}
    for item in doctree.findall(nodes.definition_list_item):
        if not isinstance(item.parent.parent, addnodes.glossary):
            continue
        meaning = first_words(
            " ".join(words(part) for part in item.children if isinstance(part, nodes.definition))
        )
        found |= {each: meaning for term in item.findall(nodes.term) for each in term["ids"]}
    return found


def all_definitions(env: BuildEnvironment) -> dict[tuple[str, str], str]:
    """The definitions of all glossaries of the book, by page and id."""
    pages = {entry[0] for (kind, _), entry in env.get_domain("std").objects.items() if kind == "term"}
    return {(page, name): text for page in pages for name, text in definitions(env.get_doctree(page)).items()}


def add_cards(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Give each link to a term the words of its card."""
    known = app.env.all_cards = getattr(app.env, "all_cards", None) or all_definitions(app.env)
    places = {
        app.builder.get_relative_uri(page, home) + f"#{name}": text for (home, name), text in known.items()
    }
    for link in doctree.findall(nodes.reference):
        if any("std-term" in inner.get("classes", ()) for inner in link.findall(nodes.inline)):
            target = link.get("refuri") or f"#{link.get('refid', '')}"
            if target in places:
                link["reftitle"] = places[target]


def forget_cards(app: Sphinx, env: BuildEnvironment, *_: object) -> None:
    """Read the glossary again in each build."""
    env.all_cards = None


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("env-before-read-docs", forget_cards)
    app.connect("doctree-resolved", add_cards)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

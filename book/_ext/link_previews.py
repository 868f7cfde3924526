"""Sphinx extension: what a chat or a search engine shows of a page that someone links to.

Every page gets a title, a description (its `description` in the front matter's `html_meta`, else its first
paragraph) and, once `html: baseurl` in _config.yml says where the book lives, a picture, the page's first figure or the
book's own one: such services take absolute addresses only.
"""

import re
from html import escape, unescape

from docutils import nodes
from sphinx.application import Sphinx

LONGEST = 200  # characters: what comes after is cut off by those who show it
PICTURE = "_static/composition.png"
ALT = "Sixteen drawings of one blob each, at places that the model never saw."
FIRST = re.compile(r"<img\b[^>]*?_images/[^>]*>")
PART = re.compile(r'\b(alt|src)="([^"]*)"')


def shortened(text: str, longest: int = LONGEST) -> str:
    """``text`` on one line, cut at a sentence's end where one fits into ``longest`` characters, else at a word's."""
    text = " ".join(text.split())
    if len(text) <= longest:
        return text
    cut = text[: longest + 1]
    end = max(cut.rfind(mark) for mark in (". ", "? ", "! "))
    return cut[: end + 1] if end > longest // 3 else cut[: cut.rfind(" ", 0, longest - 1)] + " …"


def description(doctree: nodes.document) -> str:
    """The first paragraph of prose on the page; empty when it has none."""
    for paragraph in doctree.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.section | nodes.document) and paragraph.astext().strip():
            return shortened(paragraph.astext())
    return ""


def picture(body: str) -> tuple[str, str]:
    """The file of the first figure in a page's HTML, below the book's root, and its words; the book's own where there is none."""
    found = FIRST.search(body)
    parts = {name: unescape(value) for name, value in PART.findall(found[0])} if found else {}
    if not parts.get("src"):
        return PICTURE, ALT
    return "_images/" + parts["src"].rsplit("_images/", 1)[1], parts.get("alt") or ALT


def tags(title: str, text: str, baseurl: str, page: str, shown: tuple[str, str] = (PICTURE, ALT)) -> str:
    """The head's lines for one page, with its ``title``, its description ``text``, its file ``page`` and its picture."""
    found = {"og:type": "article", "og:site_name": "bumpworld", "og:title": title}
    if text:
        found["og:description"] = text
    if baseurl:
        found["og:url"] = f"{baseurl.rstrip('/')}/{page}"
        found["og:image"] = f"{baseurl.rstrip('/')}/{shown[0]}"
        found["og:image:alt"] = shortened(shown[1])
        found["twitter:card"] = "summary_large_image"
    lines = [f'<meta property="{name}" content="{escape(value)}">' for name, value in found.items()]
    if text:
        lines.insert(0, f'<meta name="description" content="{escape(text)}">')
    return "\n".join(lines)


def add_tags(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Put the tags into a written page's head."""
    if doctree is None:
        return
    own = [node["content"] for node in doctree.findall(nodes.meta) if node.get("name") == "description"]
    title = nodes.Text(context.get("title", "")).astext()
    text, shown = own[0] if own else description(doctree), picture(context.get("body", ""))
    written = tags(title, text, app.config.html_baseurl, f"{page}.html", shown)
    if own:  # the page has the plain description already
        written = written.split("\n", 1)[1]
    context["metatags"] = context.get("metatags", "") + "\n" + written


def setup(app: Sphinx) -> dict:
    """Register the step with Sphinx."""
    app.connect("html-page-context", add_tags)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

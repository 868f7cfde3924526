"""Sphinx extension: what a cell draws is a figure, with a number, its caption and a way to see it large.

A cell whose output is a picture or a living figure, and the paragraph in italics that follows it, become one figure.
The text can point to its number when the cell has a name in its metadata, ``{"mystnb": {"figure": {"name": "fig-x"}}}``:
``{numref}`fig-x```. In the page each picture is a link to its own file; `figures.js` opens it over the page instead.

A figure in two layouts (`bumpbook.frame.layouts`) comes as a picture and as HTML with both in it. The narrow one becomes a
file, too, and the page chooses between the two by the width of the window.
"""

import base64
import hashlib
import re
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from bumpbook.frame.layouts import PHONE

DRAWN = re.compile(r"image/|application/vnd\.jupyter\.widget-view")
# the narrow layout in what a figure shows of itself
NARROW = re.compile(r'<picture><source [^>]*srcset="data:image/png;base64,([^"]+)">')
PICTURE = re.compile(
    r'(?P<before><a [^>]*>\s*)?(?P<picture><img\b[^>]*?\bsrc="(?P<file>[^"]*_images/[^"]+)"[^>]*>)'
    r'(?:\s*<img\b(?=[^>]*\bclass="narrow")[^>]*\bsrc="(?P<narrow>[^"]+)"[^>]*>)?'
)
CHOICE = '<picture><source media="(max-width: {width}px)" srcset="{narrow}">{picture}</picture>'
LINK = '<a class="enlarge" href="{file}" title="Open the picture large">{picture}</a>'


def is_part(node: nodes.Node, kind: str) -> bool:
    """Is ``node`` this part of a notebook's page: "cell_code", "cell_code_output", "mime_bundle"?"""
    return isinstance(node, nodes.container) and node.get("nb_element") == kind


def draws(output: nodes.Element) -> bool:
    """Is there a picture or a widget among a cell's outputs?"""
    shown = (node.get("mime_type", "") for node in output.findall(nodes.container))
    return any(map(DRAWN.match, shown))


def caption_after(cell: nodes.Element) -> nodes.paragraph | None:
    """The paragraph right behind a cell when all of it is in italics."""
    following = cell.next_node(descend=False, siblings=True)
    if isinstance(following, nodes.paragraph) and [type(child) for child in following] == [nodes.emphasis]:
        return following
    return None


class Layouts(SphinxTransform):
    """Put the narrow layout of a figure that has two beside the wide one, as a picture of class "narrow", for HTML alone."""

    default_priority = 290

    def apply(self, **kwargs) -> None:
        for bundle in list(self.document.findall(lambda node: is_part(node, "mime_bundle"))):
            kinds = {child.get("mime_type"): child for child in bundle if isinstance(child, nodes.container)}
            found = NARROW.search(kinds["text/html"].astext()) if "text/html" in kinds else None
            if found and "image/png" in kinds:
                bundle.remove(kinds["text/html"])
                wide = next(iter(kinds["image/png"].findall(nodes.image)))
                narrow = wide.copy()
                narrow["uri"] = self.keep(wide["uri"], base64.b64decode(found[1]))
                narrow["classes"] = ["narrow"]
                wide.parent += addnodes.only("", narrow, expr="html")

    def keep(self, beside: str, picture: bytes) -> str:
        """Write a picture into the folder of the picture ``beside``, and return its address, of the same form."""
        name = f"{hashlib.sha256(picture).hexdigest()}.png"
        _, folder = self.env.relfn2path(str(Path(beside).parent), self.env.docname)
        (Path(folder) / name).write_bytes(picture)
        return f"{Path(beside).parent.as_posix()}/{name}"


class Figures(SphinxTransform):
    """Make a figure of each cell that draws and has a caption."""

    default_priority = 300

    def apply(self, **kwargs) -> None:
        for number, cell in enumerate(list(self.document.findall(lambda node: is_part(node, "cell_code")))):
            outputs = [child for child in cell if is_part(child, "cell_code_output")]
            caption = caption_after(cell)
            if caption is not None and outputs and draws(outputs[0]):
                self.join(outputs[0], caption, f"figure-{number}")

    def join(self, output: nodes.Element, caption: nodes.paragraph, name: str) -> None:
        """Put what a cell drew and its caption into one figure, which keeps the name that the cell gave it."""
        figure = next(iter(output.findall(nodes.figure)), None)
        if figure is None:
            figure = nodes.figure("", *output.children, ids=[name])
            output.children = []
            output += figure
        caption.parent.remove(caption)
        text = nodes.caption("", "", *caption[0].children)
        text.source, text.line = caption.source, caption.line
        figure += text


def with_links(body: str) -> str:
    """The HTML ``body`` with every picture of the book's own a link to its file; those that lead elsewhere stay.

    A picture that a narrow one follows becomes a choice between the two.
    """

    def link(found: re.Match) -> str:
        parts = found.groupdict()
        if parts["narrow"]:
            parts["picture"] = CHOICE.format(width=PHONE, **parts)
        return parts["before"] + parts["picture"] if parts["before"] else LINK.format(**parts)

    return PICTURE.sub(link, body)


def add_links(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Put the links into a page that is about to be written."""
    if doctree is not None:
        context["body"] = with_links(context["body"])


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_transform(Layouts)
    app.add_transform(Figures)
    app.connect("html-page-context", add_links)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

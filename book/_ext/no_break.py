"""Sphinx extension: no line ends between a number and its percent sign or its pixels, nor within "n = 5", in text and in computed sentences."""

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

SPACE = re.compile(r"(?<=\d) (?=%|px\b)|(?<=\b[nt]) (?== )|(?<=\b[nt] =) (?=\d)")


class NoBreak(SphinxPostTransform):
    """Put spaces that do not break before each percent sign and "px" that follow a number, and into "n = 5" and "t = 9"; code stays as it is."""

    default_priority = 900  # after the outputs of cells have become text

    def run(self, **kwargs) -> None:
        for text in list(self.document.findall(nodes.Text)):
            if isinstance(text.parent, (nodes.literal, nodes.literal_block, nodes.math, nodes.raw)):
                continue
            if SPACE.search(text):
                text.parent.replace(text, nodes.Text(SPACE.sub("\N{NO-BREAK SPACE}", text)))


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_post_transform(NoBreak)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""Sphinx extension: a sentence where a living figure would stand, for those whose browser runs no scripts."""

import re

from docutils import nodes
from sphinx.application import Sphinx

VIEW = re.compile(r'<script type="application/vnd\.jupyter\.widget-view\+json">.*?</script>', re.DOTALL)
NOTE = "A living figure stands here. It needs JavaScript, which is off in this browser."


def with_notes(body: str) -> str:
    """The HTML ``body`` with the sentence behind every widget, for a browser without scripts alone."""
    note = f'<noscript><p class="living-note">{NOTE}</p></noscript>'
    return VIEW.sub(lambda view: view[0] + note, body)


def add_notes(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Put the sentences into a page that is about to be written."""
    if doctree is not None:
        context["body"] = with_notes(context["body"])


def setup(app: Sphinx) -> dict:
    """Register the step with Sphinx."""
    app.connect("html-page-context", add_notes)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

"""Sphinx extension: let the whole book be built as one page, which is printed.

Sphinx draws a node as the builder's own extensions say, and asks those for HTML only where a builder has none at all.
`sphinx_exercise` names the builder of one page, so that all others' nodes, folded cells among them, were unknown there.
"""

from sphinx.application import Sphinx


def complete(app: Sphinx) -> None:
    """Give the builder of one page HTML's way to draw each node for which it has none of its own."""
    handlers = app.registry.translation_handlers
    handlers["singlehtml"] = handlers.get("html", {}) | handlers.get("singlehtml", {})


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("builder-inited", complete)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""What the pages' extension makes of docstrings, judged by docutils: they become valid and keep their words."""

import pytest

from shared import load_extension

docutils = pytest.importorskip("docutils.core")


@pytest.fixture(scope="module")
def extension():
    return load_extension("plain_docstrings")


def rendered(extension, text: str):
    """Return the document tree of a docstring after the extension; any complaint of docutils is an error."""
    lines = text.splitlines()
    extension.process(None, "", "", None, None, lines)
    return docutils.publish_doctree("\n".join(lines), settings_overrides={"halt_level": 2, "report_level": 2})


def test_bars_stay_bars(extension):
    text = "residual = |image - fit|^2 / |fit - mean(fit)|^2, and ``a | b`` is code."
    assert rendered(extension, text).astext() == text.replace("``", "")


def test_named_lines_become_a_list(extension):
    text = "What was found.\n\nsites : all of them.\nwraps : it comes back\n    around the torus.\n\nThe end."
    tree = rendered(extension, text)
    entries = [" ".join(item.astext().split()) for item in tree.findall() if item.tagname == "list_item"]
    assert entries == ["sites: all of them.", "wraps: it comes back around the torus."]
    assert tree.children[-1].astext() == "The end."


def test_a_continuation_over_two_lines_stays_in_its_entry(extension):
    tree = rendered(extension, "a : one\n    two\n    three\nb : four")
    entries = [" ".join(item.astext().split()) for item in tree.findall() if item.tagname == "list_item"]
    assert entries == ["a: one two three", "b: four"]

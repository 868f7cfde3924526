"""What a link to a glossary term says: the definition in plain words."""

import pytest

from shared import load_extension

nodes = pytest.importorskip("docutils.nodes")


@pytest.fixture(scope="module")
def extension():
    return load_extension("cards")


def glossary(*entries):
    """The document tree of a page with a glossary: entries of (id, term, parts of the definition)."""
    from docutils.utils import new_document
    from sphinx import addnodes

    document, items = new_document("glossary"), nodes.definition_list()
    for name, term, parts in entries:
        meaning = nodes.definition("", nodes.paragraph("", "", *parts))
        items += nodes.definition_list_item("", nodes.term("", term, ids=[name]), meaning)
    document += addnodes.glossary("", items)
    return document


def test_a_definition_is_found_by_the_id_of_its_term(extension):
    page = glossary(
        ("term-bump", "bump", [nodes.Text("A round\n  blob.")]), ("term-t", "t", [nodes.Text("Time.")])
    )
    assert extension.definitions(page) == {"term-bump": "A round blob.", "term-t": "Time."}


def test_formulas_become_letters_and_citations_vanish(extension):
    from sphinx import addnodes

    cited = addnodes.pending_xref("", nodes.literal("", "key2024"), refdomain="cite")
    parts = [nodes.math("", r"\bar\alpha_t"), nodes.Text(", what is left "), cited, nodes.Text(" of it")]
    assert extension.definitions(glossary(("term-a", "a", parts))) == {"term-a": "ᾱ_t, what is left of it"}


def test_other_lists_are_no_glossary(extension):
    page = glossary(("term-a", "a", [nodes.Text("Words.")]))
    page[0].replace_self(page[0][0])
    assert extension.definitions(page) == {}


def test_a_long_definition_ends_behind_a_word(extension):
    short = extension.first_words("word " * 200, 30)
    assert len(short) <= 30 and short.endswith("word …")

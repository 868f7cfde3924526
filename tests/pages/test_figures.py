"""A cell's drawing and its caption become one figure, and every picture of a page leads to its own file."""

import pytest
from bs4 import BeautifulSoup

from shared import BOOK, built_pages, load_extension

nodes = pytest.importorskip("docutils.nodes")
CHAPTERS = [page for page in built_pages() if page.parent.name == "notebooks"]


@pytest.fixture(scope="module")
def extension():
    return load_extension("figures")


def page_of(mime: str, *following):
    """The document tree of a cell with one output of this type, and what stands behind it."""
    from docutils.utils import new_document

    document = new_document("a page")
    shown = nodes.container("", nodes.paragraph("", "what is shown"), mime_type=mime)
    output = nodes.container(
        "", nodes.container("", shown, nb_element="mime_bundle"), nb_element="cell_code_output"
    )
    cell = nodes.container("", nodes.container(nb_element="cell_code_source"), output, nb_element="cell_code")
    document += nodes.section("", cell, *following)
    return document


def caption(*parts):
    return nodes.paragraph("", "", *parts)


@pytest.mark.parametrize("mime", ["image/png", "image/svg+xml", "application/vnd.jupyter.widget-view+json"])
def test_a_drawing_and_the_italics_behind_it_are_one_figure(extension, mime):
    page = page_of(
        mime, caption(nodes.emphasis("", "What it shows.")), nodes.paragraph("", "The text goes on.")
    )
    extension.Figures(page).apply()
    (figure,) = page.findall(nodes.figure)
    assert figure.parent["nb_element"] == "cell_code_output"
    assert figure["ids"] and [type(part) for part in figure] == [nodes.container, nodes.caption]
    assert figure[-1].astext() == "What it shows."
    assert page.astext().count("What it shows.") == 1


@pytest.mark.parametrize(
    ("mime", "behind"),
    [
        ("text/html", [nodes.emphasis("", "All of it.")]),
        ("image/png", [nodes.emphasis("", "Only"), nodes.Text(" the first word.")]),
        ("image/png", [nodes.Text("Plain text.")]),
    ],
)
def test_tables_and_plain_text_stay_as_they_are(extension, mime, behind):
    page = page_of(mime, caption(*behind))
    before = page.pformat()
    extension.Figures(page).apply()
    assert page.pformat() == before


def test_a_figure_that_has_a_name_keeps_it(extension):
    page = page_of("image/png", caption(nodes.emphasis("", "Words.")))
    output = next(
        node for node in page.findall(nodes.container) if node.get("nb_element") == "cell_code_output"
    )
    named = nodes.figure("", *output.children, ids=["fig-x"], names=["fig-x"])
    output.children = []
    output += named
    extension.Figures(page).apply()
    assert [figure["ids"] for figure in page.findall(nodes.figure)] == [["fig-x"]]
    assert named[-1].astext() == "Words."


def test_a_picture_is_a_link_to_its_file_unless_it_leads_elsewhere(extension):
    body = '<p><img alt="a" src="../_images/a.png" /></p><a href="x.html"> <img src="_images/b.png"></a><img src="_static/logo.svg">'
    page = BeautifulSoup(extension.with_links(body), "html.parser")
    assert [(link["href"], link.img["src"]) for link in page.find_all("a")] == [
        ("../_images/a.png", "../_images/a.png"),
        ("x.html", "_images/b.png"),
    ]
    assert page.find("img", src="_static/logo.svg").parent.name != "a"


@pytest.mark.book
@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.relative_to(BOOK).as_posix())
def test_every_chapter_has_numbered_figures_that_open_large(path):
    page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    numbers = [number.get_text() for number in page.select("figure > figcaption .caption-number")]
    assert len(numbers) >= 3 and len(set(numbers)) == len(numbers)
    pictures = page.select('img[src*="_images/"]')
    assert pictures and all(picture.parent.name == "a" for picture in pictures)

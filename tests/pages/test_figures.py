"""A cell's drawing and its caption become one figure, and every picture of a page leads to its own file."""

import base64
from types import SimpleNamespace

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


def two_pictures(tmp_path):
    """The document tree of a figure in two layouts, as MyST-NB makes it, and the narrow picture."""
    from docutils.utils import new_document

    data = base64.b64encode(b"narrow").decode()
    both = f'<picture><source media="(max-width: 599px)" srcset="data:image/png;base64,{data}"><img src="data:w"></picture>'
    wide = nodes.image(uri="../made/wide.png", alt="two panels")
    page = new_document("a page")
    page.settings.env = SimpleNamespace(
        docname="chapter", relfn2path=lambda name, doc: (name, str(tmp_path / "chapters" / name))
    )
    (tmp_path / "chapters").mkdir()
    (tmp_path / "made").mkdir()
    page += nodes.container(
        "",
        nodes.container("", nodes.raw("", both, format="html"), mime_type="text/html"),
        nodes.container("", wide, mime_type="image/png"),
        nb_element="mime_bundle",
    )
    return page


def test_the_narrow_layout_becomes_a_file_beside_the_wide_one_and_for_html_alone(extension, tmp_path):
    page = two_pictures(tmp_path)
    extension.Layouts(page).apply()
    wide, narrow = page.findall(nodes.image)
    assert (
        wide["uri"] == "../made/wide.png"
        and narrow["alt"] == "two panels"
        and narrow["classes"] == ["narrow"]
    )
    assert (tmp_path / "chapters" / narrow["uri"]).read_bytes() == b"narrow"
    assert narrow.parent["expr"] == "html" and not list(page.findall(nodes.raw))


def test_html_without_a_narrow_layout_stays(extension, tmp_path):
    page = two_pictures(tmp_path)
    next(iter(page.findall(nodes.raw))).children = [nodes.Text("<table></table>")]
    before = page.pformat()
    extension.Layouts(page).apply()
    assert page.pformat() == before


def test_a_window_chooses_between_the_layouts(extension):
    body = '<img alt="a" src="../_images/w.png" />\n<img alt="a" class="narrow" src="../_images/n.png" /><img alt="b" src="../_images/b.png" />'
    page = BeautifulSoup(extension.with_links(body), "html.parser")
    first, second = page.find_all("a")
    assert first["href"] == first.picture.img["src"] == "../_images/w.png"
    assert (
        first.picture.source["srcset"] == "../_images/n.png" and "max-width" in first.picture.source["media"]
    )
    assert second.img["src"] == "../_images/b.png" and len(page.find_all("img")) == 2


@pytest.mark.book
@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.relative_to(BOOK).as_posix())
def test_every_chapter_has_numbered_figures_that_open_large(path):
    page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    numbers = [number.get_text() for number in page.select("figure > figcaption .caption-number")]
    assert len(numbers) >= 3 and len(set(numbers)) == len(numbers)
    pictures = page.select('img[src*="_images/"]')
    assert pictures and all(picture.find_parent("a") for picture in pictures)
    # the answer at the head of each chapter has a layout for phones
    assert page.select_one("figure picture > source[media]")
    # and tables are the book's own
    assert not page.select("table.dataframe")

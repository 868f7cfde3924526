"""What a link to a page shows elsewhere: every built page describes itself, and the words come from the page."""

import pytest
from bs4 import BeautifulSoup
from docutils.core import publish_doctree
from hypothesis import given
from hypothesis import strategies as st

from shared import BOOK, ROOT, built_pages, load_extension

PAGES = [page for page in built_pages() if page.name not in ("index.html", "search.html", "genindex.html")]


previews = load_extension("link_previews")


def test_the_first_paragraph_of_prose_describes_a_page():
    page = publish_doctree(
        "Title\n=====\n\n.. note:: An aside.\n\n* a list\n\nThe *first* words.\n\nMore words.\n"
    )
    assert previews.description(page) == "The first words."
    assert previews.description(publish_doctree("Title\n=====\n\n* only a list\n")) == ""


@given(st.text(alphabet="ab. ", max_size=600), st.integers(30, 200))
def test_shortened_is_short_and_a_beginning(text, longest):
    short = previews.shortened(text, longest)
    assert len(short) <= longest
    assert " ".join(text.split()).startswith(short.removesuffix(" …"))


def test_shortened_prefers_whole_sentences():
    assert previews.shortened("One idea a line. Another that is longer.", 30) == "One idea a line."


def test_words_cannot_break_out_of_a_tag():
    head = BeautifulSoup(previews.tags('"><b>', 'a "quoted" <word>', "", "a.html"), "html.parser")
    assert not head.find("b")
    assert head.find("meta", property="og:description")["content"] == 'a "quoted" <word>'


def test_a_picture_comes_with_an_address_only():
    assert "og:image" not in previews.tags("t", "d", "", "a.html")
    head = BeautifulSoup(previews.tags("t", "d", "https://example.org/book/", "a.html"), "html.parser")
    picture = head.find("meta", property="og:image")["content"]
    assert picture == "https://example.org/book/_static/composition.png"
    assert (ROOT / "book" / picture.removeprefix("https://example.org/book/")).is_file()


def test_the_picture_is_the_page_s_first_figure_or_the_book_s():
    body = '<img src="../_static/logo.svg"><img alt="A &lt; B" src="../_images/one.png"><img alt="b" src="../_images/two.png">'
    assert previews.picture(body) == ("_images/one.png", "A < B")
    assert previews.picture("<p>no figure</p>")[0] == previews.PICTURE
    head = previews.tags("t", "d", "https://example.org/book", "a.html", previews.picture(body))
    assert 'content="https://example.org/book/_images/one.png"' in head and "A &lt; B" in head


@pytest.mark.book
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(BOOK).as_posix())
def test_every_page_describes_itself_once(path):
    head = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").head
    for key, name in (("name", "description"), ("property", "og:title"), ("property", "og:description")):
        (tag,) = head.find_all("meta", {key: name})
        assert len(tag["content"]) > 5

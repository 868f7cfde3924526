"""Every link and every file that a built page names exists, down to the fragment."""

from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

from shared import built_pages

pytestmark = pytest.mark.book

# Elements that make the browser fetch something as soon as the page is opened.
FETCHED = {"script", "img", "iframe", "source", "video", "audio", "link"}


@cache
def parsed(page: Path) -> BeautifulSoup:
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


@cache
def anchors(page: Path) -> frozenset[str]:
    found = parsed(page).find_all(lambda tag: tag.has_attr("id") or tag.has_attr("name"))
    return frozenset(name for tag in found for name in (tag.get("id"), tag.get("name")) if name)


def references(page: Path) -> list[tuple[str, str]]:
    """Return (element name, address) for every href and src of a page."""
    tags = parsed(page).find_all(lambda tag: tag.has_attr("href") or tag.has_attr("src"))
    return [(tag.name, tag.get("href") or tag.get("src") or "") for tag in tags]


def broken(page: Path, address: str) -> str | None:
    """Return what is wrong with a local address seen from `page`, or None."""
    parts = urlsplit(address)
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if target.is_dir():
        target = target / "index.html"
    if not target.is_file():
        return f"{address}: no such file"
    # The search page reads its own fragments and "#" means the top of the page.
    if parts.fragment and target.suffix == ".html" and unquote(parts.fragment) not in anchors(target):
        return f"{address}: no element with that id"
    return None


def test_local_links_lead_somewhere(book):
    wrong = [
        f"{page.relative_to(book)}: {problem}"
        for page in built_pages()
        for _, address in references(page)
        if not urlsplit(address).scheme
        and not address.startswith("//")
        and (problem := broken(page, address))
    ]
    assert not wrong, "\n".join(wrong)


def test_nothing_is_fetched_from_another_host(book):
    remote = [
        f"{page.relative_to(book)}: <{name}> {address}"
        for page in built_pages()
        for name, address in references(page)
        if name in FETCHED and (urlsplit(address).scheme in {"http", "https"} or address.startswith("//"))
    ]
    assert not remote, "\n".join(remote)

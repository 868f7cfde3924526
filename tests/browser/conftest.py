"""One Chromium and one web server for all browser tests."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Playwright, sync_playwright
from web_server import web_server

from shared import ROOT, cannot_check

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
# Quiet: a browser's own calls home would be mistaken for a page's requests.
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium(playwright: Playwright) -> str | None:
    """Return the path of a Chromium, fetching playwright's own as a last resort; None when nothing works."""
    own = Path(playwright.chromium.executable_path)
    for path in [*map(shutil.which, NAMES), MAC, own]:
        if path and Path(path).exists():
            return str(path)
    fetch = [sys.executable, "-m", "playwright", "install", "chromium"]
    try:
        subprocess.run(fetch, check=True, timeout=300, capture_output=True)
    except (subprocess.SubprocessError, OSError):
        return None
    return str(own) if own.exists() else None


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Yield a headless Chromium with a fresh profile, or skip (in CI: fail) when there is none."""
    with sync_playwright() as playwright:
        path = find_chromium(playwright)
        if path is None:
            cannot_check(
                "The pages were not opened: no Chromium found and none could be fetched. Install one "
                "(Debian: apt install chromium) and run `make pages`.",
            )
        try:
            chromium = playwright.chromium.launch(executable_path=path, args=OPTIONS)
        except Error as error:
            cannot_check(f"The pages were not opened: {path} does not start ({error}).")
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def address(book: Path) -> Iterator[str]:
    """Yield the address, http://127.0.0.1:port, at which the built book is served."""
    with web_server(book) as where:
        yield where


@pytest.fixture(scope="session")
def axe() -> str:
    """Return the source of axe-core, the accessibility checker that `make vendor` fetched."""
    script = ROOT / "tools" / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        cannot_check("Accessibility was not checked: axe-core is missing. Run `make vendor`.")
    return script.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with one page of figures that run networks, and all that they load."""
    from stock_server import lay_out

    return lay_out(tmp_path_factory.mktemp("stock"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """Yield a folder that is served with the book's scripts in it, and its address."""
    from figure_page import served

    with served(tmp_path_factory.mktemp("site")) as place:
        yield place

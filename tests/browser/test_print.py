"""The printed book: widgets give way to their static twins, folded solutions are open, the file has an outline."""

import re
import sys

import pytest
from playwright.sync_api import Browser

from shared import ROOT

sys.path.insert(0, str(ROOT / "tools"))
import print_book

pytestmark = pytest.mark.browser

PAGE = """<!DOCTYPE html><html lang="en"><head><title>A book</title></head><body><main>
<h1>One</h1><p>A static figure.</p><a class="enlarge" href="x.png">Its picture</a>
<div class="cell_output"><script type="application/vnd.jupyter.widget-view+json">{}</script><p>alive</p></div>
<details><summary>Solution</summary><p>The answer is seven.</p></details>
<div class="toggle-hidden">Another answer.</div>
<h1>Two</h1><p>The second chapter.</p>
<div class="toctree-wrapper"><span id="document-notebooks/03"></span><section><h2>Three</h2><p>As Sphinx joins chapters into one
page.</p><section><h3>A section of it</h3><p>On the same sheet.</p></section></section></div>
</main></body></html>"""


def test_what_a_reader_could_unfold_is_unfolded_and_widgets_are_left_out(browser: Browser):
    page = browser.new_page()
    page.set_content(PAGE)
    page.evaluate(print_book.PREPARE)
    assert "The answer is seven." in page.inner_text("main")
    assert page.locator(".toggle-hidden").count() == 0
    assert "alive" not in page.inner_text("main")
    assert "A static figure." in page.inner_text("main")
    assert "Its picture" in page.inner_text("main") and page.locator("a").count() == 0
    page.close()


def test_a_chapter_begins_on_a_new_page(browser: Browser, tmp_path):
    (tmp_path / "print.html").write_text(PAGE)
    server = print_book.serve(tmp_path)
    print_book.print_page(browser, f"http://127.0.0.1:{server.server_port}/print.html", tmp_path / "book.pdf")
    server.shutdown()
    written = (tmp_path / "book.pdf").read_bytes()
    assert written.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", written)) == 3
    assert b"/Outlines" in written

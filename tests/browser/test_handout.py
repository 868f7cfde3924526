"""The students' handout is one sheet of paper."""

import re

import pytest
from playwright.sync_api import Browser

pytestmark = [pytest.mark.book, pytest.mark.browser]

PAGE = re.compile(rb"/Type\s*/Page\b")


@pytest.mark.parametrize("margin", ["0mm", "10mm"])
def test_the_handout_prints_on_one_page(browser: Browser, address: str, margin: str):
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/book/handout.html")
        page.wait_for_function("window.MathJax?.startup?.promise")
        page.evaluate("MathJax.startup.promise")
        sides = dict.fromkeys(("top", "bottom", "left", "right"), margin)
        assert len(PAGE.findall(page.pdf(format="A4", margin=sides))) == 1
        page.emulate_media(media="print")
        lines = page.locator("#handout-bump-worlds div.write")
        assert lines.count() == 4 and all(line.is_visible() for line in lines.all())

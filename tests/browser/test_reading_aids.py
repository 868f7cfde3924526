"""Aids for reading in Chromium: figures that open large, cards, edges that fade, buttons of folded solutions."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
from figure_page import page_of, shown
from playwright.sync_api import Browser, Page
from test_pages import SIZES, violations

from shared import ROOT

pytestmark = pytest.mark.browser

STATIC = ROOT / "book" / "_static"
PICTURE = STATIC / "composition.png"
HEAD = """<!DOCTYPE html><html lang="en" data-theme="light"><head><meta charset="utf-8"><title>A page</title>
<meta name="viewport" content="width=device-width"><style>
:root { --pst-color-background: #fff; --pst-color-surface: #fff; --pst-color-text-base: #1f2730; --pst-color-text-muted: #4c5866; }
</style></head><body><main><article class="bd-article">"""
FIGURE = """<h1>A page</h1><div class="cell_output"><figure><div class="output">
<a class="enlarge" href="composition.png" title="Open the picture large"><img alt="Sixteen bumps." src="composition.png" width="300"></a>
</div></figure></div>"""
CARDS = """<h1>A page</h1><p style="margin-top: 200px">A <a class="reference internal" href="#a" title="A round blob, as wide as
it is high.">bump</a> and <a class="reference internal" href="#b" title="bumpworld.canvas.Canvas">Canvas</a>.</p>"""
WIDE = """<h1>A page</h1><pre tabindex="0" style="overflow-x: auto; width: 200px">{}</pre><pre tabindex="0">short</pre>"""
TITLE = "Solution to Exercise 12 (Is composing just knowing both parts, and how would anybody know?)"
FOLDED = (
    '<div class="admonition solution dropdown"><p class="admonition-title">{}</p><p>The answer.</p></div>'
)


@contextmanager
def opened(
    browser: Browser, folder: Path, body: str, size: str = "wide", scripts: bool = True
) -> Iterator[Page]:
    """A page with this body, the book's style and the two scripts; no error is seen on it."""
    (folder / "composition.png").write_bytes(PICTURE.read_bytes())
    (folder / "page.html").write_text(HEAD + body + "</article></main></body></html>", encoding="utf-8")
    errors = []
    with browser.new_context(viewport=SIZES[size], java_script_enabled=scripts) as context:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto((folder / "page.html").as_uri())
        if scripts:
            page.add_style_tag(path=STATIC / "book.css")
            for name in ("figures.js", "reading.js"):
                page.add_script_tag(path=STATIC / name)
        yield page
    assert not errors, errors


@pytest.mark.parametrize("size", SIZES)
def test_a_figure_opens_with_letters_as_large_as_text_and_closes_by_key(browser, tmp_path, axe, size):
    with opened(browser, tmp_path, FIGURE, size) as page:
        page.get_by_role("link", name="Sixteen bumps.").press("Enter")
        large = page.get_by_role("dialog")
        assert large.is_visible()
        assert large.get_by_role("img", name="Sixteen bumps.").bounding_box()["width"] >= 740
        assert not (found := violations(page, axe)), "\n".join(found)
        page.keyboard.press("Escape")
        assert not large.is_visible()
        assert page.evaluate("document.activeElement.className") == "enlarge"


def test_the_large_picture_moves_by_arrow_key_and_grows(browser, tmp_path):
    with opened(browser, tmp_path, FIGURE, "phone") as page:
        page.locator("a.enlarge").click()
        pane, picture = page.locator(".large-pane"), page.locator(".large-pane img")
        page.keyboard.press("ArrowRight")
        page.wait_for_function("document.querySelector('.large-pane').scrollLeft > 0")
        before = picture.bounding_box()["width"]
        page.get_by_role("button", name="Larger").click()
        larger = picture.bounding_box()["width"]
        page.get_by_role("button", name="Smaller").click()
        assert before < larger and picture.bounding_box()["width"] == pytest.approx(before, abs=1)
        assert pane.evaluate("(pane) => pane.scrollWidth > pane.clientWidth")
        page.get_by_role("button", name="Close").click()
        assert not page.get_by_role("dialog").is_visible()


def test_without_scripts_the_link_leads_to_the_picture(browser, tmp_path):
    with opened(browser, tmp_path, FIGURE, scripts=False) as page:
        page.locator("a.enlarge").click()
        page.wait_for_url("**/composition.png")


def test_a_card_says_what_a_term_means_to_keyboard_and_pointer(browser, tmp_path, axe):
    with opened(browser, tmp_path, CARDS) as page:
        page.keyboard.press("Tab")
        card = page.get_by_role("tooltip")
        assert card.text_content().startswith("A round blob")
        described = page.locator("a[aria-describedby]")
        assert (
            described.count() == 1 and described.text_content() == "bump"
        )  # a name of code explains nothing
        assert not (found := violations(page, axe)), "\n".join(found)
        page.keyboard.press("Escape")
        assert not card.is_visible()
        described.hover()
        card.wait_for(state="visible")
        page.mouse.move(5, 5)
        card.wait_for(state="hidden")


def test_a_block_that_goes_on_fades_at_that_side_only(browser, tmp_path):
    with opened(browser, tmp_path, WIDE.format("x" * 400), "phone") as page:
        more = "(n) => document.querySelectorAll('pre')[n].dataset.more"
        page.wait_for_function("document.querySelectorAll('pre')[1].dataset.more !== undefined")
        assert [page.evaluate(more, n) for n in (0, 1)] == ["right", ""]
        page.evaluate("document.querySelector('pre').scrollLeft = 50")
        page.wait_for_function("document.querySelector('pre').dataset.more === 'left right'")
        page.evaluate("document.querySelector('pre').scrollLeft = 1e6")
        page.wait_for_function("document.querySelector('pre').dataset.more === 'left'")


def test_a_formula_wider_than_a_phone_scrolls_as_a_block_and_fades(browser, tmp_path):
    typeset = '<mjx-container style="display: block"><span style="display: block; width: {}px">x</span></mjx-container>'
    body = "".join(f'<div class="math" style="display: flex">{typeset.format(w)}</div>' for w in (900, 100))
    theirs = "<style>div.math mjx-container { flex-grow: 1; overflow: auto; } div.math { max-width: 100%; }</style>"
    inside = f'<div class="bd-main"><div class="bd-content"><div class="bd-article-container">{theirs}{body}</div></div></div>'
    with opened(browser, tmp_path, "<h1>A page</h1>" + inside, "phone") as page:
        formulas = page.locator("div.math")
        page.wait_for_function("document.querySelectorAll('div.math')[1].dataset.more !== undefined")
        assert [formulas.nth(n).get_attribute("data-more") for n in (0, 1)] == ["right", ""]
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES["phone"]["width"]


def test_the_words_below_a_slider_are_not_cut_on_a_phone(browser, site):
    from bumpbook.frame.sliders import frame_slider

    words = ["a caption that is wider than a phone " * 3] * 2
    with shown(
        browser, site, page_of([frame_slider([PICTURE.read_bytes()] * 2, words, "λ", ["1", "2"])]), count=0
    ) as page:
        page.set_viewport_size(SIZES["phone"])
        page.add_style_tag(path=STATIC / "book.css")
        page.evaluate("document.body.classList.add('bd-article')")
        page.get_by_text("wider than a phone").first.wait_for(timeout=120_000)
        cut = "() => [...document.querySelectorAll('.jupyter-widgets.widget-label')].map((l) => l.scrollWidth - l.clientWidth)"
        assert max(page.evaluate(cut)) <= 1


@pytest.mark.parametrize("width", [390, 800, 1100, 1400, 1900])
def test_the_button_of_a_folded_solution_stays_in_its_title(browser, tmp_path, width):
    theirs = Path(find_spec("sphinx_togglebutton").origin).parent / "_static"
    body = "<h1>A page</h1>" + FOLDED.format(TITLE) + FOLDED.format("Solution")
    with opened(browser, tmp_path, body) as page:
        page.set_viewport_size({"width": width, "height": 800})
        settings = "var togglebuttonSelector = '.dropdown', toggleHintShow = 'Click to show', toggleHintHide = 'Click to hide', "
        page.add_script_tag(content=settings + "toggleOpenOnPrint = 'false';")
        for kind, name in (
            ("style", "togglebutton.css"),
            ("script", "togglebutton.js"),
            ("style", "book.css"),
        ):
            folder = STATIC if name == "book.css" else theirs
            getattr(page, f"add_{kind}_tag")(path=folder / name)
        for title in page.locator(".admonition-title").all():
            button = title.locator("button")
            inside, around = button.bounding_box(), title.bounding_box()
            assert inside["width"] > 70, "the words of the button are missing"
            assert inside["y"] >= around["y"] - 1
            assert inside["y"] + inside["height"] <= around["y"] + around["height"] + 1
            text = title.evaluate(
                "(t) => { const r = document.createRange(); r.selectNode(t.firstChild); return r.getBoundingClientRect().right; }"
            )
            assert text <= inside["x"] + 1, "the title runs below the button"


def test_a_slider_has_the_name_of_what_it_changes_and_says_value_and_picture(browser, site):
    from bumpbook.frame.sliders import frame_slider

    frames, words = [PICTURE.read_bytes()] * 3, ["nothing is joined", "much is joined", "all is joined"]
    widget = frame_slider(frames, words, "λ", ["0.20", "0.48", "0.95"])
    with shown(browser, site, page_of([widget]), count=0) as page:
        handle = page.get_by_role("slider", name="λ")
        handle.wait_for(timeout=120_000)
        said = "(words) => document.querySelector('[role=slider]').getAttribute('aria-valuetext') === words"
        page.wait_for_function(said, arg="0.20: nothing is joined")
        handle.press("ArrowRight")
        page.wait_for_function(said, arg="0.48: much is joined")
        assert page.get_by_role("button", name="Repeat").count() == 1

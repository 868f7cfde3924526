"""Every page of the built book, opened in Chromium: light and dark, wide and as narrow as a phone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from shared import BOOK, built_pages

pytestmark = [pytest.mark.book, pytest.mark.browser]

PAGES = [page.relative_to(BOOK).as_posix() for page in built_pages() if page != BOOK / "index.html"]
SIZES = {"wide": {"width": 1400, "height": 900}, "phone": {"width": 390, "height": 844}}
PATIENCE = 120_000  # milliseconds: a busy machine is slow, not broken
# what a colour scheme can break, at any width; the structure of a page is the same in both
OF_COLOUR = ["color-contrast", "link-in-text-block"]
VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]'

# Ready: fonts and formulas are there, the whole page has been scrolled past, all widgets are drawn.
SETTLE = """async (view) => {
  await document.fonts.ready;
  await window.MathJax?.startup?.promise;
  for (let y = 0; y < document.body.scrollHeight; y += 500) {
    window.scrollTo(0, y);
    await new Promise((done) => setTimeout(done, 20));
  }
  const drawn = () => [...document.querySelectorAll(view)].every((script) =>
    script.parentElement.querySelector(".widget-subarea")?.firstElementChild?.childElementCount
    || script.parentElement.querySelector(".widget-subarea")?.textContent);
  for (let tries = 0; tries < 100 && !drawn(); tries++) await new Promise((done) => setTimeout(done, 100));
  window.scrollTo(0, 0);
  return drawn();
}"""

# The theme lets the keyboard into boxes that scroll, a moment after the width changed.
REFLOWED = """() => [...document.querySelectorAll(
  "pre, .cell_output > .output, .pst-scrollable-table-container")].every(
  (box) => box.tabIndex >= 0 || (box.scrollWidth <= box.clientWidth && box.scrollHeight <= box.clientHeight))"""

# formulas in a line that scroll with a bar below them; here no bar is drawn, so that its width cannot be measured
BARS = """() => [...document.querySelectorAll("span.math")].filter((formula) => {
  const style = getComputedStyle(formula);
  return style.overflowX !== "visible" && style.scrollbarWidth !== "none";
}).length"""

# What a reader sees of a widget, apart from the slider itself.
SEEN = """(slider) => {
  const area = slider.closest(".widget-subarea");
  const own = slider.closest(".widget-slider") ?? slider;
  const others = [...area.querySelectorAll("*")].filter((e) => !own.contains(e) && !e.contains(own));
  const text = others.filter((e) => !e.childElementCount).map((e) => e.outerHTML);
  const shown = others.map((e) => e.checkVisibility() ? 1 : 0).join("");
  return text.join("") + shown + [...area.querySelectorAll("canvas")].map((c) => c.toDataURL()).join("");
}"""


@dataclass
class Watched:
    """An open page and what went wrong on it."""

    page: Page
    settled: bool = False
    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


def is_local(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"data", "blob", "about"} or parts.hostname == "127.0.0.1"


@contextmanager
def opened(browser: Browser, url: str, scheme: str = "light") -> Iterator[Watched]:
    """Open a page in a fresh profile, write down every error and outside request, scroll through it once."""
    with browser.new_context(color_scheme=scheme, viewport=SIZES["wide"], reduced_motion="reduce") as context:
        context.set_default_timeout(PATIENCE)
        watched = Watched(context.new_page())
        page = watched.page
        page.on("pageerror", lambda error: watched.errors.append(f"page error: {error}"))
        page.on(
            "console", lambda line: line.type == "error" and watched.errors.append(f"console: {line.text}")
        )
        page.on(
            "response", lambda got: got.status >= 400 and watched.errors.append(f"{got.status}: {got.url}")
        )
        page.on("request", lambda sent: is_local(sent.url) or watched.outside.append(sent.url))
        page.goto(url)
        page.wait_for_load_state("load")
        watched.settled = page.evaluate(SETTLE, VIEW)
        yield watched


def violations(page: Page, axe: str, rules: list[str] | None = None) -> list[str]:
    """Run axe-core's ``rules`` (None: all) with everything unfolded; return a line for each element that breaks one."""
    page.evaluate("document.querySelectorAll('details').forEach((folded) => { folded.open = true; })")
    page.evaluate(axe)
    options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    found = page.evaluate("(options) => axe.run(document, options)", options)["violations"]
    return [
        f"{rule['id']}: {node['target']}: {node['html'][:160]}\n    {(node['failureSummary'] or '')[:300]}"
        for rule in found
        for node in rule["nodes"]
    ]


# the reference's pages are long and all made alike: one of them is looked at on dark, and held to all rules on a phone
ONCE = {page for page in PAGES if page.startswith("book/api/") and page != "book/api/instruments.html"}


@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        (page, scheme)
        for page in PAGES
        for scheme in ("light", "dark")
        if scheme == "light" or page not in ONCE
    ]
    or [("nothing built", "light")],
)
def test_page(browser, address, axe, name, scheme):
    with opened(browser, f"{address}/{name}", scheme) as seen:
        assert not seen.outside, "\n".join(seen.outside)
        assert not seen.errors, "\n".join(seen.errors)
        assert seen.settled, "a widget stayed empty"
        assert seen.page.locator(".jupyter-widgets-error-widget").count() == 0, "a widget failed"
        assert seen.page.evaluate("document.documentElement.dataset.theme") == scheme
        for size, viewport in SIZES.items():
            seen.page.set_viewport_size(viewport)
            seen.page.wait_for_function(REFLOWED)
            width = seen.page.evaluate("document.documentElement.scrollWidth")
            assert width <= viewport["width"], f"{size}: the page is {width} px wide and scrolls sideways"
            assert not seen.page.evaluate(BARS), f"{size}: a formula in a line has a bar to scroll"
            if size == "wide" or (scheme == "light" and name not in ONCE):
                found = violations(seen.page, axe, OF_COLOUR if scheme == "dark" else None)
                assert not found, "\n".join([f"{size}:", *found])
        assert not seen.errors, "\n".join(seen.errors)
        assert not seen.outside, "\n".join(seen.outside)


@pytest.mark.parametrize(
    "name", [page for page in PAGES if page.startswith("notebooks/")] or ["nothing built"]
)
def test_every_slider_moves_something(browser, address, name):
    with opened(browser, f"{address}/{name}") as seen:
        sliders = seen.page.locator(".widget-subarea [role=slider], .widget-subarea input[type=range]")
        for number in range(sliders.count()):
            slider = sliders.nth(number)
            if not slider.is_visible():
                continue
            before = slider.evaluate(SEEN)
            slider.focus()
            for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):  # one of them moves it from either end
                slider.press(key)
                if _changes(slider, before):
                    break
            else:
                pytest.fail(f"{slider.get_attribute('aria-label') or number}: the slider moves nothing")
        assert not seen.errors, "\n".join(seen.errors)


def _changes(slider, before) -> bool:
    """Does the figure of ``slider`` come to look otherwise? On a busy machine that takes more than a moment."""
    for _ in range(40):
        slider.page.wait_for_timeout(150)
        if slider.evaluate(SEEN) != before:
            return True
    return False


def test_search_finds_a_page(browser, address):
    with opened(browser, f"{address}/search.html?q=bump") as seen:
        seen.page.wait_for_selector("#search-results li a")
        assert not seen.errors, "\n".join(seen.errors)
        assert not seen.outside, "\n".join(seen.outside)


def test_index_leads_to_the_first_page(browser, address):
    with browser.new_page() as page:
        page.goto(f"{address}/index.html")
        page.wait_for_url("**/book/intro.html", timeout=PATIENCE)


def test_the_theme_can_be_switched(browser, address):
    with opened(browser, f"{address}/book/intro.html") as seen:
        themes = set()
        for _ in range(3):
            seen.page.locator(".theme-switch-button:visible").first.click()
            themes.add(seen.page.evaluate("document.documentElement.dataset.theme"))
        assert themes == {"light", "dark"}

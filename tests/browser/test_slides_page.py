"""The slides in a browser: they ask no other host for anything, and nothing runs over a slide's edge."""

import sys

import nbformat
import pytest
from playwright.sync_api import Browser

from shared import BOOK, ROOT, cannot_check

sys.path.insert(0, str(ROOT / "tools"))
import slides as tool

pytestmark = pytest.mark.browser

BUILT = BOOK / "_static" / "slides"
SIZE = {"width": 1280, "height": 720}
# What sticks out of its slide or is too small to read, as words; a slide is 1280 by 720 whatever the screen.
FAULTS = """() => {
  const slide = Reveal.getCurrentSlide(), frame = slide.getBoundingClientRect(), faults = [];
  const name = (e) => `${slide.querySelector("h2").textContent}: ${e.tagName} ${e.textContent.slice(0, 40)}`;
  const least = slide.matches(".wide:not(.first)") ? 400 : 200; // what text leaves to the picture above it
  const foot = slide.querySelector("footer").getBoundingClientRect().top;
  for (const e of slide.querySelectorAll("h2, img, p, .formula svg")) {
    const box = e.getBoundingClientRect();
    const inside = box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= foot + 1;
    if (!inside || e.scrollWidth > e.clientWidth + 1) faults.push(`sticks out: ${name(e)}`);
    if (e.tagName === "P" && parseFloat(getComputedStyle(e).fontSize) < 26) faults.push(`small: ${name(e)}`);
    if (e.tagName === "IMG" && !(e.naturalWidth && box.height >= least)) faults.push(`small or missing: ${name(e)}`);
  }
  return faults;
}"""


def small_deck(folder):
    """A deck of a made-up notebook: a picture as wide as a figure, one that is tall, a long text, a formula."""
    code = nbformat.v4.new_code_cell
    figure = "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots(figsize={})\naxes.plot([1, 2])\nplt.show()"
    alt = {"mystnb": {"image": {"alt": "A line."}}, "tags": ["slide"]}
    line = "A line of text that is about as long as such a line may be, *all told*."
    cells = [
        code(
            figure.format((8, 3)), metadata=alt | {"slide": {"lines": [line, "$x_0$"], "finding": "made-up"}}
        ),
        code(figure.format((4, 4)), metadata=alt | {"slide": {"lines": ["Beside it."], "live": "`run()`"}}),
        nbformat.v4.new_markdown_cell(
            "# Title\n\n$$\\sum_i w_i \\lVert x_i \\rVert$$",
            metadata={"tags": ["slide"], "slide": {"lines": [line] * 3, "notes": "Say it."}},
        ),
    ]
    path = folder / "01_made_up.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return tool.slides_of(
        tool.executed(path, folder / "none"), path.stem, lambda name: f"**{name}**: 1 of 2."
    )


def opened(page, folder):
    """Open a deck and wait until its formulas are set."""
    page.goto((folder / "index.html").as_uri())
    page.wait_for_function("window.MathJax?.startup?.promise && Reveal.isReady()")
    page.evaluate("MathJax.startup.promise")


@pytest.fixture(scope="module", params=["made up", pytest.param("built", marks=pytest.mark.book)])
def deck(request, tmp_path_factory):
    """The folder of a deck: a small one made here, and the book's own."""
    if request.param == "built":
        if not (BUILT / "index.html").is_file():
            cannot_check("The book's slides were not opened: they are not built. Run `make book` first.")
        return BUILT
    if not (ROOT / "tools" / "node_modules" / "reveal.js").is_dir():
        cannot_check("The slides were not opened: reveal.js is missing. Run `make vendor`.")
    folder = tmp_path_factory.mktemp("slides")
    tool.write(small_deck(folder), "Made up", folder / "out")
    return folder / "out"


def test_slides_stay_at_home_and_inside_their_frames(browser: Browser, deck):
    """Opened as files, where a browser is strictest: all that is asked for lies in the folder, and is found."""
    with browser.new_context(viewport=SIZE) as context:
        page, troubles = context.new_page(), []
        page.on("request", lambda r: r.url.startswith((deck.as_uri(), "data:")) or troubles.append(r.url))
        page.on("requestfailed", lambda r: troubles.append(f"not found: {r.url}"))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        opened(page, deck)
        count = page.evaluate("Reveal.getTotalSlides()")
        assert count == page.locator(".slides > section").count() >= 3
        for number in range(count):
            page.evaluate(f"Reveal.slide({number})")
            troubles += page.evaluate(FAULTS)
        assert not page.locator("mjx-merror").count()
        assert page.locator(".formula svg").count() == page.locator(".formula").count()
    assert troubles == []


def test_the_check_sees_what_sticks_out(browser: Browser, tmp_path):
    """A slide with far too much on it is found out."""
    if not (ROOT / "tools" / "node_modules" / "reveal.js").is_dir():
        cannot_check("The slides were not opened: reveal.js is missing. Run `make vendor`.")
    crowded = tool.Slide("1", "Crowded", lines=["too much " * 20] * 12)
    wide = tool.Slide("1", "Wide", formula=" + ".join(f"x_{{{n}}}" for n in range(80)))
    tool.write([crowded, wide], "Crowded", tmp_path / "out")
    with browser.new_context(viewport=SIZE) as context:
        page = context.new_page()
        opened(page, tmp_path / "out")
        for number, name in enumerate(("Crowded", "Wide")):
            page.evaluate(f"Reveal.slide({number})")
            assert any(name in fault for fault in page.evaluate(FAULTS))

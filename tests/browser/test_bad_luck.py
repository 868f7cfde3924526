"""Figures under bad luck: a download lost once, a slow line, a plain server, a strict policy, no scripts, few colours."""

import io
import re
import time
from contextlib import contextmanager

import numpy as np
import pytest
from figure_page import status
from PIL import Image
from stock_server import StockHandler, stock_server
from test_pages import PATIENCE

from shared import ROOT

pytestmark = pytest.mark.browser


def published_policy():
    """The policy that book/publishing.md gives, on one line."""
    text = (ROOT / "book" / "publishing.md").read_text(encoding="utf-8")
    return " ".join(re.search(r"Content-Security-Policy: ([^`]+)```", text)[1].split())


POLICY = published_policy()
LOST = {
    "the runtime": (r"/vendor/ort/.*js$", "the program that runs them is missing"),
    "its wasm": (r"\.wasm$", "the program that runs them is missing"),
    "a model": (r"/models/.*\.onnx$", "the file of the model “.+” is missing"),
}


@pytest.fixture(scope="module")
def place(stock):
    with stock_server(stock) as address:
        yield address


@contextmanager
def read(browser, address, prepare=lambda page: None, **options):
    """The page with its figures, open; afterwards nothing was asked of another host."""
    outside, own = [], re.compile(r"http://127\.0\.0\.1|file:|blob:|data:")
    with browser.new_context(reduced_motion="reduce", **options) as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("request", lambda sent: own.match(sent.url) or outside.append(sent.url))
        prepare(page)
        page.goto(address)
        yield page
    assert not outside, "\n".join(outside)


def ready(page):
    for figure in ("bwden", "bwlab"):
        page.locator(f".{figure} .bwfig-status").wait_for()


def once(page, pattern, answer=lambda route: route.abort()):
    """Let the first request that fits fail; the list that comes back holds all that were seen."""
    seen = []

    def handle(route):
        seen.append(route.request.url)
        answer(route) if len(seen) == 1 else route.continue_()

    page.route(re.compile(pattern), handle)
    return seen


def cut(route):
    """Half a file, and nothing says so: what a proxy leaves of it."""
    body = route.fetch().body()
    route.fulfill(body=body[: len(body) // 2])


def move(page):
    page.locator(".bwden-map").press("ArrowRight")


def train(page):
    page.locator(".bwlab .bwlab-go").press("Enter")


PRESS = {"bwden": move, "bwlab": train}


def works(page, figure, x=1):
    """The figure has drawn the label (x, 0), or has taken three steps."""
    if figure == "bwden":
        page.wait_for_selector(f'.bwden[data-drawn="{x} 0 0 20"]')
    else:
        # a selector, as a waiting expression would be a string that a policy forbids to run
        page.wait_for_selector('.bwlab:not([data-step="0"], [data-step="1"], [data-step="2"])')


def failed(page, figure):
    page.wait_for_selector(f".{figure}[data-failed]")
    return status(page.locator(f".{figure}"))


# the two figures ask through the same code: one of each kind here, the others among the long tests
@pytest.mark.parametrize(
    ("figure", "what"),
    [
        ("bwden", "its wasm"),
        ("bwden", "a model"),
        ("bwlab", "the runtime"),
        pytest.param("bwden", "the runtime", marks=pytest.mark.long),
        pytest.param("bwlab", "its wasm", marks=pytest.mark.long),
        pytest.param("bwlab", "a model", marks=pytest.mark.long),
    ],
)
def test_what_was_lost_once_is_asked_for_again(browser, place, figure, what):
    pattern, says = LOST[what]
    with read(browser, place) as page:
        ready(page)
        seen = once(page, pattern)
        PRESS[figure](page)
        assert re.search(says, failed(page, figure))
        PRESS[figure](page)
        works(page, figure, x=2)
        assert len(seen) > 1


@pytest.mark.parametrize("what", [pytest.param("the runtime", marks=pytest.mark.long), "its wasm"])
def test_what_came_damaged_is_asked_for_again(browser, place, what):
    with read(browser, place) as page:
        ready(page)
        seen = once(page, LOST[what][0], cut)
        move(page)
        assert "the program that runs them" in failed(page, "bwden")
        move(page)
        works(page, "bwden", x=2)
        assert len(seen) == 2


@pytest.mark.parametrize(
    "lost",
    [
        *(pytest.param(name, marks=pytest.mark.long) for name in ("require.js", "embed-amd.js")),
        "anywidget.js",
    ],
)
def test_the_bundle_is_asked_for_again(browser, place, lost):
    with read(browser, place, lambda page: once(page, rf"/vendor/.*{lost}$")) as page:
        again = page.get_by_role("button", name="Try again").first
        again.wait_for()
        note = page.locator(".living-note").first.inner_text()
        assert note.startswith("The living figures could not be loaded: ")
        assert page.locator(".bwfig").count() == 0
        again.press("Enter")
        ready(page)
        assert page.locator(".bwfig").count() == 2 and page.locator(".living-note").count() == 0


def test_a_missing_server_is_said_at_every_press(browser, stock):
    with read(browser, (stock / "page.html").as_uri()) as page:
        ready(page)
        for figure, press in PRESS.items():
            for _ in range(2):
                press(page)
                assert "needs a web server: make serve" in failed(page, figure)
                page.locator(f".{figure}").evaluate("(figure) => figure.removeAttribute('data-failed')")


def test_the_published_policy_is_enough(browser, stock):
    said = []
    with (
        stock_server(stock, POLICY) as address,
        read(browser, address, lambda page: page.on("console", lambda line: said.append(line.text))) as page,
    ):
        ready(page)
        for figure, press in PRESS.items():
            press(page)
            works(page, figure)
    assert not [line for line in said if "Content Security Policy" in line]


@pytest.mark.book
def test_the_built_pages_keep_to_the_published_policy(browser, book):
    said = []
    with (
        stock_server(book, POLICY) as address,
        read(
            browser,
            address.replace("page.html", "book/intro.html"),
            lambda page: page.on("console", lambda line: said.append((line.type, line.text))),
        ) as page,
    ):
        page.locator("mjx-container").first.wait_for(state="attached")
        page.locator(".bwfig .bwfig-status").first.wait_for()
    assert not [text for kind, text in said if kind == "error"]


@pytest.mark.long
def test_without_workers_the_page_itself_draws_and_learns(browser, stock):
    policy = POLICY.replace("worker-src blob:", "worker-src 'none'")
    with stock_server(stock, policy) as address, read(browser, address) as page:
        ready(page)
        once(page, r"\.wasm$")
        move(page)
        assert "the program that runs them is missing" in failed(page, "bwden")
        move(page)
        works(page, "bwden", x=2)
        train(page)
        works(page, "bwlab")


def test_without_wasm_the_policys_word_is_named(browser, stock):
    with stock_server(stock, POLICY.replace("'wasm-unsafe-eval' ", "")) as address:
        with read(browser, address) as page:
            ready(page)
            for figure, press in PRESS.items():
                press(page)
                assert "script-src lacks 'wasm-unsafe-eval'" in failed(page, figure)


def test_without_blobs_the_policys_word_is_named(browser, stock):
    with stock_server(stock, POLICY.replace(" blob:;", ";", 1)) as address, read(browser, address) as page:
        page.get_by_role("button", name="Try again").first.wait_for()
        assert "script-src lacks blob:" in page.locator(".living-note").first.inner_text()


def test_without_scripts_a_sentence_stands_there(browser, stock, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "book" / "_ext"))
    from living_notes import NOTE, with_notes

    noted = with_notes((stock / "page.html").read_text(encoding="utf-8"))
    (stock / "noted.html").write_text(noted, encoding="utf-8")
    with stock_server(stock) as address:
        address = address.replace("page.html", "noted.html")
        with read(browser, address, java_script_enabled=False) as page:
            assert page.locator(".living-note").all_inner_texts() == [NOTE] * 2
        with read(browser, address) as page:
            ready(page)
            assert NOTE not in page.locator("body").inner_text()


class SlowHandler(StockHandler):
    """A slow line: what is large comes in many parts, so that a busy machine that misses some of them sees others."""

    PART = 800_000

    def copyfile(self, source, target):
        for part in iter(lambda: source.read(self.PART), b""):
            target.write(part)
            target.flush()
            time.sleep(0.3 if len(part) == self.PART else 0)


WATCH = """
  window.told = [];
  const look = () => document.querySelectorAll(".living-note, .bwfig-status").forEach((p) => told.push(p.textContent));
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
"""


def test_a_slow_line_tells_what_comes_and_how_much(browser, stock):
    with (
        stock_server(stock, handler=SlowHandler) as address,
        read(browser, address, lambda page: page.add_init_script(WATCH)) as page,
    ):
        ready(page)
        move(page)
        works(page, "bwden")
        told = page.evaluate("[...new Set(told)]")
    vendor = stock / "_static" / "vendor"
    for name, what in (
        ("ort/ort-wasm-simd-threaded.wasm", "the program that runs them"),
        ("widgets/embed-amd.js", "the living figures"),
    ):
        size = f"{(vendor / name).stat().st_size / 1e6:.1f}"
        came = [re.fullmatch(rf"Loading {what}: ([\d.]+) of {size} MB …", text) for text in told]
        parts = [float(found[1]) / float(size) for found in came if found]
        assert len(parts) > 1 and parts == sorted(parts) and parts[-1] > 0.3, told


MARKS = [".bwden-dot", ".bwden-hole", ".bwden-here", ".bwden-ring", ".bwlab-ring", ".bwlab-go"]
LINES = [".bwden .dots", ".bwden .hole", ".bwden .hair", ".bwden .grip"]
CURVES = [".bwlab .axis", ".bwlab .curve", ".bwlab .bwlab-held"]
# found and read in one go: between two messages a living axis may have been drawn anew
STYLE = """([where, name]) =>
    getComputedStyle(document.querySelector(where))[name].match(/\\d+/g).slice(0, 3).map(Number)"""


def contrast(one, two):
    """The contrast ratio of colours (..., 3), 0 to 255, as WCAG defines it."""
    parts = [np.asarray(colour, dtype=float) / 255 for colour in (one, two)]
    linear = [np.where(p <= 0.04045, p / 12.92, ((p + 0.055) / 1.055) ** 2.4) for p in parts]
    light = [p @ [0.2126, 0.7152, 0.0722] + 0.05 for p in linear]
    return np.maximum(*light) / np.minimum(*light)


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
def test_marks_are_seen_in_high_contrast(browser, place, scheme):
    with read(browser, place, forced_colors="active", color_scheme=scheme) as page:
        ready(page)
        ground = page.evaluate(STYLE, [".bwden", "backgroundColor"])
        assert (sum(ground) < 100) == (scheme == "dark")  # the system's own: the page says that it is light
        for mark in MARKS:
            picture = Image.open(io.BytesIO(page.locator(mark).first.screenshot())).convert("RGB")
            pixels = np.array(picture).reshape(-1, 3)
            colours, counts = np.unique(pixels, axis=0, return_counts=True)
            seen = contrast(colours, colours[counts.argmax()]) > 3
            assert counts[seen].sum() > 0.02 * counts.sum(), mark
        # there is no curve before something is learned
        train(page)
        works(page, "bwlab")
        for line in LINES + CURVES:
            stroke = page.evaluate(STYLE, [line, "stroke"])
            assert contrast(stroke, ground) > 3, line

"""Living figures under bad luck: a download that fails once, a slow line, a server that knows no scripts, a strict policy."""

import functools
import http.server
import re
import shutil
import threading
from contextlib import contextmanager

import pytest
from figure_page import page_of, status
from test_pages import PATIENCE
from test_train_here_page import SMALL

from bumpbook.widgets import Denoiser, TrainHere
from bumpbook.widgets.onnx_export import export_onnx
from bumpbook.widgets.onnx_training import training_graphs
from bumpbook.widgets.train_here import FILES, files_of
from bumpworld.store import Result
from bumpworld.train import new_model
from shared import ROOT, cannot_check

pytestmark = pytest.mark.browser

STATIC = ROOT / "book" / "_static"
# What nginx and Apache send as they come from the box; `.mjs` and `.onnx` are strangers to them.
STOCK = {".html": "text/html", ".js": "application/javascript", ".css": "text/css", ".wasm": "application/wasm"}
ANY = "application/octet-stream"
# The words of book/publishing.md.
SUB_PATH = "/courses/diffusion/book"


class StockServer(http.server.SimpleHTTPRequestHandler):
    """A plain web server as it comes from the box, with the book below a path of its own."""

    policy = ""

    def translate_path(self, path):
        return super().translate_path(path.removeprefix(SUB_PATH) if path.startswith(SUB_PATH) else "/none")

    def guess_type(self, path):
        return STOCK.get("." + path.rpartition(".")[2], ANY)

    def end_headers(self):
        self.send_header("X-Content-Type-Options", "nosniff")
        if self.policy:
            self.send_header("Content-Security-Policy", self.policy)
        super().end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A book of one page with both figures that run networks, laid out as the built book is."""
    if not (STATIC / "vendor" / "ort").is_dir():
        cannot_check("The living figures were not opened: the page scripts are missing. Run `make vendor`.")
    folder = tmp_path_factory.mktemp("stock")
    shutil.copytree(STATIC, folder / "_static")
    models = folder / "_static" / "models"
    models.mkdir(exist_ok=True)
    network = new_model(SMALL)
    (models / f"{SMALL.key}.onnx").write_bytes(export_onnx(network))
    for name, file in zip(FILES, files_of(training_graphs(SMALL)), strict=True):
        (models / f"{SMALL.key}-{name}.onnx").write_bytes(file)
    widgets = [Denoiser({"untrained": Result(SMALL, {}, network)}, SMALL.canvas), TrainHere(SMALL)]
    (folder / "page.html").write_text(page_of(widgets), encoding="utf-8")
    return folder


@contextmanager
def stock_server(folder, policy=""):
    """The address of the page at a plain web server that sends this Content-Security-Policy."""
    handler = type("Handler", (StockServer,), {"policy": policy})
    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(handler, directory=str(folder))
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{SUB_PATH}/page.html"
        server.shutdown()


@pytest.fixture(scope="module")
def place(folder):
    with stock_server(folder) as address:
        yield address


@contextmanager
def read(browser, address, prepare=lambda page: None, **options):
    """The page, open; afterwards nothing was asked of another host."""
    outside = []
    with browser.new_context(reduced_motion="reduce", **options) as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("request", lambda sent: re.match(r"(http://127\.0\.0\.1|file:|blob:|data:)", sent.url) or outside.append(sent.url))
        prepare(page)
        page.goto(address)
        yield page
    assert not outside, "\n".join(outside)


def once(page, pattern, answer=lambda route: route.abort()):
    """Let the first request that fits fail; the list that comes back holds all that were seen."""
    seen = []

    def handle(route):
        seen.append(route.request.url)
        answer(route) if len(seen) == 1 else route.continue_()

    page.route(re.compile(pattern), handle)
    return seen


def move(page, key="ArrowRight"):
    page.locator(".bwden-map").press(key)


def train(page):
    page.locator(".bwtrain").get_by_role("button", name="Train").press("Enter")


def drawn(page, label):
    page.wait_for_selector(f'.bwden[data-drawn="{label} 0 20"]')


def trained(page, steps):
    page.wait_for_function("(n) => document.querySelector('.bwtrain').dataset.step >= n", arg=steps)


def failed(page, figure):
    page.wait_for_selector(f".{figure}[data-failed]")
    return status(page.locator(f".{figure}"))


LOST = {
    "the runtime": (r"/vendor/ort/.*js$", "the program that runs them is missing"),
    "its wasm": (r"\.wasm$", "the program that runs them is missing"),
    "a model": (r"/models/.*\.onnx$", "the file of the model “.+” is missing"),
}


def test_the_bundle_is_asked_for_again(browser, place):
    for lost in ("require.js", "embed-amd.js", "anywidget.js"):
        with read(browser, place, lambda page, lost=lost: once(page, rf"/vendor/.*{lost}$")) as page:
            again = page.get_by_role("button", name="Try again").first
            again.wait_for()
            note = page.locator(".living-note").first.inner_text()
            assert note.startswith("The living figures could not be loaded") and not page.locator(".bwfig").count()
            again.press("Enter")
            page.locator(".bwden .bwfig-status").wait_for()
            assert page.locator(".bwfig").count() == 2 and not page.locator(".living-note").count()


def test_no_server_is_said_at_every_press(browser, folder):
    with read(browser, (folder / "page.html").as_uri()) as page:
        for press, figure in ((move, "bwden"), (train, "bwtrain")):
            page.locator(f".{figure} .bwfig-status").wait_for()
            for _ in range(2):
                press(page)
                assert "needs a web server: make serve" in failed(page, figure)
                page.evaluate("figure => document.querySelector(`.${figure}`).removeAttribute('data-failed')", figure)


POLICY = "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; worker-src blob:"


def test_the_published_policy_is_enough(browser, folder):
    with stock_server(folder, POLICY) as address, read(browser, address) as page:
        page.locator(".bwden .bwfig-status").wait_for()
        move(page)
        drawn(page, "2 0")
        train(page)
        trained(page, 3)


def test_without_workers_the_page_itself_draws_and_learns(browser, folder):
    with stock_server(folder, POLICY.replace("worker-src blob:", "worker-src 'none'")) as address, read(browser, address) as page:
        page.locator(".bwden .bwfig-status").wait_for()
        seen = once(page, r"\.wasm$")
        move(page)
        assert "the program that runs them is missing" in failed(page, "bwden")
        move(page)
        drawn(page, "2 0")
        train(page)
        trained(page, 3)


def test_without_wasm_the_policys_word_is_named(browser, folder):
    with stock_server(folder, POLICY.replace("'wasm-unsafe-eval'", "")) as address, read(browser, address) as page:
        for press, figure in ((move, "bwden"), (train, "bwtrain")):
            page.locator(f".{figure} .bwfig-status").wait_for()
            press(page)
            assert "script-src lacks 'wasm-unsafe-eval'" in failed(page, figure)


def test_without_blobs_the_policys_word_is_named(browser, folder):
    with stock_server(folder, POLICY.replace("blob:;", ";", 1)) as address, read(browser, address) as page:
        page.get_by_role("button", name="Try again").first.wait_for()
        assert "script-src lacks blob:" in page.locator(".living-note").first.inner_text()


def test_without_scripts_a_sentence_stands_there(browser, place):
    with read(browser, place, java_script_enabled=False) as page:
        assert page.locator(".living-note").all_inner_texts() == [NOTE] * 2


def cut(route):
    """Half a file, and nothing says so: what a proxy leaves of it."""
    body = route.fetch().body()
    route.fulfill(body=body[: len(body) // 2])


@pytest.mark.parametrize("what", LOST)
@pytest.mark.parametrize("figure", ["bwden", "bwtrain"])
def test_what_was_lost_once_is_asked_for_again(browser, place, figure, what):
    pattern, says = LOST[what]
    press = move if figure == "bwden" else train
    with read(browser, place) as page:
        page.locator(f".{figure} .bwfig-status").wait_for()
        seen = once(page, pattern)
        press(page)
        assert re.search(says, failed(page, figure))
        press(page)
        drawn(page, "2 0") if figure == "bwden" else trained(page, 3)
        assert len(seen) > 1


@pytest.mark.parametrize("what", ["the runtime", "its wasm"])
def test_what_came_damaged_is_asked_for_again(browser, place, what):
    with read(browser, place) as page:
        page.locator(".bwden .bwfig-status").wait_for()
        seen = once(page, LOST[what][0], cut)
        move(page)
        assert "the program that runs them" in failed(page, "bwden")
        move(page)
        drawn(page, "2 0")
        assert len(seen) == 2

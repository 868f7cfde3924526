"""The living figures in Firefox: they load, answer a hand, learn, and ask again for what was lost."""

import pytest
from firefox import find_firefox, firefox
from stock_server import stock_server

from shared import cannot_check

pytestmark = [pytest.mark.browser, pytest.mark.long]

RIGHT = "\ue014"  # the arrow key, as WebDriver writes it
DENOISER, TRAINING = (f"document.querySelector('{name}')" for name in (".bwden", ".bwlab"))
# anywidget gives a model two seconds to begin; a busy machine takes longer, and the figure is shown all the same
BUSY = "[anywidget] Failed to initialize model."
STATUS = "{}.querySelector('.bwfig-status').textContent"
PIXELS = """[...[...{}.querySelectorAll('canvas')].at(-1).getContext('2d').getImageData(0, 0, 8, 8).data]"""


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    path = find_firefox()
    if path is None:
        cannot_check("Firefox opened no page: none is installed (Debian: apt install firefox-esr).")
    with firefox(path, tmp_path_factory.mktemp("firefox")) as driver:
        yield driver


@pytest.fixture
def page(driver, stock):
    """A fresh page with both figures; afterwards, no error and no request to another host was seen."""
    driver.lost.clear()
    with stock_server(stock) as address:
        driver.open(address)
        driver.wait("document.querySelectorAll('.bwfig > .bwfig-heard').length === 2")
        yield driver
    errors = [error for error in driver.errors if BUSY not in error]
    assert not errors and not driver.outside, (errors, driver.outside)


def test_a_key_and_a_drag_move_the_point(page):
    before = page.ask(PIXELS.format(DENOISER))
    page.press(".bwden-map", RIGHT)
    page.wait(f"{DENOISER}.dataset.drawn === '1 0 0 20'")
    assert "in your browser" in page.ask(STATUS.format(DENOISER))
    page.drag(".bwden-map", (0.1, 0.1), (0.4, 0.4), (0.9, 0.7))  # to the pixel (7, 5) of eight
    page.wait(f"{DENOISER}.dataset.drawn === '7 5 0 20'")
    assert page.ask(PIXELS.format(DENOISER)) != before


def test_a_network_learns(page):
    page.click(".bwlab-go")
    page.wait(f"{TRAINING}.dataset.done === 'true'")
    assert page.ask(STATUS.format(TRAINING)).startswith("Step 16 of 16")
    assert page.ask(f"{TRAINING}.querySelectorAll('.bwlab-row').length") >= 1  # it is in the notebook


@pytest.mark.parametrize("lost", [r"/ort/.*js$", r"\.wasm$", r"\.onnx$"])
def test_what_was_lost_once_is_asked_for_again(page, lost):
    page.lose_once(lost)
    for figure, act in (
        (DENOISER, lambda: page.press(".bwden-map", RIGHT)),
        (TRAINING, lambda: page.click(".bwlab-go")),
    ):
        page.lost[lost] = 0
        act()
        page.wait(f"{figure}.hasAttribute('data-failed')")
        assert "is missing" in page.ask(STATUS.format(figure))
        act()
        page.wait(f"{figure}.dataset.drawn === '2 0 0 20' || {figure}.dataset.step >= 3")
        assert page.lost[lost] > 1

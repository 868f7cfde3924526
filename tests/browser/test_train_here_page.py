"""A network learns in Chromium, from its first weights on, and no request leaves the host."""

import re

import numpy as np
import pytest
from figure_page import PIXELS, page_of, settle, shown, status
from test_living_figures import WEIGHT
from test_pages import PATIENCE, SIZES, violations

from bumpbook.widgets.onnx_training import training_graphs
from bumpbook.widgets.train_here import FILES, TrainHere, files_of
from bumpworld import Canvas, Experiment
from bumpworld.selection import held_out_square
from bumpworld.unet import UNetConfig

pytestmark = pytest.mark.browser

NET = UNetConfig(channels=(8, 16), heads=2, label_features=8, time_features=8, embedding=24)
SMALL = Experiment(
    canvas=Canvas(size=8),
    train_on=held_out_square(3, 5),
    unet=NET,
    steps=60,
    batch_size=16,
    learning_rate=4e-3,
)
HEIGHT = "document.querySelector('.bwtrain').offsetHeight"


@pytest.fixture(scope="module")
def html():
    return page_of([TrainHere(SMALL)])


@pytest.fixture(scope="module")
def files():
    return dict(zip(FILES, files_of(training_graphs(SMALL)), strict=True))


def offer(page, files):
    """Let the page find the figure's two files where the built book has them."""

    def answer(route):
        name = re.search(r"-(\w+)\.onnx$", route.request.url)[1]
        route.fulfill(body=files[name]) if name in files else route.fulfill(status=404)

    page.unroute_all()
    page.route("**/_static/models/*.onnx", answer)


def wait(page, step):
    page.wait_for_function(
        "(step) => Number(document.querySelector('.bwtrain').dataset.step) >= step",
        arg=step,
        timeout=PATIENCE,
    )


def losses(page):
    """The heights of the curve of the loss, from above: a smaller loss lies lower."""
    return [
        float(y)
        for y in re.findall(r" ([\d.]+)", page.locator(".bwtrain-picture .bwtrain-loss").get_attribute("d"))
    ]


def test_a_key_press_trains_to_the_end(browser, site, html, files):
    with shown(browser, site, html, count=1) as page:
        assert len(html) < WEIGHT
        offer(page, files)
        figure, height = page.locator(".bwtrain"), page.evaluate(HEIGHT)
        assert status(figure).startswith("Untrained. 4 labels will never be trained on.")
        page.get_by_role("button", name="Train").press("Enter")
        wait(page, SMALL.steps)
        page.get_by_role("button", name="Train again").wait_for()
        settle(page)
        assert re.match(
            r"Step 60 of 60, \d+ s in your browser: loss 0\.\d+; \d+ % of the trained and", status(figure)
        )
        found = losses(page)
        assert len(found) == SMALL.steps and np.mean(found[-10:]) > np.mean(found[:10]) + 1
        looks = page.locator(".bwtrain-picture .curve").first.get_attribute("d")
        assert len(re.findall("[ML]", looks)) == 6
        for tile in page.locator(".bwtrain-tile").all():
            assert tile.get_attribute("data-right") in ("true", "false")
            pixels = np.reshape(tile.locator("canvas").evaluate(PIXELS), (8, 8, 4))
            assert (pixels[..., 3] == 255).all() and np.ptp(pixels[..., 0]) > 10  # something is drawn
        assert page.evaluate(HEIGHT) == height  # nothing jumped
        page.wait_for_function(
            "document.querySelector('.bwfig-heard').textContent.startsWith('Step 60 of 60')"
        )


def test_a_finger_halts_goes_on_and_begins_again(browser, site, html, files):
    with shown(browser, site, html, count=1, touch=True) as page:
        offer(page, files)
        figure = page.locator(".bwtrain")
        assert page.get_by_role("button", name="New weights").is_disabled()
        page.get_by_role("button", name="Train").tap()
        wait(page, 12)
        page.get_by_role("button", name="Pause").tap()
        page.get_by_role("button", name="Go on").wait_for()
        settle(page)
        page.wait_for_timeout(300)
        halted = int(figure.get_attribute("data-step"))
        first = losses(page)
        page.wait_for_timeout(300)
        assert int(figure.get_attribute("data-step")) == halted == len(first) < SMALL.steps
        assert status(figure).endswith("Paused.")
        page.get_by_role("button", name="Go on").tap()
        wait(page, halted + 3)
        assert losses(page)[:halted] == pytest.approx(first, abs=0.2)  # it went on where it was
        page.get_by_role("button", name="New weights").tap()  # while it trains
        page.wait_for_function("document.querySelector('.bwtrain').dataset.step === '0'")
        page.wait_for_timeout(300)
        assert status(figure).startswith("Untrained") and figure.get_attribute("data-step") == "0"
        assert {tile.get_attribute("data-right") for tile in page.locator(".bwtrain-tile").all()} == {"null"}
        page.get_by_role("button", name="Train").tap()
        wait(page, 12)
        assert np.abs(np.array(losses(page)[:10]) - first[:10]).max() > 0.2  # other weights, another run


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_figure_fits_every_page(browser, site, html, files, axe, theme):
    with shown(browser, site, html, count=1, reduced_motion="reduce") as page:
        offer(page, files)
        page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        page.get_by_role("button", name="Train").click()
        wait(page, 10)
        for size, viewport in SIZES.items():
            page.set_viewport_size(viewport)
            settle(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], size
            assert not (found := violations(page, axe)), "\n".join([size, *found])


def test_a_missing_file_is_said_and_may_come_later(browser, site, html, files):
    with shown(browser, site, html, count=1) as page:
        offer(page, {"draw": files["draw"]})
        page.get_by_role("button", name="Train").click()
        page.wait_for_selector(".bwtrain[data-failed]", timeout=PATIENCE)
        text = status(page.locator(".bwtrain"))
        assert text == (
            "This network's files cannot run here: the file of the model “training step” is missing (status 404)."
        )
        assert page.locator("#after").is_visible()
        offer(page, {"step": files["step"][:3000], "draw": files["draw"]})
        page.get_by_role("button", name="Train").click()
        page.wait_for_function("document.querySelector('.bwfig-status').textContent.includes('cut short')")
        offer(page, files)
        page.get_by_role("button", name="Train").click()
        wait(page, 2)

"""What tests of the laboratory share: a small network, its files where a page finds them, and the first steps on a page."""

import json
import re
from functools import cache

from figure_page import box, settle
from test_pages import PATIENCE

from bumpbook.widgets.laboratory import FILES, Laboratory, files_of
from bumpbook.widgets.onnx_training import training_graphs
from bumpworld import Experiment
from bumpworld.unet import UNetConfig

NET = UNetConfig(channels=(8, 16), heads=2, label_features=8, time_features=8, embedding=24)
SMALL = Experiment(unet=NET, steps=16, batch_size=16, learning_rate=6e-3, ema=0.9)
KEPT = "bumpworld-laboratory"  # where the browser keeps the notebook


@cache
def files():
    return dict(zip(FILES, files_of(training_graphs(SMALL)), strict=True))


def small(**traits):
    return Laboratory(network=SMALL, **traits)


def offer(page, given=None):
    """Let the page find the figure's three files where the built book has them."""
    given = files() if given is None else given

    def answer(route):
        name = re.search(r"-(\w+)\.onnx$", route.request.url)[1]
        route.fulfill(body=given[name]) if name in given else route.fulfill(status=404)

    page.unroute_all()
    page.route("**/_static/models/*.onnx", answer)


def opened_lab(page):
    page.locator(".bwlab-map").first.wait_for(timeout=PATIENCE)
    settle(page)
    return page.locator(".bwlab").first


def at(page, field, x, y):
    """Where a label lies on a map, in pixels of the page."""
    found = box(field)
    return found["x"] + found["width"] * (x + 0.5) / 16, found["y"] + found["height"] * (y + 0.5) / 16


def stroke(page, field, *labels):
    """Draw from label to label with the mouse."""
    page.mouse.move(*at(page, field, *labels[0]))
    page.mouse.down()
    for label in labels[1:]:
        page.mouse.move(*at(page, field, *label))
    page.mouse.up()
    settle(page)


def counted(lab):
    """Labels to train on, held out, and values of x and of y seen, as the figure says."""
    settle(lab.page)
    text = lab.locator(".bwlab-left .bwlab-count").text_content()
    said = r"(\d+) labels to train on, (\d+) held out · (\d+) of 16 values of x seen, (\d+) of y"
    return [int(number) for number in re.fullmatch(said, text).groups()]


def tool(lab, name):
    lab.get_by_role("button", name=name, exact=True).click()


def train(page, lab, bet=None):
    """Bet, press, and wait for the end."""
    if bet is not None:
        lab.get_by_role("slider", name="your bet").fill(str(bet))
    lab.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_selector(".bwlab[data-done=true]", timeout=PATIENCE)
    settle(page)


def kept(page):
    return json.loads(page.evaluate(f"localStorage.getItem('{KEPT}')") or "[]")

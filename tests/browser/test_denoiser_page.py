"""The living model on the front page: it answers hand, key and finger, and draws what PyTorch draws."""

import gzip
import re
from contextlib import contextmanager

import numpy as np
import pytest
import torch
from test_pages import PATIENCE, VIEW, opened, violations

from bumpbook.frame.style import IMAGE
from bumpbook.frame.sweeps import sweep
from bumpbook.widgets.denoiser import denoised, seeded_noise
from bumpbook.widgets.onnx_export import export_onnx
from bumpworld.diffusion import DiffusionModel, NoiseSchedule
from bumpworld.measure import judge
from bumpworld.selection import everything
from bumpworld.store import Store
from bumpworld.unet import ConditionalUNet, UNetConfig

pytestmark = [pytest.mark.book, pytest.mark.browser]

PAIRS, COLUMNS = sweep("intro").experiments
WHOLE = next(e for e in sweep("first").experiments if e.train_on == everything())
SHOWN = (WHOLE, PAIRS, COLUMNS)  # from left to right
CANVAS = PAIRS.canvas
START = "7 8 0 20"  # x, y, seed, steps of the page
RUNTIME = re.compile(r"/vendor/ort/|\.onnx$")
PIXELS = """(canvases) => canvases.map((c) =>
  [...c.getContext("2d").getImageData(0, 0, c.width, c.height).data].filter((_, i) => i % 4 < 3))"""


class Figure:
    """The figure on an open page, as a reader sees and moves it."""

    def __init__(self, page):
        self.page, self.box = page, page.locator(".bwden")
        page.wait_for_load_state("load")
        page.locator(f"#try-it .cell_output:has({VIEW})").scroll_into_view_if_needed()  # far down on a phone
        self.box.wait_for(timeout=PATIENCE)
        self.box.scroll_into_view_if_needed()
        self.maps, self.readings = self.box.locator(".bwden-map"), self.box.locator(".bwden-reading")
        self.wait("data-drawn", START)

    def wait(self, name, value):
        self.page.wait_for_selector(f'.bwden[{name}="{value}"]', timeout=PATIENCE)

    def images(self):
        """Pixel values (n, 1, 16, 16) of the drawings, read back through the book's colours."""
        seen = self.box.locator(".bwden-image canvas").evaluate_all(PIXELS)
        ramp = 255 * IMAGE(np.linspace(0, 1, 2001))[:, :3]
        pixels = np.array(seen, dtype=float).reshape(len(seen), -1, 1, 3)
        nearest = [np.abs(image - ramp).sum(2).argmin(1) for image in pixels]
        return torch.tensor(np.array(nearest) / 2000).float().reshape(-1, 1, CANVAS.size, CANVAS.size)

    def place(self, index, x, y):
        """Where a label lies on a map, in pixels of the page."""
        box = self.maps.nth(index).bounding_box()
        return [
            box[s] + box[n] * (v + 0.5) / CANVAS.span for s, n, v in (("x", "width", x), ("y", "height", y))
        ]

    @property
    def status(self):
        return self.box.locator(".bwfig-status").inner_text()


@contextmanager
def figure(browser, address, scheme="light", meant="no error at all"):
    """The figure on the front page, which must stay without errors but for one that a test made."""
    with opened(browser, f"{address}/book/intro.html", scheme) as seen:
        yield Figure(seen.page)
        errors = [error for error in seen.errors if meant not in error]
        assert not errors, "\n".join(errors)
        assert not seen.outside, "\n".join(seen.outside)


def right(images, x, y):
    return judge(images, [[x, y]] * len(images), CANVAS).right()[:, 2].tolist()


def torch_draws(x, y, seed=0, steps=20):
    label, noise = torch.tensor([[float(x), float(y)]]), seeded_noise(seed, CANVAS.size)
    return torch.cat([denoised(Store().load(e).model, noise, label, steps) for e in SHOWN]).clamp(0, 1)


def test_nothing_heavy_is_fetched_before_a_touch_and_little_after(browser, address):
    answers = []

    def weigh() -> dict[str, int]:
        # asked when all has come: a body that is still on its way when the page closes would be lost
        return {answer.url: len(gzip.compress(answer.body(), 6)) for answer in answers if answer.ok}

    with browser.new_context() as context:
        page = context.new_page()
        page.on("response", lambda answer: answers.append(answer))
        page.goto(f"{address}/book/intro.html")
        shown = Figure(page)
        page.wait_for_load_state("networkidle")
        sizes = weigh()
        assert not [url for url in sizes if RUNTIME.search(url)]
        assert sum(sizes.values()) < 2e6, sizes
        shown.maps.first.press("ArrowRight")
        shown.wait("data-drawn", "8 8 0 20")
        page.wait_for_load_state("networkidle")
        sizes = weigh()
    assert len([url for url in sizes if RUNTIME.search(url)]) == 2 + len(SHOWN)
    assert sum(sizes.values()) < 12e6


def test_a_drag_a_key_and_a_slider_move_the_bump(browser, address):
    with figure(browser, address) as shown:
        first = shown.images()
        assert (
            right(first, 7, 8)[0] and not right(first, 7, 8)[2]
        )  # the whole model, and the one with the lesion
        mouse, before = shown.page.mouse, shown.box.bounding_box()
        mouse.move(*shown.place(2, 7, 8))
        mouse.down()
        for step in range(1, 6):
            mouse.move(*shown.place(2, 7 - step, 8 + 0.8 * step + 0.3))
        mouse.up()
        shown.wait("data-drawn", "2 12 0 20")
        assert right(shown.images(), 2, 12) == [True, True, True]  # all three have seen this label
        for x in range(3, 7):
            shown.page.keyboard.press("ArrowRight")  # the map that was dragged has the focus
        shown.wait("data-drawn", "6 12 0 20")
        images = shown.images()
        assert right(images, 6, 12)[:2] == [True, True] and not right(images, 6, 12)[2]
        assert [text[0] for text in shown.readings.all_inner_texts()] == [
            "✓" if good else "✗" for good in right(images, 6, 12)
        ]
        shown.box.get_by_role("slider", name="y").press("ArrowLeft")
        shown.wait("data-drawn", "6 11 0 20")
        assert shown.box.bounding_box()["height"] == before["height"]  # nothing jumps


def test_a_finger_moves_the_point(browser, address):
    with browser.new_context(has_touch=True, viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        page.goto(f"{address}/book/intro.html")
        shown = Figure(page)
        page.touchscreen.tap(*shown.place(1, 12, 3))
        shown.wait("data-drawn", "12 3 0 20")
        assert right(shown.images(), 12, 3)[0]


def test_the_browser_draws_what_pytorch_draws(browser, address):
    with figure(browser, address) as shown:
        assert (shown.images() - torch_draws(7, 8)).abs().max() < 0.01  # as it comes with the page
        shown.box.get_by_role("combobox").select_option("5")
        shown.wait("data-drawn", "7 8 0 5")
        assert (shown.images() - torch_draws(7, 8, steps=5)).abs().max() < 0.01
        shown.box.get_by_label("between the labels").check()
        shown.box.get_by_role("slider", name="x").press("ArrowRight")
        shown.wait("data-drawn", "7.05 8 0 5")
        assert (shown.images() - torch_draws(7.05, 8, steps=5)).abs().max() < 0.01
        shown.box.get_by_label("between the labels").uncheck()
        shown.wait("data-drawn", "7 8 0 5")


def test_the_way_from_noise_to_image(browser, address):
    with figure(browser, address) as shown:
        step = shown.box.get_by_role("slider", name="step")
        step.press("ArrowLeft")
        shown.wait("data-drawn", START)  # loaded: before, only the end was there
        step.press("Home")
        shown.page.wait_for_function(
            "document.querySelector('.bwden-reading').textContent.startsWith('0 of')"
        )
        images = shown.images()
        noise = seeded_noise(0, CANVAS.size).clamp(0, 1)
        for image in images:  # all begin on the same noise
            assert (image - noise[0]).abs().max() < 0.01
        shown.box.get_by_role("button", name="Play").click()
        shown.page.wait_for_function("/[✓✗]/.test(document.querySelector('.bwden-reading').textContent)")
        assert (shown.images() - torch_draws(7, 8)).abs().max() < 0.01
        shown.box.get_by_role("button", name="New noise").click()  # a calm reader gets no film
        shown.page.wait_for_function(
            f"(d => d && d !== '{START}')(document.querySelector('.bwden').dataset.drawn)"
        )
        assert shown.readings.first.inner_text()[0] in "✓✗"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_was_drawn_can_be_heard_and_read(browser, address, axe, scheme):
    with figure(browser, address, scheme) as shown:
        shown.maps.first.press("ArrowUp")
        shown.wait("data-drawn", "7 7 0 20")
        shown.page.wait_for_function(
            "/found at/.test(document.querySelector('.bwden .bwfig-heard').textContent)"
        )
        heard = shown.box.get_by_role("status").inner_text()
        assert "Asked for (7, 7)" in heard and all(
            reading in heard for reading in shown.readings.all_inner_texts()
        )
        assert re.fullmatch(r"20 steps by each of 3 models: \d+ ms, in your browser\.", shown.status)
        assert not (found := violations(shown.page, axe)), "\n".join(found)


def other_size():
    config = UNetConfig(channels=(4,), attention=(), label_features=2, time_features=2, embedding=4)
    return export_onnx(DiffusionModel(ConditionalUNet(config), NoiseSchedule(), "x0", 8))


TROUBLES = {
    "missing": ({"status": 404, "body": ""}, r"the file of the model “.+” is missing \(status 404\)"),
    "cut short": ({"body": b"\x08\x08\x12\x07pytorch" + bytes(300)}, r"the file of the model “.+” is cut short or damaged"),
    "another size": ({"body": other_size}, r"the model “.+” draws 8 × 8 pixels, and this canvas has 16 × 16"),
}  # fmt: skip


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_bad_model_is_named_in_the_figures_frame(browser, address, trouble):
    answer, says = TROUBLES[trouble]
    answer = {name: value() if callable(value) else value for name, value in answer.items()}
    with figure(browser, address, meant=".onnx") as shown:
        shown.page.route("**/*.onnx", lambda route: route.fulfill(**answer))
        shown.maps.first.press("ArrowRight")
        shown.wait("data-failed", "")
        assert re.fullmatch(rf"The models cannot run here: {says}\.", shown.status)
        assert shown.readings.first.inner_text() == "not drawn"
        shown.page.unroute("**/*.onnx")  # the next touch tries again
        shown.maps.first.press("ArrowRight")
        shown.wait("data-drawn", "9 8 0 20")


def test_a_runtime_that_is_not_there_is_named(browser, address):
    with figure(browser, address) as shown:
        shown.page.context.route("**/vendor/ort/**", lambda route: route.abort())
        shown.maps.first.press("ArrowRight")
        shown.wait("data-failed", "")
        assert "the program that runs them" in shown.status


def test_a_browser_without_wasm_keeps_the_picture(browser, address):
    with browser.new_context() as context:
        page = context.new_page()
        # a script of the page cannot reach into a worker, so the figure is made to work without one
        page.add_init_script("delete globalThis.WebAssembly; delete globalThis.Worker")
        page.goto(f"{address}/book/intro.html")
        shown = Figure(page)
        assert right(shown.images(), 7, 8)[0]
        shown.maps.first.press("ArrowRight")
        shown.wait("data-failed", "")
        assert shown.status == "The models cannot run here: this browser has no WebAssembly."

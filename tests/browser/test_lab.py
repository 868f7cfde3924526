"""The living figures in a running JupyterLab: a trait that one side changes arrives on the other."""

import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.request import urlopen

import nbformat
import pytest
from figure_page import settle, status
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect
from web_server import QuietHandler, web_server

from bumpbook.widgets.runtime import CARRIED, RUNTIME_FILES
from shared import cannot_check

pytestmark = [pytest.mark.browser, pytest.mark.long]

PATIENCE = (
    480_000  # milliseconds: the kernel has to import torch, perhaps on a machine that does more than this
)
SHOW = [
    "import numpy as np",
    "from bumpworld import Canvas",
    "from bumpworld.instruments.geometry import clifford_torus",
    "from bumpbook.widgets import Lattice, Manifold",
    "points, angles = clifford_torus(8)",
    "lattice = Lattice(size=64, density=0.05)",
    "manifold = Manifold(points, angles * 8 / (2 * np.pi), Canvas(size=8, periodic=True))",
    "display(lattice, manifold)",
]
SET = "lattice.density, manifold.point = 0.5, 0"
TELL = "print('here:', lattice.density, manifold.point, manifold.color)"


LEARN = [
    "from bumpworld import Canvas, Experiment",
    "from bumpworld.train import new_model",
    "from bumpworld.unet import UNetConfig",
    "from bumpbook.widgets import Denoiser, Laboratory",
    "net = UNetConfig(channels=(8,), attention=(), label_features=4, time_features=4, embedding=8)",
    "small = Experiment(Canvas(size=8), unet=net)",
    "denoiser = Denoiser({'untrained': new_model(small)}, small.canvas)",
    "here = Laboratory(network=Experiment(unet=net, steps=20, batch_size=16))",
    "display(denoiser, here)",
]
PUBLISHED = ("ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm")  # as the runtime's package names them
SET_LEARN = "denoiser.x, here.settings = 3, here.settings | {'seed': 4}"
TELL_LEARN = "\n".join(
    [
        "weights = sum(float(p.abs().sum()) for p in here.weights().parameters())",
        "print('here:', denoiser.x, len(denoiser.readings), here.history[-1]['step'], here.experiment.seed, weights > 1)",
    ]
)


@contextmanager
def lab(folder, cells, **environment):
    """The address of a JupyterLab in ``folder`` that serves one notebook with these cells."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=[*map(new_code_cell, cells)], metadata={"kernelspec": kernel})
    nbformat.write(notebook, folder / "live.ipynb")
    settings = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "run"}
    environment = os.environ | {name: str(folder / part) for name, part in settings.items()} | environment
    options = ["--no-browser", "--ip=127.0.0.1", "--port=0", "--IdentityProvider.token=", "--allow-root"]
    command = [sys.executable, "-m", "jupyterlab", *options, f"--ServerApp.root_dir={folder}"]
    log = folder / "log.txt"
    with log.open("w") as stream:
        server = subprocess.Popen(
            command, stdout=stream, stderr=subprocess.STDOUT, env=environment, cwd=folder
        )
    try:
        yield wait_for(server, log)
    finally:
        server.terminate()
        # a kernel that is still starting holds the server up: what failed before must not be hidden by this
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_for(server, log):
    """The address that the server prints once it listens."""
    for _ in range(2 * PATIENCE // 1000):
        found = re.search(r"http://127\.0\.0\.1:\d+", log.read_text())
        if found:
            urlopen(f"{found[0]}/api").close()
            return found[0]
        assert server.poll() is None, log.read_text()
        time.sleep(0.5)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()}")


class OpenHandler(QuietHandler):
    """Serves files to pages of every other host, as the net's own address of the runtime does."""

    def end_headers(self):
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()


@contextmanager
def runtime_served(folder):
    """The address of a server that has the runtime as its package does, so that no test needs the net."""
    folder.mkdir()
    for name, carried in zip(PUBLISHED, RUNTIME_FILES, strict=True):
        (folder / name).symlink_to(CARRIED / carried)
    with web_server(folder, OpenHandler) as address:
        yield address


@contextmanager
def notebook(browser, address):
    """The notebook's page with its kernel ready and its first cell run."""
    with browser.new_context(viewport={"width": 1400, "height": 1600}, reduced_motion="reduce") as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(f"{address}/lab/tree/live.ipynb")
        page.locator(".jp-CodeCell").nth(2).wait_for()
        expect(page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")).to_have_count(
            1, timeout=PATIENCE
        )
        page.locator(".jp-CodeCell").first.locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        expect(page.locator(".bwfig:has(.bwfig-heard)")).to_have_count(2, timeout=PATIENCE)
        yield page


def run_last(page, says):
    """Run the last cell, and expect these words of it."""
    page.wait_for_timeout(500)  # a trait is sent at most ten times a second
    page.locator(".jp-CodeCell").nth(2).locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    expect(page.locator(".jp-OutputArea-output", has_text="here:")).to_contain_text(says, timeout=PATIENCE)


def test_traits_arrive_on_both_sides(browser, tmp_path):
    with (
        lab(tmp_path, ["\n".join(SHOW), SET, TELL]) as address,
        notebook(browser, address) as page,
    ):
        figures = page.locator(".bwfig:has(.bwfig-heard)")
        lattice, manifold = figures.nth(0), figures.nth(1)
        expect(lattice.locator(".bwfig-status")).to_contain_text("5.0 % of the sites", timeout=PATIENCE)

        page.keyboard.press("Shift+Enter")  # from Python to the page
        expect(lattice.locator(".bwfig-status")).to_contain_text("50 % of the sites", timeout=PATIENCE)
        expect(manifold.locator(".bwfig-status")).to_contain_text(
            "ringed is (x, y) = (0, 0)", timeout=PATIENCE
        )

        lattice.get_by_role("slider", name="density").press("End")  # and from the page to Python
        manifold.get_by_role("slider", name="point x").press("ArrowRight")
        manifold.get_by_label("y", exact=True).check()
        settle(page)
        assert status(lattice).startswith("100 % of the sites")
        run_last(page, "here: 1.0 1 y")


@pytest.mark.parametrize("where", ["a chosen address", "the package"])
def test_networks_come_from_the_kernel(browser, tmp_path, where):
    if not CARRIED.is_dir():
        cannot_check("The networks were not run in JupyterLab: the runtime is missing. Run `make vendor`.")
    asked = []
    with (
        runtime_served(tmp_path / "ort") as runtime,
        lab(
            tmp_path,
            ["\n".join(LEARN), SET_LEARN, TELL_LEARN],
            BUMPWORLD_ORT_URL=runtime if where == "a chosen address" else "",
        ) as address,
        notebook(browser, address) as page,
    ):
        page.on("request", lambda sent: "ort" in sent.url and asked.append(sent.url))
        denoiser, here = page.locator(".bwden"), page.locator(".bwlab")
        page.keyboard.press("Shift+Enter")  # from Python to the page, which asks for the model and draws
        expect(denoiser).to_have_attribute("data-drawn", "3 0 0 20", timeout=PATIENCE)
        expect(denoiser.locator(".bwfig-status")).to_contain_text("in your browser", timeout=PATIENCE)
        denoiser.locator(".bwden-map").press("ArrowRight")
        expect(denoiser).to_have_attribute("data-drawn", "4 0 0 20", timeout=PATIENCE)
        here.get_by_role("slider", name="your bet").press("ArrowRight")
        train = here.get_by_role("button", name="Train", exact=True)
        expect(train).to_be_enabled(timeout=PATIENCE)  # a key that comes before the bet is taken is lost
        train.press("Enter")
        expect(here).to_have_attribute("data-done", "true", timeout=PATIENCE)
        run_last(page, "here: 4.0 1 20 4 True")
        fetched = [url for url in asked if url.startswith("http") and url.endswith(PUBLISHED)]
        assert {url.startswith(runtime) for url in fetched} == (
            {True} if where == "a chosen address" else set()
        )

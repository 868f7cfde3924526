"""The living figures in a running JupyterLab: a trait that one side changes arrives on the other."""

import os
import re
import subprocess
import sys
import time
from urllib.request import urlopen

import nbformat
import pytest
from figure_page import settle, status
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.long]

PATIENCE = 180_000  # milliseconds: the kernel has to import torch
SHOW = [
    "import numpy as np",
    "from bumpworld import Canvas",
    "from bumpworld.geometry import clifford_torus",
    "from bumpworld.widgets import Lattice, Manifold",
    "points, angles = clifford_torus(8)",
    "lattice = Lattice(size=64, density=0.05)",
    "manifold = Manifold(points, angles * 8 / (2 * np.pi), Canvas(size=8, periodic=True))",
    "display(lattice, manifold)",
]
SET = "lattice.density, manifold.point = 0.5, 0"
TELL = "print('here:', lattice.density, manifold.point, manifold.color)"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Yield the address of a JupyterLab that serves one notebook of three cells."""
    folder = tmp_path_factory.mktemp("lab")
    cells = [new_code_cell(source) for source in ("\n".join(SHOW), SET, TELL)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), folder / "live.ipynb")
    settings = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "run"}
    environment = os.environ | {name: str(folder / part) for name, part in settings.items()}
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
        server.wait(timeout=30)


def wait_for(server, log):
    """The address that the server prints once it listens."""
    for _ in range(240):
        found = re.search(r"http://127\.0\.0\.1:\d+", log.read_text())
        if found:
            urlopen(f"{found[0]}/api").close()
            return found[0]
        assert server.poll() is None, log.read_text()
        time.sleep(0.5)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()}")


def test_traits_arrive_on_both_sides(browser, lab):
    with browser.new_context(viewport={"width": 1400, "height": 1600}, reduced_motion="reduce") as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(f"{lab}/lab/tree/live.ipynb")
        page.locator(".jp-CodeCell").nth(2).wait_for()
        expect(page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")).to_have_count(
            1, timeout=PATIENCE
        )
        page.locator(".jp-CodeCell").first.locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        figures = page.locator(".bwfig:has(.bwfig-heard)")
        expect(figures).to_have_count(2, timeout=PATIENCE)
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
        page.wait_for_timeout(500)  # a trait is sent at most ten times a second
        page.locator(".jp-CodeCell").nth(2).locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        expect(page.locator(".jp-OutputArea-output", has_text="here:")).to_contain_text(
            "here: 1.0 1 y", timeout=PATIENCE
        )

"""The living model in a headless Chromium beside the same drawings in PyTorch on one thread, in one run.

    python benchmarks/browser.py [--drags 40] [--out results/benchmarks/browser.json]

A drag is timed from the pointer's event on the page to the first screen refresh with the new label's drawings: 20
steps of every model, the reading of each and the painting. The page holds nothing but the figure. With a built book,
the front page is weighed as well: what a browser fetches before the first touch and after it, each file gzipped.
"""

import argparse
import base64
import functools
import gzip
import http.server
import json
import shutil
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from playwright.sync_api import sync_playwright

from bumpbook.frame.sweeps import sweep
from bumpbook.widgets import Denoiser
from bumpbook.widgets.denoiser import denoised, seeded_noise
from bumpbook.widgets.onnx_export import export_onnx
from bumpworld.files import provenance, write_atomic
from bumpworld.selection import everything
from bumpworld.store import Store

ROOT = Path(__file__).resolve().parent.parent
RUNTIME = ROOT / "book" / "_static" / "vendor" / "ort"
STEPS = 20
WANTED = {1: 80, 3: 250, "first frame": 1000}  # milliseconds
OPTIONS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]

# A page with one figure: the state that a book would carry, and the little that anywidget adds to it.
PAGE = """<!DOCTYPE html><meta charset="utf-8"><style>%(css)s</style><div id="here" style="width: 720px"></div>
<script type="module">
import widget from "./figure.js";
const state = JSON.parse(`%(state)s`, (_, v) => v?.base64 === undefined ? v
  : new DataView(Uint8Array.from(atob(v.base64), (c) => c.charCodeAt(0)).buffer));
const heard = {};
globalThis.bumpworldStatic = new URL("./", location.href).href;
globalThis.model = { get: (name) => state[name], save_changes() {}, off() {},
  set(name, value) { state[name] = value; heard[`change:${name}`]?.forEach((f) => f()); },
  on: (event, f) => (heard[event] ??= []).push(f) };
const start = performance.now();
widget.render({ model, el: document.getElementById("here") });
requestAnimationFrame(() => setTimeout(() => { window.firstFrame = performance.now() - start; }));
</script>"""

# From the pointer's event to the refresh after the drawings of this label are there.
WATCH = """([x, y]) => new Promise((done) => {
  const root = document.querySelector(".bwden");
  const wanted = `${x} ${y} 0 %d`;
  const field = root.querySelector(".bwden-map");
  const see = () => root.dataset.drawn === wanted
    && (look.disconnect(), requestAnimationFrame(() => setTimeout(() => done(performance.now() - start))));
  const look = new MutationObserver(see);
  look.observe(root, { attributes: true });
  const box = field.getBoundingClientRect();
  const at = { clientX: box.left + box.width * (x + 0.5) / %d, clientY: box.top + box.height * (y + 0.5) / %d };
  const start = performance.now();
  field.dispatchEvent(new PointerEvent("pointerdown", { ...at, pointerId: 1, bubbles: true }));
})"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files without a line in the log for each."""

    def log_message(self, *_):
        pass


@contextmanager
def served(folder):
    """Serve ``folder`` and yield its address."""
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def find_chromium():
    """Path of an installed Chromium, or None: then playwright's own is tried."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def write_page(folder, widget, files):
    """Write a page with one ``widget``, the ONNX ``files`` that it asks for by name, and the runtime into ``folder``."""
    state = {k: v for k, v in widget.get_state().items() if k not in ("_esm", "_css", "layout")}
    encode = lambda value: {"base64": base64.b64encode(value).decode()}
    text = json.dumps(state, default=encode).replace("\\", "\\\\").replace("`", "\\`").replace("$", "\\$")
    (folder / "index.html").write_text(PAGE % {"css": widget._css, "state": text.replace("</", "<\\\\/")})
    (folder / "figure.js").write_text(widget._esm)
    (folder / "models").mkdir()
    for name, file in files.items():
        (folder / "models" / f"{name}.onnx").write_bytes(file)
    shutil.copytree(RUNTIME, folder / "vendor" / "ort")


def lay_out(folder, results):
    """Write a page with one figure of ``results``, with its models and the runtime, into ``folder``."""
    widget = Denoiser(
        {e.train_on.rule: r for e, r in results.items()}, next(iter(results)).canvas, steps=STEPS
    )
    write_page(folder, widget, {e.key: export_onnx(result.model) for e, result in results.items()})


def time_browser(browser, results, labels):
    """Milliseconds of the first frame, of the first drawing with all that it loads, and of each drag after it."""
    span = next(iter(results)).canvas.span
    with tempfile.TemporaryDirectory() as scratch:
        lay_out(Path(scratch), results)
        with served(scratch) as address, browser.new_context() as context:
            page = context.new_page()
            page.on("pageerror", lambda error: print(f"page error: {error}"))
            page.goto(f"{address}/index.html")
            page.wait_for_function("window.firstFrame")
            page.evaluate(
                "Element.prototype.setPointerCapture = () => {}"
            )  # a made-up pointer cannot be caught
            watch = WATCH % (STEPS, span, span)
            first, *drags = (page.evaluate(watch, label) for label in labels)
            return page.evaluate("window.firstFrame"), first, drags[2:]  # the script is warm after two


def time_torch(results, labels):
    """Milliseconds of each of the same drawings in PyTorch on one thread, without readings or painting."""
    torch.set_num_threads(1)
    noise, times = seeded_noise(0, next(iter(results)).canvas.size), []
    for label in labels:
        start = time.perf_counter()
        for result in results.values():
            denoised(result.model, noise, torch.tensor([label], dtype=torch.float32), STEPS)
        times.append(1000 * (time.perf_counter() - start))
    return times[3:]


def weigh(browser, book):
    """Megabytes, gzipped, that the front page of a built ``book`` fetches before the first touch, and with it."""
    answers = []
    # asked when all has come: a body that is still on its way when the page closes would be lost
    weight = lambda: sum(
        len(gzip.compress(body, 6)) for body in {a.url: a.body() for a in answers if a.ok}.values()
    )
    with served(book) as address, browser.new_context() as context:
        page = context.new_page()
        page.on("response", lambda answer: answers.append(answer))
        page.goto(f"{address}/book/intro.html")
        page.wait_for_load_state("load")
        page.locator('.cell_output:has(script[type*="widget-view"])').scroll_into_view_if_needed()
        page.wait_for_selector(".bwden")
        page.wait_for_load_state("networkidle")
        before = weight()
        page.locator(".bwden-map").first.press("ArrowRight")
        page.wait_for_selector('.bwden[data-drawn^="8 8"]')
        page.wait_for_load_state("networkidle")
        return before / 1e6, weight() / 1e6


def row(what, values, unit="ms", torch_values=None, wanted=None):
    """One line of the table: median and 90th percentile of ``values`` beside PyTorch's."""
    median, high = np.percentile(values, [50, 90])
    return {
        "what": what,
        "unit": unit,
        "median": round(float(median), 2),
        "90th percentile": round(float(high), 2) if len(values) > 1 else None,
        "PyTorch, one thread": round(float(np.median(torch_values)), 2) if torch_values else None,
        "wanted below": wanted,
    }


def main():
    """Time, weigh, print the table, write it down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--drags", type=int, default=40, help="drags that are timed for each figure")
    parser.add_argument("--book", type=Path, default=ROOT / "_build" / "html", help="a built book to weigh")
    parser.add_argument("--out", type=Path, help="write the table to this JSON file")
    options = parser.parse_args()
    whole = next(e for e in sweep("first").experiments if e.train_on == everything())
    results = {e: Store().load(e) for e in (whole, *sweep("intro").experiments)}
    draw, rows = np.random.default_rng(0), []
    cells = (
        draw.permutation(whole.canvas.span**2 - 1)[: options.drags + 3] + 1
    )  # no label twice, nor the first
    labels = [[int(c) % whole.canvas.span, int(c) // whole.canvas.span] for c in cells]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=OPTIONS)
        for count in (1, 3):
            some = dict(list(results.items())[:count])
            frame, first, drags = time_browser(browser, some, labels)
            name = f"{count} model{'s' * (count > 1)}"
            rows.append(row(f"first frame, {name}", [frame], wanted=WANTED["first frame"]))
            rows.append(row(f"first drawing, loading included, {name}", [first]))
            rows.append(
                row(f"a drag, {name}", drags, torch_values=time_torch(some, labels), wanted=WANTED[count])
            )
        if (options.book / "book" / "intro.html").exists():
            before, after = weigh(browser, options.book)
            rows.append(row("front page, untouched", [before], "MB, gzipped", wanted=2))
            rows.append(row("front page, living model loaded", [after], "MB, gzipped", wanted=12))
        version = browser.version
        browser.close()
    made = provenance()
    where = f"Chromium {version}, headless, on {made['hardware']}; {STEPS} steps a drawing, {options.drags} drags."
    print(where + "\n")
    for line in rows:
        print("  ".join(f"{name}: {value}" for name, value in line.items() if value is not None))
    if options.out:
        report = {"where": where, "rows": rows, "provenance": made}
        write_atomic(options.out, lambda name: Path(name).write_text(json.dumps(report, indent=1)))


if __name__ == "__main__":
    main()

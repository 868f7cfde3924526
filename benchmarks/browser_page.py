"""A page with one living figure and nothing else, in a headless Chromium, for the benchmarks of the browser."""

import base64
import functools
import http.server
import json
import shutil
import threading
from contextlib import contextmanager
from pathlib import Path

from bumpbook.widgets.laboratory import FILES, files_of
from bumpbook.widgets.onnx_training import training_graphs

ROOT = Path(__file__).resolve().parent.parent
RUNTIME = ROOT / "book" / "_static" / "vendor" / "ort"
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

# From the pointer's event to the refresh after the drawings of this label are there. `name` is the figure's class,
# `more` what it says besides the label, in its attribute `said`, of what it has drawn.
WATCH = """({ label: [x, y], name, said, more, span }) => new Promise((done) => {
  const root = document.querySelector(`.${name}`);
  const wanted = `${x} ${y}${more}`;
  const field = root.querySelector(`.${name}-map`);
  const see = () => root.dataset[said] === wanted
    && (look.disconnect(), requestAnimationFrame(() => setTimeout(() => done(performance.now() - start))));
  const look = new MutationObserver(see);
  look.observe(root, { attributes: true });
  const box = field.getBoundingClientRect();
  const at = { clientX: box.left + box.width * (x + 0.5) / span, clientY: box.top + box.height * (y + 0.5) / span };
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


def lay_out_laboratory(folder, widget):
    """Write a page with the laboratory, its three files and the runtime into ``folder``; returns the files."""
    files = files_of(training_graphs(widget.experiment))
    write_page(
        folder, widget, {f"{widget._key}-{name}": file for name, file in zip(FILES, files, strict=True)}
    )
    return files


@contextmanager
def opened(browser, folder):
    """The page in ``folder``, open, with the time of its first frame taken."""
    with served(folder) as address, browser.new_context() as context:
        page = context.new_page()
        page.on("pageerror", lambda error: print(f"page error: {error}"))
        page.goto(f"{address}/index.html")
        page.wait_for_function("window.firstFrame")
        # a made-up pointer cannot be caught
        page.evaluate("Element.prototype.setPointerCapture = () => {}")
        yield page


def drag(page, labels, name, said="drawn", more="", span=16):
    """Milliseconds of a drag to each of the labels, one after another, on the figure of this class."""
    wish = {"name": name, "said": said, "more": more, "span": span}
    times = []
    for label in labels:
        times.append(page.evaluate(WATCH, {"label": label, **wish}))
        # the point rests until its drawing is refined
        page.wait_for_selector(f'.{name}[data-drawn]:not([data-drawn=""])')
    return times

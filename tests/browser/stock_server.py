"""A plain web server as it comes from the box, and a book of one page for it with the figures that run networks."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from figure_page import page_of
from web_server import QuietHandler, web_server

from shared import ROOT, cannot_check

STATIC = ROOT / "book" / "_static"
# What nginx and Apache send as they come from the box; `.mjs` and `.onnx` are strangers to them.
STOCK = {
    ".html": "text/html",
    ".js": "application/javascript",
    ".css": "text/css",
    ".wasm": "application/wasm",
}
STRANGE = "application/octet-stream"
SUB_PATH = "/courses/diffusion/book"


class StockHandler(QuietHandler):
    """Serves the book below a path of its own, with a policy or without."""

    policy = ""

    def translate_path(self, path):
        return super().translate_path(path.removeprefix(SUB_PATH) if path.startswith(SUB_PATH) else "/none")

    def guess_type(self, path):
        return STOCK.get(Path(path).suffix, STRANGE)

    def end_headers(self):
        self.send_header("X-Content-Type-Options", "nosniff")
        if self.policy:
            self.send_header("Content-Security-Policy", self.policy)
        super().end_headers()


@contextmanager
def stock_server(folder: Path, policy: str = "", handler: type = StockHandler) -> Iterator[str]:
    """Serve ``folder`` with this Content-Security-Policy; yields the address of its page."""
    with web_server(folder, type("Handler", (handler,), {"policy": policy})) as address:
        yield f"{address}{SUB_PATH}/page.html"


def lay_out(folder: Path) -> Path:
    """Write a `Denoiser` of a small world and a small `Laboratory` into ``folder``, as the built book has them."""
    import torch
    from laboratory_page import NET, files, small

    from bumpbook.widgets import Denoiser
    from bumpbook.widgets.onnx_export import export_onnx
    from bumpworld import Canvas, Experiment
    from bumpworld.selection import held_out_square
    from bumpworld.store import Result
    from bumpworld.train import new_model

    if not (STATIC / "vendor" / "ort").is_dir():
        cannot_check("The living figures were not opened: the page scripts are missing. Run `make vendor`.")
    shutil.copytree(STATIC, folder / "_static")
    world = Experiment(Canvas(size=8), held_out_square(3, 5), NET)
    models, network = folder / "_static" / "models", new_model(world)
    models.mkdir()
    with torch.no_grad():  # its last layer begins at nought, and would draw the same for every label
        for weights in network.parameters():
            weights.add_(0.1 * torch.randn(weights.shape, generator=torch.Generator().manual_seed(0)))
    (models / f"{world.key}.onnx").write_bytes(export_onnx(network))
    laboratory = small(preset="everything")  # nothing is held out, so no bet is asked for
    for name, file in files().items():
        (models / f"{laboratory._key}-{name}.onnx").write_bytes(file)
    widgets = [Denoiser({"untrained": Result(world, {}, network)}, world.canvas), laboratory]
    (folder / "page.html").write_text(page_of(widgets), encoding="utf-8")
    return folder

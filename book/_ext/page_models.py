"""Sphinx extension: the models that living figures ask for, exported beside the pages.

A `Denoiser` in a page names the experiments of its models by their keys. When the pages are written, each of them is
exported from results/ to `_static/models/<key>.onnx`: nothing exported goes into git, and no page carries a model.
"""

import json
import re
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util import logging

STATE = re.compile(r'<script type="application/vnd\.jupyter\.widget-state\+json">(.*?)</script>', re.DOTALL)

logger = logging.getLogger(__name__)


def keys_in(page: str) -> set[str]:
    """Return the keys of all models that the widgets of an HTML page ask for."""
    widgets = [
        widget["state"] for text in STATE.findall(page) for widget in json.loads(text)["state"].values()
    ]
    denoisers = [state for state in widgets if state.get("_anywidget_id", "").endswith(".Denoiser")]
    return {entry["key"] for state in denoisers for entry in state["_models"] if entry["key"]}


def export(key: str, target: Path) -> None:
    """Write the model of the experiment with this key as an ONNX file; raises ResultError when it is not in results/."""
    from bumpworld import export_onnx
    from bumpworld.recipe import from_dict
    from bumpworld.store import ResultError, Store, read_record, write_atomic

    store = Store()
    result = store.load(from_dict(read_record(store.root / "records" / f"{key}.json")["experiment"]))
    if result.model is None:
        raise ResultError(f"the weights of {key} are not in {store.root}; train them again")
    write_atomic(target, lambda name: Path(name).write_bytes(export_onnx(result.model)))


def export_models(app: Sphinx, exception: Exception | None) -> None:
    """Export every model that a written page asks for; a model that cannot be exported stops the build."""
    if exception is not None or app.builder.format != "html":
        return
    out = Path(app.outdir)
    pages = [out / app.builder.get_target_uri(name) for name in app.env.all_docs]
    keys = set().union(*(keys_in(page.read_text(encoding="utf-8")) for page in pages if page.exists()))
    for key in sorted(keys):
        try:
            export(key, out / "_static" / "models" / f"{key}.onnx")
        except RuntimeError as error:
            raise SphinxError(f"a page shows a model that cannot be exported: {error}") from error
    if keys:
        logger.info("%d models exported for the living figures", len(keys))


def setup(app: Sphinx) -> dict:
    """Register the step with Sphinx."""
    app.connect("build-finished", export_models)
    return {"version": "1", "parallel_read_safe": True}

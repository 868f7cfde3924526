"""Sphinx extension: the models that living figures ask for, exported beside the pages.

A `Denoiser` in a page names the experiments of its models by their keys. When the pages are written, each of them is
exported from results/ to `_static/models/<key>.onnx`: nothing exported goes into git, and no page carries a model.
A `Laboratory` needs no result: its three files, `<key>-step.onnx` and so on, hold no weights.
"""

import json
import re
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util import logging

STATE = re.compile(r'<script type="application/vnd\.jupyter\.widget-state\+json">(.*?)</script>', re.DOTALL)

logger = logging.getLogger(__name__)


def states(page: str, widget: str) -> list[dict]:
    """Return the states of all widgets of this class in an HTML page."""
    all_states = [
        each["state"] for text in STATE.findall(page) for each in json.loads(text)["state"].values()
    ]
    return [state for state in all_states if state.get("_anywidget_id", "").endswith(f".{widget}")]


def keys_in(page: str) -> set[str]:
    """Return the keys of all models that the widgets of an HTML page ask for."""
    return {entry["key"] for state in states(page, "Denoiser") for entry in state["_models"] if entry["key"]}


def untrained_in(page: str) -> dict[str, dict]:
    """Return the experiments, by key, whose networks the widgets of an HTML page train."""
    return {state["_key"]: state["_experiment"] for state in states(page, "Laboratory") if state["_key"]}


def export(key: str, target: Path) -> None:
    """Write the model of the experiment with this key as an ONNX file; raises ResultError when it is not in results/."""
    from bumpbook.widgets.onnx_export import export_onnx
    from bumpworld.experiment import from_dict
    from bumpworld.files import ResultError, write_atomic
    from bumpworld.records import read_record
    from bumpworld.store import Store

    store = Store()
    result = store.load(from_dict(read_record(store.find("records", f"{key}.json.gz"))["experiment"]))
    if result.model is None:
        raise ResultError(f"the weights of {key} are not in {store.root}; train them again")
    write_atomic(target, export_onnx(result.model))


def export_training(key: str, experiment: dict, folder: Path) -> None:
    """Write the three ONNX files with which a page trains the network of this experiment."""
    from bumpbook.widgets.laboratory import FILES, files_of
    from bumpbook.widgets.onnx_training import training_graphs
    from bumpworld.experiment import from_dict
    from bumpworld.files import write_atomic

    for name, file in zip(FILES, files_of(training_graphs(from_dict(experiment))), strict=True):
        write_atomic(folder / f"{key}-{name}.onnx", file)


def export_models(app: Sphinx, exception: Exception | None) -> None:
    """Export every model that a written page asks for; a model that cannot be exported stops the build."""
    if exception is not None or app.builder.format != "html":
        return
    out = Path(app.outdir)
    pages = [out / app.builder.get_target_uri(name) for name in app.env.all_docs]
    texts = [page.read_text(encoding="utf-8") for page in pages if page.exists()]
    keys, models = set().union(*map(keys_in, texts)), out / "_static" / "models"
    for key in sorted(keys):
        try:
            export(key, models / f"{key}.onnx")
        except RuntimeError as error:
            raise SphinxError(f"a page shows a model that cannot be exported: {error}") from error
    # one set of files, however many pages have a laboratory
    for key, experiment in {key: e for text in texts for key, e in untrained_in(text).items()}.items():
        export_training(key, experiment, models)
    if keys:
        logger.info("%d models exported for the living figures", len(keys))


def setup(app: Sphinx) -> dict:
    """Register the step with Sphinx."""
    app.connect("build-finished", export_models)
    return {"version": "1", "parallel_read_safe": True}

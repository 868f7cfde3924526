"""Where a figure's runtime comes from in a notebook: a chosen address, the package's own files, or the pinned address."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bumpbook.widgets import Denoiser, Laboratory, runtime
from bumpbook.widgets.runtime import RUNTIME, RUNTIME_FILES
from bumpworld import Canvas, Experiment
from bumpworld.selection import held_out_square
from bumpworld.train import new_model
from bumpworld.unet import UNetConfig
from shared import ROOT

NET = UNetConfig(channels=(4,), attention=(), label_features=2, time_features=2, embedding=4)
SMALL = Experiment(Canvas(size=8), held_out_square(3, 5), NET, steps=12)


@pytest.fixture(params=["drawing", "training"])
def figure(request, monkeypatch):
    """Make a figure, with what it sends written down in ``sent``."""

    def make(**traits):
        if request.param == "drawing":
            widget = Denoiser({"a": new_model(SMALL)}, SMALL.canvas, **traits)
        else:
            widget = Laboratory(network=replace(SMALL, canvas=Canvas()), **traits)
        widget.sent = []
        monkeypatch.setattr(widget, "send", lambda *message: widget.sent.append(message))
        return widget

    monkeypatch.delenv("BUMPWORLD_ORT_URL", raising=False)
    return make


@pytest.fixture
def carried(monkeypatch, tmp_path):
    """The package carries a runtime: two files with their names in them."""
    monkeypatch.setattr(runtime, "CARRIED", tmp_path)
    for name in RUNTIME_FILES:
        (tmp_path / name).write_text(name)
    return tmp_path


def test_the_address_can_be_chosen(figure, carried, monkeypatch):
    assert figure().runtime == RUNTIME and figure()._carried
    chosen = figure(runtime="https://example.org/")
    assert chosen.runtime == "https://example.org/" and not chosen._carried
    monkeypatch.setenv("BUMPWORLD_ORT_URL", "http://localhost:9/ort")
    named = figure()
    assert named.runtime == "http://localhost:9/ort" and not named._carried


def test_what_the_package_carries_needs_no_net(figure, carried):
    widget = figure()
    for index in (0, 1, 2, -1, None):
        widget._handle_custom_msg({"ask": "runtime", "index": index}, [])
    assert widget.sent == [({"runtime": i}, [name.encode()]) for i, name in enumerate(RUNTIME_FILES)]
    (carried / RUNTIME_FILES[1]).unlink()
    widget._handle_custom_msg({"ask": "runtime", "index": 1}, [])
    content, *files = widget.sent[-1]
    assert not files and content["runtime"] == 1 and RUNTIME_FILES[1] in content["error"]
    assert not figure()._carried  # half a runtime is none


def test_the_pinned_version_is_the_books_own():
    packed = json.loads((ROOT / "tools" / "package.json").read_text())["packed"]
    assert f"onnxruntime-web@{RUNTIME.split('@')[1].split('/')[0]}" in packed
    assert Path("book/_static/vendor/ort") == runtime.CARRIED.relative_to(ROOT)

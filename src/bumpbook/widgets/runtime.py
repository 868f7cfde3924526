"""What figures that run networks share: where ONNX Runtime Web comes from, and how Python gives files to a page."""

import os
from pathlib import Path

import anywidget
import traitlets as t

# Where a notebook's front end finds ONNX Runtime Web when this package does not carry it. One exact version, the one
# of tools/package.json.
RUNTIME = "https://cdn.jsdelivr.net/npm/onnxruntime-web@1.30.0/dist"
# Where `make vendor` puts it for the built book: a checkout that has built its pages needs no net.
CARRIED = Path(__file__).parents[3] / "book" / "_static" / "vendor" / "ort"
# In the order in which the browser asks for them.
RUNTIME_FILES = ("ort.wasm.bundle.min.js", "ort-wasm-simd-threaded.wasm")


class Networked(anywidget.AnyWidget):
    """A figure that runs networks in the browser; a subclass says in `_file` what they are.

    In the built book everything lies beside the page. In a notebook Python hands over the networks, and the runtime as
    well when ``make vendor`` has fetched it; else the browser loads it from ``runtime``.

    Parameters
    ----------
    runtime : address of the folder with ONNX Runtime Web for a notebook; by default the environment variable
        BUMPWORLD_ORT_URL, else what the package carries, else one pinned address on the net.
    """

    runtime = t.Unicode().tag(sync=True)
    _carried = t.Bool(read_only=True).tag(sync=True)

    def __init__(self, **traits):
        super().__init__(**traits)
        self.on_msg(self._answer)

    @t.default("runtime")
    def _pinned(self):
        return os.environ.get("BUMPWORLD_ORT_URL") or RUNTIME

    @t.default("_carried")
    def _at_hand(self):
        return self.runtime == RUNTIME and all((CARRIED / name).is_file() for name in RUNTIME_FILES)

    def _file(self, index: int) -> bytes | None:
        """The ONNX file with this number, or None where there is none."""
        raise NotImplementedError

    def _answer(self, _, content: dict, buffers: list) -> None:
        """A front end asks for a file, a model's or the runtime's: send it, or say why there is none."""
        kind, index = content.get("ask"), content.get("index")
        try:
            if kind == "runtime" and index in range(len(RUNTIME_FILES)):
                file = (CARRIED / RUNTIME_FILES[index]).read_bytes()
            else:
                file = self._file(index) if kind == "model" else None
        except Exception as error:  # whatever it is, the reader must see it: a callback's error is lost
            self.send({kind: index, "error": str(error)})
        else:
            if file is not None:
                self.send({kind: index}, [file])

"""The film of a training run: accuracies, drawings and representation at the checkpoint under the cursor."""

import anywidget
import numpy as np
import traitlets as t

from bumpworld.store import Result

from .bundle import script, style
from .pack import align, unit_shorts
from .recording import Recording, record

__all__ = ["Recording", "TrainingFilm", "record"]


class TrainingFilm(anywidget.AnyWidget):
    """Accuracy in x, in y and in both beside the product of the first two, along training; a cursor walks through it.

    Below the curves: the drawings at the cursor, and where the labels lie on two principal axes of the encoder's last
    layer. The product is what "both" would be if x and y were right or wrong independently of each other. Accuracy here
    asks for the position alone (within a pixel); a drawing without a cross in its corner has the right shape as well.

    Parameters
    ----------
    run : a `Recording` made by `record`, or a finished run from the store (`bumpworld.store.Result`), of which there are
        marks but neither drawings nor representations.

    Traits
    ------
    frame : which look the cursor is at, counted from 0.
    group : whose accuracy is plotted, "all", "trained" or "held out".
    color : "x" or "y", by which the representation is coloured.

    Raises
    ------
    ValueError : for a recording without two looks, or with drawings at some looks only.
    TraitError : for a trait set outside what is stated here.
    """

    _esm = script("film.js")
    _css = style("frame.css") + style("film.css")

    frame = t.Int(0, min=0).tag(sync=True)
    group = t.Enum(("all", "trained", "held out"), "all").tag(sync=True)
    color = t.Enum(("x", "y"), "x").tag(sync=True)
    steps = t.List(t.Int()).tag(sync=True)
    size = t.Int().tag(sync=True)
    margin = t.Int().tag(sync=True)
    periodic = t.Bool().tag(sync=True)
    shown = t.List(t.Int()).tag(sync=True)
    _labels = t.Bytes().tag(sync=True)
    _held_out = t.Bytes().tag(sync=True)
    _marks = t.Bytes().tag(sync=True)
    _images = t.Bytes().tag(sync=True)
    _points = t.Bytes().tag(sync=True)
    _cloud_labels = t.Bytes().tag(sync=True)

    def __init__(self, run: Recording | Result, **traits):
        if isinstance(run, Result):
            run = Recording.of(run)
        if not isinstance(run, Recording):
            raise ValueError(f"run is a {type(run).__name__}; allowed are a Recording and a Result")
        looks = len(run.steps)
        if looks < 2:
            raise ValueError(f"the recording holds {looks} looks; a film needs at least two")
        for name in ("marks", "images", "points"):
            if len(getattr(run, name)) not in ({looks} if name == "marks" else {0, looks}):
                raise ValueError(f"the recording holds {len(getattr(run, name))} {name} at {looks} looks")
        if np.any(np.diff(run.steps) <= 0):
            raise ValueError(f"steps are {run.steps}; allowed are rising ones")
        points = unit_shorts(align(np.stack(run.points)[:, :, :2])) if run.points else b""
        super().__init__(
            steps=[int(step) for step in run.steps],
            size=run.canvas.size,
            margin=run.canvas.margin,
            periodic=run.canvas.periodic,
            shown=[int(i) for i in run.shown] if run.images else [],
            _labels=run.labels.numpy().astype("<f4").tobytes(),
            _held_out=run.held_out.astype(np.uint8).tobytes(),
            _marks=np.stack(run.marks).tobytes(),
            _images=np.stack(run.images).tobytes() if run.images else b"",
            _points=points,
            _cloud_labels=run.cloud_labels().astype("<f4").tobytes() if run.points else b"",
            **{"frame": looks - 1, **traits},
        )

    @t.validate("frame")
    def _exists(self, proposal):
        if not 0 <= proposal.value < len(self.steps):
            raise t.TraitError(f"frame is {proposal.value}; allowed are 0 to {len(self.steps) - 1}")
        return proposal.value

    @t.validate("group")
    def _has_labels(self, proposal):
        count = {"all": len(self._held_out), "held out": sum(self._held_out)}
        count["trained"] = count["all"] - count["held out"]
        if not count[proposal.value]:
            raise t.TraitError(f"group is {proposal.value!r}; none of the recording's labels belongs to it")
        return proposal.value

"""A cloud of representations in three or four dimensions, turned by hand, along training when there are frames."""

import math
from collections.abc import Sequence

import anywidget
import traitlets as t

from bumpbook.frame import given
from bumpworld import checks
from bumpworld.canvas import Canvas

from .bundle import script, style
from .pack import align, as_frames, as_labels, unit_shorts


class Manifold(anywidget.AnyWidget):
    """Points turned by pointer, finger or keys, coloured by x or y; the chosen point shows the image it stands for.

    Of four coordinates the fourth decides how near a point is, and a slider turns it into the others: so a Clifford torus
    is seen as a doughnut that turns inside out.

    Parameters
    ----------
    frames : points (n, d) or (f, n, d), d of 2 to 4, for example `bumpworld.instruments.geometry.principal_components` at each
        checkpoint. Each frame is centred and turned so that it lies over the next one (no distance changes).
    labels : (n, 2), the label (x, y) in pixels of every point.
    canvas : the world whose images are shown.
    titles : what each frame is called, for example "step 60"; needed when there is more than one.
    same_scale : draw all frames on one scale; otherwise each fills the picture.

    Traits
    ------
    frame, point : which frame is shown, and which point is ringed, counted from 0.
    color : "x" or "y".
    lines : join labels that are neighbours.
    turn, tilt, fourth : angles of the view, -180 to 180 degrees.

    Raises
    ------
    ValueError : for frames, labels or titles that do not fit together, or a world with a margin.
    TraitError : for a trait set outside what is stated here.
    """

    _esm = script("manifold.js")
    _css = style("frame.css") + style("manifold.css")

    titles = t.List(t.Unicode()).tag(sync=True)
    frame = t.Int(0, min=0).tag(sync=True)
    point = t.Int(0, min=0).tag(sync=True)
    color = t.Enum(("x", "y"), "x").tag(sync=True)
    lines = t.Bool(True).tag(sync=True)
    turn = t.Float(30.0).tag(sync=True)
    tilt = t.Float(50.0).tag(sync=True)
    fourth = t.Float(0.0).tag(sync=True)
    size = t.Int().tag(sync=True)
    sigma = t.Float().tag(sync=True)
    kind = t.Unicode().tag(sync=True)
    periodic = t.Bool().tag(sync=True)
    _frames = t.Bytes().tag(sync=True)
    _labels = t.Bytes().tag(sync=True)
    _count = t.Int().tag(sync=True)
    _dims = t.Int().tag(sync=True)

    def __init__(
        self,
        frames,
        labels,
        canvas: Canvas | None = None,
        titles: Sequence[str] = (),
        same_scale: bool = False,
        **traits,
    ):
        canvas = Canvas() if canvas is None else checks.instance("canvas", canvas, Canvas)
        same_scale = checks.flag("same_scale", same_scale)
        if canvas.margin:
            raise ValueError(
                f"margin is {canvas.margin}; allowed are worlds without one, where all points have images"
            )
        clouds = as_frames(frames)
        labels = as_labels(labels, clouds.shape[1])
        outside = labels[(labels < 0).any(1) | (labels >= canvas.size).any(1)]
        if len(outside):
            raise ValueError(f"label {outside[0].tolist()} lies outside [0, {canvas.size})")
        titles = list(given.each("titles", titles, str, least=0)) or ([""] if len(clouds) == 1 else [])
        if len(titles) != len(clouds):
            raise ValueError(f"{len(titles)} titles for {len(clouds)} frames; their numbers must agree")
        middle = int(((labels - labels.mean(axis=0)) ** 2).sum(axis=1).argmin())
        super().__init__(
            titles=titles,
            _frames=unit_shorts(align(clouds), same_scale),
            _labels=labels.astype("<f4").tobytes(),
            _count=clouds.shape[1],
            _dims=clouds.shape[2],
            size=canvas.size,
            sigma=canvas.sigma,
            kind=canvas.kind,
            periodic=canvas.periodic,
            **{"frame": len(clouds) - 1, "point": middle, **traits},
        )

    @t.validate("frame", "point")
    def _exists(self, proposal):
        name, value = proposal.trait.name, proposal.value
        count = len(self.titles) if name == "frame" else self._count
        if not 0 <= value < count:
            raise t.TraitError(f"{name} is {value}; allowed are 0 to {count - 1}")
        return value

    @t.validate("turn", "tilt", "fourth")
    def _angle(self, proposal):
        if not (math.isfinite(proposal.value) and abs(proposal.value) <= 180):
            raise t.TraitError(f"{proposal.trait.name} is {proposal.value}; allowed are -180 to 180 degrees")
        return proposal.value

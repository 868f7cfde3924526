"""A trained diffusion model that draws in the reader's own browser, at a point that the reader drags."""

import math
from collections.abc import Mapping
from dataclasses import asdict

import numpy as np
import torch
import traitlets as t
from torch import Tensor

from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.diffusion import DiffusionModel, ddim_step, sampling_times
from bumpworld.measure import MAX_RESIDUAL, judge, read_centers
from bumpworld.store import Result

from .bundle import script, style
from .onnx_export import export_onnx
from .runtime import RUNTIME as RUNTIME  # for figures that are no `Networked` yet
from .runtime import Networked


class Denoiser(Networked):
    """Drag a point over the map of labels and see what each model draws there, all of them from the same noise.

    Under each model's map of training labels stands its drawing, with what a matched filter reads out of it: a place,
    or no bump at all. The models run in the browser (ONNX Runtime Web, loaded at the first touch); until then the
    drawing is Python's. A drawing takes ``steps`` steps of DDIM from the noise of ``seed``.

    A bare `DiffusionModel` has no training labels to show, and does not live in the built book. A reading is a dict:
    "x" and "y" (None: not visible), "clear" (is it a shape?), "right" (the label's own shape, in its place?).

    Parameters
    ----------
    models : what is written above each model, and the model: a `Result` of a store or a bare `DiffusionModel`.
    canvas : the world that all of them draw.
    x, y : the label that is asked for, in [0, span).
    free : may the point lie between the labels of the lattice?
    seed : which noise, 0 to 2^32 - 1.
    steps : steps of the sampler.
    runtime : address of ONNX Runtime Web for a notebook (`Networked`).
    readings : what was read out of the last drawing in the browser, one for each model; only to be read.

    Raises
    ------
    ValueError : for no model, and for models of another world, canvas size or noise schedule.
    TraitError : for a value of another type or outside what is stated here.
    """

    _esm = script("denoiser.js")
    _css = style("frame.css") + style("denoiser.css")

    x = t.Float(0.0).tag(sync=True)
    y = t.Float(0.0).tag(sync=True)
    free = t.Bool(False).tag(sync=True)
    seed = t.Int(0, min=0, max=2**32 - 1).tag(sync=True)
    steps = t.Int(20, min=1).tag(sync=True)
    readings = t.List().tag(sync=True)
    _world = t.Dict().tag(sync=True)
    _models = t.List().tag(sync=True)
    _alpha_bar = t.Bytes().tag(sync=True)
    _drawn = t.Dict().tag(sync=True)
    _worker = t.Unicode(script("denoiser_worker.js")).tag(sync=True)

    def __init__(self, models: Mapping[str, Result | DiffusionModel], canvas: Canvas, **traits):
        self._canvas, self._exported = canvas, {}
        self._networks = _check(models, canvas)
        schedule = self._networks[0].schedule
        self._last_step = schedule.steps
        super().__init__(
            _world=asdict(canvas),
            _models=[_entry(name, given) for name, given in models.items()],
            _alpha_bar=schedule.alpha_bar.numpy().tobytes(),
            **traits,
        )
        self._drawn = self._draw()

    @t.validate("x", "y")
    def _inside(self, proposal):
        if not 0 <= proposal.value < self._canvas.span:  # also when it is not a number
            raise t.TraitError(
                f"{proposal.trait.name} is {proposal.value!r}; allowed is [0, {self._canvas.span})"
            )
        return proposal.value

    @t.validate("steps")
    def _at_most(self, proposal):
        if proposal.value > self._last_step:
            raise t.TraitError(
                f"steps is {proposal.value!r}; allowed are whole numbers from 1 to {self._last_step}"
            )
        return proposal.value

    def _draw(self) -> dict:
        """The drawing that is shown before the browser has made one."""
        label = torch.tensor([[self.x, self.y]])
        noise = seeded_noise(self.seed, self._canvas.size)
        images = torch.cat([denoised(network, noise, label, self.steps) for network in self._networks])
        return {
            "label": [self.x, self.y],
            "seed": self.seed,
            "steps": self.steps,
            "images": [image.numpy().tobytes() for image in images],
            "readings": readings(images, label, self._canvas),
        }

    def _file(self, index: int) -> bytes | None:
        if index not in range(len(self._networks)):
            return None
        if index not in self._exported:
            self._exported[index] = export_onnx(self._networks[index])
        return self._exported[index]


def seeded_noise(seed: int, size: int) -> Tensor:
    """The noise (1, 1, size, size) that the browser draws from ``seed``: mulberry32, then Box and Muller."""
    uniform, state, mask = [], seed, 2**32 - 1
    for _ in range(size**2 + size**2 % 2):
        state = (state + 0x6D2B79F5) & mask
        z = ((state ^ state >> 15) * (state | 1)) & mask
        z ^= (z + ((z ^ z >> 7) * (z | 61) & mask)) & mask
        uniform.append((z ^ z >> 14) / 2**32)
    pairs = np.array(uniform).reshape(-1, 2)
    radius, angle = np.sqrt(-2 * np.log(1 - pairs[:, 0])), 2 * math.pi * pairs[:, 1]
    drawn = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1).flatten()[: size**2]
    return torch.from_numpy(drawn).float().reshape(1, 1, size, size)


@torch.no_grad()
def denoised(model: DiffusionModel, noise: Tensor, labels: Tensor, steps: int) -> Tensor:
    """The images (n, 1, size, size) in pixel values that DDIM makes of ``noise``, of that shape, for ``labels`` (n, 2)."""
    # index -1: no noise left
    alpha_bar = torch.cat([model.schedule.exact_alpha_bar, torch.ones(1, dtype=torch.float64)])
    times, x = sampling_times(model.schedule, steps), noise
    for time, before in zip(times, [*times[1:], -1], strict=True):
        x0 = model.denoise(x, torch.full((len(labels),), time), labels)
        x = ddim_step(x, x0, alpha_bar[time], alpha_bar[before], 0.0, None)
    return x / model.scale


def readings(images: Tensor, label: Tensor, canvas: Canvas) -> list[dict]:
    """What ``images`` (n, 1, size, size), all drawn for one ``label`` (1, 2), show, as the trait of this name has it."""
    labels = label.expand(len(images), 2)
    centers, residual = read_centers(images, canvas)
    right = judge(images, labels, canvas).right()[:, 2].tolist()
    return [
        {
            **{axis: None if math.isnan(value) else value for axis, value in zip("xy", center, strict=True)},
            "clear": left < MAX_RESIDUAL,
            "right": good,
        }
        for center, left, good in zip(centers.tolist(), residual.tolist(), right, strict=True)
    ]


def _check(models, canvas: Canvas) -> list[DiffusionModel]:
    """The networks of ``models``, or a ValueError that says which of them does not fit and why."""
    if not isinstance(models, Mapping) or not models:
        raise ValueError(f"models is {checks.short(models)}; allowed is a dict of at least one model by name")
    checks.instance("canvas", canvas, Canvas)
    networks = []
    for name, given in models.items():
        network = given.model if isinstance(given, Result) else given
        checks.instance(f"model {name!r}", network, DiffusionModel, " or a Result with weights")
        if isinstance(given, Result) and given.experiment.canvas != canvas:
            raise ValueError(f"model {name!r} draws {given.experiment.canvas}; allowed here is {canvas}")
        if network.size != canvas.size:
            raise ValueError(
                f"model {name!r} draws images of side {network.size}; this canvas has {canvas.size}"
            )
        networks.append(network)
    schedules = {network.schedule for network in networks}
    if len(schedules) > 1:
        raise ValueError(f"models have the noise schedules {schedules}; all must have the same")
    return networks


def _entry(name: str, given: Result | DiffusionModel) -> dict:
    """What the browser must know of a model besides its network."""
    stored = isinstance(given, Result)
    network, experiment = (given.model, given.experiment) if stored else (given, None)
    trained = experiment.train_on.split(experiment.canvas).train_mask if stored else None
    return {
        "name": name,
        "key": experiment.key if stored else None,
        "train": trained.byte().numpy().tobytes() if stored else None,
        "target": network.target,
        "scale": network.scale,
    }

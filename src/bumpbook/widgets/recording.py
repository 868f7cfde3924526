"""A training run written down as it happens: what was right, what was drawn, how the representation lay."""

from dataclasses import dataclass, field

import numpy as np
import torch

from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.diffusion import DiffusionModel
from bumpworld.evaluate import draw
from bumpworld.experiment import Experiment
from bumpworld.instruments.geometry import principal_components
from bumpworld.instruments.represent import encoder_layer, representation, two_d_labels
from bumpworld.measure import Judgement, judge
from bumpworld.store import Result
from bumpworld.train import new_model, train

RIGHT_X, RIGHT_Y, SHAPE = 1, 2, 4  # bits of a mark
SHOWN = 16  # drawings a look: a page carries each of them at each look
SAMPLER_STEPS = 10
COMPONENTS = 4  # as many as a Clifford torus has; a film shows two of them
# thousandths of the schedule at which the representation is read: noisy, and the bump still visible
TIME = 200


@dataclass
class Recording:
    """Looks at a model along training, in the order in which they were taken.

    experiment : what is trained.
    labels : (m, 2), the labels that are drawn at each look; a spread of the trained and all the held-out ones unless
        given, at most 32 of each.
    steps : step of each look.
    marks : for each look (m,) uint8, the bits "x within a pixel", "y within a pixel" and "shape right".
    images : for each look (s, size, size) uint8, the drawings of the labels numbered in ``shown``.
    points : for each look (k, 4), the representation of all k labels with both factors visible, on four principal axes.

    Raises ValueError for labels outside the world.
    """

    experiment: Experiment
    labels: torch.Tensor | None = None
    steps: list[int] = field(default_factory=list)
    marks: list[np.ndarray] = field(default_factory=list)
    images: list[np.ndarray] = field(default_factory=list)
    points: list[np.ndarray] = field(default_factory=list)

    def __post_init__(self):
        split = checks.instance("experiment", self.experiment, Experiment).train_on.split(self.canvas)
        if self.labels is None:
            self.labels = torch.cat([_spread(split.train, 32), _spread(split.labels[split.held_out], 32)])
        self.labels = self.canvas.check_labels(self.labels)
        trained = {tuple(label) for label in split.train.tolist()}
        self.held_out = np.array([tuple(label) not in trained for label in self.labels.tolist()])
        groups = [np.flatnonzero(~self.held_out), np.flatnonzero(self.held_out)]
        share = SHOWN if min(map(len, groups)) == 0 else SHOWN // 2
        self.shown = np.concatenate([_spread(group, share) for group in groups])

    @property
    def canvas(self) -> Canvas:
        return self.experiment.canvas

    def add(self, number: int, model: DiffusionModel) -> None:
        """Look at the ``model`` after ``number`` steps: draw the labels, judge them, read the representation."""
        drawn = draw(model, self.labels, SAMPLER_STEPS)
        self._mark(number, judge(drawn, self.labels, self.canvas))
        pixels = drawn[torch.as_tensor(self.shown), 0].clamp(0, 1).cpu().numpy()
        self.images.append(np.round(255 * pixels).astype(np.uint8))
        time = TIME * model.schedule.steps // 1000
        features = representation(model, self.canvas, encoder_layer(model), time)
        self.points.append(principal_components(features, COMPONENTS))

    def _mark(self, number: int, result: Judgement) -> None:
        near = result.error.abs() <= 1
        bits = RIGHT_X * near[:, 0] + RIGHT_Y * near[:, 1] + SHAPE * result.shape
        self.steps.append(number)
        self.marks.append(bits.numpy().astype(np.uint8))

    def cloud_labels(self) -> np.ndarray:
        """Labels (k, 2) of ``points``."""
        return two_d_labels(self.canvas).numpy()

    @classmethod
    def of(cls, result: Result) -> "Recording":
        """What the store kept of a finished run: the marks of every label at its checkpoints, and no drawings.

        Raises ValueError when the run was judged only once, at its end.
        """
        checkpoints = result.record["checkpoints"]
        if len(checkpoints) < 2:
            raise ValueError(
                f"this run was judged {len(checkpoints)} time; a film needs checkpoint_every in its experiment"
            )
        recording = cls(result.experiment, result.experiment.canvas.lattice())
        for i, checkpoint in enumerate(checkpoints):
            recording._mark(checkpoint["step"], result.judgement(i))
        return recording


def record(experiment: Experiment, every: int = 10, labels=None) -> Recording:
    """Train the experiment's model and look at it before, every ``every`` steps and at the end.

    A look takes a fraction of a second. Raises ValueError as `bumpworld.train` does, for labels outside the world and for
    ``every`` below 1.
    """
    every = checks.whole("every", every, 1)
    recording = Recording(experiment, labels)
    recording.add(0, new_model(experiment))
    for step in train(experiment):
        if step.number % every == 0:
            recording.add(step.number, step.model)
    if recording.steps[-1] != step.number:
        recording.add(step.number, step.model)
    return recording


def _spread(items, count: int):
    """At most ``count`` of the items, evenly spread."""
    if len(items) <= count:
        return items
    return items[np.linspace(0, len(items) - 1, count).round().astype(int)]

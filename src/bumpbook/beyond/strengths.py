"""Two factors of unequal strength: which one does a network learn first, and do unseen pairs get worse on the way?

Yang et al. (2024, arXiv:2410.08309) foretell both for a model of theirs: the factor that moves more of the data is learned
first, and what is drawn for an unseen pair swings by a trained one. A bump or a sum of stripes whose profile along y is
twice as wide as along x has such factors, and which of them is the stronger depends on how the two are put together.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from bumpbook.frame.studies import Study, register, rounded
from bumpworld import checks
from bumpworld.canvas import KINDS, Canvas
from bumpworld.diffusion import sample
from bumpworld.evaluate import NOISE_SEED
from bumpworld.experiment import Experiment
from bumpworld.instruments import arrays
from bumpworld.measure import MAX_RESIDUAL, Judgement
from bumpworld.selection import held_out_square
from bumpworld.train import CHECK_SAMPLER_STEPS, fit, new_model

FACTORS = ("x", "y")
# along y a profile is twice as wide; the equal pair is the null
UNEQUAL, EQUAL = (1.0, 2.0), (1.0, 1.0)
SETTINGS = tuple((kind, widths) for widths in (UNEQUAL, EQUAL) for kind in KINDS)
STEPS, LOOK_EVERY = 160, 5
# places that are tried along an axis, a quarter of a pixel apart
PARTS = 4


class Reading(NamedTuple):
    """Where the world's nearest image lies, ``at`` (n, 2), and ``residual`` (n,), the share of its variance that is missed."""

    at: Tensor
    residual: Tensor

    def right(self, labels: Tensor, tolerance: float = 1.0) -> Tensor:
        """Right in x, in y and in both, shape (n, 3), bool; each needs the shape as well."""
        return Judgement(self.at - labels, self.residual, self.residual < MAX_RESIDUAL).right(tolerance)


@dataclass(frozen=True)
class UnevenWorld:
    """Bumps or sums of stripes on a frame of ``size`` pixels, of the ``widths`` (along x, along y) in pixels.

    Raises ValueError for another kind, widths that are not two numbers above 0, and what `Canvas` refuses.
    """

    kind: str = "bump"
    widths: tuple[float, float] = UNEQUAL
    size: int = 16

    def __post_init__(self):
        checks.choice("kind", self.kind, KINDS)
        widths = arrays.several("widths", self.widths, lambda name, v: checks.number(name, v, above=0))
        checks.need(len(widths) == 2, "widths", self.widths, "are two, along x and along y")
        checks.settle(self, widths=widths, size=self.canvas.size)

    @property
    def canvas(self) -> Canvas:
        """The labels, and how two profiles are put together."""
        return Canvas(self.size, kind=self.kind)

    def render(self, labels: Tensor) -> Tensor:
        """Images (n, 1, size, size) of ``labels`` (n, 2)."""
        labels = self.canvas.check_labels(labels)
        columns, rows = (Canvas(self.size, w).profile(v) for w, v in zip(self.widths, labels.T, strict=True))
        return self.canvas.compose(columns, rows, torch.ones(len(labels), 2, dtype=torch.bool))

    def strength(self) -> tuple[float, float]:
        """For x and for y: the variance, summed over pixels, of the mean image that each of its values has."""
        images = self.render(self.canvas.lattice()).double().reshape(self.size, self.size, -1)
        return tuple(float(images.mean(other).var(0, correction=0).sum()) for other in (0, 1))

    def read(self, images: Tensor) -> Reading:
        """The place among quarters of a pixel whose image is nearest to each of ``images`` (n, 1, size, size)."""
        pictures = self.canvas.check_images(images, torch.float64).flatten(1)
        axis = torch.arange(PARTS * (self.size - 1) + 1) / PARTS
        places = torch.cartesian_prod(axis, axis)
        tried = self.render(places).double().flatten(1)
        best = ((tried**2).sum(1) - 2 * pictures @ tried.T).argmin(1)
        fit = tried[best]
        spread = ((fit - fit.mean(1, keepdim=True)) ** 2).sum(1)
        return Reading(places[best], (((pictures - fit) ** 2).sum(1) / spread).float())


def experiment(seed: int) -> Experiment:
    """What is trained, but for the images: every value of x and of y is seen, an eight by eight square of pairs is not."""
    return Experiment(train_on=held_out_square(4, 12), steps=STEPS, seed=seed)


def measure(setting: dict, seed: int) -> dict:
    """Train one network on a world of ``setting``, its kind and widths, and look at it every `LOOK_EVERY` steps.

    "trained" and "unseen": at each look the shares right within a pixel in x, in y and in both; "unseen_fine" within .45.
    "missed": mean over unseen labels of the drawing's squared error over the image's energy.
    """
    world, e = UnevenWorld(setting["kind"], tuple(setting["widths"])), experiment(seed)
    split, images = e.train_on.split(e.canvas), world.render(e.canvas.lattice())
    energy = (images**2).sum((1, 2, 3))
    seen, found = split.train_mask, {name: [] for name in ("trained", "unseen", "unseen_fine", "missed")}
    for step in fit(new_model(e), images[seen], split.train, e, None):
        if step.number % LOOK_EVERY:
            continue
        noise = torch.Generator().manual_seed(NOISE_SEED)
        drawn = sample(step.model, split.labels, CHECK_SAMPLER_STEPS, generator=noise)
        reading = world.read(drawn)
        coarse, fine = (reading.right(split.labels, t).double() for t in (1.0, 0.45))
        found["trained"].append(rounded(coarse[seen].mean(0)))
        found["unseen"].append(rounded(coarse[~seen].mean(0)))
        found["unseen_fine"].append(rounded(fine[~seen].mean(0)))
        missed = ((drawn - images) ** 2).sum((1, 2, 3)) / energy
        found["missed"].append(round(float(missed[~seen].mean()), 4))
    return found


STUDY = register(
    Study(
        "strengths",
        "Is the stronger of two factors learned first, and do unseen pairs get worse on the way?",
        version=1,
        settings=tuple({"kind": kind, "widths": list(widths)} for kind, widths in SETTINGS),
        seeds=5,
        measure=measure,
    )
)

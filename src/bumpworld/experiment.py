"""One training run as a value: `Experiment` says everything that decides its result, and its hash names it."""

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property

from . import checks
from .canvas import Canvas
from .diffusion import TARGETS, NoiseSchedule
from .selection import Selection, everything
from .unet import UNetConfig

# raise it when training changes in a way that changes results: old records are then left alone
RECIPE_VERSION = 1
# a larger batch than this is no batch of a toy world: its images alone fill gigabytes, and the queue never fills
MOST_IN_BATCH = 2**14
# settings of the network that came later: a record leaves them out where they say what was always done
_CAME_LATER = ("label_code", "label_angle", "label_values", "padding", "label_dropout")


@dataclass(frozen=True)
class Experiment:
    """A world, what is trained on in it, a network and how it is trained.

    Frozen, printable, hashable. A sweep is a list made with `dataclasses.replace`. Raises ValueError for a value
    outside what is allowed; an empty selection is found when the experiment is run.
    """

    canvas: Canvas = Canvas()
    train_on: Selection = everything()
    unet: UNetConfig = UNetConfig.quick()
    # as Ho et al. 2020
    schedule: NoiseSchedule = NoiseSchedule.linear(1000)
    # learns the same task in a fraction of the steps of "eps": chapter 2 measures it
    target: str = "x0"
    # a third more than a full 16 x 16 world needs; the cap when until_learned
    steps: int = 160
    # a quarter of the quick world; larger ones cost time, smaller ones steps
    batch_size: int = 64
    # twice as much is no faster, half as much is slower
    learning_rate: float = 2e-3
    # averages about the last 50 steps: sampling from it is steadier than from the last weights
    ema: float = 0.98
    # stop by convergence instead of by count: see `train`
    until_learned: bool = False
    # scale images to the energy of a bump of sigma 1, pi px: narrow bumps are as bright
    energy_normalised: bool = False
    # judge all labels every so many steps along training; 0: only at the end
    checkpoint_every: int = 0
    # measure the representation too: four layers at the end, the encoder's last on the way
    geometry: bool = False
    seed: int = 0

    def __post_init__(self):
        checks.instance("canvas", self.canvas, Canvas)
        hint = ", for example bumpworld.selection.these([(x, y), ...])"
        checks.instance("train_on", self.train_on, Selection, hint)
        checks.instance("unet", self.unet, UNetConfig)
        checks.instance("schedule", self.schedule, NoiseSchedule)
        # 0 and 0.0 make equal experiments, and so do numpy's numbers and Python's: they must have one key
        checks.settle(
            self,
            target=checks.choice("target", self.target, TARGETS),
            steps=checks.whole("steps", self.steps, 1),
            batch_size=checks.whole("batch_size", self.batch_size, 1, MOST_IN_BATCH),
            learning_rate=checks.number("learning_rate", self.learning_rate, above=0, below=1),
            ema=checks.number("ema", self.ema, least=0, below=1),
            until_learned=checks.flag("until_learned", self.until_learned),
            energy_normalised=checks.flag("energy_normalised", self.energy_normalised),
            checkpoint_every=checks.whole("checkpoint_every", self.checkpoint_every, 0),
            geometry=checks.flag("geometry", self.geometry),
            seed=checks.seed("seed", self.seed),
        )
        self._check_code()
        if self.canvas.size % self.unet.stride:
            raise ValueError(
                f"size {self.canvas.size} is not a multiple of {self.unet.stride}, the network's stride"
            )

    def _check_code(self):
        code, canvas = self.unet.label_code, self.canvas
        if code in ("turned", "fourier") and canvas.periodic:
            raise ValueError(f"a {code} code has no meaning on a torus; allowed are worlds with edges")
        if code in ("one-hot", "pair") and (canvas.spacing, canvas.span) != (1, self.unet.label_values):
            raise ValueError(
                f"label_values is {self.unet.label_values}; a {code} code names whole pixels, {canvas.span} of them here"
            )

    # cached: a page asks the same thousands of experiments for their keys
    @cached_property
    def key(self) -> str:
        """Sixteen hexadecimal digits that name this experiment under this version of the recipe."""
        text = json.dumps({"recipe": RECIPE_VERSION, **to_dict(self)}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def to_dict(experiment: Experiment) -> dict:
    """Plain numbers, strings, lists and dicts, ready for JSON."""
    data = json.loads(json.dumps(asdict(checks.instance("experiment", experiment, Experiment))))
    for name in _CAME_LATER:
        if data["unet"][name] == getattr(UNetConfig, name):
            del data["unet"][name]
    return data


def from_dict(data: dict) -> Experiment:
    """The experiment that `to_dict` wrote. Raises ValueError for unknown or missing settings."""
    if not isinstance(data, dict):
        raise ValueError(f"data is {checks.short(data)}; allowed is what `to_dict` gives")
    try:
        parts = dict(data)
        parts["canvas"] = Canvas(**parts["canvas"])
        rule = parts["train_on"]
        parts["train_on"] = Selection(rule["rule"], tuple((k, v) for k, v in rule["settings"]))
        unet = {k: tuple(v) if isinstance(v, list) else v for k, v in parts["unet"].items()}
        parts["unet"] = UNetConfig(**unet)
        parts["schedule"] = NoiseSchedule(**parts["schedule"])
        return Experiment(**parts)
    except (AttributeError, LookupError, TypeError) as error:
        raise ValueError(
            f"these are not the settings of an experiment ({error}); allowed is what `to_dict` gives"
        ) from None

"""One training run as a value: `Experiment` says everything that decides its result, and its hash names it."""

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property

from . import checks
from .canvas import Canvas
from .checks import Settings, setting
from .diffusion import TARGETS, NoiseSchedule
from .selection import Selection, everything
from .unet import UNetConfig
from .unet_config import CODES

# raise it when training changes in a way that changes results: old records are then left alone
RECIPE_VERSION = 1
_FOR_EXAMPLE = ", for example bumpworld.held_out_square(6, 10)"
# settings of the network that came later: a record leaves them out where they say what was always done
_CAME_LATER = ("label_code", "label_angle", "label_values", "padding", "label_dropout", "precision")


@dataclass(frozen=True)
class Experiment(Settings):
    """A world, what is trained on in it, a network and how it is trained.

    Frozen, printable, hashable. A sweep is a list made with `dataclasses.replace`. Raises ValueError for a value
    outside what is allowed; an empty selection is found when the experiment is run.
    """

    canvas: Canvas = setting(Canvas(), checks.instance, kind=Canvas)
    train_on: Selection = setting(everything(), checks.instance, kind=Selection, hint=_FOR_EXAMPLE)
    unet: UNetConfig = setting(UNetConfig.quick(), checks.instance, kind=UNetConfig)
    # as Ho et al. 2020
    schedule: NoiseSchedule = setting(NoiseSchedule.linear(1000), checks.instance, kind=NoiseSchedule)
    # learns the same task in a fraction of the steps of "eps": chapter 2 measures it
    target: str = setting("x0", checks.choice, allowed=TARGETS)
    # a third more than a full 16 x 16 world needs; the cap when until_learned
    steps: int = setting(160, checks.whole, least=1)
    # a quarter of the quick world; larger ones cost time, smaller ones steps, and images of more than 2^14 fill gigabytes
    batch_size: int = setting(64, checks.whole, least=1, most=2**14)
    # twice as much is no faster, half as much is slower
    learning_rate: float = setting(2e-3, checks.number, above=0, below=1)
    # averages about the last 50 steps: sampling from it is steadier than from the last weights
    ema: float = setting(0.98, checks.number, least=0, below=1)
    # stop by convergence instead of by count: see `train`
    until_learned: bool = setting(False, checks.flag)
    # scale images to the energy of a bump of sigma 1, pi px: narrow bumps are as bright
    energy_normalised: bool = setting(False, checks.flag)
    # judge all labels every so many steps along training; 0: only at the end
    checkpoint_every: int = setting(0, checks.whole, least=0)
    # measure the representation too: four layers at the end, the encoder's last on the way
    geometry: bool = setting(False, checks.flag)
    seed: int = setting(0, checks.seed)

    def __post_init__(self):
        super().__post_init__()
        size, stride = self.canvas.size, self.unet.stride
        checks.need(size % stride == 0, "size", size, f"are multiples of {stride}, the network's stride")
        place, side = self.unet.place, size // stride
        checks.need(place in (0, side), "place", place, f"are 0 and {side}, the coarsest level's side")
        CODES[self.unet.label_code].check(self.unet, self.canvas)

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
    checks.need(isinstance(data, dict), "data", data, "is what `to_dict` gives")
    kinds = {"canvas": Canvas, "train_on": Selection, "unet": UNetConfig, "schedule": NoiseSchedule}
    try:
        return Experiment(**data | {name: kind(**data[name]) for name, kind in kinds.items()})
    except (AttributeError, LookupError, TypeError) as error:
        raise ValueError(f"data is no experiment ({error}); allowed is what `to_dict` gives") from None

"""The settings of the network, each with its reason."""

from dataclasses import dataclass, replace

from . import checks
from .checks import Settings, setting

# the classes of ways to tell a label, by name: `label_code.LabelCode` is one, and puts its subclasses here
CODES: dict[str, type] = {}


@dataclass(frozen=True)
class UNetConfig(Settings):
    """Settings of a `unet.ConditionalUNet`. Raises ValueError for values that no network can be built from."""

    # one level each, from fine to coarse
    channels: tuple[int, ...] = setting((32, 64), checks.wholes)
    # pixels per side that the first layer folds into channels: a quarter of the work each time it doubles
    patch: int = setting(2, checks.whole, least=1)
    # residual blocks a level, on the way down and again on the way up
    blocks: int = setting(1, checks.whole, least=1)
    # levels with self-attention: the coarse ones, where a bump's parts can meet
    attention: tuple[int, ...] = setting((1,), checks.wholes)
    heads: int = setting(4, checks.whole, least=1)
    # x and y; a third factor takes a third number
    label_dims: int = setting(2, checks.whole, least=1)
    # sines and cosines for each label
    label_features: int = setting(32, checks.even)
    # radians per pixel: wavelengths from 126 px down to 4 px
    label_frequencies: tuple[float, float] = setting((0.05, 1.5), checks.band)
    time_features: int = setting(32, checks.even)
    # width of the condition's embedding, shared by all blocks
    embedding: int = setting(128, checks.whole, least=1)
    # project the condition to a map of so many cells a side, the coarsest level's; 0: only the padding tells the place
    place: int = setting(0, checks.whole, least=0)
    # how a label is told: one of `CODES`
    label_code: str = setting("axes", checks.choice, allowed=CODES, hint=checks.DEFINED)
    # for a code whose axes are turned, by how many degrees
    label_angle: float = setting(0.0, checks.number)
    # for a code of names, how many a label can have
    label_values: int = setting(0, checks.whole, least=0)
    # share of training images whose label is withheld: the network learns to do without one (NaN)
    label_dropout: float = setting(0.0, checks.number, least=0, below=1)
    # what a convolution sees beyond the frame: "zeros", or the "circular" continuation of a torus
    padding: str = setting("zeros", checks.choice, allowed=("zeros", "circular"))
    # what a convolution's factors are rounded to; sums and all else are float32
    precision: str = setting("float32", checks.choice, allowed=("float32", "bfloat16"))

    def __post_init__(self):
        super().__post_init__()
        fits = self.channels and min(self.channels) >= 1
        checks.need(fits, "channels", self.channels, "is one positive number for each level")
        for level in self.attention:
            fits = 0 <= level < len(self.channels) and self.channels[level] % self.heads == 0
            checks.need(fits, "attention", level, f"are levels with a multiple of {self.heads} channels")
        if self.padding == "circular" and not self.place:
            raise ValueError("circular padding leaves no sense of place; allowed is place from 1")
        CODES[self.label_code].check(self)

    @classmethod
    def quick(cls, **changes) -> "UNetConfig":
        """Made for two CPU cores: two levels on 2 x 2 pixel patches."""
        return cls(**changes)

    @classmethod
    def paper(cls, **changes) -> "UNetConfig":
        """Three down and three up blocks with interlaced self-attention, as the paper draws it (Fig. 7).

        The paper's channels could not be established: 64-128-256 is our choice.
        """
        return replace(cls(channels=(64, 128, 256), patch=1, attention=(0, 1, 2), embedding=256), **changes)

    @property
    def stride(self) -> int:
        """Pixels per side of the coarsest level's cells: image sides must be a multiple of it."""
        return self.patch * 2 ** (len(self.channels) - 1)

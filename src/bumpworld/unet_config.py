"""The settings of the network, each with its reason."""

from dataclasses import dataclass, replace

from . import checks

# how a label is told (`label_code.LabelCode`), and what a convolution sees beyond the frame
CODES = ("axes", "turned", "fourier", "one-hot", "pair", "none")
PADDINGS = ("zeros", "circular")


@dataclass(frozen=True)
class UNetConfig:
    """Settings of a `unet.ConditionalUNet`. Raises ValueError for values that no network can be built from."""

    # one level each, from fine to coarse
    channels: tuple[int, ...] = (32, 64)
    # pixels per side that the first layer folds into channels: a quarter of the work each time it doubles
    patch: int = 2
    # residual blocks a level, on the way down and again on the way up
    blocks: int = 1
    # levels with self-attention: the coarse ones, where a bump's parts can meet
    attention: tuple[int, ...] = (1,)
    heads: int = 4
    # x and y; a third factor takes a third number
    label_dims: int = 2
    # sines and cosines for each label
    label_features: int = 32
    # radians per pixel: wavelengths from 126 px down to 4 px
    label_frequencies: tuple[float, float] = (0.05, 1.5)
    time_features: int = 32
    # width of the condition's embedding, shared by all blocks
    embedding: int = 128
    # project the condition to a map of so many cells a side, the coarsest level's; 0: only the padding tells the place
    place: int = 0
    # how a label is told: see `label_code.LabelCode`
    label_code: str = "axes"
    # degrees by which a "turned" code's axes are turned
    label_angle: float = 0.0
    # names a label can have in the codes "one-hot" and "pair"
    label_values: int = 0
    # share of training images whose label is withheld: the network learns to do without one (NaN)
    label_dropout: float = 0.0
    # what a convolution sees beyond the frame: "zeros", or the "circular" continuation of a torus
    padding: str = "zeros"

    def __post_init__(self):
        checks.settle(self, **self._plain())
        if not self.channels or min(self.channels) < 1:
            raise ValueError(f"channels is {self.channels!r}; allowed is one positive number for each level")
        for level in self.attention:
            if not 0 <= level < len(self.channels) or self.channels[level] % self.heads:
                raise ValueError(
                    f"attention at level {level!r} needs that level, its channels a multiple of {self.heads}"
                )
        if self.padding == "circular" and not self.place:
            raise ValueError("circular padding leaves no sense of place; allowed is place from 1")
        self._check_label_code()

    def _plain(self) -> dict:
        """Each setting in plain Python, or a ValueError for one that cannot be."""
        plain = {name: checks.wholes(name, getattr(self, name)) for name in ("channels", "attention")}
        for name in ("patch", "blocks", "heads", "label_dims", "embedding"):
            plain[name] = checks.whole(name, getattr(self, name), 1)
        for name in ("place", "label_values"):
            plain[name] = checks.whole(name, getattr(self, name), 0)
        for name in ("label_features", "time_features"):
            plain[name] = checks.even(name, getattr(self, name))
        return plain | {
            "label_frequencies": checks.band("label_frequencies", self.label_frequencies),
            "label_code": checks.choice("label_code", self.label_code, CODES),
            "label_angle": checks.number("label_angle", self.label_angle),
            "label_dropout": checks.number("label_dropout", self.label_dropout, least=0, below=1),
            "padding": checks.choice("padding", self.padding, PADDINGS),
        }

    def _check_label_code(self):
        code, angle, values = self.label_code, self.label_angle, self.label_values
        if not (0 < angle < 90 if code == "turned" else angle == 0):
            raise ValueError(f"label_angle is {angle!r}; allowed are numbers in (0, 90) where turned, else 0")
        if code == "turned" and self.label_dims != 2:
            raise ValueError(f"label_dims is {self.label_dims!r}; a turned code has 2")
        if not (values >= 2 if code in ("one-hot", "pair") else values == 0):
            raise ValueError(
                f"label_values is {values!r}; allowed are whole numbers from 2 for names, else 0"
            )

    @classmethod
    def quick(cls, **changes) -> "UNetConfig":
        """Made for two CPU cores: two levels on 2 x 2 pixel patches."""
        return cls(**changes)

    @classmethod
    def paper(cls, **changes) -> "UNetConfig":
        """Three down and three up blocks with interlaced self-attention, as the paper draws it (Fig. 7).

        The paper's channels could not be established: 64-128-256 is our choice. Half an hour of one CPU core for 900 steps.
        """
        return replace(cls(channels=(64, 128, 256), patch=1, attention=(0, 1, 2), embedding=256), **changes)

    @property
    def stride(self) -> int:
        """Pixels per side of the coarsest level's cells: image sides must be a multiple of it."""
        return self.patch * 2 ** (len(self.channels) - 1)

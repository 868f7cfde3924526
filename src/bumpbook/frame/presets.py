"""How large the worlds and networks of all sweeps are: our small world, the paper's, and the paper's network in its world.

In the paper's world a sweep has fewer settings than in the small one: see `paper_sweeps`.
"""

from dataclasses import dataclass

from bumpworld.canvas import Canvas
from bumpworld.experiment import Experiment
from bumpworld.unet import UNetConfig


@dataclass(frozen=True)
class Preset:
    """``base`` is the plain experiment that sweeps vary; a model takes about so many ``minutes`` of one CPU
    core, measured while the machine did other work."""

    name: str
    base: Experiment
    # of worlds with stripes
    margin: int
    minutes: float

    def scaled(self, pixels: float) -> int:
        """A length given for the quick world of 16 pixels, in this preset's pixels."""
        return round(pixels * self.base.canvas.size / 16)


# 32 + 2 * 6 = 44, the paper's label space
_FRAME, _MARGIN = Canvas(size=32), 6
# by benchmarks/paper_world.py
_CHOSEN = UNetConfig.quick(patch=4)
# a fixed number, for it learns its labels late and at once: with 900 steps a network had learned for 400 and drew 63 % of its
# own labels within 0.45 px
_NETWORK = Experiment(
    _FRAME, unet=UNetConfig.paper(precision="bfloat16"), learning_rate=1e-3, batch_size=32, steps=1200
)

PRESETS = {
    preset.name: preset
    for preset in (
        Preset("quick", Experiment(until_learned=True, steps=800), 3, 0.2),
        Preset("paper-world", Experiment(_FRAME, unet=_CHOSEN, until_learned=True, steps=1200), _MARGIN, 1),
        Preset("paper-network", _NETWORK, _MARGIN, 30),
    )
}

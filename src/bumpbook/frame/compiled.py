"""Large networks in less time on a CPU: code made for the processor, by `torch.compile`."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from bumpworld.unet import ConditionalUNet


@contextmanager
def compiled(wanted: bool = True) -> Iterator[None]:
    """Within it a network is compiled at its first call with images of a new shape, which takes a minute or two.

    What it computes differs by rounding, as between two machines. It needs a C++ compiler; without one the first training
    raises what torch says.
    """
    if not wanted:
        yield
        return
    eager, quick = ConditionalUNet.forward, torch.compile(ConditionalUNet.forward, dynamic=False)

    # who reads layers is called back at each, and that stays Python
    def forward(self, images, t, labels, keep=None):
        return eager(self, images, t, labels, keep) if keep else quick(self, images, t, labels)

    ConditionalUNet.forward = forward
    try:
        yield
    finally:
        ConditionalUNet.forward = eager

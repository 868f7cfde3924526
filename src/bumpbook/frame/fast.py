"""Half the time for a large network on a CPU: numbers of half the length, and code made for the processor."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from bumpworld.unet import ConditionalUNet


@contextmanager
def fast(wanted: bool = True, device: str = "cpu") -> Iterator[None]:
    """Within it networks compute in bfloat16 on ``device`` and are compiled at their first call, for a minute or two.

    What is learned differs as between two machines: bfloat16 has two to three decimal digits; weights and their
    averages keep float32. Compiling needs a C++ compiler; without one the first training raises what torch says.
    """
    if not wanted:
        yield
        return
    eager, compiled = ConditionalUNet.forward, torch.compile(ConditionalUNet.forward, dynamic=False)

    # who reads layers calls back at each: that stays Python
    def forward(self, images, t, labels, keep=None):
        return eager(self, images, t, labels, keep) if keep else compiled(self, images, t, labels)

    ConditionalUNet.forward = forward
    try:
        with torch.autocast(torch.device(device).type, torch.bfloat16):
            yield
    finally:
        ConditionalUNet.forward = eager

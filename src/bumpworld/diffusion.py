"""The formulas of a conditional denoising diffusion model: schedule, targets, loss, samplers.

Ho et al. 2020 (DDPM), Song et al. 2020 (DDIM), Salimans & Ho 2022 (v). A time t is a whole number in [0, steps):
x_t = sqrt(alpha_bar_t) x_0 + sqrt(1 - alpha_bar_t) eps, so that t = 0 is nearly clean and the last t nearly noise.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from numbers import Real
from typing import NamedTuple

import torch
from torch import Tensor, nn

from . import checks
from .checks import Settings, setting

TARGETS = ("eps", "v", "x0")


@dataclass(frozen=True)
class NoiseSchedule(Settings):
    """``steps`` noise levels, either ``kind`` "linear" in beta or "cosine" in alpha_bar."""

    kind: str = setting("linear", checks.choice, allowed=("linear", "cosine"))
    steps: int = setting(1000, checks.whole, least=1, most=10_000)

    @classmethod
    def linear(cls, steps: int = 1000) -> "NoiseSchedule":
        """beta from 1e-4 to 0.02 in equal steps (Ho et al. 2020, section 4)."""
        return cls("linear", steps)

    @classmethod
    def cosine(cls, steps: int = 1000) -> "NoiseSchedule":
        """alpha_bar = cos^2 of time, beta at most 0.999 (Nichol & Dhariwal 2021, Eq. 17)."""
        return cls("cosine", steps)

    @cached_property
    def alpha_bar(self) -> Tensor:
        """Share of the signal's variance left after each step, shape (steps,), float32."""
        return self.exact_alpha_bar.float()

    @cached_property
    def exact_alpha_bar(self) -> Tensor:
        """`alpha_bar` in float64, in which 1 - alpha_bar keeps its digits where little noise was added."""
        if self.kind == "linear":
            beta = torch.linspace(1e-4, 0.02, self.steps, dtype=torch.float64)
        else:
            time = torch.arange(self.steps + 1, dtype=torch.float64) / self.steps
            left = torch.cos((time + 0.008) / 1.008 * math.pi / 2) ** 2
            beta = (1 - left[1:] / left[:-1]).clamp(max=0.999)
        return torch.cumprod(1 - beta, 0)

    @cached_property
    def _levels(self) -> tuple[Tensor, Tensor]:
        """sqrt(alpha_bar) and sqrt(1 - alpha_bar), each (steps,), float32."""
        return self.exact_alpha_bar.sqrt().float(), (1 - self.exact_alpha_bar).sqrt().float()

    def signal_noise(self, t: Tensor) -> tuple[Tensor, Tensor]:
        """sqrt(alpha_bar) and sqrt(1 - alpha_bar) at times ``t`` (n,), each (n, 1, 1, 1) on t's device."""
        whole = isinstance(t, Tensor) and not t.is_floating_point() and t.dtype != torch.bool
        checks.need(whole, "t", t, "is a tensor of whole numbers")
        # a look at values on an accelerator would wait for it, and it checks indices itself
        unseen = t.device.type != "cpu" or not t.numel()
        fits = unseen or 0 <= int(t.min()) <= int(t.max()) < self.steps
        checks.need(fits, "t", t, f"are whole numbers from 0 to {self.steps - 1}")
        return tuple(level.to(t.device)[t].reshape(-1, 1, 1, 1) for level in self._levels)

    def add_noise(self, x0: Tensor, t: Tensor, noise: Tensor) -> Tensor:
        """x_t from x_0 and noise, both (n, 1, h, w) or one for all (1, 1, h, w), at times t (n,)."""
        signal, sigma = self.signal_noise(t)
        for name, value, other in (("x0", x0, noise), ("noise", noise, x0)):
            alike = isinstance(value, Tensor) and value.shape[1:] == getattr(other, "shape", ())[1:]
            fits = alike and value.ndim == 4 and len(value) in (1, len(signal))
            checks.need(fits, name, value, "is one image for each time, or one for all, x0 as noise")
        return signal * x0 + sigma * noise


def make_target(target: str, x0: Tensor, noise: Tensor, signal: Tensor, sigma: Tensor) -> Tensor:
    """What the network is asked for: the noise, the image, or v = signal * noise - sigma * x_0."""
    checks.alike(x0=x0, noise=noise), _check_levels(signal, sigma)
    if checks.choice("target", target, TARGETS) == "v":
        return signal * noise - sigma * x0
    return noise if target == "eps" else x0


def x0_from(target: str, output: Tensor, x_t: Tensor, signal: Tensor, sigma: Tensor) -> Tensor:
    """The image estimate that a network's ``output`` stands for."""
    checks.alike(output=output, x_t=x_t), _check_levels(signal, sigma)
    if checks.choice("target", target, TARGETS) == "v":
        return signal * x_t - sigma * output
    return (x_t - sigma * output) / signal if target == "eps" else output


def _check_levels(signal, sigma) -> None:
    for name, value in (("signal", signal), ("sigma", sigma)):
        checks.need(isinstance(value, (Tensor, Real)), name, value, "is a number, or as signal_noise gives")


class DiffusionModel(nn.Module):
    """A network with the noise schedule and the target that it was trained for.

    ``net(x_t, t, labels)`` maps images (n, 1, size, size), times (n,) and labels (n, label_dims) to the target.
    Images are multiplied by ``scale`` before noise is added and divided by it after sampling.
    """

    def __init__(self, net: nn.Module, schedule: NoiseSchedule, target: str, size: int, scale: float = 1.0):
        super().__init__()
        scale, size = checks.number("scale", scale, above=0), checks.whole("size", size, 1)
        checks.choice("target", target, TARGETS)
        checks.instance("net", net, nn.Module)
        checks.instance("schedule", schedule, NoiseSchedule)
        self.net, self.schedule, self.target, self.size, self.scale = net, schedule, target, size, scale

    @property
    def device(self) -> torch.device:
        return next(self.parameters()).device

    def forward(self, x_t: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        """The network's raw output, in units of the target."""
        return self.net(x_t, t, labels)

    def denoise(self, x_t: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        """The image estimate E[x_0 | x_t, label], shape (n, 1, size, size), in scaled units as x_t is."""
        signal, sigma = self.schedule.signal_noise(t)
        return x0_from(self.target, self.net(x_t, t, labels), x_t, signal, sigma)


def training_loss(
    model: DiffusionModel, images: Tensor, labels: Tensor, generator: torch.Generator | None = None
) -> Tensor:
    """Mean squared error of the target at one random time and noise for each image (Ho et al. 2020, Eq. 14).

    Times are stratified over the batch (one uniform draw in each of n equal strata), which leaves the expectation
    as it is and takes out most of the variance that comes from t. ``generator`` is a CPU generator.
    """
    _check_draw(model, generator)
    side = model.size
    if not len(checks.shaped("images", images, "n", 1, side, side)):
        raise ValueError("images is empty; a loss needs at least one")
    checks.shaped("labels", labels, len(images), "label_dims", hint=", a label for each image")
    n, steps, images = len(images), model.schedule.steps, model.scale * images
    noise = torch.randn(images.shape, generator=generator).to(images.device)
    strata, shift = torch.randperm(n, generator=generator), torch.rand(n, generator=generator)
    t = ((strata + shift) / n * steps).long().clamp(max=steps - 1).to(images.device)
    signal, sigma = model.schedule.signal_noise(t)
    wanted = make_target(model.target, images, noise, signal, sigma)
    return ((model(signal * images + sigma * noise, t, labels) - wanted) ** 2).mean()


class SampleState(NamedTuple):
    """One moment of sampling: time ``t`` just used, the noisy ``image`` after it, and the image ``estimate``.

    Both are in the model's scaled units: `DiffusionModel.scale` times the pixel values.
    """

    t: int
    image: Tensor
    estimate: Tensor


def sampling_times(schedule: NoiseSchedule, steps: int) -> list[int]:
    """``steps`` falling times that end the schedule's last time first ("trailing", Lin et al. 2024, Table 2)."""
    steps = checks.whole("steps", steps, 1, checks.instance("schedule", schedule, NoiseSchedule).steps)
    return [round(schedule.steps * (1 - i / steps)) - 1 for i in range(steps)]


def ddim_step(
    x_t: Tensor, x0: Tensor, alpha_bar: Tensor, alpha_bar_before: Tensor, eta: float, noise: Tensor | None
) -> Tensor:
    """x at the next, less noisy time (Song et al. 2020, Eq. 12 and 16). eta = 0 is DDIM, eta = 1 ancestral DDPM."""
    checks.alike(x_t=x_t, x0=x0, **({} if noise is None else {"noise": noise}))
    eta = checks.number("eta", eta, least=0, most=1)
    for name, value in (("alpha_bar", alpha_bar), ("alpha_bar_before", alpha_bar_before)):
        checks.instance(name, value, Tensor, " of one number from 0 to 1")
    eps = (x_t - alpha_bar.sqrt() * x0) / (1 - alpha_bar).sqrt()
    variance = (1 - alpha_bar_before) / (1 - alpha_bar) * (1 - alpha_bar / alpha_bar_before)
    spread = eta * variance.clamp(min=0).sqrt()
    direction = (1 - alpha_bar_before - spread**2).clamp(min=0).sqrt()
    x = alpha_bar_before.sqrt() * x0 + direction * eps
    return x if noise is None else x + spread * noise


@torch.no_grad()
def sample_path(
    model: DiffusionModel,
    labels,
    steps: int = 20,
    eta: float = 0.0,
    generator: torch.Generator | None = None,
    denoise: Callable[[Tensor, Tensor, Tensor], Tensor] | None = None,
) -> Iterator[SampleState]:
    """Yield every state of the way from noise to image for ``labels`` (n, label_dims).

    ``denoise(x_t, t, labels)`` may replace the model's own image estimate, for instance by a mixture of estimates
    for several labels. ``generator`` is a CPU generator, so that every device draws the same noise.
    """
    eta = checks.number("eta", eta, least=0, most=1)
    _check_draw(model, generator)
    checks.need(denoise is None or callable(denoise), "denoise", denoise, "is a function of (x_t, t, labels)")
    model.eval()
    times = sampling_times(model.schedule, steps)
    labels = checks.numbers("labels", labels, "n", "label_dims", dtype=torch.float32).to(model.device)
    checks.need(len(labels), "labels", labels, "is (n, label_dims) with one label or more")
    shape = (len(labels), 1, model.size, model.size)
    draw = lambda: torch.randn(shape, generator=generator).to(model.device)
    # index -1: no noise left; single float64 numbers leave the images in float32, on whichever device they are
    alpha_bar = torch.cat([model.schedule.exact_alpha_bar, torch.ones(1, dtype=torch.float64)])
    x = draw()
    for t, before in zip(times, [*times[1:], -1], strict=True):
        x0 = (denoise or model.denoise)(x, torch.full((len(labels),), t, device=model.device), labels)
        noise = draw() if eta > 0 and before >= 0 else None
        x = ddim_step(x, x0, alpha_bar[t], alpha_bar[before], eta, noise)
        yield SampleState(t, x, x0)


def sample(
    model: DiffusionModel, labels, steps: int = 20, eta: float = 0.0, generator=None, denoise=None
) -> Tensor:
    """Images (n, 1, size, size) drawn for ``labels`` (n, label_dims), on the CPU. Arguments as `sample_path`."""
    for state in sample_path(model, labels, steps, eta, generator, denoise):
        last = state
    return last.image.cpu() / model.scale


def _check_draw(model, generator) -> None:
    checks.instance("model", model, DiffusionModel)
    if generator is not None:
        checks.instance("generator", generator, torch.Generator)

"""What theory says in closed form about denoising: a finite set of images, a bump's place, the three targets."""

import math

import torch
from torch import Tensor

from bumpworld import checks
from bumpworld.diffusion import TARGETS, NoiseSchedule


def posterior_weights(x_t: Tensor, t: Tensor, images: Tensor, schedule: NoiseSchedule) -> Tensor:
    """P(image i | x_t) for a uniform prior over ``images`` (k, ...), shape (n, k).

    softmax over i of -|x_t - sqrt(alpha_bar) image_i|^2 / 2 (1 - alpha_bar), at times ``t`` (n,).
    """
    if not len(checks.instance("images", images, Tensor)):
        raise ValueError("images is empty; the posterior needs at least one")
    checks.need(torch.isfinite(images).all(), "images", images, "are finite numbers")
    if checks.instance("x_t", x_t, Tensor).shape[1:] != images.shape[1:]:
        found, allowed = tuple(x_t.shape[1:]), tuple(images.shape[1:])
        raise ValueError(f"x_t has images of shape {found}; allowed is that of the set, {allowed}")
    checks.instance("schedule", schedule, NoiseSchedule).signal_noise(t)
    if t.ndim != 1 or len(t) not in (1, len(x_t)):
        raise ValueError(f"t has shape {tuple(t.shape)}; allowed is a time for each image, or one for all")
    alpha_bar = schedule.exact_alpha_bar.to(x_t.device)[t][:, None]
    noisy, clean = x_t.flatten(1).double(), images.flatten(1).double()
    # |a - b|^2 without the (n, k, pixels) array; the |x_t|^2 term is the same for every image and drops out
    distance = alpha_bar * (clean**2).sum(1) - 2 * alpha_bar.sqrt() * (noisy @ clean.T)
    return torch.softmax(-distance / (2 * (1 - alpha_bar)), dim=1)


def ideal_denoiser(x_t: Tensor, t: Tensor, images: Tensor, schedule: NoiseSchedule) -> Tensor:
    """E[x_0 | x_t], the best possible image estimate when the data are exactly ``images``, equally likely.

    ``x_t`` is (n, 1, h, w), ``t`` (n,), ``images`` (k, 1, h, w); the result has x_t's shape and type. With the
    single image of one label it is that image whatever x_t is: conditional on a label that was never trained on
    there is no set, and the ideal denoiser is undefined.
    """
    weights = posterior_weights(x_t, t, images, schedule)
    return (weights @ images.flatten(1).double()).reshape(x_t.shape).to(x_t.dtype)


def told_bits(images: Tensor, t: int, schedule: NoiseSchedule, draws: int = 1024, seed: int = 0) -> float:
    """How many bits a noisy image at time ``t`` tells of which of ``images`` (k, 1, h, w), equally likely, it shows.

    log2 k less the mean entropy of the posterior over ``draws`` noisy images.
    """
    checks.whole("draws", draws, 1), checks.seed("seed", seed)
    steps = checks.instance("schedule", schedule, NoiseSchedule).steps
    (
        checks.whole("t", t, 0, steps - 1),
        checks.shaped("images", checks.instance("images", images, Tensor), "k", 1, "h", "w"),
    )
    checks.need(len(images), "images", images, "is one image or more")
    _, belief = believed(images, t, schedule, draws, torch.Generator().manual_seed(seed))
    return math.log2(len(images)) - float(torch.special.entr(belief).sum(1).mean()) / math.log(2)


def believed(
    images: Tensor, t: int, schedule: NoiseSchedule, draws: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Rows (draws,) of ``images`` drawn by lot and shown under the noise of time ``t``, and the posterior (draws, k) of each."""
    true, noisy = shown(images, t, schedule, draws, generator)
    return true, posterior_weights(noisy, torch.tensor([t]), images, schedule)


def shown(
    images: Tensor, t: int, schedule: NoiseSchedule, draws: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Rows (draws,) of ``images`` (k, 1, h, w) drawn by lot, and those images (draws, 1, h, w) under the noise of time ``t``."""
    true = torch.randint(len(images), (draws,), generator=generator)
    noise = torch.randn(draws, *images.shape[1:], generator=generator)
    return true, schedule.add_noise(images[true], torch.full((draws,), t), noise)


def position_information(schedule: NoiseSchedule, amplitude: float = 1.0) -> Tensor:
    """Fisher information about one coordinate of a bump in its noisy image, in 1 / px^2, shape (steps,).

    (pi A^2 / 2) alpha_bar / (1 - alpha_bar), the same for every width: a wide bump has a gentler slope but more
    pixels on it. Holds for sigma >= 1 away from the edges.
    """
    alpha_bar = checks.instance("schedule", schedule, NoiseSchedule).exact_alpha_bar
    amplitude = checks.number("amplitude", amplitude, above=0)
    return math.pi * amplitude**2 / 2 * alpha_bar / (1 - alpha_bar)


def position_error(schedule: NoiseSchedule, amplitude: float = 1.0) -> Tensor:
    """Smallest standard error, in px, of any unbiased reading of a coordinate (Cramer-Rao), shape (steps,)."""
    return position_information(schedule, amplitude).rsqrt()


def x0_weight(target: str, alpha_bar: Tensor) -> Tensor:
    """How much a squared error of the image estimate counts at each noise level under each target.

    All three losses are the same squared error of x_0 with another weight over t: 1 for "x0", the signal-to-noise
    ratio alpha_bar / (1 - alpha_bar) for "eps", and 1 / (1 - alpha_bar) for "v" (Salimans & Ho 2022, section 4).
    """
    checks.choice("target", target, TARGETS)
    checks.instance("alpha_bar", alpha_bar, Tensor)
    return {"eps": alpha_bar, "v": torch.ones_like(alpha_bar), "x0": 1 - alpha_bar}[target] / (1 - alpha_bar)

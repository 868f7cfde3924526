"""Reading a bump's place from its noisy image: a matched filter and the best guess, asked about the same images.

The bumps lie anywhere in the frame, at places half a pixel apart, all alike likely. Errors are in px.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import torch
from torch import Tensor

from bumpbook.frame.exact import position_error, posterior_weights, shown
from bumpworld.canvas import Canvas
from bumpworld.diffusion import NoiseSchedule
from bumpworld.measure import read_centers

SPACING = 0.5  # px, of the places that a bump may have


class Look(NamedTuple):
    """Noisy images (n, 1, size, size), as bright as clean ones, of bumps at ``true`` (n, 2), and the ``belief`` (n, k) in ``places`` (k, 2)."""

    images: Tensor
    true: Tensor
    places: Tensor
    belief: Tensor


def look(schedule: NoiseSchedule, canvas: Canvas, t: int, draws: int, generator: torch.Generator) -> Look:
    """``draws`` noisy images of time ``t``, and what is to be believed of them: the exact posterior."""
    frame = replace(canvas, spacing=SPACING, margin=0)
    places = frame.lattice()
    images = frame.render(places)
    true, noisy = shown(images, t, schedule, draws, generator)
    belief = posterior_weights(noisy, torch.tensor([t]), images, schedule)
    # divided by sqrt(alpha_bar) a bump has its full height again, under louder noise, as a matched filter expects it
    return Look(noisy / schedule.alpha_bar[t].sqrt(), places[true], places, belief)


def matched_filter(seen: Look, canvas: Canvas) -> Tensor:
    """Errors (n, 2) of the bump that is nearest to each image in squared error."""
    return read_centers(seen.images, replace(canvas, margin=0)).centers - seen.true


def best_guess(seen: Look) -> Tensor:
    """Errors (n, 2) of the mean of the posterior: on average over the frame no reading has a smaller squared error."""
    return seen.belief @ seen.places.double() - seen.true


def likeliest(seen: Look) -> Tensor:
    """Errors (n, 2) of the place that is believed most."""
    return seen.places[seen.belief.argmax(1)] - seen.true


def rms(errors: Tensor) -> float:
    """Root mean square of errors (n, 2), over images and both coordinates."""
    return float(errors.square().mean().sqrt())


def within(errors: Tensor) -> float:
    """The share of images whose place is read within a pixel in x and in y."""
    return float((errors.abs() <= 1).all(1).double().mean())


def blurred_from(schedule: NoiseSchedule, canvas: Canvas, draws: int, seed: int) -> int:
    """The first time at which the best guess has a root mean square error of a pixel or more."""
    return _first(lambda seen: rms(best_guess(seen)) >= 1, schedule, canvas, draws, seed)


def missed_from(schedule: NoiseSchedule, canvas: Canvas, draws: int, seed: int) -> int:
    """The first time at which the likeliest place is more than a pixel off in half of the images, in x or in y."""
    return _first(lambda seen: within(likeliest(seen)) <= 0.5, schedule, canvas, draws, seed)


def _first(
    gone: Callable[[Look], bool], schedule: NoiseSchedule, canvas: Canvas, draws: int, seed: int
) -> int:
    """By halving: the same bumps under the same noise at each time, of which more is left the earlier it is."""
    low, high = 0, int((position_error(schedule) > 1).nonzero()[0])
    while high - low > 1:
        t = (low + high) // 2
        seen = look(schedule, canvas, t, draws, torch.Generator().manual_seed(seed))
        low, high = (low, t) if gone(seen) else (t, high)
    return high

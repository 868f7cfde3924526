"""How much two bumps overlap, in closed form and on rendered pixels, and how far apart they still do."""

import math

import numpy as np
from scipy.special import erfc, erfcinv

from .. import checks
from . import arrays

KINDS = ("cosine", "bhattacharyya", "coefficient")


def overlap(distance, sigma, kind="cosine"):
    """Overlap of two round Gaussians of width ``sigma`` at a ``distance`` (same units), 1 at distance 0.

    kind : "cosine", of the two images as vectors, exp(-r^2 / 4 sigma^2);
        "bhattacharyya", the integral of sqrt(f g) of two normalised densities, exp(-r^2 / 8 sigma^2);
        "coefficient", the integral of min(f, g), erfc(r / (2 sqrt(2) sigma)).

    Arrays broadcast. Raises ValueError for a negative distance, sigma <= 0 or an unknown kind.
    """
    distance = arrays.array("distance", distance, "a number or an array of numbers from 0", float)
    sigma = _check_sigma(sigma)
    if not (distance >= 0).all():
        raise ValueError(f"distance is {distance.min()}; allowed are numbers from 0")
    if _check_kind(kind) == "coefficient":
        return erfc(distance / (2 * math.sqrt(2) * sigma))[()]
    return np.exp(-((distance / sigma) ** 2) / (4 if kind == "cosine" else 8))[()]


def pixel_overlap(canvas, a, b, kind="cosine"):
    """Overlap of the two *rendered* images at labels ``a`` and ``b``, both (2,) or (n, 2); a float or (n,).

    Differs from ``overlap`` where the pixel grid shows: for narrow bumps (sigma below about half a pixel,
    where the image depends on the position between pixels), at the edges of the frame, and for any world
    but bumps. Where an image is blank nothing overlaps: 0.

    Raises ValueError for labels outside the world, different shapes or an unknown kind.
    """
    a, b = (arrays.array(n, v, "numbers of shape (2,) or (n, 2)", float) for n, v in (("a", a), ("b", b)))
    if not hasattr(canvas, "render"):
        raise ValueError(f"canvas is {checks.short(canvas)}; allowed is a Canvas")
    if a.shape != b.shape:
        raise ValueError(f"a has shape {a.shape} and b {b.shape}; allowed are equal shapes (2,) or (n, 2)")
    _check_kind(kind)
    first, second = (
        canvas.render(np.atleast_2d(labels)).double().numpy().reshape(-1, canvas.size**2) for labels in (a, b)
    )
    if kind == "cosine":
        shared, whole = (first * second).sum(1), np.sqrt((first**2).sum(1) * (second**2).sum(1))
        result = np.divide(shared, whole, out=np.zeros_like(shared), where=whole > 0)
    else:  # as densities over the pixels
        first, second = (f / np.where(f.sum(1) > 0, f.sum(1), 1)[:, None] for f in (first, second))
        result = (np.sqrt(first * second) if kind == "bhattacharyya" else np.minimum(first, second)).sum(1)
    return result if a.ndim == 2 else float(result[0])


def interaction_radius(sigma, threshold=0.005, spacing=1.0, kind="cosine"):
    """Largest distance, in lattice steps of ``spacing``, at which the overlap still reaches ``threshold``.

    It is kappa * sigma / spacing; kappa solves overlap(kappa, 1, kind) = threshold: 4.604 for the cosine at
    0.005. ``sigma`` and ``spacing`` in the same unit, sigma may be an array. Raises ValueError for sigma <=
    0, spacing <= 0, a threshold outside (0, 1) or an unknown kind.
    """
    sigma = _check_sigma(sigma)
    threshold = checks.number("threshold", threshold, above=0, below=1)
    spacing = checks.number("spacing", spacing, above=0)
    if _check_kind(kind) == "coefficient":
        kappa = 2 * math.sqrt(2) * erfcinv(threshold)
    else:
        kappa = math.sqrt((4 if kind == "cosine" else 8) * math.log(1 / threshold))
    return (kappa * sigma / spacing)[()]


def _check_kind(kind):
    return checks.choice("kind", kind, KINDS)


def _check_sigma(sigma):
    sigma = arrays.array("sigma", sigma, "a number or an array of numbers above 0", float)
    if not (np.isfinite(sigma) & (sigma > 0)).all():
        raise ValueError(f"sigma is {sigma}; allowed are finite numbers above 0")
    return sigma

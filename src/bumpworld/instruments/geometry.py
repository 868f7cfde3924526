"""The shape of a cloud of representations: its spectrum, its dimension, and two ideal tori beside it.

Points are rows of an array (n, d), a numpy array or a torch tensor; further axes are flattened into features.
"""

import warnings

import numpy as np

from .. import checks
from . import arrays

CONSTANT = 1e-7  # spread below this share of the largest value is float32 rounding, not variance
MOST_ANGLES = 4096  # of an ideal torus: its points alone fill half a gigabyte


def as_points(points) -> np.ndarray:
    """``points`` as a float64 array (n, d); an array (n, c, h, w) becomes (n, c * h * w).

    Raises
    ------
    ValueError : for fewer than two points, for NaN or infinite features, and when all points are the same.
    """
    # perhaps a torch tensor on a GPU, in half precision or with a gradient
    array = arrays.array("points", points, "(n, d), n at least 2 and d at least 1", np.float64)
    if array.ndim < 2 or len(array) < 2 or array.size == 0:
        raise ValueError(f"points have shape {array.shape}; allowed is (n, d), n at least 2 and d at least 1")
    array = array.reshape(len(array), -1)
    broken = ~np.isfinite(array).all(axis=1)
    if broken.any():
        first = int(np.argmax(broken))
        raise ValueError(f"{broken.sum()} of {len(array)} points are not finite, the first is point {first}")
    if np.ptp(array, axis=0).max() <= CONSTANT * np.abs(array).max():
        raise ValueError(f"all {len(array)} points are the same; geometry needs two that differ")
    return array


def compact(points) -> np.ndarray:
    """Centred points (n, min(n, d)) with the same distances and inner products as the centred input.

    A layer has far more features than a lattice has labels. The points span at most n dimensions, and the
    triangular factor of a QR decomposition holds their coordinates in an orthonormal basis of that span.
    """
    array = as_points(points)
    array = array - array.mean(axis=0)
    if array.shape[1] > array.shape[0]:
        array = np.linalg.qr(array.T, mode="r").T
    return array


def pca_spectrum(points) -> np.ndarray:
    """Variances along the principal axes, largest first, shape (min(n, d),), in squared feature units.

    They are the eigenvalues of the covariance with divisor n; their sum is the total variance. Divide by
    the sum for explained shares. Raises ValueError as `as_points` does.
    """
    array = compact(points)
    return np.linalg.svd(array, compute_uv=False) ** 2 / len(array)


def principal_components(points, count: int) -> np.ndarray:
    """Coordinates of the centred points along the first ``count`` principal axes, shape (n, count).

    The sign of an axis is free: it is chosen so that the coordinate largest in size is positive.
    Raises ValueError as `as_points` does, and for a ``count`` above min(n, d).
    """
    array = compact(points)
    checks.whole("count", count, 1, min(array.shape))
    left, scale, _ = np.linalg.svd(array, full_matrices=False)
    coordinates = left[:, :count] * scale[:count]
    extreme = np.take_along_axis(coordinates, np.abs(coordinates).argmax(axis=0)[None], axis=0)
    return coordinates * np.where(extreme < 0, -1.0, 1.0)


def participation_ratio(points) -> float:
    """(sum of variances)^2 / (sum of squared variances) over the principal axes: between 1 and min(n - 1, d).

    k equal variances give k. It needs no eigenvalues: tr(C)^2 / tr(C^2) with the smaller of the two Gram
    matrices. (Gao et al. 2017, bioRxiv 214262.) It is this book's effective dimension. Liang et al. (2024, Fig. 2) plot
    one along training, but which definition they used could not be established. Other definitions give other numbers;
    only the trend can be compared with theirs. Raises ValueError as `as_points` does.
    """
    array = as_points(points)
    array = array - array.mean(axis=0)
    gram = array.T @ array if array.shape[1] <= array.shape[0] else array @ array.T
    return float(np.trace(gram) ** 2 / (gram**2).sum())


def clifford_torus(n: int, r1: float = 1.0, r2: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """The flat torus in four dimensions, (r1 cos x, r1 sin x, r2 cos y, r2 sin y): fully factorized.

    Returns points (n * n, 4) and their angles (n * n, 2) in radians, on an n x n lattice with x running
    fastest.
    Raises ValueError for fewer than 3 angles a circle and for radii that are not positive.
    """
    angles = _angles(n, r1=r1, r2=r2)
    x, y = angles.T
    return np.stack([r1 * np.cos(x), r1 * np.sin(x), r2 * np.cos(y), r2 * np.sin(y)], axis=1), angles


def ring_torus(n: int, R: float = 2.0, r: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """The doughnut in three dimensions, ((R + r cos y) cos x, (R + r cos y) sin x, r sin y): not factorized.

    x is the toroidal angle, the long way round, and y the poloidal one. Returns points (n * n, 3) and their
    angles (n * n, 2) in radians, on an n x n lattice with x running fastest. Raises ValueError for fewer
    than 3 angles a circle, for radii that are not positive, and for R <= r, where the surface cuts itself.
    """
    angles = _angles(n, R=R, r=r)
    if r >= R:
        raise ValueError(f"R is {R!r} and r is {r!r}; a ring torus needs R above r")
    x, y = angles.T
    reach = R + r * np.cos(y)
    return np.stack([reach * np.cos(x), reach * np.sin(x), r * np.sin(y)], axis=1), angles


def _angles(n: int, **radii: float) -> np.ndarray:
    n = checks.whole("n", n, 3, MOST_ANGLES)
    for name, radius in radii.items():
        checks.number(name, radius, above=0)
    circle = 2 * np.pi * np.arange(n) / n
    y, x = np.meshgrid(circle, circle, indexing="ij")
    return np.stack([x.ravel(), y.ravel()], axis=1)


def embed_umap(
    points, seed: int = 0, *, components: int = 2, neighbors: int = 15, min_dist: float = 0.1
) -> np.ndarray:
    """UMAP picture of the points, shape (n, components), float64. (McInnes et al. 2018, arXiv 1802.03426.)

    A picture only. It keeps neighbours, not distances or angles, and the same seed gives another layout on
    another system: rest no claim on it. The first call in a process compiles for about 15 seconds.

    Raises ValueError as `as_points` does, for ``neighbors`` outside 2 to n - 1 and for ``components`` outside
    1 to min(n, d).
    """
    array = compact(points)
    seed, neighbors = checks.seed("seed", seed), checks.whole("neighbors", neighbors, 2, len(array) - 1)
    components = checks.whole("components", components, 1, min(array.shape))
    min_dist = checks.number("min_dist", min_dist, least=0, most=1)
    import umap

    reducer = umap.UMAP(
        n_components=components,
        n_neighbors=neighbors,
        min_dist=min_dist,
        init="pca",  # the spectral start fails on a perfect torus, whose eigenvalues come in equal groups
        random_state=seed,
        n_jobs=1,  # a seeded layout is serial in any case; saying so avoids a warning
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # from inside umap, about scikit-learn's names
        return np.asarray(reducer.fit_transform(array), dtype=np.float64)

"""Persistent homology of a representation: is there a torus, with its two loops and its one void?

A torus has Betti numbers 1, 2, 1. In its persistence diagram two H1 bars stand out from the rest, equally
long when the two circles are equally large, and so does one H2 bar.
"""

from dataclasses import dataclass

import numpy as np

from .. import checks
from . import arrays
from .geometry import as_points, principal_components

MOST_LANDMARKS = 300  # H2 of 100 points takes 0.2 seconds, of 200 three, of 256 ten
ALIKE = 1e-9  # variance below this share of the largest is rounding


@dataclass(frozen=True)
class Diagram:
    """Persistence of a cloud: ``bars[k]`` holds births and deaths in dimension k, longest bar first.

    ``points`` (n, components) are the principal coordinates, ``landmarks`` (m,) the indices of the points
    that were used, ``cover`` the largest distance from a point to its nearest landmark: no end of a bar is
    off by more than twice this (stability of Rips persistence, Chazal et al. 2014,
    doi:10.1007/s10711-013-9937-z).
    """

    bars: tuple[np.ndarray, ...]
    points: np.ndarray
    landmarks: np.ndarray
    cover: float

    def lifetimes(self, dimension: int) -> np.ndarray:
        """Lengths of the bars of one dimension, longest first. The component that never dies is infinite."""
        checks.whole("dimension", dimension, 0, len(self.bars) - 1)
        return np.diff(self.bars[dimension], axis=1)[:, 0]

    def betti(self, scale: float) -> tuple[int, ...]:
        """Betti numbers of the Rips complex at ``scale``: how many bars of each dimension are alive there."""
        checks.number("scale", scale)
        return tuple(int(((b[:, 0] <= scale) & (scale < b[:, 1])).sum()) for b in self.bars)

    def __str__(self) -> str:
        counts = ", ".join(f"H{k}: {len(bars)}" for k, bars in enumerate(self.bars))
        sample = f"{len(self.landmarks)} of {len(self.points)} points (covering radius {self.cover:.3g})"
        return f"persistence of {sample}; bars in {counts}"


def persistence(
    points, *, landmarks: int = 100, dimension: int = 2, components: int | None = None
) -> Diagram:
    """Vietoris-Rips persistence of the points (n, d) up to homology of ``dimension``, with ripser.

    Above ``landmarks`` points it takes that many, each the farthest from those before it (the greedy
    permutation, begun at the first point); the diagram says so. With ``components`` only that many
    principal coordinates count. Scales are Euclidean distances in feature units. (Tralie et al. 2018,
    doi:10.21105/joss.00925.)

    Too few landmarks can hide a torus that is there: two neighbouring labels are then farther apart than the
    loop is wide. Compare ``cover`` with the bars, or take all points of a small lattice.

    Raises
    ------
    ValueError : as `geometry.as_points`; for landmarks outside 4 to `MOST_LANDMARKS`, which would take
        minutes and gigabytes; for a dimension outside 0 to 2; for components outside 1 to min(n, d).
    """
    landmarks = checks.whole("landmarks", landmarks, 4, MOST_LANDMARKS)
    dimension = checks.whole("dimension", dimension, 0, 2)
    array = as_points(points)
    coordinates = principal_components(array, min(array.shape) if components is None else components)
    spread = coordinates.var(axis=0)
    return _diagram(coordinates[:, spread > ALIKE * spread[0]], landmarks, dimension)


def _diagram(points: np.ndarray, landmarks: int, dimension: int) -> Diagram:
    from ripser import ripser
    from scipy.spatial.distance import cdist

    chosen, cover = greedy_landmarks(points, landmarks)
    distances = cdist(points[chosen], points[chosen])
    diagrams = ripser(distances, maxdim=dimension, distance_matrix=True)["dgms"]
    bars = tuple(d[np.argsort(d[:, 0] - d[:, 1], kind="stable")].astype(np.float64) for d in diagrams)
    return Diagram(bars, points, chosen, cover)


def greedy_landmarks(points: np.ndarray, count: int) -> tuple[np.ndarray, float]:
    """Indices of ``count`` points, each farthest from those before it, and the covering radius they leave."""
    points = arrays.array("points", points, "(n, d)", np.float64)
    if points.ndim != 2 or not len(points) or not np.isfinite(points).all():
        raise ValueError(
            f"points have shape {points.shape}; allowed is (n, d), n at least 1, and finite numbers"
        )
    count = checks.whole("count", count, 1)
    if len(points) <= count:
        return np.arange(len(points)), 0.0
    squares = (points**2).sum(axis=1)
    chosen, nearest = [0], np.full(len(points), np.inf)  # squared distances to the nearest landmark
    while True:
        last = chosen[-1]
        nearest = np.minimum(nearest, np.maximum(squares + squares[last] - 2 * points @ points[last], 0.0))
        if len(chosen) == count:
            return np.array(chosen), float(np.sqrt(nearest.max()))
        # On a lattice many points are equally far: take the first, whatever the rounding of this machine.
        chosen.append(int(np.argmax(nearest >= nearest.max() * (1 - 1e-9))))


@dataclass(frozen=True)
class TorusEvidence:
    """Two gaps in a diagram, in feature units, and the same gaps in clouds without joint structure."""

    h1_gap: float  # second minus third longest H1 bar
    h2_gap: float  # longest minus second longest H2 bar
    twins: float  # second longest over longest H1 bar: 1 when the two circles are equally large
    null_h1: np.ndarray  # (permutations,)
    null_h2: np.ndarray
    p_h1: float
    p_h2: float

    def holds(self, level: float = 0.05) -> bool:
        """Whether both gaps are larger than chance would make them at this level, each by itself."""
        checks.number("level", level, least=0, most=1)
        return self.p_h1 <= level and self.p_h2 <= level


def torus_evidence(diagram: Diagram, *, permutations: int = 39, seed: int = 0) -> TorusEvidence:
    """Does the diagram show the two loops and the void of a torus, more than chance would?

    The null: the coordinates along each principal axis are shuffled over the points, each axis by itself.
    That keeps the number of points, the covariance and the distribution along each axis, and destroys what
    ties them together. The same landmarks are then chosen afresh. p = (1 + nulls with a gap as large) /
    (1 + permutations), so that 39 permutations can show p = 0.025 at best.

    What it cannot show: two gaps are what a torus must have, not all that makes a torus. A null cloud is
    one kind of nothing; a smooth surface without two loops is another, and fails by its H1 gap.

    Raises
    ------
    ValueError : for a diagram without H2, or of points with a single principal coordinate, and for fewer than
        one permutation.
    """
    if len(checks.instance("diagram", diagram, Diagram).bars) < 3:
        raise ValueError(f"the diagram stops at H{len(diagram.bars) - 1}; the void of a torus needs H2")
    if diagram.points.shape[1] < 2:
        raise ValueError("the points lie on a line: shuffling one coordinate changes nothing")
    permutations = checks.whole("permutations", permutations, 1)
    rng = np.random.default_rng(checks.seed("seed", seed))
    h1_gap, h2_gap, longest, second = _gaps(diagram)
    null = np.empty((permutations, 2))
    for i in range(permutations):
        shuffled = rng.permuted(diagram.points, axis=0)
        null[i] = _gaps(_diagram(shuffled, len(diagram.landmarks), dimension=2))[:2]
    p_h1, p_h2 = (1 + (null >= (h1_gap, h2_gap)).sum(axis=0)) / (1 + permutations)
    twins = second / longest if longest > 0 else float("nan")
    return TorusEvidence(h1_gap, h2_gap, twins, null[:, 0], null[:, 1], float(p_h1), float(p_h2))


def _gaps(diagram: Diagram) -> tuple[float, float, float, float]:
    """The H1 gap, the H2 gap, and the two longest H1 bars; a bar that is not there has length 0."""
    h1 = np.append(diagram.lifetimes(1), np.zeros(3))
    h2 = np.append(diagram.lifetimes(2), np.zeros(2))
    return float(h1[1] - h1[2]), float(h2[0] - h2[1]), float(h1[0]), float(h1[1])

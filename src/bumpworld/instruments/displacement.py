"""Steps between neighbouring labels: are they parallel, are they orthogonal?

The points lie on a full grid of labels (x, y). If a representation is factorized, a sum f(x) + g(y), then a
step along x is the same vector at every y, and in orthogonal subspaces it is orthogonal to every step along
y. These are the statistics of Liang et al. (2024, Figs. 3 and 8); their formulas could not be established,
ours stand below.
"""

from dataclasses import dataclass

import numpy as np

from .. import checks
from . import arrays
from .geometry import compact

STILL = 1e-6  # a step shorter than this share of the cloud's radius has no direction
MAX_BASES = 2048  # x-on-y compares all pairs of base points: 2048 of each are 4 million cosines


def as_labels(labels) -> np.ndarray:
    """``labels`` as a float64 array (n, 2), or ValueError for another shape and for NaN."""
    labels = arrays.array("labels", labels, "(n, 2), columns x and y", np.float64)
    checks.shaped("labels", labels, "n", 2, hint=", columns x and y")
    if not np.isfinite(labels).all():
        raise ValueError(f"label {labels[~np.isfinite(labels).all(axis=1)][0].tolist()} is not finite")
    return labels


def label_grid(points, labels) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points sorted by label: values of x (kx,), values of y (ky,), and the points as (kx, ky, features).

    The points are centred and, where there are more features than points, rotated into fewer coordinates.

    Raises
    ------
    ValueError : for labels that are not (n, 2) and finite, not one for each point, for fewer than two
        values on an axis, for a repeated label, for a grid with holes; and for points as
        `geometry.as_points` says.
    """
    labels, array = as_labels(labels), compact(points)
    if len(array) != len(labels):
        raise ValueError(f"{len(array)} points for {len(labels)} labels; their numbers must agree")
    x, column = np.unique(labels[:, 0], return_inverse=True)
    y, row = np.unique(labels[:, 1], return_inverse=True)
    if len(x) < 2 or len(y) < 2:
        raise ValueError(f"labels have {len(x)} values of x and {len(y)} of y; at least 2 of each are needed")
    seen = np.bincount(column * len(y) + row, minlength=len(x) * len(y))
    if seen.max() > 1:
        i, j = divmod(int(seen.argmax()), len(y))
        raise ValueError(f"label ({x[i]:g}, {y[j]:g}) is there {seen.max()} times; allowed is once")
    if seen.min() == 0:
        i, j = divmod(int(seen.argmin()), len(y))
        raise ValueError(f"labels are no full grid: ({x[i]:g}, {y[j]:g}) is missing from {len(x)} x {len(y)}")
    grid = np.empty((len(x), len(y), array.shape[1]))
    grid[column, row] = array
    return x, y, grid


@dataclass(frozen=True)
class DisplacementTests:
    """Cosines between unit steps, flat arrays; ``shift_x``, ``shift_y`` belong to ``x_on_x``, ``y_on_y``."""

    x_on_y: np.ndarray
    x_on_x: np.ndarray
    y_on_y: np.ndarray
    parallel_x: np.ndarray
    parallel_y: np.ndarray
    same_point: np.ndarray
    shift_x: np.ndarray
    shift_y: np.ndarray
    step: int
    still: int  # steps without length; their cosines are left out

    def summary(self) -> dict[str, dict[str, float]]:
        """Mean, mean absolute value, mean square and number of cosines, for each of the six distributions."""
        names = ("x_on_y", "x_on_x", "y_on_y", "parallel_x", "parallel_y", "same_point")
        return {name: _moments(getattr(self, name)) for name in names}


def displacement_tests(points, labels, *, periodic: bool, step: int = 1, seed: int = 0) -> DisplacementTests:
    """How steps along x and along y lie to each other, as distributions of cosines.

    With P(x, y) the representation and s the step (in lattice steps), the unit steps are
    X(x, y) = (P(x + s, y) - P(x, y)) / |...| and Y(x, y) = (P(x, y + s) - P(x, y)) / |...|.

    * ``x_on_y``: X(x, y) . Y(x', y') for x != x' and y != y'. *Orthogonality*. 0 if factorized into
      orthogonal subspaces; mean absolute value 4 / pi^2 on a ring torus. More than `MAX_BASES` bases are
      drawn at random.
    * ``parallel_x``: X(x, y) . X(x, y') for y < y', and ``parallel_y``: Y(x, y) . Y(x', y) for x < x'.
      *Parallelism*. 1 if factorized. On a ring torus the toroidal one is 1 too, and tells nothing: the
      steps are tangents of circles about one axis. The poloidal one has mean 1/2. So look at both.
    * ``x_on_x``: X(x, y) . X(x', y) for x < x', and ``y_on_y``: Y(x, y) . Y(x, y') for y < y'. *Hyper-
      factorization*. On any round circle the cosine of the shift (the arcsine law); 0 for one-hot codes,
      but -1/2 where shift = step, as the two steps share an end. ``shift_x`` holds |x' - x| in lattice
      steps, the short way round when periodic.
    * ``same_point``: X(x, y) . Y(x, y). Uninformative, and kept to show it: the coordinate lines of a ring
      torus cross at right angles as well (up to the finite step). Bases with x = x' or y = y' are left out
      of x_on_y for the same reason.

    Periodic grids wrap around: the last label is followed by the first. Labels must be equally spaced.

    Raises
    ------
    ValueError : for labels and points as `label_grid` says, for unequal spacing, for a step below 1 or
        above k - 1 (periodic) or k - 2 (open) with k labels on the shorter axis, and when no step along an
        axis moves.
    """
    seed, grid = checks.seed("seed", seed), even_grid(points, labels, step, periodic)
    along_x = unit_steps(grid, step, periodic, "x")  # (bases in x, ky, d)
    along_y = unit_steps(grid.swapaxes(0, 1), step, periodic, "y").swapaxes(0, 1)  # (kx, bases in y, d)
    x_on_x, shift_x = _pairs(along_x.swapaxes(0, 1), len(grid), periodic)
    y_on_y, shift_y = _pairs(along_y, grid.shape[1], periodic)
    both = (slice(along_x.shape[0]), slice(along_y.shape[1]))  # bases from which both steps exist
    return DisplacementTests(
        x_on_y=_cross(along_x, along_y, seed),
        x_on_x=x_on_x,
        y_on_y=y_on_y,
        parallel_x=_pairs(along_x, grid.shape[1], periodic)[0],
        parallel_y=_pairs(along_y.swapaxes(0, 1), len(grid), periodic)[0],
        same_point=_defined((along_x[both] * along_y[both]).sum(axis=-1)),
        shift_x=shift_x,
        shift_y=shift_y,
        step=step,
        still=int(np.isnan(along_x[..., 0]).sum() + np.isnan(along_y[..., 0]).sum()),
    )


def even_grid(points, labels, step: int, periodic: bool) -> np.ndarray:
    """The points of `label_grid`, (kx, ky, features), once its spacing and the step are found good."""
    x, y, grid = label_grid(points, labels)
    for name, values in (("x", x), ("y", y)):
        gaps = np.diff(values)
        if gaps.max() > gaps.min() * (1 + 1e-3):
            apart = f"{gaps.min():g} to {gaps.max():g} apart"
            raise ValueError(f"labels along {name} are {apart}; allowed is one spacing")
    checks.flag("periodic", periodic)
    most = min(len(x), len(y)) - (1 if periodic else 2)
    checks.whole("step", step, 1, most)
    return grid


def unit_steps(grid: np.ndarray, step: int, periodic: bool, name: str) -> np.ndarray:
    """Unit displacements along the first axis; NaN where the representation does not move."""
    grid = arrays.array("grid", grid, "(k, lines, features)", np.float64)
    if grid.ndim != 3 or len(grid) < 2:
        raise ValueError(f"grid has shape {grid.shape}; allowed is (k, lines, features), k at least 2")
    step, periodic = checks.whole("step", step, 1, len(grid) - 1), checks.flag("periodic", periodic)
    ahead = np.roll(grid, -step, axis=0) if periodic else grid[step:]
    moves = ahead - grid[: len(ahead)]
    length = np.linalg.norm(moves, axis=-1, keepdims=True)
    still = length <= STILL * np.linalg.norm(grid, axis=-1).max()
    if still.all():
        raise ValueError(f"no step along {name} moves the representation; at least one must")
    return np.where(still, np.nan, moves / np.where(still, 1.0, length))


def pair_cosines(steps: np.ndarray, count: int, periodic: bool) -> tuple[np.ndarray, np.ndarray]:
    """Cosines (lines, pairs) of all pairs along the second axis of unit ``steps`` (lines, bases, d), and shifts (pairs,)."""
    first, second = np.triu_indices(steps.shape[1], k=1)
    with np.errstate(invalid="ignore"):  # NaN marks a step without direction
        cosines = (steps @ steps.swapaxes(1, 2))[:, first, second]
    shift = second - first
    return cosines, np.minimum(shift, count - shift) if periodic else shift


def _pairs(steps: np.ndarray, count: int, periodic: bool) -> tuple[np.ndarray, np.ndarray]:
    cosines, shift = pair_cosines(steps, count, periodic)
    return _defined(cosines), np.broadcast_to(shift, cosines.shape)[np.isfinite(cosines)]


def _cross(along_x: np.ndarray, along_y: np.ndarray, seed: int) -> np.ndarray:
    """Cosines of x-steps with y-steps whose base points share neither x nor y."""
    rng = np.random.default_rng(seed)
    sides = []
    for steps in (along_x, along_y):
        bases = np.indices(steps.shape[:2]).reshape(2, -1)
        chosen = np.arange(bases.shape[1])
        if len(chosen) > MAX_BASES:
            chosen = rng.choice(chosen, MAX_BASES, replace=False)
        sides.append((bases[:, chosen], steps.reshape(-1, steps.shape[-1])[chosen]))
    (base, x_steps), (other, y_steps) = sides
    apart = (base[:, :, None] != other[:, None, :]).all(axis=0)
    with np.errstate(invalid="ignore"):
        return _defined((x_steps @ y_steps.T)[apart])


def _defined(cosines: np.ndarray) -> np.ndarray:
    return np.clip(cosines[np.isfinite(cosines)], -1, 1)


def _moments(cosines: np.ndarray) -> dict[str, float]:
    if not len(cosines):
        return {"mean": np.nan, "mean_abs": np.nan, "mean_square": np.nan, "count": 0}
    return {
        "mean": float(cosines.mean()),
        "mean_abs": float(np.abs(cosines).mean()),
        "mean_square": float((cosines**2).mean()),
        "count": len(cosines),
    }

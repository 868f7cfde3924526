"""Does anything jump at the width at which a regular lattice of bumps joins up? The sweep `pitch`, measured.

Below pitch / kappa no two training images are linked, above it all are one cluster. Counts, coverage and distances do not
change there. So a jump at that width speaks for percolation, and nothing else does.
"""

import math
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from bumpbook.frame import studies
from bumpbook.frame.finished import finished
from bumpbook.frame.first_crossing import crossing
from bumpbook.frame.lattice_sweeps import pitched
from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.experiment import Experiment
from bumpworld.files import ResultError
from bumpworld.instruments.overlap import KINDS, interaction_radius
from bumpworld.store import Store

# the limits that results/predictions/percolation.json states
JUMP, SURELY = 0.25, 0.1
FIRST = ("cosine", 0.005)
TAUS = (0.005, 0.05)
# the sweep of the same lattices with bumps far wider than joining up asks for
WIDER = "wide-lattices"
PERCOLATION, GLIDE, OPEN = "percolation", "glide", "open"


def thresholds() -> dict[tuple[str, float], float]:
    """Widths in a pitch, pitch / sigma, at which a regular lattice joins up: kappa, for every overlap and tau."""
    return {(kind, tau): float(interaction_radius(1.0, tau, kind=kind)) for kind in KINDS for tau in TAUS}


def outcomes(store: Store | None = None, sweep: str = "pitch") -> pd.DataFrame:
    """A row for each finished network of ``sweep`` that learned its labels: lattice, width, and shares of unseen labels right.

    ``fine`` is within 0.45 px, ``coarse`` within 1 px, ``x`` the one coordinate within 0.45 px, ``error`` the denoising error
    of unseen labels over an image's energy. Raises ResultError where no network is finished.
    """
    return _outcomes(*finished(sweep, store)).copy()


# a page asks for it in four findings and a figure
@cache
def _outcomes(store: Store, there: tuple[Experiment, ...], written: tuple[int, ...]) -> pd.DataFrame:
    rows, names = [], {train_on: (name, step) for name, (step, train_on) in pitched(16).items()}
    for experiment in there:
        result = store.load(experiment)
        name, step = names[experiment.train_on]
        fine, coarse = (result.accuracy(tolerance)["unseen"] for tolerance in (0.45, 1.0))
        row = {"lattice": name, "turned": name.startswith("turned"), "pitch": step, "seed": experiment.seed}
        row |= {"sigma": experiment.canvas.sigma, "widths": step / experiment.canvas.sigma}
        row |= {"fine": fine[2], "coarse": coarse[2], "x": (fine[0] + fine[1]) / 2, "key": experiment.key}
        energy = float((experiment.canvas.render(experiment.canvas.lattice()) ** 2).mean())
        row |= {"error": result.record["denoising_error"]["unseen"] / energy, "learned": result.learned}
        rows.append(row)
    table = pd.DataFrame(rows)
    return table[table.learned]


def turned() -> pd.DataFrame:
    """`outcomes` of the turned lattices alone, on which every value is trained: the rules are about these.

    Raises ResultError where one of them has no finished network.
    """
    rows = outcomes()
    rows = rows[rows.turned]
    if rows.lattice.nunique() < 2:
        raise ResultError(
            "networks of one turned lattice or none are finished; run `bumpworld run pitch` first"
        )
    return rows


class Composable(NamedTuple):
    """A lattice's training ``labels``, and the ``share`` of the unseen ones of which x and y were both trained."""

    labels: int
    share: float


def composable(name: str) -> Composable:
    """What can be put together from values that the lattice ``name`` trains. Raises KeyError for an unknown name."""
    split = pitched(16)[name][1].split(Canvas(size=16))
    train, unseen = split.train.numpy(), split.labels[split.held_out].numpy()
    known = np.isin(unseen[:, 0], train[:, 0]) & np.isin(unseen[:, 1], train[:, 1])
    return Composable(len(train), float(known.mean()))


def starts(rows: pd.DataFrame, level: float, of_widest: bool = False, column: str = "fine") -> pd.Series:
    """Widths a pitch, pitch / sigma, at which ``column`` first reaches ``level``, one number for each lattice and seed.

    On straight lines between the widths that were trained, from narrow bumps to wide ones; NaN where it never does.
    ``of_widest``: the level is a share of what the widest bumps reach.
    """
    found = {}
    for (lattice, seed), part in rows.sort_values("widths", ascending=False).groupby(["lattice", "seed"]):
        unit = part[column].iloc[-1] if of_widest else 1.0
        at = crossing(-np.log(part["widths"]), part[column], level * unit)
        found[lattice, seed] = math.nan if at is None else math.exp(-at)
    return pd.Series(found)


def with_pieces() -> pd.DataFrame:
    """`turned`, with what the study ``joined`` measured on the networks' representations."""
    measured = studies.table(studies.study("joined"))
    return turned().merge(measured.drop(columns=["sweep", "seed"]), on="key")


class Step(NamedTuple):
    """A step at ``at`` widths a pitch, its interval, the scatter of a network and the ``n`` networks."""

    at: float
    size: float
    low: float
    high: float
    scatter: float
    n: int

    @property
    def verdict(self) -> str:
        """What the rule that was written down before says of it."""
        if self.size >= JUMP and self.low > SURELY:
            return PERCOLATION
        return GLIDE if self.high < JUMP else OPEN


def step(rows: pd.DataFrame, column: str, at: float, level: float = 0.95) -> Step:
    """The common step of ``column`` at ``at`` widths a pitch, beside a parabola in log(pitch / sigma) for each lattice.

    Least squares with the networks as units; the interval is Student's. Positive where wider bumps have more. Raises
    ValueError for a table with too few networks, or with none on one side.
    """
    level = checks.number("level", level, above=0, below=1)
    design, values = _design(rows, at), rows[column].to_numpy(float)
    return _fit(values, at, *_solved(design, level))


def power(
    rows: pd.DataFrame, column: str, at: float, size: float, draws: int = 2000, seed: int = 0
) -> dict[str, float]:
    """How often the rule says what, were there a step of ``size`` on the measured parabolas with the measured scatter."""
    design, rng = _design(rows, at), np.random.default_rng(seed)
    smooth = design[:, :-1] @ np.linalg.lstsq(design[:, :-1], rows[column].to_numpy(float), rcond=None)[0]
    solved = _solved(design, 0.95)
    scatter = _fit(rows[column].to_numpy(float), at, *solved).scatter
    found = {PERCOLATION: 0, GLIDE: 0, OPEN: 0}
    for _ in range(draws):
        drawn = smooth + size * design[:, -1] + scatter * rng.standard_normal(len(smooth))
        found[_fit(drawn, at, *solved).verdict] += 1
    return {name: count / draws for name, count in found.items()}


def smooth_null(
    rows: pd.DataFrame, column: str, at: float, draws: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """Ends of the middle 95 % of the steps that the fit finds at ``at`` where S-curves without any step are true.

    A parabola bends less than accuracy does, which is 0 for narrow bumps and levels off for wide ones: that alone leaves
    a step. So each lattice gets a logistic curve in log(pitch / sigma) with a height of its own, fitted to the same
    networks, and networks are drawn around it with the scatter that is left. It can be as steep as a step: a step within
    these ends may be a glide, and one outside of them does not occur.
    """
    from scipy.optimize import curve_fit

    curve = lambda place, height, middle, slope: height / (1 + np.exp(slope * (place - middle)))
    values, place = rows[column].to_numpy(float), np.log(rows["widths"].to_numpy() / at)
    smooth, used = np.zeros(len(rows)), 0
    for lattice in rows["lattice"].unique():
        here = rows["lattice"].eq(lattice).to_numpy()
        start = min(1.0, values[here].max()), float(np.clip(np.median(place[here]), -1, 1)), 10.0
        found = curve_fit(curve, place[here], values[here], start, bounds=([0, -1, 1], [1, 1, 100]))[0]
        smooth[here], used = curve(place[here], *found), used + 3
    scatter = math.sqrt(((values - smooth) ** 2).sum() / (len(rows) - used))
    design, rng = _design(rows, at), np.random.default_rng(seed)
    drawn = smooth + scatter * rng.standard_normal((draws, len(rows)))
    steps = drawn @ np.linalg.pinv(design).T[:, -1]
    low, high = np.percentile(steps, (2.5, 97.5))
    return float(low), float(high)


def _design(rows: pd.DataFrame, at: float) -> np.ndarray:
    """Columns of the fit (n, 3 lattices + more seeds + 1); the last is the step."""
    place = np.log(rows["widths"].to_numpy() / at)
    columns = []
    for _, part in rows.groupby("lattice"):
        here = rows["lattice"].eq(part.lattice.iloc[0]).to_numpy(float)
        columns += [here, here * place, here * place**2]
        # each network of another seed draws other noise: one offset a seed
        columns += [here * rows["seed"].eq(other).to_numpy(float) for other in sorted(part.seed.unique())[1:]]
    joined = place < 0
    if joined.all() or not joined.any():
        raise ValueError(f"all networks lie on one side of {at:.2f} widths a pitch; a step needs both")
    return np.stack([*columns, joined.astype(float)], axis=1)


def _solved(design: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray, float]:
    """What every fit to the columns ``design`` shares: them, their pseudo-inverse, half an interval in units of the scatter."""
    from scipy.stats import t

    networks, numbers = design.shape
    if networks - numbers < 3:
        raise ValueError(f"{networks} networks for {numbers} numbers; needed are three more, or more")
    inverse = np.linalg.inv(design.T @ design)
    reach = float(t.ppf((1 + level) / 2, networks - numbers)) * math.sqrt(inverse[-1, -1])
    return design, inverse @ design.T, reach


def _fit(values: np.ndarray, at: float, design: np.ndarray, inverse: np.ndarray, reach: float) -> Step:
    found = inverse @ values
    scatter = math.sqrt(((values - design @ found) ** 2).sum() / (len(values) - len(found)))
    size, reach = float(found[-1]), reach * scatter
    return Step(float(at), size, size - reach, size + reach, scatter, len(values))

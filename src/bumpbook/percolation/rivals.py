"""Rival explanations of the onset of learning, compared by how well each predicts drawings that it was not fitted to.

Every rival is one number for each held-out label of a model. A logistic curve turns that number into a chance of a
right drawing. The curve is fitted without one width of bump (or without one seed) and judged on what was left out, so
that a rival gains nothing by bending itself to the data. What it gains over a constant rate is its score.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
import pandas as pd

from bumpbook.frame.foretell import bits, logistic
from bumpbook.frame.tables import fine_tolerance
from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.experiment import Experiment
from bumpworld.instruments.lattice import bipartite_components, predicted_onset
from bumpworld.instruments.overlap import KINDS, overlap
from bumpworld.selection import Selection
from bumpworld.store import Result

from .predictions import by_kernel

TAUS = (0.005, 0.05)  # the paper's overlap threshold, and the one of its appendix
PERCOLATION, OTHER = "percolation", "other"


@dataclass(frozen=True)
class Rival:
    """One explanation: its name, its family (`PERCOLATION` or `OTHER`) and what its number is."""

    name: str
    family: str
    words: str


def _rivals() -> tuple[Rival, ...]:
    others = {
        "number of labels": "log2 of the number of training labels",
        "bipartite": "share of the training labels whose chain of common values links the label's x with its y",
        "values seen": "how many of the label's two values were trained on",
        "nearest label": "distance to the nearest training label, in pixels",
        "nearest in widths": "distance to the nearest training label, in units of sigma",
        "mean nearest": "mean distance in pixels from a held-out label of the model to the nearest training label",
        "training steps": "log2 of the number of steps after which training had stopped",
        "energy": "log2 of the summed energy of all training images as the network is given them",
    }
    found = [Rival(name, OTHER, words) for name, words in others.items()]
    for kind, tau in product(KINDS, TAUS):
        words = f"log2 of density over the lattice's threshold, {kind} overlap from {tau:g}"
        found.append(Rival(f"density, {kind} {tau:g}", PERCOLATION, words))
    for kind, tau in product((*KINDS, "pixels"), TAUS):
        words = f"share of the training labels in the largest cluster in reach, {kind} overlap from {tau:g}"
        found.append(Rival(f"cluster, {kind} {tau:g}", PERCOLATION, words))
    return tuple(found)


RIVALS = _rivals()
# how pages and figures call those whose column has a short name
SHOWN = {
    "bipartite": "bipartite component",
    "nearest label": "distance to the nearest label",
    "nearest in widths": "distance to the nearest, in widths",
    "mean nearest": "mean distance to the nearest",
    "training steps": "time of training",
    "energy": "brightness of all images",
}
# of the later sweep `grid`: its predictions name it, those of the first sweep did not
KERNEL = Rival(
    "kernel", OTHER, "whether a kernel regression whose width is learnt draws the label within 0.45 px"
)


def shown(name: str) -> str:
    """The name of a rival in words; of others the name as it is."""
    # a person
    return SHOWN.get(name, str(name)).replace("bhattacharyya", "Bhattacharyya")


def outcomes(
    results: Iterable[Result],
    fine: bool = False,
    tolerance: float | None = None,
    every: float | None = None,
    kernel: bool = False,
) -> pd.DataFrame:
    """A row for each held-out 2D label of every model: ``right``, the settings, and a column for each of `RIVALS`.

    Right means both factors within ``tolerance`` pixels; where none is given within 1 px, or below half the spacing when
    ``fine``. With ``every`` only labels at multiples of so many pixels are asked for: worlds of other spacings can have one
    test set. With ``kernel`` there is a column for `KERNEL` as well. Models that never learned their own training labels are
    left out. Raises ValueError when no model is left, and for worlds with a margin.
    """
    checks.instance("results", results, Iterable, " of Results")
    for name, value in (("tolerance", tolerance), ("every", every)):
        if value is not None:
            checks.number(name, value, above=0)
    parts = []
    for result in results:
        if not checks.instance("results", result, Result).learned:
            continue
        experiment = result.experiment
        split = experiment.train_on.split(experiment.canvas)
        within = tolerance or (fine_tolerance(experiment.canvas) if fine else 1.0)
        right = result.judgement().right(within)[split.held_out, 2]
        part = {
            "key": experiment.key,
            "seed": experiment.seed,
            "sigma": experiment.canvas.sigma,
            "spacing": experiment.canvas.spacing,
            "normalised": experiment.energy_normalised,
            "labels": len(split.train),
            "right": right.numpy(),
        }
        rows = pd.DataFrame(part | features(experiment, result.record["training"]["steps"]))
        if every:
            rows = rows[_asked(split, every).numpy()].copy()
        if kernel:
            rows[KERNEL.name] = _by_kernel(experiment.canvas, experiment.train_on, every)
        parts.append(rows)
    if not parts:
        raise ValueError("no model that learned its training labels; at least one is needed")
    return pd.concat(parts, ignore_index=True)


def _asked(split, every: float | None):
    """Which held-out labels are asked for: those at multiples of ``every`` pixels, or all."""
    labels = split.labels[split.held_out]
    return (labels % every == 0).all(1) if every else labels[:, 0] == labels[:, 0]


@cache
def _by_kernel(canvas: Canvas, train_on: Selection, every: float | None) -> np.ndarray:
    # networks of all seeds share their training set, and the fit takes longer than all else
    split = train_on.split(canvas)
    return by_kernel(canvas, split.train, split.labels[split.held_out][_asked(split, every)]) * 1.0


def features(experiment: Experiment, steps: int) -> dict[str, np.ndarray]:
    """The number of each of `RIVALS` for every held-out label of ``experiment``, trained for ``steps`` steps.

    Raises ValueError for a world with a margin, in which labels are not all alike, and when no label is held out.
    """
    canvas = experiment.canvas
    if canvas.margin:
        raise ValueError(f"margin is {canvas.margin}; allowed is a world of 2D labels alone, margin 0")
    found = {name: values.copy() for name, values in _of_labels(canvas, experiment.train_on).items()}
    ones, count = np.ones(len(found["bipartite"])), len(experiment.train_on.split(canvas).train)
    found["training steps"] = np.log2(steps) * ones
    found["energy"] = np.log2(count * _energy(experiment)) * ones
    return found


# networks of both energies share their labels, and a page asks for them at two tolerances
@cache
def _of_labels(canvas: Canvas, train_on: Selection) -> dict[str, np.ndarray]:
    """The numbers of all rivals that know only which labels were trained."""
    split = train_on.split(canvas)
    train, held_out = split.train.numpy(), split.labels[split.held_out].numpy()
    if not len(held_out):
        raise ValueError(f"no label is held out by {train_on!r}; there is nothing to foretell")
    count, ones = len(train), np.ones(len(held_out))
    nearest = _distances(canvas)[split.held_out.numpy()][:, split.train_mask.numpy()].min(1)
    seen = sum(np.isin(held_out[:, f], train[:, f]).astype(float) for f in (0, 1))
    found = {
        "number of labels": np.log2(count) * ones,
        "bipartite": _chained(train, held_out),
        "values seen": seen,
        "nearest label": nearest,
        "nearest in widths": nearest / canvas.sigma,
        "mean nearest": nearest.mean() * ones,
    }
    density = count / len(split.labels)
    for kind, tau in product(KINDS, TAUS):
        onset = predicted_onset(canvas.sigma, canvas.spacing, tau, kind).staircase
        found[f"density, {kind} {tau:g}"] = (
            np.log2(density / onset) * ones if onset < np.inf else -np.inf * ones
        )
    for kind, tau in product((*KINDS, "pixels"), TAUS):
        linked = _overlaps(canvas, kind) >= tau
        found[f"cluster, {kind} {tau:g}"] = _cluster_in_reach(linked, split.train_mask.numpy())
    return found


def held_out_losses(frame: pd.DataFrame, rival: str | None, by: str) -> pd.Series:
    """Bits a drawing that a ``rival`` (None: the constant rate) loses on each model, from a fit without its ``by`` group.

    ``frame`` is as `outcomes` gives it and ``by`` "sigma", "seed" or "normalised". All models weigh the same.
    Raises ValueError for an unknown rival or column, fewer than two groups, and numbers that are not finite.
    """
    for name in (by,) if rival is None else (by, rival):
        if name not in frame:
            raise ValueError(f"column is {name!r}; allowed are {', '.join(frame.columns)}")
    groups = frame[by].unique()
    if len(groups) < 2:
        raise ValueError(f"all models have one {by}; to leave one out takes two or more")
    values = np.zeros(len(frame)) if rival is None else frame[rival].to_numpy(float)
    if not np.isfinite(values).all():
        raise ValueError(f"{rival!r} is not finite for some labels; leave their models out")
    right, weight = (
        frame["right"].to_numpy(bool),
        1 / frame.groupby("key")["right"].transform("size").to_numpy(),
    )
    chance = np.empty(len(frame))
    for group in groups:
        test = (frame[by] == group).to_numpy()
        chance[test] = logistic(values[~test], right[~test], weight[~test])(values[test])
    return pd.Series(bits(chance, right)).groupby(frame["key"].to_numpy()).mean()


def compare(
    frame: pd.DataFrame, by: str, draws: int = 2000, seed: int = 0, also: tuple[Rival, ...] = ()
) -> pd.DataFrame:
    """Score of `RIVALS` and those ``also`` entered when whole groups of ``by`` ("sigma", "spacing", "seed") are left out, best first.

    A row for each rival: ``family``, ``gain`` (bits a drawing saved over the constant rate), ``low`` and ``high`` of
    its 95 % interval from ``draws`` bootstrap samples of models, and ``models``. Raises as `held_out_losses`.
    """
    null, rows = held_out_losses(frame, None, by), []
    for rival in (*RIVALS, *also):
        gain, low, high = difference(null, held_out_losses(frame, rival.name, by), draws, seed)
        rows.append((rival.name, rival.family, gain, low, high, len(null)))
    table = pd.DataFrame(rows, columns=["rival", "family", "gain", "low", "high", "models"])
    return table.set_index("rival").sort_values("gain", ascending=False, kind="stable")


def difference(
    first: pd.Series, second: pd.Series, draws: int = 2000, seed: int = 0
) -> tuple[float, float, float]:
    """Mean of first - second over models, and its bootstrap 95 % interval: the same models are drawn for both."""
    for name, losses in (("first", first), ("second", second)):
        checks.instance(name, losses, pd.Series, " as held_out_losses gives")
    draws, rng = checks.whole("draws", draws, 1), np.random.default_rng(checks.seed("seed", seed))
    apart = (first - second).to_numpy()
    picks = rng.integers(len(apart), size=(draws, len(apart)))
    low, high = np.percentile(apart[picks].mean(1), (2.5, 97.5))
    return float(apart.mean()), float(low), float(high)


@cache
def _distances(canvas: Canvas) -> np.ndarray:
    """Distances in pixels between all labels of a world, (n, n), around the torus where there is one."""
    labels = canvas.lattice().double().numpy()
    apart = np.abs(labels[:, None] - labels[None])
    if canvas.periodic:
        apart = np.minimum(apart, canvas.size - apart)
    return np.hypot(apart[..., 0], apart[..., 1])


@cache
def _overlaps(canvas: Canvas, kind: str) -> np.ndarray:
    """Overlap of all pairs of labels, (n, n): by formula, or the cosine of the rendered "pixels"."""
    if kind != "pixels":
        return overlap(_distances(canvas), canvas.sigma, kind)
    flat = canvas.render(canvas.lattice()).flatten(1).double().numpy()
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)
    return flat @ flat.T


@cache
def _energy(experiment: Experiment) -> float:
    """Mean energy of the training images, the sum of squares over pixels; pi where they are normalised to it."""
    if experiment.energy_normalised:
        return np.pi
    images = experiment.canvas.render(experiment.train_on.split(experiment.canvas).train)
    return float((images**2).sum((1, 2, 3)).mean())


def _cluster_in_reach(linked: np.ndarray, trained: np.ndarray) -> np.ndarray:
    """For each held-out label the share of training labels in the largest cluster that it is ``linked`` (n, n) with."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    names = connected_components(csr_array(linked[trained][:, trained]), directed=False)[1]
    share = np.bincount(names)[names] / len(names)
    return np.where(linked[~trained][:, trained], share, 0.0).max(1)


def _chained(train: np.ndarray, held_out: np.ndarray) -> np.ndarray:
    """Share of the training labels in the component that holds both the x and the y of a held-out label, else 0."""
    values = np.unique(np.concatenate([train, held_out]))
    graph = bipartite_components(np.searchsorted(values, train))
    of_x, of_y = np.full((2, len(values)), -1)
    of_x[graph.x_values], of_y[graph.y_values] = graph.x_component, graph.y_component
    x, y = of_x[np.searchsorted(values, held_out[:, 0])], of_y[np.searchsorted(values, held_out[:, 1])]
    return np.where((x == y) & (x >= 0), graph.sizes[x] / len(train), 0.0)

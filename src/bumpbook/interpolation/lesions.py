"""The models of the lesion sweep: where their gap lies, what the stored ones draw in it, and all of them by width of the gap.

A lesion takes away whole columns of labels. Its *gap* is the distance R - L between the trained columns at its two
edges: a band of w columns at spacing s leaves a gap of w + s pixels, the same measure for every spacing.
"""

from functools import lru_cache

import pandas as pd
import torch
from torch import Tensor

from bumpbook.frame import tables
from bumpbook.frame.commands import typed
from bumpbook.frame.sweeps import sweep
from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.evaluate import NOISE_SEED, draw
from bumpworld.experiment import Experiment
from bumpworld.selection import Selection, everything
from bumpworld.store import Result, ResultError, Store

from .outcomes import OUTCOMES, outcomes, require_plain

# pixels: the same at both spacings, which are compared; at a spacing of 1 it is below half a step
FINE = tables.FINE


def edges(canvas: Canvas, train_on: Selection) -> tuple[float, float]:
    """The trained columns L and R nearest to a lesion on its left and on its right.

    Raises ValueError for another selection, for a world in which bumps of free brightness are not fitted, and for a
    lesion that ends at the frame's edge and so has one side only.
    """
    require_plain(canvas)
    if train_on.rule != "lesion":
        raise ValueError(f"train_on is {train_on!r}; allowed is a lesion(low, high)")
    low, high = (dict(train_on.settings)[name] for name in ("low", "high"))
    axis = canvas.axis()
    left, right = axis[axis < low], axis[axis >= high]
    if not (len(left) and len(right)):
        raise ValueError(f"{train_on!r} leaves nothing to train on at one side of {canvas}")
    return float(left.max()), float(right.min())


def sides(experiment: Experiment) -> tuple[float, float]:
    """`edges` of an experiment's world."""
    checks.instance("experiment", experiment, Experiment)
    return edges(experiment.canvas, experiment.train_on)


def width(experiment: Experiment) -> float:
    """Width of an experiment's lesion in pixels, its number of columns times their spacing."""
    settings = dict(experiment.train_on.settings)
    return settings["high"] - settings["low"]


def inside(experiment: Experiment) -> Tensor:
    """Labels (n, 2) of an experiment's lesion, in lattice order, x running fastest. Raises ValueError as `edges`."""
    sides(experiment)
    return experiment.train_on.split(experiment.canvas).test["lesion"]


def trained_columns(experiment: Experiment) -> Tensor:
    """The x of every column that is trained on, (m,), rising."""
    return experiment.train_on.split(experiment.canvas).train[:, 0].unique()


def shown(store: Store | None = None) -> dict[float, Experiment]:
    """Experiments of the lesion sweep with weights in the store, by width of the lesion; at most one for each width.

    Raises ResultError when there is none.
    """
    store = store or Store()
    found = [e for e in sweep("lesion").experiments if store.has(e, weights=True)]
    if not found:
        raise ResultError(
            f"{store.root} has no model of the lesion sweep; `{typed(sweep('lesion').command, store)}` trains them"
        )
    return {width(e): e for e in sorted(found, key=lambda e: (width(e), -e.seed))}


def control() -> Experiment:
    """The experiment that was trained on every label, under the seed whose weights are stored."""
    return next(e for e in sweep("first").experiments if e.train_on == everything() and e.seed == 0)


def drawings(experiment: Experiment, noises: int = 3, steps: int = 20, store: Store | None = None) -> Tensor:
    """Pictures (noises, n, 1, size, size) that the stored model of ``experiment`` draws for the n labels of its lesion.

    Each label is drawn once from each of ``noises`` sets of starting noise, in as many steps as for the
    records. They are kept in memory: a second call is free. Raises ValueError as `edges` does and for noises < 1, and ResultError where the store has no weights.
    """
    return _drawings(experiment, checks.whole("noises", noises, 1), steps, store or Store())


@lru_cache(maxsize=32)
def _drawings(experiment: Experiment, noises: int, steps: int, store: Store) -> Tensor:
    labels = inside(experiment)
    model = stored_model(experiment, store)
    return torch.stack([draw(model, labels, steps, NOISE_SEED + k) for k in range(noises)])


def stored_model(experiment: Experiment, store: Store | None = None):
    """The trained model of ``experiment``. Raises ResultError where there is no record, or one without weights."""
    store = store or Store()
    model = store.load(experiment).model
    if model is None:
        raise ResultError(
            f"{store.weights_path(experiment)} is not there: only some models ship their weights"
        )
    return model


def by_gap(store: Store | None = None, preset: str = "quick") -> pd.DataFrame:
    """Every finished model of a preset's lesion sweep, a row each: spacing, width, gap, seed, learned, and shares in the lesion.

    ``right`` and ``fine`` are shares of the lesion drawn right at a tolerance of 1 px and of 0.45 px. Raises
    FileNotFoundError, naming the command to run, when no model is finished.
    """
    store, source, rows = store or Store(), sweep("lesion", preset), []
    for e in source.experiments:
        if store.has(e):
            result, (left, right) = store.load(e), sides(e)
            shares = {name: result.accuracy(at)["lesion"][2] for name, at in (("right", 1.0), ("fine", FINE))}
            rows.append({"spacing": e.canvas.spacing, "width": width(e), "gap": right - left, "seed": e.seed})
            rows[-1] |= {"learned": result.learned, **shares}
    if not rows:
        command = typed(source.command, store)
        raise FileNotFoundError(f"no model of 'lesion' is finished; run `{command}` first")
    return pd.DataFrame(rows)


def finished(spacing: float = 1.0, store: Store | None = None) -> list[Result]:
    """Results of the lesion sweep at one spacing that are in the store and that learned their training labels."""
    store = store or Store()
    found = [e for e in sweep("lesion").experiments if e.canvas.spacing == spacing and store.has(e)]
    return [result for result in map(store.load, found) if result.learned]


def outcome_shares(experiment: Experiment, images: Tensor) -> tuple[dict[str, float], int]:
    """Share of every outcome of `interpolation.outcomes` among pictures (noises, n, 1, size, size) of a lesion, and their number."""
    labels = inside(experiment).repeat(len(images), 1)
    found = outcomes(images.flatten(0, 1), labels, experiment.canvas, sides(experiment))
    return {name: float((found == k).float().mean()) for k, name in enumerate(OUTCOMES)}, len(found)

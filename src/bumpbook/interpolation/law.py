"""The law of holes: which held-out labels are drawn right, foretold from one number a label on holes never fitted.

What is compared, how it is split and how it is scored was written down before a hole was trained
(`results/predictions/holes.json`).
"""

from functools import lru_cache

import numpy as np
import pandas as pd
import torch

from bumpbook.frame import tables
from bumpbook.frame.code_sweeps import code_name
from bumpbook.frame.commands import typed
from bumpbook.frame.foretell import bits, logistic
from bumpbook.frame.holes import KINDS, random_holes
from bumpbook.frame.painting import paint
from bumpbook.frame.sweeps import Sweep, sweep
from bumpworld.experiment import Experiment
from bumpworld.instruments.spread import Spread, spread
from bumpworld.store import Store
from bumpworld.unet import UNetConfig

from . import coverage
from .kernel import foretold

PREDICTORS = {
    "coverage": "distance of a told coordinate to its nearest trained value",
    "corner": "how nearly three trained labels make a rectangle with it, along the told axes",
    "gap": "gap between trained values in which a told coordinate lies",
    "gap in x and y": "the same, as if x and y were told",
    "coverage in x and y": "distance of x or y to its nearest trained value, whatever is told",
    "pixels": "distance to the nearest trained label",
    "code": "the same between the codes that the network receives",
    "regression": "cosine to the truth of what a regression on the codes draws",
    "copy": "would a copy of the nearest trained label be right",
}
OTHERS = ("pixels", "code", "regression", "copy")  # what coverage, corner and two gaps have to beat
TWO_GAPS = ("gap", "gap in x and y")
LAWS = {name: (name,) for name in PREDICTORS} | {"two gaps": TWO_GAPS}
TEN = 10  # holes in a row that are fitted, or foretold, together
SHUFFLES = 10


def rows(found: Sweep, store: Store | None = None) -> pd.DataFrame:
    """A row for each held-out label of every model of a sweep that is in the store and learned its training labels.

    ``right`` is within 0.45 px, ``near`` within 1 px; further ``key``, ``told``, ``seed``, ``x``, ``y`` and a column
    for each of `PREDICTORS`, where "copy" stands for 1 px and is 0 for every label within .45. Raises
    FileNotFoundError, naming the command to run, when there is no such model.
    """
    store, parts = store or Store(), []
    for result in (store.load(e) for e in found.experiments if store.has(e)):
        experiment = result.experiment
        if result.learned:
            held = experiment.train_on.split(experiment.canvas).held_out
            verdict = result.judgement()
            part = {"key": experiment.key, "told": code_name(experiment.unet), "seed": experiment.seed}
            part |= {"rule": repr(experiment.train_on)}
            for name, at in (("right", tables.fine_tolerance(experiment.canvas)), ("near", 1.0)):
                part[name] = verdict.right(at)[held, 2].numpy()
            parts.append(pd.DataFrame(part | numbers(experiment)))
    if not parts:
        command = typed(found.command, store)
        raise FileNotFoundError(f"no model of {found.name!r} is finished; run `{command}` first")
    return pd.concat(parts, ignore_index=True)


def holes(store: Store | None = None) -> pd.DataFrame:
    """`rows` of the sweep of random holes, with the number of each ``hole`` in the order of `random_holes`."""
    found = sweep("holes")
    side = found.experiments[0].canvas.size
    number = {repr(paint(~hole)): k for k, hole in enumerate(random_holes(side))}
    table = rows(found, store)
    return table.assign(hole=table["rule"].map(number))


def examples(table: pd.DataFrame, seed: int = 0, count: int = 4) -> tuple[int, ...]:
    """The first hole of each kind that is measured under every code of the ``table``, at most ``count`` of them."""
    codes = table[table.seed == seed].groupby("hole").told.nunique()
    whole, found = sorted(codes.index[codes == table.told.nunique()]), {}
    for hole in whole:
        found.setdefault(KINDS[hole % len(KINDS)], int(hole))
    shown = ("rectangle", "band", "diagonal", "disc", "line")
    return tuple(found[kind] for kind in shown if kind in found)[:count]


def numbers(experiment: Experiment) -> dict[str, np.ndarray]:
    """x, y and the number of each of `PREDICTORS` for every held-out label (n,) of an experiment."""
    return _numbers(experiment.canvas, experiment.train_on, experiment.unet)


@lru_cache(maxsize=512)
def _numbers(canvas, train_on, unet) -> dict[str, np.ndarray]:
    split, far = train_on.split(canvas), float(canvas.size)
    labels, trained = split.labels[split.held_out], split.train
    plain = UNetConfig.quick()
    cosine = torch.cosine_similarity(
        foretold(canvas, labels, trained, unet).flatten(1), canvas.render(labels).flatten(1)
    )
    copied = (labels - trained[torch.cdist(labels, trained).argmin(1)]).abs().max(1).values
    found = {
        "x": labels[:, 0],
        "y": labels[:, 1],
        "coverage": coverage.missing(labels, trained, unet, far),
        "corner": coverage.corner(labels, trained, unet, far),
        "gap": coverage.gap(labels, trained, unet, far),
        "gap in x and y": coverage.gap(labels, trained, plain, far),
        "coverage in x and y": coverage.missing(labels, trained, plain, far),
        "pixels": coverage.nearest(labels, trained),
        "code": coverage.nearest_code(labels, trained, unet),
        "regression": cosine,
        "copy": (copied <= 1).double(),
    }
    return {name: value.numpy() for name, value in found.items()}


def weights(table: pd.DataFrame) -> np.ndarray:
    """What each row weighs, (n,): all holes alike, in a hole all models alike, in a model all labels alike."""
    labels = table.groupby("key")["right"].transform("size")
    models = table.groupby("hole")["key"].transform("nunique")
    return (1 / labels / models).to_numpy(float)


def half(hole: pd.Series) -> pd.Series:
    """Which half each hole belongs to, 0 or 1: tens of holes in turn, each with every kind twice."""
    return hole // TEN % 2


def chances(table: pd.DataFrame, columns: tuple[str, ...], outcome: str = "right") -> np.ndarray:
    """The chance (n,) that a logistic curve in ``columns``, fitted on the other half of the holes, gives every row.

    Without columns it is the other half's constant rate. Raises ValueError when one of the halves is empty.
    """
    side, right = half(table["hole"]).to_numpy(), table[outcome].to_numpy(bool)
    if set(side) != {0, 1}:
        raise ValueError(f"holes {sorted(set(table['hole']))}; needed are some of both halves")
    chance, weight = np.empty(len(table)), weights(table)
    for k in (0, 1):
        fit, test = side != k, side == k
        known = values(table, columns, outcome)
        chance[test] = logistic(known[fit], right[fit], weight[fit])(known[test])
    return chance


def saved(table: pd.DataFrame, columns: tuple[str, ...], outcome: str = "right") -> pd.Series:
    """Bits a label that the curve in ``columns`` saves over the constant rate, by hole."""
    right = table[outcome].to_numpy(bool)
    base, cost = (bits(chances(table, c, outcome), right) for c in ((), columns))
    models = pd.Series(base - cost).groupby([table["hole"].to_numpy(), table["key"].to_numpy()]).mean()
    return models.groupby(level=0).mean()


def scores(table: pd.DataFrame, outcome: str = "right") -> pd.DataFrame:
    """`saved` of all `LAWS`, a column each and a row a hole."""
    return pd.DataFrame({name: saved(table, columns, outcome) for name, columns in LAWS.items()})


def best_of_others(found: pd.DataFrame) -> str:
    """Which of `OTHERS` saves most on these holes: chosen on what it is judged by, which is in its favour."""
    return found[list(OTHERS)].mean().idxmax()


def lead(found: pd.DataFrame, first: str, second: str) -> Spread:
    """Bits a label by which one law is ahead of another, over holes."""
    return spread(found[first] - found[second])


def null(table: pd.DataFrame, law: str = "coverage", outcome: str = "right", seed: int = 0) -> Spread:
    """Bits a label that shuffled numbers save: the rows of ``law``'s numbers are dealt out anew within each half, over ten deals."""
    rng, found = np.random.default_rng(seed), []
    columns, side = list(LAWS[law]), half(table["hole"]).to_numpy()
    for _ in range(SHUFFLES):
        dealt = table.copy()
        for k in (0, 1):
            there = np.flatnonzero(side == k)
            dealt.loc[there, columns] = table.loc[rng.permutation(there), columns].to_numpy()
        found.append(float(saved(dealt, LAWS[law], outcome).mean()))
    return spread(found)


def values(table: pd.DataFrame, columns: tuple[str, ...], outcome: str = "right") -> np.ndarray:
    """The numbers of ``columns`` for every row, (n, k); a single column of zeros where there is none."""
    if not columns:
        return np.zeros((len(table), 1))
    values = table[list(columns)].to_numpy(float).copy()
    if outcome == "right":  # no copy is within 0.45 px
        values[:, [c == "copy" for c in columns]] = 0
    return values

"""Checks of chapter 5: a finer ruler, blanks, a bridge, shape as a third part, and what stripes taught a network."""

from collections.abc import Mapping
from functools import cache

import numpy as np
import torch

from bumpbook.frame.answers import WrongKind, by_key, number, numbers
from bumpbook.frame.exercises import exercise
from bumpbook.frame.sweeps import sweep
from bumpworld.canvas import Canvas
from bumpworld.instruments.baselines import BASELINES
from bumpworld.selection import held_out_square, stripes_only
from bumpworld.store import ResultError, Store

NAMES = ", ".join(f"'{name}'" for name in BASELINES)
WORLD = Canvas(margin=3)


@exercise(
    "composition-ruler",
    minutes=10,
    wants=f"a dict from each rule ({NAMES}) to its share right within 0.45 px",
)
def ruler(answer):
    """What share of the held-out square of width 4 does each of the five rules draw right within 0.45 px?"""
    from .ladder import ladder

    given = by_key(answer, BASELINES)
    if any(not 0 <= share <= 1 for share in given.values()):
        return "a share lies between 0 and 1."
    square = held_out_square(6, 10)
    coarse, fine = (dict(ladder(Canvas(), square, px)[["source", "right"]].to_numpy()) for px in (1.0, 0.45))
    wrong = [rule for rule, share in given.items() if abs(share - fine[rule]) > 0.006]  # two decimals will do
    if not wrong:
        return None
    if all(abs(share - coarse[rule]) <= 0.006 for rule, share in given.items()):
        return "these are the shares within 1 px."
    return f"not for {wrong[0]!r}. Hold out columns and rows 6 to 9 of the plain bump world, and give `ladder` the tolerance."


@exercise(
    "composition-blanks",
    minutes=10,
    wants='a dict with whole numbers of labels at "with blanks" and "without"',
)
def blanks(answer):
    """For how many 2D labels is the additive rule's answer determined by the stripes, with blanks and without?"""
    given = by_key(answer, ("with blanks", "without"))
    stripes, asked = (part.long() for part in _stripes())
    shown = WORLD.visible(stripes.float()).any(1)
    true = {"with blanks": stripes, "without": stripes[shown]}
    true = {name: int(_tied(labels)[tuple(asked.T)].sum()) for name, labels in true.items()}
    if given == true:
        return None
    if all(abs(given[name] * len(asked) - count) < 0.5 for name, count in true.items()):
        return "these are shares. Wanted are numbers of labels."
    if given["with blanks"] != true["with blanks"]:
        return (
            "not with blanks. A blank is a thread too: it ties a column of the border to a row of the border."
        )
    if given["without"] == true["with blanks"]:
        return "the blanks do matter. Start at a visible column: to which rows do its stripes tie it?"
    return f"not without blanks. Of the {len(asked)} 2D labels, count those whose x and y a chain of stripes ties."


@exercise("composition-bridge", minutes=15, wants="a list of 2D labels (x, y), as few as possible")
def bridge(answer):
    """Which 2D labels, as few as possible, make the multiplicative rule exact on all the others?"""
    given = (
        np.zeros((0, 2)) if isinstance(answer, (list, tuple)) and not answer else numbers(answer, (None, 2))
    )
    if (given != given.round()).any() or given.min(initial=0) < 0 or given.max(initial=0) >= WORLD.span:
        return f"a label holds two whole numbers from 0 to {WORLD.span - 1}."
    given = torch.as_tensor(np.unique(given.astype(int), axis=0)).reshape(-1, 2)
    hidden = given[~WORLD.visible(given.float()).all(1)].tolist()
    if hidden:
        return f"({hidden[0][0]}, {hidden[0][1]}) is no 2D label: a factor lies outside the frame."
    stripes, asked = (part.long() for part in _stripes())
    stripes = stripes[WORLD.visible(stripes.float()).any(1)]  # a blank has no logarithm
    follow = int(_tied(torch.cat([stripes, given]))[tuple(asked.T)].sum())
    if follow < len(asked):
        return f"with these {len(given)}, {follow} of {len(asked)} 2D labels are determined, themselves included."
    islands = len(np.unique(_tied(stripes), axis=0))  # columns of one island are tied to the same rows
    if len(given) > islands - 1:
        return f"all follow from these {len(given)}, and from fewer as well."
    return None


def _stripes() -> tuple[torch.Tensor, torch.Tensor]:
    """Stripes and blanks of the world with a border, and its 2D labels."""
    split = stripes_only().split(WORLD)
    return split.train, split.test["2d"]


def _tied(labels: torch.Tensor) -> np.ndarray:
    """For every x (rows) and y (columns) of the label space: does a chain of ``labels`` lead from one to the other?"""
    known = np.zeros((WORLD.span, WORLD.span), dtype=int)
    known[tuple(labels.numpy().T)] = 1
    for _ in range(6):  # each round triples the longest chain, and none has more than 2 * 22 threads
        known = np.minimum(known @ known.T @ known, 1)
    return known.astype(bool)


@exercise(
    "composition-third",
    minutes=15,
    wants='a dict with the mean difference at "with shape" and at "positions"',
)
def third_part(answer):
    """How far is the accuracy of pairs above the product of the parts, when the parts ask for the shape and when not?"""
    given = by_key(answer, ("with shape", "positions"))
    true = _differences(Store())
    near = lambda name, other: abs(given[name] - true[other]) < 0.006  # two decimals will do
    wrong = [name for name in given if not near(name, name)]
    if not wrong:
        return None
    if near("with shape", "positions") and near("positions", "with shape"):
        return "the two stand at each other's place."
    if all(abs(value + true[name]) < 0.006 for name, value in given.items()):
        return "the size is right. Which is taken from which?"
    if wrong == ["with shape"] and near("with shape", "all regions"):
        return "this mixes all regions. Only the held-out square is asked for."
    if wrong == ["with shape"] and near("with shape", "all looks"):
        return "look only at moments when both parts are half learned, between 0.2 and 0.8."
    return f"not at {wrong[0]!r}. Average the looks of a run first, and then over runs, as `emergence` does in `excess`."


@cache
def _differences(store: Store) -> dict[str, float]:
    """Mean differences as they are asked for, and those of two mistakes."""
    from bumpbook.frame.tables import history
    from bumpworld.instruments.emergence import emergence, of_runs

    everything = history(sweep("first"), store)
    looks = everything[everything.region == "square"]
    runs = [store.load(e) for e in sweep("first").experiments if store.has(e)]
    mean = lambda rows, **more: emergence(rows.x, rows.y, rows.both, rows.key, **more).excess[0]
    return {
        "with shape": mean(looks),
        "positions": of_runs([run for run in runs if "square" in run.accuracy()], "square").excess[0],
        "all regions": mean(everything),
        "all looks": mean(looks, window=(0, 1)),
    }


@exercise(
    "composition-whose",
    minutes=20,
    wants='a dict from each candidate\'s name to its mean squared error, with "the bump" and "nothing" among four or more',
    is_open=True,
)
def whose(answer):
    """How far is what the stripes-only model draws inside the frame from the bump, from a blank, and from your candidates?"""
    if not isinstance(answer, Mapping):
        raise WrongKind(f"this is of the type {type(answer).__name__}")
    given = {
        str(key).strip().casefold(): number(value, f"the value at {key!r}") for key, value in answer.items()
    }
    missing = [name for name in ("the bump", "nothing") if name not in given]
    if missing:
        raise WrongKind(f"{missing[0]!r} is missing")
    if len(given) < 4:
        return f"{len(given)} are few: two or more are to be your own. What would a sum of stripes say, and what a single one?"
    low = [name for name, error in given.items() if error <= 0]
    if low:
        return f"the error of {low[0]!r} is not above 0, and no candidate is the drawing itself."
    true = _errors(Store())
    for name, error in true.items():
        if abs(error / given[name] - 1) < 0.2:  # other noise, and a quarter of the labels, move it by less
            continue
        if abs(error / given[name] ** 2 - 1) < 0.2:
            return "these are roots of mean squared errors."
        return f"the error of {name!r} is another one. Average over all pixels of all 2D labels of the shipped bump model."
    return None


@cache
def _errors(store: Store) -> dict[str, float]:
    """Mean squared errors of the bump and of a blank against what the shipped model draws at every fourth 2D label."""
    from bumpworld.evaluate import draw

    shipped = [
        e
        for e in sweep("regions").experiments
        if e.canvas == WORLD and dict(e.train_on.settings)["use"] == "stripes" and store.has(e, weights=True)
    ]
    if not shipped:
        raise ResultError("no weights of a bump model trained on stripes only; run `bumpworld run regions`")
    labels = _stripes()[1][::4]
    drawn = draw(store.load(shipped[0]).model, labels)
    wanted = {"the bump": WORLD.render(labels), "nothing": torch.zeros_like(drawn)}
    return {name: float(((drawn - images) ** 2).mean()) for name, images in wanted.items()}

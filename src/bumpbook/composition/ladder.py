"""A trained model beside the baselines of `baselines`, on the same held-out labels, in accuracy and in error."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.diffusion import DiffusionModel
from bumpworld.evaluate import NOISE_SEED, draw
from bumpworld.instruments.baselines import BASELINES, fitted
from bumpworld.measure import judge
from bumpworld.selection import Selection
from bumpworld.store import Result

MODEL = "trained model"


class Scores(NamedTuple):
    """For each image, shape (n,): is it right, its mean squared error a pixel (NaN where open), and is it open?"""

    right: Tensor
    error: Tensor
    undetermined: Tensor


def score(images: Tensor, labels, canvas: Canvas, tolerance: float = 1.0) -> Scores:
    """Judge ``images`` (n, 1, size, size) against their ``labels`` (n, 2). NaN throughout means open: counted as wrong."""
    images = checks.tensor("images", images, "numbers of shape (n, 1, size, size)", torch.float32)
    size = checks.instance("canvas", canvas, Canvas).size
    checks.shaped("images", images, "n", 1, size, size)
    open_ = torch.isnan(images).flatten(1).all(1)
    right = judge(torch.where(open_[:, None, None, None], 0.0, images), labels, canvas).right(tolerance)[:, 2]
    # an image far too bright for float32's squares is as wrong as it is bright
    error = ((images.double() - canvas.render(labels)) ** 2).mean((1, 2, 3))
    return Scores(right & ~open_, error, open_)


def ladder(canvas: Canvas, train_on: Selection, tolerance: float = 1.0) -> pd.DataFrame:
    """Every baseline on every held-out region of a split: a row for each, with ``right``, ``error``, ``undetermined``.

    ``right`` and ``undetermined`` are shares of the region's labels, ``error`` is the mean squared error a pixel over
    the labels that are not open (NaN when all are). Raises ValueError for a split that holds nothing out.
    """
    canvas, train_on = (
        checks.instance("canvas", canvas, Canvas),
        checks.instance("train_on", train_on, Selection),
    )
    return _ladder(canvas, train_on, checks.number("tolerance", tolerance, above=0))


@cache
def _ladder(canvas: Canvas, train_on: Selection, tolerance: float) -> pd.DataFrame:
    split = train_on.split(canvas)
    if not split.region_masks:
        raise ValueError(f"{train_on!r} holds nothing out in {canvas}; a ladder needs a held-out region")
    rows = []
    for name in BASELINES:
        model = fitted(name, canvas, split.train)
        for region, labels in split.test.items():
            scores = score(model.predict(labels), labels, canvas, tolerance)
            open_ = scores.undetermined
            rows.append(
                {
                    "source": name,
                    "region": region,
                    "right": float(scores.right.double().mean()),
                    "undetermined": float(open_.double().mean()),
                    "error": float(scores.error[~open_].mean()) if not open_.all() else np.nan,
                }
            )
    return pd.DataFrame(rows)


def standing(results: Sequence[Result], region: str) -> pd.DataFrame:
    """Trained models and baselines on ``region`` of the same splits: a row a model, and a row a baseline and split.

    Columns: kind, low, high and the other settings of the selection; source ("trained model" or a baseline), seed
    (-1 for a baseline), right, undetermined, error. A model's ``error`` is its record's denoising error on the region,
    the mean squared error a pixel of its image estimate over six noise levels; a baseline does not see the noise, so for
    it this is the error of its image. ``trained_error`` is the same on a model's own training labels (NaN for a baseline).
    Models that never learned their training labels are left out. Raises ValueError
    when none is left, or when a split has no such region.
    """
    if not isinstance(results, (list, tuple)) or not all(isinstance(r, Result) for r in results):
        raise ValueError(f"results is {checks.short(results)}; allowed is a list of Results")
    results = [result for result in results if result.learned]
    if not results:
        raise ValueError("no model that learned its training labels; at least one is needed")
    rows, seen = [], set()
    for result in results:
        canvas, train_on = result.experiment.canvas, result.experiment.train_on
        regions = result.record["denoising_error"]
        if region not in regions or region == "train":
            held_out = ", ".join(name for name in regions if name != "train")
            raise ValueError(f"region is {region!r}; allowed are {held_out or 'none: nothing is held out'}")
        where = {"kind": canvas.kind, "size": canvas.size, **dict(train_on.settings)}
        rows.append({**where, "source": MODEL, "seed": result.experiment.seed, "undetermined": 0.0})
        rows[-1] |= {"right": result.accuracy()[region][2], "error": regions[region]}
        rows[-1] |= {"trained_error": regions["train"]}
        if (canvas, train_on) not in seen:
            seen.add((canvas, train_on))
            table = ladder(canvas, train_on)
            for row in table[table.region == region].drop(columns="region").to_dict("records"):
                rows.append({**where, "seed": -1, **row})
    return pd.DataFrame(rows)


def answers(
    canvas: Canvas, train_on: Selection, label, model: DiffusionModel | None = None, seed: int = NOISE_SEED
) -> dict[str, Tensor]:
    """What each baseline, fitted to a split, draws for one ``label`` (x, y), and ``model`` too when there is one.

    Images (1, size, size) by name; "asked for" is the true one. NaN throughout where a baseline's answer is open.
    """
    if not isinstance(label, (tuple, list, Tensor, np.ndarray)):
        raise ValueError(f"label is {checks.short(label)}; allowed is (x, y)")
    seed = checks.seed("seed", seed)
    wanted = checks.instance("canvas", canvas, Canvas).check_labels([list(label)])
    train = checks.instance("train_on", train_on, Selection).split(canvas).train
    images = {"asked for": canvas.render(wanted)[0]}
    images |= {name: fitted(name, canvas, train).predict(wanted)[0] for name in BASELINES}
    if model is not None:
        images[MODEL] = draw(model, wanted, seed=seed)[0]
    return images

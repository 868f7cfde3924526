"""What a null gets: the tables that a sweep's rules would read if nothing had learned anything.

A rule that such a table passes cannot tell a network that learned from something that did not. Outcomes: *copy* draws
the nearest training label's image; two regressions on the label's code train no feature: *kernel*, which chapter 4
introduces (`label_kernel`), and *gaussian*, which chapter 5 introduces (`baselines`): its width is cross-validated, and it
blends better. *completion*, chapter 5's too (`completion`), fills each pixel's table of columns and rows as one of low rank; it is asked
where training leaves a full block around what is held out. Inside a network: *untrained* is the network of the same seed at its first weights, *code* the bare sines and
cosines in which it is told its label, *smooth* the same with no wave shorter than the frame, for the top frequency is our choice, *pixels* the noisy image itself, *picture* the image without noise. Those of two halves
stand for `causes`.
`bumpworld nulls` writes these tables; their columns are those of `tables`, and ``null`` besides.
"""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from bumpworld.experiment import Experiment
from bumpworld.instruments.baselines import FOLDS, Completion, KernelRegression, NearestLabel
from bumpworld.instruments.label_kernel import LabelKernel
from bumpworld.instruments.represent import encoder_layer, representation, scores_of, two_d_labels
from bumpworld.measure import judge
from bumpworld.store import LEARNED, Store
from bumpworld.train import new_model
from bumpworld.unet_config import CODES, UNetConfig

from . import tables
from .sweeps import Sweep

OUTCOMES = {
    "copy": "a copy of the nearest label",
    "kernel": "a ReLU kernel without training",
    "gaussian": "a Gaussian kernel without training",
    "completion": "a low-rank completion without training",
}
KERNELS = ("kernel", "gaussian")
INSIDE = {
    "untrained": "the untrained network",
    "code": "the label's bare code",
    "smooth": "the label's bare code in waves as long as the frame",
    "pixels": "the noisy image",
    "picture": "the picture itself",
}
HALVES = {
    "code-shuffled": "the label's bare code, and for drawing a trained network's sum with its parts shuffled",
    "untrained-shuffled": "the untrained network, and for drawing a trained one's sum with its parts shuffled",
}
SAID = OUTCOMES | INSIDE | HALVES
SHORT = {
    "copy": "copy",
    "kernel": "ReLU kernel",
    "gaussian": "Gaussian kernel",
    "completion": "completion",
    "untrained": "untrained",
    "code": "bare code",
    "smooth": "smoother bare code",
    "pixels": "noisy image",
    "picture": "picture",
    "code-shuffled": "bare code, shuffled sum",
    "untrained-shuffled": "untrained, shuffled sum",
}
# rules of selection under which the labels that share a held-out one's x or y cross in a full block
FULL_BLOCK = ("held_out_square", "rim", "stripes_only")
SOURCES = ("", "geometry")  # of the claims whose nulls are made here
TIME = 50  # thousandths of the schedule, at which the rules on geometry read a network


def outcomes(sweep: Sweep) -> pd.DataFrame:
    """Rows as of `tables.table` for every null and every split of ``sweep``; splits that seeds share stand once.

    ``denoising_error`` is the mean squared error a pixel of the null's image, which sees no noise. ``learned`` says whether
    it draws its own training labels, as a model must.
    """
    different = {(e.canvas, e.train_on, e.energy_normalised): e for e in reversed(sweep.experiments)}
    rows = [row for e in reversed(different.values()) for null in asked(e) for row in _drawn(null, e)]
    return pd.DataFrame(rows)


def asked(experiment: Experiment) -> list[str]:
    """Nulls that the split of ``experiment`` can have: a cross-validated width needs a label for each fold, completion a block."""
    can = {
        "gaussian": len(experiment.train_on.split(experiment.canvas).train) >= FOLDS,
        "completion": experiment.train_on.rule in FULL_BLOCK,
    }
    return [null for null in OUTCOMES if can.get(null, True)]


def _drawn(null: str, experiment: Experiment) -> list[dict]:
    canvas, split = experiment.canvas, experiment.train_on.split(experiment.canvas)
    images = _model(null, experiment).fit(split.train, canvas.render(split.train)).predict(split.labels)
    # an image far too bright for float32's squares is as wrong as it is bright
    error = ((images.double() - canvas.render(split.labels)) ** 2).mean((1, 2, 3))
    rows = tables.outcomes(experiment, judge(images, split.labels, canvas))
    learned = rows[0]["both"] >= LEARNED
    return [
        {
            "null": null,
            **row,
            "denoising_error": float(error[split.masks[row["region"]]].mean()),
            "learned": learned,
        }
        for row in rows
    ]


def _model(null: str, experiment: Experiment):
    canvas = experiment.canvas
    if null == "copy":
        return NearestLabel(canvas.size if canvas.periodic else None)
    if null == "completion":
        return Completion()
    return (LabelKernel if null == "kernel" else KernelRegression)(experiment.unet)


def geometry(sweep: Sweep) -> pd.DataFrame:
    """Rows as of `tables.geometry` for every null and every experiment of ``sweep`` whose geometry is followed.

    Each stands in the place of the last encoder layer at a noise level of `TIME`, at the first checkpoint and at the last.
    """
    return pd.DataFrame([row for e in sweep.experiments if tables.follows_geometry(e) for row in _inside(e)])


def _inside(experiment: Experiment) -> list[dict]:
    model, canvas = new_model(experiment), experiment.canvas
    layer, labels = encoder_layer(model), two_d_labels(canvas)
    time = TIME * model.schedule.steps // 1000
    points = {
        "untrained": representation(model, canvas, layer, time),
        "code": _code(experiment.unet, labels),
        "smooth": _code(smoother(experiment), labels),
        "pixels": representation(model, canvas, "pixels", time),
        "picture": canvas.render(labels).flatten(1).numpy(),
    }
    scores = {name: scores_of(p, labels.numpy(), canvas.periodic) for name, p in points.items()}
    place = {**tables.settings(experiment), "layer": layer, "t": TIME, "learned": True}
    return [{"null": null, **place, "step": 1, "last": True, **found} for null, found in scores.items()]


def smoother(experiment: Experiment) -> UNetConfig:
    """The same network, told its labels in no wave that is shorter than the frame."""
    low, _ = experiment.unet.label_frequencies
    return replace(experiment.unet, label_frequencies=(low, round(2 * math.pi / experiment.canvas.size, 4)))


def _code(unet: UNetConfig, labels: Tensor) -> np.ndarray:
    with torch.no_grad():
        return CODES[unet.label_code](unet)(labels).numpy()


def save(sweep: Sweep, source: str, preset: str, store: Store | None = None) -> Path:
    """Write the null table that claims of ``source`` ("" or "geometry") read, as CSV under tables/ of the store; its path.

    Raises ValueError for another source.
    """
    if source not in SOURCES:
        raise ValueError(f"source is {source!r}; allowed are {', '.join(map(repr, SOURCES))}")
    if source:
        return tables.write(geometry(sweep), f"nulls-{sweep.name}-geometry", preset, store or Store())
    return tables.write(outcomes(sweep), f"nulls-{sweep.name}", preset, store or Store())

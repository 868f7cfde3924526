"""Made-up records and tables of chapter 6's sweeps: outcomes by a rule of our own instead of by training."""

import numpy as np
import pandas as pd
import torch
from made_records import look, record_of

from bumpbook.few_examples.pairs import describe
from bumpbook.frame import tables
from bumpbook.frame.sweeps import sweep
from bumpworld.canvas import Canvas
from bumpworld.experiment import Experiment
from bumpworld.files import write_record
from bumpworld.selection import held_out_square
from bumpworld.store import Result, Store


def record(experiment, chance, rng, learned=True):
    """A record in which a held-out label described as ``row`` is right with probability ``chance(row)``, others always."""
    split, canvas = experiment.train_on.split(experiment.canvas), experiment.canvas
    mask = split.region_masks["unseen"].numpy()
    train = split.train[canvas.visible(split.train).all(1)].numpy().astype(int)
    found = describe(train, split.labels[mask].numpy().astype(int)).assign(
        amount=len(train), stripes=bool(canvas.margin), size=canvas.size
    )
    right = np.ones(len(split.labels), bool)
    right[mask] = rng.random(mask.sum()) < np.broadcast_to(chance(found), mask.sum())
    error = np.where(right, 0.1, 3.0)
    return record_of(experiment, [look(200, error, error)], 100 if learned else None, trained=0.01)


def results(name, chance, seeds=2, keep=lambda e: True):
    """`Result`s of a sweep's experiments with seeds below ``seeds``."""
    rng = np.random.default_rng(0)
    wanted = [e for e in sweep(name).experiments if e.seed < seeds and keep(e)]
    return [Result(e, record(e, chance, rng), None) for e in wanted]


def fill(store: Store, names, chance, seeds=2, keep=lambda e: True):
    """Write such records into ``store``."""
    for name in names:
        for result in results(name, chance, seeds, keep):
            write_record(store.record_path(result.experiment), result.record)


def table(name, both, seeds=3):
    """The sweep's table with share ``both(row)`` right on every held-out region."""
    rows = []
    for experiment in sweep(name).experiments:
        if experiment.seed < seeds:
            rows.append({**tables.settings(experiment), "region": "unseen", "learned": True})
            rows[-1]["both"] = rows[-1]["both_fine"] = float(np.clip(both(rows[-1]), 0, 1))
    return pd.DataFrame(rows)


def rising(row, middle, slope=2.0):
    """A logistic curve in the logarithm of the 2D labels, one half at ``middle``."""
    return 1 / (1 + (middle / row["train_2d"]) ** slope)


def write_study(study, store, measured, seeds):
    """Records of every case of ``study`` under the first ``seeds`` seeds, with what ``measured(setting, seed)`` gives."""
    for setting, seed in study.cases():
        if seed < seeds:
            content = {"study": study.name, "version": study.version, "setting": setting, "seed": seed}
            content |= {"measured": measured(setting, seed), "provenance": {"seconds": 1.0}}
            write_record(study.path(setting, seed, store), content)


def learning_run(target="x0", seed=0, right_from=(20, 40)):
    """A result as the store keeps it: trained labels right from the one step on, held-out ones from the other."""
    experiment = Experiment(
        canvas=Canvas(size=8), train_on=held_out_square(3, 5), target=target, seed=seed, checkpoint_every=10
    )
    split = experiment.train_on.split(experiment.canvas)
    points = []
    for step in range(10, 61, 10):
        right = torch.where(split.train_mask, step >= right_from[0], step >= right_from[1])
        error = torch.where(right, 0.1, 3.0)
        points.append(look(step, error, error))
    return Result(experiment, record_of(experiment, points), None)

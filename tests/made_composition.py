"""Made-up records of chapter 5's sweeps: which of their held-out labels are drawn right is ours to say."""

from functools import cache

import numpy as np
from made_records import look, record_of

from bumpbook.frame.sweeps import sweep
from bumpworld.files import write_record


@cache
def split_of(experiment):
    return experiment.train_on.split(experiment.canvas)


def write(store, experiment, wrong=0.0, offset=3.0, shape=1, error=1e-3, learned=True, looks=()):
    """A record in which a share ``wrong`` of the held-out labels, the last ones, is ``offset`` pixels off in x and in y.

    ``looks`` are looks before the last: for each, the shares right in x (the first labels) and in y (every other label).
    """
    split = split_of(experiment)
    held, n = np.flatnonzero(split.held_out), len(split.labels)
    off, shapes = np.zeros(n), np.ones(n, int)
    off[held[len(held) - round(wrong * len(held)) :]] = offset
    shapes[held] = shape
    points = []
    for right_x, right_y in looks:
        x, y = np.full(n, 3.0), np.full(n, 3.0)
        x[held[: round(right_x * len(held))]] = 0
        y[held[:: round(1 / right_y)]] = 0
        points.append(look(20, x, y))
    points.append(look(40, off, off, shapes))
    made = record_of(experiment, points, 40 if learned else None, held_out=error)
    write_record(store.record_path(experiment), made)


def declared(name, **wanted):
    """Experiments of a sweep whose kind, seed, rule, use, low and high are as wanted."""
    for experiment in sweep(name).experiments:
        has = dict(experiment.train_on.settings) | {"kind": experiment.canvas.kind, "seed": experiment.seed}
        has["rule"] = experiment.train_on.rule
        if all(has.get(key) == value for key, value in wanted.items()):
            yield experiment

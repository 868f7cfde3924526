"""Does the representation join up while a network learns, and is that when it begins to draw what it never saw?

The rules that judge it were written down before: `results/predictions/forming.json`.
"""

import torch

from bumpbook.frame.studies import Study, register
from bumpworld.evaluate import judge_model
from bumpworld.experiment import Experiment
from bumpworld.instruments.represent import encoder_layer, representation
from bumpworld.selection import random_fraction
from bumpworld.train import new_model, train

from .pieces import largest_piece, null_piece

# steps: closer together where the drawings begin to be right
LOOKS = (0, 10, 20, 30, 40, 50, 60, 80, 100, 120, 160, 200, 250, 320, 400)
# as the study joined looks: thousandths of the schedule, and noises that are averaged over
TIME, NOISES = 50, 4
FRACTIONS = (0.25, 0.125)


def forming(setting: dict, seed: int) -> dict[str, list[float]]:
    """At every one of `LOOKS`: shares of training and of unseen labels right within 0.45 px, largest piece and its null."""
    experiment = Experiment(
        train_on=random_fraction(setting["fraction"], 0), steps=LOOKS[-1], until_learned=False, seed=seed
    )
    rows = [_look(new_model(experiment).eval(), experiment)]
    for step in train(experiment):
        if step.number in LOOKS:
            rows.append(_look(step.model, experiment))
    return {name: [row[name] for row in rows] for name in rows[0]}


@torch.no_grad()
def _look(model, experiment: Experiment) -> dict[str, float]:
    canvas, split = experiment.canvas, experiment.train_on.split(experiment.canvas)
    right = judge_model(model, canvas, steps=8).right(0.45)[:, 2].double()
    mask = split.train_mask
    points = representation(model, canvas, encoder_layer(model), TIME, noises=NOISES)[mask.numpy()]
    found = {
        "trained": float(right[mask].mean()),
        "unseen": float(right[~mask].mean()),
        "piece": largest_piece(points),
        "null": null_piece(points),
    }
    return {name: round(value, 4) for name, value in found.items()}


FORMING = register(
    Study(
        "forming",
        "Does the manifold join up in training, and when the drawings come right?",
        1,
        tuple({"fraction": f} for f in FRACTIONS),
        5,
        forming,
    )
)

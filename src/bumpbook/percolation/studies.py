"""What the representation of the networks of `pitch` and `grid` looks like: does it hang together, in how many dimensions?

Only the machine that trained them has their weights, so what is measured on them is kept here.
"""

from bumpbook.frame import studies, sweeps
from bumpworld.experiment import Experiment
from bumpworld.files import ResultError
from bumpworld.instruments.factorization import factorization_score
from bumpworld.instruments.geometry import participation_ratio
from bumpworld.instruments.represent import encoder_layer, representation
from bumpworld.store import Store
from bumpworld.train import new_model

from . import forming_study  # noqa: F401 (importing it makes it known)
from .pieces import largest_piece, null_piece

# thousandths of the schedule, nearly clean, and how many noises are averaged over
TIME, NOISES = 50, 4


def measure(setting: dict, seed: int) -> dict[str, float]:
    """Training labels in the last encoder layer of one network: largest piece, its nulls, dimension, additive share.

    ``setting`` is the key of an experiment of the sweep it names. "untrained" is the same network before training.
    """
    experiment = {e.key: e for e in sweeps.sweep(setting["sweep"]).experiments}[setting["key"]]
    model = Store().load(experiment).model
    if model is None:
        raise ResultError(f"the weights of {experiment.key} were not kept; train it again with weights")
    trained = experiment.train_on.split(experiment.canvas).train_mask.numpy()
    everywhere = _points(model, experiment)
    points, before = everywhere[trained], _points(new_model(experiment).eval(), experiment)[trained]
    pixels = representation(model, experiment.canvas, "pixels", TIME, noises=NOISES)[trained]
    found = {
        "piece": largest_piece(points),
        "null": null_piece(points),
        "untrained": largest_piece(before),
        "pixels": largest_piece(pixels),
        "all": largest_piece(everywhere),
        "dimension": participation_ratio(points),
        "additive": factorization_score(everywhere, experiment.canvas.lattice().numpy()).share,
    }
    return {name: round(value, 4) for name, value in found.items()}


def _points(model, experiment: Experiment):
    return representation(model, experiment.canvas, encoder_layer(model), TIME, noises=NOISES)


def _settings(name: str) -> tuple[dict, ...]:
    return tuple({"sweep": name, "key": e.key} for e in sweeps.sweep(name).experiments)


JOINED = studies.register(
    studies.Study(
        "joined",
        "Does the representation of the training labels hang together, and from which width on?",
        1,
        _settings("pitch") + _settings("grid"),
        1,
        measure,
    )
)

"""Reading a record and the weights beside it: each is checked, and what is not as it should be is named."""

import os
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load

from .diffusion import DiffusionModel
from .experiment import Experiment, from_dict, to_dict
from .files import ResultError, read_bytes, read_checked, sha256
from .train import new_model

# a folder, a pipe or a broken link is there too: it is reported and never written over
is_there = os.path.lexists


def read_record(path: Path) -> dict:
    """A record that `write_record` wrote. Raises ResultError when it is missing, damaged or something else."""
    return read_checked(path, "experiment", _check_record)


def _check_record(record: dict) -> None:
    """Raise for a record that lacks what its readers take for granted."""
    from_dict(record["experiment"])
    record["training"]["steps"], record["training"]["learned_at"], record["weights_sha256"]
    record["denoising_error"]["train"], record["provenance"]["hardware"]
    float(record["provenance"]["seconds"])
    for checkpoint in (*record["checkpoints"], record["checkpoints"][-1]):
        for name in ("step", "error_x", "error_y", "residual", "shape"):
            checkpoint[name]


def load_record(path: Path, experiment: Experiment) -> dict:
    """The record at ``path``. Raises ResultError as `read_record` does, and for another experiment's."""
    record = read_record(path)
    if record["experiment"] != to_dict(experiment):
        raise ResultError(f"{path} belongs to another experiment; move it away and run this one again")
    return record


def load_weights(path: Path, experiment: Experiment) -> DiffusionModel:
    """The model of the weights at ``path``, as the record of the same layer describes them.

    Raises ResultError for a record that `load_record` refuses, and for weights that are damaged or foreign.
    """
    record = load_record(pair(path.parents[1], experiment)[0], experiment)
    data, mend = read_bytes(path, "experiment"), "move it away and run its experiment again"
    if record["weights_sha256"] != sha256(data):
        raise ResultError(f"{path} is not the file that its record describes (damaged or foreign); {mend}")
    model = new_model(experiment)
    try:
        model.load_state_dict({name: value.float() for name, value in load(data).items()})
    except (SafetensorError, RuntimeError) as error:
        raise ResultError(f"{path} holds no weights for this experiment ({error}); {mend}") from None
    return model.eval().requires_grad_(False)


def pair(layer: Path, experiment: Experiment) -> tuple[Path, Path]:
    """Where a layer keeps a record and its weights."""
    return layer / "records" / f"{experiment.key}.json", layer / "weights" / f"{experiment.key}.safetensors"

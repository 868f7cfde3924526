"""From an experiment to its files: trained, set aside, measured, written.

What comes after a training can fail: whoever watches it, a measurement, the disk. So its weights are set aside at the
last step, before anything else happens to them; a later run measures those instead of training again.
"""

import time
from collections.abc import Callable
from contextlib import suppress

from . import checks, evaluate
from .diffusion import DiffusionModel
from .experiment import RECIPE_VERSION, Experiment, to_dict
from .files import ResultError, provenance, read_checked
from .records import Paths, changed, foreign, load_weights, pieces, write_pair
from .train import CHECK_SAMPLER_STEPS, train

# a record keeps about this many points of the loss curve
LOSS_POINTS = 60
# measures the representation: instrument(model, experiment, is this the finished model?) gives plain rows
Instrument = Callable[[DiffusionModel, Experiment, bool], list[dict]]


def make(
    experiment: Experiment, paths: Paths, aside: Paths, device: str, watch, instrument: Instrument | None
) -> DiffusionModel:
    """Train and measure one experiment, write its record and weights to ``paths``, and give its model as it is stored.

    ``aside`` is where both lie until then: a training that is there is taken up. ``instrument`` measures the
    representation of an experiment with geometry; without one it raises ValueError before anything is trained. Raises
    what `train`, ``watch``, measuring and writing raise; after the last step, with a note on where the weights are.
    """
    measured = "is False where nothing measures it; pass instrument=bumpworld.instruments.represent.geometry"
    checks.need(instrument or not experiment.geometry, "geometry", True, measured)
    try:
        begun = take_up(experiment, aside, device)
        model, record = begun or _train(experiment, aside, device, watch, instrument)
        started = time.time()
        # what is measured is what is stored
        model = model.half().float().eval()
        last = {"step": record["training"]["steps"], **_measure(model, experiment, instrument, True)}
        record["checkpoints"].append(last)
        record["denoising_error"] = evaluate.losses(model, experiment)
        record["provenance"]["seconds"] = round(record["provenance"]["seconds"] + time.time() - started, 1)
        write_pair(paths, record, model)
    except BaseException as error:
        if take_up(experiment, aside, device):
            note = f"The training is not lost: its weights are in {aside[1]}, and the next run measures them."
            error.add_note(note)
        raise
    for path in (aside[0], *pieces(aside[1])):
        with suppress(OSError):
            path.unlink(missing_ok=True)
    return model.cpu()


def take_up(experiment: Experiment, aside: Paths, device: str = "cpu") -> tuple | None:
    """The model that was set aside and the record as far as it goes; None where there is none or it is damaged."""
    # nobody is told of files that were only ever a precaution: without them the experiment is trained again
    with suppress(ResultError):
        record = read_checked(aside[0], "experiment")
        if record.get("experiment") == to_dict(experiment) and not changed(record, experiment):
            return load_weights(aside[1], record, experiment, device), record
    return None


def _train(experiment: Experiment, aside: Paths, device: str, watch, instrument) -> tuple:
    """The trained model and the record of its training, set aside before the last step is watched."""
    started, curve, checkpoints, every = time.time(), [], [], experiment.checkpoint_every
    for step in train(experiment, device):
        curve.append((step.number, step.loss))
        if step.last:
            record = {
                "experiment": to_dict(experiment),
                "recipe": RECIPE_VERSION,
                "foreign": foreign(experiment),
                "training": {
                    "steps": step.number,
                    "learned_at": step.learned_at,
                    "seconds": round(step.seconds, 2),
                    "loss": [(n, float(f"{v:.4g}")) for n, v in curve[:: max(1, len(curve) // LOSS_POINTS)]],
                },
                "checkpoints": checkpoints,
                "provenance": {**provenance(device), "seconds": time.time() - started},
            }
            # where there is no room for a precaution there may be for the record, which is small
            with suppress(ResultError):
                write_pair(aside, record, step.model)
        elif every and step.number % every == 0:
            checkpoints.append({"step": step.number, **_measure(step.model, experiment, instrument)})
        if watch:
            watch(step)
    return step.model, record


def _measure(model: DiffusionModel, experiment: Experiment, instrument, final: bool = False) -> dict:
    measured = evaluate.verdict(model, experiment, 20 if final else CHECK_SAMPLER_STEPS)
    if experiment.geometry:
        measured["geometry"] = instrument(model, experiment, final)
    return measured

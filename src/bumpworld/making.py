"""From an experiment to its record: trained, set aside, measured.

What is measured after a training can fail, and so can whoever watches it. So the weights are set aside at the last
step, before anything else happens to them; a later run measures those instead of training again.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from . import checks, evaluate
from .diffusion import DiffusionModel
from .experiment import RECIPE_VERSION, Experiment, to_dict
from .files import ResultError, provenance, read_checked, write_record
from .records import load_weights, save_weights
from .train import CHECK_SAMPLER_STEPS, Step, train

# a record keeps about this many points of the loss curve
LOSS_POINTS = 60
# measures the representation: instrument(model, experiment, is this the finished model?) gives plain rows
Instrument = Callable[[DiffusionModel, Experiment, bool], list[dict]]


def make(
    experiment: Experiment,
    aside: Path,
    device: str = "cpu",
    watch: Callable[[Step], None] | None = None,
    instrument: Instrument | None = None,
) -> tuple[dict, DiffusionModel]:
    """Train and measure one experiment: its record, but for the ``weights_sha256``, and its model as it is stored.

    A training that was set aside at ``aside`` is taken up there. `forget` it once the record is written. ``instrument``
    measures the representation of an experiment with geometry; without one such an experiment raises ValueError before
    it is trained. Raises what `train`, ``watch`` and the measurements raise; after the last step, with a note that says
    where the weights are.
    """
    measured = "is False where nothing measures it; pass instrument=bumpworld.instruments.represent.geometry"
    checks.need(instrument or not experiment.geometry, "geometry", True, measured)
    try:
        found = take_up(experiment, aside, device)
        model, record = found or _train(experiment, aside, device, watch, instrument)
        started = time.time()
        # what is measured is what is stored
        model = model.half().float().eval()
        last = {"step": record["training"]["steps"], **_measure(model, experiment, instrument, True)}
        record["checkpoints"].append(last)
        record["denoising_error"] = evaluate.losses(model, experiment)
        record["provenance"]["seconds"] = round(record["provenance"]["seconds"] + time.time() - started, 1)
        return record, model
    except BaseException as error:
        if _begun(aside).exists():
            note = f"The training is not lost: its weights are in {aside}, and the next run measures them."
            error.add_note(note)
        raise


def take_up(experiment: Experiment, aside: Path, device: str = "cpu") -> tuple[DiffusionModel, dict] | None:
    """The model that was set aside and the record as far as it goes; None where there is none or it is damaged."""
    # nobody is told of files that were only ever a precaution: without them the experiment is trained again
    with suppress(ResultError):
        record = read_checked(_begun(aside), "experiment")
        if record.get("experiment") == to_dict(experiment):
            return load_weights(aside, record, experiment, device), record
    return None


def forget(aside: Path) -> None:
    """Remove what was set aside."""
    for path in (aside, _begun(aside)):
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _begun(aside: Path) -> Path:
    """The record of the weights ``aside``, as far as it goes."""
    return aside.with_suffix(".json")


def _train(
    experiment: Experiment, aside: Path, device: str, watch, instrument
) -> tuple[DiffusionModel, dict]:
    """The trained model and the record of its training, set aside before the last step is watched."""
    started, curve, checkpoints, every = time.time(), [], [], experiment.checkpoint_every
    for step in train(experiment, device):
        curve.append((step.number, step.loss))
        if step.last:
            record = {
                "experiment": to_dict(experiment),
                "recipe": RECIPE_VERSION,
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
                write_record(_begun(aside), record | {"weights_sha256": save_weights(aside, step.model)})
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

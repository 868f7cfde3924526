"""Results on disk, addressed by the hash of their experiment.

A record is a JSON file with the experiment, what was measured and where; weights are safetensors beside it, in
half precision, and every measurement is made on the weights as they are stored. Files are written under another
name and then renamed, so a file that is there is whole. Nothing here ever deletes or overwrites a foreign file.
"""

import hashlib
import json
import os
import platform
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch
from filelock import FileLock, Timeout
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from . import evaluate, represent
from .diffusion import DiffusionModel
from .measure import Judgement
from .recipe import RECIPE_VERSION, Experiment, from_dict, to_dict
from .train import CHECK_SAMPLER_STEPS, Step, new_model, train

LOSS_POINTS = 60  # a record keeps about this many points of the loss curve


class ResultError(RuntimeError):
    """A result file is missing, damaged or foreign; the message names the file and what to do."""


@dataclass
class Result:
    """A finished experiment: its ``record`` (plain dict) and its ``model``, None when no weights were kept."""

    experiment: Experiment
    record: dict
    model: DiffusionModel | None

    @property
    def learned(self) -> bool:
        """Did it learn its own training labels? A run that did not is never shown as a finding."""
        training = self.record["training"]
        return not self.experiment.until_learned or training["learned_at"] is not None

    def judgement(self, checkpoint: int = -1) -> Judgement:
        """The verdict on every label at one of the record's checkpoints; the last is the finished model."""
        return evaluate.as_judgement(self.record["checkpoints"][checkpoint])

    def accuracy(self, tolerance: float = 1.0, checkpoint: int = -1) -> dict[str, tuple[float, float, float]]:
        """Shares right in x, in y and in both on "train" and on every held-out region."""
        split = self.experiment.train_on.split(self.experiment.canvas)
        right = self.judgement(checkpoint).right(tolerance).float()
        masks = {"train": split.train_mask, **split.region_masks}
        return {name: tuple(right[mask].mean(0).tolist()) for name, mask in masks.items()}


class Store:
    """A folder of results. The default is the environment variable BUMPWORLD_RESULTS, else the project's results/.

    Outside a checkout the default is results/ below the working folder, with the results that came inside the
    installed package behind it: those are read where the folder has none of its own, and never written.
    """

    def __init__(self, root: str | Path | None = None):
        named = root or os.environ.get("BUMPWORLD_RESULTS")
        self.root = Path(named or _project_results())
        self.shipped = None if named else _installed_results()

    def __eq__(self, other) -> bool:
        return isinstance(other, Store) and self.root == other.root

    def __hash__(self) -> int:
        return hash(self.root)

    def find(self, *parts: str) -> Path:
        """Where to read a file of results: this folder's own, else the installed package's, else where it would be."""
        own = self.root.joinpath(*parts)
        if self.shipped and not own.exists() and self.shipped.joinpath(*parts).exists():
            return self.shipped.joinpath(*parts)
        return own

    def record_path(self, experiment: Experiment) -> Path:
        return self.find("records", f"{experiment.key}.json")

    def weights_path(self, experiment: Experiment) -> Path:
        return self.find("weights", f"{experiment.key}.safetensors")

    def lock(self, experiment: Experiment) -> FileLock:
        """Held while an experiment is trained; the system frees it when the process dies."""
        folder = self.root / "locks"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ResultError(
                f"{folder} cannot be made ({error}); choose another folder for results"
            ) from error
        return FileLock(folder / f"{experiment.key}.lock")

    def has(self, experiment: Experiment, weights: bool = False) -> bool:
        """Is there a record, and weights too if asked for?"""
        return self.record_path(experiment).exists() and (
            not weights or self.weights_path(experiment).exists()
        )

    def load_record(self, experiment: Experiment) -> dict:
        """The record alone, checked. Raises ResultError when it is missing, damaged or another experiment's."""
        path = self.record_path(experiment)
        record = read_record(path)
        if record["experiment"] != to_dict(experiment):
            raise ResultError(f"{path} belongs to another experiment; move it away and run this one again")
        return record

    def load(self, experiment: Experiment) -> Result:
        """The finished result with its model where weights were kept, checked as `load_record` says."""
        record = self.load_record(experiment)
        model = self._load_weights(experiment, record) if self.weights_path(experiment).exists() else None
        return Result(experiment, record, model)

    def _load_weights(self, experiment: Experiment, record: dict) -> DiffusionModel:
        path = self.weights_path(experiment)
        mend = "move it away and run the experiment again"
        if record["weights_sha256"] != _sha256(path.read_bytes()):
            raise ResultError(
                f"{path} is not the file that its record describes (damaged or foreign); {mend}"
            )
        try:
            weights = {name: value.float() for name, value in load_file(path).items()}
            model = new_model(experiment)
            model.load_state_dict(weights)
        except (SafetensorError, RuntimeError) as error:
            raise ResultError(f"{path} holds no weights for this experiment ({error}); {mend}") from None
        return model.eval().requires_grad_(False)

    def run(
        self,
        experiment: Experiment,
        device: str = "cpu",
        weights: bool = True,
        watch: Callable[[Step], None] | None = None,
        wait: float = -1,
    ) -> Result:
        """Train, measure and save one experiment, unless it is there already. ``watch`` sees every `Step`.

        Another process that trains the same experiment is waited for, at most ``wait`` seconds (-1: as long as it
        takes); after that filelock.Timeout is raised.
        """
        with self._hold(experiment, wait):
            if self.has(experiment):
                found = self.load(experiment)  # a damaged record stops here: it is not trained over
                if found.model is not None or not weights:
                    return found
            started, curve, checkpoints = time.time(), [], []
            for step in train(experiment, device):
                curve.append((step.number, step.loss))
                every = experiment.checkpoint_every
                if every and step.number % every == 0:
                    checkpoints.append({"step": step.number, **self._measure(step.model, experiment)})
                if watch:
                    watch(step)
            model = step.model.half().float().eval()  # what is measured is what is stored
            if not checkpoints or checkpoints[-1]["step"] != step.number:
                checkpoints.append({"step": step.number})
            checkpoints[-1] |= self._measure(model, experiment, final=True)
            record = {
                "experiment": to_dict(experiment),
                "recipe": RECIPE_VERSION,
                "training": {
                    "steps": step.number,
                    "learned_at": step.learned_at,
                    "seconds": round(step.seconds, 2),
                    "loss": [(n, float(f"{v:.4g}")) for n, v in curve[:: max(1, len(curve) // LOSS_POINTS)]],
                },
                "denoising_error": evaluate.losses(model, experiment),
                "checkpoints": checkpoints,
                "provenance": {**provenance(device), "seconds": round(time.time() - started, 1)},
                "weights_sha256": None,
            }
            if weights:
                half = {name: value.half().contiguous().cpu() for name, value in model.state_dict().items()}
                path = self.root / "weights" / f"{experiment.key}.safetensors"
                write_atomic(path, lambda name: save_file(half, name))
                record["weights_sha256"] = _sha256(path.read_bytes())
            write_record(self.root / "records" / f"{experiment.key}.json", record)
            return Result(experiment, json.loads(json.dumps(record)), model.cpu() if weights else None)

    def _hold(self, experiment: Experiment, wait: float):
        lock = self.lock(experiment)
        try:
            return lock.acquire(timeout=wait)
        except Timeout:
            raise
        except OSError as error:
            raise ResultError(f"{lock.lock_file} could not be made ({error}); free some space") from error

    @staticmethod
    def _measure(model: DiffusionModel, experiment: Experiment, final: bool = False) -> dict:
        measured = evaluate.verdict(model, experiment, 20 if final else CHECK_SAMPLER_STEPS)
        if experiment.geometry:
            encoder = represent.encoder_layer(model)
            layers, times = (
                (("pixels", "condition", encoder, "middle"), (50, 400)) if final else ((encoder,), (50,))
            )
            measured["geometry"] = represent.scores(model, experiment.canvas, layers, times)
        return measured


def load_or_train(experiment: Experiment, store: Store | None = None, watch=None) -> Result:
    """The shipped or earlier result of an experiment with its model; trained, measured and saved when there is none.

    Raises ResultError when its files are damaged or foreign: they are never silently used and never deleted.
    """
    return (store or Store()).run(experiment, watch=watch)


def write_record(path: Path, record: dict) -> None:
    """Save ``record`` as JSON with a checksum of its content."""
    text = json.dumps({**record, "sha256": _checksum(record)}, separators=(",", ":"))
    write_atomic(path, lambda name: Path(name).write_text(text))


def read_record(path: Path) -> dict:
    """A record that `write_record` wrote. Raises ResultError when it is missing, damaged or something else."""
    mend = "move it away and run its experiment again"
    try:
        record = json.loads(path.read_text())
        checksum = record.pop("sha256")
        from_dict(record["experiment"])
    except FileNotFoundError:
        raise ResultError(f"{path} is not there; run its experiment first") from None
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise ResultError(f"{path} is damaged or no record ({error}); {mend}") from None
    if checksum != _checksum(record):
        raise ResultError(f"{path} was changed since it was written (its checksum differs); {mend}")
    return record


def write_atomic(path: Path, write: Callable[[str], None]) -> None:
    """Let ``write(name)`` fill a temporary file beside ``path``, then rename it: readers see all of it or nothing."""
    name = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)
        os.close(handle)
        write(name)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except (OSError, SafetensorError) as error:  # the latter is how safetensors reports a full disk
        raise ResultError(
            f"{path} could not be written ({error}); free some space or choose another folder"
        ) from error
    finally:
        if name:
            Path(name).unlink(missing_ok=True)


def provenance(device: str = "cpu") -> dict:
    """Where and with what a result was made."""
    import numpy

    from . import __version__

    hardware = torch.cuda.get_device_name() if device.startswith("cuda") else _processor()
    return {
        "bumpworld": __version__,
        "torch": torch.__version__,
        "numpy": numpy.__version__,
        "python": platform.python_version(),
        "hardware": hardware,
        "device": device,
        "threads": torch.get_num_threads(),
        "commit": _commit(),
        "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


@cache
def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        name = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        name = platform.processor() or platform.machine()
    return f"{name}, {os.cpu_count()} cores"


@cache
def _commit() -> str | None:
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or None


def _project_results() -> Path:
    """results/ of the checkout that this package runs from, else results/ below the working folder."""
    checkout = Path(__file__).resolve().parents[2]
    return checkout / "results" if (checkout / "pyproject.toml").exists() else Path("results")


def _installed_results() -> Path | None:
    """The results inside an installed wheel (setup.py puts them there); None in a checkout."""
    folder = Path(__file__).parent / "shipped"
    return folder if folder.is_dir() else None


def _checksum(record: dict) -> str:
    return _sha256(json.dumps(record, sort_keys=True).encode())


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

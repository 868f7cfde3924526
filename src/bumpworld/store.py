"""Results on disk, addressed by the hash of their experiment.

A record is a JSON file with the experiment, what was measured and where; weights are safetensors beside it, in
half precision, and every measurement is made on the weights as they are stored. Files are written under another
name and then renamed, so a file that is there is whole. Nothing here ever deletes or overwrites a foreign file.
"""

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from . import evaluate
from .diffusion import DiffusionModel
from .experiment import RECIPE_VERSION, Experiment, from_dict, to_dict
from .files import ResultError, provenance, read_checked, sha256, write_atomic, write_record
from .instruments import represent
from .measure import Judgement
from .train import CHECK_SAMPLER_STEPS, Step, new_model, train

LEARNED = (
    0.95  # share of training labels drawn right by which a run of a fixed number of steps has learned them
)
LOSS_POINTS = 60  # a record keeps about this many points of the loss curve


@dataclass
class Result:
    """A finished experiment: its ``record`` (plain dict) and its ``model``, None when no weights were kept."""

    experiment: Experiment
    record: dict
    model: DiffusionModel | None

    @property
    def learned(self) -> bool:
        """Did it learn its own training labels? A run that did not is never shown as a finding.

        Training until they are learned has its own test; after a fixed number of steps, `LEARNED` of the labels must
        be drawn right.
        """
        if self.experiment.until_learned:
            return self.record["training"]["learned_at"] is not None
        return self.accuracy()["train"][2] >= LEARNED

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
        return self.lock_named(experiment.key)

    def lock_named(self, name: str) -> FileLock:
        """The lock of whatever work goes by ``name``; the system frees it when the process dies."""
        folder = self.root / "locks"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ResultError(
                f"{folder} cannot be made ({error}); choose another folder for results"
            ) from error
        return FileLock(folder / f"{name}.lock")

    def is_held(self, name: str) -> bool:
        """Is another process at work on ``name``?"""
        lock = self.lock_named(name)
        if not Path(lock.lock_file).exists():
            return False
        try:
            with lock.acquire(timeout=0):
                return False
        except Timeout:
            return True

    def note_failure(self, name: str, why: str) -> None:
        """Write down for `has_failed` why there is no result."""
        with suppress(OSError):  # on a full disk the report still carries the message
            stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            (self.root / "locks" / f"{name}.failed").write_text(f"{stamp} {why}\n")

    def has_failed(self, name: str) -> bool:
        """Did the last attempt at ``name`` fail?"""
        return (self.root / "locks" / f"{name}.failed").exists()

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
        if record["weights_sha256"] != sha256(path.read_bytes()):
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
        with hold(self.lock(experiment), wait):
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
                record["weights_sha256"] = sha256(path.read_bytes())
            write_record(self.root / "records" / f"{experiment.key}.json", record)
            return Result(experiment, json.loads(json.dumps(record)), model.cpu() if weights else None)

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


def hold(lock: FileLock, wait: float = -1):
    """Take ``lock``, for a with statement. Raises filelock.Timeout after ``wait`` seconds (-1: never), and ResultError
    where it cannot be made."""
    try:
        return lock.acquire(timeout=wait)
    except Timeout:
        raise
    except OSError as error:
        raise ResultError(f"{lock.lock_file} could not be made ({error}); free some space") from error


def read_record(path: Path) -> dict:
    """A record that `write_record` wrote. Raises ResultError when it is missing, damaged or something else."""
    return read_checked(path, "experiment", lambda record: from_dict(record["experiment"]))


def _project_results() -> Path:
    """results/ of the checkout that this package runs from, else results/ below the working folder."""
    checkout = Path(__file__).resolve().parents[2]
    return checkout / "results" if (checkout / "pyproject.toml").exists() else Path("results")


def _installed_results() -> Path | None:
    """The results inside an installed wheel (setup.py puts them there); None in a checkout."""
    folder = Path(__file__).parent / "shipped"
    return folder if folder.is_dir() else None

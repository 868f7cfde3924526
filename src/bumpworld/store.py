"""Results on disk, addressed by the hash of their experiment.

A record is a JSON file with the experiment, what was measured and where; weights are safetensors beside it, in
half precision, and every measurement is made on the weights as they are stored. Files are written under another
name and then renamed, so a file that is there is whole. Nothing here ever deletes or overwrites a foreign file.
"""

import os
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from . import checks, evaluate, making
from .diffusion import DiffusionModel
from .experiment import Experiment
from .files import PACKAGE, check_writable, checkout, is_there, not_written, write_record
from .files import ResultError as ResultError
from .files import write_atomic as write_atomic
from .measure import Judgement
from .records import load_record, load_weights, pair, save_weights
from .records import read_record as read_record
from .train import Step

# share of training labels drawn right by which a run of a fixed number of steps has learned them
LEARNED = 0.95


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
        looks = self.record["checkpoints"]
        look = checks.whole("checkpoint", checkpoint, -len(looks), len(looks) - 1)
        return evaluate.as_judgement(looks[look])

    def accuracy(self, tolerance: float = 1.0, checkpoint: int = -1) -> dict[str, tuple[float, float, float]]:
        """Shares right in x, in y and in both on "train" and on every held-out region."""
        split = self.experiment.train_on.split(self.experiment.canvas)
        right = self.judgement(checkpoint).right(tolerance).float()
        return {name: tuple(right[mask].mean(0).tolist()) for name, mask in split.masks.items()}


@dataclass(frozen=True)
class Store:
    """A folder of results. The default is the environment variable BUMPWORLD_RESULTS, else the project's results/;
    for an installed package results/ below the working folder, with the results that came inside the package.

    Results lie in layers, and the first that has a file is read: ``shipped``, which came with an installed package;
    ``root``, which in a checkout holds what the project ships; ``root``/own. The rule: a training adds files and
    replaces none. An experiment without a record is written to ``root``. One whose record is there, but without the
    weights that are now wanted, is trained again into ``root``/own, record and weights; its numbers go on being
    read from the record that was there before, its weights from ``root``/own, checked against the record beside them.
    So nothing that is trained later hides what was shipped, and what is there can be read where nothing can be written.

    Raises ValueError for a ~user that is not known.
    """

    root: str | Path | None = None
    shipped: Path | None = None

    def __post_init__(self):
        named = self.root or os.environ.get("BUMPWORLD_RESULTS")
        # a place, not a string: it stays the same in a worker that has another working folder
        root = _place(named) if named else _project_results().absolute()
        checks.settle(self, root=root, shipped=self.shipped or (None if named else _installed_results()))

    @property
    def layers(self) -> tuple[Path, ...]:
        """Folders in the order in which they are read."""
        return (*([self.shipped] if self.shipped else []), self.root, self.root / "own")

    def find(self, *parts: str) -> Path:
        """Where to read a file of results: in the first layer that has it, else where it would be written."""
        found = (layer.joinpath(*parts) for layer in self.layers if is_there(layer.joinpath(*parts)))
        return next(found, self.root.joinpath(*parts))

    def command(self, command: str) -> str:
        """``command`` of `bumpworld`, as it must be typed to mean this folder."""
        return command if self == Store() else f"{command} --results {shlex.quote(str(self.root))}"

    def record_path(self, experiment: Experiment) -> Path:
        return self._pair(experiment, weights=False)[0]

    def weights_path(self, experiment: Experiment) -> Path:
        """In the first layer that has a record with its weights. Weights alone are what a full disk left behind."""
        return self._pair(experiment, weights=True)[1]

    def _pair(self, experiment: Experiment, weights: bool) -> tuple[Path, Path]:
        """Record and weights in the first layer that has the one, or both, else where they would be written."""
        checks.instance("experiment", experiment, Experiment)
        pairs = [pair(layer, experiment) for layer in self.layers]
        found = (p for p in pairs if is_there(p[0]) and (not weights or is_there(p[1])))
        return next(found, pair(self.root, experiment))

    def lock(self, work: Experiment | str) -> FileLock:
        """Held while an experiment is trained, or other work done by name; the system frees it when the process dies."""
        return FileLock(self.root / "locks" / f"{getattr(work, 'key', work)}.lock")

    def has(self, experiment: Experiment, weights: bool = False) -> bool:
        """Is there a record, and weights too if asked for?"""
        there = is_there(self.record_path(experiment))
        return there and (not weights or is_there(self.weights_path(experiment)))

    def load_record(self, experiment: Experiment) -> dict:
        """The record alone, checked. Raises ResultError when it is missing, damaged or another experiment's."""
        return load_record(self.record_path(experiment), experiment)

    def load(self, experiment: Experiment) -> Result:
        """The finished result with its model where weights were kept, checked as `load_record` says."""
        record, (beside, path) = self.load_record(experiment), self._pair(experiment, weights=True)
        if not is_there(path):
            return Result(experiment, record, None)
        return Result(experiment, record, load_weights(path, load_record(beside, experiment), experiment))

    def run(
        self,
        experiment: Experiment,
        device: str = "cpu",
        weights: bool = True,
        watch: Callable[[Step], None] | None = None,
        wait: float = -1,
        instrument: making.Instrument | None = None,
    ) -> Result:
        """Train, measure and save one experiment, unless it is there already. ``watch`` sees every `Step`.

        Another process that trains the same experiment is waited for, at most ``wait`` seconds (-1: as long as it
        takes); after that filelock.Timeout is raised. What fails after the last step loses no training: the next run
        goes on there. ``instrument`` measures the representation of an experiment with geometry: see `making.make`.
        """
        weights, wait = checks.flag("weights", weights), checks.number("wait", wait, least=-1)
        checks.need(watch is None or callable(watch), "watch", watch, "is a function of a Step")
        checks.device("device", device)
        if found := self._finished(experiment, weights):
            return found
        with hold(self.lock(experiment), wait):
            # made while this run waited
            if found := self._finished(experiment, weights):
                return found
            again = self.has(experiment)
            record_path, path = pair(self.layers[-1] if again else self.root, experiment)
            if is_there(record_path):
                load_record(record_path, experiment)
            check_writable(record_path)
            if weights:
                check_writable(path)
            aside = self.root / "locks" / f"{experiment.key}.safetensors"
            record, model = making.make(experiment, aside, device, watch, instrument)
            record["weights_sha256"] = save_weights(path, model) if weights else None
            write_record(record_path, record)
            making.forget(aside)
            return Result(experiment, self.load_record(experiment), model.cpu() if weights else None)

    def _finished(self, experiment: Experiment, weights: bool) -> Result | None:
        """What is there, if it is all that is wanted. A damaged record raises: it is not trained over."""
        if not self.has(experiment):
            return None
        found = self.load(experiment)
        return found if found.model is not None or not weights else None


def load_or_train(
    experiment: Experiment,
    store: Store | None = None,
    watch=None,
    instrument: making.Instrument | None = None,
) -> Result:
    """The shipped or earlier result of an experiment with its model; trained, measured and saved when there is none.

    Raises ResultError when its files are damaged or foreign: they are never silently used and never deleted.
    """
    store = Store() if store is None else checks.instance("store", store, Store)
    return store.run(experiment, watch=watch, instrument=instrument)


def hold(lock: FileLock, wait: float = -1):
    """Take ``lock``, for a with statement. Raises filelock.Timeout after ``wait`` seconds (-1: never), and ResultError
    where it cannot be made."""
    try:
        return lock.acquire(timeout=wait)
    except Timeout:
        raise
    except (OSError, NotImplementedError) as error:
        raise not_written(lock.lock_file, error) from error


def _place(named: str | Path) -> Path:
    try:
        return Path(named).expanduser().absolute()
    except TypeError:
        raise ValueError(f"root is {checks.short(named)}; allowed is a path") from None
    except RuntimeError:
        raise ValueError(f"root is {str(named)!r}; allowed is a user that is known") from None


def _project_results() -> Path:
    """results/ of the checkout that this package runs from, else results/ below the working folder."""
    return (checkout() or Path()) / "results"


def _installed_results() -> Path | None:
    """The results inside an installed wheel (setup.py puts them there); None in a checkout."""
    folder = PACKAGE / "shipped"
    return folder if folder.is_dir() else None

"""Results on disk, addressed by the hash of their experiment.

A record is a JSON file, compressed, with the experiment, what was measured and where; weights are safetensors beside it, in
half precision and in pieces where they are large, and every measurement is made on the weights as they are stored. Files are written under another
name and then renamed, so a file that is there is whole. Nothing here ever deletes or overwrites a foreign file.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from filelock import FileLock, Timeout

from . import checks, making
from .diffusion import DiffusionModel
from .experiment import Experiment
from .files import PACKAGE, check_writable, checkout, is_there, not_written
from .files import ResultError as ResultError
from .measure import Judgement
from .records import load_weights, pair, read_record
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
        look = looks[checks.whole("checkpoint", checkpoint, -len(looks), len(looks) - 1)]
        error = torch.tensor([look["error_x"], look["error_y"]], dtype=torch.float32).T
        return Judgement(error, torch.tensor(look["residual"]), torch.tensor(look["shape"], dtype=torch.bool))

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
    ``root``, which in a checkout holds what the project ships; ``root``/own. A training adds files and replaces none:
    where a record is there without the weights that are now wanted, both are made again in ``root``/own. Numbers go on
    being read from the first record, weights from ``root``/own, checked against the record beside them.

    Raises ValueError for what is no path, and for a ~user that is not known.
    """

    root: str | Path | None = None
    shipped: Path | None = None

    def __post_init__(self):
        named = self.root or os.environ.get("BUMPWORLD_RESULTS")
        # in an installed wheel setup.py puts results there
        inside = None if named or not (PACKAGE / "shipped").is_dir() else PACKAGE / "shipped"
        try:
            # a place, not a string: it stays the same in a worker that has another working folder
            root = Path(named or (checkout() or Path()) / "results").expanduser().absolute()
        except (TypeError, RuntimeError) as error:
            said = f"root is {checks.short(named)} ({error}); allowed is a path, after ~ a user that is known"
            raise ValueError(said) from None
        checks.settle(self, root=root, shipped=self.shipped or inside)

    @property
    def layers(self) -> tuple[Path, ...]:
        """Folders in the order in which they are read."""
        return (*([self.shipped] if self.shipped else []), self.root, self.root / "own")

    def find(self, *parts: str) -> Path:
        """Where to read a file of results: in the first layer that has it, else where it would be written."""
        found = (layer.joinpath(*parts) for layer in self.layers if is_there(layer.joinpath(*parts)))
        return next(found, self.root.joinpath(*parts))

    def record_path(self, experiment: Experiment) -> Path:
        return (self._pair(experiment) or pair(self.root, experiment))[0]

    def weights_path(self, experiment: Experiment) -> Path:
        """In the first layer that has a record with its weights. Weights alone are what a full disk left behind."""
        return (self._pair(experiment, weights=True) or pair(self.root, experiment))[1]

    def _pair(self, experiment: Experiment, weights: bool = False) -> tuple[Path, Path] | None:
        """Record and weights in the first layer that has the one, or both; None where none has."""
        checks.instance("experiment", experiment, Experiment)
        pairs = (pair(layer, experiment) for layer in self.layers)
        return next((p for p in pairs if is_there(p[0]) and (not weights or is_there(p[1]))), None)

    def lock(self, work: Experiment | str, wait: float = -1):
        """Lock an experiment, or other work by name, for a with statement; when the process dies the system frees it.

        Raises filelock.Timeout after ``wait`` seconds (-1: never), and ResultError where it cannot be made.
        """
        lock = FileLock(self.root / "locks" / f"{getattr(work, 'key', work)}.lock")
        try:
            return lock.acquire(timeout=wait)
        except Timeout:
            raise
        except (OSError, NotImplementedError) as error:
            raise not_written(lock.lock_file, error) from error

    def has(self, experiment: Experiment, weights: bool = False) -> bool:
        """Is there a record, with weights beside it if asked for?"""
        return self._pair(experiment, weights) is not None

    def load_record(self, experiment: Experiment) -> dict:
        """The record alone, checked. Raises ResultError when it is missing, damaged or another experiment's."""
        return read_record(self.record_path(experiment), experiment)

    def load(self, experiment: Experiment) -> Result:
        """The finished result with its model where weights were kept, checked as `load_record` says."""
        record, kept = self.load_record(experiment), self._pair(experiment, weights=True)
        model = kept and load_weights(kept[1], read_record(kept[0], experiment), experiment)
        return Result(experiment, record, model)

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
        with self.lock(experiment, wait):
            # made while this run waited
            if found := self._finished(experiment, weights):
                return found
            paths = pair(self.layers[-1] if self.has(experiment) else self.root, experiment)
            if is_there(paths[0]):
                read_record(paths[0], experiment)
            paths = paths if weights else (paths[0], None)
            for path in filter(None, paths):
                check_writable(path)
            begun = self.root / "locks" / f"{experiment.key}.json"
            aside = begun, begun.with_suffix(".safetensors")
            model = making.make(experiment, paths, aside, device, watch, instrument)
            return Result(experiment, self.load_record(experiment), model if weights else None)

    def _finished(self, experiment: Experiment, weights: bool) -> Result | None:
        """What is there, if it is all that is wanted. A damaged record raises: it is not trained over."""
        found = self.load(experiment) if self.has(experiment) else None
        return found if found and (found.model is not None or not weights) else None


def load_or_train(experiment: Experiment, store: Store | None = None, watch=None, instrument=None) -> Result:
    """The shipped or earlier result of an experiment with its model; trained, measured and saved when there is none.

    It says nothing while it trains; ``watch=lambda step: print(step.number, step.loss)`` does. ``watch`` and ``instrument``
    as in `Store.run`. Raises ResultError when its files are damaged or foreign: they are
    never silently used and never deleted.
    """
    store = Store() if store is None else checks.instance("store", store, Store)
    return store.run(experiment, watch=watch, instrument=instrument)

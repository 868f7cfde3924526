"""Results that are not one experiment: a question, a list of settings, and what is measured for each under every seed.

A study's module calls `register`. Each (setting, seed) is one small JSON file at results/studies/<name>/<key>.json,
kept as `store` keeps its records: written whole or not at all, checksummed, never made twice, never overwritten.
"""

import base64
import hashlib
import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd
import torch
from torch import Tensor
from tqdm import tqdm

from bumpworld import checks
from bumpworld.files import ResultError, check_writable, is_there, provenance, read_checked, write_record
from bumpworld.store import Store

from . import rooms
from . import sweeps as experiments
from .commands import typed
from .reports import Report, Stopped, attempt, tally

LARGEST = 10_000  # bytes of a record: a study keeps what its figures need, not its images

_registered: dict[str, "Study"] = {}


@dataclass(frozen=True)
class Study:
    """``measure(setting, seed)`` answers ``question`` for one of the ``settings`` (dicts of plain values): it returns a
    dict of plain numbers and lists. Raise ``version`` when it changes in a way that changes results.

    Raises ValueError for a name that a file cannot have or a sweep has, for no setting or one twice, and seeds < 1.
    """

    name: str
    question: str
    version: int
    settings: tuple[dict, ...]
    seeds: int
    measure: Callable[[dict, int], dict]

    def __post_init__(self):
        if not self.name.replace("-", "").isalnum() or self.name in experiments.names():
            raise ValueError(
                f"name is {self.name!r}; allowed are letters, digits and -, and no name of a sweep"
            )
        if not self.settings or len({_canonical(s) for s in self.settings}) < len(self.settings):
            raise ValueError(
                f"{len(self.settings)} settings of {self.name!r}; allowed are one or more, all different"
            )
        object.__setattr__(self, "seeds", checks.whole("seeds", self.seeds, 1))

    @property
    def command(self) -> str:
        """What to type to run it."""
        return f"bumpworld study {self.name}"

    def cases(self) -> Iterator[tuple[dict, int]]:
        """Every (setting, seed): all settings under the first seed come first, so that an early stop leaves no hole."""
        for seed in range(self.seeds):
            for setting in self.settings:
                yield setting, seed

    def key(self, setting: dict, seed: int) -> str:
        """Sixteen hexadecimal digits that name one case under this version of the study."""
        return hashlib.sha256(_canonical(self._identity(setting, seed)).encode()).hexdigest()[:16]

    def path(self, setting: dict, seed: int, store: Store) -> Path:
        """Where one case's record is read from."""
        return store.find("studies", self.name, f"{self.key(setting, seed)}.json")

    def load_record(self, setting: dict, seed: int, store: Store) -> dict:
        """One case's record, checked. Raises ResultError when it is missing, damaged or another case's."""
        path, identity = self.path(setting, seed, store), self._identity(setting, seed)
        record = read_checked(path, f"study (`{typed(self.command, store)}`)", _check_record)
        if _canonical({name: record.get(name) for name in identity}) != _canonical(identity):
            raise ResultError(
                f"{path} belongs to another case; move it away and run `{typed(self.command, store)}` again"
            )
        return record

    def _identity(self, setting: dict, seed: int) -> dict:
        return {"study": self.name, "version": self.version, "setting": setting, "seed": seed}


def register(study: Study) -> Study:
    """Make a study known by its name, and return it. Raises ValueError for a name that another module has taken."""
    taken = _registered.get(study.name)
    if taken and taken.measure.__module__ != study.measure.__module__:
        raise ValueError(f"study {study.name!r} is already declared in {taken.measure.__module__}")
    _registered[study.name] = study
    return study


def names() -> tuple[str, ...]:
    """Names of all studies."""
    rooms.modules("studies")
    return tuple(_registered)


def study(name: str) -> Study:
    """The study called ``name``. Raises ValueError for an unknown one."""
    if name not in names():
        raise ValueError(f"study is {name!r}; allowed are {', '.join(names())}")
    return _registered[name]


def run(study: Study, store: Store | None = None) -> Report:
    """Measure every case that has no record yet, one after the other on one thread.

    A killed run loses the case in flight and nothing else. What another run is measuring is left to it. A case that
    fails (a damaged file, a training that breaks down, a defect) is reported and does not stop the others. Ctrl-C
    raises `reports.Stopped`.
    """
    store, threads, cases = store or Store(), torch.get_num_threads(), list(study.cases())
    report = Report(left=len(cases))
    torch.set_num_threads(1)
    try:
        # no bar when nobody watches: it would be printed as garbage into logs and pages
        for setting, seed in tqdm(cases, desc=study.name, unit="case", disable=None):
            name = f"study-{study.key(setting, seed)}"
            outcome = attempt(store, name, partial(_run_case, study, setting, seed, store, name))
            report.count(f"{setting} seed {seed}", outcome)
            report.left -= 1
    except KeyboardInterrupt:
        raise Stopped(report) from None
    finally:
        torch.set_num_threads(threads)
    return report


def _run_case(study: Study, setting: dict, seed: int, store: Store, name: str) -> bool:
    """Measure and save one case: False when it was there."""
    if is_there(study.path(setting, seed, store)):
        study.load_record(setting, seed, store)  # a record that nobody can read is not done
        return False
    with store.lock(name, 0):
        if is_there(study.path(setting, seed, store)):  # made while this run looked
            study.load_record(setting, seed, store)
            return False
        path = study.path(setting, seed, store)
        check_writable(path)
        started = time.time()
        record = {**study._identity(setting, seed), "measured": study.measure(dict(setting), seed)}
        record["provenance"] = {**provenance(), "seconds": round(time.time() - started, 1)}
        size = len(json.dumps(record))
        if size > LARGEST:
            raise ValueError(
                f"a record of {size} bytes; allowed are {LARGEST}: keep fewer or shorter numbers"
            )
        write_record(path, record)
    return True


def load(study: Study, store: Store | None = None) -> list[dict]:
    """The records that are there, in the order of `Study.cases`. Raises ResultError when there is none."""
    store = store or Store()
    there = [case for case in study.cases() if is_there(study.path(*case, store))]
    if not there:
        raise ResultError(
            f"no result of the study {study.name!r} is there; run `{typed(study.command, store)}` first"
        )
    return [study.load_record(*case, store) for case in there]


def table(study: Study, store: Store | None = None) -> pd.DataFrame:
    """A row for each record of `load`: its setting, its seed and what was measured."""
    rows = [{**r["setting"], "seed": r["seed"], **r["measured"]} for r in load(study, store)]
    return pd.DataFrame(rows)


def status(study: Study, store: Store | None = None) -> dict[str, int | float]:
    """How many cases are done, running, failed and missing, and the seconds that the done ones took: see `reports.tally`."""
    store = store or Store()

    def load(case):
        return study.load_record(*case, store) if is_there(study.path(*case, store)) else None

    return tally(((f"study-{study.key(*case)}", partial(load, case)) for case in study.cases()), store)


def rounded(values: Tensor) -> list[float]:
    """``values`` (n,) as a record keeps them: to three digits."""
    return [round(v, 3) for v in values.tolist()]


def to_text(image: Tensor) -> str:
    """A square picture in 256 grey levels as base64, row by row: what a record keeps of a drawing."""
    grey = (image.flatten() * 255).round().clamp(0, 255).byte()
    return base64.b64encode(bytes(grey.tolist())).decode()


def from_text(text: str) -> Tensor:
    """The picture (size, size) that `to_text` wrote, from 0 to 1. Raises ValueError for text that is no square of bytes."""
    grey = torch.tensor(list(base64.b64decode(text, validate=True)), dtype=torch.float32) / 255
    size = math.isqrt(len(grey))
    if size**2 != len(grey) or not size:
        raise ValueError(f"{len(grey)} grey levels are no square picture")
    return grey.reshape(size, size)


def _check_record(record: dict) -> None:
    """Raise for a record that lacks what its readers take for granted."""
    dict(record["measured"])
    float(record["provenance"]["seconds"])


def _canonical(value) -> str:
    return json.dumps(value, sort_keys=True)

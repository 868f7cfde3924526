"""What the book's status page shows: costs, versions and benchmarks, all read from files that measured them."""

import json
from collections import Counter
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pandas as pd

from bumpworld.experiment import Experiment
from bumpworld.store import Result, ResultError, Store

from . import sweeps as experiments
from .findings import listed
from .pages import readable, thin
from .presets import PRESETS

PACKAGES = (
    "bumpworld",
    "torch",
    "numpy",
    "scipy",
    "matplotlib",
    "scikit-learn",
    "umap-learn",
    "ripser",
    "numba",
)
PAGES = ("jupyter-book", "sphinx", "sphinx-book-theme", "myst-nb", "ipywidgets", "anywidget")


def costs(preset: str = "quick") -> pd.DataFrame:
    """Models declared and finished in every sweep, runs that never learned, and what the finished ones cost.

    A model of two sweeps stands in both rows, so that columns do not add up to `total`. Seconds are wall-clock seconds of one process of one thread, summed over models.
    """
    store, rows = Store(), []
    for name in experiments.names(preset):
        declared = experiments.sweep(name, preset).experiments
        finished = [Result(e, store.load_record(e), None) for e in declared if store.has(e)]
        done = [result.record for result in finished]
        seconds = [record["provenance"]["seconds"] for record in done]
        rows.append(
            {
                "sweep": name,
                "models": len(declared),
                "finished": len(done),
                "not learned": sum(not result.learned for result in finished),
                "minutes": round(sum(seconds) / 60, 1),
                "seconds a model": round(sum(seconds) / len(seconds), 1) if seconds else None,
            }
        )
    return pd.DataFrame(rows).set_index("sweep")


def total(preset: str = "quick") -> str:
    """How many of a preset's models are finished and what they cost, in words: a model of several sweeps counts once."""
    store, declared = Store(), _declared(preset)
    seconds = [store.load_record(e)["provenance"]["seconds"] for e in declared if store.has(e)]
    return (
        f"**{thin(len(seconds))} of {thin(len(declared))} models are finished**, at {sum(seconds) / 3600:.1f} hours of one "
        "thread in all, each counted once though some are part of several sweeps"
    )


def _declared(*presets: str) -> set[Experiment]:
    return {
        e
        for preset in presets
        for name in experiments.names(preset)
        for e in experiments.sweep(name, preset).experiments
    }


def hardware() -> str:
    """Where the finished models of all sweeps were trained: how many on each processor, the commonest first."""
    store = Store()
    where = Counter(
        store.load_record(e)["provenance"]["hardware"] for e in _declared(*PRESETS) if store.has(e)
    )
    return listed(f"{thin(count)} on {name}" for name, count in where.most_common()) if where else "none yet"


def study_costs() -> pd.DataFrame:
    """The same for every study: cases declared and finished, each of which trains a few models, and what they cost."""
    from . import studies

    rows = []
    for name in studies.names():
        counts = studies.status(studies.study(name))
        declared = sum(counts[state] for state in ("done", "running", "failed", "missing"))
        rows.append(
            {
                "study": name,
                "cases": declared,
                "finished": counts["done"],
                "minutes": round(counts["seconds"] / 60, 1),
                "seconds a case": round(counts["seconds"] / counts["done"], 1) if counts["done"] else None,
            }
        )
    return pd.DataFrame(rows).set_index("study")


def versions(packages: tuple[str, ...] = PACKAGES + PAGES) -> pd.DataFrame:
    """Versions of the packages that built this page."""
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return pd.DataFrame({"version": found}).rename_axis("package")


def benchmark(name: str, missing: str = "–", store: Store | None = None):
    """As IPython Markdown: where it was measured, and the table that a script in benchmarks/ wrote, or what to run for it."""
    from IPython.display import Markdown

    try:
        saved = saved_benchmark(name, store)
    except FileNotFoundError as absent:
        return Markdown(f"*{absent}*")
    return Markdown(
        f"{saved['where']}\n\n{readable(pd.DataFrame(saved['rows']), form='.4g', missing=missing).data}"
    )


def saved_benchmark(name: str, store: Store | None = None) -> dict:
    """All that a script in benchmarks/ wrote down. Raises FileNotFoundError as `benchmark` does, ResultError if damaged."""
    path = (store or Store()).find("benchmarks", f"{name}.json")
    if not path.exists():
        raise FileNotFoundError(f"{Path(path).name} is not there; run `make bench` first")
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise ResultError(f"{path} is damaged ({error}); move it away and run `make bench` again") from None

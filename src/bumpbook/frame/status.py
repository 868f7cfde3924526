"""What the book's status page shows: costs, versions and benchmarks, all read from files that measured them."""

import json
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pandas as pd

from bumpworld.store import Result, ResultError, Store

from . import sweeps as experiments

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


def costs(preset: str = "quick", store: Store | None = None) -> pd.DataFrame:
    """Models declared and finished in every sweep, runs that never learned, and what the finished ones cost.

    Seconds are wall-clock seconds of one process of one thread, summed over models, with their hardware.
    """
    store = store or Store()
    rows = []
    for name in experiments.names(preset):
        declared = experiments.sweep(name, preset).experiments
        finished = [Result(e, store.load_record(e), None) for e in declared if store.has(e)]
        done = [result.record for result in finished]
        seconds = [record["provenance"]["seconds"] for record in done]
        hardware = sorted({f"{r['provenance']['hardware']} ({r['provenance']['device']})" for r in done})
        rows.append(
            {
                "sweep": name,
                "models": len(declared),
                "finished": len(done),
                "not learned": sum(not result.learned for result in finished),
                "minutes": round(sum(seconds) / 60, 1),
                "seconds a model": round(sum(seconds) / len(seconds), 1) if seconds else None,
                "hardware": "; ".join(hardware),
            }
        )
    return pd.DataFrame(rows).set_index("sweep")


def study_costs(store: Store | None = None) -> pd.DataFrame:
    """The same for every study: cases declared and finished, each of which trains a few models, and what they cost."""
    from . import studies

    rows = []
    for name in studies.names():
        counts = studies.status(studies.study(name), store)
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
    return pd.DataFrame({"version": found})


def benchmark(name: str, store: Store | None = None) -> tuple[str, pd.DataFrame]:
    """A sentence on where it was measured, and the table that a script in benchmarks/ wrote.

    Raises FileNotFoundError, naming the command, when it has not been run.
    """
    saved = saved_benchmark(name, store)
    return saved["where"], pd.DataFrame(saved["rows"])


def saved_benchmark(name: str, store: Store | None = None) -> dict:
    """All that a script in benchmarks/ wrote down. Raises FileNotFoundError as `benchmark` does, ResultError if damaged."""
    path = (store or Store()).find("benchmarks", f"{name}.json")
    if not path.exists():
        raise FileNotFoundError(f"{Path(path).name} is not there; run `make bench` first")
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise ResultError(f"{path} is damaged ({error}); move it away and run `make bench` again") from None

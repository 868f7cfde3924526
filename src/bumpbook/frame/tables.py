"""Tables of a sweep, made from its records alone: one row for each model and region.

They are shipped as CSV, `<sweep>-<preset>.csv`, and pages read those: no record is opened and no network built for them.
A test holds that they say what the records say.
"""

import io
from pathlib import Path

import pandas as pd

from bumpworld.canvas import Canvas
from bumpworld.experiment import Experiment
from bumpworld.files import ResultError, write_atomic
from bumpworld.measure import Judgement
from bumpworld.store import Result, Store

from .code_sweeps import code_name
from .commands import typed
from .sweeps import Sweep

FINE = 0.45  # of the spacing: below half, so that a neighbouring label's position does not count
_KNOWN: dict[tuple[Path, int, int], list[dict]] = {}  # rows of a record by its file as it was read


def fine_tolerance(canvas: Canvas) -> float:
    """The tolerance in pixels, `FINE` of the spacing, by which a copied neighbour is wrong."""
    return FINE * canvas.spacing


def table(sweep: Sweep, store: Store | None = None) -> pd.DataFrame:
    """Accuracy of every finished model of ``sweep`` on every region, a row each.

    ``x``, ``y``, ``both`` are at a tolerance of 1 px, ``*_fine`` below half the spacing. ``learned`` is False for a
    run that hit its cap before it drew its own training labels: no finding may rest on such a row. Raises
    FileNotFoundError, naming the command to run, when the sweep has no finished model.
    """
    store = store or Store()
    rows = [row for e in sweep.experiments if store.has(e) for row in _known_rows(e, store)]
    if not rows:
        raise FileNotFoundError(
            f"no model of {sweep.name!r} is finished; run `{typed(sweep.command, store)}` first"
        )
    return pd.DataFrame(rows)


def history(sweep: Sweep, store: Store | None = None) -> pd.DataFrame:
    """The same along training: a row for each model, checkpoint and region, with ``step``."""
    store = store or Store()
    rows = []
    for result in (store.load(e) for e in sweep.experiments if store.has(e)):
        for at, checkpoint in enumerate(result.record["checkpoints"]):
            for region, (x, y, both) in result.accuracy(checkpoint=at).items():
                rows.append({**settings(result.experiment), "region": region, "step": checkpoint["step"]})
                rows[-1] |= {"x": x, "y": y, "both": both, "learned": result.learned}
    if not rows:
        raise FileNotFoundError(
            f"no model of {sweep.name!r} is finished; run `{typed(sweep.command, store)}` first"
        )
    return pd.DataFrame(rows)


def geometry(sweep: Sweep, store: Store | None = None) -> pd.DataFrame:
    """Geometry scores of every model that measures them: a row for each checkpoint, layer and noise level.

    ``trained_fine`` is the share of trained labels that it draws right at that checkpoint, below half the spacing.
    """
    store = store or Store()
    rows = []
    for result in (store.load(e) for e in sweep.experiments if e.geometry and store.has(e)):
        for at, checkpoint in enumerate(result.record["checkpoints"]):
            right = result.accuracy(fine_tolerance(result.experiment.canvas), at)["train"][2]
            for scores in checkpoint.get("geometry", ()):
                rows.append({**settings(result.experiment), "step": checkpoint["step"], **scores})
                rows[-1] |= {
                    "last": checkpoint is result.record["checkpoints"][-1],
                    "learned": result.learned,
                    "trained_fine": right,
                }
    if not rows:
        raise FileNotFoundError(
            f"no model of {sweep.name!r} with a measured geometry is finished;"
            f" run `{typed(sweep.command, store)}` first"
        )
    return pd.DataFrame(rows)


def learned(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table whose model learned its own training labels (`Result.learned`): what findings may rest on."""
    return table[table["learned"].astype(bool)]


def settings(experiment: Experiment) -> dict:
    """What distinguishes an experiment from others of its sweep, flat; ``key`` names its record."""
    canvas, unet = experiment.canvas, experiment.unet
    split = experiment.train_on.split(canvas)
    visible = canvas.visible(split.train).all(1)
    return {
        "key": experiment.key,
        "seed": experiment.seed,
        "size": canvas.size,
        "kind": canvas.kind,
        "sigma": canvas.sigma,
        "spacing": canvas.spacing,
        "periodic": canvas.periodic,
        "margin": canvas.margin,
        "target": experiment.target,
        "normalised": experiment.energy_normalised,
        "annealed": not experiment.until_learned,
        "place": bool(unet.place),
        "code": code_name(unet),
        "max_frequency": unet.label_frequencies[1],
        "channels": "-".join(map(str, unet.channels)),
        "rule": experiment.train_on.rule,
        **{name: value for name, value in experiment.train_on.settings if name != "seed"},
        "train_labels": len(split.train),
        "train_2d": int(visible.sum()),
    }


def outcomes(experiment: Experiment, judgement: Judgement) -> list[dict]:
    """A row for each region: the settings, and the shares of ``judgement`` that are right at both tolerances."""
    split = experiment.train_on.split(experiment.canvas)
    common = settings(experiment)
    right = {"": judgement.right(1.0), "_fine": judgement.right(fine_tolerance(experiment.canvas))}
    rows = []
    for region, mask in split.masks.items():
        shares = {
            what + suffix: share
            for suffix, found in right.items()
            for what, share in zip(("x", "y", "both"), found[mask].float().mean(0).tolist(), strict=True)
        }
        rows.append({**common, "region": region, **shares})
    return rows


def _known_rows(experiment: Experiment, store: Store) -> list[dict]:
    """The rows of a record, which is read once and again when its file has changed: a page asks for one table many times."""
    file = store.record_path(experiment)
    state = file.stat()
    known = file, state.st_mtime_ns, state.st_size
    if known not in _KNOWN:
        _KNOWN[known] = _rows(Result(experiment, store.load_record(experiment), None))
    return _KNOWN[known]


def _rows(result: Result) -> list[dict]:
    training, provenance = result.record["training"], result.record["provenance"]
    more = {"learned": result.learned, "learned_at": training["learned_at"], "steps": training["steps"]}
    more |= {"seconds": provenance["seconds"], "hardware": provenance["hardware"]}
    rows = outcomes(result.experiment, result.judgement())
    return [{**r, "denoising_error": result.record["denoising_error"][r["region"]], **more} for r in rows]


def follows_geometry(experiment: Experiment) -> bool:
    """Does the experiment measure its geometry at every checkpoint? Such tables are shipped beside those of outcomes."""
    return experiment.geometry and bool(experiment.checkpoint_every)


def path(name: str, preset: str, store: Store) -> Path:
    """Where the table ``name`` of a preset is read from: "lesion", "torus-geometry", "nulls-lesion"."""
    return store.find("tables", f"{name}-{preset}.csv")


def read(name: str, preset: str = "quick", store: Store | None = None) -> pd.DataFrame:
    """The saved table ``name`` of a preset. Raises as `read_file`."""
    return read_file(path(name, preset, store or Store()))


def read_file(file: Path) -> pd.DataFrame:
    """A saved table. Raises FileNotFoundError where it is not there, ResultError where it cannot be read."""
    if not file.exists():
        raise FileNotFoundError(f"{file} is not there; `bumpworld run` and `bumpworld nulls` write tables")
    try:
        found = pd.read_csv(file)
        if "learned" not in found or found.empty:
            raise ValueError("it has no row or no column 'learned'")
    except (OSError, ValueError) as error:
        raise ResultError(f"{file} is damaged ({error}); move it away and make it again") from None
    return found


def save(sweep: Sweep, preset: str, store: Store | None = None) -> Path:
    """Write the sweep's tables as CSV under tables/ of the store, unless they say so already.

    One of outcomes, whose path is returned, and one of geometry where the sweep follows it along training.
    """
    store = store or Store()
    if any(follows_geometry(e) and store.has(e) for e in sweep.experiments):
        write(geometry(sweep, store), f"{sweep.name}-geometry", preset, store)
    return write(table(sweep, store), sweep.name, preset, store)


def write(made: pd.DataFrame, name: str, preset: str, store: Store) -> Path:
    """Write one table as CSV under tables/ of the store's own folder, unless it says so already; its path."""
    file = store.root / "tables" / f"{name}-{preset}.csv"
    text = io.StringIO()
    made.to_csv(text, index=False, float_format="%.6g")
    # a folder that is complete need not be writable
    data = text.getvalue().encode()
    if not file.is_file() or file.read_bytes() != data:
        write_atomic(file, data)
    return file

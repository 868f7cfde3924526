"""Tables of a sweep, made from its records alone: one row for each model and region."""

import io
from pathlib import Path

import pandas as pd

from bumpworld.experiment import Experiment
from bumpworld.store import Result, Store, write_atomic

from .sweeps import Sweep

FINE = 0.45  # of the spacing: below half, so that a neighbouring label's position does not count


def fine_tolerance(experiment: Experiment) -> float:
    """The tolerance in pixels, `FINE` of the spacing, by which a copied neighbour is wrong."""
    return FINE * experiment.canvas.spacing


def table(sweep: Sweep, store: Store | None = None) -> pd.DataFrame:
    """Accuracy of every finished model of ``sweep`` on every region, a row each.

    ``x``, ``y``, ``both`` are at a tolerance of 1 px, ``*_fine`` below half the spacing. ``learned`` is False for a
    run that hit its cap before it drew its own training labels: no finding may rest on such a row. Raises
    FileNotFoundError, naming the command to run, when the sweep has no finished model.
    """
    store = store or Store()
    rows = [row for e in sweep.experiments if store.has(e) for row in _rows(store.load(e))]
    if not rows:
        raise FileNotFoundError(
            f"no model of {sweep.name!r} is finished; run `{store.command(sweep.command)}` first"
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
            f"no model of {sweep.name!r} is finished; run `{store.command(sweep.command)}` first"
        )
    return pd.DataFrame(rows)


def geometry(sweep: Sweep, store: Store | None = None) -> pd.DataFrame:
    """Geometry scores of every model that measures them: a row for each checkpoint, layer and noise level."""
    store = store or Store()
    rows = []
    for result in (store.load(e) for e in sweep.experiments if e.geometry and store.has(e)):
        for checkpoint in result.record["checkpoints"]:
            for scores in checkpoint.get("geometry", ()):
                rows.append({**settings(result.experiment), "step": checkpoint["step"], **scores})
                rows[-1] |= {
                    "last": checkpoint is result.record["checkpoints"][-1],
                    "learned": result.learned,
                }
    if not rows:
        raise FileNotFoundError(
            f"no model of {sweep.name!r} with a measured geometry is finished;"
            f" run `{store.command(sweep.command)}` first"
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
        "code": unet.label_code + (f"-{unet.label_angle:g}" if unet.label_angle else ""),
        "max_frequency": unet.label_frequencies[1],
        "channels": "-".join(map(str, unet.channels)),
        "rule": experiment.train_on.rule,
        **{name: value for name, value in experiment.train_on.settings if name != "seed"},
        "train_labels": len(split.train),
        "train_2d": int(visible.sum()),
    }


def _rows(result: Result) -> list[dict]:
    coarse, fine = result.accuracy(1.0), result.accuracy(fine_tolerance(result.experiment))
    training, provenance = result.record["training"], result.record["provenance"]
    rows = []
    for region in coarse:
        rows.append(
            {
                **settings(result.experiment),
                "region": region,
                **dict(zip(("x", "y", "both"), coarse[region], strict=True)),
                **dict(zip(("x_fine", "y_fine", "both_fine"), fine[region], strict=True)),
                "denoising_error": result.record["denoising_error"][region],
                "learned": result.learned,
                "learned_at": training["learned_at"],
                "steps": training["steps"],
                "seconds": provenance["seconds"],
                "hardware": provenance["hardware"],
            }
        )
    return rows


def save(sweep: Sweep, preset: str, store: Store | None = None) -> Path:
    """Write the sweep's table as CSV under tables/ of the store, unless it says so already, and return its path."""
    store = store or Store()
    path = store.root / "tables" / f"{sweep.name}-{preset}.csv"
    text = io.StringIO()
    table(sweep, store).to_csv(text, index=False, float_format="%.6g")
    # a folder that is complete need not be writable
    if not path.is_file() or path.read_bytes() != text.getvalue().encode():
        write_atomic(path, lambda name: Path(name).write_bytes(text.getvalue().encode()))
    return path

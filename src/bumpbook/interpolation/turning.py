"""The same hole told in another language: what is drawn in a band as the code's axes turn, and under other codes."""

from dataclasses import replace

import pandas as pd
import torch
from torch import Tensor

from bumpbook.frame import tables
from bumpbook.frame.commands import typed
from bumpbook.frame.sweeps import Sweep, sweep
from bumpbook.frame.tables import FINE
from bumpworld import checks
from bumpworld.experiment import Experiment
from bumpworld.selection import Split
from bumpworld.store import ResultError, Store
from bumpworld.unet import UNetConfig

from . import lesions
from .law import code_name

REGIONS = {"lesion": "band", "square": "square"}


def told(unet: UNetConfig) -> str:
    """The name of a label code: "axes", "smooth", "sharp", "turned-45", "fourier", "one-hot", "pair"."""
    usual = UNetConfig.label_frequencies[1]
    if unet.label_code == "axes" and unet.label_frequencies[1] != usual:
        return "smooth" if unet.label_frequencies[1] < usual else "sharp"
    return code_name(unet)


def degrees(experiment: Experiment) -> float:
    """The angle by which an experiment's code is turned, 0 for plain axes."""
    return experiment.unet.label_angle


def by_angle(store: Store | None = None) -> pd.DataFrame:
    """Every finished model of the slider's bands told in plain or turned axes, more seeds at some angles, a row each: angle, width of the band, seed, learned, ``right`` within 0.45 px, ``near`` within 1 px."""
    table = _table(("slider", "codes"), store)
    straight = (table.told == "axes") | table.told.str.startswith("turned")
    widths = {lesions.width(e) for e in sweep("slider").experiments}
    return table[straight & (table.test == "band") & table.width.isin(widths)].drop(columns="told")


def by_code(store: Store | None = None, kind: str = "bump") -> pd.DataFrame:
    """The same of every code: told, test ("band" or "square"), width, seed, learned, ``right`` and ``near``; of one ``kind`` of image."""
    return _table(("codes",), store, kind=kind).drop(columns="angle")


def by_reach(store: Store | None = None) -> pd.DataFrame:
    """The same of the networks whose gap was made shorter in plain axes, told "axes", or longer in turned ones, "turned-45"."""
    table = _table(("reach",), store).drop(columns="angle")
    # a lower frequency alone would be called a smooth code
    return table[~table.longer].assign(told=table.told.replace("smooth", "axes"))


def by_steps(store: Store | None = None) -> pd.DataFrame:
    """The same of the band of four where plain and turned axes are trained for equally many steps, by ``size`` of the frame."""
    table = _table(("reach",), store)
    return table[table.longer]


def by_target(store: Store | None = None) -> pd.DataFrame:
    """The same of the networks trained for the noise or for v in plain and in turned axes; ``target`` says which."""
    return _table(("told-targets",), store).drop(columns="angle")


def by_size(preset: str, store: Store | None = None) -> pd.DataFrame:
    """The same of bands at the paper's size, in plain and in turned axes."""
    return _table(("slider",), store, preset)


def by_frame(store: Store | None = None) -> pd.DataFrame:
    """The same of the band of eight by ``size`` of the frame, and by the ``rule`` of training: all other labels, the columns
    beside it, or as many labels of all columns; ``longer`` where either of these was trained for a fixed number of steps."""
    return _table(("frames",), store).drop(columns="angle")


def _table(
    names: tuple[str, ...], store: Store | None, preset: str = "quick", kind: str = "bump"
) -> pd.DataFrame:
    # sweeps share models: each counts once
    found = {e.key: e for name in names for e in sweep(name, preset).experiments}
    rows = tables.table(replace(sweep(names[0], preset), experiments=tuple(found.values())), store)
    trained, rest = (rows[rows.region == name].set_index("key").both_fine for name in ("train", "rest"))
    rows = rows[(rows.kind == kind) & rows.region.isin(REGIONS)]
    experiments = [found[key] for key in rows.key]
    return pd.DataFrame(
        {
            "told": [told(e.unet) for e in experiments],
            "angle": [degrees(e) for e in experiments],
            "target": rows.target.to_list(),
            "size": [e.canvas.size for e in experiments],
            "rule": [e.train_on.rule for e in experiments],
            "longer": [not e.until_learned for e in experiments],
            "labels": rows.train_2d.to_list(),
            "steps": rows.steps.to_list(),
            "test": rows.region.map(REGIONS).to_list(),
            "width": [lesions.width(e) for e in experiments],
            "seed": rows.seed.to_list(),
            "learned": rows.learned.to_list(),
            "right": rows.both_fine.to_list(),
            "near": rows.both.to_list(),
            # of its own labels within 0.45 px
            "trained": rows.key.map(trained).to_list(),
            # of those held out beside the band or the square, where there are any
            "rest": rows.key.map(rest).to_list(),
        }
    )


def middle(source: Sweep, told_by: str, width: float, store: Store | None = None, **training) -> list[float]:
    """Shares of a band's two middle columns that the finished networks of ``source`` which learned draw right within 0.45 px.

    There the edges are farthest, so that no kernel of the book reaches them. ``training`` names settings that must agree,
    for instance target="eps".
    """
    store, found = store or Store(), []
    for e in source.experiments:
        fits = told(e.unet) == told_by and all(getattr(e, name) == value for name, value in training.items())
        if _is_band(e, width) and fits and store.has(e) and (result := store.load(e)).learned:
            split = e.train_on.split(e.canvas)
            right = result.judgement().right(FINE)[:, 2]
            found.append(float(right[split.held_out & two_middle(split)].float().mean()))
    return found


def _is_band(e: Experiment, width: float) -> bool:
    return e.train_on.rule == "lesion" and e.canvas.kind == "bump" and lesions.width(e) == width


def two_middle(split: Split) -> Tensor:
    """Which labels lie in the two middle columns of a band held out."""
    columns = split.labels[split.held_out, 0].unique()
    half = len(columns) // 2
    return torch.isin(split.labels[:, 0], columns[half - 1 : half + 1])


def shown(width: float = 4, store: Store | None = None) -> dict[str, Experiment]:
    """Models of a band with weights in the store, by the name of their code: the slider's in the order of the angle, then the others.

    Raises ResultError when there is none.
    """
    width = checks.number("width", width, above=0)
    store, found = store or Store(), {}
    for e in (*sweep("slider").experiments, *sweep("codes").experiments):
        if _is_band(e, width) and store.has(e, weights=True):
            found.setdefault(told(e.unet), e)
    if not found:
        command = typed(sweep("slider").command, store)
        raise ResultError(f"{store.root} has no model of a band of {width:g}; `{command}` trains them")
    return found


def maps(width: float, seed: int = 0, store: Store | None = None) -> dict[float, pd.DataFrame]:
    """Which labels of a band one seed draws right at each angle: angle -> x, y, ``right`` (within 0.45 px) of its labels."""
    width, seed = checks.number("width", width, above=0), checks.seed("seed", seed)
    store, found = store or Store(), {}
    for e in sweep("slider").experiments:
        if lesions.width(e) == width and e.seed == seed and store.has(e):
            labels = lesions.inside(e)
            held = e.train_on.split(e.canvas).held_out
            right = store.load(e).judgement().right(FINE)[held, 2]
            found[degrees(e)] = pd.DataFrame({"x": labels[:, 0], "y": labels[:, 1], "right": right})
    return found

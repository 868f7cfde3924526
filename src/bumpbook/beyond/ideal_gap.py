"""How far a trained network is from three ideal denoisers, noise level by noise level.

The first knows the label: its answer is the label's own image, a constant. The second has the training images by
heart and no label. The third is like it, but owns the images of the whole lattice. Distances are squared, in units of
a bump's energy: 1 is the distance of a bump from a blank.
"""

from dataclasses import replace
from types import MappingProxyType

import pandas as pd
import torch

from bumpbook.frame.exact import ideal_denoiser
from bumpbook.frame.studies import Study, register
from bumpbook.frame.sweeps import PRESETS
from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.diffusion import DiffusionModel
from bumpworld.experiment import Experiment
from bumpworld.files import ResultError
from bumpworld.selection import Split, held_out_square, lesion
from bumpworld.train import train

TIMES = (0, 25, 50, 75, 100, 125, 150, 200, 250, 300, 400, 500, 700, 999)
IDEALS = ("own image", "training set", "whole lattice")
HELD_OUT = MappingProxyType({"pairs": held_out_square(6, 10), "values": lesion(4, 12)})


@torch.no_grad()
def gaps(model: DiffusionModel, canvas: Canvas, split: Split, times=TIMES, seed: int = 0) -> pd.DataFrame:
    """Mean distance of the model's image estimate from each of `IDEALS`, for trained and for held-out labels.

    Each label's image is noised once at each time, with the same noise at every time. Columns: "labels" ("trained" or
    "held out"), "t", and one for each ideal; "memory" is how far the second ideal itself is from the label's image.

    Raises ValueError for a split that holds nothing out.
    """
    checks.instance("model", model, DiffusionModel), checks.instance("canvas", canvas, Canvas)
    seed, times = checks.seed("seed", seed), checks.wholes("times", times, 0, model.schedule.steps - 1)
    if not checks.instance("split", split, Split).held_out.any():
        raise ValueError("this split holds out 0 labels; held-out labels are what is compared")
    world, generator = canvas.render(split.labels), torch.Generator().manual_seed(seed)
    known, noise = world[split.train_mask], torch.randn(world.shape, generator=generator)
    energy, rows = (world**2).sum((1, 2, 3)), []
    for time in times:
        t = torch.full((len(world),), time)
        x_t = model.schedule.add_noise(model.scale * world, t, noise)
        estimate = _in_parts(model, x_t, t, split.labels) / model.scale
        memory = ideal_denoiser(x_t, t, model.scale * known, model.schedule) / model.scale
        lattice = ideal_denoiser(x_t, t, model.scale * world, model.schedule) / model.scale
        pairs = [(estimate, world), (estimate, memory), (estimate, lattice), (memory, world)]
        apart = torch.stack([((a - b) ** 2).sum((1, 2, 3)) / energy for a, b in pairs])
        for name, mask in (("trained", split.train_mask), ("held out", split.held_out)):
            rows.append([name, time, *apart[:, mask].mean(1).tolist()])
    return pd.DataFrame(rows, columns=["labels", "t", *IDEALS, "memory"])


def _in_parts(model: DiffusionModel, x_t, t, labels) -> torch.Tensor:
    parts = torch.arange(len(x_t)).split(256)
    return torch.cat([model.denoise(x_t[i], t[i], labels[i]) for i in parts])


def experiment(held_out: str, seed: int) -> Experiment:
    """The quick experiment that holds out "pairs" (a square) or "values" (a band of columns)."""
    checks.choice("held_out", held_out, HELD_OUT)
    return replace(PRESETS["quick"].base, train_on=HELD_OUT[held_out], seed=seed)


def measure(setting: dict, seed: int) -> dict:
    """Train one network and measure its gaps: {"learned": bool, "gaps": column lists}."""
    chosen = experiment(setting["held_out"], seed)
    for step in train(chosen):
        pass
    table = gaps(step.model.eval(), chosen.canvas, chosen.train_on.split(chosen.canvas))
    return {"learned": step.learned_at is not None, "gaps": table.round(5).to_dict("list")}


def curves(records: list[dict]) -> pd.DataFrame:
    """The tables of all learned records under each other, with columns "held_out" and "seed" added.

    Raises ResultError when no record is of a network that learned its labels.
    """
    parts = [
        pd.DataFrame(r["measured"]["gaps"]).assign(held_out=r["setting"]["held_out"], seed=r["seed"])
        for r in records
        if r["measured"]["learned"]
    ]
    if not parts:
        raise ResultError(f"no network of {len(records)} learned its labels; run `{STUDY.command}` again")
    return pd.concat(parts, ignore_index=True)


STUDY = register(
    Study(
        name="ideal-gap",
        question="At which noise levels does a network part from an ideal denoiser?",
        version=1,
        settings=tuple({"held_out": name} for name in HELD_OUT),
        seeds=5,
        measure=measure,
    )
)

"""Us beside our peers: how long until 99 % of the labels of a 16 x 16 bump world are drawn right?

Three contestants train on the same 256 images, one after the other in one process with the same number of threads:

    ours             `bumpworld.train` with the quick preset
    diffusers        UNet2DModel of about equal parameters with its usual recipe: epsilon, uniform t, AdamW at 1e-4
                     (betas and weight decay of its own training example, without that example's 500 steps of warm-up,
                     which would only slow it down here), noised by its own DDPMScheduler
    diffusers, ours  the same network with our recipe: x0, our loss, AdamW at 2e-3 after 20 steps of warm-up, our EMA

UNet2DModel takes one embedding besides time. x and y enter there: the same sines and cosines as in our network, two
linear layers, ``class_embed_type="identity"``, added to its embedding of time. All three are drawn by the same 20-step
DDIM and judged by the same rule, position within 1 px and the right shape. Looking is not counted as training time.

    python benchmarks/time_to_accuracy.py --cap 300 --out results/benchmarks/time_to_accuracy.json
"""

import argparse
import copy
import json
import statistics
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import torch
from diffusers import DDPMScheduler, UNet2DModel
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

import bumpworld as bw
from bumpworld.diffusion import DiffusionModel, training_loss
from bumpworld.evaluate import draw
from bumpworld.files import provenance, write_atomic
from bumpworld.label_code import sinusoids
from bumpworld.train import WARM_UP, new_model
from bumpworld.unet_config import UNetConfig

GOAL = 0.99
EXPERIMENT = bw.Experiment()


class Peer(nn.Module):
    """diffusers' UNet2DModel with the positions x and y as its class embedding; called as our own network is.

    Its levels have attention where ours have, and so many ``channels`` that it has about as many parameters.
    """

    def __init__(self, config: UNetConfig, size: int = 16, channels: tuple[int, ...] = (24, 40)):
        super().__init__()
        self.config = config
        kinds = ["Attn" * (level in config.attention) for level in range(len(channels))]
        self.unet = UNet2DModel(
            sample_size=size,
            in_channels=1,
            out_channels=1,
            block_out_channels=channels,
            layers_per_block=1,
            down_block_types=tuple(f"{kind}DownBlock2D" for kind in kinds),
            up_block_types=tuple(f"{kind}UpBlock2D" for kind in reversed(kinds)),
            norm_num_groups=8,
            class_embed_type="identity",
        )
        width = 4 * channels[0]  # UNet2DModel's embedding of time
        self.place = nn.Sequential(
            nn.Linear(2 * config.label_features, width), nn.SiLU(), nn.Linear(width, width)
        )

    def forward(self, x_t: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        parts = [sinusoids(c, self.config.label_features, *self.config.label_frequencies) for c in labels.T]
        return self.unet(x_t, t, class_labels=self.place(torch.cat(parts, 1))).sample


def ours() -> Iterator[tuple[float, DiffusionModel]]:
    """Seconds of training so far and the averaged model, after each step."""
    for step in bw.train(EXPERIMENT):
        yield step.seconds, step.model


def peer(recipe: str) -> Iterator[tuple[float, DiffusionModel]]:
    """The same of UNet2DModel, with its "usual" recipe or with "ours"; goes on until the caller stops."""
    torch.manual_seed(0)
    labels = EXPERIMENT.canvas.lattice()
    images = EXPERIMENT.canvas.render(labels)
    model = new_peer(recipe)
    averaged = copy.deepcopy(model).requires_grad_(False) if recipe == "ours" else model
    settings = (
        {"lr": 2e-3, "betas": (0.9, 0.99)}
        if recipe == "ours"
        else {"lr": 1e-4, "betas": (0.95, 0.999), "weight_decay": 1e-6}
    )
    optimiser, scheduler = torch.optim.AdamW(model.parameters(), **settings), DDPMScheduler(1000)
    clock, number = 0.0, 0
    while True:
        start, number = time.perf_counter(), number + 1
        rows = torch.randperm(len(labels))[: EXPERIMENT.batch_size]
        if recipe == "ours":
            optimiser.param_groups[0]["lr"] = settings["lr"] * min(1.0, number / WARM_UP)
            loss = training_loss(model, images[rows], labels[rows])
        else:
            t, noise = torch.randint(1000, (len(rows),)), torch.randn_like(images[rows])
            noisy = scheduler.add_noise(images[rows], noise, t)
            loss = nn.functional.mse_loss(model(noisy, t, labels[rows]), noise)
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
        if recipe == "ours":
            keep = min(EXPERIMENT.ema, number / (number + 10))
            torch._foreach_lerp_(list(averaged.parameters()), list(model.parameters()), 1 - keep)
        clock += time.perf_counter() - start
        yield clock, averaged


def new_peer(recipe: str) -> DiffusionModel:
    net = Peer(EXPERIMENT.unet).to(memory_format=torch.channels_last)
    return DiffusionModel(
        net, EXPERIMENT.schedule, "x0" if recipe == "ours" else "eps", EXPERIMENT.canvas.size
    )


def race(
    steps: Iterator[tuple[float, DiffusionModel]], cap: float, every: int, experiment: bw.Experiment
) -> dict:
    """Train until 99 % of all labels are drawn right or ``cap`` seconds are over; look every so many steps."""
    canvas = experiment.canvas
    labels, looks, clocks = canvas.lattice(), [], [0.0]
    for number, (seconds, model) in enumerate(steps, start=1):
        clocks.append(seconds)
        if number % every == 0 or seconds > cap:
            right = bw.accuracy(draw(model.eval(), labels), labels, canvas).both
            looks.append({"step": number, "seconds": round(seconds, 2), "right": round(right, 4)})
            model.train()
            if right >= GOAL or seconds > cap:
                break
    step_seconds = statistics.median(b - a for a, b in pairwise(clocks))
    reached = looks[-1] if looks[-1]["right"] >= GOAL else None
    return {
        "reached": reached,
        "last": looks[-1],
        "looks": looks,
        "images_per_second": experiment.batch_size / step_seconds,
    }


def operations_per_image(model: DiffusionModel, experiment: bw.Experiment) -> float:
    """Floating point operations of one training step, for each image: convolutions and matrix products, both ways."""
    labels = experiment.canvas.lattice()[: experiment.batch_size]
    with FlopCounterMode(display=False) as counter:
        training_loss(model, experiment.canvas.render(labels), labels).backward()
    return counter.get_total_flops() / len(labels)


def matrix_rate() -> float:
    """Float32 operations a second of the best of 20 products of 1536 x 1536 matrices."""
    a, b = torch.randn(2, 1536, 1536).unbind()
    best = float("inf")
    for _ in range(20):
        start = time.perf_counter()
        a @ b
        best = min(best, time.perf_counter() - start)
    return 2 * 1536**3 / best


def show(contestants: dict[str, dict]) -> None:
    """Print the table, and each contestant's numbers as ratios to ours."""
    first = contestants["ours"]["reached"]
    print(
        f"{'':18}{'parameters':>11}{'seconds':>9}{'steps':>7}{'right':>7}{'images/s':>10}{'of matrix rate':>16}"
    )
    for name, c in contestants.items():
        look, sign = c["reached"] or c["last"], "" if c["reached"] else ">"
        print(f"{name:18}{c['parameters']:>11,}{sign + format(look['seconds'], '.1f'):>9}{sign + str(look['step']):>7}"
              f"{look['right']:>7.0%}{c['images_per_second']:>10.0f}{c['matrix_share']:>16.0%}")  # fmt: skip
    for name, c in contestants.items():
        if name != "ours" and first:
            look, sign = c["reached"] or c["last"], "" if c["reached"] else "more than "
            print(
                f"{name}: {sign}{look['seconds'] / first['seconds']:.1f} times our seconds, "
                f"{sign}{look['step'] / first['step']:.1f} times our steps, "
                f"{c['images_per_second'] / contestants['ours']['images_per_second']:.2f} times our images a second"
            )


def row(name: str, result: dict) -> dict:
    """One line of the status page's table: empty cells where 99 % was not reached."""
    reached = result["reached"] or {}
    return {
        "network and recipe": name,
        "parameters": result["parameters"],
        "seconds to 99 %": reached.get("seconds"),
        "steps to 99 %": reached.get("step"),
        "right at the end": result["last"]["right"],
        "images a second": result["images_per_second"],
        "share of the matrix rate": result["matrix_share"],
    }


def contest(experiment: bw.Experiment, runs: dict, cap: float, every: int, rate: float) -> dict[str, dict]:
    """Let each of ``runs``, name -> (its steps, its untrained model), learn the world of ``experiment``, in turn."""
    contestants = {}
    for name, (steps, fresh) in runs.items():
        model = fresh()
        result = race(steps(), cap, every, experiment)
        result["parameters"] = sum(p.numel() for p in model.parameters())
        result["operations_per_image"] = operations_per_image(model, experiment)
        result["matrix_share"] = result["operations_per_image"] * result["images_per_second"] / rate
        contestants[name] = result
    return contestants


def main() -> None:
    parser = argparse.ArgumentParser(description="Time to 99 % right: ours beside diffusers' UNet2DModel")
    parser.add_argument("--cap", type=float, default=300.0, help="seconds of training for each contestant")
    parser.add_argument("--every", type=int, default=20, help="steps between two looks at all labels")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--out", type=Path, help="a JSON file for the results")
    options = parser.parse_args()
    if options.cap <= 0 or options.every < 1 or options.threads < 1:
        parser.error("--cap must be above 0, --every and --threads at least 1")
    torch.set_num_threads(options.threads)
    runs = {
        "ours": (ours, lambda: new_model(EXPERIMENT)),
        "diffusers": (lambda: peer("usual"), lambda: new_peer("usual")),
        "diffusers, ours": (lambda: peer("ours"), lambda: new_peer("ours")),
    }
    rate = matrix_rate()
    contestants = contest(EXPERIMENT, runs, options.cap, options.every, rate)
    show(contestants)
    if options.out:
        size = EXPERIMENT.canvas.size
        report = {"goal": GOAL, "cap_seconds": options.cap, "matrix_rate": rate, "contestants": contestants}
        made = report["provenance"] = {**provenance(), "threads": options.threads}
        report["where"] = (
            f"A world of {size} × {size} pixels and {size**2} labels, measured on {made['hardware']}, {options.threads} "
            f"threads, torch {made['torch']}, in one run; a contestant was stopped after {options.cap:.0f} seconds of "
            "training. Labels count as right when position and shape are."
        )
        report["rows"] = [row(name, result) for name, result in contestants.items()]
        write_atomic(options.out, json.dumps(report, indent=1).encode())


if __name__ == "__main__":
    main()

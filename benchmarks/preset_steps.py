"""What a step of training costs in each preset, and what makes one of the paper's network dearer or cheaper.

    python benchmarks/preset_steps.py [--steps 6] [--out results/benchmarks/preset_steps.json]

Processor time of one thread, which what else the machine does changes little. Beside the paper's network stands diffusers'
UNet2DModel of about as many parameters, with attention on the same levels, trained by the same lines.
"""

import argparse
import json
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import torch
from time_to_accuracy import Peer

from bumpbook.frame.compiled import compiled
from bumpbook.frame.presets import PRESETS
from bumpworld.diffusion import DiffusionModel
from bumpworld.experiment import Experiment
from bumpworld.files import provenance, write_atomic
from bumpworld.train import fit, new_model

NETWORK = PRESETS["paper-network"].base
# the nearest to our number of parameters
PEER_CHANNELS = (48, 96, 152)


def changed(**settings) -> Experiment:
    """The paper's network with other settings."""
    return replace(NETWORK, unet=replace(NETWORK.unet, **settings))


def peer() -> DiffusionModel:
    """UNet2DModel in the place of our network."""
    net = Peer(NETWORK.unet, NETWORK.canvas.size, PEER_CHANNELS).to(memory_format=torch.channels_last)
    return DiffusionModel(net, NETWORK.schedule, NETWORK.target, NETWORK.canvas.size)


def cases() -> Iterator[tuple[str, Experiment, DiffusionModel, bool]]:
    """Of each row its name, the training, the untrained model, and is it compiled?"""
    for name, preset in PRESETS.items():
        yield name, preset.base, new_model(preset.base), False
    rows = {
        "paper-network, compiled": (NETWORK, True),
        "paper-network, all in float32": (changed(precision="float32"), False),
        "paper-network, attention on the two coarse levels": (changed(attention=(1, 2)), False),
        "paper-network, one head": (changed(heads=1), False),
    }
    for name, (experiment, compile_it) in rows.items():
        yield name, experiment, new_model(experiment), compile_it
    yield "diffusers' UNet2DModel in its place, float32", NETWORK, peer(), False


def step_seconds(experiment: Experiment, model: DiffusionModel, compile_it: bool, steps: int) -> list[float]:
    """Processor seconds of each of ``steps`` steps after the first, which prepares what the others use."""
    experiment, times = replace(experiment, until_learned=False, steps=steps + 1), []
    labels = experiment.train_on.split(experiment.canvas).train
    with compiled(compile_it):
        before = time.process_time()
        for _ in fit(model, experiment.canvas.render(labels), labels, experiment, None):
            times.append(time.process_time() - before)
            before = time.process_time()
    return times[1:]


def main() -> None:
    """Time every case, print the table, write it down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=6, help="steps that are timed")
    parser.add_argument("--out", type=Path, help="write the table to this JSON file")
    options, rows = parser.parse_args(), []
    torch.set_num_threads(1)
    for name, base, model, compile_it in cases():
        times = step_seconds(base, model, compile_it, options.steps)
        row = {
            "network": name,
            "side": base.canvas.size,
            "parameters": sum(p.numel() for p in model.parameters()),
            "images a step": base.batch_size,
        }
        row |= {"a step, s": round(statistics.median(times), 3), "at most, s": round(max(times), 3)}
        # a network that trains until it has learned has no number of steps
        fixed = None if base.until_learned else round(base.steps * statistics.median(times) / 60, 1)
        rows.append(row | {"all steps, minutes": fixed})
        print(rows[-1], flush=True)
    made = provenance()
    where = (
        f"One thread of {made['hardware']}, torch {made['torch']}, processor time of the median of {options.steps} steps, while "
        "the machine did other work."
    )
    if options.out:
        report = {"where": where, "rows": rows, "provenance": made}
        write_atomic(options.out, json.dumps(report, indent=1).encode())


if __name__ == "__main__":
    main()

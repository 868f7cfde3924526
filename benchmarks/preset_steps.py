"""What a step of training costs in each preset, and so a model: the small world's, the paper's world, the paper's network.

    python benchmarks/preset_steps.py [--steps 6] [--out results/benchmarks/preset_steps.json]

Processor time of one thread, which what else the machine does changes little.
"""

import argparse
import json
import statistics
import time
from dataclasses import replace
from pathlib import Path

import torch

from bumpbook.frame.sweeps import PRESETS
from bumpworld.files import provenance, write_atomic
from bumpworld.train import new_model, train


def step_seconds(preset: str, steps: int) -> list[float]:
    """Processor seconds of each of ``steps`` steps after the first, which prepares what the others use."""
    base, times = replace(PRESETS[preset].base, until_learned=False, steps=steps + 1), []
    before = time.process_time()
    for _ in train(base):
        times.append(time.process_time() - before)
        before = time.process_time()
    return times[1:]


def main() -> None:
    """Time every preset, print the table, write it down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=6, help="steps that are timed")
    parser.add_argument("--out", type=Path, help="write the table to this JSON file")
    options, rows = parser.parse_args(), []
    torch.set_num_threads(1)
    for name, preset in PRESETS.items():
        times, base = step_seconds(name, options.steps), preset.base
        parameters = sum(p.numel() for p in new_model(base).parameters())
        row = {
            "preset": name,
            "side": base.canvas.size,
            "parameters": parameters,
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

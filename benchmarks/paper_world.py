"""Which network learns the paper's frame, 32 x 32 pixels, on a CPU: patches and levels, judged by held-out squares.

    python benchmarks/paper_world.py [--seeds 2] [--out results/benchmarks/paper_world.json]

Every network is trained until it draws its training labels, once without the square 13..18 and once without the square
10..21, on one thread. Processor time of training alone counts, which what else the machine does changes little. The rule,
written down before the race: of the networks that draw the held-out square 13..18 right for `ENOUGH` of its labels within
.45 px, in the mean over seeds, the one with the least processor time.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

import torch

from bumpworld.canvas import Canvas
from bumpworld.evaluate import judge_model
from bumpworld.experiment import Experiment
from bumpworld.files import provenance, write_atomic
from bumpworld.selection import held_out_square
from bumpworld.train import new_model, train
from bumpworld.unet_config import UNetConfig

ENOUGH = 0.9
# name -> network; the last takes minutes and runs once
NETWORKS = {
    "patches of 4, 32-64 channels": UNetConfig.quick(patch=4),
    "patches of 4, 48-96 channels": UNetConfig.quick(patch=4, channels=(48, 96)),
    "patches of 2, 16-32-64 channels": UNetConfig.quick(channels=(16, 32, 64), attention=(2,)),
    "patches of 2, 32-64 channels": UNetConfig.quick(),
}
SQUARES = {"6": held_out_square(13, 19), "12": held_out_square(10, 22)}


def run(unet: UNetConfig, square: str, seed: int) -> dict:
    """Processor seconds, steps and shares right of one network that is trained without one square."""
    e = Experiment(Canvas(size=32), SQUARES[square], unet, steps=1200, until_learned=True, seed=seed)
    started = time.process_time()
    for step in train(e):
        last = step
    seconds = time.process_time() - started
    split, judged = e.train_on.split(e.canvas), judge_model(last.model.eval(), e.canvas)
    shares = {
        f"{name} {tolerance:g}": float(judged.right(tolerance)[mask, 2].float().mean())
        for tolerance in (1.0, 0.45)
        for name, mask in (("trained", split.train_mask), ("held out", ~split.train_mask))
    }
    return {"square": square, "seed": seed, "learned at": last.learned_at, "steps": last.number,
            "seconds": round(seconds, 1), **{name: round(share, 4) for name, share in shares.items()}}  # fmt: skip


def row(name: str, runs: list[dict]) -> dict:
    """A line of the table: means over the seeds of the smaller square, and the larger one."""
    small, large = ([r for r in runs if r["square"] == square] for square in SQUARES)

    def mean(rows, what):
        return round(statistics.mean(r[what] for r in rows), 3) if rows else None

    return {
        "network": name,
        "parameters": sum(p.numel() for p in new_model(Experiment(unet=NETWORKS[name])).parameters()),
        "models": len(runs),
        "processor seconds": mean(runs, "seconds"),
        "steps": mean(runs, "steps"),
        "13..18 within 1 px": mean(small, "held out 1"),
        "within .45 px": mean(small, "held out 0.45"),
        "10..21 within 1 px": mean(large, "held out 1"),
        "10..21 within .45 px": mean(large, "held out 0.45"),
    }


def main() -> None:
    """Race all networks, print the table, write it down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=2, help="seeds without the smaller square")
    parser.add_argument("--out", type=Path, help="write the table to this JSON file")
    options, rows, every = parser.parse_args(), [], {}
    torch.set_num_threads(1)
    for name, unet in NETWORKS.items():
        slow = unet == UNetConfig.quick()
        cases = [("6", seed) for seed in range(1 if slow else options.seeds)] + [("12", 0)] * (not slow)
        every[name] = []
        for square, seed in cases:
            every[name].append(run(unet, square, seed))
            print(name, every[name][-1], flush=True)
        rows.append(row(name, every[name]))
    able = [r for r in rows if (r["within .45 px"] or 0) >= ENOUGH]
    best = min(able, key=lambda r: r["processor seconds"])["network"] if able else None
    made = provenance()
    where = (
        f"A world of 32 × 32 pixels, one thread of {made['hardware']}, processor time of training, while the machine did "
        f"other work. Chosen: {best or 'none'}, the fastest of those with the square 13..18 right for {ENOUGH:g} within .45 px."
    )
    print(json.dumps(rows, indent=1), where, sep="\n")
    if options.out:
        report = {"where": where, "rows": rows, "runs": every, "chosen": best, "provenance": made}
        write_atomic(options.out, lambda name: Path(name).write_text(json.dumps(report, indent=1)))


if __name__ == "__main__":
    main()

"""Which network learns the paper's frame, 32 x 32 pixels, on a CPU: patches and levels, judged by held-out squares.

    python benchmarks/paper_world.py [--seeds 1] [--results FOLDER [--finished]] [--out results/benchmarks/paper_world.json]

Every network is trained until it draws its training labels, on one thread of a core that does nothing else: without the
square 13..18, and without the square 10..21. What is in the folder is not trained again. The rule,
written down before the race: of the networks that draw the held-out square 13..18 right for `ENOUGH` of its labels within
.45 px, in the mean over seeds, the fastest.
"""

import argparse
import json
import statistics
import tempfile
from itertools import product
from pathlib import Path

import torch

from bumpworld.canvas import Canvas
from bumpworld.experiment import Experiment
from bumpworld.files import provenance, write_atomic
from bumpworld.selection import held_out_square
from bumpworld.store import Result, Store
from bumpworld.train import new_model
from bumpworld.unet_config import UNetConfig

ENOUGH = 0.9
SQUARES = {"13..18": held_out_square(13, 19), "10..21": held_out_square(10, 22)}
NETWORKS = {
    "patches of 4, 32-64 channels": UNetConfig.quick(patch=4),
    "patches of 2, 16-32-64 channels": UNetConfig.quick(channels=(16, 32, 64), attention=(2,)),
}


def experiments(name: str, seeds: int = 1) -> list[Experiment]:
    """What is trained of one network."""
    plain = {"canvas": Canvas(size=32), "unet": NETWORKS[name], "steps": 1200, "until_learned": True}
    cases = product(range(seeds), SQUARES.values())
    return [Experiment(train_on=square, seed=seed, **plain) for seed, square in cases]


def row(name: str, results: list[Result]) -> dict:
    """A line of the table: means over the models of the network."""
    shares = {}
    for square, rule in SQUARES.items():
        those = [r for r in results if r.experiment.train_on == rule]
        for label, tolerance in (("within 1 px", 1.0), ("within .45 px", 0.45)):
            right = [r.accuracy(tolerance)["square"][2] for r in those]
            shares[f"{square} {label}"] = round(statistics.mean(right), 3) if right else None
    return {
        "network": name,
        "parameters": sum(p.numel() for p in new_model(Experiment(unet=NETWORKS[name])).parameters()),
        "models": len(results),
        "learned": sum(r.learned for r in results),
        "steps": round(statistics.mean(r.record["training"]["steps"] for r in results)),
        "seconds of training": round(statistics.mean(r.record["training"]["seconds"] for r in results), 1),
        **shares,
    }


def main() -> None:
    """Race all networks, print the table, write it down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--results", type=Path, help="a folder where records are kept (default: a temporary one)"
    )
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--finished", action="store_true", help="train nothing, show what is in the folder")
    parser.add_argument("--out", type=Path, help="write the table to this JSON file")
    options = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as spare:
        store = Store(options.results or spare)
        wanted = {n: experiments(n, options.seeds) for n in NETWORKS}
        if options.finished:
            wanted = {n: [e for e in those if store.has(e)] for n, those in wanted.items()}
        runs = {n: [store.run(e, weights=False) for e in those] for n, those in wanted.items() if those}
    rows = [row(name, results) for name, results in runs.items()]
    able = [r for r in rows if (r["13..18 within .45 px"] or 0) >= ENOUGH]
    best = min(able, key=lambda r: r["seconds of training"])["network"] if able else None
    made = provenance()
    where = (
        f"A world of 32 × 32 pixels, one thread of {made['hardware']}. Chosen: {best or 'none'}, the fastest of those that draw "
        f"the held-out square 13..18 right for {ENOUGH:g} within .45 px."
    )
    print(json.dumps(rows, indent=1), where, sep="\n")
    if options.out:
        report = {"where": where, "rows": rows, "chosen": best, "provenance": made}
        write_atomic(options.out, json.dumps(report, indent=1).encode())


if __name__ == "__main__":
    main()

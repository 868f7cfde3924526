"""A step of training of each network that the laboratory could have, in ONNX Runtime on one thread.

    python benchmarks/lab_steps.py [--steps 12] [--out results/benchmarks/lab_steps.json]

Processor time, which what else the machine does changes little; only the ratios are meant. A browser's runtime takes
longer for all of them.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import onnxruntime

from bumpbook.widgets.lab_presets import NETWORKS
from bumpbook.widgets.onnx_training import STATE, flat_weights, frequencies, training_graphs
from bumpworld.files import provenance, write_atomic
from bumpworld.train import new_model


def time_step(experiment, steps):
    """Median and longest processor milliseconds of a step."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(training_graphs(experiment).step, options)
    weights, draw = flat_weights(new_model(experiment).net).numpy(), np.random.default_rng(0)
    zero, batch, size = np.zeros_like(weights), experiment.batch_size, experiment.canvas.size
    given = dict(zip(STATE, (weights, zero, zero, weights), strict=True))
    given |= {name: draw.normal(size=(batch, 1, size, size)).astype("f4") for name in ("x", "wanted")}
    given |= {
        "t": draw.integers(1000, size=batch).astype("f4"),
        "frequencies": frequencies(experiment.unet).numpy(),
    }
    given |= {"labels": draw.uniform(0, size, (batch, 2)).astype("f4")}
    given |= {name: np.full(1, 0.5, "f4") for name in ("rate", "first", "second", "keep")}
    times = []
    for _ in range(steps + 1):
        start = time.process_time()
        session.run(None, given)
        times.append(1000 * (time.process_time() - start))
    return float(np.median(times[1:])), max(times[1:])


def main():
    """Time every network, print the table, write it down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=12, help="steps that are timed")
    parser.add_argument("--out", type=Path, help="write the table to this JSON file")
    options, rows, seen = parser.parse_args(), [], {}
    for name, experiment in NETWORKS.items():
        if experiment.unet not in seen:  # how long it is trained changes no step
            seen[experiment.unet] = time_step(experiment, options.steps)
        median, longest = seen[experiment.unet]
        seconds = median * experiment.steps / 1000
        row = {"network": name, "a step, ms": round(median, 1), "at most": round(longest, 1)}
        rows.append(row | {"steps": experiment.steps, "all steps, s": round(seconds, 1)})
        print(rows[-1])
    made = provenance()
    where = (
        f"ONNX Runtime {onnxruntime.__version__} on one thread of {made['hardware']}, processor time of the median of "
        f"{options.steps} steps, while the machine did other work."
    )
    if options.out:
        report = {"where": where, "rows": rows, "provenance": made}
        write_atomic(options.out, json.dumps(report, indent=1).encode())


if __name__ == "__main__":
    main()

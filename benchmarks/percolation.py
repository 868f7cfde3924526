"""One pass over all densities beside labelling a picture at each of 100 densities, in one run.

    python benchmarks/percolation.py [--quick] [--sizes 500 1000] [--out results/benchmarks/percolation.json]

Every row fills one square lattice in one random order. The labelling sees the pictures of that same order,
and its largest cluster must equal ours at every one of them. Seconds are processor seconds of one thread,
after a first call that compiles (or loads what an earlier run compiled): others on the machine do not count.
Memory is the peak of a process of its own, less that of the same process on a tiny lattice.
"""

import argparse
import json
import multiprocessing
import os
import resource
import sys
import time
from pathlib import Path

import networkx as nx
import numpy as np
from scipy import ndimage

from bumpbook.percolation.curves import largest_cluster_curve
from bumpbook.percolation.newman_ziff import Growth, canonical
from bumpworld.files import provenance, write_atomic
from bumpworld.instruments.lattice import neighbours, site_clusters

DENSITIES = np.arange(1, 101) / 100


def one_pass(size, moves, crossing=False):
    """Draw an order, fill the lattice, average to 1001 densities: all that a curve of one repeat takes."""
    growth = Growth(size, moves, crossing=crossing).fill(np.random.default_rng(0))
    share = growth.largest[:, None] / growth.sites
    return canonical(growth.occupied, share, np.linspace(0, 1, 1001))


def label_ndimage(mask, moves):
    """Largest cluster by scipy.ndimage, nearest neighbours."""
    return np.bincount(ndimage.label(mask)[0].flat)[1:].max()


def label_sparse(mask, moves):
    """Largest cluster by scipy.sparse.csgraph, any neighbours."""
    return site_clusters(mask, moves).sizes[0]


def label_networkx(mask, moves):
    """Largest cluster by networkx, nearest neighbours: the grid graph without its empty sites."""
    graph = nx.grid_2d_graph(*mask.shape)
    graph.remove_nodes_from(list(zip(*np.nonzero(~mask), strict=True)))
    return max(map(len, nx.connected_components(graph)))


def seconds(work, clock=time.thread_time):
    """Result and seconds of a call, by default those that this thread spent on a processor."""
    start = clock()
    result = work()
    return result, clock() - start


def against_labelling(label, size, moves):
    """Ours beside labelling the same order at 100 densities."""
    sites, order = size**2, np.random.default_rng(1).permutation(size**2).astype(np.int32)
    rank = np.empty(sites, np.int32)
    rank[order] = np.arange(sites)
    counts = np.rint(DENSITIES * sites).astype(int)
    masks = [(rank < n).reshape(size, size) for n in counts]
    theirs, their_seconds = seconds(lambda: [label(mask, moves) for mask in masks])
    growth = Growth(size, moves, crossing=False).occupy(order)
    nearest = np.searchsorted(growth.occupied, counts)
    exact = growth.occupied[nearest] == counts  # above 2^20 sites not every number is recorded
    if not np.array_equal(growth.largest[nearest][exact], np.array(theirs)[exact]):
        raise SystemExit(f"{label.__name__} and the one pass differ on {size} x {size} sites")
    _, ours = seconds(lambda: one_pass(size, moves))
    return {"peer": label.__name__.removeprefix("label_"), "size": size, "neighbours": len(moves),
            "ours_s": ours, "peer_s": their_seconds, "ratio": their_seconds / ours}  # fmt: skip


def peak_bytes(size):
    """Peak memory of a fresh process that fills one lattice."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_fill_and_weigh, (size,))


def _fill_and_weigh(size):
    one_pass(size, neighbours(1))
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def growth_with_size(sizes):
    """Seconds and memory of one full curve, nearest neighbours, and the power of the number of sites."""
    moves, rows = neighbours(1), []
    idle = min(peak_bytes(16) for _ in range(2))  # the first process may have to compile
    for size in sizes:
        repeats = 3 if size <= 4000 else 1
        best = {
            crossing: min(seconds(lambda: one_pass(size, moves, crossing))[1] for _ in range(repeats))  # noqa: B023
            for crossing in (False, True)
        }
        rows.append(
            {
                "size": size,
                "sites": size**2,
                "seconds": best[False],
                "seconds_with_crossings": best[True],
                "nanoseconds_per_site": best[False] / size**2 * 1e9,
                "peak_bytes": peak_bytes(size) - idle,
            }
        )
    logs = np.log([[row["sites"], row["seconds"]] for row in rows])
    return rows, float(np.polyfit(*logs.T, 1)[0]) if len(rows) > 1 else None


def threads(size, repeats):
    """Curves a second (wall clock) with one thread and with as many as there are processors."""
    rows = []
    for workers in sorted({1, os.cpu_count() or 1}):

        def work(workers=workers):
            largest_cluster_curve(size, neighbours(1), repeats, workers=workers)

        rows.append({"threads": workers, "curves_per_second": repeats / seconds(work, time.perf_counter)[1]})
    return rows


def flat(report):
    """One table for the status page: a row for every peer, a row for every size."""
    labelling = [
        {
            "lattice": f"{row['size']} x {row['size']}",
            "neighbours": row["neighbours"],
            "one pass (s)": round(row["ours_s"], 4),
            "peer, 100 densities": row["peer"],
            "peer (s)": round(row["peer_s"], 3),
            "ratio": round(row["ratio"], 1),
        }
        for row in report["labelling"]
    ]
    growth = [
        {
            "lattice": f"{row['size']} x {row['size']}",
            "neighbours": 4,
            "one pass (s)": round(row["seconds"], 4),
            "memory (MB)": round(row["peak_bytes"] / 1e6),
        }
        for row in report["growth"]
    ]
    return labelling + growth


def show(report):
    """Print the tables."""
    print("peer at 100 densities      lattice     z    ours (s)    peer (s)   ratio")
    for row in report["labelling"]:
        lattice = f"{row['size']} x {row['size']}"
        print(
            f"{row['peer']:20} {lattice:>13} {row['neighbours']:5} {row['ours_s']:11.4f}"
            f" {row['peer_s']:11.3f} {row['ratio']:7.1f}"
        )
    print("\n      lattice   one curve (s)   with crossings (s)   ns a site   memory (MB)")
    for row in report["growth"]:
        lattice = f"{row['size']} x {row['size']}"
        print(
            f"{lattice:>13} {row['seconds']:15.3f} {row['seconds_with_crossings']:20.3f}"
            f" {row['nanoseconds_per_site']:11.0f} {row['peak_bytes'] / 1e6:13.0f}"
        )
    if report["power"] is not None:
        print(f"seconds grow as sites^{report['power']:.2f}")
    for row in report["threads"]:
        print(f"{row['threads']} thread(s): {row['curves_per_second']:.2f} curves of the first size a second")


def main():
    """Run everything, print the tables, write them down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small lattices, a few seconds")
    parser.add_argument("--sizes", type=int, nargs="+", help="sides of the lattices for the growth with size")
    parser.add_argument("--out", type=Path, help="write the tables to this JSON file")
    options = parser.parse_args()
    sizes = options.sizes or ([250, 500, 1000] if options.quick else [500, 1000, 2000, 4000, 10000])
    shrink = 4 if options.quick else 1
    for crossing in (False, True):  # compile
        one_pass(16, neighbours(1), crossing)
    cases = [(label_ndimage, 1000, 1.0), (label_sparse, 200, 3.7), (label_networkx, 100, 1.0)]
    report = {
        "labelling": [against_labelling(label, size // shrink, neighbours(r)) for label, size, r in cases]
    }
    report["growth"], report["power"] = growth_with_size(sizes)
    report["threads"] = threads(sizes[0], 16 if options.quick else 64)
    report["provenance"] = provenance()
    report["where"] = f"Measured on {report['provenance']['hardware']}, one thread, processor seconds."
    report["rows"] = flat(report)
    print(report["where"] + "\n")
    show(report)
    if options.out:
        write_atomic(options.out, json.dumps(report, indent=1).encode())


if __name__ == "__main__":
    main()

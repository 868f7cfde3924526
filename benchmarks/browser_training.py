"""The laboratory's model learning in a headless Chromium, from its first weights on, beside PyTorch on one thread.

    python benchmarks/browser_training.py [--seeds 3] [--out results/benchmarks/browser_training.json]

The page holds the laboratory with its first set, and nothing else; "Train" is pressed, and its own looks say when which
labels are drawn right. A step of the book's own network and one of the laboratory's are compared in ONNX Runtime itself. Seconds on the clock include what else the machine does meanwhile; seconds of processor time are those of
the browser's own process for the page, worker included, and are what one core of an idle machine needs.
"""

import argparse
import gzip
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from browser import OPTIONS, RUNTIME, find_chromium, served, write_page
from playwright.sync_api import sync_playwright

from bumpbook.widgets.laboratory import FILES, Laboratory, files_of
from bumpbook.widgets.onnx_training import training_graphs
from bumpbook.widgets.runtime import RUNTIME_FILES
from bumpworld import train
from bumpworld.files import provenance, write_atomic
from bumpworld.selection import held_out_square

# the hole of chapter 2, which is small enough to be filled
WIDGET = Laboratory(held_out_square(6, 10))
EXPERIMENT = WIDGET.experiment
WANTED = 120  # seconds: the limit that was set before anything was measured


def lay_out(folder, widget, files):
    """Write a page with the figure, its two files and the runtime into ``folder``; returns what training loads in MB."""
    write_page(
        folder, widget, {f"{widget._key}-{name}": file for name, file in zip(FILES, files, strict=True)}
    )
    loaded = [*files, *((RUNTIME / name).read_bytes() for name in RUNTIME_FILES)]
    return sum(len(gzip.compress(file, 6)) for file in loaded) / 1e6


class Clock:
    """Seconds since it was made, on the wall and of processor time of the page's process."""

    def __init__(self, browser):
        self.session = browser.new_browser_cdp_session()
        self.start = self._now()

    def _now(self):
        pages = self.session.send("SystemInfo.getProcessInfo")["processInfo"]
        return np.array([time.perf_counter(), sum(p["cpuTime"] for p in pages if p["type"] == "renderer")])

    def read(self):
        return self._now() - self.start


def run(launch, address, seed):
    """Seconds (wall, processor) of one run: to the first step, until all held-out drawings are right, to the end."""
    with launch() as browser:  # a browser of its own: no earlier page's processor time comes or goes
        page = browser.new_page()
        page.on("pageerror", lambda error: print(f"page error: {error}"))
        page.goto(f"{address}/index.html")
        page.wait_for_selector(".bwlab-map")
        page.evaluate("(seed) => model.set('settings', { ...model.get('settings'), seed })", seed)
        page.get_by_role("slider", name="your bet").press("End")
        clock, first, composed = Clock(browser), None, None
        page.get_by_role("button", name="Train", exact=True).click()
        while True:
            number, looks, done = page.evaluate(
                """() => { const { step, done } = document.querySelector('.bwlab').dataset;
                return [Number(step), model.get('history'), done === 'true']; }"""
            )
            if page.locator(".bwlab[data-failed]").count():
                raise RuntimeError(page.locator(".bwfig-status").text_content())
            if number and first is None:
                first = clock.read()
            if composed is None and looks and looks[-1]["held_out_1"] == 1:
                composed = clock.read()
            if done:
                return first, composed, clock.read(), looks[-1]
            time.sleep(0.1)


def time_torch(steps=20):
    """Seconds (wall, processor) of a step of `train` on one thread."""
    torch.set_num_threads(1)
    run, times = train(EXPERIMENT), []
    next(run)
    for _ in range(steps):
        start = np.array([time.perf_counter(), time.process_time()])
        next(run)
        times.append(np.array([time.perf_counter(), time.process_time()]) - start)
    return np.median(times, axis=0)


def row(what, pairs, wanted=None):
    """One line of the table: medians, and the longest, of (wall, processor) seconds."""
    wall, busy = np.reshape(pairs, (-1, 2)).T
    return {
        "what": what,
        "seconds": round(float(np.median(wall)), 2),
        "at most": round(float(wall.max()), 2),
        "processor seconds": round(float(np.median(busy)), 2),
        "processor, at most": round(float(busy.max()), 2),
        "wanted below": wanted,
    }


def main():
    """Train, time, print the table, write it down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3, help="runs that are timed")
    parser.add_argument("--out", type=Path, help="write the table to this JSON file")
    options = parser.parse_args()
    files, widget = files_of(training_graphs(EXPERIMENT)), WIDGET
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as scratch:
        loaded = lay_out(Path(scratch), widget, files)
        launch = lambda: playwright.chromium.launch(executable_path=find_chromium(), args=OPTIONS)
        with launch() as browser:
            version = browser.version
        with served(scratch) as address:
            runs = [run(launch, address, seed) for seed in range(options.seeds)]
    firsts, composed, ends, looks = zip(*runs, strict=True)
    reached = [time for time in composed if time is not None]
    rows = [row("to the first step, loading included", firsts)]
    if reached:
        rows.append(row("until all drawings of held-out labels are right", reached, WANTED))
    rows.append(row("the whole run", ends, WANTED))
    per_step = (np.array(ends) - np.array(firsts)) / (EXPERIMENT.steps - 1)
    rows += [row("a step, looks included", per_step), row("a step, PyTorch on one thread", time_torch())]
    made = provenance()
    where = (
        f"Chromium {version}, headless, one thread, on {made['hardware']}; {options.seeds} runs of {EXPERIMENT.steps} "
        f"steps from different seeds, with looks at a quarter of the labels every four steps. Right is within 1 px here."
    )
    print(where + "\n")
    for line in rows:
        print("  ".join(f"{name}: {value}" for name, value in line.items() if value is not None))
    if options.out:
        report = {
            "where": where,
            "rows": rows,
            "composed": len(reached),
            "last looks": looks,
            "megabytes": round(loaded, 2),
            "provenance": made,
        }
        write_atomic(options.out, lambda name: Path(name).write_text(json.dumps(report, indent=1)))


if __name__ == "__main__":
    main()

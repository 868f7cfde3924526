"""The laboratory's model learning in a headless Chromium, from its first weights on, beside PyTorch on one thread.

    python benchmarks/browser_training.py [--seeds 5] [--out results/benchmarks/browser_training.json]

The page holds the laboratory with the set of chapter 2, and nothing else; "Train" is pressed, and its own looks say when
which labels are drawn right. Time begins with the press, so loading is included. Seconds on the clock include what else
the machine does meanwhile; seconds of processor time are those of the browser's own process for the page, worker
included, and are what one core of an idle machine needs. About half a minute a seed on an idle machine.
"""

import argparse
import gzip
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from browser_page import OPTIONS, RUNTIME, find_chromium, lay_out_laboratory, served
from playwright.sync_api import sync_playwright

from bumpbook.widgets import Laboratory
from bumpbook.widgets.lab_presets import NETWORK
from bumpbook.widgets.runtime import RUNTIME_FILES
from bumpworld import train
from bumpworld.files import provenance, write_atomic
from bumpworld.selection import held_out_square

# the hole of chapter 2, which is small enough to be filled
WIDGET = Laboratory(held_out_square(6, 10))
EXPERIMENT = WIDGET.experiment
# seconds from the press, on one thread: the goal that was set before this network was chosen
WANTED = 4.5
RIGHT = "until all drawings of held-out labels are right"
# by what a look calls them, the two tolerances within which a drawing is right
TOLERANCES = {"held_out_1": RIGHT, "held_out": f"{RIGHT}, within .45 px"}


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
    """Seconds (wall, processor) of one run: to the first step, until all held-out drawings are right by each tolerance
    (None where they never are), to the end; and the last look."""
    with launch() as browser:  # a browser of its own: no earlier page's processor time comes or goes
        page = browser.new_page()
        page.on("pageerror", lambda error: print(f"page error: {error}"))
        page.goto(f"{address}/index.html")
        page.wait_for_selector(".bwlab-map")
        page.evaluate("(seed) => model.set('settings', { ...model.get('settings'), seed })", seed)
        page.get_by_role("slider", name="your bet").press("End")
        clock, first, composed = Clock(browser), None, dict.fromkeys(TOLERANCES)
        page.get_by_role("button", name="Train", exact=True).click()
        while True:
            number, look, done = page.evaluate(
                """() => { const { step, done } = document.querySelector('.bwlab').dataset;
                return [Number(step), model.get('history').at(-1), done === 'true']; }"""
            )
            if page.locator(".bwlab[data-failed]").count():
                raise RuntimeError(page.locator(".bwfig-status").text_content())
            if number and first is None:
                first = clock.read()
            for name, reached in composed.items():
                if reached is None and look and look[name] == 1:
                    composed[name] = clock.read()
            if done:
                return first, composed, clock.read(), look
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
    parser.add_argument("--seeds", type=int, default=5, help="runs that are timed")
    parser.add_argument("--out", type=Path, help="write the table to this JSON file")
    options = parser.parse_args()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as scratch:
        files = lay_out_laboratory(Path(scratch), WIDGET)
        files += [(RUNTIME / name).read_bytes() for name in RUNTIME_FILES]
        loaded = sum(len(gzip.compress(file, 6)) for file in files) / 1e6
        launch = lambda: playwright.chromium.launch(executable_path=find_chromium(), args=OPTIONS)
        with launch() as browser:
            version = browser.version
        with served(scratch) as address:
            runs = [run(launch, address, seed) for seed in range(options.seeds)]
    firsts, composed, ends, looks = zip(*runs, strict=True)
    rows = [row("to the first step, loading included", firsts)]
    reached = {name: [each[name] for each in composed if each[name] is not None] for name in TOLERANCES}
    for name, times in reached.items():
        if times:
            rows.append(row(TOLERANCES[name], times, WANTED) | {"runs": f"{len(times)} of {len(runs)}"})
    rows.append(row("the whole run", ends))
    per_step = (np.array(ends) - np.array(firsts)) / (EXPERIMENT.steps - 1)
    rows += [row("a step, looks included", per_step), row("a step, PyTorch on one thread", time_torch())]
    made = provenance()
    where = (
        f"Chromium {version}, headless, one thread, on {made['hardware']}; {options.seeds} runs of {EXPERIMENT.steps} "
        f"steps from different seeds, with looks at a quarter of the labels every four steps. Right is within 1 px where nothing else is said."
    )
    print(where + "\n")
    for line in rows:
        print("  ".join(f"{name}: {value}" for name, value in line.items() if value is not None))
    if options.out:
        report = {
            "where": where,
            "network": NETWORK,
            "rows": rows,
            "composed": len(reached["held_out_1"]),
            "last looks": looks,
            "megabytes": round(loaded, 2),
            "provenance": made,
        }
        write_atomic(options.out, json.dumps(report, indent=1).encode())


if __name__ == "__main__":
    main()

"""The living figures in a headless Chromium: how fast they answer a drag, beside PyTorch on one thread, and what they weigh.

    python benchmarks/browser.py [--drags 40] [--out results/benchmarks/browser.json]

A drag is timed from the pointer's event on the page to the first screen refresh with the new label's drawings. For the
living model and the laboratory that is the first drawing, in five steps of every network, its reading and the painting;
on the laboratory's lattice a picture that came along. The page holds nothing but the figure. With a built book,
the front page and the laboratory's page are weighed as well: what a browser fetches before the first touch and after
it, each file gzipped. About two minutes on an idle machine.
"""

import argparse
import gzip
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from browser_page import OPTIONS, ROOT, drag, find_chromium, lay_out_laboratory, opened, served, write_page
from playwright.sync_api import sync_playwright

from bumpbook import ddpm
from bumpbook.frame.sweeps import sweep
from bumpbook.widgets import Denoiser, Laboratory
from bumpbook.widgets.denoiser import denoised, seeded_noise
from bumpbook.widgets.onnx_export import export_onnx
from bumpworld.files import provenance, write_atomic
from bumpworld.selection import everything
from bumpworld.store import Store

STEPS, FIRST = 20, 5
# milliseconds
WANTED = {1: 80, 3: 250, "first frame": 1000, "on the lattice": 17, "between labels": 40}


def lay_out(folder, results):
    """Write a page with one figure of ``results``, with its models and the runtime, into ``folder``."""
    widget = Denoiser(
        {e.train_on.rule: r for e, r in results.items()}, next(iter(results)).canvas, steps=STEPS
    )
    write_page(folder, widget, {e.key: export_onnx(result.model) for e, result in results.items()})


def time_laboratory(browser, labels):
    """Milliseconds of drags on the lattice, before anything is loaded, and between labels, in a pause of training."""
    with tempfile.TemporaryDirectory() as scratch:
        lay_out_laboratory(Path(scratch), Laboratory(answers=ddpm.shipped_answers(square="square")))
        with opened(browser, scratch) as page:
            page.get_by_role("button", name="Ask", exact=True).click()
            lattice = drag(page, labels, "bwlab")
            page.get_by_role("slider", name="your bet").press("End")
            page.get_by_role("button", name="Train", exact=True).click()
            page.wait_for_function(
                "Number(document.querySelector('.bwlab').dataset.step) >= 8", timeout=120_000
            )
            page.get_by_role("button", name="Pause").click()
            page.get_by_role("button", name="Go on").wait_for()
            between = drag(page, [[min(x + 0.25, 15), min(y + 0.5, 15)] for x, y in labels], "bwlab")
            # the script is warm after two
            return lattice[3:], between[3:]


def time_browser(browser, results, labels):
    """Milliseconds of the first frame, of the first drawing with all that it loads, and of each drag after it."""
    span = next(iter(results)).canvas.span
    with tempfile.TemporaryDirectory() as scratch:
        lay_out(Path(scratch), results)
        with opened(browser, scratch) as page:
            loaded = drag(page, labels[:1], "bwden", "drawn", f" 0 {STEPS}", span)
            drags = drag(page, labels[1:], "bwden", "first", " 0", span)
            # the script is warm after two
            return page.evaluate("window.firstFrame"), loaded[0], drags[2:]


def time_torch(results, labels):
    """Milliseconds of each of the same first drawings in PyTorch on one thread, without readings or painting."""
    torch.set_num_threads(1)
    noise, times = seeded_noise(0, next(iter(results)).canvas.size), []
    for label in labels:
        start = time.perf_counter()
        for result in results.values():
            denoised(result.model, noise, torch.tensor([label], dtype=torch.float32), FIRST)
        times.append(1000 * (time.perf_counter() - start))
    return times[3:]


def weigh(browser, address, figure, touch):
    """Megabytes, gzipped, that a page fetches before it is touched, with its first figure drawn, and after ``touch``."""
    answers = []
    # asked when all has come: a body that is still on its way when the page closes would be lost
    weight = lambda: (
        sum(len(gzip.compress(body, 6)) for body in {a.url: a.body() for a in answers if a.ok}.values()) / 1e6
    )
    with browser.new_context() as context:
        page = context.new_page()
        page.on("response", lambda answer: answers.append(answer))
        page.goto(address)
        page.wait_for_load_state("load")
        page.locator('.cell_output:has(script[type*="widget-view"])').first.scroll_into_view_if_needed()
        page.wait_for_selector(figure)
        page.wait_for_load_state("networkidle")
        before = weight()
        touch(page)
        page.wait_for_load_state("networkidle")
        return before, weight()


def ask(page):
    """Ask the living model of the front page for the next label."""
    page.locator(".bwden-map").first.press("ArrowRight")
    page.wait_for_selector('.bwden[data-drawn^="8 8"]')


def learn(page):
    """Bet in the laboratory, press, and wait for the first step."""
    page.get_by_role("slider", name="your bet").first.press("End")
    page.get_by_role("button", name="Train", exact=True).first.click()
    page.wait_for_selector('.bwlab[data-step]:not([data-step="0"])', timeout=120_000)


def weights(browser, book):
    """Rows on what the pages of a built ``book`` weigh."""
    rows, pages = [], {
        "front page": ("intro", ".bwlab", ask, "living model loaded", 12),
        "laboratory": ("laboratory", ".bwlab-map", learn, "training begun", 5),
    }  # fmt: skip
    with served(book) as address:
        for name, (page, figure, touch, after, most) in pages.items():
            light, heavy = weigh(browser, f"{address}/book/{page}.html", figure, touch)
            rows.append(row(f"{name}, untouched", [light], "MB, gzipped", wanted=2))
            rows.append(row(f"{name}, {after}", [heavy], "MB, gzipped", wanted=most))
    return rows


def row(what, values, unit="ms", torch_values=None, wanted=None):
    """One line of the table: median and 90th percentile of ``values`` beside PyTorch's."""
    median, high = np.percentile(values, [50, 90])
    return {
        "what": what,
        "unit": unit,
        "median": round(float(median), 2),
        "90th percentile": round(float(high), 2) if len(values) > 1 else None,
        "PyTorch, one thread": round(float(np.median(torch_values)), 2) if torch_values else None,
        "wanted below": wanted,
    }


def main():
    """Time, weigh, print the table, write it down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--drags", type=int, default=40, help="drags that are timed for each figure")
    parser.add_argument("--book", type=Path, default=ROOT / "_build" / "html", help="a built book to weigh")
    parser.add_argument("--out", type=Path, help="write the table to this JSON file")
    options = parser.parse_args()
    whole = next(e for e in sweep("first").experiments if e.train_on == everything())
    results = {e: Store().load(e) for e in (whole, *sweep("intro").experiments)}
    draw, rows = np.random.default_rng(0), []
    cells = (
        draw.permutation(whole.canvas.span**2 - 1)[: options.drags + 3] + 1
    )  # no label twice, nor the first
    labels = [[int(c) % whole.canvas.span, int(c) // whole.canvas.span] for c in cells]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=OPTIONS)
        for count in (1, 3):
            some = dict(list(results.items())[:count])
            frame, first, drags = time_browser(browser, some, labels)
            name = f"{count} model{'s' * (count > 1)}"
            rows.append(row(f"first frame, {name}", [frame], wanted=WANTED["first frame"]))
            rows.append(row(f"first drawing, loading included, {name}", [first]))
            rows.append(
                row(f"a drag, {name}", drags, torch_values=time_torch(some, labels), wanted=WANTED[count])
            )
        for name, times in zip(
            ("on the lattice", "between labels"), time_laboratory(browser, labels), strict=True
        ):
            rows.append(row(f"a drag in the laboratory, {name}", times, wanted=WANTED[name]))
        if (options.book / "book" / "laboratory.html").exists():
            rows += weights(browser, options.book)
        version = browser.version
        browser.close()
    made = provenance()
    where = (
        f"Chromium {version}, headless, on {made['hardware']}; {FIRST} steps for the first drawing, {options.drags} "
        "drags. What is wanted is wanted of the 90th percentile."
    )
    print(where + "\n")
    for line in rows:
        print("  ".join(f"{name}: {value}" for name, value in line.items() if value is not None))
    if options.out:
        report = {"where": where, "rows": rows, "provenance": made}
        write_atomic(options.out, json.dumps(report, indent=1).encode())


if __name__ == "__main__":
    main()

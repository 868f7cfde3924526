"""Which network does the laboratory train? The fastest one that composes as the book's own does.

The rule, written down before any of these runs: of `NETWORKS`, the one whose training costs least processor time (of
its steps in ONNX Runtime, which is what a browser runs: benchmarks/lab_steps.py), among those whose share of held-out labels right within 0.45 px, averaged over the four sets in which every x and every y is
seen, falls at most .05 short of the book's own network's (five seeds each, means). If none does, the book's own.
The band, where columns are missing, is the control.
"""

import time

import pandas as pd

from bumpbook.frame.status import saved_benchmark
from bumpbook.frame.studies import Study, register, table
from bumpbook.widgets.lab_presets import NETWORKS, WORLD, lab_experiment, presets
from bumpworld.evaluate import judge_model
from bumpworld.instruments.spread import spread, write
from bumpworld.store import ResultError, Store
from bumpworld.train import train

COMPOSED = ("square", "cross", "checkerboard", "halves")
SETS = (*COMPOSED, "band")
TOLERANCES = (1.0, 0.45)
SHORT_BY = 0.05
FEWEST = 3  # seeds of every case before anything is said
TIME = "time beside the book's"
OWN = next(iter(NETWORKS))


def measure(setting: dict, seed: int) -> dict:
    """Train one network on one set; shares of trained and of held-out labels right, drawn in 1, 5 and 20 steps."""
    e = lab_experiment(presets()[setting["set"]], network=setting["network"], seed=seed)
    held = e.train_on.split(WORLD).held_out
    started = time.process_time()
    for step in train(e):
        model = step.model
    seconds = time.process_time() - started
    model.eval()
    found: dict = {"processor_seconds": round(seconds, 2), "loss": round(step.loss, 6)}
    for steps in (1, 5, 20):
        judged = judge_model(model, WORLD, steps)
        for tolerance in TOLERANCES:
            right = judged.right(tolerance)[:, 2].float()
            found[f"held {steps} {tolerance}"] = round(float(right[held].mean()), 4)
            found[f"trained {steps} {tolerance}"] = round(float(right[~held].mean()), 4)
    found["parameters"] = sum(value.numel() for value in model.parameters())
    return found


STUDY = register(
    Study(
        name="lab-network",
        question="Which is the fastest network that composes as the book's own does?",
        version=1,
        settings=tuple({"network": n, "set": s} for s in SETS for n in NETWORKS),
        seeds=5,
        measure=measure,
    )
)


def compared(store: Store | None = None) -> pd.DataFrame:
    """A row for each network: its parameters, its processor time beside the book's own, and what it draws right of the
    held-out labels within 0.45 px, over the seeds, in the four sets with every value seen and where columns are missing.

    Raises ResultError while there are fewer than three seeds of every case.
    """
    rows, cases = [], table(STUDY, store)
    seeds = cases.groupby(["network", "set"]).seed.nunique()
    if len(seeds) < len(STUDY.settings) or seeds.min() < FEWEST:
        raise ResultError(
            f"{len(cases)} of {len(list(STUDY.cases()))} cases of {STUDY.name} are there; run `{STUDY.command}` first"
        )
    seconds = {row["network"]: row["all steps, s"] for row in saved_benchmark("lab_steps", store)["rows"]}
    for network in NETWORKS:
        own = cases[cases.network == network]
        composed = own[own.set.isin(COMPOSED)].groupby("seed")["held 5 0.45"].mean()
        row = {
            "network": network,
            "parameters": int(own.parameters.iloc[0]),
            "steps": NETWORKS[network].steps,
            TIME: seconds[network] / seconds[OWN],
        }
        for name, values in (
            ("composed", composed),
            *((s, own[own.set == s]["held 5 0.45"]) for s in SETS),
            ("trained labels", own.groupby("seed")["trained 5 0.45"].mean()),
        ):
            row[name] = spread(values, share=True)
        rows.append(row)
    return pd.DataFrame(rows).set_index("network")


def chosen(store: Store | None = None) -> str:
    """The network that the rule picks."""
    return picked(compared(store))


def picked(rows: pd.DataFrame) -> str:
    """The network that the rule picks of the ``rows`` of `compared`."""
    least = rows.loc[OWN, "composed"].mean - SHORT_BY
    fit = rows[[found.mean >= least for found in rows.composed]]
    return str(fit[TIME].idxmin())


def as_text(store: Store | None = None) -> pd.DataFrame:
    """`compared` in words, for the status page."""
    rows = compared(store)
    for name in ("composed", *SETS, "trained labels"):
        rows[name] = [write(found, percent=True) for found in rows[name]]
    rows[TIME] = [f"{value:.2f}" for value in rows[TIME]]
    return rows

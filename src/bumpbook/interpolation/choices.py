"""One finding under other settings: what each variant of the robustness sweep draws right of held-out labels."""

import pandas as pd

from bumpbook.frame.sweeps import sweep
from bumpworld.experiment import Experiment
from bumpworld.store import Store

PLAIN = "as in this book"
TESTS = {"lesion": "lesion of {:g}", "held_out_square": "square of {:g}"}


def by_setting(store: Store | None = None) -> pd.DataFrame:
    """Models of the robustness sweep, and the plain ones of the same tests, a row each: test, width, setting, seed, right.

    ``finished`` is False, with an empty ``right``, for a model that is not in the store; ``learned`` is False for one
    that never drew its own training labels. The plain models come first; tests and settings follow the sweeps' order.
    """
    store, robust = store or Store(), sweep("robustness")
    varied = [e for e in robust.experiments if e.train_on.rule in TESTS and not e.canvas.periodic]
    tests = list(dict.fromkeys(e.train_on for e in varied))
    plain = [
        e
        for name in ("lesion", "square")
        for e in sweep(name).experiments
        if e.train_on in tests and _is_plain(e, varied[0])
    ]
    rows = []
    for experiment in sorted([*plain, *varied], key=lambda e: tests.index(e.train_on)):
        settings = dict(experiment.train_on.settings)
        width = settings["high"] - settings["low"]
        row = {"test": TESTS[experiment.train_on.rule].format(width), "width": width}
        row |= {
            "setting": setting_name(experiment),
            "seed": experiment.seed,
            "finished": store.has(experiment),
        }
        result = store.load(experiment) if row["finished"] else None
        region = "lesion" if experiment.train_on.rule == "lesion" else "square"
        row["right"] = result.accuracy()[region][2] if result else float("nan")
        row["learned"] = bool(result and result.learned)
        rows.append(row)
    return pd.DataFrame(rows)


def setting_name(experiment: Experiment) -> str:
    """In what an experiment departs from the plain one, in words."""
    base, unet = Experiment(), experiment.unet
    words = []
    if experiment.target != base.target:
        words.append(f"target {experiment.target}" + ("" if experiment.until_learned else ", falling rate"))
    if unet.place:
        words.append("condition as a map")
    if unet.label_frequencies != base.unet.label_frequencies:
        words.append(
            f"{'smoother' if unet.label_frequencies[1] < base.unet.label_frequencies[1] else 'sharper'} label code"
        )
    if unet.channels != base.unet.channels:
        words.append("wider network" if unet.channels > base.unet.channels else "narrower network")
    return ", ".join(words) or PLAIN


def _is_plain(experiment: Experiment, like: Experiment) -> bool:
    """Does it differ from the sweep's variants in nothing but what they vary?"""
    return experiment.canvas == like.canvas and setting_name(experiment) == PLAIN

"""Finding of chapter 4 on the paper's own target, the noise, at the paper's own size: are pairs drawn, and are values?

What was expected was written down before the networks were trained: `results/predictions/noise-larger.json`.
"""

from functools import cache

import numpy as np
import pandas as pd

from bumpbook.frame import tables
from bumpbook.frame.claims import Limit, Measured, judge
from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.predictions import fared
from bumpbook.frame.sweeps import sweep
from bumpbook.frame.tables import FINE
from bumpworld.instruments.spread import difference, spread
from bumpworld.store import ResultError

PRESET = "paper-world"
# of each test the sweeps that hold the networks asked for the image, and what was held out
TESTS = {
    "square 13..18": ("square", 13, 19),
    "band 12..19": ("lesion", 12, 20),
    "band 14..17": ("lesion", 14, 18),
}
SQUARE, EIGHT, FOUR = TESTS
OWN, LOW, HIGH = "own labels, mean over all networks", "low end of the spread", "high end of the spread"
LESS, SURE = "asked for the image minus asked for the noise", "low end"
LIMITS = {
    "own-labels": (Limit(OWN, 0.95, 0.8),),
    "composes": (Limit(LOW, 0.9, 0.5),),
    "no-values": (Limit(HIGH, 0.1, 0.5, "up to"),),
    "fewer-values": (Limit(LESS, 0.05, 0.0, "above"), Limit(SURE, 0.0, reach="above")),
}


@register("interpolation-noise-larger")
def noise() -> str:
    """Networks of the paper's world that are asked for the noise: a held-out square and two bands."""
    found = {test: {target: shares(test, target) for target in ("eps", "x0")} for test in TESTS}
    own = np.concatenate([shares(test, "eps", "train") for test in TESTS])
    square, eight, four = (found[test]["eps"] for test in TESTS)
    fewer = difference(found[FOUR]["x0"], four)
    measured: dict[str, Measured] = {
        "own-labels": {OWN: spread(own, share=True)},
        "composes": {LOW: spread(square, share=True).low},
        "no-values": {HIGH: spread(eight, share=True).high},
        "fewer-values": {LESS: fewer, SURE: fewer.low},
    }
    verdicts = [judge(values, LIMITS[name]).verdict for name, values in measured.items()]
    rows = [
        [
            test,
            *(percent(found[test][target]) for target in ("eps", "x0")),
            percent(shares(test, "eps", "train")),
        ]
        for test in TESTS
    ]
    return state(
        f"**It is so for the paper's own target.** Asked for the noise in a frame of 32 pixels, networks draw {percent(square.mean())} of a square of "
        f"combinations that they never saw, and {percent(eight.mean())} of a band of eight columns.",
        verdicts[1:3] == ["agrees", "agrees"],
        f"{len(own)} networks of our family, {steps()} steps under a falling rate; share right within {FINE:g} px:\n\n"
        + markdown_table(
            ["held out", "asked for the noise", "asked for the image", "own labels, asked for the noise"],
            rows,
        )
        + "\n\nForetold before one was trained (`results/predictions/noise-larger.json`):\n\n"
        + fared("noise-larger", measured, LIMITS),
    )


def shares(test: str, target: str, region: str | None = None) -> np.ndarray:
    """Shares of ``test``, one of `TESTS`, drawn right within 0.45 px by networks asked for a ``target``; of their own labels where ``region`` is "train".

    Raises ResultError where there is none.
    """
    where, low, high = TESTS[test]
    rows = _table(where if target == "x0" else "robustness")
    own = rows[
        (rows.region == (region or where)) & (rows.low == low) & (rows.high == high) & (rows.spacing == 1)
    ]
    if own.empty:
        raise ResultError(f"the networks are not finished; run `{sweep('robustness', PRESET).command}` first")
    return own.both_fine.to_numpy(float)


def steps() -> int:
    """Steps that networks were trained for which were asked for the noise."""
    return sweep("robustness", PRESET).experiments[0].steps


@cache
def _table(name: str) -> pd.DataFrame:
    return tables.learned(tables.table(sweep(name, PRESET)))

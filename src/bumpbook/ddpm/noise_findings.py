"""Finding of chapter 2 on the noise as a target at the paper's own size: how long does it take there, and what is learned?

What was expected was written down before the networks were trained: `results/predictions/noise-larger.json`.
"""

import pandas as pd

from bumpbook.frame.claims import Limit, judge
from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.paper_sweeps import NOISE_STEPS
from bumpbook.frame.predictions import fared
from bumpbook.frame.sweeps import sweep
from bumpbook.frame.tables import FINE
from bumpworld.instruments.spread import spread
from bumpworld.store import Result, ResultError, Store

PRESET = "paper-world"
OWN, LOW = "own labels", "low end of the spread"
LIMITS = {
    "own-labels": (Limit(OWN, 0.95, 0.8),),
    "more-steps": (Limit(OWN, 0.9, 0.6),),
    "composes": (Limit(LOW, 0.9, 0.5),),
}


@register("ddpm-noise-larger")
def noise() -> str:
    """Networks of the paper's frame that are asked for the noise: their own labels and a square that they never saw, by steps."""
    by_steps = runs()
    (few, first), (many, later) = by_steps.items()
    own, drawn, square = (
        spread(shares(found, region), share=True)
        for found, region in ((first, "train"), (later, "train"), (later, "square"))
    )
    image = spread([float(run.record["training"]["steps"]) for run in of("first", "x0")])
    looks = at_each_look(later)
    measured = {"own-labels": {OWN: own}, "more-steps": {OWN: drawn}, "composes": {LOW: square.low}}
    verdicts = [judge(values, LIMITS[name]).verdict for name, values in measured.items()]
    return state(
        f"**At the paper's own size it takes far longer, and pairs come with what was trained.** Asked for the image, networks of a frame of 32 pixels train for "
        f"{image.mean:.0f} steps; asked for the noise they draw {percent(own.mean)} of their own labels after {few}, and {percent(drawn.mean)} after {many}. At that time "
        f"{percent(square.mean)} of a square of pairs that were never shown are right too.",
        verdicts == ["disagrees", "partly", "partly"]
        and many > 10 * image.high
        # all along, not only at the end: as many of the pairs as of what was trained
        and abs(looks["square"] - looks["train"]).max() < 0.1,
        f"Few networks, so that this is no study of the target: {len(first)} of {few} steps and {len(later)} of {many}, each under a falling rate, and none counts as having "
        f"learned its labels. Share right within {FINE:g} px:\n\n"
        + markdown_table(
            ["steps", "own labels", "the square 13..18"],
            [
                [str(n), *(percent(shares(found, region)) for region in ("train", "square"))]
                for n, found in by_steps.items()
            ],
        )
        + f"\n\nThat of {many} steps on its way:\n\n"
        + markdown_table(
            ["step", "own labels", "the square"],
            [
                [str(step), *(percent(row[region]) for region in ("train", "square"))]
                for step, row in looks.iterrows()
            ],
        )
        + f"\n\nForetold, for {few} steps, and for more when these had been seen to be too few (`results/predictions/noise-larger.json`). What was foretold of values asks for "
        f"networks around a band that learned their labels, and is left open here:\n\n{fared('noise-larger', measured, LIMITS)}",
    )


def at_each_look(found: list[Result]) -> pd.DataFrame:
    """Mean shares of "train" and "square" drawn right within 0.45 px at every look of networks that were looked at, by step."""
    looks = [
        {"step": look["step"], **{region: shares[2] for region, shares in run.accuracy(FINE, at).items()}}
        for run in found
        for at, look in enumerate(run.record["checkpoints"])
    ]
    return pd.DataFrame(looks).groupby("step").mean()


def runs() -> dict[int, list[Result]]:
    """The finished networks that were asked for the noise with the square held out, by their steps, the fewest first.

    Raises ResultError where the few or the many steps have none.
    """
    found = of("robustness", "eps")
    by_steps = {
        steps: [r for r in found if r.experiment.steps == steps]
        for steps in sorted({r.experiment.steps for r in found})
    }
    if len(by_steps) < 2 or max(by_steps) != NOISE_STEPS:
        raise ResultError(f"the networks are not finished; run `{sweep('robustness', PRESET).command}` first")
    return by_steps


def of(name: str, target: str) -> list[Result]:
    """The finished networks of a sweep in the paper's frame with the square held out that were asked for ``target``."""
    store = Store()
    declared = [
        e
        for e in sweep(name, PRESET).experiments
        if e.target == target and e.train_on.rule == "held_out_square"
    ]
    return [store.load(e) for e in declared if store.has(e)]


def shares(found: list[Result], region: str) -> list[float]:
    """Shares of a region drawn right within 0.45 px."""
    return [run.accuracy(FINE)[region][2] for run in found]

"""What the loss shows of chapter 2's training: a knee, and no word on what was learned."""

import numpy as np

from bumpbook.frame.findings import register, state
from bumpbook.frame.sweeps import sweep
from bumpworld.instruments.spread import spread, write
from bumpworld.selection import everything
from bumpworld.store import Result, Store

KNEE, AFTER, EVERY = 40, 80, 20  # steps: where the loss bends, where it is looked at until, and a fall's unit
BENT = 1.01  # a factor that grows by less is that of a straight line, but for rounding


def fall(run: Result, start: int, end: int) -> float:
    """The factor by which a run's loss falls every `EVERY` steps between two steps: a line through its logarithms."""
    step, loss = np.array(run.record["training"]["loss"], dtype=float).T
    within = (step >= start) & (step < end)
    return float(np.exp(-EVERY * np.polyfit(step[within], np.log(loss[within]), 1)[0]))


def half_right(run: Result, region: str) -> int:
    """The first look at which half of a region is drawn right."""
    looks = run.record["checkpoints"]
    return next(c["step"] for i, c in enumerate(looks) if run.accuracy(checkpoint=i)[region][2] >= 0.5)


@register("ddpm-knee")
def knee() -> str:
    """The loss has a knee; it comes before the jump, and with the same size where nothing is held out."""
    return sentence([Store().load(e) for e in sweep("first").experiments])


def sentence(runs: list[Result]) -> str:
    """The finding, from ``runs`` with and without a hole."""
    holed = [run for run in runs if run.experiment.train_on != everything()]
    whole = [run for run in runs if run.experiment.train_on == everything()]
    before, after = ([fall(run, *where) for run in holed] for where in ((0, KNEE), (KNEE, AFTER)))
    jumps = [half_right(run, "square") for run in holed]
    bend = [b / a for a, b in zip(before, after, strict=True)]
    other = [fall(run, KNEE, AFTER) / fall(run, 0, KNEE) for run in whole]
    holds = min(jumps) > KNEE and min(after) > BENT * max(before) and min(other) > BENT
    text = (
        f"**The loss has a knee, hole or no hole.** Up to step {KNEE} it falls by a factor of {np.mean(before):.2f} every {EVERY} steps, then "
        f"by {np.mean(after):.2f}; half of the held-out square is right only at step {min(jumps)} to {max(jumps)}. The loss of runs with nothing "
        "held out bends there too."
    )
    evidence = (
        f"Every {EVERY} steps the loss falls by a factor of {write(spread(before))} before step {KNEE}, and of {write(spread(after))} from "
        f"there to step {AFTER}. At the knee the factor grows {write(spread(bend))} times with a hole, {write(spread(other))} times without."
    )
    return state(text, holds, evidence)

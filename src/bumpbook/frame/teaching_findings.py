"""Verdicts of the course pages and the slides: short sentences, and what the live training takes on this machine."""

import time
from functools import partial

from bumpworld.diffusion import NoiseSchedule
from bumpworld.experiment import Experiment
from bumpworld.selection import held_out_square

from .claim_findings import CLAIMS, verdict
from .claims import Claim
from .exact import position_error
from .findings import finding, register
from .found import sentence as found_sentence
from .standing import known

SAMPLE = 20  # steps that are timed; the first ones, which set everything up, do not count


def short(claim: Claim) -> str:
    """What we found behind a claim and the verdict by rule, short enough for a slide."""
    return f"{found_sentence(claim)} {verdict(known(claim))}"


def headline(name: str) -> str:
    """The sentence that another verdict prints in bold, or all of it when there is none."""
    text = finding(name).data
    return text.split("**")[1] if text.count("**") >= 2 else text


@register("slide-position")
def position() -> str:
    """The noise level from which only the label tells where the bump is."""
    schedule = NoiseSchedule.linear()
    lost = int((position_error(schedule) > 1).nonzero()[0])
    return (
        f"From t = {lost} of {schedule.steps} on, no unbiased reading of the image finds the bump to a pixel."
    )


@register("teaching-training")
def training() -> str:
    """How long the training of chapter 2 takes here, from a few steps timed now; drawings are not counted."""
    from bumpworld.train import train

    experiment = Experiment(train_on=held_out_square(6, 10))
    steps = iter(train(experiment))
    for _ in range(SAMPLE // 4):
        next(steps)
    start = time.perf_counter()
    for _ in range(SAMPLE):
        next(steps)
    a_step = (time.perf_counter() - start) / SAMPLE
    return (
        f"On the machine that built this page a step of the live training took {1000 * a_step:.0f} milliseconds, timed "
        f"just now. Its {experiment.steps} steps take {experiment.steps * a_step:.0f} seconds; the looks at the "
        "drawings in between come on top."
    )


for _claim in CLAIMS:
    register(f"slide-{_claim.name}")(partial(short, _claim))
register("slide-rivals")(partial(headline, "percolation-answer"))
register("slide-board")(partial(headline, "scoreboard-count"))

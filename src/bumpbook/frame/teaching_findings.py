"""Verdicts of the course pages and the slides: short sentences, and what the live training takes on this machine.

What a slide says of a result is the head of the chapter's own sentence, or all of it.
"""

import time
from functools import partial

from bumpworld.diffusion import NoiseSchedule
from bumpworld.experiment import Experiment
from bumpworld.selection import held_out_square

from . import longer
from .exact import position_error
from .findings import finding, percent, register, state

SAMPLE = 20  # steps that are timed; the first ones, which set everything up, do not count


def headline(name: str) -> str:
    """The sentence that another verdict prints in bold, or all of it when there is none."""
    text = finding(name).data
    return text.split("**")[1] if text.count("**") >= 2 else text


@register("slide-position")
def position() -> str:
    """The noise level from which only the label tells where the bump is."""
    schedule = NoiseSchedule.linear()
    lost = int((position_error(schedule) > 1).nonzero()[0])
    return f"From t = {lost} of {schedule.steps} on, no unbiased reading finds the bump to a pixel."


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


@register("teaching-longer")
def patience() -> str:
    """What more steps of training bring to pairs and to values that were never seen."""
    square, band = ([longer.share(cell, how).mean for how in (False, True)] for cell in ("middle", "band"))
    return state(
        f"**More steps do not bring the band.** Networks stop after {longer.steps(False)} steps, when they have learned their labels. After "
        f"{longer.steps(True)} they draw {percent(band[1])} of a band of four columns instead of {percent(band[0])}, and of a square ten wide "
        f"{percent(square[1])} instead of {percent(square[0])}.",
        longer.agrees("band") and band[1] < square[1] < 0.9,
    )


register("slide-composes")(partial(headline, "ddpm-square"))
register("slide-onset")(partial(headline, "percolation-step"))
register("slide-rivals")(partial(headline, "percolation-answer"))
register("slide-axes")(partial(headline, "manifolds-axes"))
register("slide-board")(partial(headline, "scoreboard-count"))

"""Verdicts of the course pages and the slides: short sentences, and what the live training takes on this machine.

What a slide says of a result is the head of the chapter's own sentence, or all of it.
"""

import time
from functools import partial

from bumpworld.diffusion import NoiseSchedule
from bumpworld.experiment import Experiment
from bumpworld.instruments.spread import spread
from bumpworld.selection import held_out_square

from .code_sweeps import EQUAL_STEPS
from .exact import position_error
from .findings import finding, percent, register, state
from .tables import FINE, learned, read

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
def longer() -> str:
    """What more steps of training bring: the held-out square and the band of four, in the longest runs that there are."""
    usual, runs = (learned(read(name)) for name in ("lesion", "robustness"))
    usual = usual[(usual.region == "lesion") & (usual.spacing == 1)]
    runs = runs[(runs.target == "eps") & (runs.steps == runs.steps.max())]
    square = runs[runs.region == "square"].both_fine.to_numpy(float)
    band = runs[(runs.region == "lesion") & (runs.high - runs.low == 4)].both_fine.to_numpy(float)
    if not len(square) or not len(band):
        raise FileNotFoundError("no long run is finished; run `bumpworld run robustness` first")
    times, reach = runs.steps.max() / usual.steps.mean(), learned(read("reach"))
    reach = reach[(reach.code == "axes") & (reach.region == "lesion")]
    ours = [reach[reach.steps == steps].both_fine.to_numpy(float) for steps in EQUAL_STEPS.values()]
    small, large = EQUAL_STEPS.values()
    return state(
        f"**More steps bring the square and not the band.** Our longest runs are those of networks trained for the noise: "
        f"{runs.steps.max():.0f} steps, about {times:.0f} times as many as the networks of the band have. Within {FINE:g} px they "
        f"draw {percent(square)} of a held-out square and {percent(band)} of a band of four. With our own target, networks draw "
        f"{percent(ours[0].mean())} of the band after {small} steps and, in the paper's frame, {percent(ours[1].mean())} after {large}.",
        min(len(square), len(band)) >= 3
        and spread(square, share=True).low > 0.8
        and spread(band, share=True).high < 0.2
        and times > 10
        and max(values.mean() for values in ours) < 0.5,
    )


register("slide-composes")(partial(headline, "ddpm-square"))
register("slide-onset")(partial(headline, "percolation-surface"))
register("slide-rivals")(partial(headline, "percolation-answer"))
register("slide-axes")(partial(headline, "manifolds-axes"))
register("slide-board")(partial(headline, "scoreboard-count"))

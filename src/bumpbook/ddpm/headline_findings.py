"""What chapter 2 found, in sentences that the build holds to the records; what is behind each is one fold away."""

import math
from functools import cache
from statistics import mean

from bumpbook.frame import findings as sentences
from bumpbook.frame.exact import told_bits
from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpworld.canvas import Canvas
from bumpworld.diffusion import TARGETS, NoiseSchedule
from bumpworld.instruments.spread import spread, write
from bumpworld.selection import everything
from bumpworld.store import Result
from bumpworld.train import CHECK_EVERY, CHECK_LABELS

from . import findings as tables
from . import place_readings
from .follow_findings import follow

DRAWS = 1024  # noisy images, for the bits that they tell and the places that are read
SEEDS = 3  # of the readings of places


def held_out_runs() -> list[Result]:
    """The stored runs of the chapter's experiment that never saw the square."""
    return [run for run in tables.results("first") if run.experiment.train_on != everything()]


@register("ddpm-square")
def square() -> str:
    """How many of the held-out combinations are drawn right, and when."""
    return square_of(held_out_runs())


def square_of(runs: list[Result]) -> str:
    """The finding, from ``runs`` that held the square out."""
    shares = {name: spread([r.accuracy()[name][2] for r in runs], share=True) for name in ("train", "square")}
    split = runs[0].experiment.train_on.split(runs[0].experiment.canvas)
    new = int(split.held_out.sum())
    sentence = (
        f"**A network draws pairs that it never saw.** Of {new} held-out combinations of column and row it draws "
        f"{percent(shares['square'].mean)} right, of the {len(split.train)} trained ones {percent(shares['train'].mean)}."
    )
    when = {name: [tables.first_step(r, name) for r in runs] for name in shares}
    steps = {
        name: write(spread([s for s in found if s is not None]), form=".0f") for name, found in when.items()
    }
    names = {"train": "trained", "square": "held out"}
    rows = [(names[name], write(shares[name], percent=True), steps[name]) for name in shares]
    head = ("labels", "drawn right within 1 px", f"step at which {percent(tables.ENOUGH)} are")
    return state(sentence, shares["square"].low > tables.ENOUGH, markdown_table(head, rows))


@register("ddpm-target-steps")
def targets() -> str:
    """Steps that each target needs until the training labels are drawn right."""
    runs = tables.results("targets")
    cap = max(r.experiment.steps for r in runs)
    needed = {
        t: [r.record["training"]["learned_at"] for r in runs if r.experiment.target == t] for t in TARGETS
    }
    whole = {t: mean(steps) for t, steps in needed.items() if None not in steps}
    ratio = whole.get("v", 0) / whole.get("x0", 1)
    drawn = spread([r.accuracy()["train"][2] for r in runs if r.experiment.target == "eps"], share=True)
    longer = patient(cap)
    learned = spread([r.accuracy()["train"][2] for r in longer], share=True)
    sentence = (
        f"**What is asked for decides how long it takes.** At one learning rate, chosen for the image, a network that is asked for it learns its labels in {whole['x0']:.0f} "
        f"steps; asked for a mixture of image and noise it takes {ratio:.0f} times as many; asked for the noise it draws "
        f"{percent(drawn.mean)} of them right after {cap} steps, where we stopped; with {longer[0].experiment.steps} steps and a falling rate such networks learn theirs."
    )
    found = [[step for step in needed[t] if step is not None] for t in TARGETS]
    rows = [
        (
            f"`{t}`",
            write(spread(steps), form=".0f") if steps else f"more than {cap}",
            f"{len(steps)} of {len(needed[t])}",
        )
        for t, steps in zip(TARGETS, found, strict=True)
    ]
    head = (
        "target",
        f"steps until {CHECK_LABELS} training labels, asked every {CHECK_EVERY} steps, are all right",
        "seeds that got there",
    )
    rates = {r.experiment.learning_rate for r in runs}
    evidence = (
        f"{markdown_table(head, rows)}\n\nAll with one learning rate, chosen for the image. Asked for the noise they draw {write(drawn, percent=True)} of their "
        f"labels right when they stop. In the same world with a part held out, those trained for the noise for {longer[0].experiment.steps} steps under a "
        f"falling rate draw {write(learned, percent=True)} of theirs."
    )
    holds = ratio > 2 and not any(needed["eps"]) and len(rates) == 1 and all(r.learned for r in longer)
    return state(sentence, holds and drawn.high < 0.9 < learned.low, evidence)


def patient(cap: int) -> list[Result]:
    """The stored runs of the same open world that were trained for the noise for more than ``cap`` steps, under a rate that falls."""
    return [
        run
        for run in tables.results("robustness")
        if run.experiment.target == "eps"
        and run.experiment.steps > cap
        and run.experiment.canvas == Canvas()
        and not run.experiment.until_learned
    ]


@register("ddpm-position")
def position() -> str:
    """From which time on the noisy image no longer gives the position away, under both schedules."""
    lost = {kind: tables.lost(NoiseSchedule(kind)) for kind in ("linear", "cosine")}
    schedule = NoiseSchedule.linear()
    left = float(schedule.alpha_bar[lost["linear"]])
    images = Canvas().render(Canvas().lattice())
    bits, bits_of_all = told_bits(images, lost["linear"], schedule, DRAWS), math.log2(len(images))
    blurred, half = practical()
    sentence = (
        f"**The place is lost long before the image is.** Noise grows from time 0 to {schedule.steps - 1}. By time {lost['linear']} at the latest the place is "
        f"lost to a pixel: from there on no unbiased method reads it so well, and the image holds a hint at most, though {percent(left)} of its variance is "
        f"left. In practice it goes earlier: near time {blurred.mean:.0f} the error of the best guess passes a pixel, and near {half.mean:.0f} every second "
        "image misleads."
    )
    evidence = f"The Cramér–Rao bound passes 1 px there. With the cosine schedule it does so at t = {lost['cosine']}. To name one of {len(images)} "
    evidence += f"labels takes {bits_of_all:.0f} bits; an image of time {lost['linear']} tells {bits:.1f} of them, by the exact posterior over all "
    evidence += f"labels, mean over {DRAWS} noisy images. The best guess is the mean of the posterior over places {place_readings.SPACING:g} px apart: on "
    evidence += f"average over the frame no reading has a smaller root mean square error. It passes 1 px at t = {write(blurred, form='.0f')}. The likeliest "
    evidence += f"place is more than a pixel off in half of the images from t = {write(half, form='.0f')} on. {DRAWS} noisy images a seed."
    holds = left > 0.2 and lost["linear"] < schedule.steps / 2 and bits < bits_of_all / 4
    return state(sentence, holds and blurred.high < half.low and half.high < lost["linear"], evidence)


@cache
def practical():
    """Spreads over seeds of two times: the best guess's error passes a pixel, and half of the images mislead."""
    ask = lambda when: spread([when(NoiseSchedule.linear(), Canvas(), DRAWS, seed) for seed in range(SEEDS)])
    return ask(place_readings.blurred_from), ask(place_readings.missed_from)


@register("ddpm-in-short")
def in_short() -> str:
    """The findings of the chapter, without what is behind them."""
    return sentences.in_short(square(), position(), targets(), follow())

"""What chapter 2 found, in sentences that the build holds to the records; what is behind each is one fold away."""

import math
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

DRAWS = 1024  # noisy images, for the bits that they tell


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
    sentence = (
        f"**What is asked for decides how long it takes.** Asked for the image, a network learns its labels in {whole['x0']:.0f} "
        f"steps; asked for a mixture of image and noise it takes {ratio:.0f} times as many; asked for the noise it has not "
        f"learned them after {cap}."
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
    evidence = f"{markdown_table(head, rows)}\n\nAll with one learning rate, chosen for the image. A falling rate and more steps let those asked for the noise learn, too."
    return state(sentence, ratio > 2 and not any(needed["eps"]) and len(rates) == 1, evidence)


@register("ddpm-position")
def position() -> str:
    """From which time on the noisy image no longer gives the position away, under both schedules."""
    lost = {kind: tables.lost(NoiseSchedule(kind)) for kind in ("linear", "cosine")}
    schedule = NoiseSchedule.linear()
    left = float(schedule.alpha_bar[lost["linear"]])
    images = Canvas().render(Canvas().lattice())
    bits, bits_of_all = told_bits(images, lost["linear"], schedule, DRAWS), math.log2(len(images))
    sentence = (
        f"**The place is lost long before the image is.** Noise grows from time 0 to {schedule.steps - 1}. From time {lost['linear']} on no unbiased "
        f"method reads the place to a pixel, though {percent(left)} of the image's variance is left. After that only the label tells it so well."
    )
    evidence = f"The Cramér–Rao bound passes 1 px there. With the cosine schedule it does so at t = {lost['cosine']}. To name one of {len(images)} "
    evidence += f"labels takes {bits_of_all:.0f} bits; an image of time {lost['linear']} tells {bits:.1f} of them, by the exact posterior over all "
    evidence += f"labels, mean over {DRAWS} noisy images."
    return state(
        sentence, left > 0.2 and lost["linear"] < schedule.steps / 2 and bits < bits_of_all / 4, evidence
    )


@register("ddpm-in-short")
def in_short() -> str:
    """The findings of the chapter, without what is behind them."""
    return sentences.in_short(square(), position(), targets(), tables.decoder().replace(tables.ALIKE, "", 1))

"""Finding of chapter 2 on whom networks follow by what they predict, their label or their image.

What was expected was written down before a network was trained: `results/predictions/follow.json`.
"""

import numpy as np
import torch

from bumpbook.frame.claims import Limit, Measured, judge
from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.first_crossing import HALF, crossing
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.predictions import fared
from bumpbook.frame.studies import table
from bumpworld.diffusion import NoiseSchedule
from bumpworld.instruments.spread import Spread, difference, spread, write

from .follow_figure import NAMES
from .follow_study import IDEAL, STUDY, TIMES

TOLD, SHOWN, EARLIER, LOW = "at the place told", "at the place shown", "earlier by", "low end"
# nearly all images can be read here; of 1000
NOISY = 100
DROWNED = 500
LIMITS = {
    "image-label": (Limit(TOLD, 0.9, 0.6),),
    "noise-image": (Limit(SHOWN, 0.9, 0.5),),
    "noise-label": (Limit(TOLD, 0.9, 0.5),),
    "noise-early": (Limit(EARLIER, 0, 0, "above"), Limit(LOW, 0, reach="above")),
    "velocity-between": (Limit(EARLIER, 0, 0, "above"), Limit(LOW, 0, reach="above")),
}


def shares(target: str, column: str) -> np.ndarray:
    """A row for each network of a target that learned its labels (the ideal denoiser: each seed), a column for each of `TIMES`."""
    rows = table(STUDY)
    rows = rows[rows.target == target]
    if target != IDEAL:
        rows = rows[rows.learned.astype(bool)]
    return np.array(rows[column].tolist(), float)


def at(target: str, column: str, time: int) -> Spread:
    """The share at one time, over networks."""
    return spread(shares(target, column)[:, TIMES.index(time)], share=True)


def turns(target: str) -> list[float]:
    """For each network the time from which it finishes as many drawings where it is told as where it is shown; 0: from the first."""
    found = []
    for told, shown in zip(shares(target, "drawn_told"), shares(target, "drawn_shown"), strict=True):
        time = crossing(TIMES, told - shown, 0.0)
        found.append(np.nan if time is None else 0.0 if told[0] >= shown[0] else time)
    return found


def readable() -> list[float]:
    """For each seed the time from which the ideal denoiser, told no label, finishes half of its drawings where it is shown."""
    return [crossing(TIMES, 1 - shown, HALF) for shown in shares(IDEAL, "drawn_shown")]


@register("ddpm-follow")
def follow() -> str:
    """Told one label and shown another's image: networks that predict the image, v and the noise."""
    image = shares("x0", "drawn_told").mean(0).min()
    noise, clean, drowned = turns("eps"), at("eps", "drawn_shown", TIMES[0]), at("eps", "drawn_told", DROWNED)
    ideal, between = readable(), turns("v")
    margin, sooner = difference(ideal, noise), difference(noise, between)
    measured: dict[str, Measured] = {
        "image-label": {TOLD: float(image)},
        "noise-image": {SHOWN: clean},
        "noise-label": {TOLD: drowned},
        "noise-early": {EARLIER: margin.mean, LOW: margin.low},
        "velocity-between": {EARLIER: sooner.mean, LOW: sooner.low},
    }
    verdicts = [judge(values, LIMITS[name]).verdict for name, values in measured.items()]
    early = at("eps", "drawn_told", NOISY)
    later = shares("eps", "drawn_told")[:, TIMES.index(NOISY) :].mean(0).min()
    seen = at(IDEAL, "drawn_shown", NOISY)
    return state(
        "**From a little noise on, networks draw what they are told, whatever they were asked for.** Start from the noisy image of one label, tell the network another, and let it "
        f"finish the drawing. Asked for the image, it draws what it is told from any noise level{_least(image)}. Asked for the noise, it keeps what it is shown "
        f"where that is in plain view (t = {TIMES[0]}: {percent(clean.mean)}). But from t = {NOISY} on it draws what it is told{_least(later)}, though {percent(seen.mean)} of the places that it is "
        "shown there can still be read.",
        verdicts[:4] == ["agrees"] * 4 and early.low > 0.9 and later > 0.9 and seen.low > 0.9,
        f"{_by_target()}\n\n{_by_arithmetic()}\n\nForetold (`results/predictions/follow.json`):\n\n{fared('follow', measured, LIMITS)}",
    )


def _least(share: float) -> str:
    """What a share that is not all of them adds to a sentence."""
    return f" ({percent(share)} or more)" if share < 1 else ""


def _by_target() -> str:
    """Networks that learned, what they draw, and from when on they follow the label, as a table."""
    rows, found = [], table(STUDY)
    for target, name in NAMES.items():
        learned = found[(found.target == target) & found.learned.astype(bool)]
        own, square = (spread([fine[r] for fine in learned.fine], share=True) for r in ("train", "square"))
        times = spread(turns(target))
        rows.append(
            (
                name,
                str(len(learned)),
                *(write(s, percent=True) for s in (own, square)),
                write(times, form=".0f"),
            )
        )
    head = (
        "trained to predict",
        "networks",
        "own labels, 0.45 px",
        "the square, 0.45 px",
        "the label wins from t",
    )
    return markdown_table(head, rows)


def _by_arithmetic() -> str:
    """Why an image in plain view wins over any label, where the noise is asked for."""
    sigma = NoiseSchedule.linear().signal_noise(torch.tensor([TIMES[0], NOISY]))[1].flatten()
    faint, more = (1 / sigma).tolist()
    return (
        "Where the picture wins, it may win by arithmetic. To take away a bump that is in plain view, an answer for the noise has to call it noise, "
        f"{faint:.0f} times as bright as the bump at t = {TIMES[0]} and {more:.0f} times at t = {NOISY}. Noise like the first never came in training."
    )

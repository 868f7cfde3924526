"""What patience brings, in sentences of chapter 5: little to holes that completion fills, and nothing to what the data leave open."""

from functools import cache

import numpy as np
import pandas as pd

from bumpbook.frame import longer
from bumpbook.frame.findings import minus, percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.predictions import fared
from bumpbook.frame.sweeps import sweep
from bumpbook.frame.tables import FINE
from bumpworld.instruments.baselines import fitted
from bumpworld.instruments.spread import Spread, spread, write

from .findings import ENOUGH
from .ladder import score
from .longer_figure import NAMES


def with_completion() -> pd.DataFrame:
    """The table of `longer` with a column ``completed``: the share of each set that low-rank completion draws within 0.45 px."""
    rows = longer.table()
    return rows.assign(completed=rows.cell.map(completed))


@cache
def completed(cell: str) -> float:
    """Share within 0.45 px; what completion leaves open counts as wrong."""
    e = next(e for e in sweep("longer").experiments if e.train_on == longer.CELLS[cell])
    split = e.train_on.split(e.canvas)
    (labels,) = split.test.values()
    images = fitted("completion", e.canvas, split.train).predict(labels)
    return score(images, labels, e.canvas, FINE).right.double().mean().item()


@register("composition-longer")
def patience() -> str:
    """Is a wide hole left open because training stops too early?"""
    said = [
        (percent(late.mean), percent(usual.mean))
        for usual, late in ([longer.share(cell, how) for how in (False, True)] for cell in longer.FILLED)
    ]
    found = {name: longer.measured(name) for name in longer.LIMITS}
    gains = [longer.gain(cell) for cell in longer.FILLED]
    late = np.concatenate([longer.right(cell, True) for cell in longer.FILLED])
    # shares are kept in single precision
    full = late > ENOUGH - 1e-6
    return state(
        f"**Patience alone does not fill the holes.** Our networks stop after {longer.steps(False)} steps, once they have learned their labels. After "
        f"{longer.steps(True)} they draw {said[0][0]} of the bumps in a middle square of ten (instead of {said[0][1]}), {said[1][0]} of those in a corner of eight "
        f"({said[1][1]}), and {said[2][0]} of the SOS in a middle square of eight ({said[2][1]}). Of these {len(late)} networks {sum(full)} draw {percent(ENOUGH)} "
        f"or more; gains of {100 * min(gains).mean:.0f} to {100 * max(gains).mean:.0f} points are not told from none. Completion draws them all.",
        longer.agrees("not-all")
        and all(longer.share(cell, True).mean < ENOUGH and completed(cell) == 1 for cell in longer.FILLED)
        and all(gain.low < 0 < gain.mean for gain in gains)
        and 0 < sum(full) < len(late) / 2,
        f"With so many steps the learning rate falls from the start; as usual it stays up until the labels are learned. Our predictions expected more of patience (`results/predictions/longer.json`):\n\n"
        f"{fared('longer', found, longer.LIMITS)}\n\n*Partly* asks no more than that a mean gain is above 0. "
        f"A corner of eight has {longer.share('corner', False).n} seeds here, more than in the section on how the hole grows, so the shares differ.\n\n{_table()}\n\n{_order()}",
    )


@register("composition-longer-open")
def left_open() -> str:
    """What longer training does where the data settle nothing."""
    said = [[percent(longer.share(cell, how).mean) for how in (False, True)] for cell in longer.LEFT]
    lost = by_seed("sparse")
    return state(
        f"**Where completion has no answer, going on does not help, and can harm.** Of the labels beside 32 random ones networks draw {said[0][0]} when they "
        f"stop early and {said[0][1]} when they go on: seed by seed they lose {-100 * lost.mean:.0f} points ({-100 * lost.high:.0f} to {-100 * lost.low:.0f}). "
        f"Of a band of four columns they draw {said[1][0]} and {said[1][1]}.",
        all(longer.gain(cell).mean < 0 for cell in longer.LEFT)
        and max(longer.gain("sparse").high, lost.high) < 0
        and all(completed(cell) < 0.05 for cell in longer.LEFT),
    )


def by_seed(cell: str) -> Spread:
    """The gain of going on, between two networks of one seed."""
    rows = _pairs().loc[cell]
    return spread(rows[True] - rows[False])


def _pairs() -> pd.DataFrame:
    """A row a cell and seed, with what was drawn by the network that stopped early (False) and by the one that went on (True)."""
    return longer.table().pivot_table(index=["cell", "seed"], columns="longer", values="right").dropna()


def _order() -> str:
    """What two networks of one seed, which begin alike, have in common."""
    rows = _pairs()
    gained = [f"{name} {write(by_seed(cell))}" for cell, name in NAMES.items()]
    kept = [minus(rows.loc[cell].rank().corr().loc[False, True]) for cell in longer.FILLED]
    return (
        f"Looked at afterwards: two networks of one seed begin alike. Seed by seed the gain is: {'; '.join(gained)}. Who draws more of a square early "
        f"draws more of it late: the rank correlation over seeds is {kept[0]}, {kept[1]} and {kept[2]}."
    )


def _table() -> str:
    head = [
        "held out",
        *(
            f"{how}, {px:g} px"
            for how in ("until learned", f"{longer.steps(True)} steps")
            for px in (FINE, 1)
        ),
    ]
    cells = [
        [
            name,
            *(
                write(longer.share(cell, how, within), percent=True)
                for how in (False, True)
                for within in ("right", "near")
            ),
        ]
        for cell, name in NAMES.items()
    ]
    return markdown_table(head, cells)

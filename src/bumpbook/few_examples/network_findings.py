"""What chapter 6 found of the network that the paper draws: is a part of the bumps enough beside all stripes?"""

import numpy as np

from bumpbook.frame import longer
from bumpbook.frame.findings import listed, percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.tables import learned

from . import findings as tables
from .headline_findings import LEVEL

PRESET = "paper-network"
PARTS = {1 / 8: "an eighth", 1 / 4: "a quarter"}


def _alone() -> str:
    """What is to be said while no network without stripes is finished."""
    rows = tables.with_stripes(tables.sweep_table("few-shot", PRESET), False)
    return "" if len(rows) else " What it would draw without stripes was not tried."


@register("few-examples-network")
def network() -> str:
    """Enough for the paper's rule, in networks that know their labels; what too few steps gave; what a regression gets."""
    rows = tables.with_stripes(tables.sweep_table("few-shot", PRESET), True)
    unseen, own = (rows[rows.region == region] for region in ("unseen", "train"))
    known, early = learned(unseen), unseen[~unseen.learned.astype(bool)]
    kernel = tables.with_stripes(tables.kernel_table("few-shot", PRESET), True)
    kernel = kernel[(kernel.region == "unseen") & kernel.train_2d.isin(known.train_2d)].both_fine
    drawn = {
        name: known[np.isclose(known.train_2d, part * known["size"] ** 2)].both_fine.tolist()
        for part, name in PARTS.items()
    }
    said = listed(f"{percent(shares)} when shown {name}" for name, shares in drawn.items() if shares)
    sentence = (
        f"**In a network as the paper draws it, {PARTS[1 / 8]} of the bumps is enough beside all stripes.** Trained for {longer.span(known.steps)} steps, "
        f"it draws right within 0.45 px, of the bumps that it was not shown, {said}; a kernel regression at most {percent(kernel.max())}. After {longer.span(early.steps)} steps "
        f"it did not know its own labels, and drew {percent(early.both_fine.tolist())}.{_alone()}"
    )
    heads = ("2D labels", "steps", "own labels, 0.45 px", "others, 0.45 px", "others, 1 px")
    lines = [
        (
            str(run.train_2d),
            str(run.steps),
            percent(own[own.key == run.key].both_fine.item()),
            percent(run.both_fine),
            percent(run.both),
        )
        for run in unseen.sort_values(["train_2d", "steps", "seed"]).itertuples()
    ]
    holds = drawn[PARTS[1 / 8]] and min(sum(drawn.values(), [])) >= LEVEL > max(
        kernel.max(), early.both_fine.max()
    )
    return state(sentence, bool(holds), f"One network a line.\n\n{markdown_table(heads, lines)}")

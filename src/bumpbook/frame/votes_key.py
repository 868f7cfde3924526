"""The key to the votes, for the lecturer: what the networks of the book's records draw for the label that is asked for."""

from typing import NamedTuple

import torch

from bumpworld.canvas import Canvas
from bumpworld.experiment import Experiment
from bumpworld.store import Result, Store

from .code_sweeps import code_name
from .commands import typed
from .findings import finding, register, state
from .pages import markdown_table
from .sweeps import sweep
from .tables import FINE
from .votes import VOTES, Vote

COMES = ("hole", "turned")  # votes whose answer is A
NO_BUMP = (
    "The last column counts drawings that show no bump by our rule. The records do not say whether these are two bumps, a "
    "smear or a stripe; for one network of the band of four, told x and y, the slide *What wrong answers are made of* does."
)


class Came(NamedTuple):
    """Of ``networks`` so many draw the bump ``fine``, within 0.45 px, and ``near``, within 1 px; a bump ``elsewhere``; ``none``."""

    networks: int
    fine: int
    near: int
    elsewhere: int
    none: int


def experiments(one: Vote) -> list[Experiment]:
    """Those of the vote's sweep that are trained on the labels of its map, told in its code."""
    canvas = Canvas(margin=one.margin)
    wanted = one.train_on.split(canvas).train
    alike = [e for e in sweep(one.sweep).experiments if e.canvas == canvas and code_name(e.unet) == one.told]
    return [e for e in alike if torch.equal(e.train_on.split(canvas).train, wanted)]


def came(one: Vote, store: Store | None = None) -> Came:
    """What the vote's networks draw for its label, over all that learned their own labels.

    Raises FileNotFoundError, naming the command, where none is finished.
    """
    store = store or Store()
    found = [store.load(e) for e in experiments(one) if store.has(e)]
    drawn = [_of_label(result, one) for result in found if result.learned]
    if not drawn:
        command = typed(sweep(one.sweep).command, store)
        raise FileNotFoundError(f"no network of the vote {one.name!r} is finished; run `{command}` first")
    bumps = [off for off, bump in drawn if bump]
    fine, near = (sum(off <= at for off in bumps) for at in (FINE, 1.0))
    return Came(len(drawn), fine, near, len(bumps) - near, len(drawn) - len(bumps))


def _of_label(result: Result, one: Vote) -> tuple[float, bool]:
    """How far the bump for the vote's label lies off, in x or in y, and whether there is one by the book's rule."""
    labels, judged = result.experiment.train_on.split(result.experiment.canvas).labels, result.judgement()
    at = one.row(labels)
    return float(judged.error[at].abs().max()), bool(judged.shape[at])


@register("votes-key")
def key() -> str:
    """What came for each vote, and which stripes and crosses came where no bump did; folded away."""
    found = {one.name: came(one) for one in VOTES}
    holds = all(c.near == (c.networks if name in COMES else 0) for name, c in found.items())
    told = state(
        f"Within 1 px every network draws {VOTES[0].label} in the hole, and in the band of four once its axes are turned. In the "
        "band told x and y, in the band of eight and after stripes alone none does.",
        holds and min(c.networks for c in found.values()) >= 3,
    )
    heads = ["vote", "networks", f"**A** within {FINE:g} px", "**A** within 1 px", "**B**", "no bump"]
    rows = [[one.title, *map(str, found[one.name])] for one in VOTES]
    text = [told, markdown_table(heads, rows), NO_BUMP, finding("composition-voted").data]
    # the blank lines let Markdown go on inside
    return "\n\n".join(['<details class="evidence"><summary>What came</summary>', *text, "</details>"])

"""What chapter 6 found about single held-out pairs: the graph of values against plain distance."""

import numpy as np
import pandas as pd

from bumpbook.frame.findings import minus, percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpworld.instruments.spread import write
from bumpworld.store import Store

from . import contest_pairs, efficiency, pairs
from .contest_pairs import BOTH, DISTANCE, LINKS, NOT_LINKS, VALUES, taken_off
from .efficiency import FINE, KINDS, setting
from .findings import sweep_table

# what is known besides, beside what, and the two forecasts that tell
ADDED = (
    ("values and links", "distance", BOTH, DISTANCE),
    ("links", "distance and values", BOTH, NOT_LINKS),
    ("links", "values", LINKS, VALUES),
    ("distance", "values and links", BOTH, LINKS),
)


@register("few-examples-linked")
def linked() -> str:
    """Amounts at which half of the pairs are linked and at which half are right."""
    amounts, found = np.arange(8, 65), pairs.stored_pairs()
    half = int(amounts[np.argmax(pairs.connected_share(16, amounts, draws=20) >= 0.5)])
    fits = [efficiency.threshold(setting(sweep_table("few-shot"), kind, False), 0.5, FINE) for kind in KINDS]
    right = found[(found.amount >= 32) & found.linked].groupby("key")["right"].mean()
    least, most = (f"{f(fit.value for fit in fits):.0f}" for f in (min, max))
    sentence = (
        f"**Linked is not yet right.** Half of the held-out pairs are linked from {half} random labels on; half of them are drawn right "
        f"from {least if least == most else f'{least} to {most}'}."
    )
    evidence = (
        f"Half right, {'; '.join(f'{world}: {fit}' for world, fit in zip(KINDS.values(), fits, strict=True))}. Of the pairs that are "
        f"linked, models with 32 labels and more draw {percent(right)} right."
    )
    return state(sentence, all(not fit.note and fit.low > half for fit in fits), evidence)


@register("few-examples-pairs")
def single_pairs() -> str:
    """Distance foretells pairs of random choices and of designs left out of the fit; for links nine designs are too few."""
    random, (designed, design) = contest_pairs.foretold_at_random(Store()), contest_pairs.foretold(Store())
    near, joined, both = (percent(taken_off(designed, name)) for name in (DISTANCE, LINKS, BOTH))
    links, count = contest_pairs.by_design(designed, design, BOTH, NOT_LINKS), design.nunique()
    sentence = (
        f"**Distance counts; {count} designs do not settle links.** How near the nearest label lies takes "
        f"{percent(taken_off(random, DISTANCE))} off the error with which pairs of random choices are foretold, and what is linked adds nothing sure to that. "
        f"For a design that the fit has not seen, distance takes off {near}, values and links {joined}, both together {both}. Beside distance and values, links "
        f"lower the error by {minus(links.mean)} ({minus(links.low)} to {minus(links.high)} over the {count} designs); of Latin squares, which link all pairs, they raise it."
    )
    return state(sentence, _settled(random, designed, design), _behind(random, designed, design))


def _behind(random: dict, designed: dict, design: pd.Series) -> str:
    """The errors of all forecasts, and what the parts add to one another over designs and over models."""
    losses = [
        (name, f"{random[name].loss[0]:.3f}", f"{designed[name].loss[0]:.3f}") for name in contest_pairs.KNOWN
    ]
    rows = [
        (
            f"{added}, beside {beside}",
            _signed(contest_pairs.by_design(designed, design, better, than)),
            _signed(pairs.gain(designed, better, than)),
        )
        for added, beside, better, than in ADDED
    ]
    heads = ("the forecast knows", "log-loss, random choices", "log-loss, designs left out")
    return (
        f"Within 0.45 px. {len(random[BOTH].losses)} models of random choices, each foretold by fits to other seeds, and {len(designed[BOTH].losses)} "
        f"models of the contest's {design.nunique()} designs at 16, 32 and 64 labels, each foretold by fits to the other designs. The error is the log-loss; every forecast knows the "
        f"amount.\n\n{markdown_table(heads, losses)}\n\nWhat lowers the log-loss of the contest's models, and by how much. What is said of designs rests on the means of the "
        f"designs; models of one design do not stand for other designs.\n\n{markdown_table(('known besides', 'over designs', 'over models'), rows)}\n\nOf random "
        f"choices values and links lower it by {_signed(pairs.gain(random, BOTH, DISTANCE))}, a mean over models."
    )


def _settled(random: dict, designed: dict, design: pd.Series) -> bool:
    """Distance says more at random and links add nothing; over designs distance adds to all else, links nothing sure."""
    at_random = pairs.gain(random, DISTANCE, LINKS)[1] > 0 and pairs.gain(random, BOTH, DISTANCE)[1] <= 0
    over = lambda better, than: contest_pairs.by_design(designed, design, better, than)
    links = over(BOTH, NOT_LINKS)
    open_for_links = links.low <= 0 < links.mean and over(LINKS, VALUES).low <= 0
    against = contest_pairs.gains(designed, design, BOTH, NOT_LINKS).get("latin", np.nan) < 0
    return at_random and over(BOTH, LINKS).low > 0 and open_for_links and bool(against)


def _signed(score) -> str:
    return write(score, form="+.3f")

"""What chapter 6 found about single held-out pairs: the graph of values against plain distance."""

import numpy as np

from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpworld.instruments.spread import write
from bumpworld.store import Store

from . import contest_pairs, efficiency, pairs
from .contest_pairs import BOTH, DISTANCE, LINKS, NOT_LINKS, taken_off
from .efficiency import FINE, KINDS, setting
from .findings import sweep_table


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
    """Distance foretells pairs of random choices, the graph adds nothing; of designs left out of the fit links foretell as much."""
    random, (designed, design) = contest_pairs.foretold_at_random(Store()), contest_pairs.foretold(Store())
    near, joined, both = (percent(taken_off(designed, name)) for name in (DISTANCE, LINKS, BOTH))
    sentence = (
        f"**Among random choices distance counts; among designs links seem to count too.** How near the nearest label lies takes "
        f"{percent(taken_off(random, DISTANCE))} off the error with which pairs of random choices are foretold, and what is linked adds nothing sure to that. "
        f"For a design that the fit has not seen, distance takes off {near}, values and links {joined}, both together {both}."
    )
    rows = [
        (name, f"{random[name].loss[0]:.3f}", f"{designed[name].loss[0]:.3f}") for name in contest_pairs.KNOWN
    ]
    heads = ("the forecast knows", "log-loss, random choices", "log-loss, designs left out")
    more, beyond = (pairs.gain(designed, BOTH, than) for than in (DISTANCE, NOT_LINKS))
    over = contest_pairs.by_design(designed, design, BOTH, DISTANCE)
    evidence = (
        f"Within 0.45 px. {len(random[BOTH].losses)} models of random choices, each foretold by fits to other seeds, and {len(designed[BOTH].losses)} "
        f"models of the contest's {design.nunique()} designs at 16, 32 and 64 labels, each foretold by fits to the other designs. The error is the log-loss; every forecast knows the "
        f"amount.\n\n{markdown_table(heads, rows)}\n\nBeside the distance, values and links lower the log-loss of the contest's models by "
        f"{_signed(more)}, links beside distance and values by {_signed(beyond)}. Designs are few: over their means the first is {_signed(over)}. Of random "
        f"choices values and links lower it by {_signed(pairs.gain(random, BOTH, DISTANCE))}."
    )
    return state(sentence, _both_count(random, designed), evidence)


def _both_count(random: dict, designed: dict) -> bool:
    """Distance says more at random and links add nothing; in designs links add to distance, and distance to links."""
    at_random = pairs.gain(random, DISTANCE, LINKS)[1] > 0 and pairs.gain(random, BOTH, DISTANCE)[1] <= 0
    return at_random and all(pairs.gain(designed, BOTH, than)[1] > 0 for than in (DISTANCE, LINKS, NOT_LINKS))


def _signed(score) -> str:
    return write(score, form="+.3f")

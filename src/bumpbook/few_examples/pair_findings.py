"""What chapter 6 found about single held-out pairs: the graph of values against plain distance."""

import numpy as np

from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpworld.instruments.spread import write

from . import efficiency, pairs
from .efficiency import FINE, KINDS, setting
from .findings import sweep_table

GRAPH, DISTANCE, BOTH, PLAIN = "+ path length", "+ distance", "+ graph and distance", "amount alone"


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
    """Distance foretells single pairs better than the graph does, on models that were left out."""
    found = pairs.stored_pairs()
    predicted = pairs.predict(found)
    duel = pairs.gain(predicted, DISTANCE, GRAPH)
    more = pairs.gain(predicted, BOTH, DISTANCE)
    sentence = (
        "**Distance says more than the graph.** Which pairs a network will draw right is better foretold by how far the nearest label lies "
        "than by whether a chain of labels leads there. Once the distance is known, the chain adds nothing that these networks show."
    )
    rows = [(name.removeprefix("+ "), f"{p.loss[0]:.3f}", f"{p.auc[0]:.2f}") for name, p in predicted.items()]
    heads = ("from the amount, and", "log-loss", "area under the curve")
    evidence = (
        f"{len(found)} held-out pairs of {found.key.nunique()} models, predicted for models of a seed that was left out.\n\n"
        f"{markdown_table(heads, rows)}\n\nThe distance lowers the graph's log-loss by {_signed(duel)}, the graph that of the amount alone "
        f"by {_signed(pairs.gain(predicted, GRAPH, PLAIN))}, both that of the distance by {_signed(more)}."
    )
    return state(sentence, duel[1] > 0 and more[1] <= 0, evidence)


def _signed(score) -> str:
    return write(score, form="+.3f")

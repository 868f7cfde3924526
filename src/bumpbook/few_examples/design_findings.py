"""What chapter 6 found about designs of 16 labels: which to choose, and what chance can do."""

import numpy as np

from bumpbook.frame.designs import chosen
from bumpbook.frame.findings import minus, percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.sweeps import sweep
from bumpworld.instruments.spread import write

from . import efficiency
from .efficiency import FINE, SCORES, setting
from .findings import sweep_table
from .pairs import describe

# a design is told from random choice below this p, corrected after Holm
SURE = 0.05


@register("few-examples-designs")
def designs() -> str:
    """No design of 16 beats random choice, two lose to it; behind it every score and what chance does."""
    table = sweep_table("which")
    groups, count = efficiency.by_design(table, FINE), int(table.train_2d.iloc[0])
    scores, compared = efficiency.means(groups), efficiency.against(groups)
    worse = [f"*{c.design}*" for c in compared if c.p_holm < SURE and c.difference < 0]
    better = [c for c in compared if c.p_holm < SURE and c.difference > 0]
    best = next(iter(scores))
    worth = efficiency.worth(scores[best][0], setting(sweep_table("few-shot"), "bump", False), FINE)
    sentence = (
        f"**With {count} examples, choosing well hardly pays.** The best design, *{best}*, has {percent(scores[best][0])} of the other labels right "
        f"within 0.45 px, as {worth.value if worth else np.nan:.0f} random ones would. The worst lose to random choice: "
        f"{' and '.join(worse)}."
    )
    holds = bool(worse) and not better and worth is not None and not worth.note
    return state(sentence, holds, "\n\n".join(_scored(table, score) for score in (FINE, "both")))


def _scored(table, score: str) -> str:
    """Every design's score, what copying would get, and how surely it differs from random choice."""
    groups = efficiency.by_design(table, score)
    compared = {c.design: c for c in efficiency.against(groups)}
    seeds, count = range(max(map(len, groups.values()))), int(table.train_2d.iloc[0])
    rows = []
    for how, found in efficiency.means(groups).items():
        copy = f"{copied(how, count, seeds):.2f}" if score == "both" else "0.00"
        beside = compared.get(how)
        signed = [minus(v, "+.2f") for v in (beside.difference, beside.low, beside.high)] if beside else []
        apart = "{} ({} to {})".format(*signed) if signed else "–"
        rows.append((how, write(found), copy, apart, _p(beside.p_holm) if beside else "–"))
    heads = (f"right {SCORES[score]}", "share", "a copied neighbour", "beside *random*", "p after Holm")
    p = efficiency.any_difference(groups)
    return (
        f"{markdown_table(heads, rows)}\n\nHad the design not mattered, its name could be dealt out anew among the models: differences as "
        f"large come about with p = {_p(p)}. Four comparisons with *random*, corrected after Holm (1979)."
    )


def copied(how: str, count: int, seeds) -> float:
    """Mean share of held-out labels within a pixel of a training label, in x and in y, over a design's choices."""
    canvas, shares = sweep("which").experiments[0].canvas, []
    for seed in seeds:
        split = chosen(count, how, seed=int(seed)).split(canvas)
        found = describe(split.train.int().numpy(), split.test["unseen"].int().numpy())
        shares.append((found.distance < 1.5).mean())  # a diagonal neighbour is 1.41 px away
    return float(np.mean(shares))


def _p(p: float) -> str:
    return f"{p:.4f}" if p < 0.01 else f"{p:.2f}"

"""Verdicts of chapter 6 on designs: which examples to choose, and what chance can do."""

import numpy as np

from bumpbook.frame.designs import chosen
from bumpbook.frame.findings import register
from bumpbook.frame.sweeps import sweep
from bumpworld.instruments.spread import write

from . import efficiency
from .efficiency import SCORES, setting
from .findings import TOO_FEW, sweep_table
from .pairs import describe


@register("few-examples-designs")
def designs() -> str:
    """Every design's score, the null that no design matters, and each against random choice, by both scores."""
    return "\n\n".join(_designs(score) for score in ("both_fine", "both"))


def _designs(score: str) -> str:
    table = sweep_table("which")
    groups = efficiency.by_design(table, score)
    scores = efficiency.means(groups)
    listed = ", ".join(f"*{how}* {write(value)}" for how, value in scores.items())
    text = f"**Right {SCORES[score]}:** {listed}. "
    if score == "both":
        seeds = range(max(map(len, groups.values())))
        gets = ", ".join(f"*{how}* {copied(how, int(table.train_2d.iloc[0]), seeds):.2f}" for how in scores)
        text += f"Copying the nearest label would get {gets}. "
    p = efficiency.any_difference(groups)
    compared = efficiency.against(groups) if "random" in groups else []
    if np.isnan(p) or not compared:
        return text + "Too few seeds are finished for a test."
    text += f"If the design did not matter, differences as large as these would come about with p = {_p(p)}. "
    told = [
        f"*{c.design}* is {'better' if c.difference > 0 else 'worse'} by {abs(c.difference):.2f} "
        f"({min(abs(c.low), abs(c.high)):.2f} to {max(abs(c.low), abs(c.high)):.2f}, corrected p = {_p(c.p_holm)})"
        for c in compared
        if c.p_holm < 0.05
    ]
    alike = [f"*{c.design}*" for c in compared if c.p_holm >= 0.05]
    text += f"Against random choice, {'; '.join(told)}. " if told else ""
    if alike:
        text += f"These seeds do not tell {' or '.join(alike)} from random choice (corrected p from {_p(_least(compared))})."
    return text


def copied(how: str, count: int, seeds) -> float:
    """Mean share of held-out labels within a pixel of a training label, in x and in y, over a design's choices."""
    canvas, shares = sweep("which").experiments[0].canvas, []
    for seed in seeds:
        split = chosen(count, how, seed=int(seed)).split(canvas)
        found = describe(split.train.int().numpy(), split.test["unseen"].int().numpy())
        shares.append((found.distance < 1.5).mean())  # a diagonal neighbour is 1.41 px away
    return float(np.mean(shares))


def _least(compared) -> float:
    return min(c.p_holm for c in compared if c.p_holm >= 0.05)


def _p(p: float) -> str:
    return f"{p:.4f}" if p < 0.01 else f"{p:.2f}"


@register("few-examples-well-or-many")
def well_or_many() -> str:
    """How many random labels the best and the worst design are worth."""
    groups = efficiency.by_design(sweep_table("which"), "both_fine")
    scores = efficiency.means(groups)
    few = setting(sweep_table("few-shot"), "bump", False)
    count, lines = int(sweep_table("which").train_2d.iloc[0]), []
    for how in (next(iter(scores)), list(scores)[-1]):
        share = scores[how][0]
        if not 0 < share < 1:
            lines.append(f"{count} by *{how}* get {'all' if share else 'none'} right, which has no price")
            continue
        fit = efficiency.worth(share, few, "both_fine")
        if fit is None:
            return TOO_FEW
        as_many = (
            f"{fit} at random" if not fit.note else f"some number at random that lies outside ({fit.note})"
        )
        lines.append(f"{count} labels by *{how}* are worth {as_many}")
    return f"{'; '.join(lines)}."


@register("few-examples-matching")
def matching() -> str:
    """Diagonal against Latin square: one graph, two geometries."""
    groups = efficiency.by_design(sweep_table("which"), "both_fine")
    both = {how: groups[how] for how in ("diagonal", "latin") if how in groups}
    compared = efficiency.against(both, "diagonal") if len(both) == 2 else []
    if not compared:
        return TOO_FEW
    scores, only = efficiency.means(both), compared[0]
    told = (
        "The graph is the same and the accuracy is not: something else than the graph decides here."
        if only.p < 0.05
        else "These seeds do not tell them apart, as the graph would have it."
    )
    return (
        f"Diagonal {write(scores['diagonal'])}, Latin square {write(scores['latin'])}: a difference of "
        f"{only.difference:+.2f} ({only.low:+.2f} to {only.high:+.2f}, permutation p = {_p(only.p)}). {told}"
    )

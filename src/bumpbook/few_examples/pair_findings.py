"""Verdicts of chapter 6 on single held-out pairs, and the recipe that comes out of the chapter's measurements."""

import numpy as np
import pandas as pd

from bumpbook.frame.findings import percent, register
from bumpworld.instruments.spread import write

from . import contest, contest_findings, efficiency, pairs
from .efficiency import KINDS, LEVELS, NAMES, setting
from .findings import TOO_FEW, ratio, sweep_table, upside_down


@register("few-examples-linked")
def linked() -> str:
    """Amounts at which half of the pairs are linked and at which half are right."""
    found = pairs.stored_pairs()
    amounts = np.arange(8, 65)
    share = pairs.connected_share(16, amounts, draws=20)
    half = int(amounts[np.argmax(share >= 0.5)])
    text = f"On 16 × 16 labels, half of the held-out pairs are linked from about {half} random labels on. "
    table, lines = sweep_table("few-shot"), []
    for kind, world in KINDS.items():
        fit = efficiency.threshold(setting(table, kind, False), 0.5, "both_fine")
        lines.append(f"for {world} {fit if fit else 'too few amounts are finished'}")
    text += f"Half of them are drawn right at this many: {'; '.join(lines)}. "
    scarce = found[(found.amount >= 32) & found.linked].groupby("key")["right"].mean()
    if len(scarce):
        text += (
            "In models with 32 labels and more, this share of the pairs that are linked is right: "
            f"{percent(scarce)}."
        )
    return text


@register("few-examples-pairs")
def single_pairs() -> str:
    """Who predicts single pairs better, the graph or the distance, on models that were left out."""
    found = pairs.stored_pairs()
    if found.seed.nunique() < 2 or found.right.nunique() < 2:
        return TOO_FEW
    predicted = pairs.predict(found)
    listed = "; ".join(
        f"{name.removeprefix('+ ')} {p.loss[0]:.3f} ({p.auc[0]:.2f})" for name, p in predicted.items()
    )
    count = found.key.nunique()
    text = (
        f"{len(found)} held-out pairs of {count} models. Log-loss on left-out models, in brackets the area under the "
        f"curve inside a model: {listed}. "
    )
    return text + _contest(predicted)


def _contest(predicted) -> str:
    """The sentence that the paired differences of the log-loss allow."""
    graph, distance, both, plain = "+ path length", "+ distance", "+ graph and distance", "amount alone"
    duel = pairs.gain(predicted, distance, graph)
    winner = "Distance" if duel[1] > 0 else "The graph" if duel[2] < 0 else "Neither"
    text = (
        f"{winner} predicts better than the other: the distance lowers the graph's log-loss by {_signed(duel)}. "
        if winner != "Neither"
        else f"Neither predicts better: their log-losses differ by {_signed(duel)}. "
    )
    alone, more = pairs.gain(predicted, graph, plain), pairs.gain(predicted, both, distance)
    knows = "tells something" if alone[1] > 0 else "tells nothing that these models could show"
    adds = "and still adds something" if more[1] > 0 else "and adds nothing that these models could show"
    return text + (
        f"Beside the amount of data alone the graph {knows} ({_signed(alone)}), "
        f"{adds} once the distance is known ({_signed(more)})."
    )


def _signed(score) -> str:
    return write(score, form="+.3f")


@register("few-examples-recipe")
def recipe() -> str:
    """What to collect when so many examples can be afforded, out of this chapter's measurements."""
    table = sweep_table("few-shot")
    items = [
        _recipe_stripes(table),
        _recipe_amount(table),
        *_recipe_choice(),
        _recipe_more(),
        _recipe_check(),
    ]
    return "\n".join(f"* {item}" for item in items if item)


def _recipe_stripes(table: pd.DataFrame) -> str:
    known = _saved(table, LEVELS[1])
    if not known:
        return (
            "**Each factor alone?** Not decided: 60 % is not reached within the measured amounts both ways."
        )
    listed = " and ".join(f"{ratio(s)} for {KINDS[kind]}" for kind, s in known.items())
    sure, costs = (all(s[1] > 1 for s in known.values())), all(s[2] < 1 for s in known.values())
    advice = (
        "Show each factor alone over its whole range, if that is cheap"
        if sure
        else "Do not count on examples of single factors"
        if costs
        else "Examples of single factors may or may not help"
    )
    text = f"**{advice}.** They divide the number of combinations needed for {100 * LEVELS[1]:.0f} % by {listed}."
    dear = {kind: s for kind, s in _saved(table, LEVELS[2]).items() if s[2] < 1}
    if dear:
        more = " and ".join(f"{ratio(upside_down(s))} for {KINDS[kind]}" for kind, s in dear.items())
        text += f" For {100 * LEVELS[2]:.0f} % they multiply it by {more}."
    return text


def _saved(table: pd.DataFrame, level: float) -> dict[str, tuple[float, float, float]]:
    """By world, how many times fewer combinations are enough with all stripes; only where both thresholds are reached."""
    found = {}
    for kind in KINDS:
        fits = [efficiency.threshold(setting(table, kind, s), level, "both_fine") for s in (False, True)]
        found[kind] = efficiency.saving(*fits)
    return {kind: saved for kind, saved in found.items() if saved}


def _recipe_amount(table: pd.DataFrame) -> str:
    lines = []
    for stripes, name in NAMES.items():
        fits = [efficiency.threshold(setting(table, "bump", stripes), level, "both_fine") for level in LEVELS]
        if None not in fits:
            texts = [f"{fit.note or f'{fit.value:.0f}'} for {fit.level * 100:.0f} %" for fit in fits]
            lines.append(f"{name}: {', '.join(texts)}")
    return f"**How many combinations**, of 256 bumps: {'; '.join(lines)}." if lines else ""


def _recipe_choice() -> list[str]:
    groups = efficiency.by_design(sweep_table("which"), "both_fine")
    scores = efficiency.means(groups)
    compared = {c.design: c for c in (efficiency.against(groups) if "random" in groups else [])}
    count, best = int(sweep_table("which").train_2d.iloc[0]), next(iter(scores))
    worse = [how for how, c in compared.items() if c.p_holm < 0.05 and c.difference < 0]
    if best in compared and compared[best].p_holm < 0.05:
        text = f"**With {count} examples, choose them by *{best}*:** {write(scores[best])} right, against "
        text += f"{write(scores['random'])} at random."
    else:
        text = f"**With {count} examples, random choice is hard to beat:** no design does better than it by more than these "
        text += f"seeds scatter (*{best}* {write(scores[best])}, *random* {write(scores['random'])})."
    return [text] + (
        [f"**Avoid** {' and '.join(f'*{w}*' for w in worse)}: worse than random choice."] if worse else []
    )


def _recipe_more() -> str:
    """With twice as many examples the design counts: what the contest's best lattice gets there."""
    found = contest.judge(contest.scored(sweep_table("contest")))
    beats = next(v for v in found if v.name == "skewed-beats-random")
    if beats.verdict != "agrees":
        return ""
    return (
        f"**With {contest_findings.AT} examples, lay a skewed lattice:** it covers both values and the plane evenly, and its share of the "
        f"other labels right is higher than at random by {write(beats.measured)}."
    )


def _recipe_check() -> str:
    found = pairs.stored_pairs()
    if found.seed.nunique() < 2 or found.right.nunique() < 2:
        return ""
    predicted = pairs.predict(found)
    duel = pairs.gain(predicted, "+ distance", "+ path length")
    if duel[1] > 0:
        return (
            "**Before you train, measure distances:** how far the nearest training label is says more about a new pair "
            "than whether chains of examples lead to it."
        )
    if duel[2] < 0:
        return (
            "**Before you train, draw the graph:** whether chains of examples lead to a new pair says more about it "
            "than how far the nearest one is."
        )
    return (
        "**Before you train, look at both**, distances and chains: neither alone says more about a new pair."
    )

"""Whose luck a network has that fills a wide hole or does not, in sentences of chapter 5: its start's and its order's, and early."""

from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from bumpbook.frame import studies
from bumpbook.frame.claims import Limit, Measured
from bumpbook.frame.findings import minus, percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.predictions import fared
from bumpworld.instruments.spread import Spread, difference, spread, write
from bumpworld.store import LEARNED

from .studies import CONDITION, IMAGE, NETWORK, ORDER, PARTS, SIBLINGS, STEPS, STUDY, WEIGHTS

# what siblings share, and the step at which they part -> what the figure calls it
NAMES = {
    (ORDER, 0): "the order",
    (WEIGHTS, 0): "the start",
    (CONDITION, 0): "the label\nlayers' start",
    (IMAGE, 0): "the image\nlayers' start",
    **{(NETWORK, part): f"the start and\n{part} steps" for part in PARTS},
}
# by prediction of results/predictions/siblings.json
CASES = {
    "weights": (WEIGHTS, 0),
    "order": (ORDER, 0),
    "early": (NETWORK, 80),
    "condition": (CONDITION, 0),
    "image": (IMAGE, 0),
}
# once more, by what was foretold of new families when the first had been seen
FIRST = 10
AGAIN = {f"{name}-again": CASES[name] for name in ("weights", "image", "condition")}
# of which families a prediction speaks
FIRST_SETTLED = f"settled, families 1 to {FIRST}"
AGAIN_SETTLED = f"settled, families {FIRST + 1} to {STUDY.seeds}"
# of the spread lies between families: the start, or what came of it, decides
MOST = 0.5
# the first step at which siblings part
FORK = PARTS[0]
HEADS = (
    "siblings share",
    "siblings differ by",
    "strangers differ by",
    "drawn when they part",
    "drawn in the end",
    "settled",
    "without the family that draws most",
)
LITTLE, HALF = (0.25, 0.5, "up to"), (0.5, 0.25)
LIMITS = {
    "weights": (Limit(FIRST_SETTLED, *LITTLE),),
    "order": (Limit(FIRST_SETTLED, *LITTLE),),
    "early": (Limit(FIRST_SETTLED, *HALF),),
    "condition": (Limit(FIRST_SETTLED, *HALF),),
    "image": (Limit(FIRST_SETTLED, *LITTLE),),
    "weights-again": (Limit(AGAIN_SETTLED, *HALF),),
    "image-again": (Limit(AGAIN_SETTLED, 0.25, 0.1),),
    "condition-again": (Limit(AGAIN_SETTLED, *LITTLE),),
}


def shares(table: pd.DataFrame, shared: str, part: int) -> np.ndarray:
    """What siblings drew of the square, (families, siblings): those who shared this, and parted at this step."""
    rows = _of(table, shared, part).sort_values("seed")
    return np.array(rows["right"].tolist(), dtype=float).reshape(-1, SIBLINGS)


def _of(table: pd.DataFrame, shared: str, part: int) -> pd.DataFrame:
    return table[(table.shared == shared) & (table.part == part)]


def apart(right: np.ndarray) -> tuple[float, float]:
    """Mean difference of two siblings, and of two networks of different families, of ``right`` (families, siblings)."""
    siblings = [abs(a - b) for family in right for a, b in combinations(family, 2)]
    strangers = [abs(one[:, None] - other) for one, other in combinations(right, 2)]
    return float(np.mean(siblings)), float(np.mean(strangers))


def squares(right: np.ndarray) -> np.ndarray:
    """Mean squared difference of two siblings of ``right`` (families, siblings), a number a family."""
    return 2 * right.var(1, ddof=1)


def settled(right: np.ndarray) -> Spread:
    """How much of the spread of ``right`` (families, siblings) lies between families: the intraclass correlation ICC(1).

    It is 1 minus the mean squared difference of siblings over that of networks of different families. The interval is that of
    Shrout & Fleiss (1979).
    """
    return Spread(*(_correlation(right, at) for at in (None, 0.975, 0.025)), len(right))


def by_chance(right: np.ndarray) -> float:
    """What `settled` stays below in 97.5 of 100 tries where siblings share nothing that counts."""
    families, siblings = right.shape
    return _icc(1 / stats.f.ppf(0.975, families - 1, families * (siblings - 1)), siblings)


def _correlation(right: np.ndarray, quantile: float | None) -> float:
    families, siblings = right.shape
    # mean squares within families over those between them
    ratio = 1 / stats.f_oneway(*right).statistic
    at = stats.f.ppf(quantile, families - 1, families * (siblings - 1)) if quantile else 1
    return _icc(ratio * at, siblings)


def _icc(ratio: float, siblings: int) -> float:
    return float((1 - ratio) / (1 + (siblings - 1) * ratio))


def without_most(right: np.ndarray) -> np.ndarray:
    """``right`` (families, siblings) without the family that draws most."""
    return np.delete(right, right.mean(1).argmax(), 0)


def measured(table: pd.DataFrame) -> dict[str, Measured]:
    """What each prediction is about: those of before of the `FIRST` families, those of again of the families after them."""
    first, again = table[table.seed < FIRST], table[table.seed >= FIRST]
    found = {name: {FIRST_SETTLED: settled(shares(first, *case))} for name, case in CASES.items()}
    return found | {name: {AGAIN_SETTLED: settled(shares(again, *case))} for name, case in AGAIN.items()}


@register("composition-luck")
def luck() -> str:
    """What decides how much of a wide square a network fills: where it starts, or the order of what it sees?"""
    table = studies.table(STUDY)
    right = [shares(table, *case) for case in NAMES]
    parts = start, order = [shares(table, *CASES[name]) for name in ("weights", "order")]
    drawn = np.concatenate(right, axis=None)
    # of a seed, that is, of a family: all panels together say what networks differ by that share nothing
    far, apart_far = np.mean([apart(part)[1] for part in right]), spread([strangers(part) for part in right])
    unlike = difference(squares(order), squares(start))
    return state(
        f"**Start and order both count.** Networks of one recipe draw from {percent(drawn.min())} to {percent(drawn.max())} of the square. Siblings of one start, "
        f"which meet their images in different orders, end {_points(apart(start)[0])} apart on average. Siblings of one order, which start differently, end "
        f"{_points(apart(order)[0])} apart; networks that share neither, about {100 * far:.0f}. Which of the two counts more, we cannot say.",
        all(settled(part).mean > by_chance(part) for part in parts)
        and all(spread(squares(part)).high < apart_far.low for part in parts)
        and unlike.low < 0 < unlike.high
        and min(map(min, table.trained)) >= LEARNED,
        _whose(table, [1 - squares(part).mean() / apart_far.mean for part in parts], unlike),
    )


def strangers(right: np.ndarray) -> float:
    """Mean squared difference of two networks of different families of ``right`` (families, siblings)."""
    return float(np.mean([(one[:, None] - other) ** 2 for one, other in combinations(right, 2)]))


def _whose(table: pd.DataFrame, beside_all: list[float], unlike: Spread) -> str:
    """How predictions fared, why their verdicts mislead, and the table behind both."""
    start, order = (shares(table, *CASES[name]) for name in ("weights", "order"))
    return (
        f"{STEPS} steps under a falling rate, {len(start)} families of {SIBLINGS}. We had expected that the start settles little "
        f"(`results/predictions/siblings.json`):\n\n{fared('siblings', measured(table), LIMITS)}\n\n"
        "The verdicts on start and order mislead. Each sets siblings beside the strangers of its own panel. These share nothing in either panel, and yet they happen "
        f"to end {_points(apart(start)[1])} apart in the one and {_points(apart(order)[1])} in the other. Of siblings, the mean squared difference with one order minus that with one "
        f"start is {write(unlike)}. Beside the strangers of all panels a shared start settles {beside_all[0]:.2f}, a shared order {beside_all[1]:.2f}."
        f"\n\n{_table(table)}\n\nIn brackets 95 % intervals over families. Where siblings share nothing that counts, what is settled stays below {by_chance(start):.2f} in 97.5 "
        "of 100 tries. All networks draw their own labels right."
    )


@register("composition-luck-early")
def early() -> str:
    """At which step is it settled how much of the square a network will draw, and how much does it draw then?"""
    table = studies.table(STUDY)
    right = shares(table, NETWORK, FORK)
    then = _of(table, NETWORK, FORK).then.mean()
    near, far = apart(right)
    return state(
        f"**Most of it is settled before anything can be seen of it.** Siblings that are one network for {FORK} of {STEPS} steps, and then part, end "
        f"{_points(near)} apart, strangers {_points(far)}. When they part they draw {percent(then)} of the square.",
        settled(right).low > MOST and then < 0.05,
    )


@register("composition-luck-where")
def where() -> str:
    """Which starting weights decide, those of the layers that read the label or those of the layers that work on the image?"""
    table = studies.table(STUDY)
    whole, image, label = (shares(table, *CASES[name]) for name in ("weights", "image", "condition"))
    lucky, others, still = image[image.mean(1).argmax()], without_most(image), without_most(whole)
    (near, far), (near_label, far_label) = apart(image), apart(label)
    (near_others, far_others), (near_still, far_still) = apart(others), apart(still)
    return state(
        f"**Neither part of these weights holds it alone, except in one family of {len(image)}.** Siblings that share the start of the layers that read the "
        f"label end {_points(near_label)} apart, strangers {_points(far_label)}. With the start of the layers that work on the image it is {_points(near)}, "
        f"beside {_points(far)}; but one family makes that, whose {SIBLINGS} siblings draw {percent(lucky.min())} or more. Leave it out, and it is "
        f"{_points(near_others)}, beside {_points(far_others)}; leave the luckiest out of those that share the whole start, and it is still "
        f"{_points(near_still)}, beside {_points(far_still)}.",
        settled(image).mean > by_chance(image)
        and settled(label).mean < by_chance(label)
        and settled(others).mean < min(by_chance(others), settled(still).low),
    )


def _points(share: float) -> str:
    return f"{100 * share:.0f} points"


def _table(table: pd.DataFrame) -> str:
    """What siblings share, how far apart they end beside strangers, and what is settled."""
    lines = []
    for case, name in NAMES.items():
        right = shares(table, *case)
        then = _of(table, *case).then.mean()
        ends = (*map(_points, apart(right)), percent(then), percent(right.mean()))
        ends += (write(settled(right)), minus(settled(without_most(right)).mean))
        lines.append((name.replace("\n", " "), *ends))
    return markdown_table(HEADS, lines)

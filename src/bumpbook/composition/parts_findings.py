"""What chapter 5 found on a pair and its two parts: is it right more often than two independent parts would be?

Squares in the middle and at the corner stand apart, for they do not agree. Networks of one seed begin with the same weights
whatever square they are held, so a mean is taken for each seed and the spread is over seeds.
"""

from collections.abc import Sequence
from typing import NamedTuple

from bumpbook.frame.findings import minus, register, state
from bumpworld.instruments.emergence import of_runs
from bumpworld.instruments.spread import FEW, Spread, spread, write
from bumpworld.store import Result

from . import findings as tables

MIDDLE, CORNER = False, True
# networks are made from so many seeds: bumps in the middle, and all others
SEEDS = {MIDDLE: 5, CORNER: 3}
# shares of the held-out pairs that differ by less are called no gain
LITTLE = 0.05
# of the way to the upper bound: what is called about half
HALF = (0.4, 0.6)


class Left(NamedTuple):
    """Pairs right minus the product of the parts, and as a share of the way to Fréchet's upper bound: over seeds."""

    excess: Spread
    room: Spread
    networks: int
    looks: int


def left_over(results: Sequence[Result]) -> Left:
    """`emergence.of_runs` on the held-out square, its means over runs taken for each seed first."""
    points = of_runs(results, "square").points
    seeds = {result.experiment.key: result.experiment.seed for result in results}
    points = points[points.inside]
    runs = points.groupby("run")[["excess", "product", "upper"]].mean()
    runs = runs.assign(room=runs.excess / (runs.upper - runs["product"]))
    means = runs.groupby(runs.index.map(seeds))[["excess", "room"]].mean()
    return Left(spread(means.excess), spread(means.room), len(runs), len(points))


def by_place() -> dict[tuple[str, bool], Left]:
    """`left_over` by kind of world and whether the square lies at the corner; groups without a network are left out."""
    results, found = tables.finished("square")[0], {}
    for kind in tables.KINDS:
        for corner in tables.PLACES:
            group = [r for _, some in tables.widths_of(results, kind, corner) for r in some]
            if group:
                found[kind, corner] = left_over(group)
    return found


@register("composition-parts")
def parts() -> str:
    """Are pairs right as often as two independent parts would be? Bumps in the middle more often, sums in the corner less."""
    found = by_place()
    nothing = Left(spread([]), spread([]), 0, 0)
    (inside, room, *_), (corner, *_), (sums, *_), (edge, *_) = (
        found.get((kind, place), nothing) for kind in tables.KINDS for place in tables.PLACES
    )
    sentence = (
        f"**Only bumps in the middle are right more often than two independent parts would be.** While both parts are half learned they gain {minus(inside.mean)} "
        f"({minus(inside.low)} to {minus(inside.high)} over {inside.n} seeds), about half of the way to the most that the parts allow, Fréchet's upper bound. Bumps in the corner "
        f"and sums in the middle gain nothing that {corner.n} seeds can tell. Sums in the corner lose {minus(-edge.mean)}, in every seed."
    )
    holds = inside.n >= SEEDS[MIDDLE] and inside.low > 0 and HALF[0] <= room.mean <= HALF[1]
    for one in (corner, sums):
        holds = holds and one.n == SEEDS[CORNER] and one.low <= 0 <= one.high and abs(one.mean) < LITTLE
    # of so few seeds the ends are the least and the most
    return state(sentence, holds and edge.n == SEEDS[CORNER] and edge.high < 0, table(found))


def table(found: dict[tuple[str, bool], Left]) -> str:
    """What is left over in each group of squares, with what it is told from, as a list."""
    lines = [
        f"* {tables.KINDS[kind]} {tables.PLACES[corner]}: {words(left)}"
        for (kind, corner), left in found.items()
    ]
    return (
        "Accuracy of pairs minus the product of their parts, positions within 1 px, means over a network's looks while both parts are half learned, then over "
        "the networks of a seed, which share their first weights:\n\n" + "\n".join(lines)
    )


def words(left: Left) -> str:
    """One group's line."""
    mean, low, high, seeds = left.excess
    if not seeds:
        return "no network was looked at while both parts were half learned."
    verdict = "too few seeds to say more"
    if seeds >= 3:
        beside = "more than" if low > 0 else "less than" if high < 0 else "not told apart from"
        # below five seeds there is a range and no interval
        verdict = f"{beside} the product" + (" in every seed" if seeds < FEW and low * high > 0 else "")
    return (
        f"{write(left.excess, form='+.3f')}, {left.networks} networks, {left.looks} looks: {verdict}; of the way to the upper bound "
        f"{write(left.room, percent=True)}."
    )

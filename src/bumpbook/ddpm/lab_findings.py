"""What the laboratory's page says of its network."""

from bumpbook.frame.findings import register, state
from bumpbook.widgets.lab_presets import NETWORK
from bumpworld.instruments.spread import percentage, write

from .lab_network import OWN, SETS, SHORT_BY, TIME, compared, picked


@register("lab-network")
def sentence() -> str:
    """How much smaller the laboratory's network is than the book's own, that it composes as that does, and for how long it trains."""
    rows = compared()
    pick = picked(rows)
    ours, own, least = rows.loc[NETWORK], rows.loc[OWN], rows.loc[pick]
    share, short = ours.parameters / own.parameters, ours.composed.mean - own.composed.mean
    text = (
        f"The laboratory's network is smaller than the book's own: {ours.parameters:,} weights, {percentage(share)} of it. It "
        f"trains for {ours.steps} steps in {percentage(ours[TIME])} of the time that the book's network needs for {own.steps}. Of the held-out labels of four sets that show every column "
        f"and every row it draws {write(ours.composed, percent=True)} right, within 0.45 px; the book's own, trained for as "
        f"short a time, {write(own.composed, percent=True)}. Neither fills a band of eight columns."
    )
    evidence = "By set, the laboratory's and the book's own: " + "; ".join(
        f"{name} {write(ours[name], percent=True)} and {write(own[name], percent=True)}" for name in SETS
    )
    evidence += ". {doc}`status` has the rule that we wrote down, and the others."
    if pick != NETWORK:
        evidence += (
            f" That rule takes the cheapest, and would stop after {least.steps} steps. We let it train for {ours.steps}: of the "
            f"square it then draws {write(ours.square, percent=True)} right, where it had {write(least.square, percent=True)}."
        )
    # cheaper is no reason where it composes less
    better = pick == NETWORK or ours.composed.mean > least.composed.mean
    holds = better and short >= -SHORT_BY and max(ours.band.mean, own.band.mean) < SHORT_BY
    return state(text, holds, evidence)

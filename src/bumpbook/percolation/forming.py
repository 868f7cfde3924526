"""When the representation of the training labels joins up along a training, and when the drawings come right.

The rules stand in `results/predictions/forming.json`, written down before a network was watched.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from bumpbook.frame import given, studies
from bumpbook.frame.first_crossing import crossing
from bumpbook.frame.layouts import panels, stacked, two_layouts
from bumpbook.frame.style import BLUE, GREY, ORANGE, ROSE, new_figure, styled
from bumpworld.instruments.spread import Spread, spread

from .forming_study import FORMING, LOOKS

__all__ = ["forming_curves", "forming_runs"]

# the limits that the predictions state
SUDDEN, TOGETHER = 1.5, 1.5
BEFORE, WITH, AFTER, OPEN = "before", "together", "after", "open"


class Forming(NamedTuple):
    """``rise`` of the largest piece, ``factor`` in steps from 10 to 90 % of it, and ``ratio`` of the step of half of it
    to the step of half of the unseen labels right; geometric means over the networks in which both rise."""

    rise: Spread
    factor: Spread
    ratio: Spread

    @property
    def sudden(self) -> bool:
        """Is the rise over within the factor that the rule allows?"""
        return self.factor.mean <= SUDDEN

    @property
    def verdict(self) -> str:
        """Does the piece join before the drawings come right, with them, or after, by the rule?"""
        if self.ratio.low > TOGETHER:
            return AFTER
        if self.ratio.high < 1 / TOGETHER:
            return BEFORE
        return WITH if 1 / TOGETHER <= self.ratio.low and self.ratio.high <= TOGETHER else OPEN


def forming_runs() -> pd.DataFrame:
    """A row for each look at each network: fraction, seed, step, trained, unseen, piece, null."""
    return (
        studies.table(FORMING)
        .assign(step=lambda t: [list(LOOKS)] * len(t))
        .explode(["step", "trained", "unseen", "piece", "null"])
        .astype({name: float for name in ("step", "trained", "unseen", "piece", "null")})
    )


def measured(rows: pd.DataFrame) -> Forming:
    """`Forming` of the networks of `forming_runs`, each by its own curves, on a logarithmic axis of steps (step 0 taken as 1)."""
    rises, factors, ratios = [], [], []
    for _, run in rows.groupby(["fraction", "seed"]):
        at, piece = np.log(run["step"].clip(lower=1)), run["piece"].to_numpy()
        rise = piece[-1] - piece[0]
        rises.append(rise)
        places = (
            [crossing(at, (piece - piece[0]) / rise, level) for level in (0.1, 0.5, 0.9)]
            if rise > 0
            else [None]
        )
        right = (
            crossing(at, run["unseen"], 0.5 * run["unseen"].iloc[-1]) if run["unseen"].iloc[-1] > 0 else None
        )
        if None not in places:
            factors.append(places[2] - places[0])
            if right is not None:
                ratios.append(places[1] - right)
    return Forming(spread(rises), _geometric(factors), _geometric(ratios))


def _geometric(logs: list[float]) -> Spread:
    found = spread(logs)
    return Spread(*(float(np.exp(v)) for v in found[:3]), found.n)


@two_layouts
@styled
def forming_curves(rows: pd.DataFrame) -> Figure:
    """Along training: shares of training and of unseen labels right, and the largest piece of the representation with its null.

    ``rows`` is `forming_runs`; a panel for each fraction of the labels that is trained on. Thin lines are networks, thick ones means.
    """
    numbers = ("fraction", "seed", "step", "trained", "unseen", "piece", "null")
    rows = given.table("rows", rows, numbers=numbers)
    fractions = sorted(rows["fraction"].unique(), reverse=True)
    shape = panels(len(fractions))
    figure = new_figure(2.4 * shape[0] + 0.6)
    shown = figure.subplots(*shape, sharey=True, squeeze=False).flatten()
    looks = {
        "piece": ("largest piece of the representation", ROSE, "-"),
        "null": ("the same, dealt out anew", GREY, ":"),
        "unseen": ("unseen labels right", ORANGE, "--"),
        "trained": ("training labels right", BLUE, "-."),
    }
    for axes, fraction in zip(shown, fractions, strict=True):
        part = rows[(rows["fraction"] == fraction) & (rows["step"] > 0)]
        for column, (words, colour, line) in looks.items():
            for _, run in part.groupby("seed"):
                axes.plot(run["step"], run[column], color=colour, linewidth=0.6, alpha=0.35)
            mean = part.groupby("step")[column].mean()
            axes.plot(mean.index, mean, color=colour, linestyle=line, linewidth=2.2, label=words)
        axes.set(
            xscale="log",
            xlabel="training step",
            ylim=(-0.03, 1.03),
            title=f"{round(256 * fraction)} training labels",
        )
        axes.set_xticks([10, 30, 100, 300], labels=["10", "30", "100", "300"])
        axes.set_xticks([], minor=True)
    for axes in shown[: shape[0]]:
        axes.set_ylabel("share")
    columns = 1 if stacked() else 2
    figure.legend(*shown[0].get_legend_handles_labels(), loc="outside lower center", ncols=columns)
    return figure

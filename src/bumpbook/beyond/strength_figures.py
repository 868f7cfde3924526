"""Figure of chapter 8: which of two factors of unequal strength is learned first."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from bumpbook.frame import given
from bumpbook.frame.layouts import panels, two_layouts
from bumpbook.frame.style import BLUE, ROSE, new_figure, styled
from bumpworld import checks

from .strength_findings import NAMES, rows
from .strengths import FACTORS, LOOK_EVERY, UnevenWorld

__all__ = ["unequal_factors"]


@two_layouts
@styled
def unequal_factors(table: pd.DataFrame) -> Figure:
    """Shares of trained labels right in x and in y along training, bumps and sums of stripes twice as wide along y.

    ``table`` is that of the study *strengths*. A thick line is the mean over seeds, thin ones are single seeds. Raises
    ValueError where a world has no network.
    """
    table = given.table("table", table, "kind", "widths", "trained")
    for told in table["widths"]:
        checks.numbers("widths", told, 2)
    if any(rows(table, kind).empty for kind in NAMES):
        raise ValueError("a world of unequal widths has no network in the table; needed is at least one each")
    trained = {kind: _shares(rows(table, kind)["trained"].tolist()) for kind in NAMES}
    shape = panels(len(NAMES))
    figure = new_figure(2.9 * shape[0])
    for axes, (kind, name) in zip(figure.subplots(*shape, sharey=True), NAMES.items(), strict=True):
        shares = trained[kind]
        steps = LOOK_EVERY * np.arange(1, shares.shape[1] + 1)
        for k, colour in enumerate((BLUE, ROSE)):
            axes.plot(steps, shares[:, :, k].T, color=colour, linewidth=0.6, alpha=0.5)
            axes.plot(
                steps,
                shares[:, :, k].mean(0),
                color=colour,
                linestyle=("-", "--")[k],
                linewidth=2.2,
                label=FACTORS[k],
            )
        axes.set(
            title=f"{name}: {FACTORS[int(np.argmax(UnevenWorld(kind).strength()))]} is the stronger factor",
            xlabel="training steps",
            ylim=(-0.04, 1.04),
        )
    figure.axes[0].set_ylabel("trained labels right within 1 px")
    figure.axes[0].legend()
    return figure


def _shares(values: list) -> np.ndarray:
    """Shares of x and of y, and what else is counted, at each look at each network."""
    found = checks.numbers("trained", values, "networks", "looks", "parts").numpy()
    checks.need(found.shape[1] and found.shape[2] > 1, "trained", values, "are looks at x and y, one or more")
    return found

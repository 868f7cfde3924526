"""What networks draw that trained for 1800 steps, beside those that stopped when they had learned their labels."""

import numpy as np
import pandas as pd

from bumpworld.instruments.spread import Spread, difference, spread
from bumpworld.store import ResultError, Store

from . import tables
from .claims import Limit, Measured, judge
from .longer_sweeps import BAND, CORNER, MIDDLE, SPARSE, SUMS
from .sweeps import sweep
from .tables import FINE, learned

# by prediction of results/predictions/longer.json
CELLS = {"middle": MIDDLE, "corner": CORNER, "sums": SUMS, "sparse": SPARSE, "band": BAND}
FILLED, LEFT = ("middle", "corner", "sums"), ("sparse", "band")
GAIN, SURE, SHARE = f"gain, {FINE:g} px", "low end", f"share, {FINE:g} px"
LIMITS = {
    **dict.fromkeys(FILLED, (Limit(GAIN, 0.2, 0, "above"), Limit(SURE, 0, reach="above"))),
    **dict.fromkeys(LEFT, (Limit(GAIN, 0.05, 0.15, "up to"),)),
    "not-all": (Limit(SHARE, 0.9, reach="up to"), Limit(SHARE, partly=1, reach="below")),
}


def table(store: Store | None = None) -> pd.DataFrame:
    """Every network that learned its labels, a row each: ``cell``, seed, steps, and of what was held out the share ``right``
    within 0.45 px and ``near`` within 1 px; ``longer`` where it trained on for a fixed number of steps.

    Raises ResultError for a cell of which either kind is not finished.
    """
    rows = learned(tables.table(sweep("longer"), store))
    rows = rows[rows.region != "train"]
    found = pd.DataFrame(
        {
            "cell": "",
            "seed": rows.seed,
            "longer": rows.annealed.astype(bool),
            "steps": rows.steps,
            "right": rows.both_fine,
            "near": rows.both,
        }
    )
    for cell, held_out in CELLS.items():
        here = rows.rule == held_out.rule
        for name, value in held_out.settings:
            # every seed chooses other random labels
            here &= name == "seed" or rows[name] == value
        found.loc[here, "cell"] = cell
    if len(found.groupby(["cell", "longer"])) < 2 * len(CELLS):
        raise ResultError(f"the networks are not finished; run `{sweep('longer').command}` first")
    return found.reset_index(drop=True)


def right(cell: str, longer: bool, within: str = "right") -> np.ndarray:
    """Shares of ``cell`` that networks drew, (n,), trained for a fixed number of steps or as usual."""
    rows = table()
    return rows[(rows.cell == cell) & (rows.longer == longer)][within].to_numpy(float)


def share(cell: str, longer: bool, within: str = "right") -> Spread:
    """Mean and interval of `right`."""
    return spread(right(cell, longer, within), share=True)


def steps(longer: bool, cell: str | None = None) -> str:
    """Steps of these networks, of one cell or of all, as `span` writes them."""
    rows = table()
    return span(rows[(rows.longer == longer) & ((cell is None) | (rows.cell == cell))].steps)


def span(steps: pd.Series) -> str:
    """The one number of steps, "1800", or the fewest and the most, "160 to 280"."""
    low, high = int(steps.min()), int(steps.max())
    return str(low) if low == high else f"{low} to {high}"


def gain(cell: str, within: str = "right") -> Spread:
    """What patience brings: the share after a fixed number of steps minus the usual one."""
    return difference(right(cell, True, within), right(cell, False, within))


def measured(name: str) -> Measured:
    """What the prediction ``name`` of `LIMITS` is about."""
    if name == "not-all":
        return {SHARE: share("middle", True)}
    gained = gain(name)
    return {GAIN: gained} | ({SURE: gained.low} if name in FILLED else {})


def agrees(name: str) -> bool:
    """Does what was measured agree with the prediction ``name``?"""
    return judge(measured(name), LIMITS[name]).verdict == "agrees"

"""What two kernels that learn no features draw on the lattices of one pitch: the scoreboard's nulls, asked here.

What they draw as well is no sign that a network learned; what they do not draw is the network's own.
"""

from dataclasses import replace
from functools import cache

import pandas as pd

from bumpbook.frame.lattice_sweeps import JOINED, pitched
from bumpbook.frame.nulls import KERNELS, outcomes
from bumpbook.frame.sweeps import sweep
from bumpworld.experiment import Experiment

KNOWN = "Two kernels that learn no features, those of the scoreboard, were asked afterwards; nobody foretold what they draw."


def times(experiment: Experiment) -> float:
    """How many times as wide the bumps of a lattice's ``experiment`` are as where the lattice joins up."""
    step = next(step for step, train_on in pitched(16).values() if train_on == experiment.train_on)
    # sigma is rounded to four places
    return round(JOINED * experiment.canvas.sigma / step, 2)


# cached: a fit takes a tenth of a second or more, and a page asks twice
@cache
def kernels(name: str, turned_alone: bool = False, most: float = float("inf")) -> pd.DataFrame:
    """Share of unseen labels ``right`` within 0.45 px on the lattices of the sweep ``name``, a row for each kernel, lattice and width.

    ``turned_alone``: of lattices that hold every column and row. ``most``: of bumps at most so many times as wide as where the
    lattice joins up.
    """
    names = {train_on: lattice for lattice, (_, train_on) in pitched(16).items()}
    by_key = {e.key: (names[e.train_on], times(e), e) for e in sweep(name).experiments}
    kept = [
        e for lattice, at, e in by_key.values() if at <= most and lattice.startswith("turned") >= turned_alone
    ]
    rows = outcomes(replace(sweep(name), experiments=tuple(kept)))
    rows = rows[(rows.region == "unseen") & rows.null.isin(KERNELS)]
    lattice, at = ([by_key[key][i] for key in rows.key] for i in (0, 1))
    found = rows[["null"]].assign(lattice=lattice, times=at, right=rows.both_fine)
    return found.assign(turned=found.lattice.str.startswith("turned")).reset_index(drop=True)


def better(rows: pd.DataFrame) -> pd.DataFrame:
    """The better of both kernels on each lattice (turned or not, by name) at each width, of rows of `kernels`."""
    return rows.pivot_table(index=["turned", "lattice"], columns="times", values="right", aggfunc="max")

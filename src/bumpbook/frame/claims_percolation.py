"""Claims on how generalization sets in as labels are added: suddenly or not, and where."""

from dataclasses import replace

import numpy as np
import pandas as pd

from bumpworld.instruments.lattice import predicted_onset
from bumpworld.instruments.spread import Spread, spread

from .claims import Claim, Limit, Measured, rank_correlation
from .first_crossing import HALF, amount_at

NARROWEST = 0.5  # sigma in pixels: below it bumps are too narrow for their pixels
RISE = "largest rise of the mean for one doubling of the labels at sigma 1"
EACH_RISE = "largest rise for one doubling of the labels at sigma 1, in each seed by itself"
# lattice percolation has an onset like sigma^-2; with bipartite percolation it does not depend on sigma
FROM_LATTICE, FROM_BIPARTITE = "larger distance of the two from -2", "larger distance from 0"
SLOPE = "slope of log onset against log sigma"
ORDER = "rank correlation of validation loss and accuracy at sigma 1"


def onset_slope(table: pd.DataFrame) -> Spread:
    """Slope of log(2D labels at half accuracy) against log(sigma), over the seeds' own fits."""
    fits = []
    for _, part in table[table.sigma >= NARROWEST].groupby("seed"):
        points = np.array([(sigma, amount_at(rows, HALF)) for sigma, rows in part.groupby("sigma")])
        points = points[np.isfinite(points[:, 1])]
        if len(points) >= 2:
            fits.append(np.polyfit(*np.log(points).T, 1)[0])
    return spread(fits)


def staircase_slope(widths, spacing: float = 1.0) -> float:
    """The same slope of percolation's staircase (`predicted_onset`) over ``widths`` in pixels; its limit law has -2."""
    return float(np.polyfit(np.log(widths), np.log(predicted_onset(widths, spacing).staircase), 1)[0])


def onset_slopes(table: pd.DataFrame) -> Measured:
    slopes = [onset_slope(table[~table.normalised]), onset_slope(table[table.normalised])]
    return {
        SLOPE: slopes[0],
        "slope at equal energy": slopes[1],
        FROM_LATTICE: max(abs(s.mean + 2) for s in slopes),
        FROM_BIPARTITE: max(abs(s.mean) for s in slopes),
    }


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    return table[(table.region == "unseen") & (table.sigma == 1) & ~table.normalised]


def rise(table: pd.DataFrame) -> Measured:
    plain = _plain(table)
    groups = plain.groupby("train_2d")["both"]
    means = groups.mean()
    if len(means) < 3:
        return {}
    return {
        RISE: float(means.diff().max()),
        EACH_RISE: spread(each_rise(table)),
        "fewest labels": spread(groups.get_group(means.index[0]), share=True),
        "most labels": spread(groups.get_group(means.index[-1]), share=True),
    }


def each_rise(table: pd.DataFrame) -> list[float]:
    """Largest rise of the share right for one doubling of the labels at sigma 1, a number for each seed."""
    steepest = lambda rows: rows.groupby("train_2d")["both"].mean().diff().max()
    return [float(steepest(rows)) for _, rows in _plain(table).groupby("seed")]


def loss_and_accuracy(table: pd.DataFrame) -> Measured:
    table = _plain(table)
    if len(table) < 6:
        return {}
    return {ORDER: rank_correlation(table.denoising_error, table["both"]), "models": len(table)}


SUDDEN_ON_AVERAGE = Claim(
    "sudden",
    "abstract 5, 6e",
    "Generalization sets in suddenly as data grow.",
    (Limit(RISE, 0.5, 0.3),),
    "percolation",
    "",
    rise,
)
SUDDEN = replace(
    SUDDEN_ON_AVERAGE,
    limits=(Limit(EACH_RISE, 0.5, 0.3),),
    before=SUDDEN_ON_AVERAGE,
    why="a rise of the average has no spread, and without one nobody knows whether a null's is another",
)
PERCOLATION = Claim(
    "percolation",
    "6, 13, 15",
    "The onset follows the percolation threshold of overlapping bumps.",
    (Limit(FROM_LATTICE, 0.5, reach="up to"), Limit(FROM_BIPARTITE, partly=0.5, reach="above")),
    "percolation",
    "",
    onset_slopes,
    shown=SLOPE,
)
LOSSES = Claim(
    "losses",
    "14",
    "Validation loss falls where accuracy rises.",
    (Limit(ORDER, -0.8, -0.5, "up to"),),
    "percolation",
    "",
    loss_and_accuracy,
    reading=True,
)

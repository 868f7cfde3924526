"""How many examples are enough, and does it matter which: thresholds, growth and designs out of a sweep's table.

All functions take tables of `tables.table` and look at held-out 2D labels (region "unseen") alone. Rows of models that
never learned their own training labels are left out first. ``score`` names the column that says what is right:
"both_fine", within 0.45 px, which is less than half the spacing of labels, or "both", within 1 px. Under the first, an
image copied from a neighbouring label is wrong; under the second it is right.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import comb

import numpy as np
import pandas as pd

from bumpbook.frame import given
from bumpbook.frame.tables import learned
from bumpworld import checks
from bumpworld.instruments.onset import Threshold, fit_threshold
from bumpworld.instruments.spread import difference, spread

from .growth import Exponent, growth_exponent

LEVELS = (0.4, 0.6, 0.9)  # the paper asks for 60 %; the others say whether that choice matters
# the score by which a copied neighbour is wrong
FINE = "both_fine"
SCORES = {FINE: "within 0.45 px", "both": "within 1 px"}
KINDS = {"bump": "bumps", "sos": "sums of stripes"}
NAMES = {False: "2D examples alone", True: "2D examples and all stripes"}


def checked(table, *columns: str) -> pd.DataFrame:
    """``table`` when it is one of `tables.table` with what is asked here, and with these ``columns`` of words."""
    numbers = ("seed", "size", "train_2d", *SCORES)
    return given.table("table", table, "region", *columns, numbers=numbers, flags=["learned"])


def unseen(table: pd.DataFrame, score: str = FINE) -> pd.DataFrame:
    """Rows of held-out 2D labels of models that learned their training labels.

    Two columns are added: ``share``, the share right by ``score``, and ``tried``, the number of held-out labels.
    Raises ValueError for an unknown score.
    """
    checks.choice("score", score, SCORES)
    rows = learned(table[table.region == "unseen"])
    return rows.assign(share=rows[score], tried=rows["size"] ** 2 - rows.train_2d)


def setting(table: pd.DataFrame, kind: str, stripes: bool) -> pd.DataFrame:
    """Rows of one world, with or without stripes."""
    return table[(table.kind == kind) & (table.stripes.astype(bool) == stripes)]


def threshold(table: pd.DataFrame, level: float = 0.6, score: str = FINE) -> Threshold | None:
    """2D labels at which ``level`` of the held-out ones are right; None where fewer than three amounts were measured.

    One curve through all seeds. `first_crossing` reads every seed's own points instead, and says why both exist.
    """
    rows = unseen(table, score)
    if rows.train_2d.nunique() < 3:
        return None
    columns = rows.train_2d, rows.share * rows.tried, rows.tried, rows.seed
    return _fitted(level, *(tuple(column.tolist()) for column in columns))


# cached: a chapter's figures, tables and findings ask for the same thresholds many times
@lru_cache(maxsize=512)
def _fitted(level: float, amounts: tuple, right: tuple, tried: tuple, seeds: tuple) -> Threshold:
    return fit_threshold(amounts, right, tried, level, seeds)


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Thresholds at all levels, by both scores, in every world, without and with stripes, and the factor saved, in words."""
    rows = {}
    for kind, world in KINDS.items():
        for score, name in SCORES.items():
            for level in LEVELS:
                fits = [threshold(setting(table, kind, s), level, score) for s in NAMES]
                saved = saving(*fits)
                texts = [str(fit) if fit else "too few amounts" for fit in fits]
                rows[world, name, f"{level * 100:.0f} %"] = [*texts, f"{saved[0]:.1f}" if saved else ""]
    found = pd.DataFrame.from_dict(rows, orient="index", columns=[*NAMES.values(), "factor"])
    found.index = pd.MultiIndex.from_tuples(found.index, names=["world", "right", "share"])
    return found


def copying(size: int, amount: int) -> float:
    """Expected share of held-out labels within a pixel of one of ``amount`` random training labels, in x and in y.

    This is what copying the nearest training image gets right by the score "both" in a world of size x size labels
    one pixel apart. Exact: a label with k neighbours has none among the chosen with probability C(m - k, n) / C(m, n),
    m = size^2 - 1.
    """
    size = checks.whole("size", size, 2)
    amount = checks.whole("amount", amount, 1, size**2 - 1)
    others = size**2 - 1
    cells = {3: 4, 5: 4 * (size - 2), 8: (size - 2) ** 2}  # neighbours: corners, edges, inside
    missed = sum(count * comb(others - k, amount) / comb(others, amount) for k, count in cells.items())
    return 1 - missed / size**2


def copying_needs(size: int, level: float) -> int:
    """The fewest random training labels at which `copying` reaches ``level``."""
    size, level = checks.whole("size", size, 2), checks.number("level", level, above=0, most=1)
    return next(n for n in range(1, size**2) if n == size**2 - 1 or copying(size, n) >= level)


def saving(alone: Threshold | None, helped: Threshold | None) -> tuple[float, float, float] | None:
    """How many times fewer 2D labels are enough with help: ratio of two thresholds and its bootstrap 95 % interval.

    None unless both are reached. Draws outside the measured amounts count as infinitely large or small ratios.
    """
    if alone is None or helped is None or alone.note or helped.note:
        return None
    rng = np.random.default_rng(0)
    above, below = (rng.choice(t.draws, 4000) for t in (alone, helped))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = above / below
    ratios = ratios[~np.isnan(ratios)]
    low, high = np.percentile(ratios, (2.5, 97.5), method="inverted_cdf")
    return alone.value / helped.value, float(low), float(high)


def by_size(table: pd.DataFrame, level: float = 0.6, score: str = FINE) -> dict[int, Threshold]:
    """The threshold at each size at which three amounts were measured."""
    found = {int(n): threshold(part, level, score) for n, part in table.groupby("size")}
    return {n: fit for n, fit in found.items() if fit is not None}


def exponent(table: pd.DataFrame, level: float = 0.6, score: str = FINE) -> Exponent | None:
    """Growth of the threshold with size; None where fewer than three sizes were measured."""
    fits = by_size(table, level, score)
    return growth_exponent(list(fits), list(fits.values())) if len(fits) >= 3 else None


@dataclass(frozen=True)
class Comparison:
    """A design against random choice: difference of the means, its interval, permutation and Holm p."""

    design: str
    difference: float
    low: float
    high: float
    p: float
    p_holm: float


def by_design(table: pd.DataFrame, score: str = FINE) -> dict[str, np.ndarray]:
    """Shares of held-out labels right, one for each seed, by name of the design, in the table's order."""
    rows = unseen(table, score)
    return {how: part.share.to_numpy() for how, part in rows.groupby("how", sort=False)}


def any_difference(groups: dict[str, np.ndarray], draws: int = 9999) -> float:
    """p of the null that the design does not matter: permutation of the models among designs, statistic F.

    NaN where a group has fewer than two models or all models score alike.
    """
    from scipy.stats import f_oneway, permutation_test

    values = list(groups.values())
    if len(values) < 2 or min(map(len, values)) < 2 or np.ptp(np.concatenate(values)) == 0:
        return float("nan")

    def between(*samples, axis=-1):
        with np.errstate(divide="ignore", invalid="ignore"):
            return f_oneway(*samples, axis=axis).statistic

    rng = np.random.default_rng(0)
    test = permutation_test(
        values, between, alternative="greater", n_resamples=draws, vectorized=True, batch=1000, rng=rng
    )
    return float(test.pvalue)


def against(groups: dict[str, np.ndarray], reference: str = "random") -> list[Comparison]:
    """Every other design against ``reference``: exact two-sided permutation tests, corrected after Holm (1979).

    Designs with fewer than two models are left out. Raises ValueError when the reference is not among the groups.
    """
    from scipy.stats import permutation_test

    checks.choice("reference", reference, groups)
    plain, found = groups[reference], []
    apart = lambda a, b, axis=-1: np.mean(a, axis=axis) - np.mean(b, axis=axis)
    for name, values in groups.items():
        if name == reference or min(len(values), len(plain)) < 2:
            continue
        p = permutation_test((values, plain), apart, n_resamples=9999, rng=np.random.default_rng(0)).pvalue
        found.append((name, *difference(values, plain)[:3], float(p)))
    corrected = holm([p for *_, p in found])
    return [Comparison(*row, p_holm) for row, p_holm in zip(found, corrected, strict=True)]


def holm(ps) -> list[float]:
    """Holm's step-down correction: the k-th smallest of m times (m - k + 1), never falling, at most 1."""
    ps = np.array([checks.number("p", p, least=0, most=1) for p in ps])
    order = np.argsort(ps, kind="stable")
    stepped = np.maximum.accumulate(ps[order] * (len(ps) - np.arange(len(ps))))
    corrected = np.empty(len(ps))
    corrected[order] = np.minimum(stepped, 1)
    return corrected.tolist()


def worth(share: float, table: pd.DataFrame, score: str = FINE) -> Threshold | None:
    """How many labels of ``table``, chosen at random, give the same ``share`` right; None for a share of 0 or 1."""
    return threshold(table, share, score) if 0 < share < 1 else None


def means(groups: dict[str, np.ndarray]) -> dict[str, tuple[float, float, float, int]]:
    """Mean, interval and number of models of each design, best first."""
    scored = {name: spread(values, share=True) for name, values in groups.items()}
    return dict(sorted(scored.items(), key=lambda item: -item[1][0]))

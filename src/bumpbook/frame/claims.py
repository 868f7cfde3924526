"""The rules by which a measurement agrees with the paper or not. They were fixed before the sweeps ran.

Every rule takes the tables of its sweep (see `tables`) and returns a `Score`. Rows of models that never learned their
own training labels are left out first. Where the paper's setting is unknown the rule is about the claim's direction
and size in our setting; what the paper's own numbers were, no rule asks.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bumpworld.instruments.interval import interval

VERDICTS = ("agrees", "partly", "disagrees", "cannot be said")


@dataclass(frozen=True)
class Score:
    """A verdict, one of `VERDICTS`, and the measurement that it rests on: name -> (mean, low, high, models)."""

    verdict: str
    measured: dict[str, tuple[float, float, float, int]]

    def __post_init__(self):
        if self.verdict not in VERDICTS:
            raise ValueError(f"verdict is {self.verdict!r}; allowed are {VERDICTS}")


@dataclass(frozen=True)
class Claim:
    """A claim of the paper in our words, where it stands, the sweep that tests it and the rule that judges it."""

    name: str
    figure: str
    claim: str
    rule: str
    sweep: str
    source: str  # which table the rule reads: "table", "history" or "geometry"
    judge: Callable[[pd.DataFrame], Score]


def _learned(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["learned"]] if "learned" in table else table


def _unless_empty(measured: dict, verdict: str) -> Score:
    """The verdict, unless one of its measurements rests on no model at all."""
    if any(not count for *_, count in measured.values()):
        return Score("cannot be said", measured)
    return Score(verdict, measured)


def _graded(value: float, agrees: float, partly: float) -> str:
    return "agrees" if value >= agrees else "partly" if value >= partly else "disagrees"


def composes(table: pd.DataFrame) -> Score:
    table = _learned(table)
    square = interval(table[(table.rule == "held_out_square") & (table.region == "square")]["both"])
    return _unless_empty({"held-out combinations right": square}, _graded(square[0], 0.9, 0.5))


def interpolates_poorly(table: pd.DataFrame) -> Score:
    table = _learned(table)
    table = table[(table.region == "lesion") & (table.spacing == 1)]
    width = table.high - table.low
    narrow, wide = interval(table[width == 2]["both"]), interval(table[width >= 6]["both"])
    measured = {"right, lesion of 2 columns": narrow, "right, lesion of 6 columns and more": wide}
    verdict = "agrees" if wide[0] <= 0.5 else "partly" if wide[0] <= 0.75 else "disagrees"
    return _unless_empty(measured, verdict)


def falls_with_lesion_width(table: pd.DataFrame) -> Score:
    from scipy.stats import spearmanr

    table = _learned(table)
    table = table[(table.region == "lesion") & (table.spacing == 1)]
    width = table.high - table.low
    if width.nunique() < 3:
        return Score("cannot be said", {})
    narrow, wide = (
        interval(table[width == width.min()]["both"]),
        interval(table[width == width.max()]["both"]),
    )
    order = float(spearmanr(width, table["both"]).statistic)
    fall = narrow[0] - wide[0]
    verdict = "agrees" if order <= -0.8 and fall >= 0.5 else "partly" if order <= -0.5 else "disagrees"
    measured = {
        "right, narrowest": narrow,
        "right, widest": wide,
        "rank correlation": (order, order, order, len(table)),
    }
    return Score(verdict, measured)


def both_beats_either(table: pd.DataFrame) -> Score:
    table = _learned(table)
    table = table[(table.kind == "sos") & (table.region == "intersection")]
    scores = {use: interval(table[table.use == use]["both"]) for use in ("2d", "stripes", "both")}
    best_alone = max(scores["2d"][0], scores["stripes"][0])
    apart = scores["both"][1] > max(scores["2d"][2], scores["stripes"][2])
    good = scores["both"][0] >= 0.9 and scores["both"][0] >= best_alone + 0.2
    verdict = "agrees" if good and apart else "partly" if apart else "disagrees"
    return _unless_empty({f"intersection right, trained on {use}": s for use, s in scores.items()}, verdict)


def rim_helps(table: pd.DataFrame) -> Score:
    table = _learned(table)
    table = table[table.kind == "sos"]
    alone = interval(table[(table.rule == "stripes_only") & (table.region == "2d")]["both"])
    rim = interval(table[(table.rule == "rim") & (table.region == "inside")]["both"])
    gain = rim[0] - alone[0]
    verdict = "agrees" if gain >= 0.3 and rim[1] > alone[2] else "partly" if gain >= 0.1 else "disagrees"
    return _unless_empty({"stripes alone": alone, "stripes and rim": rim}, verdict)


def _threshold(table: pd.DataFrame, level: float = 0.6) -> float:
    """2D labels at which mean held-out accuracy crosses ``level``, between measured points on a logarithmic axis."""
    means = table[table.region == "unseen"].groupby("train_2d")["both"].mean().sort_index()
    above = means[means >= level]
    if above.empty or not len(means[means < level]) or means.index[0] == above.index[0]:
        return np.nan  # never crossed within what was measured: no extrapolated number
    right = above.index[0]
    left = means.index[means.index < right][-1]
    share = (level - means[left]) / (means[right] - means[left])
    return float(np.exp(np.log(left) + share * (np.log(right) - np.log(left))))


def stripes_save_examples(table: pd.DataFrame) -> Score:
    table = _learned(table)
    measured, ratios = {}, []
    for kind in ("bump", "sos"):
        world = table[table.kind == kind]
        alone, helped = (
            [
                _threshold(world[(world.stripes == s) & (world.seed == seed)])
                for seed in sorted(world.seed.unique())
            ]
            for s in (False, True)
        )
        measured[f"{kind}: 2D labels for 60 %, alone"] = interval(alone)
        measured[f"{kind}: 2D labels for 60 %, with stripes"] = interval(helped)
        ratios.append(
            measured[f"{kind}: 2D labels for 60 %, alone"][0]
            / measured[f"{kind}: 2D labels for 60 %, with stripes"][0]
        )
    verdict = "agrees" if min(ratios) >= 1.5 else "partly" if max(ratios) >= 1.2 else "disagrees"
    return _unless_empty(measured, verdict)


def few_are_enough(table: pd.DataFrame) -> Score:
    table = _learned(table)
    table = table[table.stripes & (table.region == "unseen")]
    share = table.train_2d / table["size"] ** 2
    few, some = (interval(table[np.isclose(share, s, rtol=0.05)]["both"]) for s in (1 / 8, 1 / 4))
    verdict = "agrees" if few[0] >= 0.6 else "partly" if some[0] >= 0.6 else "disagrees"
    return _unless_empty({"right with an eighth of the labels": few, "with a quarter": some}, verdict)


def scaling_exponents(table: pd.DataFrame) -> dict[bool, tuple[float, float, float, int]]:
    """Exponent of 2D labels needed for 60 % against size, without and with stripes: over the seeds' own fits."""
    exponents = {}
    for stripes in (False, True):
        fits = []
        for seed in sorted(table.seed.unique()):
            part = table[(table.stripes == stripes) & (table.seed == seed)]
            points = [(n, _threshold(part[part["size"] == n])) for n in sorted(part["size"].unique())]
            points = np.array([p for p in points if np.isfinite(p[1])])
            if len(points) >= 3:
                fits.append(np.polyfit(np.log(points[:, 0]), np.log(points[:, 1]), 1)[0])
        exponents[stripes] = interval(fits)
    return exponents


def linear_against_quadratic(table: pd.DataFrame) -> Score:
    exponents = scaling_exponents(_learned(table))
    alone, helped = exponents[False], exponents[True]
    near = abs(alone[0] - 2) <= 0.5 and abs(helped[0] - 1) <= 0.5
    verdict = "agrees" if near and helped[2] < alone[1] else "partly" if helped[0] < alone[0] else "disagrees"
    return _unless_empty({"exponent alone": alone, "exponent with stripes": helped}, verdict)


def composition_falls_with_width(table: pd.DataFrame) -> Score:
    table = _learned(table)
    table = table[table.region == "square"]
    width = table.high - table.low
    inside = table.high < table["size"]
    small, large = (
        interval(table[inside & (width <= 4)]["both"]),
        interval(table[inside & (width >= 8)]["both"]),
    )
    corner = interval(table[~inside & (width >= 8)]["both"])
    ordered = small[0] >= large[0] >= corner[0]
    verdict = (
        "agrees"
        if small[0] >= 0.9 and ordered and corner[0] < small[0] - 0.1
        else "partly"
        if ordered
        else "disagrees"
    )
    measured = {"interior, up to 4": small, "interior, 8 and more": large, "exterior, 8 and more": corner}
    return _unless_empty(measured, verdict)


def _encoder(table: pd.DataFrame) -> pd.DataFrame:
    """Finished periodic bump worlds of sigma 1, last encoder layer, nearly clean images."""
    table = _learned(table)
    last = table[
        table["last"] & table.periodic & (table.kind == "bump") & (table.sigma == 1) & (table.t == 50)
    ]
    return last[last.layer == last[last.layer.str.startswith("down")].layer.max()]


def factorized(table: pd.DataFrame) -> Score:
    additive = interval(_encoder(table)["additive"])
    return _unless_empty({"additive share": additive}, _graded(additive[0], 0.8, 0.6))


def four_dimensional(table: pd.DataFrame) -> Score:
    rows = _encoder(table)
    four, dimension = interval(rows["four"]), interval(rows["dimension"])
    good = four[0] >= 0.8 and 3 <= dimension[0] <= 6
    verdict = "agrees" if good else "partly" if four[0] >= 0.6 else "disagrees"
    return _unless_empty({"variance in 4 components": four, "participation ratio": dimension}, verdict)


def nearer_clifford(table: pd.DataFrame) -> Score:
    rows = _encoder(table)
    orthogonal, parallel = interval(rows["orthogonal"]), interval(rows["parallel"])
    # halfway between the ring's values (.405 and .75, the mean of 1 and 1/2) and the Clifford torus' (0 and 1)
    near = (orthogonal[0] <= 0.2) + (parallel[0] >= 0.875)
    return _unless_empty(
        {"orthogonality": orthogonal, "parallelism": parallel}, ("disagrees", "partly", "agrees")[near]
    )


def hyper_factorized(table: pd.DataFrame) -> Score:
    rows = _encoder(table)
    hyper, additive = interval(rows["hyper"]), interval(rows["additive"])
    verdict = _graded(hyper[0], 0.5, 0.25)
    if verdict == "agrees" and additive[0] < 0.6:
        verdict = "partly"  # unstructured codes are orthogonal too: the score says little without additivity
    return _unless_empty({"hyper-factorization": hyper, "additive share": additive}, verdict)


def dimension_settles(table: pd.DataFrame) -> Score:
    table = _learned(table)
    path = table[table.periodic & (table.kind == "bump") & (table.sigma == 1) & (table.t == 50)]
    path = path[path.layer == path[path.layer.str.startswith("down")].layer.max()]
    first = interval(path.loc[path.groupby("key")["step"].idxmin(), "dimension"])
    last = interval(path.loc[path.groupby("key")["step"].idxmax(), "dimension"])
    verdict = "agrees" if last[2] < first[1] else "partly" if last[0] < first[0] else "disagrees"
    return _unless_empty({"dimension at the first checkpoint": first, "at the end": last}, verdict)


def onset_slope(table: pd.DataFrame) -> tuple[float, float, float, int]:
    """Slope of log(2D labels at half accuracy) against log(sigma), over the seeds' own fits."""
    fits = []
    for seed in sorted(table.seed.unique()):
        part = table[(table.seed == seed) & (table.sigma >= 0.5)]
        points = [(s, _threshold(part[part.sigma == s], 0.5)) for s in sorted(part.sigma.unique())]
        points = np.array([p for p in points if np.isfinite(p[1])])
        if len(points) >= 2:
            fits.append(np.polyfit(np.log(points[:, 0]), np.log(points[:, 1]), 1)[0])
    return interval(fits)


def percolates(table: pd.DataFrame) -> Score:
    table = _learned(table)
    plain, even = onset_slope(table[~table.normalised]), onset_slope(table[table.normalised])
    # lattice percolation: onset ~ sigma^-2; bipartite: sigma^0
    follows = [abs(s[0] + 2) <= 0.5 for s in (plain, even)]
    flat = [abs(s[0]) <= 0.5 for s in (plain, even)]
    verdict = "agrees" if all(follows) else "disagrees" if all(flat) else "partly"
    return _unless_empty({"slope of the onset": plain, "slope at equal energy": even}, verdict)


def sudden_onset(table: pd.DataFrame) -> Score:
    table = _learned(table)
    table = table[(table.region == "unseen") & (table.sigma == 1) & ~table.normalised]
    means = table.groupby("train_2d")["both"].mean().sort_index()
    if len(means) < 3:
        return Score("cannot be said", {})
    steepest = float(means.diff().max())  # the largest rise for one doubling of the data
    low, high = (
        interval(table[table.train_2d == means.index[0]]["both"]),
        interval(table[table.train_2d == means.index[-1]]["both"]),
    )
    measured = {
        "largest rise for a doubling": (steepest,) * 3 + (len(table),),
        "fewest labels": low,
        "most labels": high,
    }
    return Score("agrees" if steepest >= 0.5 else "partly" if steepest >= 0.3 else "disagrees", measured)


def loss_follows(table: pd.DataFrame) -> Score:
    from scipy.stats import spearmanr

    table = _learned(table)
    table = table[(table.region == "unseen") & (table.sigma == 1) & ~table.normalised]
    if len(table) < 6:
        return Score("cannot be said", {})
    order = float(spearmanr(table.denoising_error, table["both"]).statistic)
    verdict = "agrees" if order <= -0.8 else "partly" if order <= -0.5 else "disagrees"
    return Score(verdict, {"rank correlation of validation loss and accuracy": (order,) * 3 + (len(table),)})


CLAIMS = (
    Claim("factorized", "abstract 1, 2", "Position is represented as f(x) + g(y).",
          "additive share of the last encoder layer: agrees from .8, partly from .6", "torus", "geometry", factorized),
    Claim("hyper-factorized", "abstract 1, 3", "Different values of one feature tend to be orthogonal too.",
          "score (0 circle, 1 one-hot): agrees from .5, partly from .25 or where the additive share is under .6",
          "torus", "geometry", hyper_factorized),
    Claim("composes", "abstract 2", "Combinations never seen together are drawn right.",
          "held-out central square: agrees from .9, partly from .5", "first", "table", composes),
    Claim("no-interpolation", "abstract 3", "Values never seen are not drawn right.",
          "lesions of 6 columns and more: agrees up to .5 right, partly up to .75", "lesion", "table", interpolates_poorly),
    Claim("few-examples", "abstract 4", "A few 2D examples are enough when each factor is also shown alone.",
          "with stripes: agrees if an eighth of the labels gives .6, partly if a quarter does", "few-shot", "table",
          few_are_enough),
    Claim("sudden", "abstract 5, 6e", "Generalization sets in suddenly as data grow.",
          "largest rise for one doubling of the labels at sigma 1: agrees from .5, partly from .3", "percolation", "table",
          sudden_onset),
    Claim("percolation", "6, 13, 15", "The onset follows the percolation threshold of overlapping bumps.",
          "slope of log onset against log sigma, plain and at equal energy: agrees if both are -2 +- .5, "
          "disagrees if both are 0 +- .5", "percolation", "table", percolates),
    Claim("clifford", "3, 8", "The learned torus is a Clifford torus rather than a ring.",
          "orthogonality up to .2 and parallelism from .875: both agrees, one partly", "torus", "geometry", nearer_clifford),
    Claim("four-components", "2", "Four principal components hold most of the variance.",
          "agrees from .8 of it with a participation ratio of 3 to 6, partly from .6", "torus", "geometry", four_dimensional),
    Claim("dimension-settles", "2", "Effective dimension falls as accuracy rises.",
          "agrees if the intervals at first checkpoint and end are apart, partly if only the means are", "torus", "geometry",
          dimension_settles),
    Claim("regions", "4", "Stripes and 2D examples together give what neither gives alone.",
          "SOS, intersection: agrees from .9 and .2 above either alone, intervals apart; partly if only apart",
          "regions", "table", both_beats_either),
    Claim("stripes-save", "4g, 5", "With all stripes fewer 2D examples reach 60 %.",
          "saving in both worlds: agrees from a factor 1.5, partly from 1.2 in one", "few-shot", "table",
          stripes_save_examples),
    Claim("scaling", "5c", "Examples needed grow as N with stripes and as N squared without.",
          "exponents within .5 of 1 and 2 and intervals apart: agrees; right order: partly", "scaling", "table",
          linear_against_quadratic),
    Claim("rim", "10", "2D examples along the rim turn stripes into composition.",
          "SOS, inside: agrees from a gain of .3 with intervals apart, partly from .1", "rim", "table", rim_helps),
    Claim("lesion-width", "11", "Accuracy inside the lesion falls with its width.",
          "rank correlation up to -.8 and a fall of .5: agrees; up to -.5: partly", "lesion", "table",
          falls_with_lesion_width),
    Claim("square-width", "12", "Composition falls with the width held out, and sooner at the canvas' corner.",
          "interior up to 4 from .9, and in order interior small, large, exterior: agrees; in order: partly",
          "square", "table", composition_falls_with_width),
    Claim("losses", "14", "Validation loss falls where accuracy rises.",
          "rank correlation at sigma 1: agrees up to -.8, partly up to -.5", "percolation", "table", loss_follows),
)  # fmt: skip

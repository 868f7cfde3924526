"""Which held-out pairs are drawn right: what the graph of training pairs says, and what plain distance says.

The bipartite graph has the values of x and the values of y for nodes, and every 2D training label is an edge (Lubana
et al. 2024). A held-out pair can be *linked* (a chain of training labels leads from its x to its y), *apart* (both
values occur, but no chain joins them), or hold a *new value* that no training label has. The rival is geometry: how
far the nearest training label lies.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from bumpbook.frame.sweeps import sweep
from bumpbook.frame.tables import fine_tolerance
from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.instruments.spread import spread
from bumpworld.selection import Selection
from bumpworld.store import Result, Store

# what may be left out of a fit, by its column
GROUPS = {"seed": "seeds", "how": "designs"}
RELATIONS = ("linked", "apart", "new value")
# Columns of the table that a predictor may use. All know how much data there was and which world it is.
PREDICTORS = {
    "amount alone": ("log_amount", "sos"),
    "+ component": ("log_amount", "sos", "known", "linked"),
    "+ path length": ("log_amount", "sos", "known", "linked", "closeness"),
    "+ distance": ("log_amount", "sos", "distance", "log_distance"),
    "+ graph and distance": ("log_amount", "sos", "known", "linked", "closeness", "distance", "log_distance"),
}


def path_lengths(train, pairs) -> np.ndarray:
    """Edges on the shortest way from the x to the y of each of ``pairs`` (k, 2), in the graph of ``train`` (n, 2).

    1 for a training pair, 3, 5, ... for others, infinite where there is no way. Both are whole numbers; raises
    ValueError for anything else.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import shortest_path

    train, pairs = (_whole(name, given) for name, given in (("train", train), ("pairs", pairs)))
    lowest = min(train.min(), pairs.min())
    train, pairs = train - lowest, pairs - lowest
    side = int(max(train.max(), pairs.max())) + 1
    ends = np.unique(train, axis=0).T
    graph = coo_array((np.ones(ends.shape[1]), (ends[0], ends[1] + side)), shape=(2 * side, 2 * side))
    ways = shortest_path(graph.tocsr(), directed=False, unweighted=True, indices=np.unique(pairs[:, 0]))
    row = np.searchsorted(np.unique(pairs[:, 0]), pairs[:, 0])
    return ways[row, pairs[:, 1] + side]


def describe(train, pairs) -> pd.DataFrame:
    """A row for each of ``pairs``: relation to the graph of ``train``, path length, distance to the nearest in pixels."""
    from scipy.spatial import cKDTree

    train, pairs = _whole("train", train), _whole("pairs", pairs)
    path = path_lengths(train, pairs)
    known = np.isin(pairs[:, 0], train[:, 0]) & np.isin(pairs[:, 1], train[:, 1])
    distance = cKDTree(train).query(pairs)[0]
    linked = np.isfinite(path)
    relation = np.select([linked, known], RELATIONS[:2], RELATIONS[2])
    return pd.DataFrame(
        {
            "x": pairs[:, 0],
            "y": pairs[:, 1],
            "relation": relation,
            "known": known,
            "linked": linked,
            "path": path,
        }
        | {"closeness": 1 / path, "distance": distance, "log_distance": np.log(distance.clip(1))}
    )


def pair_table(results: Iterable[Result], tolerance: float | None = None) -> pd.DataFrame:
    """Every held-out 2D pair of every model, described, with ``right`` and the model's ``key``, ``seed`` and design ``how``.

    Right means within ``tolerance`` pixels, by default less than half the spacing of labels: a copied neighbour would
    otherwise count, and hand the contest to distance.

    Models that never learned are left out, and of two with the same world, labels and seed the second. Raises
    FileNotFoundError when nothing is left.
    """
    parts, seen = [], set()
    for result in results:
        experiment = result.experiment
        split = experiment.train_on.split(experiment.canvas)
        twin = (experiment.canvas, experiment.seed, tuple(split.train_mask.nonzero()[:, 0].tolist()))
        if not result.learned or twin in seen or "unseen" not in split.region_masks:
            continue
        seen.add(twin)
        mask = split.region_masks["unseen"]
        right = result.judgement().right(tolerance or fine_tolerance(experiment.canvas))[mask][:, 2].numpy()
        parts.append(
            _described(experiment.canvas, experiment.train_on).assign(
                right=right,
                sos=experiment.canvas.kind == "sos",
                how=dict(experiment.train_on.settings).get("how", "random"),
                key=experiment.key,
                seed=experiment.seed,
            )
        )
    if not parts:
        raise FileNotFoundError(
            "no model trained on 2D labels alone is finished; run `bumpworld run few-shot` first"
        )
    table = pd.concat(parts, ignore_index=True)
    return table.assign(random=table.how == "random")


# cached: chains of labels take a second, and a page asks for the same table five times
@lru_cache(maxsize=512)
def _described(canvas: Canvas, train_on: Selection) -> pd.DataFrame:
    """`describe` of a model's held-out 2D pairs, with the amount of its training labels; its copies may be changed."""
    split = train_on.split(canvas)
    train = split.train[canvas.visible(split.train).all(1)]
    unseen = split.labels[split.region_masks["unseen"]]
    part = describe(train.numpy().astype(int), unseen.numpy().astype(int))
    return part.assign(amount=len(train), log_amount=np.log(len(train)))


def stored_pairs(store: Store | None = None, sweeps: tuple[str, ...] = ("few-shot", "which")) -> pd.DataFrame:
    """The table of all finished models of ``sweeps`` that saw 2D labels alone."""
    store = store or Store()
    chosen = [e for name in sweeps for e in sweep(name).experiments]
    return pair_table(store.load(e) for e in chosen if not e.canvas.margin and store.has(e))


@dataclass(frozen=True)
class Prediction:
    """How well pairs of models that were left out are predicted: mean over models, low, high, number of models.

    ``loss`` is the log-loss in nats; ``auc`` the chance that, of two pairs of one model, the right one is rated above
    the wrong one (models with both kinds only). ``losses`` has each model's own log-loss, by key.
    """

    loss: tuple[float, float, float, int]
    auc: tuple[float, float, float, int]
    losses: pd.Series


def predict(
    table: pd.DataFrame, predictors: dict[str, tuple[str, ...]] | None = None, left_out: str = "seed"
) -> dict[str, Prediction]:
    """Logistic regressions of ``right``, fitted to all models but those of one seed and tested on these, seed by seed.

    Models of one seed share their first weights and have nested training labels, so they are left out together; with
    ``left_out`` "how" whole designs are. Raises ValueError when there are fewer than two to leave out, or when all
    pairs are right or all wrong.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    groups = table[left_out]
    if groups.nunique() < 2 or table.right.nunique() < 2:
        raise ValueError(
            f"{groups.nunique()} {GROUPS[left_out]}, outcomes {sorted(table.right.unique())}; needed are two and both outcomes"
        )
    found = {}
    for name, columns in (predictors or PREDICTORS).items():
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        columns, right = table[list(columns)].astype(float), table.right
        folds = {"cv": LeaveOneGroupOut(), "groups": groups}
        rated = cross_val_predict(model, columns, right, method="predict_proba", **folds)[:, 1]
        found[name] = _score(table.key, right, rated)
    return found


def _score(key: pd.Series, right: pd.Series, rated: np.ndarray) -> Prediction:
    """Scores of every model, all at once: scikit-learn's metrics, called model by model, take seconds."""
    rows = pd.DataFrame({"key": key, "right": right.astype(bool)})
    rows["loss"] = -np.log(np.where(right, rated, 1 - rated))
    rows["rank"] = pd.Series(rated, rows.index).groupby(key).rank()
    models = rows.groupby("key").agg(loss=("loss", "mean"), hits=("right", "sum"), tried=("right", "size"))
    hits, misses = models.hits, models.tried - models.hits
    ranks = rows[rows.right].groupby("key")["rank"].sum().reindex(models.index, fill_value=0)
    # the area under the curve is Mann and Whitney's U over all pairs of pairs
    both = (hits > 0) & (misses > 0)
    areas = ((ranks - hits * (hits + 1) / 2) / (hits * misses))[both]
    return Prediction(spread(models.loss), spread(areas, share=True), models.loss)


def gain(predictions: dict[str, Prediction], better: str, than: str) -> tuple[float, float, float, int]:
    """By how much ``better`` lowers the log-loss of ``than``: mean over models of the difference, with its interval."""
    return spread(predictions[than].losses - predictions[better].losses)


def connected_share(size: int, amounts: Iterable[int], draws: int = 40, seed: int = 0) -> np.ndarray:
    """Mean share of held-out pairs that are linked when so many of size x size labels are chosen at random."""
    rng = np.random.default_rng(seed)
    labels = np.stack(np.meshgrid(np.arange(size), np.arange(size)), -1).reshape(-1, 2)
    shares = []
    for amount in amounts:
        amount = checks.whole("amount", amount, 1, size**2 - 1)
        orders = [rng.permutation(size**2) for _ in range(draws)]
        ways = [np.isfinite(path_lengths(labels[o[:amount]], labels[o[amount:]])).mean() for o in orders]
        shares.append(np.mean(ways))
    return np.array(shares)


def _whole(name: str, given) -> np.ndarray:
    given = checks.shaped(name, np.asarray(given), "k", 2)
    if not len(given) or given.dtype.kind not in "iu":
        raise ValueError(
            f"{name} is {given.dtype}, {len(given)} rows; allowed are whole numbers, one row or more"
        )
    return given

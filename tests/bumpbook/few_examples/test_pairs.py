"""The graph of values against networkx, and the contest of explanations in worlds where the truth is known."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bumpbook.few_examples import pairs
from bumpbook.frame.designs import chosen
from bumpbook.frame.sweeps import sweep
from bumpworld import Canvas
from bumpworld.instruments.lattice import bipartite_components
from made_up import results

SIDE = 6
LABELS = np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE)), -1).reshape(-1, 2)
some_labels = st.sets(st.integers(0, SIDE**2 - 1), min_size=1, max_size=14).map(lambda s: LABELS[sorted(s)])


@given(some_labels)
@settings(max_examples=40)
def test_paths_are_those_of_networkx(train):
    graph = nx.Graph((("x", x), ("y", y)) for x, y in train.tolist())
    for (x, y), length in zip(LABELS.tolist(), pairs.path_lengths(train, LABELS), strict=True):
        ends = ("x", x), ("y", y)
        joined = all(e in graph for e in ends) and nx.has_path(graph, *ends)
        assert length == (nx.shortest_path_length(graph, *ends) if joined else np.inf)


@given(some_labels, st.integers(-3, 9))
@settings(max_examples=20)
def test_relations_follow_the_components_and_no_origin_matters(train, shift):
    found = pairs.describe(train, LABELS)
    graph = bipartite_components(train)
    x, y = (dict(zip(v.tolist(), c.tolist(), strict=True)) for v, c in (graph[:2], graph[2:4]))
    for row in found.itertuples():
        known = row.x in x and row.y in y
        linked = known and x[row.x] == y[row.y]
        assert row.relation == ("linked" if linked else "apart" if known else "new value")
    moved = pairs.describe(train + shift, LABELS + shift)
    columns = ["relation", "path", "distance"]
    assert moved[columns].equals(found[columns])


def test_distances_and_chains_of_a_small_example():
    train = np.array([[0, 0], [0, 3], [4, 3]])
    found = pairs.describe(train, np.array([[4, 0], [1, 0], [0, 0], [5, 3]]))
    assert found.path.tolist() == [3, np.inf, 1, np.inf]
    assert found.distance.tolist() == [3, 1, 0, 1]
    assert found.relation.tolist() == ["linked", "new value", "linked", "new value"]


@pytest.mark.parametrize("how", ["diagonal", "latin"])
def test_one_label_in_each_column_and_row_links_nothing(how):
    split = chosen(16, how, seed=3).split(Canvas())
    found = pairs.describe(split.train.int().numpy(), split.test["unseen"].int().numpy())
    assert set(found.relation) == {"apart"}


def test_random_labels_link_none_at_first_and_all_in_the_end():
    share = pairs.connected_share(8, [1, 8, 20, 63], draws=20)
    assert share[0] == 0 and share[-1] == 1
    assert (np.diff(share) > 0).all()
    with pytest.raises(ValueError, match="amount is 64"):
        pairs.connected_share(8, [64])


def world(rule, seeds=3, models=4):
    """Pairs of made-up models whose pairs are right with probability ``rule``."""
    rng, parts = np.random.default_rng(0), []
    side = np.stack(np.meshgrid(np.arange(12), np.arange(12)), -1).reshape(-1, 2)
    for number in range(seeds * models):
        order = rng.permutation(len(side))
        amount = int(rng.integers(8, 24))
        part = pairs.describe(side[order[:amount]], side[order[amount:]])
        part["right"] = rng.random(len(part)) < rule(part)
        part = part.assign(amount=amount, log_amount=np.log(amount), sos=number % 2 == 0)
        parts.append(part.assign(key=f"model {number}", seed=number % seeds))
    return pd.concat(parts, ignore_index=True)


def test_the_contest_is_won_by_what_made_the_data():
    near = pairs.predict(world(lambda p: 1 / (1 + np.exp(4 * (p.distance - 2)))))
    assert pairs.gain(near, "+ distance", "+ path length")[1] > 0
    assert near["+ distance"].auc[0] > 0.85
    graph = pairs.predict(world(lambda p: np.where(p.linked, 0.9, 0.1)))
    assert pairs.gain(graph, "+ path length", "+ distance")[1] > 0
    assert graph["+ component"].loss[0] == pytest.approx(-0.9 * np.log(0.9) - 0.1 * np.log(0.1), abs=0.03)


def test_the_scores_are_those_of_scikit_learn():
    from sklearn.metrics import log_loss, roc_auc_score

    table, rng = world(lambda p: np.where(p.linked, 0.7, 0.3)), np.random.default_rng(1)
    rated = rng.random(len(table)).round(1).clip(0.05, 0.95)  # with many ties
    one = pairs._score(table.key, table.right, rated)
    groups = [(table.right.to_numpy()[rows], rated[rows]) for rows in table.groupby("key").indices.values()]
    assert one.losses.tolist() == pytest.approx([log_loss(*group, labels=[False, True]) for group in groups])
    assert one.auc[0] == pytest.approx(np.mean([roc_auc_score(*group) for group in groups]))


def test_where_neither_matters_neither_wins():
    coin = pairs.predict(world(lambda p: np.full(len(p), 0.3)))
    for name in coin:
        assert abs(coin[name].auc[0] - 0.5) < 0.06
        assert coin[name].loss[0] == pytest.approx(-0.3 * np.log(0.3) - 0.7 * np.log(0.7), abs=0.04)
    assert coin["amount alone"].auc[:3] == (0.5, 0.5, 0.5)  # it rates all pairs of a model alike


def test_a_model_is_rated_without_its_own_seed():
    table = world(lambda p: np.where(p.linked, 0.9, 0.1))
    turned = table.assign(right=table.right ^ (table.seed == 0))
    own = table[table.seed == 0].key.unique()
    one, other = (pairs.predict(t, {"c": ("linked",)})["c"] for t in (table, turned))
    # ratings p of seed 0 are the same, so both outcomes of a pair together cost -log p - log (1 - p), at least 2 log 2
    assert (one.losses[own] + other.losses[own] > 2 * np.log(2)).all()
    assert (other.losses[own] > 1.3).all()  # fitted to its own turned outcomes it would do far better


def test_the_table_of_stored_models_has_their_outcomes_and_no_twin_and_no_stripes():
    plain = lambda e: not e.canvas.margin and e.canvas.kind == "bump"
    few = results("few-shot", lambda p: p.linked, seeds=1, keep=plain)
    same = results("which", lambda p: p.linked, seeds=1, keep=lambda e: e.train_on.settings[1][1] == "random")
    assert sorted(few[1].experiment.train_on.split(Canvas()).train.tolist()) == sorted(
        same[0].experiment.train_on.split(Canvas()).train.tolist()
    )
    table = pairs.pair_table([*few, *same])
    assert table.key.nunique() == 5
    assert (table.right == table.linked).all()
    assert sorted(table.groupby("key").size()) == sorted(256 - n for n in (8, 16, 32, 64, 128))
    lost = few[0]
    lost.record["training"]["learned_at"] = None
    assert pairs.pair_table(few).key.nunique() == 4
    with pytest.raises(FileNotFoundError, match="bumpworld run few-shot"):
        pairs.pair_table([])


def test_the_default_asks_for_models_that_saw_2d_labels_alone(tmp_path):
    from bumpworld.store import Store
    from made_up import fill

    store = Store(tmp_path)
    fill(store, ["few-shot"], lambda p: p.linked, seeds=1, keep=lambda e: e.train_on.settings[0][1] == 1 / 32)
    table = pairs.stored_pairs(store)
    keys = {e.key for e in sweep("few-shot").experiments if not e.canvas.margin}
    assert set(table.key) <= keys and table.key.nunique() == 2  # bumps and SOS


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: pairs.path_lengths(np.zeros((0, 2), int), LABELS), "train is"),
        (lambda: pairs.path_lengths(LABELS, LABELS + 0.5), "pairs is float64"),
        (lambda: pairs.describe(LABELS[:, :1], LABELS), r"\(36, 1\)"),
        (lambda: pairs.predict(world(lambda p: p.linked, seeds=1)), "1 seeds"),
        (lambda: pairs.predict(world(lambda p: np.ones(len(p)))), "both outcomes"),
    ],
)
def test_nonsense_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()

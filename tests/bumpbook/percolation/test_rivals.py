"""Rival explanations: each number against a slow independent count, the contest against data of a known law."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from made_records import look, record_of
from scipy.optimize import minimize

from bumpbook.frame.designs import chosen
from bumpbook.frame.findings import finding
from bumpbook.percolation.class_rivals import IN_CLASS, class_rivals
from bumpbook.percolation.rivals import (
    OTHER,
    PERCOLATION,
    RIVALS,
    SHOWN,
    compare,
    difference,
    features,
    held_out_losses,
    outcomes,
    shown,
)
from bumpworld import Canvas, Experiment
from bumpworld.selection import everything, held_out_square, random_fraction
from bumpworld.store import Result

WORLD = Experiment(canvas=Canvas(sigma=0.5), train_on=random_fraction(24 / 256, 1))


def labels_of(experiment):
    split = experiment.train_on.split(experiment.canvas)
    return [tuple(a) for a in split.train.tolist()], [tuple(a) for a in split.labels[split.held_out].tolist()]


def result(experiment, right, learned=True, steps=200):
    """A record whose held-out labels are drawn ``right`` (n,), bool, and all trained ones too."""
    split = experiment.train_on.split(experiment.canvas)
    good = torch.ones(len(split.labels), dtype=torch.bool)
    good[split.held_out] = torch.as_tensor(right)
    last = look(steps, torch.where(good, 0.7, 3.0), 0)
    return Result(experiment, record_of(experiment, [last], 40 if learned else None), None)


def contest(law, middle, slope, seeds=2):
    """A made-up sweep in which the number called ``law`` alone decides the chance of a right drawing."""
    results = []
    for seed in range(seeds):
        for sigma in (0.5, 1.0, 1.5):
            for labels in (6, 12, 24, 48):
                experiment = Experiment(
                    canvas=Canvas(12, sigma), train_on=random_fraction(labels / 144, seed), seed=seed
                )
                chance = 1 / (1 + np.exp(-slope * (features(experiment, 200)[law] - middle)))
                rng = np.random.default_rng([seed, labels, int(10 * sigma)])
                results.append(result(experiment, rng.random(len(chance)) < chance))
    return outcomes(results)


@pytest.mark.parametrize("periodic", [False, True])
def test_nearest_label_counted_one_by_one(periodic):
    experiment = replace(WORLD, canvas=Canvas(sigma=0.5, periodic=periodic))
    train, held_out = labels_of(experiment)

    def apart(a, b):
        steps = [abs(u - v) for u, v in zip(a, b, strict=True)]
        return sum((min(s, 16 - s) if periodic else s) ** 2 for s in steps) ** 0.5

    nearest = [min(apart(a, b) for b in train) for a in held_out]
    found = features(experiment, 100)
    assert np.allclose(found["nearest label"], nearest)
    assert np.allclose(found["nearest in widths"], 2 * np.array(nearest))
    assert np.allclose(found["mean nearest"], np.mean(nearest))


def test_values_seen_and_bipartite_chains_by_networkx():
    train, held_out = labels_of(WORLD)
    graph = nx.Graph((("x", x), ("y", y)) for x, y in train)
    found = features(WORLD, 100)
    for (x, y), seen, share in zip(held_out, found["values seen"], found["bipartite"], strict=True):
        a, b = ("x", x), ("y", y)
        assert seen == (a in graph) + (b in graph)
        together = a in graph and b in graph and nx.has_path(graph, a, b)
        edges = graph.subgraph(nx.node_connected_component(graph, a)).number_of_edges() if together else 0
        assert share == pytest.approx(edges / len(train))


@pytest.mark.parametrize(
    ("name", "reach"),  # largest squared distance of a link at sigma 0.5, from kappa in the reference table
    [
        ("cluster, cosine 0.005", 5),
        ("cluster, bhattacharyya 0.005", 10),
        ("cluster, coefficient 0.05", 2),
        # odd steps fall between the pixels' peaks: a link of (2, 1) has .0048, and one of (2, 0) has .018
        ("cluster, pixels 0.005", 4),
    ],
)
def test_cluster_in_reach_by_networkx(name, reach):
    train, held_out = labels_of(WORLD)

    def linked(a, b):
        return 0 < (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 <= reach

    graph = nx.Graph()
    graph.add_nodes_from(train)
    graph.add_edges_from((a, b) for a in train for b in train if linked(a, b))
    size = {a: len(cluster) for cluster in nx.connected_components(graph) for a in cluster}
    expected = [max((size[b] for b in train if linked(a, b)), default=0) / len(train) for a in held_out]
    assert np.allclose(features(WORLD, 100)[name], expected)


def test_numbers_that_a_network_has_as_a_whole():
    found = features(WORLD, 256)
    assert set(found) == {rival.name for rival in RIVALS}
    assert found["number of labels"][0] == pytest.approx(np.log2(24))
    assert found["training steps"][0] == 8
    assert found["density, cosine 0.005"][0] == pytest.approx(np.log2(24 / 256 / 0.1967))  # 20 neighbours
    even = features(replace(WORLD, energy_normalised=True), 100)["energy"][0]
    assert even == pytest.approx(np.log2(24 * np.pi))
    one = replace(WORLD, canvas=Canvas(sigma=0.1), train_on=chosen(1, "farthest", seed=3))
    assert features(one, 100)["energy"][0] == pytest.approx(0, abs=1e-6)  # a single pixel of brightness 1


def test_nothing_percolates_where_nothing_is_in_reach():
    found = features(replace(WORLD, canvas=Canvas(sigma=0.1)), 100)
    assert np.isneginf(found["density, cosine 0.005"]).all()
    assert not found["cluster, cosine 0.005"].any()


def test_rows_are_held_out_labels_of_models_that_learned():
    right = np.arange(232) % 3 == 0
    unlearned = result(replace(WORLD, until_learned=True, seed=5), right, learned=False)
    frame = outcomes([result(WORLD, right), unlearned])
    assert frame.key.unique().tolist() == [WORLD.key]
    assert frame.right.tolist() == right.tolist()
    assert not outcomes(
        [result(WORLD, right)], fine=True
    ).right.any()  # 0.7 px is within 1 px, not within 0.45


def test_the_constant_rate_loses_what_the_other_group_did_not_teach_it():
    frame = pd.DataFrame({"key": ["a"] * 4 + ["b"] * 4, "sigma": [1.0] * 4 + [2.0] * 4})
    frame["right"] = [True, False, False, False, True, True, False, False]
    losses = held_out_losses(frame, None, "sigma")
    assert losses["a"] == pytest.approx(1.0)  # taught 1/2: a bit a drawing
    assert losses["b"] == pytest.approx(-(np.log2(1 / 4) + np.log2(3 / 4)) / 2)


@given(seed=st.integers(0, 1000), slope=st.floats(-3, 3))
@settings(max_examples=6)
def test_the_fit_is_the_maximum_of_the_penalised_likelihood(seed, slope):
    """Every network counts as one, however many labels it has; scipy finds the same curve another way."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(5, 40, 6)
    frame = pd.DataFrame(
        {"key": np.repeat(list("abcdef"), sizes), "sigma": np.repeat([1, 1, 1, 2, 2, 2], sizes)}
    )
    frame["number of labels"] = rng.normal(size=len(frame)).round(1)
    frame["right"] = rng.random(len(frame)) < 1 / (1 + np.exp(-slope * frame["number of labels"]))
    frame.loc[frame.groupby("sigma").head(2).index, "right"] = [True, False, True, False]
    train, test = frame[frame.sigma == 1], frame[frame.sigma == 2]
    at = (train["number of labels"] - train["number of labels"].mean()) / train["number of labels"].std(
        ddof=0
    )
    weight = 1 / train.groupby("key")["right"].transform("size")

    def cost(p):
        sign = np.where(train.right, 1, -1)
        return (weight * np.logaddexp(0, -sign * (p[0] + p[1] * at))).sum() + p[1] ** 2 / 200

    bias, steep = minimize(cost, [0, 0], tol=1e-12).x
    there = (test["number of labels"] - train["number of labels"].mean()) / train["number of labels"].std(
        ddof=0
    )
    chance = np.clip(1 / (1 + np.exp(-bias - steep * there)), 0.001, 0.999)
    bits = -np.log2(np.where(test.right, chance, 1 - chance))
    expected = pd.Series(bits).groupby(test.key.to_numpy()).mean()
    found = held_out_losses(frame, "number of labels", "sigma")
    assert np.allclose(found[["d", "e", "f"]], expected, atol=2e-4)


@pytest.mark.parametrize(
    ("law", "middle", "slope", "family"),
    [
        ("density, cosine 0.005", 0.0, 2.0, PERCOLATION),
        ("nearest label", 2.5, -2.0, OTHER),
        ("number of labels", 4.5, 2.0, OTHER),
    ],
)
def test_the_law_that_made_the_data_wins(law, middle, slope, family):
    scores = compare(contest(law, middle, slope), "sigma", draws=200)
    best = scores.index[0]
    assert scores.family[best] == family
    assert scores.gain[law] > scores.gain[best] - 0.02  # other versions of percolation may come very near
    assert scores.low[law] > 0.05


def test_no_explanation_gains_where_drawings_are_chance():
    frame = contest("number of labels", 4.5, 0.0)
    assert (compare(frame, "seed", draws=200).low <= 0.001).all()


def test_the_interval_of_a_difference_is_scipys():
    from scipy.stats import bootstrap

    values = np.random.default_rng(0).gamma(2, size=40)
    mean, low, high = difference(pd.Series(values), pd.Series(0 * values), draws=20_000)
    other = bootstrap(
        (values,), np.mean, method="percentile", rng=np.random.default_rng(1)
    ).confidence_interval
    assert mean == pytest.approx(values.mean())
    assert (low, high) == pytest.approx((other.low, other.high), rel=0.02)


def test_bad_input_is_named():
    one = outcomes([result(WORLD, np.arange(232) % 2 == 0)])
    with pytest.raises(ValueError, match="one sigma"):
        compare(one, "sigma")
    with pytest.raises(ValueError, match="'size'"):
        held_out_losses(one, None, "size")
    with pytest.raises(ValueError, match="'luck'"):
        held_out_losses(one, "luck", "sigma")
    with pytest.raises(ValueError, match="no model that learned"):
        outcomes([])
    with pytest.raises(ValueError, match="margin is 3"):
        features(Experiment(canvas=Canvas(margin=3), train_on=held_out_square(6, 10)), 100)
    with pytest.raises(ValueError, match="no label is held out"):
        features(Experiment(train_on=everything()), 100)
    narrow = replace(WORLD, canvas=Canvas(sigma=0.1))
    both = outcomes([result(e, np.arange(232) % 2 == 0) for e in (WORLD, narrow)])
    with pytest.raises(ValueError, match="not finite"):
        held_out_losses(both, "density, cosine 0.005", "sigma")


def test_a_class_meets_its_own_rivals_and_percolations_best():
    gains = np.random.default_rng(0).permutation(len(RIVALS)).astype(float)
    table = pd.DataFrame(
        {"family": [r.family for r in RIVALS], "gain": gains}, index=[r.name for r in RIVALS]
    ).sort_values("gain", ascending=False)
    listed = class_rivals(table)
    unlisted = table[(table.family == OTHER) & ~table.index.isin(IN_CLASS)]
    best = table.gain[table.family == PERCOLATION].idxmax()
    assert set(listed.index) == {*IN_CLASS, *unlisted.gain.nlargest(2).index, best}
    assert listed.gain.is_monotonic_decreasing
    assert listed.equals(table.loc[listed.index])


def test_every_explanation_is_told_by_the_name_that_figures_show():
    said = finding("percolation-rivals").data
    ours = [r for r in RIVALS if r.family == PERCOLATION]
    others = [r for r in RIVALS if r.family == OTHER]
    assert all(f"| {shown(r.name)} | {r.words} |" in said for r in others)
    assert all(shown(r.name).split(", ")[1] in said for r in ours)
    assert "| density, in 6 versions |" in said and "| cluster, in 8 versions |" in said
    assert set(SHOWN) <= {r.name for r in others} and len({shown(r.name) for r in RIVALS}) == len(RIVALS)

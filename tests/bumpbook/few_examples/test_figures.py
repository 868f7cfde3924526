"""Figures of chapter 6 show the models, fits and graphs that they are given, and refuse nonsense."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from bumpbook.few_examples import design_figures as example_designs
from bumpbook.few_examples import design_findings, efficiency, pairs
from bumpbook.few_examples import figures as few_examples
from bumpbook.few_examples import graph_figures as bipartite
from bumpbook.few_examples.pairs import path_lengths
from bumpbook.frame import style
from bumpbook.frame.designs import chosen
from bumpworld import Canvas
from bumpworld.selection import random_fraction
from made_up import results, rising, table

CANVAS, BORDERED = Canvas(size=8), Canvas(size=8, margin=2)


@pytest.fixture(scope="module")
def few():
    return table(
        "few-shot", lambda row: rising(row, (12 if row["stripes"] else 40) * (1 + 0.1 * row["seed"]))
    )


@pytest.fixture(scope="module")
def scaling():
    lost = lambda row: not row["stripes"] and row["size"] == 24
    return table("scaling", lambda row: rising(row, 1e6 if lost(row) else 2 * row["size"]), seeds=2)


@pytest.fixture(scope="module")
def which():
    score = {"random": 0.3, "diagonal": 0.2, "rim": 0.1, "latin": 0.5, "farthest": 0.4}
    return table("which", lambda row: score[row["how"]] + 0.01 * row["seed"], seeds=5)


@pytest.fixture(scope="module")
def held_out():
    few_labels = lambda e: not e.canvas.margin and e.train_on.settings[0][1] < 0.2
    return pairs.pair_table(results("few-shot", lambda p: np.where(p.linked, 0.8, 0.2), keep=few_labels))


@pytest.fixture(scope="module")
def train():
    return random_fraction(0.2, 3).split(CANVAS).train.int().numpy()


def images_of(figure):
    return [np.asarray(picture.get_array()) for axes in figure.axes for picture in axes.images]


def test_figures_are_closed_as_wide_as_the_page_and_change_no_setting(few, scaling, which, held_out, train):
    before = dict(mpl.rcParams)
    for draw in (
        lambda: few_examples.label_choices([("one", BORDERED, random_fraction(0.2, 0, stripes=True))]),
        lambda: few_examples.threshold_curves(few),
        lambda: few_examples.data_growth(scaling),
        lambda: example_designs.designs(which, few),
        lambda: bipartite.value_graph(train, 8),
        lambda: bipartite.linked_and_right(held_out),
        lambda: bipartite.pair_strata(held_out),
        lambda: bipartite.pair_scores(pairs.predict(held_out)),
    ):
        figure = draw()
        assert isinstance(figure, Figure)
        assert figure.number not in plt.get_fignums()
        assert figure.get_figwidth() == style.WIDTH
    assert dict(mpl.rcParams) == before


def test_maps_show_what_is_trained_on():
    choice = random_fraction(0.25, 0, stripes=True)
    figure = few_examples.label_choices([("a", CANVAS, chosen(8, "diagonal")), ("b", BORDERED, choice)])
    diagonal, walled = images_of(figure)
    assert (diagonal == np.eye(8)).all()
    assert (walled[2:10, 2:10] == 1).sum() == 16 and (walled[2:10, 2:10] == 0).sum() == 48
    assert (walled == 2).sum() == 4 * 2 * 8  # stripes: two rows of cells on each of four sides
    assert (walled == 3).sum() == 4 * 4  # blanks in the corners


def test_every_model_is_a_dot_and_the_mark_stands_at_the_threshold(few):
    lost = few.assign(learned=few.seed != 2)
    figure = few_examples.threshold_curves(lost, 0.6)
    for axes, kind in zip(figure.axes, ("bump", "sos") * 2, strict=True):  # a row for each score
        dots = [line for line in axes.lines if line.get_markerfacecolor() == "white"]
        assert [len(line.get_xdata()) for line in dots] == [10, 10]  # five amounts, two seeds that learned
        marks = [float(line.get_xdata()[0]) for line in axes.lines if line.get_markersize() == 8]
        for stripes, mark in zip((False, True), marks, strict=True):
            fit = efficiency.threshold(lost[(lost.kind == kind) & (lost.stripes == stripes)])
            assert mark == pytest.approx(fit.value)


def test_a_kernel_regression_is_a_thin_curve_by_the_strict_rule_alone(few):
    half = {"bump": 60, "sos": 20}
    kernel = few.assign(both_fine=1 / (1 + (few.kind.map(half) / few.train_2d) ** 3))
    thin = [
        [line for line in axes.lines if line.get_color() == style.GREY]
        for axes in few_examples.threshold_curves(few, kernel=kernel).axes
    ]
    assert [len(lines) for lines in thin] == [1, 1, 0, 0]
    for (line,), middle in zip(thin[:2], half.values(), strict=True):
        assert np.interp(middle, *line.get_data()) == pytest.approx(0.5, abs=0.01)


def test_a_threshold_that_is_not_crossed_has_no_mark(few):
    axes = few_examples.threshold_curves(few.assign(both_fine=few["both_fine"] / 5), 0.9).axes[0]
    assert not [line for line in axes.lines if line.get_markersize() == 8]


def test_limits_are_hollow_triangles_at_the_last_measured_amount(scaling):
    (axes,) = few_examples.data_growth(scaling, levels=(0.5,)).axes
    hollow = [
        line for line in axes.lines if line.get_markerfacecolor() == "white" and line.get_marker() in "^v"
    ]
    assert {(line.get_marker(), float(line.get_ydata()[0])) for line in hollow} == {("^", 288.0)}
    solid = [line for line in axes.lines if line.get_markersize() == 6]
    assert len(solid) == 9  # five sizes with stripes, four without
    for line in solid:
        size, amount = float(line.get_xdata()[0]), float(line.get_ydata()[0])
        assert amount == pytest.approx(2 * size, rel=0.05)


def test_designs_stand_best_first_with_a_dot_a_model(which, few):
    figure = example_designs.designs(which, few[(few.kind == "bump") & ~few.stripes])
    assert [axes.get_title() for axes in figure.axes[:5]] == [
        "latin",
        "farthest",
        "random",
        "diagonal",
        "rim",
    ]
    axes = figure.axes[-1]
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    assert [len(line.get_xdata()) for line in dots] == [5] * 5
    assert {text.get_text() for text in axes.texts} >= {"32 at random", "64 at random"}


def test_copying_gets_what_the_nearest_label_gets_right():
    import torch

    from bumpbook.composition.ladder import score
    from bumpworld.instruments.baselines import NearestLabel

    canvas, shares = Canvas(), []
    for seed in range(2):
        split = chosen(16, "farthest", seed=seed).split(canvas)
        nearest = NearestLabel().fit(split.train, canvas.render(split.train))
        held_out = split.test["unseen"]
        shares.append(score(nearest.predict(held_out), held_out, canvas).right.float().mean())
    assert design_findings.copied("farthest", 16, (0, 1)) == pytest.approx(float(torch.stack(shares).mean()))


def test_the_graph_has_an_edge_for_every_label_and_marks_the_shortest_chain(train):
    everything = np.stack(np.meshgrid(np.arange(8), np.arange(8)), -1).reshape(-1, 2)
    lengths = path_lengths(train, everything)
    far = everything[np.argmax(np.where(np.isfinite(lengths), lengths, 0))]
    cells, edges = bipartite.value_graph(train, 8, pair=tuple(far)).axes
    lines = [line for line in edges.lines if list(line.get_ydata()) == [1, 0]]
    thin = {tuple(line.get_xdata()) for line in lines if line.get_linewidth() < 3}
    thick = [tuple(line.get_xdata()) for line in lines if line.get_linewidth() > 3]
    assert thin == {tuple(label) for label in train.tolist()}
    assert len(thick) == lengths[np.isfinite(lengths)].max() >= 3 and set(thick) <= thin
    shown = np.asarray(cells.images[0].get_array())
    assert {(x, y) for y, x in zip(*np.nonzero(shown == 3), strict=True)} == thin
    assert (shown >= 2).sum() == np.isfinite(lengths).sum()


def test_a_pair_without_a_chain_marks_none():
    train = np.array([[0, 0], [1, 1]])
    edges = bipartite.value_graph(train, 3, pair=(0, 1)).axes[1]
    assert not [line for line in edges.lines if line.get_linewidth() > 3]


def test_slider_has_a_frame_for_every_count(train):
    widget = bipartite.value_graph_slider(train, 8, counts=(2, 5, 9))
    stack, captions = widget.children[1:]
    assert len({bytes(child.value) for child in stack.children}) == 3
    assert [label.value.split(":")[0] for label in captions.children] == ["2 labels", "5 labels", "9 labels"]


def test_strata_keep_relations_and_amounts_apart(held_out):
    few, more = bipartite.pair_strata(held_out, amounts=(16, 32)).axes
    look = {relation: curve["marker"] for relation, curve in zip(pairs.RELATIONS, style.CURVES, strict=False)}
    for axes in (few, more):
        height = {
            line.get_marker(): np.mean(line.get_ydata()) for line in axes.lines if line.get_marker() != "None"
        }
        assert height[look["linked"]] > 0.6 > 0.35 > height[look["apart"]]
        assert height[look["new value"]] < 0.35


def test_designs_are_not_among_random_choices(held_out):
    marked = held_out.assign(random=held_out.seed == 0)
    count = lambda t: sum(len(line.get_xdata()) for line in bipartite.linked_and_right(t).axes[0].lines[2:])
    assert count(marked) == marked[marked.seed == 0].key.nunique() < count(held_out)


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda few, which, held: few_examples.label_choices([]), "maps is"),
        (
            lambda few, which, held: few_examples.threshold_curves(few.assign(learned=False)),
            "no learned model",
        ),
        (lambda few, which, held: example_designs.designs(which.assign(learned=False)), "no learned model"),
        (lambda few, which, held: bipartite.pair_strata(held, amounts=(3,)), r"\(3,\) labels"),
        (lambda few, which, held: bipartite.value_graph(np.zeros((0, 2), int), 8), "train is"),
    ],
)
def test_nonsense_is_refused(draw, words, few, which, held_out):
    with pytest.raises(ValueError, match=words):
        draw(few, which, held_out)

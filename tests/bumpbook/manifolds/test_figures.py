"""Figures of chapter 3 show the numbers that they are given, and refuse nonsense."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_records import look, record_of
from matplotlib.colors import to_hex

from bumpbook.manifolds import curve_figures as geometry_curves
from bumpbook.manifolds import figures as manifolds
from bumpbook.manifolds import score_figures as score_tables
from bumpworld import Canvas, Experiment
from bumpworld.instruments.displacement import displacement_tests
from bumpworld.instruments.geometry import clifford_torus, ring_torus
from bumpworld.instruments.represent import scores_of
from bumpworld.instruments.topology import persistence
from bumpworld.store import Result
from shared import assert_house_figure

TORUS, ANGLES = clifford_torus(8)
LABELS = ANGLES * 8 / (2 * np.pi)
SCORES = {"additive": 0.9, "orthogonal": 0.1, "parallel": 0.8, "hyper": 0.3, "dimension": 3.3, "four": 0.95}
CELLS = [{"layer": name, "t": t, **SCORES} for name in ("pixels", "down1") for t in (50, 400)]


def run(seed=0, near=(20, 30), clean=20, **changes):
    """A run looked at every 10 steps up to 60: x and y near from the steps ``near`` on, shapes clean from ``clean``."""
    experiment = Experiment(canvas=Canvas(size=4, periodic=True, **changes), seed=seed)
    points = []
    for step in range(10, 61, 10):
        x, y = (np.full(16, 0.1 if step >= start else 2.0) for start in near)
        point = look(step, x, y, step >= clean)
        point["geometry"] = [
            {"layer": "down1", "t": 50, **SCORES, "dimension": 100 / step, "additive": step / 60}
        ]
        points.append(point)
    return Result(experiment, record_of(experiment, points), None)


def half_and_half():
    """A run in which, at its second look, x is near on the first half of the labels and y on every other label."""
    result = run()
    look = result.record["checkpoints"][1]
    look["error_x"], look["error_y"] = [0.1] * 8 + [2.0] * 8, [0.1, 2.0] * 8
    return result


@pytest.mark.parametrize(
    "draw",
    [
        lambda: manifolds.two_tori(12),
        lambda: manifolds.factor_curves({"a": (TORUS, LABELS), "b": (LABELS, LABELS)}),
        lambda: manifolds.component_views({"a": (TORUS, LABELS)}, periodic=False),
        lambda: manifolds.persistence_diagrams({"a": persistence(TORUS), "b": persistence(LABELS)}),
        lambda: score_tables.score_table({"a": SCORES, "b": [SCORES, SCORES], "c": pd.DataFrame(CELLS)}),
        lambda: score_tables.step_histograms({"a": displacement_tests(TORUS, LABELS, periodic=True)}),
        lambda: geometry_curves.along_training([run(), run(1), run(kind="sos")]),
        lambda: geometry_curves.coupled([run(), half_and_half()]),
    ],
)
def test_figures_are_closed_as_wide_as_the_page_and_change_no_setting(draw):
    assert_house_figure(draw)


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_the_turned_clifford_torus_hides_y_at_first_and_x_after_a_quarter():
    closed = manifolds._closed(manifolds.label_grid(TORUS, ANGLES)[2])
    assert np.allclose(closed[0], closed[-1]) and np.allclose(closed[:, 0], closed[:, -1])
    assert np.allclose(closed[:, 0, :2], closed[:, 3, :2])  # the first plane does not see y


def test_curves_of_a_closed_and_of_an_open_code_name_their_seams():
    figure = manifolds.factor_curves({"circle": (TORUS, LABELS), "sheet": (LABELS, LABELS + 2)})
    f_circle, f_sheet, g_circle, g_sheet = figure.axes
    assert "seam 1.0" in texts(f_circle) and "seam 1.0" in texts(g_circle)
    assert "seam 7.0" in texts(f_sheet) and "seam 7.0" in texts(g_sheet)
    assert {"2", "9"} <= set(texts(f_sheet))  # the values of its two ends
    opened = manifolds.factor_curves({"sheet": (LABELS, LABELS)}, periodic=False).axes[0]
    assert not any("seam" in text for text in texts(opened))


def test_the_mesh_wraps_around_only_when_told():
    def longest(axes):
        lines = [path for lines in axes.collections for path in lines.get_segments()]
        return max(np.linalg.norm(np.diff(line, axis=0), axis=1).max() for line in lines)

    closed, opened = (
        manifolds.component_views({"sheet": (LABELS, LABELS)}, periodic=p).axes[0] for p in (True, False)
    )
    assert longest(opened) == pytest.approx(1)
    assert longest(closed) == pytest.approx(7)


def test_rings_mark_the_two_longest_loops_in_units_of_the_radius():
    diagram = persistence(TORUS)
    loops, _, rings = manifolds.persistence_diagrams({"torus": diagram}).axes[0].collections
    assert np.allclose(
        rings.get_offsets(), diagram.bars[1][:2] / np.sqrt(2)
    )  # every point has length sqrt(2)
    assert len(loops.get_offsets()) == len(diagram.bars[1])


def test_every_score_of_a_clifford_torus_is_darkest_and_the_ring_fails_where_it_should():
    clifford, ring = scores_of(TORUS, LABELS), scores_of(ring_torus(16)[0], clifford_torus(16)[1])
    assert all(score_tables.likeness(name, value) == pytest.approx(1) for name, value in clifford.items())
    assert score_tables.likeness("orthogonal", 4 / np.pi**2) == 0
    assert score_tables.likeness("additive", ring["additive"]) == pytest.approx(0.9)


@given(st.sampled_from(list(SCORES)), st.floats(-3, 300))
def test_likeness_is_a_share(name, value):
    assert 0 <= score_tables.likeness(name, value) <= 1


def test_a_cell_holds_the_mean_and_the_range_and_is_as_dark_as_the_mean_is_near():
    rows = {"seeds": [SCORES, SCORES | {"additive": 0.5}], "one": SCORES | {"additive": 0.1}}
    axes = score_tables.score_table(rows).axes[0]
    cells = texts(axes)
    assert cells[0] == "0.70\n0.50 to 0.90" and cells[6] == "0.10"
    assert cells[5] == "0.95\n0.95 to 0.95" and cells[4] == "3.3\n3.3 to 3.3"
    dark = [np.mean(mpl.colors.to_rgb(to_hex(patch.get_facecolor()))) for patch in axes.patches]
    assert dark[0] < dark[6]


def test_histograms_state_the_means_of_a_clifford_torus():
    tests = displacement_tests(TORUS, LABELS, periodic=True)
    across, parallel, same, _ = score_tables.step_histograms({"torus": tests}).axes
    assert texts(across) == ["mean 0.00"]  # never "-0.00"
    assert texts(parallel) == ["x: 1.00", "y: 1.00"]
    assert texts(same) == [f"mean \N{MINUS SIGN}{1 / 7:.2f}"]


def test_curves_along_training_are_those_of_the_record():
    right, dimension, additive = geometry_curves.along_training([run()]).axes
    assert right.lines[0].get_ydata() == pytest.approx([0, 0, 1, 1, 1, 1])
    assert dimension.lines[0].get_ydata() == pytest.approx([100 / s for s in range(10, 61, 10)])
    assert additive.lines[0].get_ydata() == pytest.approx([s / 60 for s in range(10, 61, 10)])


def test_independent_halves_lie_on_the_diagonal_within_their_bounds():
    left, right = geometry_curves.coupled([half_and_half()]).axes
    dot = left.lines[0]
    assert (dot.get_xdata()[0], dot.get_ydata()[0]) == pytest.approx((0.25, 0.25))
    assert left.collections[0].get_segments()[0][:, 1] == pytest.approx([0, 0.5])
    assert (right.lines[0].get_xdata()[0], right.lines[0].get_ydata()[0]) == pytest.approx((20, 20))


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: manifolds.factor_curves({}), "views is {}"),
        (lambda: manifolds.component_views({}), "views is {}"),
        (lambda: manifolds.factor_curves({"a": (TORUS[1:], LABELS[1:])}), "missing"),
        (lambda: score_tables.score_table({}), "rows is {}"),
        (lambda: score_tables.score_table({"empty": []}), "one or more"),
        (lambda: score_tables.likeness("roundness", 1), "roundness"),
        (lambda: geometry_curves.along_training([]), "results is"),
        (lambda: geometry_curves.coupled([]), "results is"),
    ],
)
def test_nonsense_is_refused(draw, words):
    with pytest.raises(ValueError, match=words):
        draw()

"""Bumps of free brightness, what pictures are made of, and the lesions they come from, against pictures made by hand."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from made_records import look, record_of

from bumpbook.interpolation import lesions
from bumpbook.interpolation import outcomes as ip
from bumpworld import Canvas, Experiment
from bumpworld.files import write_record
from bumpworld.selection import everything, lesion
from bumpworld.store import ResultError, Store

CANVAS = Canvas()
GAP = (3.0, 12.0)


def kind(picture, label=(7.0, 8.0), gap=GAP):
    return ip.OUTCOMES[int(ip.outcomes(picture, torch.tensor([label]), CANVAS, gap)[0])]


def bump(x, y=8.0, brightness=1.0):
    return brightness * CANVAS.render([[x, y]])


@settings(max_examples=25)
@given(x=st.floats(0.5, 14.5), y=st.floats(0.5, 14.5), a=st.floats(0.05, 2))
def test_one_bump_is_found_whatever_its_brightness(x, y, a):
    found = ip.fit_bumps(bump(x, y, a), CANVAS)
    assert found.centers[0, 0].tolist() == pytest.approx([x, y], abs=0.01)
    assert float(found.brightness) == pytest.approx(a, rel=1e-3)
    assert float(found.rest) < 1e-4


@settings(max_examples=25)
@given(
    x=st.floats(1, 14),
    y=st.floats(1, 14),
    angle=st.floats(0, 6.28),
    apart=st.floats(3.5, 8),
    b=st.floats(0.2, 0.9),
)
def test_two_bumps_are_told_apart(x, y, angle, apart, b):
    u, v = x + apart * math.cos(angle), y + apart * math.sin(angle)
    if not (1 <= u <= 14 and 1 <= v <= 14):
        return
    found = ip.fit_bumps(bump(x, y) + bump(u, v, b), CANVAS, count=2)
    assert found.centers[0].flatten().tolist() == pytest.approx([x, y, u, v], abs=0.05)
    assert found.brightness[0].tolist() == pytest.approx([1, b], abs=0.01)


def test_what_one_bump_leaves_of_two_is_the_energy_of_the_other():
    found = ip.fit_bumps(bump(3) + bump(12, brightness=0.5), CANVAS)
    assert float(found.rest) == pytest.approx(0.25 / 1.25, abs=1e-3)


def test_least_squares_agrees_with_scipy():
    from scipy.optimize import minimize

    noise = 0.05 * torch.randn(1, 1, 16, 16, generator=torch.Generator().manual_seed(0))
    picture = bump(6.3, 9.1, 0.6) + noise
    pixels = picture[0, 0].double().numpy()
    i = np.arange(16)

    def loss(p):
        shape = np.exp(-((i - p[0]) ** 2) / 2)[None] * np.exp(-((i - p[1]) ** 2) / 2)[:, None]
        return ((pixels - p[2] * shape) ** 2).sum()

    best = minimize(loss, [6, 9, 0.5], tol=1e-10).x
    found = ip.fit_bumps(picture, CANVAS)
    assert [*found.centers[0, 0].tolist(), float(found.brightness)] == pytest.approx(best, abs=1e-3)


@pytest.mark.parametrize(
    ("picture", "wanted"),
    [
        (bump(7), "right"),
        (bump(7.4, 7.6), "right"),
        (bump(7.9, 7.2), "in the gap"),  # within a pixel, where a copy of a neighbour would be
        (bump(3, brightness=0.3), "at the left edge"),
        (bump(12.4), "at the right edge"),
        (bump(9.5), "in the gap"),
        (bump(7, brightness=0.4), "in the gap"),  # at its label, but too faint to be a bump
        (bump(3, brightness=0.2) + bump(12, brightness=0.15), "two bumps"),
        (bump(3) + bump(12, brightness=0.2), "at the left edge"),  # the second is too faint to count
        (bump(7, brightness=0.09), "nothing"),
        (torch.zeros(1, 1, 16, 16), "nothing"),
        (bump(0), "other"),
        (bump(3, 11), "other"),  # at the edge, but in another row
        (torch.full((1, 1, 16, 16), 0.5), "other"),
    ],
)
def test_pictures_are_sorted_as_the_definitions_say(picture, wanted):
    assert kind(picture) == wanted


def test_a_copy_of_the_edge_is_not_right_beside_it():
    assert kind(bump(3), label=(4.0, 8.0)) == "at the left edge"
    assert kind(bump(3.7), label=(4.0, 8.0)) == "right"


def test_a_blend_of_near_bumps_passes_and_of_far_ones_is_two_bumps():
    label = torch.tensor([[7.0, 8.0]])
    near, far = ((6.0, 8.0), (3.0, 12.0))
    assert kind(ip.cross_fade(label, CANVAS, near), gap=near) == "right"
    assert kind(ip.cross_fade(label, CANVAS, far), gap=far) == "two bumps"


def test_edge_weights_find_what_was_mixed():
    labels = torch.tensor([[7.0, 8.0], [5.0, 3.0]])
    mixed = torch.cat([bump(3, 8, 0.3) + bump(12, 8, 0.4), bump(3, 3, 0.1) + bump(12, 3, 0.8)])
    weights, share = ip.edge_weights(mixed, labels, CANVAS, GAP)
    assert weights.tolist() == [pytest.approx([0.3, 0.4]), pytest.approx([0.1, 0.8])]
    assert share.tolist() == pytest.approx([1, 1])


def test_a_bump_between_is_no_blend():
    """Projection of a bump on two others at distance d and 2 d: 2 c^2 / (1 + c'), with cosines exp(-r^2 / 4)."""
    _, share = ip.edge_weights(bump(8), torch.tensor([[8.0, 8.0]]), CANVAS, (5.0, 11.0))
    assert float(share) == pytest.approx(2 * math.exp(-9 / 2) / (1 + math.exp(-9)), rel=1e-3)


@pytest.mark.parametrize(("gap", "score"), [(2, 1.0), (9, 2 / 8), (11, 2 / 10)])
def test_a_wide_blend_passes_only_beside_the_edges(gap, score):
    assert ip.blend_score(CANVAS, gap) == pytest.approx(score)
    assert ip.blend_score(CANVAS, gap, 0.45) == (1.0 if gap == 2 else 0.0)


@pytest.mark.parametrize(
    ("spacing", "band", "wanted"),
    [(1.0, (7, 9), (6, 9)), (0.5, (6.0, 9.5), (5.5, 9.5)), (1.0, (5, 6), (4, 6))],
)
def test_edges_are_the_nearest_trained_columns(spacing, band, wanted):
    experiment = Experiment(canvas=Canvas(spacing=spacing), train_on=lesion(*band))
    assert lesions.sides(experiment) == wanted
    assert lesions.width(experiment) == band[1] - band[0]
    inside, trained = lesions.inside(experiment)[:, 0], lesions.trained_columns(experiment)
    assert set(inside.tolist()) | set(trained.tolist()) == set(experiment.canvas.axis().tolist())
    assert inside.min() > wanted[0] and inside.max() < wanted[1]
    assert not set(inside.tolist()) & set(trained.tolist())


def test_rows_by_gap_count_each_tolerance_for_itself(tmp_path):
    wanted = next(e for e in lesions.sweep("lesion").experiments if lesions.width(e) == 4 and e.seed == 1)
    store = Store(tmp_path)
    with pytest.raises(FileNotFoundError, match="bumpworld run lesion"):
        lesions.by_gap(store)
    error = torch.where(CANVAS.lattice()[:, 1] < 4, 0.3, torch.where(CANVAS.lattice()[:, 1] < 12, 0.8, 3.0))
    write_record(store.record_path(wanted), record_of(wanted, [look(9, error, 0)], 5))
    row = lesions.by_gap(store).iloc[0]
    assert (row.gap, row.width, row.seed, bool(row.learned)) == (5, 4, 1, True)
    assert (row.right, row.fine) == (0.75, 0.25)
    with pytest.raises(ResultError, match="lesion"):
        lesions.shown(store)
    with pytest.raises(ResultError, match="ship their weights"):
        lesions.drawings(wanted, 1, store=store)


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: ip.fit_bumps(torch.zeros(2, 16, 16), CANVAS), r"\(2, 16, 16\)"),
        (lambda: ip.fit_bumps(torch.full((1, 1, 16, 16), torch.nan), CANVAS), "not finite"),
        (lambda: ip.fit_bumps(bump(3), CANVAS, count=3), "count is 3"),
        (lambda: ip.fit_bumps(bump(3), Canvas(kind="sos")), "sos"),
        (lambda: ip.outcomes(bump(3), [[7, 8]], CANVAS, (12, 3)), "left edge"),
        (lambda: ip.middle_gap(CANVAS, 1), "gap is 1"),
        (lambda: ip.middle_gap(CANVAS, 17), "gap is 17"),
        (lambda: lesions.sides(Experiment(train_on=everything())), "everything"),
        (lambda: lesions.sides(Experiment(train_on=lesion(0, 4))), "one side"),
        (lambda: lesions.sides(Experiment(canvas=Canvas(periodic=True), train_on=lesion(4, 8))), "periodic"),
        (lambda: lesions.drawings(Experiment(train_on=lesion(4, 8)), 0), "noises is 0"),
    ],
)
def test_nonsense_is_refused(ask, words):
    with pytest.raises(ValueError, match=words):
        ask()

"""The living figures: their scripts compute what the package computes, and their classes refuse nonsense."""

import math
from dataclasses import asdict

import numpy as np
import pytest
import torch
import traitlets
from in_node import in_node

from bumpbook.percolation.newman_ziff import Growth
from bumpbook.widgets import Lattice, Manifold, TrainingFilm
from bumpbook.widgets.film import Recording, record
from bumpbook.widgets.pack import align, unit_shorts
from bumpworld import Canvas, Experiment
from bumpworld.instruments.geometry import clifford_torus, ring_torus
from bumpworld.instruments.lattice import (
    LARGE_RANGE,
    SITE_THRESHOLDS,
    interaction_radius,
    neighbours,
    predicted_onset,
    site_clusters,
)
from bumpworld.selection import held_out_square
from made_up import learning_run

SMALL = Experiment(canvas=Canvas(size=8), train_on=held_out_square(3, 5), steps=12, batch_size=8)


GROW = """
    const growth = new m.Growth(size, m.neighbours(radius), periodic, m.siteOrder(size * size, seed));
    growth.grow(size * size);
    const roots = new Int32Array(size * size);
    const pictures = counts.map((n) => ({ ...growth.clusters(n, roots), roots: [...roots] }));
    return { pictures, largest: [...growth.largest], order: [...growth.order] };
"""


@pytest.mark.parametrize(("periodic", "radius"), [(False, 1.0), (True, 1.5), (False, 4.604), (True, 3.2)])
def test_clusters_of_the_browser_are_those_of_the_package(periodic, radius):
    size, counts = (
        24,
        [0, 1, 40, 200, 340, 576],
    )  # at 576 first in the order of time: the past is looked up in the end
    found = in_node(GROW, "clusters.js", size=size, radius=radius, periodic=periodic, seed=3, counts=counts)
    order = found["order"]
    assert sorted(order) == list(range(size**2))
    for n, picture in zip(counts, found["pictures"], strict=True):
        mask = np.zeros(size**2, bool)
        mask[order[:n]] = True
        roots = np.array(picture["roots"])
        assert ((roots >= 0) == mask).all()
        if n == 0:
            continue
        ours = site_clusters(mask.reshape(size, size), neighbours(radius), periodic)
        pairs = set(zip(roots[mask], ours.labels.ravel()[mask], strict=True))
        assert len(pairs) == len(ours.sizes) == picture["count"]  # one name here for each name there
        assert np.sum(roots == picture["root"]) == ours.sizes[0] == found["largest"][n]


def test_curve_of_the_browser_is_that_of_newman_and_ziff():
    size, radius = 20, 2.3
    found = in_node(GROW, "clusters.js", size=size, radius=radius, periodic=True, seed=1, counts=[])
    growth = Growth(size, neighbours(radius), periodic=True, crossing=False)
    growth.occupy(np.array(found["order"], np.int32))
    assert found["largest"] == growth.largest.tolist()


@pytest.mark.parametrize(("size", "radius"), [(64, 1.0), (64, 2.3), (96, 4.604)])
def test_half_the_sites_join_where_the_figure_says(size, radius):
    """Eighty tori filled to the end: most join half of their sites within the shaded range, and about half below its middle."""
    moves = neighbours(radius)
    sites, at = (
        SITE_THRESHOLDS.get(len(moves)) or predicted_onset(radius / interaction_radius(1.0)).staircase,
        [],
    )
    low, high = in_node(
        "return m.joining(onset, radius, size);", "clusters.js", onset=sites, radius=radius, size=size
    )
    for k in range(80):
        growth = Growth(size, moves, periodic=True, crossing=False).fill(np.random.default_rng([7, k]))
        at.append((1 + np.flatnonzero(2 * growth.largest < growth.occupied).max()) / size**2)
    assert high == sites
    assert np.mean((low <= np.array(at)) & (np.array(at) <= high)) > 0.7
    assert np.mean(at) < sites


def test_reach_neighbours_and_onset_of_the_browser():
    cases = [(0.2, 0.005, 1.0), (0.3, 0.005, 1.0), (1.0, 0.005, 1.0), (2.0, 0.05, 0.5), (1.0, 0.9, 1.0)]
    code = """
        return cases.map(([sigma, threshold, spacing]) => {
            const radius = m.reach(sigma, threshold, spacing);
            const moves = [...m.neighbours(radius)];
            return [radius, moves, m.onset(moves.length / 2, known, limit)];
        });
    """
    known = {str(z): p for z, p in SITE_THRESHOLDS.items()}
    for (sigma, threshold, spacing), (radius, moves, onset) in zip(
        cases, in_node(code, "clusters.js", cases=cases, known=known, limit=LARGE_RANGE), strict=True
    ):
        law = predicted_onset(sigma, spacing, threshold)
        assert radius == pytest.approx(interaction_radius(sigma, threshold, spacing), rel=1e-12)
        assert {tuple(m) for m in np.reshape(moves, (-1, 2))} == {tuple(m) for m in neighbours(radius)}
        assert (math.inf if onset is None else onset) == pytest.approx(
            law.staircase, rel=1e-12
        )  # JSON has no inf


@pytest.mark.parametrize(
    "canvas", [Canvas(size=9, sigma=1.3), Canvas(kind="sos"), Canvas(sigma=0.4, periodic=True)]
)
def test_images_of_the_browser_are_the_worlds(canvas):
    labels = [[0, 0], [2.25, 7], [canvas.size - 0.5, 3]]
    code = "return labels.map((label) => [...m.imageOf(world, label, [true, true])]);"
    drawn = in_node(code, "world.js", world=asdict(canvas), labels=labels)
    np.testing.assert_allclose(drawn, canvas.render(labels).flatten(1), atol=1e-6)


def test_a_turn_of_the_view_keeps_lengths_and_the_fourth_axis_is_a_rotation():
    code = """
        const view = (turn, tilt, fourth) => ({ turn, tilt, fourth });
        return [m.project(flat, 3, view(40, 70, 0)), m.project(deep, 4, view(0, 0, 90))].map((seen) => [...seen]);
    """
    flat, deep = np.eye(3) * 1e-4, [[0, 0, 0, 0.5], [0.5, 0, 0, 0]]
    small, turned = in_node(code, "cloud.js", flat=flat.ravel().tolist(), deep=np.ravel(deep).tolist())
    seen = np.reshape(small, (3, 3)) / 1e-4  # so near the middle there is no perspective
    np.testing.assert_allclose(np.abs(seen @ seen.T), np.eye(3), atol=1e-3)
    # A quarter turn brings the fourth axis to where the first was (mirrored), and the first out of sight.
    first, fourth = np.reshape(turned, (2, 3))[::-1]
    assert fourth[0] < -0.2 and abs(first[0]) < 1e-6


def test_edges_join_neighbours_of_the_label_lattice():
    labels = [[x, y] for y in range(4) for x in range(5)]
    code = "return [true, false].map((periodic) => [...m.edges(labels.flat(), periodic)]);"
    around, flat = (np.reshape(e, (-1, 2)) for e in in_node(code, "cloud.js", labels=labels))
    assert len(around) == 2 * 20 and len(flat) == 4 * 4 + 5 * 3
    places = np.array(labels)
    assert (np.abs(places[flat[:, 0]] - places[flat[:, 1]]).sum(1) == 1).all()


def test_accuracies_of_the_film_are_the_judgements():
    marks = [7, 3, 1, 2, 0, 5]
    code = "return [m.accuracies(marks, () => true), m.accuracies(marks, (i) => i > 3)];"
    every, late = in_node(code, "film.js", marks=marks)
    assert every == pytest.approx([4 / 6, 3 / 6, 2 / 6, 4 / 6 * 3 / 6])
    assert late == pytest.approx([1 / 2, 0, 0, 0])


@pytest.mark.parametrize(
    "traits",
    [
        {"size": 1}, {"size": 600}, {"size": 4.5}, {"sigma": 0.0}, {"sigma": math.inf}, {"sigma": "wide"},
        {"spacing": -1.0}, {"threshold": 0.0}, {"threshold": 1.0}, {"density": 1.5}, {"density": math.nan},
        {"periodic": 2}, {"seed": -1}, {"sigma": 10.0, "spacing": 0.1},
    ],
)  # fmt: skip
def test_lattice_refuses(traits):
    with pytest.raises(traitlets.TraitError, match="|".join(traits)):
        Lattice(**traits)


def test_a_refused_trait_leaves_the_old_value():
    lattice = Lattice(sigma=0.5)
    with pytest.raises(traitlets.TraitError, match="sigma is -2"):
        lattice.sigma = -2.0
    assert lattice.sigma == 0.5


def test_manifold_carries_its_points():
    points, angles = clifford_torus(8, 1.0, 0.5)
    widget = Manifold(points, angles * 8 / (2 * np.pi), Canvas(size=8, periodic=True))
    carried = np.frombuffer(widget._frames, "<i2").reshape(64, 4) / 32767
    np.testing.assert_allclose(carried, points / np.sqrt(1.25), atol=1e-4)
    assert (widget.titles, widget.frame, widget._dims) == ([""], 0, 4)


def test_align_undoes_a_rotation_and_changes_no_distance():
    points, _ = ring_torus(6)
    turn, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))
    frames = align(np.stack([points @ turn, points * [1, -1, 1], points]))
    np.testing.assert_allclose(frames, np.broadcast_to(points - points.mean(0), frames.shape), atol=1e-12)
    scaled = np.frombuffer(unit_shorts(np.stack([points, 3 * points]), same_scale=True), "<i2").reshape(
        2, -1, 3
    )
    assert np.linalg.norm(scaled, axis=2).max(1) == pytest.approx([32767 / 3, 32767], rel=1e-4)


GRID = Canvas(size=4).lattice().numpy()


@pytest.mark.parametrize(
    ("frames", "labels", "given", "says"),
    [
        (np.zeros((16, 5)), GRID, {}, "shape"),
        (np.zeros((2, 16, 3)), GRID, {}, "0 titles for 2 frames"),
        ([np.zeros((16, 3)), np.zeros((15, 3))], GRID, {"titles": ["a", "b"]}, "differ in shape"),
        (np.zeros((16, 3)), GRID, {"frame": 1}, "frame is 1"),
        (np.zeros((16, 3)), GRID, {"point": 16}, "point is 16"),
        (np.zeros((16, 3)), GRID, {"color": "z"}, "color"),
        (np.zeros((16, 3)), GRID, {"tilt": 200.0}, "tilt is 200"),
    ],
)
def test_manifold_refuses(frames, labels, given, says):
    with pytest.raises((ValueError, traitlets.TraitError), match=says):
        Manifold(frames, labels, **{"canvas": Canvas(size=4), **given})


@pytest.fixture(scope="module")
def recording():
    return record(SMALL, every=5)


def test_a_recording_is_what_the_models_draw(recording):
    from bumpworld.evaluate import draw
    from bumpworld.measure import judge
    from bumpworld.train import train

    assert recording.steps == [0, 5, 10, 12]
    *_, last = train(SMALL)
    drawn = draw(last.model, recording.labels, 10)
    verdict = judge(drawn, recording.labels, SMALL.canvas)
    near = (verdict.error.abs() <= 1).numpy()
    assert ((recording.marks[-1] & 3) == near @ [1, 2]).all()
    assert ((recording.marks[-1] & 4 > 0) == verdict.shape.numpy()).all()
    pixels = (255 * drawn[torch.as_tensor(recording.shown), 0].clamp(0, 1)).round().numpy()
    np.testing.assert_array_equal(recording.images[-1], pixels)
    labels = recording.labels[torch.as_tensor(recording.held_out)]
    assert {tuple(map(int, label)) for label in labels} == {(x, y) for x in (3, 4) for y in (3, 4)}


def test_a_film_is_small_and_refuses(recording):
    film = TrainingFilm(recording)
    looks, drawings = len(recording.steps), len(recording.shown)
    assert len(film._images) == looks * drawings * 64 and len(film._points) == looks * 64 * 4
    assert film.frame == looks - 1
    with pytest.raises(traitlets.TraitError, match="frame is 4; allowed are 0 to 3"):
        film.frame = 4
    with pytest.raises(traitlets.TraitError, match="group"):
        film.group = "some"
    with pytest.raises(ValueError, match="run is a list"):
        TrainingFilm([1, 2])
    with pytest.raises(ValueError, match="0 looks"):
        TrainingFilm(Recording(SMALL))
    with pytest.raises(ValueError, match="every is 0"):
        record(SMALL, every=0)
    with pytest.raises(ValueError, match="outside"):
        Recording(SMALL, [[9, 9]])
    with pytest.raises(traitlets.TraitError, match="none of the recording's labels"):
        TrainingFilm(record(Experiment(canvas=Canvas(size=8), steps=1, batch_size=4)), group="held out")


def test_a_film_of_a_stored_run_holds_its_marks():
    film = TrainingFilm(learning_run())
    marks = np.frombuffer(film._marks, np.uint8).reshape(len(film.steps), 64)
    held_out = np.frombuffer(film._held_out, np.uint8).astype(bool)
    assert film.steps == [10, 20, 30, 40, 50, 60] and not film._images and film.shown == []
    assert (marks[:, ~held_out] == 7).all(1).tolist() == [False, True, True, True, True, True]
    assert (marks[:, held_out] == 7).all(1).tolist() == [False, False, False, True, True, True]

"""Baselines against what algebra promises, against other libraries, and against answers that must stay open."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.neighbors import KNeighborsRegressor

from bumpworld import Canvas
from bumpworld.instruments.baselines import (
    BASELINES,
    FOLDS,
    GAMMAS,
    RIDGE,
    Additive,
    KernelRegression,
    Multiplicative,
    NearestLabel,
    fitted,
    log_render,
)
from bumpworld.selection import held_out_cross, held_out_square, lesion, stripes_only

EXACT = 1e-5  # float32 images of brightness up to 1


def predicted(baseline, canvas, train_on):
    split = train_on.split(canvas)
    held_out = split.labels[split.held_out]
    return fitted(baseline, canvas, split.train).predict(held_out), canvas.render(held_out)


def is_open(images):
    return torch.isnan(images).flatten(1).all(1)


@settings(max_examples=30)  # four fits each time
@given(
    low=st.integers(0, 10),
    width=st.integers(1, 9),
    sigma=st.floats(1, 3),
    periodic=st.booleans(),
)
def test_sos_is_a_sum_and_a_bump_a_product_on_every_held_out_square(low, width, sigma, periodic):
    square = held_out_square(low, min(low + width, 12))
    for kind, exact, other in (("sos", "additive", "multiplicative"), ("bump", "multiplicative", "additive")):
        canvas = Canvas(size=12, sigma=sigma, kind=kind, periodic=periodic)
        if low == 0 and low + width >= 12:
            continue
        images, wanted = predicted(exact, canvas, square)
        assert (images - wanted).abs().max() < EXACT
        images, wanted = predicted(other, canvas, square)
        assert not is_open(images).any()
        assert ((images - wanted) ** 2).sum((1, 2, 3)).max() > 0.05


def test_an_additive_bump_keeps_exactly_its_sums():
    """On a full grid the two-way fit is row mean + column mean - grand mean, as in an analysis of variance."""
    canvas = Canvas(size=8)
    images = canvas.render(canvas.lattice()).double()
    grid = images.reshape(8, 8, 8, 8)  # label y, label x, pixel row, pixel column
    wanted = grid.mean(0, keepdim=True) + grid.mean(1, keepdim=True) - grid.mean((0, 1), keepdim=True)
    fit = Additive().fit(canvas.lattice(), images).predict(canvas.lattice())
    assert torch.allclose(fit.reshape(8, 8, 8, 8).double(), wanted, atol=1e-6)


def test_two_way_fit_of_noise_agrees_with_ordinary_least_squares():
    rng = np.random.default_rng(0)
    labels = np.array([(x, y) for x in range(6) for y in range(5) if (x + y) % 3])
    targets = rng.normal(size=(len(labels), 1, 4, 4))
    onehot = lambda at: np.concatenate([np.eye(6)[at[:, 0]], np.eye(5)[at[:, 1]]], axis=1)
    other = LinearRegression(fit_intercept=False).fit(onehot(labels), targets.reshape(len(labels), -1))
    asked = np.array([(0, 0), (3, 3), (5, 4), (2, 1)])  # (x + y) % 3 == 0: never seen
    images = Additive().fit(labels, targets).predict(asked)
    assert np.allclose(images.flatten(1).numpy(), other.predict(onehot(asked)), atol=1e-5)


@pytest.mark.parametrize("name", ["additive", "multiplicative"])
def test_values_that_never_occurred_stay_open(name):
    images, _ = predicted(name, Canvas(), lesion(5, 8))
    assert is_open(images).all()
    # of a cross without stripes, every label has x or y in the band
    images, _ = predicted(name, Canvas(margin=3), held_out_cross(6, 10, "2d"))
    assert is_open(images).all()


@pytest.mark.parametrize("name", ["additive", "multiplicative"])
def test_values_of_two_islands_cannot_be_combined(name):
    canvas = Canvas(size=8, kind="sos" if name == "additive" else "bump")
    islands = [[x, y] for x in range(3) for y in range(3)] + [[5, 5], [5, 7], [7, 5]]
    model = fitted(name, canvas, islands)
    asked = torch.tensor([[0.0, 5.0], [7.0, 2.0], [7.0, 7.0], [1.0, 1.0]])
    images = model.predict(asked)
    assert is_open(images).tolist() == [True, True, False, False]
    assert (images[2:] - canvas.render(asked[2:])).abs().max() < EXACT


def test_stripes_alone_settle_a_sum_and_leave_a_product_open():
    """A blank ties x to y in a sum; in a product it has no logarithm, and the brightness of two stripes stays unknown."""
    images, wanted = predicted("additive", Canvas(margin=3, kind="sos"), stripes_only())
    assert (images - wanted).abs().max() < EXACT
    images, _ = predicted("multiplicative", Canvas(margin=3), stripes_only())
    assert is_open(images).all()
    images, wanted = predicted("multiplicative", Canvas(margin=3), held_out_cross(6, 10, "both"))
    assert (images - wanted).abs().max() < EXACT


def test_a_sum_of_a_bump_worlds_stripes_is_a_cross():
    canvas, cross = Canvas(margin=3), Canvas(margin=3, kind="sos")
    images, _ = predicted("additive", canvas, stripes_only())
    split = stripes_only().split(canvas)
    assert torch.allclose(images, 2 * cross.render(split.test["2d"]), atol=1e-5)


@pytest.mark.parametrize("kind", ["bump", "sos"])
@pytest.mark.parametrize("world", [{"margin": 2}, {"periodic": True}, {"spacing": 0.5}])
def test_logarithms_are_those_of_the_images(kind, world):
    canvas = Canvas(size=10, sigma=1.5, kind=kind, **world)
    images, logs = canvas.render(canvas.lattice()), log_render(canvas, canvas.lattice())
    assert logs.dtype == torch.float64
    assert torch.allclose(logs.exp().float(), images, atol=1e-7)
    visible = canvas.visible(canvas.lattice()).any(1)
    assert torch.isfinite(logs[visible]).all()
    assert torch.isneginf(logs[~visible]).all()


def test_pixels_that_underflow_are_refused_and_their_logarithms_are_not():
    canvas = Canvas(size=16)
    labels = held_out_square(6, 10).split(canvas).train
    assert (canvas.render(labels) == 0).any()  # exp(-225) is 0 in float32
    with pytest.raises(ValueError, match="log_render"):
        Multiplicative().fit(labels, canvas.render(labels).log())
    Multiplicative().fit(labels, log_render(canvas, labels))


def test_nearest_label_agrees_with_scikit_learn_where_there_is_one_nearest():
    rng = np.random.default_rng(1)
    labels, asked = rng.uniform(0, 16, (50, 2)), rng.uniform(0, 16, (80, 2))
    images = rng.normal(size=(50, 1, 4, 4))
    other = KNeighborsRegressor(1).fit(labels, images.reshape(50, -1)).predict(asked)
    assert np.allclose(NearestLabel().fit(labels, images).predict(asked).flatten(1), other.astype(np.float32))


def test_kernel_regression_is_scikit_learns_with_its_width_searched():
    canvas = Canvas(size=8)
    split = held_out_square(3, 5).split(canvas)
    model = fitted("kernel", canvas, split.train)
    codes, asked = (model.code(labels).double().numpy() for labels in (split.train, split.test["square"]))
    search = GridSearchCV(
        KernelRidge(kernel="rbf", alpha=RIDGE),
        {"gamma": GAMMAS},
        scoring="neg_mean_squared_error",
        cv=KFold(FOLDS, shuffle=True, random_state=0),
    ).fit(codes, canvas.render(split.train).flatten(1).numpy())
    assert model.gamma == search.best_params_["gamma"]
    assert np.allclose(model.predict(split.test["square"]).flatten(1), search.predict(asked), atol=1e-5)


def test_kernel_sees_the_label_as_the_network_does():
    codes = KernelRegression().code(torch.tensor([[3.0, 7.0], [3.0, 8.0]]))
    assert codes.shape == (2, 64)
    assert (codes[0, :32] == codes[1, :32]).all()  # the same x
    assert np.allclose((codes**2).sum(1), 32)  # sines and cosines of 16 waves for each factor


@pytest.mark.parametrize("name", list(BASELINES))
def test_nonsense_is_refused(name):
    canvas = Canvas(size=8)
    images = canvas.render(canvas.lattice())
    with pytest.raises(ValueError, match=r"\(n, 2\)"):
        BASELINES[name]().fit(torch.zeros(64, 3), images)
    with pytest.raises(ValueError, match="for 3 labels"):
        BASELINES[name]().fit(canvas.lattice()[:3], images)
    with pytest.raises(ValueError, match="finite"):
        BASELINES[name]().fit(canvas.lattice(), torch.full_like(images, torch.nan))
    with pytest.raises(ValueError, match=r"\(n, 2\)"):
        fitted(name, canvas, canvas.lattice()).predict([[torch.inf, 1.0]])


def test_unknown_names_blanks_only_and_too_few_labels_are_refused():
    canvas = Canvas(size=8, margin=2)
    with pytest.raises(
        ValueError, match="'nearest label', 'kernel', 'additive', 'multiplicative', 'completion'"
    ):
        fitted("oracle", canvas, [[3, 3]])
    with pytest.raises(ValueError, match="not all of them"):
        fitted("multiplicative", canvas, [[0, 0], [1, 0]])
    with pytest.raises(ValueError, match="at least 5"):
        fitted("kernel", canvas, [[3, 3], [4, 4]])

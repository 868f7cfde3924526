"""Label codes, mixtures and paths across a gap, against closed forms, another library and models made by hand."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from bumpbook.frame.sweeps import sweep
from bumpbook.interpolation import choices, guidance
from bumpbook.interpolation.crossing import crossing, label_path, manner
from bumpbook.interpolation.kernel import (
    code_similarity,
    nearness,
    predicted,
    regression_weights,
    wide_kernel,
)
from bumpbook.interpolation.outcomes import cross_fade
from bumpworld import Canvas, Experiment, NoiseSchedule, sample
from bumpworld.diffusion import DiffusionModel
from bumpworld.store import Store
from bumpworld.train import new_model
from bumpworld.unet import UNetConfig

CANVAS, UNET = Canvas(), UNetConfig()


class Obedient(nn.Module):
    """A network that draws the picture of its label, whatever it is shown."""

    def __init__(self):
        super().__init__()
        self.unused = nn.Parameter(torch.zeros(1))

    def forward(self, x_t, t, labels):
        return CANVAS.render(labels)


@pytest.fixture(scope="module")
def obedient():
    return DiffusionModel(Obedient(), NoiseSchedule.linear(), "x0", 16)


@pytest.fixture(scope="module")
def small():
    experiment = Experiment(
        canvas=Canvas(size=8), unet=UNetConfig(channels=(8, 16), embedding=16, heads=2), seed=3
    )
    model, generator = new_model(experiment).eval().requires_grad_(False), torch.Generator().manual_seed(1)
    for (
        weight
    ) in model.parameters():  # a fresh network is blind to its condition: its last layers start at zero
        nn.init.normal_(weight, std=0.2, generator=generator)
    return model


def test_code_similarity_is_a_mean_of_cosines_of_the_distance():
    frequencies = np.geomspace(0.05, 1.5, 16)
    found = code_similarity([0.0, 4.0, 9.5], [3.0], UNET)[:, 0]
    assert found.tolist() == pytest.approx([np.cos(frequencies * d).mean() for d in (3, 1, 6.5)], abs=1e-6)


def test_wide_kernel_is_the_mean_over_random_rectified_units():
    draws = torch.randn(400_000, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    for angle in (0.0, 0.7, math.pi / 2, 2.5):
        other = torch.tensor([math.cos(angle), math.sin(angle)], dtype=torch.float64)
        drawn = 2 * (draws[:, 0].relu() * (draws @ other).relu()).mean()
        assert float(wide_kernel(other[:1])) == pytest.approx(float(drawn), abs=0.01)


def test_regression_agrees_with_scikit_learn():
    from sklearn.kernel_ridge import KernelRidge

    trained, asked = [0.0, 1.0, 2.0, 9.0, 10.0], [4.0, 6.5]
    kernel = lambda a, b: wide_kernel(code_similarity(a, b, UNET)).numpy()
    model = KernelRidge(alpha=0.01, kernel="precomputed").fit(kernel(trained, trained), np.eye(5))
    found = regression_weights(trained, asked, UNET, ridge=0.01)
    assert np.allclose(found, model.predict(kernel(asked, trained)), atol=1e-8)


def test_prediction_reproduces_what_was_trained_and_blends_elsewhere():
    trained = [0.0, 1.0, 2.0, 3.0, 12.0, 13.0, 14.0, 15.0]
    labels = torch.tensor([[3.0, 5.0], [7.0, 5.0]])
    pictures = predicted(CANVAS, labels, trained, UNET, ridge=1e-6)
    assert torch.allclose(pictures[0], CANVAS.render(labels[:1])[0], atol=1e-3)
    assert (
        pictures[1, 0, :, 6:10].abs().max() < 0.1 < pictures[1, 0, :, :5].max()
    )  # nothing where the label says


def test_the_ridge_hardly_matters_with_this_books_code():
    for gap in (3, 5, 9):
        assert [nearness(CANVAS, gap, UNET, r) for r in (1e-4, 1e-2)] == pytest.approx(
            [nearness(CANVAS, gap, UNET)] * 2, abs=0.03
        )


def test_nearness_of_a_blend_has_a_closed_form():
    """Middle of a gap of 2: cosine of B(-1) + B(1) with B(0), from <B(p), B(q)> = exp(-|p - q|^2 / 4)."""
    wanted = math.exp(-1 / 4) / math.sqrt((1 + math.exp(-1)) / 2)
    assert nearness(CANVAS, 2) == pytest.approx(wanted, rel=1e-3)


def test_mixing_fixed_pictures_gives_their_cross_fade(obedient):
    labels = torch.tensor([[6.0, 3.0], [9.0, 12.0]])
    ends, weights = guidance.towards_edges(labels, (5.0, 10.0))
    assert torch.allclose(weights.sum(0), torch.ones(2))
    assert torch.allclose((weights * ends[:, :, 0]).sum(0), labels[:, 0])
    drawn = sample(obedient, labels, 5, denoise=guidance.mixed_estimates(obedient, ends, weights))
    assert torch.allclose(drawn, cross_fade(labels, CANVAS, (5.0, 10.0)), atol=1e-4)


def test_mixing_scores_is_mixing_estimates(small):
    labels = torch.tensor([[4.0, 2.0]])
    ends, weights = guidance.towards_edges(labels, (1.0, 6.0))
    x_t, t = torch.randn(1, 1, 8, 8, generator=torch.Generator().manual_seed(0)), torch.tensor([700])
    mixed = guidance.mixed_estimates(small, ends, weights)(x_t, t, labels)
    signal, sigma = small.schedule.signal_noise(t)
    score = lambda estimate: (signal * estimate - x_t) / sigma**2
    wanted = sum(w * score(small.denoise(x_t, t, end)) for w, end in zip(weights, ends, strict=True))
    assert torch.allclose(score(mixed), wanted, atol=1e-5)


def test_mixed_conditions_at_an_end_are_that_end_and_leave_the_model_as_it_was(small):
    ends = torch.tensor([[[1.0, 2.0]], [[6.0, 2.0]]])
    x_t, t = torch.randn(1, 1, 8, 8, generator=torch.Generator().manual_seed(0)), torch.tensor([700])
    plain = [small.denoise(x_t, t, end) for end in ends]
    for k, weights in enumerate(torch.eye(2)):
        way = guidance.mixed_condition(small, ends, weights[:, None])
        assert torch.allclose(way(x_t, t, ends[0]), plain[k], atol=1e-6)
    half = guidance.mixed_condition(small, ends, torch.full((2, 1), 0.5))(x_t, t, ends[0])
    assert not torch.allclose(plain[0], plain[1], atol=1e-3)
    assert not torch.allclose(half, sum(plain) / 2, atol=1e-4)  # the network is not linear in its condition
    assert torch.equal(small.denoise(x_t, t, ends[0]), plain[0])
    drawn = guidance.ways(small, torch.tensor([[3.0, 2.0]]), (1.0, 6.0), steps=2)
    assert list(drawn) == ["plain", "mixed estimates", "mixed conditions"]


def test_straight_bent_and_jumping_paths():
    line = np.stack([np.arange(8.0), 2 * np.arange(8.0)], 1)
    path = crossing(line, 2, 6)
    assert (path.detour, path.largest) == pytest.approx((1, 1 / 4))
    assert path.lengths == pytest.approx(np.ones(4)) and path.length == pytest.approx(4)
    angle = np.linspace(0, np.pi, 101)
    arc = np.stack([np.cos(angle), np.sin(angle)], 1)
    arc = np.vstack([arc[:1] - 0.03, arc, arc[-1:] + 0.03])
    bent = crossing(arc, 1, 101)
    assert bent.detour == pytest.approx(np.pi / 2, rel=1e-3)
    steps = np.array([0, 1, 2, 2.1, 2.2, 8, 9, 10.0])[:, None]
    jump = crossing(steps, 2, 5)
    assert jump.largest == pytest.approx(5.8 / 6)
    assert manner(jump, path) == "jumps"


def test_short_paths_cut_through_and_others_walk():
    slow, even = np.array([0, 1, 2, 2.3, 2.6, 2.9, 3.2, 4.2])[:, None], np.arange(8.0)[:, None]
    own, other = crossing(slow, 2, 6), crossing(even, 2, 6)
    assert own.length == pytest.approx(1.2)
    assert (manner(own, other), manner(other, other)) == ("cuts through", "walks")


def test_label_path_of_the_condition_is_its_embedding(small):
    canvas = Canvas(size=8)
    path = label_path(small, canvas, "condition", t=900, noises=2)
    labels = torch.tensor([[5.0, y] for y in range(8)])
    wanted = small.net.embed(torch.full((8,), 900), labels).mean(0)
    assert path.shape == (8, 16)
    assert path[5] == pytest.approx(wanted.numpy(), abs=1e-5)
    stem = label_path(small, canvas, "stem")  # before the condition comes in: the same noise, the same point
    assert np.ptp(stem, axis=0).max() < 1e-5


def test_settings_have_names_and_missing_models_are_said(tmp_path):
    table = choices.by_setting(Store(tmp_path))
    assert not table.finished.any() and table.right.isna().all()
    assert list(dict.fromkeys(table.test)) == ["lesion of 4", "lesion of 8", "square of 6"]
    names = list(dict.fromkeys(table.setting))
    assert names[0] == choices.PLAIN and len(set(names)) == 8
    robust = [e for e in sweep("robustness").experiments if not e.canvas.periodic]
    assert {choices.setting_name(e) for e in robust} == set(names[1:])


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: regression_weights([], [1.0], UNET), "trained is empty"),
        (lambda: regression_weights([1.0], [1.0], UNET, ridge=0), "ridge is 0"),
        (lambda: guidance.towards_edges(torch.zeros(1, 2), (5, 5)), "left edge"),
        (lambda: guidance.mixed_estimates(None, torch.zeros(2, 3, 2), torch.zeros(2, 4)), r"\(2, 4\)"),
        (lambda: guidance.mixed_condition(None, torch.zeros(2, 3), torch.zeros(2, 3)), r"\(2, 3\)"),
        (lambda: crossing(np.zeros((5, 2)), 1, 3), "different ends"),
        (lambda: crossing(np.arange(5.0)[:, None], 0, 4), "outside"),
        (lambda: crossing(np.arange(5.0)[:, None], 3, 5), "right is 5; allowed .* from 4 to 4"),
        (lambda: crossing(np.array([[0.0], [np.nan]]), 0, 1), "finite"),
    ],
)
def test_nonsense_is_refused(ask, words):
    with pytest.raises(ValueError, match=words):
        ask()

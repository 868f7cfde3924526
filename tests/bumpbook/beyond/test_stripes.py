"""Sums of scores: exact for SOS and not for bumps, against denoisers worked out by hand."""

import math
from dataclasses import replace

import pytest
import torch

from bumpbook.beyond import stripes_scores as stripes
from bumpbook.frame.exact import ideal_denoiser, posterior_weights
from bumpworld.canvas import Canvas
from bumpworld.diffusion import NoiseSchedule

SCHEDULE = NoiseSchedule.linear(1000)
BORDERED = Canvas(size=8, margin=3)
TORUS = Canvas(size=8, periodic=True)


def noised(canvas, labels, time, seed=0):
    images, t = canvas.render(labels), torch.full((len(labels),), time)
    noise = torch.randn(images.shape, generator=torch.Generator().manual_seed(seed))
    return SCHEDULE.add_noise(images, t, noise), t


def test_adding_stripes_is_a_cross_and_multiplying_them_a_bump():
    labels = BORDERED.lattice()[BORDERED.visible(BORDERED.lattice()).all(1)]
    x_t, t = torch.randn(len(labels), 1, 8, 8), torch.full((len(labels),), 50)
    bump, sos = BORDERED, replace(BORDERED, kind="sos")
    sums = stripes.added(stripes.own_images(sos), sos)(x_t, t, labels)
    assert torch.allclose(sums, sos.render(labels), atol=1e-6)
    products = stripes.multiplied(stripes.own_images(bump), bump)(x_t, t, labels)
    assert torch.allclose(products, bump.render(labels), atol=1e-6)
    crosses = stripes.added(stripes.own_images(bump), bump)(x_t, t, labels)
    assert torch.allclose(crosses, 2 * sos.render(labels), atol=1e-6)


def test_each_part_is_asked_for_with_the_other_factor_off_the_frame():
    asked = []
    denoise = lambda x_t, t, labels: asked.append(labels) or x_t
    stripes.parts(denoise, BORDERED)(torch.zeros(1, 1, 8, 8), torch.tensor([5]), torch.tensor([[6.0, 9.0]]))
    assert BORDERED.visible(asked[0]).tolist() == [[True, False], [False, True], [False, False]]
    assert (asked[0][0, 0], asked[0][1, 1]) == (6.0, 9.0)
    with pytest.raises(ValueError, match="margin is 0"):
        stripes.parts(denoise, TORUS)


def test_noise_estimates_add_as_image_estimates_do():
    canvas = replace(TORUS, kind="sos")
    labels = canvas.lattice()[:5]
    x_t, t = noised(canvas, labels, 400)
    signal, sigma = SCHEDULE.signal_noise(t)
    x0 = [torch.randn(5, 1, 8, 8) for _ in range(3)]
    eps = [(x_t - signal * one) / sigma for one in x0]
    assert torch.allclose(
        (x_t - signal * (x0[0] + x0[1] - x0[2])) / sigma, eps[0] + eps[1] - eps[2], atol=1e-5
    )


def test_column_and_row_are_conditional_means_of_the_posterior():
    """Against the joint posterior over all pairs, conditioned by hand."""
    labels = torch.tensor([[2.0, 5.0], [6.0, 1.0]])
    x_t, t = noised(TORUS, labels, 150)
    world = TORUS.render(TORUS.lattice())
    joint = posterior_weights(x_t, t, world, SCHEDULE).reshape(2, 8, 8)  # [n, y, x]
    pictures = world.double().reshape(8, 8, 64)
    expected = []
    for n, (x, y) in enumerate(labels.long().tolist()):
        column, row = joint[n, :, x] / joint[n, :, x].sum(), joint[n, y] / joint[n, y].sum()
        whole = (joint[n].reshape(-1, 1) * pictures.reshape(64, 64)).sum(0)
        expected.append(column @ pictures[:, x] + row @ pictures[y] - whole)
    got = stripes.column_and_row(TORUS, SCHEDULE)(x_t, t, labels)
    assert torch.allclose(got.double().flatten(1), torch.stack(expected), atol=1e-5)


@pytest.mark.parametrize("time", [0, 100, 300, 999])
def test_given_the_noisy_image_x_and_y_are_independent_for_sos_on_a_torus_only(time):
    dependence = {}
    for kind in ("sos", "bump"):
        canvas = replace(TORUS, kind=kind, sigma=0.8)
        x_t, t = noised(canvas, canvas.lattice()[:8], time)
        joint = posterior_weights(x_t, t, canvas.render(canvas.lattice()), SCHEDULE).reshape(8, 8, 8)
        product = joint.sum(2)[:, :, None] * joint.sum(1)[:, None, :]
        dependence[kind] = float((joint - product).abs().max())
    assert dependence["sos"] < 1e-6
    assert dependence["bump"] > 1e-3 or time in (0, 999)  # a point, and no opinion at all


def test_the_sum_is_exact_for_sos_at_all_noise_and_for_bumps_under_faint_noise_only():
    times = (0, 300, 999)
    sos = stripes.sum_error(replace(TORUS, kind="sos"), SCHEDULE, times)
    bump = stripes.sum_error(TORUS, SCHEDULE, times)
    assert max(sos) < 1e-10
    assert bump[0] < 1e-10 and 0.1 < bump[1] < bump[2]
    # under nothing but noise the sum is a mean column and a mean row less the mean of all
    world = TORUS.render(TORUS.lattice()).reshape(8, 8, 8, 8)  # [y, x, row, column]
    wrong = world.mean(0)[2] + world.mean(1)[5] - world.mean((0, 1)) - world[5, 2]
    assert math.isclose(bump[2], float((wrong**2).sum() / (world[5, 2] ** 2).sum()), rel_tol=0.15)


def test_sum_error_of_a_given_denoiser():
    blank = lambda x_t, t, labels: torch.zeros_like(x_t)
    assert stripes.sum_error(TORUS, SCHEDULE, (10,), blank) == pytest.approx([1])


def test_the_experiment_is_the_sweeps_own_and_sees_no_pair():
    for setting, seed in stripes.STUDY.cases():
        chosen = stripes.experiment(setting["kind"], seed)
        train = chosen.train_on.split(chosen.canvas).train
        assert not chosen.canvas.visible(train).all(1).any() and chosen.canvas.kind == setting["kind"]
    with pytest.raises(ValueError, match="not in the sweep"):
        stripes.experiment("bump", 99)


def test_only_learned_records_are_drawn():
    from bumpbook.beyond.pictures import to_text

    def record(kind, seed, learned):
        images = torch.full((6, 1, 16, 16), seed / 10)
        measured = {"learned": learned, "drawings": to_text(images)}
        return {"setting": {"kind": kind}, "seed": seed, "measured": measured}

    shown = stripes.drawn([record("bump", 0, False), record("bump", 1, True), record("sos", 2, True)])
    assert {name: round(float(images.mean()), 2) for name, images in shown.items()} == {
        "bump": 0.1,
        "SOS": 0.2,
    }


def test_the_known_line_matters_for_the_ideal_denoiser():
    """One column known is a denoiser over that column's images."""
    labels = torch.tensor([[3.0, 3.0]])
    x_t, t = noised(TORUS, labels, 200)
    column = TORUS.render(torch.stack([torch.full((8,), 3.0), TORUS.axis()], 1))
    row = TORUS.render(torch.stack([TORUS.axis(), torch.full((8,), 3.0)], 1))
    world = TORUS.render(TORUS.lattice())
    parts = [ideal_denoiser(x_t, t, images, SCHEDULE) for images in (column, row, world)]
    got = stripes.column_and_row(TORUS, SCHEDULE)(x_t, t, labels)
    assert torch.allclose(got, parts[0] + parts[1] - parts[2], atol=1e-6)

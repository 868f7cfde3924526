"""Closed forms against slow independent ones: a loop in plain Python, rendered images."""

import math

import numpy as np
import pytest
import torch
from wrong_calls import POSITIVE, WORDS, tried

from bumpbook.frame.exact import (
    ideal_denoiser,
    position_error,
    position_information,
    posterior_weights,
    told_bits,
    x0_weight,
)
from bumpworld import Canvas, NoiseSchedule
from bumpworld.diffusion import TARGETS, make_target, x0_from

SCHEDULE = NoiseSchedule.linear(1000)
WORLD = Canvas(8, sigma=1.2).render(Canvas(8, spacing=2.0).lattice())  # 16 images


def noisy(times, seed=0):
    generator = torch.Generator().manual_seed(seed)
    t = torch.tensor(times)
    x0 = WORLD[torch.randint(len(WORLD), (len(t),), generator=generator)]
    return SCHEDULE.add_noise(x0, t, torch.randn(x0.shape, generator=generator)), t


@pytest.mark.parametrize("schedule", [SCHEDULE, NoiseSchedule.cosine(1000)])
def test_the_ideal_denoiser_is_the_posterior_mean(schedule):
    times = [0, 30, 200, 500, 700, 990]
    x_t, t = noisy(times)
    estimate = ideal_denoiser(x_t, t, WORLD, schedule)
    for row, time in enumerate(times):
        alpha_bar = float(schedule.alpha_bar[time])
        x = x_t[row].double().numpy()
        distance = [((x - math.sqrt(alpha_bar) * image.double().numpy()) ** 2).sum() for image in WORLD]
        weight = np.exp(-(np.array(distance) - min(distance)) / (2 * (1 - alpha_bar)))
        mean = sum(w * image.double().numpy() for w, image in zip(weight, WORLD, strict=True)) / weight.sum()
        np.testing.assert_allclose(estimate[row], mean, atol=1e-6)
        np.testing.assert_allclose(
            posterior_weights(x_t, t, WORLD, schedule)[row], weight / weight.sum(), atol=1e-8
        )


def test_bits_are_all_there_at_first_none_at_last_and_those_of_a_coin_in_between():
    assert told_bits(WORLD, 0, SCHEDULE, 64) == pytest.approx(math.log2(len(WORLD)), abs=1e-3)
    assert told_bits(WORLD, 999, SCHEDULE, 256) == pytest.approx(0, abs=0.05)
    # one pixel, two values: 1 - E[h(P)] by quadrature over the channel's normal output
    coin, t = torch.tensor([-1.0, 1.0]).reshape(2, 1, 1, 1), 400
    ratio = math.sqrt(float(SCHEDULE.alpha_bar[t] / (1 - SCHEDULE.alpha_bar[t])))
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    wanted = 1 - (weights * np.log2(1 + np.exp(-2 * ratio * (ratio + nodes)))).sum() / math.sqrt(2 * math.pi)
    assert told_bits(coin, t, SCHEDULE, 20000) == pytest.approx(wanted, abs=0.01)


def test_the_denoiser_of_one_image_is_that_image():
    x_t, t = noisy([0, 500, 999])
    torch.testing.assert_close(ideal_denoiser(x_t, t, WORLD[:1], SCHEDULE), WORLD[:1].expand(3, -1, -1, -1))


def test_the_denoiser_goes_from_the_nearest_image_to_the_mean():
    x_t, t = noisy([0, 999])
    clean, noise = ideal_denoiser(x_t, t, WORLD, SCHEDULE)
    assert min((clean - image).abs().max() for image in WORLD) < 1e-6
    torch.testing.assert_close(noise, WORLD.mean(0), atol=0.01, rtol=0)


def test_no_denoiser_does_better_than_the_ideal_one():
    generator = torch.Generator().manual_seed(1)
    t = torch.full((2000,), 700)
    x0 = WORLD[torch.randint(len(WORLD), (2000,), generator=generator)]
    x_t = SCHEDULE.add_noise(x0, t, torch.randn(x0.shape, generator=generator))
    weights = posterior_weights(x_t, t, WORLD, SCHEDULE).float()
    mean = ideal_denoiser(x_t, t, WORLD, SCHEDULE)
    rivals = [WORLD[weights.argmax(1)], WORLD.mean(0).expand_as(x0), 0.9 * mean, 1.1 * mean]
    best = ((mean - x0) ** 2).mean()
    assert all(best < ((rival - x0) ** 2).mean() for rival in rivals)


@pytest.mark.parametrize("sigma", [1.0, 1.7, 2.5])
@pytest.mark.parametrize("amplitude", [1.0, 0.3])
def test_fisher_information_of_a_position(sigma, amplitude):
    # of a mean m(x) in noise of variance s^2: |dm/dx|^2 / s^2, here with m = sqrt(alpha_bar) A bump(x)
    canvas, h = Canvas(32, sigma), 2**-6
    for x in (15.0, 15.5, 16.25):
        ahead, behind = amplitude * canvas.render([[x + h, 16.0], [x - h, 16.0]]).double()
        slope = (((ahead - behind) / (2 * h)) ** 2).sum()
        assert slope.item() == pytest.approx(math.pi * amplitude**2 / 2, rel=2e-3)
        # float32 would have lost the digits of 1 - alpha_bar at the first times
        alpha_bar = SCHEDULE.exact_alpha_bar
        expected = slope * alpha_bar / (1 - alpha_bar)
        torch.testing.assert_close(position_information(SCHEDULE, amplitude), expected, rtol=2e-3, atol=0)
    error = position_error(SCHEDULE, amplitude)
    torch.testing.assert_close(error**2 * position_information(SCHEDULE, amplitude), torch.ones_like(error))
    assert (error.diff() > 0).all()


def test_the_matched_filter_reaches_the_smallest_possible_error():
    from bumpworld import read_centers

    canvas, time = Canvas(16, sigma=1.5), torch.tensor(60)
    signal, sigma = SCHEDULE.signal_noise(time[None])
    labels = 7 + torch.rand(400, 2, generator=torch.Generator().manual_seed(2))
    noise = torch.randn(400, 1, 16, 16, generator=torch.Generator().manual_seed(3))
    read = read_centers(canvas.render(labels) + sigma / signal * noise, canvas).centers
    spread = (read - labels).square().mean().sqrt()
    assert spread == pytest.approx(position_error(SCHEDULE)[60].item(), rel=0.15)


@pytest.mark.parametrize("target", TARGETS)
def test_the_weight_of_a_target_is_its_ratio_of_squared_errors(target):
    t = torch.tensor([3, 50, 300, 600, 990])
    x0, noise, wrong = torch.randn(3, 5, 1, 4, 4, generator=torch.Generator().manual_seed(0)).double()
    signal, sigma = (part.double() for part in SCHEDULE.signal_noise(t))
    asked = make_target(target, x0, noise, signal, sigma)
    estimate = x0_from(target, asked + wrong, signal * x0 + sigma * noise, signal, sigma)
    ratio = (wrong**2).sum((1, 2, 3)) / ((estimate - x0) ** 2).sum((1, 2, 3))
    torch.testing.assert_close(x0_weight(target, SCHEDULE.alpha_bar)[t].double(), ratio, rtol=1e-3, atol=0)


# Wrong calls

IMAGES, TIMES, HUNDRED = WORLD[:4], torch.tensor([1, 2, 3, 4]), NoiseSchedule.linear(100)
TORN = IMAGES[:, :, :7]
ASKED = {"x_t": IMAGES, "t": TIMES, "images": IMAGES, "schedule": HUNDRED}
CALLS = {
    "told_bits": (
        told_bits,
        {"images": IMAGES, "t": 3, "schedule": HUNDRED, "draws": 2},
        {
            "images": (*WORDS, IMAGES[:0], IMAGES[0], IMAGES * math.nan),
            "t": (*WORDS, 100, -1, TIMES),
            "schedule": WORDS,
            "draws": (*WORDS, 0),
        },
    ),
    "posterior_weights": (
        posterior_weights,
        ASKED,
        {
            "x_t": (*WORDS, TORN),
            "t": (*WORDS, [1], TIMES[:2], TIMES / 2, TIMES + 100, -TIMES),
            "images": (*WORDS, IMAGES[:0], IMAGES * math.nan),
            "schedule": (*WORDS, 100),
        },
    ),
    "ideal_denoiser": (
        ideal_denoiser,
        ASKED,
        {
            "x_t": (*WORDS, TORN),
            "t": (*WORDS, TIMES[:2], TIMES + 100),
            "images": (*WORDS, IMAGES[:0]),
            "schedule": WORDS,
        },
    ),
    "x0_weight": (
        x0_weight,
        {"target": "v", "alpha_bar": torch.tensor(0.5)},
        {"target": (*WORDS, "score"), "alpha_bar": (*WORDS, [0.5])},
    ),
    "position_error": (position_error, {"schedule": HUNDRED}, {"schedule": WORDS, "amplitude": POSITIVE}),
    "position_information": (
        position_information,
        {"schedule": HUNDRED},
        {"schedule": WORDS, "amplitude": POSITIVE},
    ),
}

test_what_cannot_be_is_named_with_what_is_allowed, test_what_is_right_is_answered = tried(CALLS)

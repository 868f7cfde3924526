"""Schedules, steps and targets against the `diffusers` package and closed forms; the loss; the sampler."""

import math

import pytest
import torch
from diffusers import DDIMScheduler, DDPMScheduler
from torch import nn

from bumpworld import NoiseSchedule, sample
from bumpworld.diffusion import (
    TARGETS,
    DiffusionModel,
    ddim_step,
    make_target,
    sample_path,
    sampling_times,
    training_loss,
    x0_from,
)

LINEAR, COSINE = NoiseSchedule.linear(1000), NoiseSchedule.cosine(1000)
SCHEDULES = pytest.mark.parametrize(
    ("schedule", "name"), [(LINEAR, "linear"), (COSINE, "squaredcos_cap_v2")], ids=["linear", "cosine"]
)
PREDICTION = {"eps": "epsilon", "v": "v_prediction", "x0": "sample"}
ALL_TARGETS = pytest.mark.parametrize("target", TARGETS)


def draws(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


class Recorder(nn.Module):
    """A network that answers with a fixed function and remembers what it was asked."""

    def __init__(self, answer):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.answer, self.asked = answer, []

    def forward(self, x, t, labels):
        self.asked.append((x.clone(), t.clone(), labels.clone()))
        return self.answer(x, t, labels) + self.weight


# Schedules


@SCHEDULES
def test_schedules_equal_diffusers(schedule, name):
    theirs = DDPMScheduler(1000, beta_schedule=name, beta_start=1e-4, beta_end=0.02)
    exact = torch.cumprod(1 - theirs.betas.double(), 0)  # their own product is rounded a thousand times
    torch.testing.assert_close(schedule.alpha_bar.double(), exact, rtol=2e-5, atol=1e-9)
    torch.testing.assert_close(schedule.alpha_bar, theirs.alphas_cumprod, rtol=1e-4, atol=1e-9)
    assert schedule.alpha_bar.shape == (1000,) and schedule.alpha_bar.dtype == torch.float32


def test_reference_values_of_the_linear_schedule():
    assert [float(LINEAR.alpha_bar[step - 1]) for step in (1, 500, 1000)] == pytest.approx(
        [0.9999, 0.078587, 4.0358e-5], rel=1e-5
    )


@pytest.mark.parametrize("steps", [1, 2, 10, 333, 1000])
def test_noise_only_grows(steps):
    for schedule in (NoiseSchedule.linear(steps), NoiseSchedule.cosine(steps)):
        alpha_bar = schedule.alpha_bar
        assert alpha_bar.shape == (steps,)
        assert (alpha_bar.diff() < 0).all()
        assert 0 < alpha_bar.min() and alpha_bar.max() < 1


@SCHEDULES
def test_noising_equals_diffusers(schedule, name):
    theirs = DDPMScheduler(1000, beta_schedule=name, beta_start=1e-4, beta_end=0.02)
    x0, noise, t = draws(5, 1, 4, 4), draws(5, 1, 4, 4, seed=1), torch.tensor([0, 10, 400, 800, 999])
    expected = theirs.add_noise(x0, noise, t)
    torch.testing.assert_close(schedule.add_noise(x0, t, noise), expected, rtol=1e-5, atol=1e-5)


def test_schedules_are_values():
    assert LINEAR == NoiseSchedule.linear() != COSINE == NoiseSchedule("cosine", 1000)
    assert len({LINEAR, NoiseSchedule.linear(1000), NoiseSchedule.linear(100)}) == 2


# Targets


@SCHEDULES
@ALL_TARGETS
def test_targets_turn_back_into_the_image(schedule, name, target):
    x0, noise, t = draws(6, 1, 4, 4), draws(6, 1, 4, 4, seed=1), torch.tensor([0, 5, 100, 500, 800, 950])
    signal, sigma = schedule.signal_noise(t)
    x_t = schedule.add_noise(x0, t, noise)
    back = x0_from(target, make_target(target, x0, noise, signal, sigma), x_t, signal, sigma)
    torch.testing.assert_close(back, x0, rtol=1e-4, atol=1e-4)


def test_the_velocity_equals_diffusers():
    theirs = DDPMScheduler(1000, beta_start=1e-4, beta_end=0.02)
    x0, noise, t = draws(5, 1, 4, 4), draws(5, 1, 4, 4, seed=1), torch.tensor([0, 10, 400, 800, 999])
    expected = theirs.get_velocity(x0, noise, t)
    torch.testing.assert_close(
        make_target("v", x0, noise, *LINEAR.signal_noise(t)), expected, rtol=1e-5, atol=1e-5
    )


# Steps


@SCHEDULES
@ALL_TARGETS
@pytest.mark.parametrize("eta", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("steps", [4, 20, 1000])
def test_ddim_steps_equal_diffusers(schedule, name, target, eta, steps):
    theirs = DDIMScheduler(
        1000,
        beta_schedule=name,
        beta_start=1e-4,
        beta_end=0.02,
        clip_sample=False,
        set_alpha_to_one=True,
        prediction_type=PREDICTION[target],
        timestep_spacing="trailing",
    )
    theirs.set_timesteps(steps)
    times = sampling_times(schedule, steps)
    assert times == theirs.timesteps.tolist()
    alpha_bar = torch.cat([schedule.alpha_bar, torch.ones(1)])
    theirs.alphas_cumprod = schedule.alpha_bar  # the schedules are compared above: here the steps alone
    x_t, output, noise = (draws(2, 1, 4, 4, seed=s) for s in range(3))
    for i in range(0, steps, max(1, steps // 8)):
        t, before = times[i], times[i + 1] if i + 1 < steps else -1
        x0 = x0_from(target, output, x_t, *schedule.signal_noise(torch.tensor([t, t])))
        ours = ddim_step(x_t, x0, alpha_bar[t], alpha_bar[before], eta, noise)
        expected = theirs.step(output, t, x_t, eta=eta, variance_noise=noise)
        torch.testing.assert_close(x0, expected.pred_original_sample, rtol=1e-5, atol=1e-5)
        torch.testing.assert_close(ours, expected.prev_sample, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("t", [1, 40, 500, 999])
def test_eta_one_is_the_ancestral_ddpm_step(t):
    theirs = DDPMScheduler(1000, beta_start=1e-4, beta_end=0.02, clip_sample=False, prediction_type="sample")
    x_t, x0, noise = draws(2, 1, 4, 4), draws(2, 1, 4, 4, seed=1), draws(2, 1, 4, 4, seed=7)
    expected = theirs.step(x0, t, x_t, generator=torch.Generator().manual_seed(7)).prev_sample
    ours = ddim_step(x_t, x0, LINEAR.alpha_bar[t], LINEAR.alpha_bar[t - 1], 1.0, noise)
    torch.testing.assert_close(ours, expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("total", [1000, 100])
def test_sampling_times_are_trailing(total):
    schedule = NoiseSchedule.linear(total)
    for steps in (1, 2, 5, 10, 20, 25, 50, 100):
        theirs = DDIMScheduler(total, timestep_spacing="trailing")
        theirs.set_timesteps(steps)
        times = sampling_times(schedule, steps)
        assert times == theirs.timesteps.tolist()
        assert times[0] == total - 1
    for steps in range(1, total + 1, 7):
        times = sampling_times(schedule, steps)
        assert len(set(times)) == steps and times == sorted(times, reverse=True) and times[-1] >= 0


# Loss


@ALL_TARGETS
def test_a_perfect_network_has_no_loss(target):
    images = draws(32, 1, 4, 4).abs()

    def answer(x, t, labels):
        signal, sigma = LINEAR.signal_noise(t)
        return make_target(target, images, (x - signal * images) / sigma, signal, sigma)

    model = DiffusionModel(Recorder(answer), LINEAR, target, 4)
    loss = training_loss(model, images, torch.zeros(32, 2), torch.Generator().manual_seed(0))
    assert loss < 1e-6


def test_a_silent_network_has_the_loss_of_the_noise():
    model = DiffusionModel(Recorder(lambda x, t, labels: 0 * x), LINEAR, "eps", 8)
    loss = training_loss(
        model, torch.zeros(256, 1, 8, 8), torch.zeros(256, 2), torch.Generator().manual_seed(0)
    )
    assert loss.item() == pytest.approx(1, abs=5 * math.sqrt(2 / (256 * 64)))


def test_times_are_uniform_and_the_noise_is_the_schedules():
    net = Recorder(lambda x, t, labels: 0 * x)
    labels = draws(500, 2)
    model, generator = DiffusionModel(net, LINEAR, "x0", 4), torch.Generator().manual_seed(0)
    for _ in range(8):
        training_loss(model, torch.ones(500, 1, 4, 4), labels, generator)
    x, t, asked = (torch.cat(parts) for parts in zip(*net.asked, strict=True))
    assert torch.equal(asked, labels.repeat(8, 1))
    assert t.min() >= 0 and t.max() <= 999
    counts = torch.histc(t.float(), 10, 0, 1000)
    assert (counts - 400).abs().max() < 5 * 20
    times = t.reshape(8, 500).double()
    assert (
        torch.corrcoef(times)[0, 1:].abs().max() < 0.25
    )  # which image gets which time changes from batch to batch
    signal, sigma = LINEAR.signal_noise(t)
    noise = (x - signal) / sigma
    assert noise.mean().item() == pytest.approx(0, abs=0.02)
    assert noise.std().item() == pytest.approx(1, abs=0.02)
    first = net.asked[0][1]
    training_loss(model, torch.ones(500, 1, 4, 4), labels, torch.Generator().manual_seed(0))
    assert torch.equal(net.asked[-1][1], first)


# Sampler


def image_of(labels):
    """A different image for every label."""
    grid = torch.linspace(0, 1, 16).reshape(4, 4)
    return torch.sin(labels[:, :1, None, None] + grid) * torch.cos(labels[:, 1:, None, None] * grid)


@ALL_TARGETS
@pytest.mark.parametrize("steps", [1, 3, 20])
@pytest.mark.parametrize("eta", [0.0, 1.0])
def test_a_perfect_denoiser_is_sampled_exactly(target, steps, eta):
    def answer(x, t, labels):
        signal, sigma = LINEAR.signal_noise(t)
        x0 = image_of(labels)
        return make_target(target, x0, (x - signal * x0) / sigma, signal, sigma)

    model = DiffusionModel(Recorder(answer), LINEAR, target, 4)
    labels = torch.tensor([[0.0, 1.0], [2.0, 3.0], [1.0, 1.0]])
    drawn = sample(model, labels, steps, eta, torch.Generator().manual_seed(0))
    torch.testing.assert_close(drawn, image_of(labels), atol=1e-3, rtol=1e-3)
    assert [int(t[0]) for _, t, _ in model.net.asked] == sampling_times(LINEAR, steps)


def test_scaled_images_are_trained_and_drawn_to_scale():
    net = Recorder(lambda x, t, labels: 3 * image_of(labels))
    model = DiffusionModel(net, LINEAR, "x0", 4, scale=3.0)
    labels = draws(64, 2)
    assert training_loss(model, image_of(labels), labels, torch.Generator().manual_seed(0)) < 1e-10
    x, t, _ = net.asked[0]
    signal, sigma = LINEAR.signal_noise(t)
    assert ((x - 3 * signal * image_of(labels)) / sigma).std().item() == pytest.approx(1, abs=0.1)
    torch.testing.assert_close(sample(model, labels[:3], 5), image_of(labels[:3]), atol=1e-3, rtol=1e-3)


def gaussian_model(spread):
    """The exact denoiser of pixels that are independent Gaussians of standard deviation ``spread`` around 0.3."""

    def answer(x, t, labels):
        signal, sigma = LINEAR.signal_noise(t)
        return 0.3 + signal * spread**2 / (signal**2 * spread**2 + sigma**2) * (x - signal * 0.3)

    return DiffusionModel(Recorder(answer), LINEAR, "x0", 8)


@pytest.mark.parametrize("eta", [0.0, 0.5, 1.0])
def test_samples_of_a_gaussian_world_have_its_spread(eta):
    drawn = sample(gaussian_model(0.5), torch.zeros(100, 2), 500, eta, torch.Generator().manual_seed(0))
    assert drawn.mean().item() == pytest.approx(0.3, abs=0.02)
    assert drawn.std().item() == pytest.approx(0.5, rel=0.05)


def test_only_eta_adds_noise_on_the_way():
    path = list(sample_path(gaussian_model(0.5), torch.zeros(2, 2), 5, 0.0, torch.Generator().manual_seed(3)))
    ends = [
        sample(gaussian_model(0.5), torch.zeros(2, 2), 5, eta, torch.Generator().manual_seed(3))
        for eta in (0.0, 0.0, 1.0)
    ]
    assert torch.equal(ends[0], ends[1]) and torch.equal(ends[0], path[-1].image)
    assert not torch.allclose(ends[0], ends[2])
    assert [state.t for state in path] == [999, 799, 599, 399, 199]
    torch.testing.assert_close(path[-1].image, path[-1].estimate)  # the last step leaves no noise
    other = sample(gaussian_model(0.5), torch.zeros(2, 2), 5, 0.0, torch.Generator().manual_seed(4))
    assert not torch.allclose(ends[0], other)


def test_another_denoiser_can_be_put_in():
    model = DiffusionModel(Recorder(lambda x, t, labels: 0 * x), LINEAR, "x0", 4)
    labels = torch.tensor([[1.0, 2.0]])
    drawn = sample(model, labels, 10, denoise=lambda x, t, asked: image_of(asked.flip(1)))
    torch.testing.assert_close(drawn, image_of(labels.flip(1)), atol=1e-4, rtol=1e-4)
    assert model.net.asked == []

"""Bumps of hidden brightness: drawn and read by the formula, denoised as the posterior says, learned or not."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from bumpbook.beyond import hidden
from bumpbook.beyond.hidden_world import BRIGHTEST, DIMMEST, HiddenWorld
from bumpworld import Canvas, NoiseSchedule
from bumpworld.diffusion import sample
from bumpworld.exact import ideal_denoiser
from bumpworld.experiment import Experiment
from bumpworld.measure import read_centers
from bumpworld.train import new_model

WORLD, SCHEDULE = HiddenWorld(), NoiseSchedule.linear()
place = st.floats(0, 14.9)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@settings(max_examples=60)
@given(place, place, st.floats(0.3, 1.2))
def test_what_was_drawn_is_read_back(x, y, brightness):
    image = WORLD.render(torch.tensor([[x, y]]), torch.tensor([brightness]))
    found = WORLD.read(image)
    np.testing.assert_allclose(found.at[0], (x, y), atol=2e-3)
    assert found.brightness.item() == pytest.approx(brightness, abs=2e-3)
    assert found.residual.item() < 1e-4


def test_a_bump_of_full_brightness_is_read_as_the_plain_world_reads_it():
    labels = Canvas().lattice()
    noisy = Canvas().render(labels) + 0.02 * torch.randn(256, 1, 16, 16, generator=generator())
    ours, plain = WORLD.read(noisy), read_centers(noisy, Canvas())
    # the plain judge knows the brightness, this one does not: both are within the noise of each other
    assert (ours.at - plain.centers).abs().max() < 0.1
    assert ours.right(labels, 0.45).all() and (ours.brightness - 1).abs().max() < 0.1


def test_every_visit_shows_another_brightness_of_the_same_bump():
    labels, draw = torch.tensor([[5.0, 9.0]]).expand(4000, -1), generator()
    seen = WORLD.visit(labels, draw)[:, 0, 9, 5]
    assert seen.min() >= DIMMEST and seen.max() <= BRIGHTEST
    assert float(seen.mean()) == pytest.approx((DIMMEST + BRIGHTEST) / 2, abs=0.01)
    assert float(seen.std()) == pytest.approx((BRIGHTEST - DIMMEST) / 12**0.5, abs=0.01)
    plain = HiddenWorld(BRIGHTEST).visit(labels[:3], draw)
    torch.testing.assert_close(plain, Canvas().render(labels[:3]))


@pytest.mark.parametrize("time", [0, 50, 300, 999])
def test_the_ideal_is_the_mean_of_the_posterior(time):
    """Against SciPy's quadrature of the likelihood of the whole image."""
    label, t, noise = (
        torch.tensor([[4.0, 6.0]]),
        torch.tensor([time]),
        torch.randn(1, 1, 16, 16, generator=generator()),
    )
    noisy = SCHEDULE.add_noise(WORLD.render(label, torch.tensor([0.55])), t, noise)
    bump, x = Canvas().render(label)[0, 0].double().numpy(), noisy[0, 0].double().numpy()
    alpha_bar = float(SCHEDULE.exact_alpha_bar[time])
    log = lambda a: -((x - alpha_bar**0.5 * a * bump) ** 2).sum() / (2 * (1 - alpha_bar))
    top = max(map(log, np.linspace(DIMMEST, BRIGHTEST, 601)))
    mass, moment = (
        quad(lambda a, p=p: a**p * np.exp(log(a) - top), DIMMEST, BRIGHTEST, points=[0.55], limit=200)[0]
        for p in (0, 1)
    )
    ideal = WORLD.ideal(noisy, t, label, SCHEDULE)
    np.testing.assert_allclose(ideal[0, 0], moment / mass * bump, atol=2e-4)


def test_the_ideal_is_that_of_a_finite_set_of_many_brightnesses():
    label, t = torch.tensor([[7.0, 7.0]]), torch.full((8,), 400)
    bright = torch.linspace(DIMMEST, BRIGHTEST, 2001)
    images = WORLD.render(label.expand(2001, -1), bright)
    noisy = SCHEDULE.add_noise(images[::250][:8], t, torch.randn(8, 1, 16, 16, generator=generator()))
    ours = WORLD.ideal(noisy, t, label.expand(8, -1), SCHEDULE)
    torch.testing.assert_close(ours, ideal_denoiser(noisy, t, images, SCHEDULE), atol=1e-3, rtol=0)


def test_drawn_by_the_ideal_the_brightness_is_as_in_the_world():
    """The finer sampler keeps the distribution, so that what a network's drawings lack is the network's."""
    carrier = new_model(Experiment())
    ideal = lambda x_t, t, labels: WORLD.ideal(x_t, t, labels, SCHEDULE)
    labels = Canvas().lattice()
    bright = WORLD.read(
        sample(carrier, labels, hidden.FINE_STEPS, generator=generator(), denoise=ideal)
    ).brightness
    distance = hidden.distance(bright.tolist())
    assert distance < 0.1
    # a denoiser that draws the mean fails the same test, and so does one that knows two brightnesses
    assert hidden.distance([0.7] * 256) > 0.45 and hidden.distance([0.4, 1.0] * 128) > 0.45


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: HiddenWorld(0), "dimmest is 0"),
        (lambda: HiddenWorld(1.5), "dimmest is 1.5"),
        (lambda: HiddenWorld(size=3), "size is 3"),
        (lambda: WORLD.read(torch.zeros(2, 1, 8, 8)), "images"),
        (lambda: hidden.experiment("everything", 0), "held_out is 'everything'; allowed are .'nothing'"),
        (
            lambda: hidden.measure({"world": "dark", "held_out": "nothing"}, 0),
            "world is 'dark'; allowed are .'hidden'",
        ),
    ],
)
def test_errors_name_what_is_allowed(make, message):
    with pytest.raises(ValueError, match=message):
        make()

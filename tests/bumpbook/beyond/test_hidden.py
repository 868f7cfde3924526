"""Bumps of hidden brightness: drawn and read by the formula, denoised as the posterior says, learned or not."""

import re
import shutil

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from bumpbook.beyond import hidden, hidden_brightness, hidden_findings
from bumpbook.beyond.hidden_world import BRIGHTEST, DIMMEST, HiddenWorld
from bumpbook.frame.exact import ideal_denoiser
from bumpbook.frame.findings import Unsupported
from bumpbook.frame.predictions import read_predictions
from bumpworld import Canvas, NoiseSchedule
from bumpworld.diffusion import sample
from bumpworld.experiment import Experiment
from bumpworld.measure import read_centers
from bumpworld.store import Store
from bumpworld.train import new_model
from made_up import write_study
from shared import ROOT

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


def networks(seed=0, sighted=True, square=1.0, columns=0.3, plain=0.1, place="label"):
    """What the study would hold of networks that look, or of ones that draw every bump in the mean brightness."""
    bright = torch.linspace(DIMMEST, BRIGHTEST, 512)[torch.randperm(512, generator=generator())]
    middle, noise = (DIMMEST + BRIGHTEST) / 2, 0.01 * torch.randn(512, generator=generator(seed + 1))
    drawn = middle + 0.85 * sighted * (bright - middle) + noise
    seen_ideal = [0.99, 0.85, 0.5, 0.2, 0.1, 0.0, 0.0]

    def measured(setting):
        new = {"square of 4": square, "4 columns": columns if setting["world"] == "hidden" else plain}
        found = {
            "train": [1.0, 1.0],
            "unseen": None,
            "label": [0.0] * 7,
            "image": [0.0] * 7,
            place: [1.0] * 7,
        }
        if setting["held_out"] != "nothing":
            found["unseen"] = [1.0, new[setting["held_out"]]]
        if setting["world"] == "hidden":
            found |= {"drawn": drawn.tolist(), "ideal": bright.tolist(), "unseen_drawn": []}
            found |= {"seen": [(v - 0.02) * sighted for v in seen_ideal], "seen_ideal": seen_ideal}
        return found

    return measured


@pytest.fixture
def say(tmp_path, monkeypatch):
    """The finding as it would be for made-up networks of three seeds."""
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    (tmp_path / "predictions").mkdir()
    shutil.copy(ROOT / "results" / "predictions" / "hidden.json", tmp_path / "predictions")

    def finding(**changes):
        write_study(hidden.STUDY, Store(tmp_path), lambda s, seed: networks(seed, **changes)(s), 3)
        return hidden_findings.looking()

    return finding


def test_the_finding_is_what_networks_that_look_support(say):
    text = say()
    assert "correlation 0.83 at t = 50; the ideal denoiser 0.85" in text
    assert "standard deviation 0.15; in the world 0.17" in text
    assert "It composes as before: 100 % of a held-out square" in text
    assert "draws 30 %, a network of the plain world that trained as long 10 %" in text
    assert "place it takes from the label" in text
    # every prediction is judged beside it
    assert text.count("| agrees |") == len(hidden_findings.LIMITS) - 1 and text.count("| partly |") == 1


@pytest.mark.parametrize(
    "change", [{"sighted": False}, {"square": 0.4}, {"columns": 0.9}, {"plain": 0.9}, {"place": "image"}]
)
def test_the_finding_ends_the_build_where_networks_do_otherwise(say, change):
    with pytest.raises(Unsupported, match="A network looks"):
        say(**change)


def test_the_sentence_in_short_is_about_looking_alone(say):
    say()
    assert "even where the image shows another" in hidden_findings.looks()
    for change in ({"sighted": False}, {"place": "image"}):
        with pytest.raises(Unsupported):
            say(**change)
        with pytest.raises(Unsupported, match="A network looks"):
            hidden_findings.looks()


def test_limits_are_those_that_were_written_down():
    said = {p["name"]: p for p in read_predictions("hidden", Store(ROOT / "results"))["predictions"]}
    assert list(said) == list(hidden_findings.LIMITS)
    for name, limits in hidden_findings.LIMITS.items():
        for word in ("agrees", "partly"):
            numbers = [getattr(limit, word) for limit in limits if getattr(limit, word)]
            assert [float(n) for n in re.findall(r"\.\d+", said[name][word])] == numbers, (name, word)


def test_the_figure_shows_brightness_of_every_seed():
    rows = [
        {
            "world": "hidden",
            "held_out": "nothing",
            "seed": s,
            **networks(s)({"world": "hidden", "held_out": "nothing"}),
        }
        for s in (0, 1)
    ]
    left, right = hidden_brightness(pd.DataFrame(rows)).axes
    assert [line.get_xydata().shape for line in left.lines[:1]] == [(7, 2)] and len(left.lines) == 4 * 3
    bars = [bar.get_height() for bar in right.patches]
    assert sum(bars) == pytest.approx(1) and len(bars) == 12
    with pytest.raises(ValueError, match="no network of the hidden world"):
        hidden_brightness(pd.DataFrame(rows).assign(world="plain"))

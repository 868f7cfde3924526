"""Representations read out of layers: raw pixels against numpy, SOS worlds against the additive code that they are."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from bumpworld import Canvas
from bumpworld.diffusion import DiffusionModel, NoiseSchedule
from bumpworld.evaluate import NOISE_SEED
from bumpworld.instruments import represent
from bumpworld.instruments.geometry import pca_spectrum
from bumpworld.unet import ConditionalUNet, UNetConfig

NET = UNetConfig(channels=(8, 8), heads=2, label_features=4, time_features=4, embedding=8)
WORLDS = [Canvas(size=8), Canvas(size=8, kind="sos"), Canvas(size=8, periodic=True), Canvas(size=8, margin=2)]


def random_model(seed=0, scale=1.0):
    """A model with every weight drawn at random: a new one is zero in its last layer."""
    torch.manual_seed(seed)
    net = ConditionalUNet(NET)
    with torch.no_grad():
        for weight in net.parameters():
            weight.copy_(0.3 * torch.randn_like(weight))
    return DiffusionModel(net, NoiseSchedule.linear(1000), "x0", 8, scale).eval()


MODEL = random_model()


def noised_images(canvas, t, scale=1.0):
    """The images of all 2D labels under noise, written again in numpy."""
    pixel = np.arange(8)
    place = np.arange(8 / canvas.spacing) * canvas.spacing
    distance = np.abs(pixel - place[:, None])
    if canvas.periodic:
        distance = np.minimum(distance, 8 - distance)
    profile = np.exp(-(distance**2) / (2 * canvas.sigma**2))
    y, x = (a.ravel() for a in np.meshgrid(range(len(place)), range(len(place)), indexing="ij"))
    rows, columns = profile[y][:, :, None], profile[x][:, None, :]
    images = rows * columns if canvas.kind == "bump" else (rows + columns) / 2
    alpha_bar = np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))[t]
    noise = torch.randn(len(images), 1, 8, 8, generator=torch.Generator().manual_seed(NOISE_SEED)).numpy()
    noisy = np.sqrt(alpha_bar) * scale * images + np.sqrt(1 - alpha_bar) * noise[:, 0]
    return noisy.reshape(len(images), -1)


@pytest.mark.parametrize("canvas", [*WORLDS, Canvas(size=8, spacing=0.5, sigma=0.5)], ids=repr)
@pytest.mark.parametrize("t", [0, 400, 999])
def test_pixels_are_the_noised_images(canvas, t):
    points = represent.representation(MODEL, canvas, "pixels", t)
    # alpha_bar is kept in float32: at t = 0 that leaves three digits of 1 - alpha_bar = 10^-4
    np.testing.assert_allclose(points, noised_images(canvas, t), rtol=0, atol=1e-5)


def test_pixels_of_a_world_with_scaled_images():
    points = represent.representation(random_model(scale=2.5), Canvas(size=8), "pixels", 100)
    np.testing.assert_allclose(points, noised_images(Canvas(size=8), 100, scale=2.5), rtol=0, atol=1e-5)


@pytest.mark.parametrize("canvas", WORLDS, ids=repr)
def test_labels_form_the_full_visible_grid(canvas):
    labels = represent.two_d_labels(canvas)
    assert canvas.visible(labels).all()
    assert len({tuple(label) for label in labels.tolist()}) == 64


def test_shapes_of_every_layer():
    sides = {"stem": 4, "down0": 4, "down1": 2, "middle": 2, "up1": 2, "up0": 4}
    features = {name: 8 * side**2 for name, side in sides.items()} | {
        "condition": 8,
        "head": 64,
        "pixels": 64,
    }
    for layer in ("pixels", *MODEL.net.layers):
        points = represent.representation(MODEL, Canvas(size=8), layer, 50)
        assert points.shape == (64, features[layer])
        assert np.isfinite(points).all()


def test_batches_do_not_mix_labels():
    """More labels than fit in one batch of 256: each row is what its label gives alone."""
    canvas = Canvas(size=8, spacing=0.25)
    points = represent.representation(MODEL, canvas, "middle", 50)
    pixels = torch.from_numpy(represent.representation(MODEL, canvas, "pixels", 50)).reshape(-1, 1, 8, 8)
    labels = represent.two_d_labels(canvas)
    assert len(points) == len(labels) == 1024
    for row in (0, 255, 256, 700, 1023):
        alone = MODEL.net.features(pixels[row][None], torch.tensor([50]), labels[row][None], "middle")
        np.testing.assert_allclose(points[row], alone.numpy().ravel(), rtol=1e-4, atol=1e-5)


def test_without_its_own_label_the_condition_is_the_same_for_all():
    canvas = Canvas(size=8)
    told = represent.representation(MODEL, canvas, "condition", 50)
    untold = represent.representation(MODEL, canvas, "condition", 50, own_label=False)
    assert told.std(axis=0).max() > 1e-3
    np.testing.assert_allclose(untold, np.broadcast_to(untold[0], untold.shape), atol=1e-6)
    middle = MODEL.net.embed(torch.tensor([50]), torch.tensor([[3.5, 3.5]])).detach().numpy()
    np.testing.assert_allclose(untold[0], middle[0], rtol=1e-5, atol=1e-6)


def test_scores_of_pixels_know_an_additive_world():
    """An SOS image is f(x) + g(y); at t = 0 the noise has one part in 10^4 of the variance of a pixel of 1."""
    (sos,) = represent.scores(
        MODEL, Canvas(size=8, kind="sos", periodic=True), layers=("pixels",), times=(0,)
    )
    (bump,) = represent.scores(MODEL, Canvas(size=8, periodic=True), layers=("pixels",), times=(0,))
    assert (sos["layer"], sos["t"]) == ("pixels", 0)
    assert sos["additive"] == pytest.approx(1, abs=0.01)
    assert sos["orthogonal"] == pytest.approx(0, abs=0.06)  # steps in x change columns, steps in y rows
    assert sos["parallel"] == pytest.approx(1, abs=0.03)
    # u(x) u(y) has an additive share of 2b / (a + b), a = mean |u|^2 and b = |mean u|^2
    a, b = np.sqrt(np.pi), 8 * (np.sqrt(2 * np.pi) / 8) ** 2
    assert bump["additive"] == pytest.approx(2 * b / (a + b), abs=0.01)


def test_noise_hides_the_geometry():
    rows = represent.scores(MODEL, Canvas(size=8, kind="sos"), layers=("pixels",), times=(0, 400, 950))
    assert [row["t"] for row in rows] == [0, 400, 950]
    additive, dimension = ([row[name] for row in rows] for name in ("additive", "dimension"))
    assert additive == sorted(additive, reverse=True)
    assert additive[-1] == pytest.approx(14 / 63, abs=0.06)  # chance: degrees of freedom of f and g
    assert dimension == sorted(dimension)


def test_scores_of_a_random_model_for_every_layer():
    rows = represent.scores(MODEL, Canvas(size=8), times=(50, 400))
    assert [(r["layer"], r["t"]) for r in rows] == [
        (layer, t) for layer in ("pixels", *MODEL.net.layers) for t in (50, 400)
    ]
    for row in rows:
        assert 1 <= row["dimension"] <= 63
        assert 0 <= row["additive"] <= 1.0001
        assert 0 <= row["four"] <= 1.0001
        assert 0 <= row["orthogonal"] <= 1
        assert -1 <= row["parallel"] <= 1
    spectrum = pca_spectrum(represent.representation(MODEL, Canvas(size=8), "down1", 50))
    (row,) = [r for r in rows if (r["layer"], r["t"]) == ("down1", 50)]
    assert row["four"] == pytest.approx(spectrum[:4].sum() / spectrum.sum(), abs=1e-4)
    assert row["dimension"] == pytest.approx(spectrum.sum() ** 2 / (spectrum**2).sum(), rel=1e-3, abs=1e-3)


def test_a_condition_is_additive_only_before_it_is_mixed():
    """The label's sines and cosines are f(x) + g(y), the network's embedding of them is not quite."""
    (row,) = represent.scores(MODEL, Canvas(size=8), layers=("condition",), times=(50,))
    assert 0.5 < row["additive"] < 1


def test_a_new_model_has_no_geometry_in_its_silent_head():
    torch.manual_seed(0)
    model = DiffusionModel(ConditionalUNet(NET), NoiseSchedule.linear(1000), "x0", 8).eval()
    rows = represent.scores(model, Canvas(size=8), times=(50,))
    assert [row["layer"] for row in rows] == ["pixels", *model.net.layers[:-1]]


def test_times_are_thousandths_of_any_schedule():
    model = random_model()
    model.schedule = replace(model.schedule, steps=100)
    (row,) = represent.scores(model, Canvas(size=8), layers=("pixels",), times=(400,))
    spectrum = pca_spectrum(represent.representation(model, Canvas(size=8), "pixels", 40))
    assert row["t"] == 400
    assert row["four"] == pytest.approx(spectrum[:4].sum() / spectrum.sum(), abs=1e-4)


def test_the_last_encoder_layer():
    assert represent.encoder_layer(MODEL) == "down1"
    assert represent.encoder_layer(MODEL) in MODEL.net.layers


def test_without_an_image_only_the_label_tells_two_points_apart():
    canvas = Canvas(size=8)
    shown = represent.representation(MODEL, canvas, "pixels", 999, blank=True, noises=3)
    assert np.ptp(shown, axis=0).max() < 1e-6
    held = represent.representation(MODEL, canvas, "middle", 999, blank=True, noises=2)
    labels, times = canvas.lattice(), torch.full((64,), 999)
    level = MODEL.schedule.exact_alpha_bar[999].item()
    by_hand = []
    for number in range(2):
        noise = torch.randn(1, 1, 8, 8, generator=torch.Generator().manual_seed(NOISE_SEED + number))
        same = (1 - level) ** 0.5 * noise.expand(64, -1, -1, -1)
        by_hand.append(MODEL.net.features(same, times, labels, "middle").flatten(1).numpy())
    np.testing.assert_allclose(held, np.mean(by_hand, axis=0), atol=1e-5)


def test_a_network_is_told_something_or_asked_nothing():
    with pytest.raises(ValueError, match="blank is True and own_label False"):
        represent.representation(MODEL, Canvas(size=8), "middle", 999, blank=True, own_label=False)

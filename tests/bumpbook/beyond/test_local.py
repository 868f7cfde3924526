"""The local equivariant score machine, against closed forms, sums by hand and its own symmetries."""

import numpy as np
import pytest
import torch

from bumpbook.beyond import local_study as local
from bumpbook.beyond.local_machine import LocalMachine, patch_books
from bumpbook.beyond.pictures import from_text, to_text
from bumpbook.frame.exact import ideal_denoiser
from bumpworld.canvas import Canvas
from bumpworld.diffusion import NoiseSchedule

SCHEDULE = NoiseSchedule.linear(1000)
CANVAS = Canvas(size=8)
KNOWN = CANVAS.render(CANVAS.lattice()[::7])


def noised(images, time, seed=0):
    t = torch.full((len(images),), time)
    noise = torch.randn(images.shape, generator=torch.Generator().manual_seed(seed))
    return SCHEDULE.add_noise(images, t, noise), t


@pytest.mark.parametrize("time", [10, 150, 999])
def test_with_patches_as_large_as_the_frame_it_is_the_ideal_denoiser(time):
    x_t, t = noised(KNOWN, time)
    got = LocalMachine(KNOWN, SCHEDULE, 15)(x_t, t)
    assert torch.allclose(got, ideal_denoiser(x_t, t, KNOWN, SCHEDULE), atol=1e-3)


def test_with_single_pixels_it_is_the_posterior_mean_of_a_pixel():
    x_t, t = noised(KNOWN[:2], 200)
    values, alpha_bar = KNOWN.flatten().double(), float(SCHEDULE.alpha_bar[200])
    flat = x_t.flatten().double()
    log = -((flat[:, None] - alpha_bar**0.5 * values) ** 2) / (2 * (1 - alpha_bar))
    expected = (torch.softmax(log, 1) @ values).reshape(x_t.shape)
    got = LocalMachine(KNOWN, SCHEDULE, 1)(x_t, t)
    assert torch.allclose(got.double(), expected, atol=1e-3)


def test_one_pixel_by_hand_in_the_middle_and_at_the_edge():
    """All patches of all images, written out as loops: in the middle, and along the top edge."""
    x_t, t = noised(KNOWN[:1], 150)
    alpha_bar = float(SCHEDULE.alpha_bar[150])
    padded, noisy = (np.pad(a[:, 0].double().numpy(), ((0, 0), (1, 1), (1, 1))) for a in (KNOWN, x_t))
    got = LocalMachine(KNOWN, SCHEDULE, 3)(x_t, t)[0, 0]
    for row, column, rows in ((4, 3, range(1, 7)), (0, 3, [0])):
        seen = noisy[0, row : row + 3, column : column + 3]
        weights, centres = [], []
        for image in padded:
            for r in rows:
                for c in range(1, 7):
                    patch = image[r : r + 3, c : c + 3]
                    distance = ((seen - alpha_bar**0.5 * patch) ** 2).sum()
                    weights.append(np.exp(-distance / (2 * (1 - alpha_bar))))
                    centres.append(patch[1, 1])
        expected = np.average(centres, weights=weights)
        assert float(got[row, column]) == pytest.approx(expected, abs=1e-3)


def test_it_is_local_and_equivariant_away_from_the_edge():
    x_t, t = noised(KNOWN[:1], 150)
    machine = LocalMachine(KNOWN, SCHEDULE, 3)
    far = x_t.clone()
    far[..., 6:, 6:] += 5
    before, after = machine(x_t, t), machine(far, t)
    assert torch.equal(before[..., :5, :5], after[..., :5, :5])
    shifted = machine(x_t.roll((1, 1), (2, 3)), t)
    assert torch.allclose(shifted[..., 2:7, 2:7], before[..., 1:6, 1:6], atol=1e-5)


def test_alike_patches_are_counted_and_none_is_lost():
    for patch in (1, 3, 5, 15):
        books = patch_books(KNOWN, patch)
        assert sum(int(book.weights.sum()) for book in books) == KNOWN.numel()
        assert sorted(torch.cat([book.places for book in books]).tolist()) == list(range(64))


def test_a_machine_of_one_image_gives_that_image_back():
    x_t, t = noised(KNOWN[3:4], 500)
    assert torch.allclose(LocalMachine(KNOWN[3:4], SCHEDULE, 15)(x_t, t), KNOWN[3:4], atol=1e-3)


def test_a_patch_for_each_time():
    x_t, t = noised(KNOWN[:2], 300)
    both = LocalMachine(KNOWN, SCHEDULE, {300: 5, 20: 3})
    assert torch.equal(both(x_t, t), LocalMachine(KNOWN, SCHEDULE, 5)(x_t, t))
    with pytest.raises(ValueError, match="time 7 has no patch"):
        both(x_t, torch.tensor([7, 7]))
    with pytest.raises(ValueError, match="mixed"):
        both(x_t, torch.tensor([300, 20]))


@pytest.mark.parametrize("patch", [0, 2, True, 3.0])
def test_patches_that_have_no_centre_are_refused(patch):
    with pytest.raises(ValueError, match="patch is .*whole numbers from 1"):
        patch_books(KNOWN, patch)


def test_images_of_another_shape_are_refused():
    with pytest.raises(ValueError, match="allowed is"):
        patch_books(torch.zeros(2, 1, 8, 4), 3)
    with pytest.raises(ValueError, match="the set"):
        LocalMachine(KNOWN, SCHEDULE, 3)(torch.zeros(1, 1, 4, 4), torch.tensor([5]))


def test_r_squared_is_that_of_numpy_and_ignores_scale_and_offset():
    one, other = torch.rand(3, 1, 8, 8), torch.rand(3, 1, 8, 8)
    expected = [np.corrcoef(a.flatten(), b.flatten())[0, 1] ** 2 for a, b in zip(one, other, strict=True)]
    assert local.r_squared(one, other).tolist() == pytest.approx(expected, abs=1e-6)
    assert local.r_squared(one, 3 - 2 * one).tolist() == pytest.approx([1] * 3)
    assert local.r_squared(one, torch.ones_like(one)).tolist() == [0] * 3
    with pytest.raises(ValueError, match="one shape"):
        local.r_squared(one, other[:2])


def test_bumps_are_counted():
    canvas = Canvas()
    one = canvas.render([[3, 3], [0, 0], [15, 7]])
    two = one + canvas.render([[12, 12], [8, 8], [2, 9]])
    assert local.count_bumps(one).tolist() == [1] * 3
    assert local.count_bumps(two).tolist() == [2] * 3
    assert local.count_bumps(torch.zeros(2, 1, 16, 16)).tolist() == [0, 0]


def test_pictures_come_back_from_their_text():
    images = -0.25 + 2.5 * torch.rand(3, 1, 16, 16)
    assert (from_text(to_text(images)) - images).abs().max() <= 0.0051
    assert from_text(to_text(torch.full((1, 1, 16, 16), 9.0))).max() == 2.25


def test_calibration_finds_the_machine_behind_a_network():
    """A "network" that is itself a machine of 5 x 5 patches is recognised; ties, as for empty drawings, go to the smallest."""

    class Disguised(local.DiffusionModel):
        def denoise(self, x_t, t, labels):
            return LocalMachine(images, SCHEDULE, 5)(x_t, t)

    images = local.training_images(16)
    plain = local.new_network(0)
    model = Disguised(plain.net, plain.schedule, "x0", plain.size)
    chosen = local.calibrate(model, images, patches=(3, 5, 9), count=4)
    assert set(chosen.values()) <= {3, 5} and list(chosen.values()).count(5) > len(chosen) / 2


def test_training_is_the_same_for_the_same_seed():
    images = local.training_images(16)
    first, again = ([loss for _, loss, _ in local.train_network(images, 3, 2, batch=2)] for _ in range(2))
    assert first == again
    assert local.training_images(16).equal(images) and len(images) == 16


def test_networks_are_compared_where_the_first_drew_something():
    canvas = Canvas()
    blank, bump = torch.zeros(1, 1, 16, 16), canvas.render([[5, 5]])
    texts = [to_text(torch.cat(pair)) for pair in ((bump, blank), (bump, bump))]
    records = [{"measured": {"drawings": text}} for text in texts]
    assert local.between_networks(records[:1]) == []
    assert local.between_networks(records) == [[pytest.approx(1)]]
    measured = {"machine": [0.2, 0.9], "bumps": [0, 2]}
    assert local.shown(measured, "machine") == [0.9]

"""Positions read out of drawn images, and which images count as right: round trips, forgeries, tolerances."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from bumpworld import Canvas, accuracy, read_centers
from bumpworld.measure import judge

shares = st.floats(0, 1, exclude_max=True, width=16)
BOTH = pytest.mark.parametrize("kind", ["bump", "sos"])


def around(offset, canvas):
    """Offsets in pixels, the short way round in a periodic world."""
    return (offset + canvas.size / 2) % canvas.size - canvas.size / 2 if canvas.periodic else offset


@settings(max_examples=50)
@given(
    st.sampled_from(["bump", "sos"]),
    st.booleans(),
    st.floats(0.5, 3),
    st.sampled_from([4, 8]),
    st.lists(st.tuples(shares, shares), min_size=1, max_size=8),
)
def test_drawn_positions_are_read_back(kind, periodic, sigma, size, positions):
    canvas = Canvas(size, sigma, kind, periodic)
    labels = torch.tensor(positions) * size
    read = read_centers(canvas.render(labels), canvas)
    assert around(read.centers - labels, canvas).abs().max() < 0.1
    assert read.residual.max() < 1e-3
    assert accuracy(canvas.render(labels), labels, canvas, tolerance=0.1) == (1, 1, 1, 1)


@BOTH
@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize("sigma", [0.5, 1.0, 3.0])
def test_positions_all_over_the_frame_are_read_back(kind, periodic, sigma):
    canvas = Canvas(8, sigma, kind, periodic)
    labels = torch.rand(300, 2, generator=torch.Generator().manual_seed(0)) * 8
    read = read_centers(canvas.render(labels), canvas)
    assert around(read.centers - labels, canvas).abs().max() < 0.1


def test_a_narrow_bump_in_the_last_corner_is_read_back():
    # only its flanks are in the frame: the brightest pixel has less than a tenth of the bump's height
    canvas = Canvas(8, sigma=0.5)
    labels = 7.75 + 0.25 * torch.rand(200, 2, generator=torch.Generator().manual_seed(0))
    assert (read_centers(canvas.render(labels), canvas).centers - labels).abs().max() < 0.1


@settings(max_examples=25)
@given(
    st.sampled_from(["bump", "sos"]),
    st.floats(0.5, 3),
    st.sampled_from([(8, 2), (8, 4), (12, 3)]),
    st.lists(st.tuples(shares, shares), min_size=1, max_size=6),
)
def test_with_a_margin_the_visible_factors_are_read_and_the_others_are_nan(kind, sigma, world, positions):
    size, margin = world
    canvas = Canvas(size, sigma, kind, margin=margin)
    labels = torch.tensor(positions) * canvas.span
    read = read_centers(canvas.render(labels), canvas).centers
    visible = canvas.visible(labels)
    assert torch.equal(~read.isnan(), visible)
    assert (read - labels)[visible].abs().sum() < 0.1 * visible.sum() + 1e-9
    assert accuracy(canvas.render(labels), labels, canvas, tolerance=0.1) == (1, 1, 1, 1)


@BOTH
@pytest.mark.parametrize("size", [16, 32])
def test_a_bump_at_the_rim_of_a_large_frame_is_no_blank(kind, size):
    # its root mean square over so many pixels is under 0.05, but it is a bump, drawn without any error
    canvas = Canvas(size, sigma=0.6, kind=kind, margin=3)
    labels = torch.tensor([[size + 2.5, size + 2.5], [size + 2.0, 9.0], [8.0, 8.0]])
    torch.testing.assert_close(read_centers(canvas.render(labels), canvas).centers, labels, atol=0.1, rtol=0)


@BOTH
def test_a_little_noise_moves_a_position_by_little(kind):
    canvas = Canvas(8, kind=kind)
    labels = canvas.lattice()
    noise = 0.02 * torch.randn(len(labels), 1, 8, 8, generator=torch.Generator().manual_seed(0))
    read = read_centers(canvas.render(labels) + noise, canvas)
    assert (read.centers - labels).abs().max() < 0.25
    # the residual is the share of the fit's variance that noise of this strength makes up
    spread = canvas.render(labels).var(dim=(1, 2, 3), correction=0)
    assert (read.residual * spread / 0.02**2).mean() == pytest.approx(1, abs=0.1)


def test_the_residual_is_measured_at_the_position_found():
    canvas = Canvas(16)
    image = canvas.render([[5.0, 5.0]])
    doubled = read_centers(
        2 * image, canvas
    )  # nothing fits twice the brightness: what is missed is the bump itself
    expected = (image**2).sum() / ((image - image.mean()) ** 2).sum()
    assert doubled.residual.item() == pytest.approx(expected.item(), rel=1e-4)
    far = judge(image, [[10.0, 5.0]], canvas)
    assert far.residual.item() < 1e-6
    assert far.shape.item() and far.error[0].tolist() == pytest.approx([-5, 0], abs=1e-3)


@pytest.mark.parametrize("sigma", [0.5, 1.0, 1.5])
@pytest.mark.parametrize("margin", [0, 3])
@pytest.mark.parametrize("mix", [torch.add, torch.maximum])
def test_two_bumps_are_never_right(sigma, margin, mix):
    canvas = Canvas(16, sigma, margin=margin)
    shift = torch.tensor([[3.5 * sigma, 0.0], [0.0, 5 * sigma], [-3 * sigma, 3 * sigma]])
    first = torch.tensor([[8.0, 8.0]]).expand(3, 2) + margin
    image = mix(canvas.render(first), canvas.render(first + shift))
    for label in (first, first + shift, first + shift / 2):
        assert accuracy(image, label, canvas, tolerance=16) == (0, 0, 0, 0)
    if margin:  # nor are they a stripe
        stripes = torch.tensor([[8.0 + margin, 0.0], [0.0, 8.0 + margin], [0.0, 0.0]])
        assert accuracy(image, stripes, canvas, tolerance=16).shape == 0


@pytest.mark.parametrize("sigma", [0.5, 1.0, 1.5])
@pytest.mark.parametrize("margin", [0, 3])
def test_a_cross_in_a_bump_world_is_never_right(sigma, margin):
    canvas, crosses = Canvas(16, sigma, margin=margin), Canvas(16, sigma, "sos", margin=margin)
    labels = torch.tensor([[8.0, 8.0], [3.5, 10.0]]) + margin
    for brightness in (1, 2):
        image = (brightness * crosses.render(labels)).clamp(max=1)
        assert accuracy(image, labels, canvas, tolerance=16) == (0, 0, 0, 0)
        assert accuracy(image, labels, crosses).both == (brightness == 1)


@BOTH
@pytest.mark.parametrize("margin", [0, 3])
@pytest.mark.parametrize("width", [0.3, 1.0, 2.0])
def test_a_blurred_edge_is_never_right(kind, margin, width):
    canvas = Canvas(16, 1.0, kind, margin=margin)
    # at least five pixels from the frame: nearer, the lit rest is a stripe that is partly outside
    along = torch.arange(16.0)
    edges = torch.stack([torch.sigmoid((along - at) / width) for at in (5.0, 8.0, 10.0)])
    images = torch.cat([edges[:, None, :].expand(3, 16, 16), edges[:, :, None].expand(3, 16, 16)])[:, None]
    labels = torch.tensor([[5.0, 8.0], [8.0, 8.0], [10.0, 8.0], [8.0, 5.0], [8.0, 8.0], [8.0, 10.0]]) + margin
    asked = [labels]
    if margin:
        asked += [labels * torch.tensor([1, 0]), labels * torch.tensor([0, 1]), 0 * labels]
    for labels in asked:
        assert accuracy(images, labels, canvas, tolerance=16) == (0, 0, 0, 0)
        assert accuracy(1 - images, labels, canvas, tolerance=16).both == 0


def test_the_wrong_number_of_factors_is_never_right():
    canvas = Canvas(16, margin=3)
    labels = torch.tensor([[9.0, 9.0], [9.0, 0.0], [0.0, 9.0], [0.0, 0.0]])  # bump, two stripes, blank
    images = canvas.render(labels)
    for i in range(4):
        shape = judge(images, labels[i : i + 1].expand(4, 2), canvas).shape
        # a full bump is brighter than a blank may be, so each image is right for its own kind of label only
        assert shape.tolist() == [j == i for j in range(4)]


@pytest.mark.parametrize(("rms", "right"), [(0.0, 1), (0.045, 1), (0.055, 0), (0.5, 0)])
def test_a_blank_is_right_when_its_root_mean_square_is_small(rms, right):
    canvas = Canvas(8, margin=2)
    noise = torch.randn(1, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    image = noise * rms / noise.square().mean().sqrt()
    assert accuracy(image, [[0.0, 11.0]], canvas) == (right,) * 4
    read = read_centers(image, canvas).centers
    assert read.isnan().all() == bool(right)


@BOTH
@pytest.mark.parametrize("size", [16, 64])
@pytest.mark.parametrize("sigma", [0.3, 0.5, 1.0])
def test_a_shape_is_no_blank_in_a_frame_of_any_size(kind, size, sigma):
    canvas = Canvas(size, sigma, kind, margin=3)
    # whole bumps and stripes: in the corner, at the rim, in the middle, between pixels
    places = torch.tensor(
        [[3.0, 3.0], [size + 2.0, 9.0], [size / 2, 9.0], [7.5, 8.5], [8.0, 0.0], [0.0, 7.5]]
    )
    blank = torch.zeros(len(places), 2)
    images = canvas.render(places)
    assert not judge(images, blank, canvas).shape.any()
    # a shape that is a little dim, and lies in noise that a blank may have
    images = 0.8 * images[[0, 2]] + 0.02 * torch.randn(
        2, 1, size, size, generator=torch.Generator().manual_seed(0)
    )
    if sigma >= 0.5:
        assert not judge(images, blank[:2], canvas).shape.any()
        torch.testing.assert_close(read_centers(images, canvas).centers, places[[0, 2]], atol=0.25, rtol=0)


@BOTH
@pytest.mark.parametrize("size", [8, 64])
def test_noise_is_a_blank_in_a_frame_of_any_size(kind, size):
    canvas = Canvas(size, 0.5, kind, margin=2)
    noise = torch.randn(20, 1, size, size, generator=torch.Generator().manual_seed(1))
    noise = noise * 0.045 / noise.square().mean((1, 2, 3), keepdim=True).sqrt()
    images = torch.cat([noise, torch.zeros_like(noise[:1])])
    labels = torch.tensor([[0.0, size + 3.0]]).expand(len(images), 2)
    assert judge(images, labels, canvas).shape.all()
    assert read_centers(images, canvas).centers.isnan().all()


def test_a_blank_is_no_bump_and_no_image_no_answer():
    assert accuracy(torch.zeros(1, 1, 8, 8), [[4.0, 4.0]], Canvas(8)) == (0, 0, 0, 0)
    assert accuracy(torch.zeros(1, 1, 8, 8), [[6.0, 0.0]], Canvas(8, margin=2)) == (0, 0, 0, 0)
    with pytest.raises(ValueError, match="no images"):
        accuracy(torch.zeros(0, 1, 8, 8), torch.zeros(0, 2), Canvas(8))


@BOTH
def test_the_tolerance_counts_for_each_factor(kind):
    canvas = Canvas(16, kind=kind)
    label = torch.tensor([[7.0, 7.0]])
    moved = canvas.render([[7.9, 7.0], [7.0, 8.1], [5.9, 8.1], [6.1, 7.9]])
    verdict = judge(moved, label.expand(4, 2), canvas)
    assert verdict.right(1.0).tolist() == [
        [True, True, True],
        [True, False, False],
        [False, False, False],
        [True, True, True],
    ]
    assert verdict.right(1.2).all()
    assert verdict.right(0.5).any(0).tolist() == [True, True, False]
    result = accuracy(moved, label.expand(4, 2), canvas)
    assert result == (0.75, 0.5, 0.5, 1.0)
    assert (result.x, result.y, result.both, result.shape) == tuple(result)


def test_a_factor_outside_the_frame_has_no_error():
    canvas = Canvas(8, margin=3)
    image = canvas.render([[5.0, 0.0]])
    assert accuracy(image, [[5.0, 13.5]], canvas) == (1, 1, 1, 1)
    assert accuracy(image, [[8.0, 13.5]], canvas) == (0, 1, 0, 1)


@BOTH
def test_errors_go_the_short_way_round_a_torus(kind):
    canvas = Canvas(8, kind=kind, periodic=True)
    verdict = judge(canvas.render([[7.75, 0.5], [0.25, 4.0]]), [[0.0, 7.0], [7.0, 0.5]], canvas)
    torch.testing.assert_close(verdict.error, torch.tensor([[-0.25, 1.5], [1.25, 3.5]]), atol=0.01, rtol=0)
    assert verdict.right(1.3).tolist() == [[True, False, False], [True, False, False]]
    flat = Canvas(8, kind=kind)
    assert judge(flat.render([[7.75, 0.5]]), [[0.0, 0.5]], flat).error[0, 0] == pytest.approx(7.75, abs=0.01)


def test_what_is_read_on_a_torus_is_a_label_of_it():
    # so narrow a stripe is found just below the side, which float32 rounds to the side itself
    canvas = Canvas(size=8, sigma=0.3, kind="sos", periodic=True)
    drawn = canvas.render(canvas.lattice())
    assert torch.allclose(canvas.render(read_centers(drawn, canvas).centers), drawn, atol=1e-4)


def test_each_image_is_judged_by_itself():
    canvas = Canvas(8, margin=1)
    labels = canvas.lattice()
    images = canvas.render(labels.flip(0)) + 0.01
    together = judge(images, labels, canvas)
    alone = [judge(images[i : i + 1], labels[i : i + 1], canvas) for i in (0, 17, 55, 99)]
    for part, whole in zip(zip(*alone, strict=True), together, strict=True):
        torch.testing.assert_close(torch.cat(part), whole[[0, 17, 55, 99]])


@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize("sigma", [0.25, 0.3, 0.4])
def test_narrow_stripes_are_read_on_the_right_side_of_their_pixel(sigma, periodic):
    canvas = Canvas(12, sigma, "sos", periodic)
    labels = torch.rand(300, 2, generator=torch.Generator().manual_seed(2)) * 12
    # the last pixel has a neighbour on one side only
    labels[:60, 0] = 10.8 + 0.6 * torch.linspace(0, 1, 60)
    read = read_centers(canvas.render(labels), canvas)
    assert around(read.centers - labels, canvas).abs().max() < 0.05


def test_a_world_of_points_is_drawn():
    # the square of so small a width is 0
    image = Canvas(8, 1e-200).render([[3.0, 3.0], [3.5, 3.0]])
    assert image[0, 0].sum() == image[0, 0, 3, 3] == 1 and image[1].count_nonzero() == 0

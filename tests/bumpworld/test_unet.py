"""The network's promises: shapes, named layers, the condition in every block, presets, settings that cannot be."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from bumpworld import unet
from bumpworld.label_code import sinusoids
from bumpworld.unet import ConditionalUNet, Conv, ResBlock, SelfAttention, UNetConfig

SMALL = {"channels": (8, 16), "heads": 2, "label_features": 8, "time_features": 8, "embedding": 24}
NARROW_PAPER = {"channels": (8, 12, 16), "heads": 2, "label_features": 8, "time_features": 8, "embedding": 24}


def woken(config, seed=0):
    """A network whose zero-initialised weights are drawn as well: untrained, many of its layers are silent."""
    torch.manual_seed(seed)
    net = ConditionalUNet(config)
    with torch.no_grad():
        for weight in net.parameters():
            if not weight.any():
                weight.normal_(std=0.3)
    return net


def inputs(n=3, size=8, dims=2, seed=0):
    generator = torch.Generator().manual_seed(seed)
    images = torch.randn(n, 1, size, size, generator=generator)
    return images, torch.arange(n) * 300, size * torch.rand(n, dims, generator=generator)


@pytest.mark.parametrize(
    ("config", "shapes"),
    [
        (
            UNetConfig.quick(**SMALL),
            {
                "condition": (24,),
                "stem": (8, 4, 4),
                "down0": (8, 4, 4),
                "down1": (16, 2, 2),
                "middle": (16, 2, 2),
                "up1": (8, 2, 2),
                "up0": (8, 4, 4),
                "head": (1, 8, 8),
            },
        ),
        (
            UNetConfig.paper(**NARROW_PAPER),
            {
                "condition": (24,),
                "stem": (8, 8, 8),
                "down0": (8, 8, 8),
                "down1": (12, 4, 4),
                "down2": (16, 2, 2),
                "middle": (16, 2, 2),
                "up2": (12, 2, 2),
                "up1": (8, 4, 4),
                "up0": (8, 8, 8),
                "head": (1, 8, 8),
            },
        ),
    ],
    ids=["quick", "paper"],
)
def test_every_layer_can_be_read(config, shapes):
    net, asked = woken(config), inputs()
    assert net.layers == tuple(shapes)
    layers = {name: net.features(*asked, layer=name) for name in net.layers}
    assert {name: tuple(layer.shape[1:]) for name, layer in layers.items()} == shapes
    assert all(len(layer) == 3 and not layer.requires_grad for layer in layers.values())
    torch.testing.assert_close(layers["head"], net(*asked).detach())
    kept = {}
    net(*asked, keep=kept.__setitem__)
    assert list(kept) == list(net.layers)
    for name, layer in layers.items():
        torch.testing.assert_close(kept[name].detach(), layer)


def test_the_condition_layer_knows_no_image_and_the_stem_no_condition():
    net, (images, t, labels) = woken(UNetConfig.quick(**SMALL)), inputs()
    others = [(-images, t, labels), (images, t + 7, labels), (images, t, labels.flip(1))]
    for layer, changed in {"condition": [False, True, True], "stem": [True, False, False]}.items():
        here = net.features(images, t, labels, layer)
        assert [not torch.equal(here, net.features(*asked, layer)) for asked in others] == changed
    for layer in net.layers[2:]:
        here = net.features(images, t, labels, layer)
        assert not any(torch.allclose(here, net.features(*asked, layer)) for asked in others)


def test_the_condition_enters_every_block():
    for config in (
        UNetConfig.quick(**SMALL),
        UNetConfig.paper(**NARROW_PAPER),
        UNetConfig(**SMALL, blocks=2),
    ):
        net, asked, seen = woken(config), inputs(), []

        def check(block, arguments, result, seen=seen):
            x, condition = arguments
            seen.append(condition)
            assert not torch.allclose(block.forward(x, condition.flip(0)), result)

        blocks = [part for part in net.modules() if isinstance(part, ResBlock)]
        for block in blocks:
            block.register_forward_hook(check)
        expected = net.features(*asked, layer="condition")
        seen.clear()
        net(*asked)
        levels = len(config.channels)
        assert len(seen) == len(blocks) == (2 * levels + 1) * config.blocks  # down, middle, up
        assert all(torch.equal(condition, expected) for condition in seen)


def test_the_label_is_used_after_a_few_steps():
    torch.manual_seed(0)
    net, (images, t, labels) = ConditionalUNet(UNetConfig.quick(**SMALL)), inputs()
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-2)
    for _ in range(4):
        optimiser.zero_grad()
        (net(images, t, labels) - labels.sum(1)[:, None, None, None]).square().mean().backward()
        optimiser.step()
    labels.requires_grad_()
    gradient = torch.autograd.grad(net(images, t, labels).square().sum(), labels)[0]
    assert (gradient.abs() > 1e-6).all()  # x and y of every image
    assert all(weight.grad is not None and weight.grad.any() for weight in net.parameters())


def test_images_of_a_batch_do_not_meet():
    net, (images, t, labels) = woken(UNetConfig.quick(**SMALL)), inputs()
    alone = torch.cat([net(images[i : i + 1], t[i : i + 1], labels[i : i + 1]) for i in range(3)])
    torch.testing.assert_close(net(images, t, labels), alone, atol=1e-5, rtol=1e-4)


def test_the_paper_preset():
    config = UNetConfig.paper()
    torch.manual_seed(0)
    net = ConditionalUNet(config)
    assert config.channels == (64, 128, 256)
    assert len(net.down) == len(net.up) == 3
    attention = [part for part in net.modules() if isinstance(part, SelfAttention)]
    assert all(any(isinstance(part, SelfAttention) for part in level.modules()) for level in net.down)
    assert len(attention) >= 5  # interlaced with the blocks on the way down and on the way up
    with torch.no_grad():
        assert net(*inputs(n=1, size=32)).shape == (1, 1, 32, 32)


def test_the_quick_preset_is_small_and_a_third_factor_fits():
    config = UNetConfig.quick()
    assert sum(weight.numel() for weight in ConditionalUNet(config).parameters()) < 1e6
    assert config.stride == 4 and UNetConfig.paper().stride == 4
    third = woken(UNetConfig.quick(**SMALL, label_dims=3))
    images, t, labels = inputs(dims=3)
    moved = labels + torch.tensor([0.0, 0.0, 1.0])
    assert not torch.allclose(third(images, t, labels), third(images, t, moved))


def test_without_a_map_zero_padding_is_the_only_sense_of_place():
    # far from the edge a shifted image gives a shifted answer; with the map it does not
    for place, alike in ((0, True), (24, False)):
        net = woken(UNetConfig(**{**SMALL, "channels": (8,), "attention": ()}, place=place, patch=2))
        image = torch.zeros(1, 1, 48, 48)
        image[:, :, 22:26, 20:24] = torch.randn(4, 4, generator=torch.Generator().manual_seed(0))
        t, labels = torch.tensor([100]), torch.tensor([[3.0, 4.0]])
        here, there = net(image, t, labels), net(image.roll(4, 3), t, labels)
        here, there = here[..., 22:26, 20:24], there[..., 22:26, 24:28]
        assert torch.allclose(here, there, atol=1e-5) == alike


def test_sinusoids_are_sines_and_cosines_in_equal_ratios():
    values = torch.tensor([0.0, 1.0, 7.5])
    encoded = sinusoids(values, 8, 0.05, 1.5)
    frequencies = [0.05 * 30 ** (i / 3) for i in range(4)]
    expected = [
        [math.sin(f * v) for f in frequencies] + [math.cos(f * v) for f in frequencies] for v in (0, 1, 7.5)
    ]
    torch.testing.assert_close(encoded, torch.tensor(expected), atol=1e-5, rtol=1e-4)


def test_impossible_questions_are_named():
    net, (images, t, labels) = ConditionalUNet(UNetConfig.quick(**SMALL)), inputs()
    with pytest.raises(ValueError, match=r"'down7'.*'stem', 'down0', 'down1', 'middle'"):
        net.features(images, t, labels, layer="down7")
    with pytest.raises(ValueError, match=r"\(3, 3\).*\(3, 2\)"):
        net(images, t, torch.zeros(3, 3))
    with pytest.raises(ValueError, match=r"6.*multiples of 4"):
        net(images[..., :6, :6], t, labels)


def test_parts_are_ordinary_modules():
    # so that state_dict, .to(device) and torch.compile see all of it
    net = woken(UNetConfig.quick(**SMALL))
    assert isinstance(net, nn.Module)
    other = ConditionalUNet(UNetConfig.quick(**SMALL))
    other.load_state_dict(net.state_dict())
    assert torch.equal(net(*inputs()), other(*inputs()))


@pytest.mark.parametrize("native", [True, False])
@pytest.mark.parametrize(("side", "padding"), [(3, "zeros"), (3, "circular"), (1, "zeros"), (2, "zeros")])
def test_a_rounded_convolution_rounds_its_factors_and_nothing_else(side, padding, native, monkeypatch):
    monkeypatch.setattr(unet, "_TILES", native)
    config = UNetConfig.quick(precision="bfloat16", padding=padding, place=2 * (padding == "circular"))
    torch.manual_seed(0)
    conv, x = Conv(5, 7, side, config), torch.randn(3, 5, 8, 8)
    # the same in float64, of the rounded factors: products of two bfloat16 are exact there
    factors = x.bfloat16().double(), conv.weight.detach().bfloat16().double()
    if side == 3:
        edges = {"zeros": "constant", "circular": "circular"}[padding]
        factors = F.pad(factors[0], (1, 1, 1, 1), mode=edges), factors[1]
    exact = F.conv2d(*factors, stride=2 if side == 2 else 1) + conv.bias.double()[:, None, None]
    drawn = conv(x)
    assert drawn.dtype == torch.float32
    # one rounding to 8 binary digits of a result, whose bias is added afterwards
    bound = (exact - conv.bias.double()[:, None, None]).abs() * 2**-8 + 1e-5
    assert bool(((drawn - exact).abs() <= bound).all())
    assert not torch.equal(drawn, nn.Conv2d.forward(conv, x))


def test_a_step_too_small_for_bfloat16_is_not_lost_beside_its_sum():
    config = UNetConfig.quick(precision="bfloat16")
    torch.manual_seed(0)
    block = ResBlock(32, 32, config)
    x, condition = 1 + torch.rand(2, 32, 4, 4), torch.randn(2, config.embedding)
    with torch.no_grad():
        assert torch.equal(block(x, condition), x)
        block.conv2.weight.normal_(std=1e-6)
        step = block(x, condition) - x
    assert 0 < step.abs().max() < 2**-9


def test_precision_changes_little_of_what_a_network_computes_and_nothing_of_its_weights():
    images, t, labels = inputs()
    plain, rounded = (woken(UNetConfig.quick(**SMALL, precision=p)) for p in ("float32", "bfloat16"))
    assert all(torch.equal(a, b) for a, b in zip(plain.parameters(), rounded.parameters(), strict=True))
    one, other = plain(images, t, labels), rounded(images, t, labels)
    assert 0 < (one - other).norm() / one.norm() < 0.03

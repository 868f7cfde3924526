"""Two models whose answer is known: one draws its label whatever it sees, the other hands back what it sees."""

import torch
from torch import nn

from bumpworld import Canvas
from bumpworld.diffusion import DiffusionModel, NoiseSchedule
from bumpworld.instruments.decoder import far_pairs, follows, one_pass

WORLD = Canvas(size=12)
LABELS = WORLD.lattice()


class Decoder(nn.Module):
    """Draws its label."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))

    def forward(self, images, t, labels):
        return WORLD.render(labels)


class Mirror(Decoder):
    """Hands back its image."""

    def forward(self, images, t, labels):
        return images


def of(net):
    return DiffusionModel(net(), NoiseSchedule.linear(), "x0", 12)


def test_a_decoder_follows_what_it_is_told_and_a_mirror_what_it_is_shown():
    told, shown = far_pairs(LABELS, 40, 3)
    assert follows(of(Decoder), WORLD, told, shown) == (1.0, 0.0)
    assert follows(of(Mirror), WORLD, told, shown) == (0.0, 1.0)


def test_one_pass_of_a_decoder_is_the_image_and_of_a_mirror_noise():
    assert torch.equal(one_pass(of(Decoder), LABELS[:9]), WORLD.render(LABELS[:9]))
    noise = one_pass(of(Mirror), LABELS)
    assert abs(noise.mean()) < 0.02 and abs(noise.std() - 1) < 0.02


def test_far_pairs_are_far_in_both_and_come_from_the_labels():
    a, b = far_pairs(LABELS[LABELS[:, 0] < 6], 200, 3)
    assert ((a - b).abs() >= 3).all() and a[:, 0].max() < 6 and len(a) == len(b) == 200

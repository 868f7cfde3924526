"""What chapter 1 says of its faint bump, and of the finer rule of later chapters."""

import torch

from bumpbook.frame.findings import finding
from bumpbook.frame.tables import FINE
from bumpworld import Canvas, accuracy, read_centers


def test_the_faint_bump_is_nearer_to_nothing_and_its_fit_leaves_the_frame():
    world = Canvas()
    whole = world.render([[8, 6]])
    faint = 0.4 * whole
    assert (faint**2).sum() < ((whole - faint) ** 2).sum()
    found = read_centers(faint, world)
    assert (found.centers > world.size - 1).all() and found.residual > 1
    fit = world.render(found.centers.clamp(max=world.size - 1e-4))
    assert fit.max() < 0.5


def test_right_in_a_coordinate_needs_the_right_shape():
    world = Canvas()
    two = torch.maximum(*world.render([[8, 6], [13, 11]]).split(1))
    assert accuracy(two, [[8, 6]], world)[:4] == (0, 0, 0, 0)


def test_the_finer_rule_is_said():
    text = finding("worlds-finer").data
    assert f"allow {FINE:g} px only" in text and "is 1 px off" in text

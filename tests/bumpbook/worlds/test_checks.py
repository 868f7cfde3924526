"""Checks of chapter 1 against answers worked out in another way: by hand, by counting, with networkx."""

import math
import re

import networkx as nx
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import bumpworld as bw
from bumpbook import check


def image(x, y, sigma=1.0):
    """A bump in double precision, from its formula."""
    i = np.arange(16)
    return np.exp(-((i - x) ** 2 + (i[:, None] - y) ** 2) / (2 * sigma**2))


def hint(name, answer):
    outcome = check(name, answer)
    assert not outcome.right, (answer, outcome)
    return outcome.hint


class TestNarrow:
    def test_the_bump_at_the_fourth_corner_is_right_in_any_form(self):
        true = image(12, 11) * image(4, 4) / image(4, 11)  # in 64 bits nothing vanishes
        for answer in (true, true.tolist(), torch.tensor(true)[None, None].float(), image(12, 4)):
            assert check("worlds-narrow", answer).right

    def test_what_goes_wrong_is_told_apart(self):
        a, b, c = (torch.tensor(image(*p)).float() for p in ((12, 11), (4, 4), (4, 11)))
        assert "32 bits" in hint("worlds-narrow", a * b / c)
        assert "gave no number" in hint("worlds-narrow", torch.nan_to_num(a * b / c, 0, 0, 0))
        assert "hole" in hint("worlds-narrow", a + b - c)
        assert "(4.0, 12.0)" in hint("worlds-narrow", image(4, 12))

    def test_no_hint_points_outside_the_frame(self):
        a, b, c = (image(*p) for p in ((12, 11), (4, 4), (4, 11)))
        rng = np.random.default_rng(0)
        for answer in (
            a + b + c,
            a + b,
            np.eye(16),
            rng.random((16, 16)),
            1 - image(12, 4),
            image(-3, 20),
            np.zeros((16, 16)),
        ):
            said = hint("worlds-narrow", answer)
            places = [float(v) for v in re.findall(r"[(,] ?(-?[\d.]+)[,)]", said)]
            assert all(0 <= place <= 15 for place in places), said
        assert "no bump of this width" in hint("worlds-narrow", a + b + c)


class TestCount:
    RIGHT = {"margin": 8, "two": 16 * 16, "one": 2 * 16 * 16, "none": 16 * 16}

    def test_the_numbers_from_the_formula(self):
        assert check("worlds-count", self.RIGHT).right

    def test_another_margin_is_told_its_share(self):
        for margin in (0, 3, 7, 20):
            share = 2 * 16 * 2 * margin / (16 + 2 * margin) ** 2
            assert f"{100 * share:.0f} %" in hint("worlds-count", self.RIGHT | {"margin": margin})

    def test_shares_are_no_numbers_and_sums_must_agree(self):
        assert "numbers of labels" in hint(
            "worlds-count", {"margin": 8, "two": 0.25, "one": 0.5, "none": 0.25}
        )
        assert '"one"' in hint("worlds-count", self.RIGHT | {"one": 500}) and "1012" in hint(
            "worlds-count", self.RIGHT | {"one": 500}
        )
        assert "whole number" in hint("worlds-count", self.RIGHT | {"margin": 7.5})


class TestReach:
    def test_the_neighbours_with_an_overlap_that_is_rendered(self):
        world = bw.Canvas(size=32)
        flat = world.render(world.lattice()).flatten(1)
        here = world.render([[16, 16]]).flatten(1)[0]
        overlap = flat @ here / (flat.norm(dim=1) * here.norm())
        assert check("worlds-reach", int((overlap >= 0.005).sum()) - 1).right

    def test_typical_mistakes(self):
        assert "own neighbour" in hint("worlds-reach", 69)
        assert "distance r" in hint("worlds-reach", 4.6)
        bump_itself = math.sqrt(2 * math.log(200))  # where the bump, and not the overlap, falls to 0.005
        inside = sum(math.hypot(a, b) <= bump_itself for a in range(-9, 10) for b in range(-9, 10)) - 1
        assert "exponent" in hint("worlds-reach", inside)


class TestGhost:
    def test_the_brightness_from_the_norms(self):
        bump = image(8, 6)
        limit = math.sqrt(0.3 * ((bump - bump.mean()) ** 2).sum() / (bump**2).sum())
        for answer in (limit, round(limit, 2), limit - 0.005, torch.tensor(limit)):
            assert check("worlds-ghost", answer).right

    def test_typical_mistakes(self):
        assert "limit of the residual" in hint("worlds-ghost", 0.3)
        assert "very near" in hint("worlds-ghost", math.sqrt(0.3))
        assert "residual is" in hint("worlds-ghost", 0.9)


def test_the_smallest_steps_start_at_both_ends():
    step = [np.linalg.norm(image(x + 1, 8, 1.5) - image(x, 8, 1.5)) for x in range(15)]
    least = [x for x in range(15) if step[x] < min(step) + 1e-6]
    assert check("worlds-equal", least).right and check("worlds-equal", torch.tensor(least[::-1])).right
    assert "another step" in hint("worlds-equal", least[:1])
    assert "not all" in hint("worlds-equal", [*least, 7])
    assert "no step from the last" in hint("worlds-equal", [7])


class TestFew:
    """Columns and rows are the nodes of a graph, labels its edges: all follow when it is connected."""

    @given(st.randoms(use_true_random=False))
    def test_every_spanning_tree_is_right(self, random):
        links = [(x, 16 + y) for x in range(16) for y in range(16)]
        random.shuffle(links)
        whole = nx.Graph()
        for place, (x, y) in enumerate(links):
            whole.add_edge(x, y, weight=place)
        tree = [(min(e), max(e) - 16) for e in nx.minimum_spanning_tree(whole).edges]
        assert check("worlds-few", tree).right
        assert "of 256" in hint("worlds-few", tree[:-1])

    @given(st.sets(st.tuples(st.integers(0, 15), st.integers(0, 15)), min_size=1, max_size=30))
    def test_what_follows_is_counted_as_pairs_within_one_part(self, labels):
        graph = nx.Graph([(("x", x), ("y", y)) for x, y in labels])
        follow = 0
        for part in nx.connected_components(graph):
            columns = sum(kind == "x" for kind, _ in part)
            follow += columns * (len(part) - columns)
        assert f"follow {follow} of 256" in hint("worlds-few", sorted(labels))

    def test_more_than_needed_and_labels_outside(self):
        assert "fewer" in hint("worlds-few", bw.Canvas().lattice())
        assert "0 to 15" in hint("worlds-few", [(0, 16)]) and "whole" in hint("worlds-few", [(0.5, 1)])
        assert "0 of 256" in hint("worlds-few", [])


@pytest.mark.parametrize("name", ["worlds-reach", "worlds-ghost"])
def test_a_number_may_come_as_a_tensor(name):
    assert check(name, torch.tensor(1000.0)).hint == check(name, 1000).hint

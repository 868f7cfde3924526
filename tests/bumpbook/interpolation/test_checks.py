"""Checks of chapter 4 against formulas written out here."""

import math

import numpy as np
import pytest
import torch

import bumpworld as bw
from bumpbook import check
from bumpbook.frame.exact import ideal_denoiser
from bumpbook.interpolation import lesions
from bumpbook.interpolation.outcomes import fit_bumps
from bumpworld.selection import lesion
from bumpworld.store import Store


def hint(name, answer):
    outcome = check(name, answer)
    assert not outcome.right, (answer, outcome)
    return outcome.hint


@pytest.fixture(scope="module")
def model():
    """The stored model with a lesion of 8 columns."""
    store = Store()
    return lesions.stored_model(lesions.shown(store)[8], store)


def test_two_of_w_columns_lie_beside_an_edge():
    right = {w: 2 / w for w in (4, 6, 8, 10)}
    assert check("interpolation-two", right).right
    assert check("interpolation-two", {4.0: 0.5, 6.0: 0.33, 8.0: 0.25, 10.0: torch.tensor(0.2)}).right
    assert "one side" in hint("interpolation-two", {w: 1 / w for w in right})
    assert "between 0 and 1" in hint("interpolation-two", {w: 100 * share for w, share in right.items()})
    assert "at w = 10" in hint("interpolation-two", right | {10: 0.5})
    assert "10 is missing" in hint("interpolation-two", {4: 0.5, 6: 1 / 3, 8: 0.25})


class TestNumber:
    """Drawings are judged, not numbers: blends, copies and true pictures are told apart."""

    @staticmethod
    def band(width):
        return lesion(8 - width // 2, 8 + width // 2).split(bw.Canvas()).test["lesion"]

    @pytest.fixture
    def right(self):
        """What a network would draw: the band of 4 with a little noise, copies of the nearer edge in the band of 8."""
        noise = lambda images: (
            images + 0.02 * torch.randn(images.shape, generator=torch.Generator().manual_seed(0))
        )
        edge = self.band(8).clone()
        edge[:, 0] = torch.where(edge[:, 0] < 8, 3.0, 12.0)
        return {4: noise(bw.Canvas().render(self.band(4))), 8: noise(bw.Canvas().render(edge))}

    def test_drawings(self, right):
        assert check("interpolation-number", right).right
        assert check("interpolation-number", {w: images.numpy() for w, images in right.items()}).right

    def test_what_no_such_network_draws(self, right):
        true = bw.Canvas().render(self.band(8))
        noisy = true + 0.02 * torch.randn(true.shape, generator=torch.Generator().manual_seed(1))
        assert "true pictures" in hint("interpolation-number", right | {8: true})
        assert "without it" in hint("interpolation-number", right | {8: noisy})
        assert "turned by 45" in hint("interpolation-number", right | {4: right[4].flip(0)})
        assert "64 labels" in hint("interpolation-number", right | {4: right[4][:8]})
        assert "shape" in hint("interpolation-number", right | {4: 0.9})


class TestPartner:
    @staticmethod
    def shares(width):
        hidden = range(8 - width // 2, 8 + width // 2)
        places = [(x, y) for x in range(16) for y in range(16)]
        trained = {(x + y, x - y) for x, y in places if x not in hidden}
        asked = [(x + y, x - y) for x, y in places if x in hidden]
        known = [any(p == u for p, _ in trained) and any(q == v for _, q in trained) for u, v in asked]
        corner = [
            any((p, v) in trained and (u, q) in trained for p, q in trained) for u, v in asked
        ]  # fmt: skip
        return np.mean(known), np.mean(corner)

    def test_by_plain_sets(self):
        right = {width: self.shares(width) for width in (4, 8)}
        assert right[4] == (1, 1) and right[8][0] == 1 and right[8][1] < 1
        assert check("interpolation-partner", right).right

    def test_typical_mistakes(self):
        right = {width: self.shares(width) for width in (4, 8)}
        assert "corners is not right" in hint("interpolation-partner", right | {8: (1, 1)})
        assert "known is not right" in hint("interpolation-partner", right | {8: (0.5, 0.5)})
        assert "more labels are corners" in hint("interpolation-partner", right | {8: (0.5, 0.9)})
        assert "between 0 and 1" in hint("interpolation-partner", right | {4: (100, 100)})


class TestWider:
    @staticmethod
    def reach(sigma, top):
        """The widest gap over which a ridge regression keeps a mean cosine of 0.9, from the formulas of the chapter."""
        frequencies = np.geomspace(0.05, top, 16)
        code = lambda d: np.cos(np.multiply.outer(d, frequencies)).mean(-1)
        kernel = lambda c: (np.sqrt(1 - c**2) + (np.pi - np.arccos(c)) * c) / np.pi
        columns, widest = np.arange(24.0), 0
        picture = np.exp(
            -((columns - columns[:, None]) ** 2) / (2 * sigma**2)
        )  # one row; the other factor drops out
        for gap in range(2, 18):
            left = (24 - gap) // 2
            hidden = (columns > left) & (columns < left + gap)
            seen, asked = columns[~hidden], columns[hidden]
            k = lambda a, b: kernel(np.clip(code(a[:, None] - b), -1, 1))
            drawn = (
                k(asked, seen) @ np.linalg.inv(k(seen, seen) + 1e-3 * np.eye(len(seen))) @ picture[~hidden]
            )
            true = picture[hidden]
            cosine = (drawn * true).sum(1) / np.linalg.norm(drawn, axis=1) / np.linalg.norm(true, axis=1)
            widest = gap if cosine.mean() >= 0.9 else widest
        return widest

    @pytest.fixture
    def right(self):
        tops = {"smoother": 1.5 / 4, "as here": 1.5, "sharper": 3.0}
        return {sigma: {name: self.reach(sigma, top) for name, top in tops.items()} for sigma in (1, 2, 3)}

    def test_the_formulas(self, right):
        assert check("interpolation-wider", right).right

    def test_pixels_and_sigmas(self, right):
        scaled = {sigma: {name: gap / sigma for name, gap in gaps.items()} for sigma, gaps in right.items()}
        assert "units of σ" in hint("interpolation-wider", scaled)
        assert "'sharper'" in hint("interpolation-wider", right | {1: right[1] | {"sharper": 17}})
        assert "missing" in hint("interpolation-wider", right | {1: {"as here": 3}})


class TestMultiply:
    """(1 - s)(i - L)^2 + s (i - R)^2 = (i - x)^2 + s (1 - s)(R - L)^2 at x = (1 - s) L + s R."""

    PLACE, HEIGHT = 6.0, math.exp(-(1 / 3) * (2 / 3) * 81 / 2)

    def test_the_square_completed(self):
        assert check("interpolation-multiply", (self.PLACE, self.HEIGHT)).right
        assert check("interpolation-multiply", torch.tensor([6.0, self.HEIGHT])).right

    def test_typical_mistakes(self):
        assert "2/3" in hint("interpolation-multiply", (9, self.HEIGHT))
        assert "Complete the square" in hint("interpolation-multiply", (7.5, self.HEIGHT))
        assert "*before*" in hint("interpolation-multiply", (6, 1.0))
        assert "positive" in hint("interpolation-multiply", (6, 0))
        assert "left in the exponent" in hint(
            "interpolation-multiply", (6, self.HEIGHT**2)
        )  # without the half


def test_perfect_models_draw_half_of_a_bump_on_each_side(model):
    canvas, schedule = bw.Canvas(), bw.NoiseSchedule.linear(1000)
    sides = [canvas.render([[x, 8.0] for x in xs]) for xs in (range(4), range(12, 16))]
    mixed = lambda x_t, t, labels: sum(ideal_denoiser(x_t, t, side, schedule) for side in sides) / 2
    image = bw.sample(model, [[7.5, 8.0]], generator=torch.Generator().manual_seed(3), denoise=mixed)
    bumps = fit_bumps(image, canvas, count=2)
    drawn = torch.cat([bumps.centers[0, :, :1], bumps.brightness[0, :, None]], dim=1)
    assert check("interpolation-perfect", drawn).right
    assert "in the gap" in hint("interpolation-perfect", [(7.5, 1.0), (3, 0.5)])
    assert "same side" in hint("interpolation-perfect", [(2, 0.5), (3, 0.5)])
    assert "add up to one" in hint("interpolation-perfect", [(3, 1.0), (12, 1.0)])

"""Checks of chapter 4 against formulas written out here."""

import math

import numpy as np
import pytest
import torch

import bumpworld as bw
from bumpbook import check
from bumpbook.interpolation import lesions
from bumpbook.interpolation.outcomes import fit_bumps
from bumpworld.exact import ideal_denoiser
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


def test_chance_from_a_plain_fit_to_two_bumps(model):
    i = np.arange(16)
    bump = lambda x: np.exp(-((i - x) ** 2 + (i[:, None] - 8) ** 2) / 2).ravel()
    right = {"coin": 0.5}
    for eta in (0, 1):
        images = bw.sample(model, [[7.0, 8.0]] * 48, 20, float(eta), torch.Generator().manual_seed(5))
        weights = np.linalg.lstsq(np.stack([bump(3), bump(12)], 1), images.flatten(1).numpy().T, rcond=None)[
            0
        ]
        right[eta] = weights[0].std(ddof=1)
    assert check("interpolation-chance", right).right
    assert "standard deviation" in hint("interpolation-chance", right | {"coin": 1})
    assert "same noise" in hint("interpolation-chance", right | {0: 0})
    assert "varies less" in hint("interpolation-chance", right | {1: 0.5})
    assert "varies more" in hint("interpolation-chance", right | {1: right[1] / 10})


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

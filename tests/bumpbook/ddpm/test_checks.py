"""Checks of chapter 2 against formulas written out here, and against records read in another way."""

import math

import numpy as np
import pytest
import torch

import bumpworld as bw
from bumpbook import check
from bumpbook.frame.sweeps import sweep
from bumpworld.selection import held_out_square
from bumpworld.store import Store


def hint(name, answer):
    outcome = check(name, answer)
    assert not outcome.right, (answer, outcome)
    return outcome.hint


def alpha_bar_linear():
    return np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))


class TestHalf:
    LINEAR = int(np.argmax(alpha_bar_linear() < 0.5))

    def cosine(self, share):
        """The time at which the cosine schedule leaves ``share``: cos^2((u + .008) / 1.008 pi / 2), scaled to 1 at 0."""
        start = math.cos(0.008 / 1.008 * math.pi / 2) ** 2
        return 1000 * (1.008 * 2 / math.pi * math.acos(math.sqrt(share * start)) - 0.008)

    def test_the_times_from_the_formulas(self):
        for slack in (-1, 0, 1):
            answer = {"linear": self.LINEAR + slack, "cosine": self.cosine(0.5) - 1 + slack / 2}
            assert check("ddpm-half", answer).right

    def test_the_factor_is_not_the_variance(self):
        factor = int(np.argmax(np.sqrt(alpha_bar_linear()) < 0.5))
        assert "*factor*" in hint("ddpm-half", {"linear": factor, "cosine": self.cosine(0.5)})
        assert "cosine schedule" in hint("ddpm-half", {"linear": self.LINEAR, "cosine": self.LINEAR})


class TestFaint:
    def lost(self, amplitude):
        """From pi A^2 / 2 * a / (1 - a) = 1."""
        return int(np.argmax(alpha_bar_linear() < 1 / (1 + math.pi * amplitude**2 / 2)))

    def test_the_times_from_the_formula(self):
        assert check("ddpm-faint", {"half as bright": self.lost(0.5), "twice as wide": self.lost(1)}).right

    @pytest.mark.parametrize(
        ("faint", "says"), [(0.5**0.5, "half the information"), (2, "longer"), (0.1, "height A")]
    )
    def test_typical_mistakes_about_the_height(self, faint, says):
        assert says in hint("ddpm-faint", {"half as bright": self.lost(faint), "twice as wide": self.lost(1)})

    def test_the_width_does_not_count(self):
        assert "look for σ" in hint(
            "ddpm-faint", {"half as bright": self.lost(0.5), "twice as wide": self.lost(2)}
        )


class TestOwnModel:
    """Answers that a reader's own model gives are judged by what any trained model must do."""

    GOOD = {1: 0.94, 2: 1.0, 5: 15 / 16, 20: 1.0}

    def test_shares_of_sixteen_labels(self):
        assert check("ddpm-steps", self.GOOD).right
        assert "sixteenths" in hint("ddpm-steps", self.GOOD | {5: 0.9})
        assert "between 0 and 1" in hint("ddpm-steps", {k: 100 * v for k, v in self.GOOD.items()})
        assert "trained one" in hint("ddpm-steps", self.GOOD | {20: 0.25})
        assert "single step" in hint("ddpm-steps", self.GOOD | {1: 0.0})

    def test_spreads(self):
        good = {0: 0.1, 1: torch.tensor(0.08), "perfect": 0}
        assert check("ddpm-chance", good).right and check("ddpm-chance", good | {0: 0.4}).right
        assert "how many images" in hint("ddpm-chance", good | {"perfect": 0.1})
        assert "same noise" in hint("ddpm-chance", good | {1: 0})
        assert "two pixels" in hint("ddpm-chance", good | {0: 4.6})  # that of a bump anywhere in the frame
        assert "not negative" in hint("ddpm-chance", good | {0: -0.1})

    def test_the_label_wins(self):
        times = (10, 50, 100, 200, 300, 500)
        label = bw.Canvas().render([[11, 11]])[
            0, 0
        ]  # the ideal answer for a trained label, whatever the noise
        ideal = dict.fromkeys(times, label[11, 11] - label[4, 4])
        assert check("ddpm-war", ideal).right
        assert "minus the image's place" in hint("ddpm-war", {t: -d for t, d in ideal.items()})
        assert "cannot be read" in hint("ddpm-war", ideal | {500: -0.5})
        assert "*estimate*" in hint("ddpm-war", dict.fromkeys(times, 20.0))


class TestProduct:
    @pytest.fixture
    def looks(self):
        """Shares near in x, in y and in both, (looks, runs), counted label by label out of the plain records."""
        rule = held_out_square(6, 10)
        records = [Store().load_record(e) for e in sweep("first").experiments if e.train_on == rule]
        square = [16 * y + x for y in range(6, 10) for x in range(6, 10)]
        table = []
        for i in range(min(12, *(len(r["checkpoints"]) for r in records))):
            near = []
            for record in records:
                look = record["checkpoints"][i]
                x, y = ([abs(look[f"error_{axis}"][k]) <= 1 for k in square] for axis in "xy")
                near.append((np.mean(x), np.mean(y), np.mean(np.array(x) & np.array(y))))
            table.append(near)
        return np.array(table).transpose(2, 0, 1)

    def test_product_first_and_mean_over_runs_last(self, looks):
        x, y, both = looks
        right = np.stack([(x * y).mean(1), both.mean(1)], axis=1)
        assert check("ddpm-product", right).right
        assert check("ddpm-product", [tuple(row) for row in right.round(2)]).right
        assert "before you multiplied" in hint(
            "ddpm-product", np.stack([x.mean(1) * y.mean(1), both.mean(1)], axis=1)
        )
        assert "product first" in hint("ddpm-product", right[:, ::-1])
        assert "second column differs" in hint("ddpm-product", right * [1, 0.5])
        assert "take the shares of one run" in hint("ddpm-product", right * [0.5, 1])
        assert "shape" in hint("ddpm-product", right[:5])

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

WORLD, SQUARE = bw.Canvas(), held_out_square(6, 10)


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


@pytest.fixture(scope="module")
def model():
    """A shipped network that was trained as the chapter's is."""
    return next(
        run.model
        for e in sweep("first").experiments
        if (run := Store().load(e)).model is not None and e.train_on == SQUARE
    )


class TestSteps:
    @pytest.fixture
    def good(self, model):
        labels, found = SQUARE.split(WORLD).test["square"], {}
        for steps in (1, 2, 5, 20):
            drawn = bw.sample(model, labels, steps=steps, generator=torch.Generator().manual_seed(steps))
            found[steps] = drawn, bw.accuracy(drawn, labels, WORLD).both
        return found

    def test_drawings_and_the_share_that_they_show(self, good):
        assert check("ddpm-steps", good).right
        assert check("ddpm-steps", {k: [d[:, 0].tolist(), round(s, 2)] for k, (d, s) in good.items()}).right

    def test_what_is_typed_in_is_not_right(self, good):
        truth = WORLD.render(SQUARE.split(WORLD).test["square"])
        assert "no model draws" in hint("ddpm-steps", dict.fromkeys(good, (truth, 1.0))).lower()
        assert "the same" in hint("ddpm-steps", dict.fromkeys(good, good[20]))
        assert "pair" in hint("ddpm-steps", dict.fromkeys(good, 1.0))
        assert "a share of" in hint("ddpm-steps", good | {5: (good[5][0], 0.5)})
        assert "between 0 and 1" in hint("ddpm-steps", good | {2: (good[2][0], 100.0)})

    def test_an_untrained_model_and_labels_out_of_order_are_noticed(self, good):
        noise = {k: (torch.randn(16, 1, 16, 16), 0.0) for k in good}
        assert "trained one" in hint("ddpm-steps", noise)
        labels = SQUARE.split(WORLD).test["square"]
        backwards = {k: drawn.flip(0) for k, (drawn, _) in good.items()}
        backwards = {k: (drawn, bw.accuracy(drawn, labels, WORLD).both) for k, drawn in backwards.items()}
        assert "in its order" in hint("ddpm-steps", backwards)
        assert "a single step" in hint("ddpm-steps", good | {1: (torch.zeros(16, 1, 16, 16), 0.0)})
        assert "has the shape (3, 1, 16, 16)" in hint("ddpm-steps", good | {1: (good[1][0][:3], 1.0)})


class TestChance:
    @pytest.fixture
    def drawn(self, model):
        many = torch.tensor([[12.0, 3.0]]).expand(64, 2)
        generator = torch.Generator().manual_seed(0)
        return {eta: bw.sample(model, many, steps=5, eta=eta, generator=generator) for eta in (0, 1)}

    @staticmethod
    def answer(drawn, measure, perfect=0):
        centers = {eta: bw.read_centers(d, WORLD).centers.numpy() for eta, d in drawn.items()}
        return {eta: (d, measure(centers[eta])) for eta, d in drawn.items()} | {"perfect": perfect}

    def test_spreads(self, drawn):
        for ddof in (0, 1):
            assert check("ddpm-chance", self.answer(drawn, lambda c, d=ddof: c.std(0, ddof=d).max())).right

    def test_typical_mistakes(self, drawn):
        spread = lambda c: c.std(0).max()
        for measure, says in (
            (lambda c: c.var(0).max(), "a variance"),
            (lambda c: c.var(0).sum(), "a variance"),
            (lambda c: c.std(0).min(), "the smaller"),
            (lambda c: c.var(0).sum() ** 0.5, "both directions"),
            (lambda c: 2 * c.std(0).max(), "do not have this spread"),
            (lambda c: -1.0, "do not have this spread"),
        ):
            assert says in hint("ddpm-chance", self.answer(drawn, measure)), says
        assert "how many images" in hint("ddpm-chance", self.answer(drawn, spread, perfect=0.1))
        assert "same noise" in hint(
            "ddpm-chance", self.answer(drawn | {1: drawn[1][:1].expand(64, 1, 16, 16)}, spread)
        )
        assert "reach the sampler" in hint("ddpm-chance", self.answer({0: drawn[0], 1: drawn[0]}, spread))
        assert "no bump" in hint(
            "ddpm-chance", self.answer({0: torch.randn(64, 1, 16, 16), 1: drawn[1]}, spread)
        )
        everywhere = WORLD.render(WORLD.lattice()[::4])
        assert "of one label" in hint("ddpm-chance", self.answer({0: everywhere, 1: drawn[1]}, spread))
        assert "pair" in hint("ddpm-chance", {0: 0.1, 1: 0.08, "perfect": 0})


class TestWar:
    @pytest.fixture
    def good(self, model):
        times, image = torch.tensor([10, 50, 100, 200, 300, 500]), WORLD.render([[4, 4]])
        noise = torch.randn(image.shape, generator=torch.Generator().manual_seed(0))
        noisy = bw.NoiseSchedule.linear().add_noise(image, times, noise)
        with torch.no_grad():
            shown = model.denoise(noisy, times, torch.tensor([[11.0, 11.0]]).expand(6, 2))
        return {
            int(t): (one, float(one[0, 11, 11] - one[0, 4, 4])) for t, one in zip(times, shown, strict=True)
        }

    def test_estimates_and_their_differences(self, good):
        assert check("ddpm-war", good).right
        assert check("ddpm-war", {t: (one[0].numpy(), round(d, 2)) for t, (one, d) in good.items()}).right

    def test_typical_mistakes(self, good):
        turned = {t: (one, -d) for t, (one, d) in good.items()}
        assert "minus the image's place" in hint("ddpm-war", turned)
        assert "and not by" in hint("ddpm-war", good | {50: (good[50][0], 0.0)})
        assert "reach the network" in hint("ddpm-war", dict.fromkeys(good, good[500]))
        assert "true image" in hint("ddpm-war", dict.fromkeys(good, (WORLD.render([[11, 11]]), 1.0)))
        believes = good | {500: (WORLD.render([[4, 4]])[0], -1.0)}
        assert "cannot be read" in hint("ddpm-war", believes)
        bright = good[10][0] * 10
        assert "*estimate*" in hint(
            "ddpm-war", good | {10: (bright, float(bright[0, 11, 11] - bright[0, 4, 4]))}
        )
        assert "pair" in hint("ddpm-war", dict.fromkeys(good, 1.0))


class TestProduct:
    @pytest.fixture
    def looks(self):
        """Shares near in x, in y and in both, and both without the sign's care, (looks, runs), counted label by label out of the plain records."""
        rule = held_out_square(6, 10)
        records = [Store().load_record(e) for e in sweep("first").experiments if e.train_on == rule]
        square = [16 * y + x for y in range(6, 10) for x in range(6, 10)]
        table = []
        for i in range(min(12, *(len(r["checkpoints"]) for r in records))):
            near = []
            for record in records:
                look = record["checkpoints"][i]
                errors = [np.array([look[f"error_{axis}"][k] for k in square]) for axis in "xy"]
                x, y = (np.abs(error) <= 1 for error in errors)
                signed = (errors[0] <= 1) & (errors[1] <= 1)
                near.append((x.mean(), y.mean(), (x & y).mean(), signed.mean()))
            table.append(near)
        return np.array(table).transpose(2, 0, 1)

    def test_product_first_and_mean_over_runs_last(self, looks):
        x, y, both, signed = looks
        right = np.stack([(x * y).mean(1), both.mean(1)], axis=1)
        assert check("ddpm-product", right).right
        assert check("ddpm-product", [tuple(row) for row in right.round(2)]).right
        assert "before you multiplied" in hint(
            "ddpm-product", np.stack([x.mean(1) * y.mean(1), both.mean(1)], axis=1)
        )
        assert "product first" in hint("ddpm-product", right[:, ::-1])
        assert "second column differs" in hint("ddpm-product", right * [1, 0.5])
        assert "take the shares of one run" in hint("ddpm-product", right * [0.5, 1])
        assert "has a sign" in hint("ddpm-product", np.stack([right[:, 0], signed.mean(1)], axis=1))
        assert "shape" in hint("ddpm-product", right[:5])

"""The law of holes on outcomes of our own making: what made them is found, and what did not saves nothing."""

import numpy as np
import pandas as pd
import pytest
import torch

from bumpbook.frame.findings import Unsupported
from bumpbook.frame.foretell import bits
from bumpbook.frame.holes import random_holes
from bumpbook.frame.painting import paint
from bumpbook.frame.sweeps import sweep
from bumpbook.interpolation import law, law_figures, law_findings
from bumpbook.interpolation.kernel import foretold, predicted
from bumpworld.canvas import Canvas
from bumpworld.measure import judge
from bumpworld.selection import lesion
from bumpworld.unet import UNetConfig
from shared import assert_house_figure

# as they work out what they otherwise keep
SCORES_OF, SHUFFLED = law_findings.scores_of.__wrapped__, law_findings.shuffled.__wrapped__
HOLES = (0, 1, 3, 4, 10, 11, 13, 14)  # of both halves: a rectangle, a band, a line and a diagonal in each


@pytest.fixture(scope="module")
def labels():
    """Every held-out label of some holes under every code, with its numbers and no outcome."""
    number = {paint(~hole): k for k, hole in enumerate(random_holes())}
    parts = []
    for e in sweep("holes").experiments:
        if number[e.train_on] in HOLES and e.seed == 0:
            part = {"key": e.key, "told": law.code_name(e.unet), "seed": 0, "rule": repr(e.train_on)}
            parts.append(pd.DataFrame(part | law.numbers(e)).assign(hole=number[e.train_on]))
    return pd.concat(parts, ignore_index=True)


def outcome(labels, name, at=0.5):
    """Right with 95 % where ``name`` is below ``at``, with 5 % elsewhere."""
    rng = np.random.default_rng(0)
    right = rng.random(len(labels)) < np.where(labels[name] < at, 0.95, 0.05)
    return labels.assign(right=right, near=right)


def test_every_number_is_there_for_every_label(labels):
    assert len(labels) == 3 * sum(int(random_holes()[k].sum()) for k in HOLES)
    assert np.isfinite(labels[list(law.PREDICTORS)].to_numpy(float)).all()
    band = labels[(labels.hole == 1) & (labels.told == "axes")]
    assert (band.gap == band["gap in x and y"]).all() and (band.coverage == band["coverage in x and y"]).all()
    assert (labels[labels.told == "one-hot"].coverage.isin([0, 16])).all()


def test_the_law_that_made_the_outcomes_wins_and_others_lose(labels):
    found = law.scores(outcome(labels, "coverage"))
    assert found.mean().idxmax() in ("coverage", "corner", "gap", "two gaps")
    assert law.lead(found, "coverage", law.best_of_others(found)).low > 0.1
    assert list(found.index) == sorted(HOLES)
    assert law_findings.verdicts(found)["coverage-law"] == "agrees"
    assert law_findings.verdicts(found)["told"] == "agrees"
    found = law.scores(outcome(labels, "pixels", 1.2))
    assert found.mean().idxmax() == "pixels"
    assert law_findings.verdicts(found)["coverage-law"] == "disagrees"


def test_a_copy_is_never_within_less_than_half_a_pixel(labels):
    found = law.scores(outcome(labels, "pixels", 1.2))
    assert found["copy"].abs().max() == pytest.approx(0, abs=1e-9)
    assert law.saved(outcome(labels, "pixels", 1.2), ("copy",), "near").mean() > 0.1


def test_bits_by_hand_for_a_constant_chance(labels):
    """Without a number each half is foretold by the other's rate, all holes and models alike."""
    table = outcome(labels, "coverage")
    models = table.groupby(["hole", "key"]).right.mean()
    holes = models.groupby("hole").mean()
    rate = {side: holes[[k for k in HOLES if k // 10 % 2 != side]].mean() for side in (0, 1)}
    chance = law.chances(table, ())
    assert chance == pytest.approx(table.hole.map(lambda k: rate[k // 10 % 2]).to_numpy(), abs=1e-6)
    assert law.saved(table, ()).to_numpy() == pytest.approx(np.zeros(len(HOLES)), abs=1e-9)
    assert bits(chance, table.right).mean() < 1.2


def test_shuffled_numbers_save_nothing(labels):
    assert abs(law.null(outcome(labels, "coverage")).mean) < 0.02


def test_halves_hold_every_kind_twice_upright_and_turned():
    holes = pd.Series(range(40))
    side = law.half(holes)
    assert side.value_counts().tolist() == [20, 20]
    for k in (0, 1):
        kinds = holes[side == k] % 5
        assert (kinds.value_counts() == 4).all()
        assert ((holes[side == k] // 5 % 2).value_counts() == 10).all()


def test_one_half_alone_is_refused(labels):
    with pytest.raises(ValueError, match="both halves"):
        law.chances(outcome(labels[labels.hole < 10], "coverage"), ("coverage",))


def test_the_regression_on_two_coordinates_blends_as_that_on_one_does():
    """In a band each row is trained: the picture lies nearest to the one that is blended from columns of its own row."""
    canvas, unet = Canvas(), UNetConfig.quick()
    split = lesion(6, 10).split(canvas)
    labels = split.test["lesion"][::5]
    whole = foretold(canvas, labels, split.train, unet)
    rowwise = predicted(canvas, labels, split.train[:, 0].unique(), unet)
    assert torch.cosine_similarity(whole.flatten(1), rowwise.flatten(1)).min() > 0.9
    trained = foretold(canvas, split.train[::9], split.train, unet)
    assert judge(trained, split.train[::9], canvas).right(0.45).all()
    for name in ("fourier", "pair"):
        other = UNetConfig.quick(label_code=name, label_values=16 * (name == "pair"))
        with pytest.raises(ValueError, match=name):
            foretold(canvas, labels, split.train, other)
    with pytest.raises(ValueError, match="0 labels for 0 images"):
        foretold(canvas, labels, split.train[:0], unet)


class TestSentences:
    """A doctored table breaks the sentence that rests on it."""

    @pytest.fixture
    def use(self, monkeypatch):
        def give(table):
            monkeypatch.setattr(law_findings, "table", lambda: table)
            monkeypatch.setattr(law_findings, "scores", lambda outcome="right": law.scores(table, outcome))
            # not as they were kept for another table
            monkeypatch.setattr(law_findings, "scores_of", SCORES_OF)
            monkeypatch.setattr(law_findings, "shuffled", SHUFFLED)

        return give

    def test_which_law(self, labels, use):
        numbers = labels.told.isin(law_findings.NUMBERS)
        near, known = outcome(labels, "pixels", 1.2), labels.coverage < 1
        lawless = near.assign(right=np.where(numbers, near.right, known))
        use(lawless)
        assert "labels with a new name 0 % are drawn right" in law_findings.which()
        # names that nobody trained are drawn; numbers follow a law of what is told
        for broken in (lawless.assign(right=near.right | ~numbers), outcome(labels, "coverage")):
            use(broken)
            with pytest.raises(Unsupported):
                law_findings.which()

    def test_what_is_told(self, labels, use):
        use(outcome(labels, "pixels", 1.2))
        assert "foretells no more than that x and y are" in law_findings.told()
        for name in ("coverage", "coverage in x and y"):
            use(outcome(labels, name))
            with pytest.raises(Unsupported):
                law_findings.told()

    def test_reach(self, labels, use):
        numbered = labels[labels.told != "one-hot"]
        use(numbered.assign(right=numbered.coverage < 1.2))
        assert all(1 < at < 2 for at in law_findings.reaches(law_findings.table()))
        use(labels.assign(right=True))
        with pytest.raises(Unsupported):
            law_findings.reach()

    def test_which_code_fills_which_hole(self, labels, use):
        diagonal = labels.hole % 5 == 4
        use(
            labels.assign(
                right=np.where(diagonal, (labels.told == "axes") | (labels.hole == 14), labels.coverage < 1.2)
            )
        )
        assert "Turned axes help bands of columns or rows" in law_findings.diagonal()
        use(labels.assign(right=(labels.coverage < 1.2) | (labels.hole % 5 == 4)))
        with pytest.raises(Unsupported):
            law_findings.diagonal()


def test_examples_are_of_every_kind_and_whole(labels):
    assert law.examples(labels) == (0, 1, 4, 3)
    without = labels[~((labels.hole == 1) & (labels.told == "one-hot"))]
    assert law.examples(without) == (0, 11, 4, 3)


def test_figures(labels):
    table = outcome(labels, "coverage")
    assert_house_figure(lambda: law_figures.law_scores(law.scores(table)))
    assert_house_figure(lambda: law_figures.foretold_holes(table))
    assert_house_figure(lambda: law_figures.hole_in_codes(table, (0, 1, 4)))
    panels = law_figures.hole_in_codes(table, (0, 7)).axes
    assert [t.get_text() for t in panels[1].texts] == ["not measured"]

"""Sentences of chapter 6 follow the records: other outcomes, other sentences; no records, a plain word."""

import re

import numpy as np
import pytest

from bumpbook.few_examples import design_findings as ch6_designs
from bumpbook.few_examples import findings as ch6
from bumpbook.few_examples import pair_findings as ch6_pairs
from bumpbook.few_examples import pairs
from bumpbook.frame.findings import finding
from bumpworld.store import Store
from made_up import fill, results, rising, table

NAMES = [
    "few-examples-models", "few-examples-thresholds", "few-examples-copying", "few-examples-fine", "few-examples-levels", "few-examples-growth", "few-examples-growth-fine", "few-examples-exponential", "few-examples-designs", "few-examples-well-or-many",
    "few-examples-matching", "few-examples-linked", "few-examples-pairs", "few-examples-recipe",
]  # fmt: skip


def say(name):
    return finding(name).data


def few(alone=40, helped=10, seeds=2):
    return table("few-shot", lambda row: rising(row, helped if row["stripes"] else alone), seeds)


def scaling(alone=2.0, helped=1.0):
    return table(
        "scaling",
        lambda row: rising(row, 20 * (row["size"] / 16) ** (helped if row["stripes"] else alone)),
        2,
    )


def which(**score):
    return table("which", lambda row: score[row["how"]] + 0.01 * row["seed"], seeds=5)


EVEN = dict.fromkeys(("random", "diagonal", "rim", "latin", "farthest"), 0.3)


@pytest.fixture
def given(monkeypatch):
    """Let the chapter read made-up tables and pairs."""

    read = ch6_pairs.sweep_table

    def give(held_out=None, **by_name):
        # what nobody made up for this test is the shipped table
        by_name = {"contest": read("contest")} | {
            name.replace("_", "-"): rows for name, rows in by_name.items()
        }
        for module in (ch6, ch6_designs, ch6_pairs):
            monkeypatch.setattr(module, "sweep_table", by_name.__getitem__)
        if held_out is not None:
            monkeypatch.setattr(pairs, "stored_pairs", lambda: held_out)

    return give


@pytest.fixture(scope="module")
def by_distance():
    return held_out(lambda p: 1 / (1 + np.exp(4 * (p.distance - 2))))


@pytest.fixture(scope="module")
def by_graph():
    return held_out(lambda p: np.where(p.linked, 0.9, 0.1))


def held_out(chance):
    plain = lambda e: not e.canvas.margin and e.canvas.kind == "bump" and e.train_on.settings[0][1] != 1 / 2
    return pairs.pair_table([*results("few-shot", chance, 3, plain), *results("which", chance, 3, plain)])


@pytest.mark.parametrize("name", NAMES)
def test_without_records_every_sentence_says_so(name, tmp_path, monkeypatch):
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    assert "Not measured here" in say(name)
    assert "bumpworld run" in say(name)


def test_every_sentence_can_be_said_of_the_first_seed_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    small = lambda e: e.canvas.size <= 16
    fill(
        Store(),
        ["few-shot", "scaling", "which"],
        lambda p: 1 / (1 + np.exp(p.distance - 2)),
        seeds=1,
        keep=small,
    )
    for name in NAMES:
        text = say(name)
        assert len(text) > 20 and "nan" not in text and "Not measured" not in text, name
    assert "With one seed" in say("few-examples-models") and "20 of 60" in say("few-examples-models")
    assert "too few" in say("few-examples-designs").lower() and say("few-examples-pairs") == ch6.TOO_FEW


def test_models_that_never_learned_are_counted(given):
    rows = few()
    rows["learned"] = rows.key != rows.key.iloc[0]
    given(few_shot=rows, scaling=scaling(), which=which(**EVEN))
    assert "1 never learned" in say("few-examples-models")
    assert "never learned" not in ch6.models().split(";")[1]


def test_thresholds_and_savings_are_those_of_the_table(given):
    given(few_shot=few(48, 12))
    assert "49 " not in say("few-examples-thresholds") and "factor of 4.0" in say("few-examples-thresholds")
    given(few_shot=few(24, 12))
    assert "factor of 2.0" in say("few-examples-thresholds")
    given(few_shot=few(1e5, 12))
    assert "not reached below 128" in say("few-examples-thresholds") and "factor" not in say(
        "few-examples-thresholds"
    )


def test_models_are_set_against_copying(given):
    needs = ch6.efficiency.copying_needs(16, 0.6)
    given(few_shot=few(needs / 4, needs * 2))
    text = say("few-examples-copying")
    assert f"at {needs} random labels" in text
    assert "bumps, 2D examples alone: fewer" in text and "bumps, 2D examples and all stripes: more" in text


def test_within_half_a_label_its_own_column_is_read(given):
    rows = few(48, 12)
    rows["both_fine"] = [rising(row, 24 if row["stripes"] else 36) for row in rows.to_dict("records")]
    given(few_shot=rows)
    assert "factor of 4.0" in say("few-examples-thresholds") and "factor of 1.5" in say("few-examples-fine")
    assert "from 1.5 to 4.0" in say("few-examples-levels")


def test_growth_names_the_guides_that_its_intervals_hold(given):
    jitter = scaling(2, 1)
    jitter["both"] = [rising(row, 20 * (1 + 0.2 * row["seed"]) * (row["size"] / 16) ** (1 if row["stripes"] else 2))
                      for row in jitter.to_dict("records")]  # fmt: skip
    given(scaling=jitter)
    text = say("few-examples-growth")
    assert "2D examples alone holds the quadratic guide" in text
    assert "2D examples and all stripes holds the linear guide" in text
    given(scaling=scaling(3, 0.5))
    text = say("few-examples-growth")
    assert "alone lies above the quadratic" in text and "stripes lies below the linear" in text
    given(scaling=scaling(1.5, 9))
    assert "alone lies between the guides" in say("few-examples-growth")


def test_exact_power_laws_leave_less_than_exponentials(given):
    given(scaling=scaling(2, 1))
    text = say("few-examples-exponential")
    assert "0 % for the power law" in text
    assert re.search(r"1\.5 \S*.{0,14}at N = 24", text)  # (24 / 16) ** (2 - 1)


def test_designs_that_differ_and_that_do_not(given):
    given(which=which(**EVEN | {"latin": 0.6, "diagonal": 0.1}), few_shot=few())
    text = say("few-examples-designs")
    assert "*latin* is better by 0.30" in text and "*diagonal* is worse by 0.20" in text
    assert "do not tell *rim* or *farthest*" in text
    assert "something else than the graph" in say("few-examples-matching")
    given(which=which(**EVEN), few_shot=few())
    text = say("few-examples-designs")
    assert "better" not in text and "worse" not in text
    assert "as the graph would have it" in say("few-examples-matching")


def test_a_designs_worth_is_read_off_the_random_choices(given):
    given(which=which(**EVEN | {"latin": 0.48}), few_shot=few(40))
    assert "16 labels by *latin* are worth 40" in say("few-examples-well-or-many")  # one half, at the middle


def test_who_made_the_pairs_wins_the_contest(given, by_distance, by_graph):
    given(held_out=by_distance)
    assert "Distance predicts better" in say("few-examples-pairs")
    given(held_out=by_graph)
    assert "The graph predicts better" in say("few-examples-pairs")


def test_the_recipe_turns_with_the_measurements(given, by_distance, by_graph):
    given(held_out=by_distance, few_shot=few(40, 10), which=which(**EVEN | {"latin": 0.6, "rim": 0.05}))
    text = say("few-examples-recipe")
    assert "Show each factor alone" in text and "choose them by *latin*" in text
    assert "Avoid** *rim*" in text and "measure distances" in text
    given(held_out=by_graph, few_shot=few(10, 40), which=which(**EVEN))
    text = say("few-examples-recipe")
    assert "Do not count on" in text and "random choice is hard to beat" in text
    assert "Avoid" not in text and "draw the graph" in text


def test_the_recipe_says_where_stripes_help_and_where_they_cost(given, by_distance):
    """With stripes the share right starts sooner and rises more slowly, so that 60 % comes early and 90 % late."""
    steep, flat = lambda row: rising(row, 40, 4.0), lambda row: rising(row, 20, 1.3)
    crossing = table("few-shot", lambda row: flat(row) if row["stripes"] else steep(row), 2)
    given(held_out=by_distance, few_shot=crossing, which=which(**EVEN))
    text = say("few-examples-recipe")
    at = lambda share: 20 * (share / (1 - share)) ** (1 / 1.3) / (40 * (share / (1 - share)) ** (1 / 4))
    assert f"needed for 60 % by {1 / at(0.6):.1f} for bumps" in text
    assert f"For 90 % they multiply it by {at(0.9):.1f} " in text
    given(few_shot=few(40, 10), which=which(**EVEN))
    assert "multiply" not in say("few-examples-recipe")


def test_a_factor_without_an_end_says_so():
    assert ch6.ratio((0.9, 0.0, 1.1)) == "0.9 (less than was measured to 1.1)"
    assert ch6.ratio((2.0, 1.5, np.inf)) == "2.0 (1.5 to more than was measured)"
    assert ch6.ratio(ch6.upside_down((0.8, 0.0, 0.9))) == "1.2 (1.1 to more than was measured)"


def test_half_linked_stands_where_half_of_the_pairs_are_linked(given, by_distance):
    given(held_out=by_distance, few_shot=few(40, 10))
    text = say("few-examples-linked")
    half = int(text.split("from about ")[1].split()[0])
    before, after = pairs.connected_share(16, [half - 3, half + 3], draws=100, seed=7)
    assert before < 0.5 < after
    assert "for bumps 40" in text

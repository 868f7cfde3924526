"""Sentences of chapter 6 hold to the records: other numbers where they move, no book where they turn; no records, a plain word."""

import re

import numpy as np
import pandas as pd
import pytest

from bumpbook.few_examples import (
    contest_pairs,
    design_findings,
    efficiency,
    pair_findings,
    pairs,
    recipe_findings,
)
from bumpbook.few_examples import findings as ch6
from bumpbook.frame.findings import Unsupported, finding
from bumpworld.store import Store
from made_up import results, rising, table

NAMES = [
    "few-examples-enough", "few-examples-paper-world", "few-examples-copying", "few-examples-slower", "few-examples-slower-larger", "few-examples-exponential", "few-examples-designs",
    "few-examples-joined", "few-examples-matching", "few-examples-linked", "few-examples-pairs", "few-examples-recipe", "few-examples-in-short",
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

    read = ch6.sweep_table

    def give(held_out=None, designed=None, **by_name):
        made = {name.replace("_", "-"): rows for name, rows in by_name.items()}
        # what nobody made up for this test is the shipped table
        table_of = lambda name, preset="quick": made[name] if name in made else read(name, preset)
        for module in (ch6, design_findings, pair_findings, recipe_findings):
            monkeypatch.setattr(module, "sweep_table", table_of)
        if held_out is not None:
            kept = lambda store=None, sweeps=(): designed if "contest" in sweeps else held_out
            monkeypatch.setattr(pairs, "stored_pairs", kept)

    forget()
    yield give
    forget()


def forget():
    contest_pairs.foretold.cache_clear(), contest_pairs.foretold_at_random.cache_clear()


@pytest.fixture(scope="module")
def by_distance():
    return held_out(NEAR)


@pytest.fixture(scope="module")
def by_graph():
    return held_out(lambda p: np.where(p.linked, 0.9, 0.1))


NEAR = lambda p: 1 / (1 + np.exp(4 * (p.distance - 2)))


def designed(chance):
    """Pairs of two models of each of the contest's designs with 32 and 64 labels."""
    several = lambda e: e.train_on.settings[0][1] != 16 and e.train_on.settings[1][1] != 16
    return pairs.pair_table(results("contest", chance, 2, several))


def held_out(chance):
    plain = lambda e: not e.canvas.margin and e.canvas.kind == "bump" and e.train_on.settings[0][1] != 1 / 2
    return pairs.pair_table([*results("few-shot", chance, 3, plain), *results("which", chance, 3, plain)])


@pytest.mark.parametrize("name", NAMES)
def test_without_records_every_sentence_says_so(name, tmp_path, monkeypatch):
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    assert "Not measured here" in say(name)
    assert "bumpworld run" in say(name)


@pytest.mark.parametrize("name", NAMES)
def test_numbers_stand_behind_a_fold(name):
    front = say(name).split("<details")[0]
    assert all(len(re.findall(r"\d+(?:\.\d+)?", line)) <= 10 for line in front.splitlines())


def turned(name, about):
    with pytest.raises(Unsupported, match=re.escape(about)):
        finding(name)


def test_models_that_never_learned_are_counted(given):
    rows = few()
    rows["learned"] = rows.key != rows.key.iloc[0]
    given(few_shot=rows, scaling=scaling())
    assert "1 never learned" in ch6.models("few-shot") and "never learned" not in ch6.models("scaling")
    assert "40 of 60 models, 2 seeds" in ch6.models("few-shot")


def fine(alone, helped, fit=2.0):
    """Right within 0.45 px at other amounts than within a pixel, which are 24 and 12."""
    rows = few(24, 12)
    rows["both_fine"] = [
        rising(row, helped if row["stripes"] else alone, fit) for row in rows.to_dict("records")
    ]
    return rows


def at(share, half, slope):
    """The amount at which a rising curve passes a share, in closed form."""
    return half * (share / (1 - share)) ** (1 / slope)


def untrained(bump, sos):
    """A kernel's table: right within 0.45 px as the made-up models are, from these amounts on."""
    rows = few()
    half = rows.kind.map({"bump": bump, "sos": sos})
    rows["both_fine"] = 1 / (1 + (half / rows.train_2d) ** 2)
    return rows


def test_enough_is_where_the_strict_curve_passes_sixty_percent(given, monkeypatch):
    def kernel(bump, sos):
        monkeypatch.setattr(ch6, "kernel_table", lambda name, preset="quick": untrained(bump, sos))

    def needs(alone, sums, bumps):
        """Stripes save sums something, and bumps by seed."""
        halves = {"sos": (sums, sums), "bump": (bumps - 1, bumps + 1)}
        rows = few(24, 12)
        rows["both_fine"] = [
            rising(r, halves[r["kind"]][r["seed"]] if r["stripes"] else alone, 2.0)
            for r in rows.to_dict("records")
        ]
        return rows

    given(few_shot=needs(36, 18, 34))
    kernel(bump=60, sos=15)
    alone, slow, fast = (at(0.6, half, 2.0) for half in (36, 60, 15))
    text = say("few-examples-enough")
    assert f"For bumps, {alone:.0f} random pairs ({round(100 * alone / 256)} %) teach" in text
    assert (
        f"features, needs {slow:.0f}, and" in text
        and f"For sums of stripes networks need {alone:.0f}, the kernel {fast:.0f}:" in text
    )
    # on straight lines between the points of a seed: near the curve, and above it where it bends
    said = [float(n) for n in re.findall(r"networks need (\d+) for sums\. For bumps it is (\d+)", text)[0]]
    assert said == pytest.approx([at(0.6, half, 2.0) for half in (18, 34)], rel=0.05)
    assert "in each seed a little less than what it needs alone" in text
    # the one number that needs no made-up table: a product on the labels that the sweep declares
    assert "which is told its world, 34" in text
    for nulls in ({"bump": 30, "sos": 15}, {"bump": 36, "sos": 15}, {"bump": 60, "sos": 50}):
        kernel(**nulls)
        turned("few-examples-enough", "A few are enough")
    kernel(bump=110, sos=15)
    given(few_shot=needs(80, 40, 78))
    turned("few-examples-enough", "A few are enough")
    kernel(bump=60, sos=15)
    # stripes save bumps much, or nothing in one seed, or cost sums something
    for saved in ((36, 18, 20), (36, 18, 36), (36, 40, 34)):
        given(few_shot=needs(*saved))
        turned("few-examples-enough", "A few are enough")


def test_what_stripes_do_for_bumps_is_read_off_both_worlds(monkeypatch):
    def read(large, small):
        made = {"paper-world": large, "quick": small}
        monkeypatch.setattr(ch6, "sweep_table", lambda name, preset="quick": made[preset])

    kernel = lambda half: monkeypatch.setattr(ch6, "kernel_table", lambda name, preset: untrained(half, half))
    share = lambda count, half, fit=2.0: f"{100 / (1 + (half / count) ** fit):.0f} %"

    def crossing(alone, helped):
        """With stripes sooner and less steep: each (amount at a half, steepness)."""
        rows = few(24, 12)
        rows["both_fine"] = [
            rising(row, *(helped if row["stripes"] else alone)) for row in rows.to_dict("records")
        ]
        return rows

    crossed, larger = crossing((40, 4.0), (30, 1.2)), crossing((36, 4.0), (18, 2.0))
    read(larger, crossed)
    kernel(90)
    text = say("few-examples-paper-world")
    assert f"from {share(32, 40, 4.0)} to {share(32, 30, 1.2)} in the smaller world" in text
    assert f"from {share(32, 36, 4.0)} to {share(32, 18)} in the paper's" in text
    # straight lines between the points of a seed lie near the curve, the less so the steeper it is
    said = [float(n) for n in re.search(r"There (\d+) labels .* alone it takes (\d+)\.", text).groups()]
    assert said == pytest.approx([at(0.6, 18, 2.0), at(0.6, 36, 4.0)], rel=0.1)
    assert f"{share(64, 40, 4.0)} | {share(64, 30, 1.2)}" in text.replace(" (n = 2, all alike)", "")
    assert f"the kernel regression gets at most {share(32, 90)}" in text
    alone = at(0.6, 36, 4.0)
    found = float(text.split("own points: 2D examples alone ")[1].split(",")[0].split(";")[0])
    assert found == pytest.approx(alone, rel=0.1)
    for large, small, null in (
        (larger, crossed, 30),  # a kernel does as well
        (fine(18, 36), crossed, 90),  # stripes cost something in the paper's world
        (larger, fine(60, 18), 90),  # they still add much at a quarter in the small one
        (fine(60, 18), crossed, 90),  # and in the large one
    ):
        read(large, small)
        kernel(null)
        turned("few-examples-paper-world", "Stripes help bumps while labels are few")


def test_the_networks_are_set_against_copying(given):
    needs = ch6.efficiency.copying_needs(16, 0.6)
    given(few_shot=few(needs / 2, needs / 4))
    assert f"once {needs} labels lie at random" in say("few-examples-copying")
    given(few_shot=few(needs * 2, needs / 4))
    turned("few-examples-copying", "Copying scores as well")


def steeper(alone=1.5, helped=0.5, more=0.0):
    """Tables whose need alone grows with another power at 90 % than at 60 %: the curve is less steep in a larger world."""

    def share(row):
        power = helped if row["stripes"] else alone
        return rising(row, 20 * (row["size"] / 16) ** power, 4.0 * (16 / row["size"]) ** more)

    return table("scaling", share, 2)


def test_the_need_is_the_power_that_the_table_was_made_with(given, monkeypatch):
    kernel = lambda power: monkeypatch.setattr(
        ch6, "kernel_table", lambda name, preset="quick": scaling(power)
    )
    kernel(1.9)
    made = steeper(1.2, 0.5, 0.3)
    given(scaling=made)
    power = lambda level, s: efficiency.exponent(made[made.stripes == s], level).value
    text = say("few-examples-slower")
    assert f"needs {2 ** power(0.6, False):.1f} times as many examples" in text
    assert f"a kernel regression needs {2**1.9:.1f} times as many." in text
    assert f"beside all stripes {2 ** power(0.6, True):.1f} times (" in text
    assert f"For 90 % right a network needs {2 ** power(0.9, False):.1f} times as many" in text
    given(scaling=steeper(3, 0.5, 0.3))
    turned("few-examples-slower", "the need grows far more slowly")
    given(scaling=steeper(1.2, 0.5, -0.3))
    turned("few-examples-slower", "the need grows far more slowly")
    given(scaling=made)
    kernel(1.1)
    turned("few-examples-slower", "the need grows far more slowly")


def by_side(alone=0.95, helped=0.44, middle=18.0):
    """Needs alone and beside stripes that are alike on the smallest canvas and part from there."""
    need = lambda row: (
        18.5 * (row["size"] / 8) ** helped if row["stripes"] else middle * (row["size"] / 8) ** alone
    )
    return table("scaling", lambda row: rising(row, need(row)), 2)


def test_in_the_papers_world_the_need_grows_with_the_side(given, monkeypatch):
    kernel = lambda power: monkeypatch.setattr(ch6, "kernel_table", lambda *_: by_side(power, power, 10))
    # with this power it needs more on the largest than any amount that was asked
    kernel(3.5)
    given(scaling=by_side())
    text = say("few-examples-slower-larger")
    assert f"From 8 to 24 pixels, twice the side needs {2**0.95:.1f} times as many examples" in text
    assert "(12) and is not there with 288 on the largest" in text
    # six in ten are right where the odds are 3 to 2, by a slope of 2
    odds = 1.5**0.5
    assert f"({18.5 * odds:.0f} labels beside them, {18 * odds:.0f} alone)" in text
    assert f"({18.5 * odds * 3**0.44:.0f} and {18 * odds * 3**0.95:.0f})" in text
    for turned_table in (by_side(2.0), by_side(helped=0.9), by_side(middle=30)):
        given(scaling=turned_table)
        turned("few-examples-slower-larger", "the need grows with the side")
    given(scaling=by_side())
    kernel(0.9)
    turned("few-examples-slower-larger", "the need grows with the side")


def test_an_exact_power_law_is_told_from_an_exponential(given):
    given(scaling=scaling(2, 1))
    turned("few-examples-exponential", "Power law or exponential? Such sizes cannot say")


def test_what_stripes_save_is_the_ratio_of_the_two_laws(given):
    given(scaling=scaling(2, 1))
    (row,) = [line for line in ch6.gains().splitlines() if line.startswith("| 24 ")]
    assert row.split("|")[2].split()[0] == f"{(24 / 16) ** (2 - 1):.1f}"


BAD = {"diagonal": 0.1, "rim": 0.1}


def test_designs_that_lose_and_that_win(given):
    given(which=which(**EVEN | BAD), few_shot=few())
    text = say("few-examples-designs")
    assert "random choice: *diagonal* and *rim*." in text and "| diagonal | 0.12 (" in text
    assert "| −0.20 (" in text and "16, choose at random" in recipe_findings._sixteen()
    given(which=which(**EVEN | BAD | {"latin": 0.6}), few_shot=few())
    turned("few-examples-designs", "choosing well hardly pays")
    with pytest.raises(Unsupported, match="choose at random"):
        recipe_findings._sixteen()
    given(which=which(**EVEN), few_shot=few())
    turned("few-examples-designs", "choosing well hardly pays")


def test_a_designs_worth_is_read_off_the_random_choices(given):
    # the mean of its five networks is one half, which 40 random labels get
    given(which=which(**dict.fromkeys(EVEN, 0.48) | BAD), few_shot=few(40))
    text = say("few-examples-designs")
    assert "has 50 % of the other labels" in text and "as 40 random ones would" in text


HELPS = lambda p: NEAR(p) * np.where(p.linked, 1, np.where(p.known, 0.5, 0.3))
HARMS = lambda p: NEAR(p) * np.where(p.linked, 0.6, 1)


@pytest.fixture(scope="module")
def unsettled():
    """Distance counts; links help in most designs and harm in Latin squares, so that designs alone leave them open."""
    return of_designs(latin=HARMS)


def of_designs(others=HELPS, **by_name):
    table = designed(others)
    for how, law in by_name.items():
        table = pd.concat([table[table.how != how], designed(law).query("how == @how")], ignore_index=True)
    return table


def test_distance_counts_and_designs_do_not_settle_links(given, by_distance, by_graph, unsettled):
    given(held_out=by_distance, designed=unsettled)
    text = say("few-examples-pairs")
    random, (found, design) = contest_pairs.foretold_at_random(Store()), contest_pairs.foretold(Store())
    saved = [1 - found[name].loss[0] / found["amount alone"].loss[0] for name in ("distance", "all of these")]
    assert (
        f"distance takes off {100 * saved[0]:.0f} %" in text
        and f"both together {100 * saved[1]:.0f} %" in text
    )
    assert (
        f"takes {100 * (1 - random['distance'].loss[0] / random['amount alone'].loss[0]):.0f} % off" in text
    )
    assert set(design) == set(unsettled.how) and f"contest's {unsettled.how.nunique()} designs" in text
    # an interval over designs has one value a design
    over = contest_pairs.by_design(found, design, "all of these", "distance and values")
    own = contest_pairs.gains(found, design, "all of these", "distance and values")
    assert over.n == unsettled.how.nunique() and over.mean == pytest.approx(own.mean()) and own["latin"] < 0
    assert f"links lower the error by {over.mean:.2f}" in text and f"n = {over.n}) | " in text
    text = recipe_findings._look_before()
    assert "*skewed*, shows every value" in text and "the next best, *farthest*" in text
    given(held_out=by_graph, designed=unsettled)
    forget()
    turned("few-examples-pairs", "Distance counts; 9 designs")


@pytest.mark.parametrize(
    "law",
    [
        # links that count for nothing, in Latin squares neither
        {"others": NEAR},
        # links that help everywhere
        {},
        # links alone, and no distance
        {"others": lambda p: np.where(p.linked, 0.9, 0.1)},
    ],
)
def test_other_designs_would_settle_it(given, by_distance, law):
    given(held_out=by_distance, designed=of_designs(**law))
    turned("few-examples-pairs", "Distance counts; 9 designs")


def test_the_recipe_says_where_stripes_help_and_where_they_cost(given):
    """With stripes the share right starts sooner and rises more slowly, so that 60 % comes early and 90 % late."""
    steep, flat = lambda row: rising(row, 40, 4.0), lambda row: rising(row, 20, 1.3)
    given(few_shot=table("few-shot", lambda row: flat(row) if row["stripes"] else steep(row), 2))
    times = lambda share: at(share, 20, 1.3) / at(share, 40, 4.0)
    eighth = [100 / (1 + (half / 32) ** power) for half, power in ((20, 1.3), (40, 4.0))]
    text = recipe_findings._each_factor()
    assert (
        f"needed for 60 % by {1 / times(0.6):.1f}" in text
        and f"takes {times(0.9):.1f} times as many." in text
    )
    assert f"and {eighth[0]:.0f} % instead of {eighth[1]:.0f} % in the smaller one" in text
    given(few_shot=few(40, 10))
    with pytest.raises(Unsupported, match="Show each factor alone"):
        recipe_findings._each_factor()


def test_a_factor_without_an_end_says_so():
    assert ch6.ratio((0.9, 0.0, 1.1)) == "0.9 (less than was measured to 1.1)"
    assert ch6.ratio((2.0, 1.5, np.inf)) == "2.0 (1.5 to more than was measured)"


def test_half_linked_stands_where_half_of_the_pairs_are_linked(given, by_distance):
    given(held_out=by_distance, few_shot=few(40, 10))
    text = say("few-examples-linked")
    half = int(text.split("are linked from ")[1].split()[0])
    before, after = pairs.connected_share(16, [half - 3, half + 3], draws=100, seed=7)
    assert before < 0.5 < after and "drawn right from 40." in text
    given(held_out=by_distance, few_shot=few(20, 10))
    turned("few-examples-linked", "Linked is not yet right")

"""Thresholds, growth and designs out of tables whose truth is known."""

from math import comb

import numpy as np
import pandas as pd
import pytest

from bumpbook.few_examples import efficiency
from made_up import rising, table


def few(alone=40.0, helped=10.0):
    return table("few-shot", lambda row: rising(row, helped if row["stripes"] else alone))


def part(rows, kind="bump", stripes=False):
    return rows[(rows.kind == kind) & (rows.stripes == stripes)]


def test_thresholds_come_from_held_out_rows_of_models_that_learned():
    rows = part(few())
    fit = efficiency.threshold(rows, 0.5)
    assert fit.value == pytest.approx(40, rel=0.01)
    trained = rows.assign(region="train", both=1.0)
    lost = rows.assign(both=0.0, learned=False)
    more = efficiency.threshold(pd.concat([rows, trained, lost]), 0.5)
    assert more.value == fit.value


def test_two_amounts_are_too_few_for_a_threshold():
    rows = part(few())
    assert efficiency.threshold(rows[rows.train_2d <= 16]) is None


def test_what_is_saved_is_the_ratio_of_the_thresholds():
    rows = few(48, 12)
    fits = [efficiency.threshold(part(rows, stripes=s), 0.5) for s in (False, True)]
    assert efficiency.saving(*fits)[0] == pytest.approx(4, rel=0.02)
    never = efficiency.threshold(part(few(1e6, 1e6)), 0.5)
    assert efficiency.saving(never, fits[1]) is None and efficiency.saving(None, fits[1]) is None


def test_the_score_decides_which_column_is_read():
    rows = part(few(40)).assign(both_fine=lambda t: [rising(row, 60) for row in t.to_dict("records")])
    assert efficiency.threshold(rows, 0.5, "both_fine").value == pytest.approx(60, rel=0.01)
    assert efficiency.threshold(rows, 0.5, "both").value == pytest.approx(40, rel=0.01)
    assert efficiency.threshold(rows, 0.5).value == efficiency.threshold(rows, 0.5, "both_fine").value
    with pytest.raises(ValueError, match="score is 'x'"):
        efficiency.unseen(rows, "x")


def test_copying_is_what_random_labels_leave_within_a_pixel():
    rng, shares = np.random.default_rng(0), []
    side = np.stack(np.meshgrid(np.arange(8), np.arange(8)), -1).reshape(-1, 2)
    for _ in range(400):
        order = rng.permutation(64)
        away = (
            np.abs(side[order[10:], None] - side[order[:10]]).max(2).min(1)
        )  # the larger of the two differences
        shares.append((away <= 1).mean())
    assert efficiency.copying(8, 10) == pytest.approx(np.mean(shares), abs=4 * np.std(shares) / 20)
    assert efficiency.copying(8, 63) == pytest.approx(1)
    assert (
        efficiency.copying(8, efficiency.copying_needs(8, 0.6) - 1)
        < 0.6
        <= efficiency.copying(8, efficiency.copying_needs(8, 0.6))
    )
    with pytest.raises(ValueError, match="amount is 0"):
        efficiency.copying(8, 0)


def test_the_summary_has_every_case_and_its_factor():
    found = efficiency.summary(few(48, 12))
    assert len(found) == 2 * 2 * 3
    assert found.loc[("bumps", "within 1 px", "60 %"), "factor"] == "4.0"
    assert "not reached" in efficiency.summary(few(1e6, 12)).iloc[0, 0]


@pytest.mark.parametrize("power", [1.0, 2.0])
def test_growth_finds_the_exponent_that_was_put_in(power):
    spread = {0: 0.9, 1: 1.0, 2: 1.1}  # seeds differ in how much they need
    rows = table("scaling", lambda row: rising(row, spread[row["seed"]] * 30 * (row["size"] / 16) ** power))
    law = efficiency.exponent(rows[~rows.stripes], 0.5)
    assert law.value == pytest.approx(power, abs=0.02)
    assert law.low < power < law.high
    two = rows[rows["size"] <= 12]
    assert efficiency.exponent(two) is None


def test_unreached_sizes_do_not_enter_the_exponent():
    rows = table("scaling", lambda row: rising(row, 1e6 if row["size"] == 24 else 2.0 * row["size"]))
    law = efficiency.exponent(rows[~rows.stripes], 0.5)
    assert law.value == pytest.approx(1, abs=0.02)
    assert list(law.left_out) == [24.0]


def test_holm_by_hand():
    assert efficiency.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert efficiency.holm([0.6, 0.9]) == [1, 1]
    assert efficiency.holm([]) == []
    with pytest.raises(ValueError, match="1.5"):
        efficiency.holm([1.5])


def test_separated_designs_have_the_smallest_p_that_there_is():
    groups = {"random": np.arange(5) / 100, "latin": 0.5 + np.arange(5) / 100}
    (only,) = efficiency.against(groups)
    assert only.p == pytest.approx(2 / comb(10, 5)) == only.p_holm
    assert only.difference == pytest.approx(0.5)
    assert 0.4 < only.low < 0.5 < only.high < 0.6
    assert efficiency.any_difference(groups) == pytest.approx(2 / comb(10, 5))


def test_the_null_of_no_difference_is_kept_about_as_often_as_it_says():
    rng = np.random.default_rng(0)
    drawn = [{k: rng.normal(size=5) for k in "abcde"} for _ in range(60)]
    ps = np.array([efficiency.any_difference(groups, draws=199) for groups in drawn])
    assert 0.3 < ps.mean() < 0.7  # uniform: .5 with a standard error of .037
    assert (ps < 0.05).mean() < 0.2


def test_one_model_a_design_or_equal_models_give_no_p():
    assert np.isnan(efficiency.any_difference({"a": np.array([0.1]), "b": np.array([0.2])}))
    assert np.isnan(efficiency.any_difference({"a": np.ones(3), "b": np.ones(3)}))
    assert efficiency.against({"random": np.array([0.1]), "latin": np.array([0.2])}) == []
    with pytest.raises(ValueError, match="reference is 'random'"):
        efficiency.against({"latin": np.ones(2)})


def test_designs_are_ordered_by_their_mean():
    score = {"random": 0.3, "diagonal": 0.2, "rim": 0.1, "latin": 0.5, "farthest": 0.4}
    groups = efficiency.by_design(table("which", lambda row: score[row["how"]] + 0.01 * row["seed"], seeds=5))
    found = efficiency.means(groups)
    assert list(found) == ["latin", "farthest", "random", "diagonal", "rim"]
    assert found["latin"][0] == pytest.approx(0.52) and found["latin"][3] == 5


def test_a_score_is_worth_what_random_choice_needs_for_it():
    rows = part(few(40))
    assert efficiency.worth(0.8, rows).value == pytest.approx(80, rel=0.02)  # odds of 4 = (n / 40) ** 2
    assert efficiency.worth(0.999, rows).status == "not reached"
    assert efficiency.worth(1.0, rows) is None

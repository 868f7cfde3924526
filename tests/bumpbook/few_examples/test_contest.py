"""The contest: what designs cover, and verdicts on made-up scores with a known answer."""

import json

import numpy as np
import pandas as pd
import pytest

from bumpbook.few_examples import contest, contest_figure, contest_findings
from bumpbook.frame import tables
from bumpbook.frame.findings import Unsupported
from bumpbook.frame.sweeps import sweep
from bumpworld.files import ResultError
from bumpworld.instruments.spread import difference
from shared import ROOT

DESIGNS = sorted({dict(e.train_on.settings)["how"] for e in sweep("contest").experiments})
WANTED = [
    p["name"] for p in json.loads((ROOT / "results/predictions/contest.json").read_text())["predictions"]
]


def made_up(score, counts=(16, 32, 64), seeds=5):
    """Rows as `contest.scored` gives them; ``score(how, count, values, distance)`` is the mean share."""
    rng, rows = np.random.default_rng(0), []
    for how in DESIGNS:
        for count in counts:
            for seed in range(seeds):
                values, distance = rng.uniform(0.2, 1), rng.uniform(1, 4)
                linked = float(how == "skewed")
                share = np.clip(score(how, count, values, distance) + 0.01 * (seed - 2), 0, 1)
                rows.append((how, count, seed, share, 256 - count, values, linked, distance))
    columns = ["how", "train_2d", "seed", "share", "tried", "values", "linked", "distance"]
    return pd.DataFrame(rows, columns=columns)


def verdicts(rows):
    return {v.name: v.verdict for v in contest.judge(rows)}


def test_what_labels_cover_by_hand():
    corners = np.array([(0, 0), (2, 0), (0, 2), (2, 2)])
    values, linked, distance = contest.coverage(corners, side=3)
    # of the five others none has both values; four lie 1 from a corner, the middle the root of 2
    assert values == linked == 0 and distance == pytest.approx((4 + 2**0.5) / 5)
    diagonal = [(0, 0), (1, 1), (2, 2)]
    assert contest.coverage(np.array(diagonal), side=3)[:2] == (1, 0)
    # one more label joins two of three islands, and leaves one pair of six linked
    assert contest.coverage(np.array([*diagonal, (0, 1)]), side=3)[:2] == (1, 1 / 5)


def test_every_prediction_gets_its_verdict_in_its_order():
    assert [v.name for v in contest.judge(made_up(lambda *_: 0.3))] == WANTED


def test_scores_that_follow_the_predictions_agree():
    table = {"skewed": 0.7, "staggered": 0.7, "random": 0.3, "latin": 0.3, "diagonals": 0.1, "grid": 0.05}
    late = {"skewed": 0.85, "random": 0.8}
    score = lambda how, count, *_: {16: 0.03, 32: table.get(how, 0.2), 64: late.get(how, 0.7)}[count]
    found = verdicts(made_up(score))
    assert set(found.values()) - {found["both-coverages"]} == {"agrees"}


def test_scores_that_do_not_disagree():
    score = lambda how, count, *_: {"random": 0.4, "grid": 0.5}.get(how, 0.8 if count == 16 else 0.3)
    found = verdicts(made_up(score))
    for name in ("skewed-beats-random", "another-skew", "plane-is-not-enough", "sixteen-is-too-few"):
        assert found[name] == "disagrees", name
    assert found["values-are-not-enough"] == "disagrees"  # the same score is no difference


def test_between_the_limits_it_is_partly():
    table = {"skewed": 0.4, "staggered": 0.4, "random": 0.3, "grid": 0.25}
    found = verdicts(
        made_up(lambda how, count, *_: table.get(how, 0.3) + 0.15 * (count == 16 and how != "random"))
    )
    assert {found[n] for n in ("skewed-beats-random", "another-skew", "plane-is-not-enough")} == {"partly"}
    assert found["sixteen-is-too-few"] in ("partly", "disagrees")


def test_nothing_is_said_of_too_few_models():
    assert set(verdicts(made_up(lambda *_: 0.3, seeds=4)).values()) == {"cannot be said"}
    assert verdicts(made_up(lambda *_: 0.3, counts=(16,)))["sixteen-is-too-few"] == "agrees"


LOGIT = lambda z: 1 / (1 + np.exp(-z))


@pytest.mark.parametrize(
    ("law", "verdict"),
    [
        (
            lambda how, count, v, d: LOGIT(2 * np.log(count / 32) + 4 * (v - 0.6) - 4 * np.log(d / 2)),
            "agrees",
        ),
        (lambda how, count, v, d: LOGIT(2 * np.log(count / 32) - 4 * np.log(d / 2)), "not"),
        (lambda how, count, v, d: LOGIT(2 * np.log(count / 32)), "not"),
    ],
    ids=["both", "plane alone", "neither"],
)
def test_a_coverage_counts_where_the_law_has_it(law, verdict):
    found = verdicts(made_up(law))["both-coverages"]
    assert (found == "agrees") == (verdict == "agrees")


def test_designs_alone_are_counted_once_each():
    """Two networks of ten of one design do not make two designs, and what a law has is taken off."""
    rows = made_up(lambda how, count, v, d: LOGIT(2 * np.log(count / 32) - 4 * np.log(d / 2)))
    errors = [contest.foretelling_errors(rows, known) for known in (["values"], contest.COVERAGES)]
    by_hand = [float((errors[0] - errors[1])[rows.how == how].mean()) for how in DESIGNS]
    found = contest_findings.alone(rows)
    assert found["the plane"] != found["the values"] and {one.n for one in found.values()} == {len(DESIGNS)}
    # without the distance the values are left
    assert found["the values"].mean == pytest.approx(np.mean(by_hand)) and found["the values"].low > 0
    assert found["the plane"].low <= 0


def test_the_choice_breaks_where_designs_alone_settle_it(monkeypatch):
    monkeypatch.setattr(contest_findings, "sweep_table", lambda name: None)
    rows = contest.scored(tables.table(sweep("contest")))
    monkeypatch.setattr(contest, "scored", lambda table: rows)
    assert "32 examples can teach" in contest_findings.choice()
    sure = contest_findings.alone(rows)["neither"]._replace(low=0.01)
    monkeypatch.setattr(contest_findings, "alone", lambda rows: {"neither": sure})
    with pytest.raises(Unsupported, match="32 examples"):
        contest_findings.choice()


def test_words_and_picture(monkeypatch):
    rows = made_up(lambda how, count, *_: 0.3 + 0.1 * (how == "skewed"))
    monkeypatch.setattr(contest, "scored", lambda table: rows)
    monkeypatch.setattr(contest_figure, "scored", lambda table: rows)
    monkeypatch.setattr(contest_findings, "sweep_table", lambda name: None)
    table = contest_findings.scores(rows).splitlines()
    assert table[2].startswith("| skewed |") and "0.40" in table[2] and len(table) == 2 + len(DESIGNS)
    lines = contest_findings.foretold(contest.judge(rows), rows).splitlines()
    # whoever reads how they fared reads what was known
    assert "had been looked at outside the project's code" in lines[-1]
    # and beside the last verdict what designs alone give
    assert "What was looked at afterwards, a mean for each design" in lines[-3]
    lines = lines[2:-4]
    assert len(lines) == len(WANTED) and "by neither" in lines[-1]
    skewed, plain = (rows[(rows.how == how) & (rows.train_2d == 32)].share for how in ("skewed", "random"))
    assert f"{difference(skewed, plain)[0]:.2f}" in lines[0]
    with pytest.raises(Unsupported, match="32 examples"):
        contest_findings.choice()
    whole = tables.read("contest")
    figure = contest_figure.contest_designs(whole)
    assert [axes.get_title() for axes in figure.axes] == ["16 labels", "32 labels", "64 labels"]
    assert all(len(axes.texts) == len(DESIGNS) for axes in figure.axes)
    floor = rows.assign(share=rows.share.where(rows.train_2d > 16, 0.09))
    monkeypatch.setattr(contest_figure, "scored", lambda table: floor)
    figure = contest_figure.contest_designs(whole)
    assert [axes.get_title() for axes in figure.axes] == ["32 labels", "64 labels"]
    monkeypatch.setattr(contest_figure, "scored", lambda table: rows[:0])
    with pytest.raises(ValueError, match="no learned model"):
        contest_figure.contest_designs(whole)


def known(**shares):
    """The contest's designs with their own coverage and made-up shares, by design: at 32 and at 64 labels."""
    rows = contest.scored(tables.table(sweep("contest")))
    early, late = (rows.how.map({how: pair[i] for how, pair in shares.items()}) for i in (0, 1))
    made = np.where(rows.train_2d == 32, early, np.where(rows.train_2d == 64, late, 0.02))
    return rows.assign(share=np.clip(made + 0.01 * (rows.seed - 2), 0, 1))


FOUND = {
    "skewed": (0.6, 0.9), "farthest": (0.5, 0.9), "random": (0.3, 0.8), "latin": (0.2, 0.5), "staggered": (0.4, 0.2),
    "diagonals": (0.02, 0.3), "grid": (0.02, 0.1), "columns": (0.02, 0.02), "rim": (0.05, 0.05),
}  # fmt: skip


def test_links_are_set_against_distance_on_the_designs_own_coverage(monkeypatch):
    def give(**changes):
        monkeypatch.setattr(contest_findings, "sweep_table", lambda name: None)
        rows = known(**FOUND | changes)
        monkeypatch.setattr(contest, "scored", lambda table: rows)

    scored = contest.scored
    give()
    text = contest_findings.joined()
    assert "(*diagonals* and *staggered*) get 30 % and 20 % right; designs that link them 50 to 90 %" in text
    assert "linked they get 60 %, unlinked 40 %" in text
    assert "| 64 | latin | 100 % | 100 % | 1.56 | 50 % |" in text
    text = contest_findings.matching()
    assert "lie farther away: 40 % against 20 %" in text and "and get 2 %" in text and "fall to 20 %" in text
    for what, changes in (
        (contest_findings.joined, {"latin": (0.2, 0.25)}),  # an unlinked design does better
        (contest_findings.joined, {"staggered": (0.6, 0.2)}),
        (contest_findings.matching, {"latin": (0.4, 0.5)}),
        (contest_findings.matching, {"diagonals": (0.4, 0.3)}),
        (contest_findings.matching, {"staggered": (0.4, 0.4)}),
    ):
        monkeypatch.setattr(contest, "scored", scored)
        give(**changes)
        with pytest.raises(Unsupported, match="linked designs win|Neither decides alone"):
            what()


def test_marks_are_filled_by_the_share_that_is_linked():
    figure = contest_figure.contest_designs(tables.table(sweep("contest")))
    few, many = figure.axes
    look = lambda axes: {
        text.get_text(): (line.get_fillstyle(), line.get_markerfacecolor())
        for text, line in zip(sorted(axes.texts, key=lambda t: t.get_text()), axes.lines[1::2], strict=True)
    }
    assert look(many)["staggered"][1] == look(few)["diagonals"][1] == "white"
    assert look(many)["latin"] == look(few)["latin"] and look(few)["latin"][1] != "white"
    assert look(few)["random"][0] == "left" != look(many)["random"][0]
    assert len(figure.draw_narrow().axes) == 2


@pytest.mark.parametrize("phone", [False, True])
def test_no_bar_strikes_a_designs_name_and_no_name_another(phone):
    figure = contest_figure.contest_designs(tables.table(sweep("contest")))
    figure = figure.draw_narrow() if phone else figure
    figure.draw_without_rendering()
    for axes in figure.axes:
        names = [text.get_window_extent() for text in axes.texts]
        bars = [line.get_window_extent() for line in axes.lines[::2]]
        assert not any(name.count_overlaps(bars) for name in names)
        assert not any(name.count_overlaps(names) > 1 for name in names)


def test_maps_show_what_records_say():
    figure = contest_figure.contest_maps(("skewed", "columns"))
    shown = {axes.get_title().split("\n")[0]: axes for axes in figure.axes}
    assert list(shown) == ["skewed", "columns"]
    trained, right = (len(line.get_xdata()) for line in shown["skewed"].lines)
    assert trained == 32 and right > 100
    assert len(shown["columns"].lines[1].get_xdata()) < 10 and shown["columns"].get_title().endswith("0 %")
    with pytest.raises(ValueError, match="designs is"):
        contest_figure.contest_maps(())
    with pytest.raises(ResultError, match="no network of rim with 64 labels"):
        contest_figure.contest_maps(("rim",), count=64)

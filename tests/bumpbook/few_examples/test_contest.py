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
                share = np.clip(score(how, count, values, distance) + 0.01 * (seed - 2), 0, 1)
                rows.append((how, count, seed, share, 256 - count, values, distance))
    return pd.DataFrame(rows, columns=["how", "train_2d", "seed", "share", "tried", "values", "distance"])


def verdicts(rows):
    return {v.name: v.verdict for v in contest.judge(rows)}


def test_what_labels_cover_by_hand():
    corners = np.array([(0, 0), (2, 0), (0, 2), (2, 2)])
    values, distance = contest.coverage(corners, side=3)
    # of the five others none has both values; four lie 1 from a corner, the middle the root of 2
    assert values == 0 and distance == pytest.approx((4 + 2**0.5) / 5)
    assert contest.coverage(np.array([(0, 0), (1, 1), (2, 2)]), side=3)[0] == 1


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


def test_words_and_picture(monkeypatch):
    rows = made_up(lambda how, count, *_: 0.3 + 0.1 * (how == "skewed"))
    monkeypatch.setattr(contest, "scored", lambda table: rows)
    monkeypatch.setattr(contest_figure, "scored", lambda table: rows)
    monkeypatch.setattr(contest_findings, "sweep_table", lambda name: None)
    table = contest_findings.scores(rows).splitlines()
    assert table[2].startswith("| skewed |") and "0.40" in table[2] and len(table) == 2 + len(DESIGNS)
    lines = contest_findings.foretold(contest.judge(rows)).splitlines()[2:]
    assert len(lines) == len(WANTED) and "by neither" in lines[-1]
    skewed, plain = (rows[(rows.how == how) & (rows.train_2d == 32)].share for how in ("skewed", "random"))
    assert f"{difference(skewed, plain)[0]:.2f}" in lines[0]
    with pytest.raises(Unsupported, match="32 examples"):
        contest_findings.choice()
    # the made-up lattice of slope 3 gets no worse with more labels
    with pytest.raises(Unsupported, match="Evenness is not all of it"):
        contest_findings.evenness()
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

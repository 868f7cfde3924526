"""Sentences of chapter 7: they follow the records, and the formulas where there are no records."""

import re
from dataclasses import replace

import numpy as np
import pytest
from made_records import look, record_of

from bumpbook.frame.findings import Unsupported, finding
from bumpbook.frame.sweeps import sweep
from bumpbook.percolation import findings as ch7
from bumpbook.percolation import learning_findings as ch7_learning
from bumpbook.percolation import rivals
from bumpbook.percolation.rivals import features
from bumpworld.files import write_record
from bumpworld.store import Store

PLAIN = [
    e
    for e in sweep("percolation").experiments
    if e.seed < 2 and not e.energy_normalised and dict(e.train_on.settings)["fraction"] < 0.4
]
WIDE = [e for e in PLAIN if e.canvas.sigma >= 0.5]
CONTROLS = [e for e in PLAIN if e.canvas.sigma < 0.5]
EVEN = [replace(e, energy_normalised=True) for e in WIDE if e.seed == 0]


def fill(folder, chance, experiments=WIDE, unlearned=(), error=0.1, exact=0.0):
    """Records in which a held-out label is drawn right with ``chance(experiment)``, (n,) or a number, to ``error`` px.

    A share ``exact`` of all is right to .1 px whatever its chance.
    """
    store = Store(folder)
    for number, experiment in enumerate(experiments):
        split = experiment.train_on.split(experiment.canvas)
        rng, right = np.random.default_rng(number), np.ones(256, bool)
        held_out = split.held_out.numpy()
        right[held_out] = rng.random(held_out.sum()) < chance(experiment)
        errors = np.where(rng.random(256) < exact, 0.1, np.where(right, error, 3.0))
        scores = {
            "dimension": 5.0,
            "additive": len(split.train) / 200,
            "four": 0.5,
            "orthogonal": 0.2,
            "parallel": 0.8,
        }
        last = look(100, errors, errors)
        last["geometry"] = [{"layer": "down1", "t": 50, "hyper": 0.5, **scores}]
        made = record_of(experiment, [last], None if number in unlearned else 50, trained=0.001)
        write_record(store.record_path(experiment), made)


def law(name, middle, slope):
    return lambda experiment: 1 / (1 + np.exp(-slope * (features(experiment, 100)[name] - middle)))


@pytest.fixture
def results(tmp_path, monkeypatch):
    few = ("density, cosine 0.005", "cluster, cosine 0.005", "nearest label", "number of labels", "energy")
    monkeypatch.setattr(rivals, "RIVALS", [r for r in rivals.RIVALS if r.name in few])  # the others cost time
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    return tmp_path


def text(name):
    return finding(name).data


@pytest.mark.parametrize(
    "chance",
    [law("density, cosine 0.005", 0.0, 3.0), law("nearest label", 2.5, -2.0), lambda experiment: 0.5],
    ids=["percolation", "nearest", "chance"],
)
def test_the_answer_breaks_where_records_say_something_else(results, chance):
    """Percolation ahead, a rival ahead at both tolerances, or none ahead at either."""
    fill(results, chance)
    with pytest.raises(Unsupported, match="not supported"):
        finding("percolation-answer")


def test_the_answer_follows_records_in_which_a_copied_neighbour_passes(results):
    """Within 1 px the nearest label decides, within 0.45 px nothing does."""
    fill(results, law("nearest label", 2.5, -2.0), error=0.7, exact=0.3)
    said = text("percolation-answer")
    assert (
        "“distance to the nearest label” is ahead of percolation's best version" in said
        and "are not told apart" in said
    )


def controls(results, narrow, middle, wide):
    # of 32 random labels bumps of 0.5 px do not join up: by the known thresholds that takes 50 of 256
    chance = lambda e: narrow if e.canvas.sigma < 0.5 else middle if e.canvas.sigma == 0.5 else wide
    fill(results, chance, CONTROLS + [e for e in WIDE if "0.125" in str(e.train_on)])
    return text("percolation-controls")


def test_controls_that_stay_behind(results):
    front, behind = controls(results, 0.1, 0.3, 0.9).split("<details")
    shares = [int(share) for share in re.findall(r"(\d+) %", front)]
    assert shares == pytest.approx([10, 30, 90], abs=3)
    assert "below τ = 0.005" in behind and "| 0.1 | " in behind


def test_controls_are_judged_where_a_copy_is_wrong(results):
    """Errors of 0.7 px are right within 1 px and wrong here."""
    fill(results, lambda e: 1.0, CONTROLS + [e for e in WIDE if "0.125" in str(e.train_on)], error=0.7)
    with pytest.raises(Unsupported, match="0 % of the unseen ones are drawn right within 0.45 px"):
        finding("percolation-controls")


@pytest.mark.parametrize("shares", [(0.8, 0.8, 0.9), (0.35, 0.1, 0.4), (0.1, 0.7, 0.9)])
def test_controls_that_do_not(results, shares):
    with pytest.raises(Unsupported, match="stay far behind"):
        controls(results, *shares)


def test_a_model_that_did_not_learn_breaks_the_sentence(results):
    every = sweep("percolation").experiments
    fill(results, lambda e: 0.5, every)
    assert f"All of the sweep's {len(every)} models, from 3 seeds, learned" in text("percolation-runs")
    fill(results, lambda e: 0.5, every, unlearned=(0,))
    with pytest.raises(Unsupported, match="learned to draw their own training labels"):
        finding("percolation-runs")


def test_models_that_are_missing_are_counted(results):
    fill(results, lambda e: 0.5)
    assert f"{len(WIDE)} of {len(sweep('percolation').experiments)} models are finished" in text(
        "percolation-runs"
    )


@pytest.mark.parametrize("equal_energy_helps", [True, False])
def test_energy_is_judged_by_the_runs_at_equal_energy(results, equal_energy_helps):
    def chance(e):
        width = 1.5 if e.energy_normalised and equal_energy_helps else e.canvas.sigma
        return float(len(e.train_on.split(e.canvas).train) > 30 / width)  # from 64, 32, 32 labels on

    fill(results, chance, WIDE + EVEN)
    if equal_energy_helps:
        with pytest.raises(Unsupported, match="Brightness is not what delays"):
            finding("percolation-energy")
    else:
        assert text("percolation-energy").startswith("Brightness is not what delays narrow bumps.")


def test_energy_does_not_compete_for_the_answer(results):
    fill(results, law("energy", 5.5, 3.0), WIDE + EVEN)
    best, _ = ch7_learning._duel(False)
    assert "energy" not in best


def test_representation_reads_the_records(results):
    fill(results, lambda e: 0.5)
    # the made-up records have five dimensions, and shares that grow with the labels
    with pytest.raises(Unsupported, match=re.escape("labels 0.04 of the representation")):
        text("percolation-representation")


@pytest.mark.parametrize("name", ["runs", "controls", "representation", "answer"])
def test_without_records_the_command_is_named(results, name):
    said = text(f"percolation-{name}")
    assert said.startswith("**Not measured here.**")
    assert "bumpworld run percolation" in said


def test_one_width_alone_is_no_contest(results):
    fill(results, lambda e: 0.5, [e for e in WIDE if e.canvas.sigma == 1.0])
    assert "models of one sigma only are finished" in text("percolation-answer")


def test_pixels_part_from_the_formula_where_the_reference_says():
    said = ch7.pixels()
    assert "from σ = 0.218 px" in said  # 0.217 = 1 / 4.604, up to the step of the search
    assert "from σ = 0.289 px" in said
    assert "20 neighbours, the pixels 12" in said


def test_law_states_the_reference_values(monkeypatch):
    # 4.512 / (pi 4.604^2 / 4)
    assert "| 0.5 | 20 | 0.197 | 0.271 | 50 | 201 |" in ch7.law()
    narrow = ch7.predicted_onset(0.5)
    monkeypatch.setattr(ch7, "predicted_onset", lambda sigma, tau: narrow)
    with pytest.raises(Unsupported, match="By the staircase"):
        ch7.law()


def test_thresholds_are_the_literatures(monkeypatch):
    monkeypatch.setattr(ch7, "REPEATS", 200)
    said = ch7.known()
    for count, known in ((4, 0.5927), (8, 0.4073), (12, 0.2891), (20, 0.1967)):
        found = float(re.search(rf"\| {count} \| ([\d.]+)", said)[1])
        assert found == pytest.approx(known, abs=0.005)  # few repeats: errors near .0013
    monkeypatch.setattr(ch7, "SITE_THRESHOLDS", dict.fromkeys(ch7.SITE_THRESHOLDS, 0.5))
    with pytest.raises(Unsupported, match="known thresholds come out"):
        ch7.known()


def test_a_fit_needs_three_numbers_of_labels(results):
    fill(results, lambda e: 0.5, [e for e in WIDE if "0.125" in str(e.train_on)])
    assert ch7_learning.onsets(ch7_learning._table()) == {}

"""Sentences of chapter 4 follow the records: a doctored store changes them, a missing one is said."""

import pytest
import torch

from bumpbook.frame import tables
from bumpbook.frame.findings import finding
from bumpbook.frame.sweeps import sweep
from bumpbook.interpolation import findings as ch4
from bumpbook.interpolation import lesions
from bumpbook.interpolation.choices import by_setting
from bumpworld.experiment import to_dict
from bumpworld.store import Store, write_record

LESIONS = sweep("lesion").experiments


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    return Store(tmp_path)


def keep(store, experiment, error_x=0.0, error_y=0.0, shape=1, learned=True):
    """A record in which every held-out label has these errors and this shape, and every trained one is right."""
    split = experiment.train_on.split(experiment.canvas)
    held = split.held_out
    pick = lambda value: torch.where(held, float(value), 0.0).tolist()
    shapes = torch.where(held, shape, 1).tolist()
    n = len(held)
    point = {
        "step": 9,
        "error_x": pick(error_x),
        "error_y": pick(error_y),
        "residual": [0.1] * n,
        "shape": shapes,
    }
    region = next(iter(split.region_masks))
    record = {
        "experiment": to_dict(experiment),
        "recipe": 1,
        "training": {"learned_at": 5 if learned else None, "steps": 9},
        "denoising_error": {"train": 0.1, region: 0.1},
        "provenance": {"seconds": 1.0, "hardware": "none"},
        "checkpoints": [point],
        "weights_sha256": None,
    }
    write_record(store.record_path(experiment), record)


def of(width, spacing=1.0):
    return [e for e in LESIONS if lesions.width(e) == width and e.canvas.spacing == spacing]


@pytest.mark.parametrize(
    "name",
    [
        "interpolation-blend",
        "interpolation-spacing",
        "interpolation-outcomes",
        "interpolation-fade",
        "interpolation-paths",
        "interpolation-guidance",
        "interpolation-agree",
    ],
)
def test_an_empty_store_is_said_and_not_thrown(store, name):
    assert "Not measured here" in finding(name).data


def test_an_empty_store_leaves_nothing_to_compare(store):
    assert "not compared" in finding("interpolation-apart").data
    assert "None of the 7" in finding("interpolation-choices").data


def test_errors_in_x_alone_are_blamed_on_x(store):
    for e in of(8):
        keep(store, e, error_x=3.0, error_y=0.2)
    text = finding("interpolation-apart").data
    assert (
        "100 % (n = 5, all alike) are right in y and 0 % (n = 5, all alike) in x" in text
        and "what was never seen is what fails" in text
    )
    for e in of(8):
        keep(store, e, error_x=3.0, error_y=3.0)
    assert "do not differ by much" in finding("interpolation-apart").data


def test_unlearned_models_do_not_count(store):
    for e in of(8):
        keep(store, e, error_x=3.0, learned=False)
    assert "No model with a wide lesion" in finding("interpolation-apart").data


def test_reach_follows_the_records(store):
    for e in of(2):
        keep(store, e, error_x=0.1)
    for e in of(8):
        keep(store, e, error_x=0.7)
    text = finding("interpolation-blend").data
    assert "beat a blend of pictures at gaps of 9 px." in text  # a blend draws a quarter of it right
    assert "3 px 100 % (n = 5, all alike) against 0 %, 9 px 0 % (n = 5, all alike) against 0 %" in text
    assert "up to 3 px, or 3 σ" in text
    for e in of(2):
        keep(store, e, error_x=0.7)
    text = finding("interpolation-blend").data
    assert "In no gap are most columns drawn as near as that" in text


def test_spacing_waits_for_the_denser_lattice(store):
    keep(store, of(8)[0], error_x=3.0)
    assert "not finished here" in finding("interpolation-spacing").data
    keep(store, of(8.0, 0.5)[0], error_x=0.7)
    text = finding("interpolation-spacing").data
    assert "* spacing 0.5 px (models: 1): 8.5 px 100 %\n* spacing 1 px (models: 1): 9 px 0 %" in text


def test_settings_count_what_is_there(store):
    robust = {
        (e.train_on.rule, e.train_on.settings): e for e in sweep("robustness").experiments if e.target == "v"
    }
    eight = robust["lesion", (("low", 4), ("high", 12))]
    keep(store, of(8)[0], error_x=3.0)
    keep(store, eight, error_x=3.0)
    text = finding("interpolation-choices").data
    assert "1 of 7 changed settings are measured (1 model)" in text
    assert "* lesion of 8: as in this book 0%, target v 0%." in text
    assert "scores 25%; no setting draws more than that" in text
    keep(store, eight, error_x=0.5)
    assert "more than that draws: target v." in finding("interpolation-choices").data
    keep(store, eight, learned=False)
    assert "None of the 7" in finding("interpolation-choices").data
    assert by_setting(store).finished.sum() == 2


@pytest.mark.parametrize(
    ("error", "words"), [(0.2, "The regression did not foretell this"), (3.0, "does not help")]
)
def test_the_smoother_code_is_judged_by_its_models(store, error, words):
    robust = [e for e in sweep("robustness").experiments if e.train_on == of(4)[0].train_on]
    smooth = next(e for e in robust if e.unet.label_frequencies[1] < 1)
    keep(store, of(4)[0], error_x=3.0)
    assert words not in finding("interpolation-choices").data
    keep(store, smooth, error_x=error)
    assert words in finding("interpolation-choices").data


def test_the_scoreboard_speaks_through(store):
    for width in (2, 8, 10):
        for e in of(width):
            keep(store, e, error_x=0.0 if width == 2 else 3.0)
    tables.save(sweep("lesion"), "quick", store)
    assert finding("interpolation-agree").data.count("**agrees**") == 2
    for width in (2, 8, 10):
        for e in of(width):
            keep(store, e, error_x=3.0 if width == 2 else 0.0)
    tables.save(sweep("lesion"), "quick", store)
    assert finding("interpolation-agree").data.count("**disagrees**") == 2


@pytest.fixture
def blends(monkeypatch):
    """The lesion sweep's models, drawing what the test wants: a function (labels, canvas, sides) -> pictures."""

    def use(draw):
        shown = {w: of(w)[0] for w in (2, 8)}
        pictures = lambda e: draw(lesions.inside(e), e.canvas, lesions.sides(e))[None]
        monkeypatch.setattr(ch4.lesions, "shown", lambda: shown)
        monkeypatch.setattr(ch4.lesions, "drawings", lambda e, noises=1: pictures(e))

    return use


def test_outcomes_and_fade_follow_the_drawings(blends):
    from bumpbook.interpolation.outcomes import cross_fade

    blends(cross_fade)
    text = finding("interpolation-outcomes").data
    assert "* lesion of 2: right 100% (32 drawings)" in text and "hardly occur" in text
    assert "weights together 1.00 in the middle" in finding("interpolation-fade").data
    assert "foretells it better than the label" in finding("interpolation-fade").data
    blends(lambda labels, canvas, sides: canvas.render(labels))
    assert "foretells it better" not in finding("interpolation-fade").data

    def middle(labels, canvas, sides):
        moved = labels.clone()
        moved[:, 0] = sum(sides) / 2
        return canvas.render(moved)

    blends(middle)
    assert "but between the edges" in finding("interpolation-outcomes").data


def test_guidance_that_interpolates_is_said_to(blends, monkeypatch):
    blends(lambda labels, canvas, sides: canvas.render(labels))
    monkeypatch.setattr(ch4.lesions, "stored_model", lambda e: None)
    right = lambda model, labels, sides: {"plain": of(8)[0].canvas.render(labels)}
    monkeypatch.setattr(ch4, "ways", lambda *a: right(*a) | {"mixed estimates": right(*a)["plain"]})
    assert "there it interpolates" in finding("interpolation-guidance").data
    monkeypatch.setattr(ch4, "ways", lambda *a: right(*a) | {"mixed estimates": 0 * right(*a)["plain"]})
    assert "does not interpolate" in finding("interpolation-guidance").data

"""Sentences of chapter 4 follow the records: a doctored store changes them, a missing one is said."""

import pytest
import torch

from bumpbook.frame.findings import Unsupported, finding
from bumpbook.frame.sweeps import sweep
from bumpbook.interpolation import findings as ch4
from bumpbook.interpolation import lesions, turning
from bumpbook.interpolation.choices import by_setting
from bumpworld.experiment import to_dict
from bumpworld.files import write_record
from bumpworld.store import Store

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
        "interpolation-apart",
        "interpolation-turned",
        "interpolation-angle",
        "interpolation-smooth",
        "interpolation-eight",
        "interpolation-squares",
        "interpolation-law",
        "interpolation-foretold",
    ],
)
def test_an_empty_store_is_said_and_not_thrown(store, name):
    assert "Not measured here" in finding(name).data


def test_an_empty_store_leaves_nothing_to_compare(store):
    assert "None of the 7" in finding("interpolation-choices").data


def test_errors_in_x_alone_are_blamed_on_x(store):
    for e in of(8):
        keep(store, e, error_x=3.0, error_y=0.2)
    assert "100 % are right in y and 0 % in x" in finding("interpolation-apart").data
    for e in of(8):
        keep(store, e, error_x=3.0, error_y=3.0)
    with pytest.raises(Unsupported, match="What was never seen"):
        finding("interpolation-apart")


def test_unlearned_models_do_not_count(store):
    for e in of(8):
        keep(store, e, error_x=3.0, learned=False)
    assert "no model with a wide lesion" in finding("interpolation-apart").data


def test_reach_follows_the_records(store):
    for e in of(2):
        keep(store, e, error_x=0.1)
    for e in of(8):
        keep(store, e, error_x=0.7)
    text = finding("interpolation-blend").data
    assert "gaps of up to 3 px" in text and "at most 0 % of a lesion" in text
    assert "* 3 px: 100 % (n = 5, all alike), a cross-fade 0 %; within 1 px 100 %" in text
    for e in of(8):
        keep(store, e, error_x=0.1)
    with pytest.raises(Unsupported):  # a gap of 9 px is bridged: there are no wide ones left
        finding("interpolation-blend")
    for e in (*of(2), *of(8)):
        keep(store, e, error_x=0.7)
    with pytest.raises(Unsupported):
        finding("interpolation-blend")


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
    assert "* lesion of 8: as in this book 0 %, target v 0 %." in text
    assert "scores 25 %; no setting draws more than that" in text
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
    # over 3 px a cross-fade melts into one bump, which lies within a pixel of its label and not within .45
    assert "* lesion of 2: right 0 %" in text and "* lesion of 8: right 0 %, two bumps" in text
    assert "(0 % at most) is a single bump" in text
    assert "weights together 1.00 in the middle" in finding("interpolation-fade").data
    assert "foretells it better than the label" in finding("interpolation-fade").data
    blends(lambda labels, canvas, sides: canvas.render(labels))
    assert "foretells it better" not in finding("interpolation-fade").data

    def middle(labels, canvas, sides):
        moved = labels.clone()
        moved[:, 0] = sum(sides) / 2
        return canvas.render(moved)

    blends(middle)
    with pytest.raises(Unsupported, match="made of what was seen"):
        finding("interpolation-outcomes")


def test_guidance_that_interpolates_is_said_to(blends, monkeypatch):
    blends(lambda labels, canvas, sides: canvas.render(labels))
    monkeypatch.setattr(ch4.lesions, "stored_model", lambda e: None)
    right = lambda model, labels, sides: {"plain": of(8)[0].canvas.render(labels)}
    monkeypatch.setattr(ch4, "ways", lambda *a: right(*a) | {"mixed estimates": right(*a)["plain"]})
    assert "there it interpolates" in finding("interpolation-guidance").data
    monkeypatch.setattr(ch4, "ways", lambda *a: right(*a) | {"mixed estimates": 0 * right(*a)["plain"]})
    assert "does not interpolate" in finding("interpolation-guidance").data


CODES = sweep("codes").experiments


def bands(told, width, rule="lesion"):
    """The codes sweep's bump models of one code and width."""
    return [
        e
        for e in CODES
        if e.canvas.kind == "bump"
        and e.train_on.rule == rule
        and lesions.width(e) == width
        and turning.told(e.unet) == told
    ]


def test_turned_axes_have_to_fill_the_band(store):
    for e in bands("axes", 4):
        # the seed that had been seen before says the opposite: it counts in the sentence, and does not judge
        keep(store, e, error_x=0.1 if e.seed == 0 else 0.8)
    for e in bands("turned-45", 4):
        keep(store, e, error_x=3.0 if e.seed == 0 else 0.1)
    text = finding("interpolation-turned").data
    assert "draw 20 % of a band of four" in text and "they draw 80 %" in text
    assert "The others: 0 % (n = 4, all alike) and 100 % (n = 4, all alike)" in text and "**agrees**" in text
    for e in bands("turned-45", 4):
        keep(store, e, error_x=0.1 if e.seed == 0 else 0.8)
    with pytest.raises(Unsupported, match="One number changed"):
        finding("interpolation-turned")


def test_no_code_may_fill_the_band_of_eight(store):
    for told in ("axes", "smooth", "turned-45"):
        for e in bands(told, 8):
            keep(store, e, error_x=3.0)
    assert "best of 3 draws 0 %" in finding("interpolation-eight").data
    for e in bands("smooth", 8):
        keep(store, e, error_x=0.2)
    with pytest.raises(Unsupported, match="No code fills"):
        finding("interpolation-eight")


def test_the_worst_code_decides_about_squares(store):
    for told in ("axes", "one-hot"):
        for e in bands(told, 8, "held_out_square"):
            keep(store, e, error_x=0.9)
    assert "100 % and more" in finding("interpolation-squares").data
    for e in bands("one-hot", 8, "held_out_square"):
        keep(store, e, error_x=1.1)
    with pytest.raises(Unsupported):
        finding("interpolation-squares")


def test_seeds_of_the_codes_count_at_their_angles(store):
    for e in (
        *bands("axes", 4),
        *bands("turned-45", 4),
        *bands("axes", 4, "held_out_square"),
        *bands("axes", 2),
    ):
        keep(store, e, error_x=0.1)
    table = turning.by_angle()
    assert set(table.width) == {4} and table.groupby("angle").seed.nunique().to_dict() == {0: 5, 45: 5}
    assert len(table) == 10


def test_the_slider_has_to_rise_for_four_and_stay_for_eight(store):
    for e in sweep("slider").experiments:
        fills = lesions.width(e) == 4 and turning.degrees(e) >= 30
        keep(store, e, error_x=0.1 if fills else 3.0)
    text = finding("interpolation-angle").data
    assert "From 0° to 45° the band of four gains 100 points; the band of eight gains 0." in text
    for e in sweep("slider").experiments:
        keep(store, e, error_x=0.1)
    with pytest.raises(Unsupported):
        finding("interpolation-angle")


def test_the_smoother_code_has_to_beat_what_a_regression_draws(store):
    for told, error in (("axes", 3.0), ("smooth", 0.3), ("sharp", 3.0)):
        for e in bands(told, 4):
            keep(store, e, error_x=error)
    assert "100 % of the band of four instead of 0 %" in finding("interpolation-smooth").data
    for e in bands("smooth", 4):
        keep(store, e, error_x=3.0)
    with pytest.raises(Unsupported):
        finding("interpolation-smooth")

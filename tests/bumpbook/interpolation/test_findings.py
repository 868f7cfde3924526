"""Sentences of chapter 4 follow the records: a doctored store changes them, a missing one is said."""

import shutil

import pandas as pd
import pytest

from bumpbook.frame.findings import Unsupported, finding
from bumpbook.frame.sweeps import sweep
from bumpbook.interpolation import findings as ch4
from bumpbook.interpolation import lesions
from bumpworld.canvas import Canvas
from bumpworld.unet import UNetConfig
from made_held_out import keep, of
from shared import ROOT


@pytest.mark.parametrize(
    "name",
    [
        "interpolation-blend",
        "interpolation-spacing",
        "interpolation-choices",
        "interpolation-outcomes",
        "interpolation-fade",
        "interpolation-paths",
        "interpolation-guidance",
        "interpolation-apart",
        "interpolation-turned",
        "interpolation-turning",
        "interpolation-told-targets",
        "interpolation-told-larger",
        "interpolation-told-eight",
        "interpolation-angle",
        "interpolation-smooth",
        "interpolation-eight",
        "interpolation-squares",
        "interpolation-law",
        "interpolation-foretold",
        "interpolation-in-short",
    ],
)
def test_an_empty_store_is_said_and_not_thrown(store, name):
    assert "Not measured here" in finding(name).data


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
    nulls = store.root / "tables" / "nulls-lesion-quick.csv"
    nulls.parent.mkdir()
    shutil.copy(ROOT / "results" / "tables" / nulls.name, nulls)
    for e in of(2):
        keep(store, e, error_x=0.1)
    for e in of(8):
        keep(store, e, error_x=0.7)
    text = finding("interpolation-blend").data
    assert "whose gap is 3 px, where a cross-fade is right in 0 %" in text
    assert (
        "Regressions that learn no features draw 100 % of it: it takes no learned skill. From 9 px on they draw at most 0 %."
        in text
    )
    assert "| 3 px | 100 % (n = 5, all alike) | 0 % | 100 % (n = 5, all alike) | 100 % |" in text
    told = nulls.read_text()
    poor = pd.read_csv(nulls)
    poor.loc[poor["null"] == "gaussian", "both_fine"] = 0.3
    poor.to_csv(nulls, index=False)
    with pytest.raises(Unsupported):  # they draw less than networks
        finding("interpolation-blend")
    nulls.write_text(told)
    for e in of(8):
        keep(store, e, error_x=0.1)
    with pytest.raises(Unsupported):  # a gap of 9 px is bridged: there are no wide ones left
        finding("interpolation-blend")
    for e in (*of(2), *of(8)):
        keep(store, e, error_x=0.7)
    with pytest.raises(Unsupported):
        finding("interpolation-blend")


@pytest.mark.parametrize(("few", "verdict"), [((0.7,) * 5, "agrees"), ((0.7, 3.0, 3.0, 3.0, 3.0), "partly")])
def test_a_gap_counts_by_its_width(store, few, verdict):
    shutil.copytree(ROOT / "results" / "predictions", store.root / "predictions")
    keep(store, of(4)[0], error_x=3.0)
    keep(store, of(3.5, 0.5)[0], error_x=0.7)
    assert "Not measured here" in finding("interpolation-spacing").data
    dense = [e for e in sweep("frames").experiments if e.canvas.spacing == 0.5]
    for e, error in zip(dense, few, strict=True):
        keep(store, e, error_x=error)
    if verdict == "partly":
        with pytest.raises(Unsupported, match="the width of the gap"):
            finding("interpolation-spacing")
        return
    text = finding("interpolation-spacing").data
    assert "lacks 7 columns, and 100 % of them are drawn right" in text and "lacks 4, and 0 % are" in text
    assert "with no more of them than the other, 100 % are" in text
    assert "| 0.5 px | 4 px | 7 | 100 % |" in text and "agrees" in text
    keep(store, of(4)[1], error_x=0.7)
    with pytest.raises(Unsupported, match="the width of the gap"):
        finding("interpolation-spacing")


def variant(test, way):
    """The first experiment of the sweep "robustness" on a test that has the target v, or a smoother code."""
    top = UNetConfig.label_frequencies[1]
    fits = {"target": lambda e: e.target == "v", "smooth": lambda e: e.unet.label_frequencies[1] < top}
    found = [e for e in sweep("robustness").experiments if e.train_on == test and not e.canvas.periodic]
    return next(filter(fits[way], found))


@pytest.fixture
def varied(store):
    """Ours, the smoother code and the target v on all three tests; ``varied(errors in x)`` changes some of them."""
    tests = [of(4)[0].train_on, of(8)[0].train_on]
    square = next(e.train_on for e in sweep("robustness").experiments if e.train_on.rule == "held_out_square")
    plain = [of(4)[0], of(8)[0], next(e for e in sweep("square").experiments if e.train_on == square)]
    smooth, v = ([variant(t, w) for t in (*tests, square)] for w in ("smooth", "target"))

    def use(**errors):
        usual = {"smooth_four": 0.2, "smooth_eight": 3.0, "v_four": 3.0, "square": 0.1, "plain_four": 3.0}
        at = usual | errors
        for e, error in (
            *zip(plain, (at["plain_four"], 3.0, 0.1), strict=True),
            *zip(smooth, (at["smooth_four"], at["smooth_eight"], 0.1), strict=True),
            *zip(v, (at["v_four"], 3.0, at["square"]), strict=True),
        ):
            keep(store, e, error_x=error)
        return finding("interpolation-choices").data

    return use


def test_settings_are_told_apart(varied):
    text = varied()
    assert "With it 100 % of the lesion of 4 are drawn within 1 px, where a cross-fade scores 50 %" in text
    assert "our own setting 0 %" in text and "under every one 100 % or more of the square" in text
    assert "| target v | 0 % | 0 % | 100 % |" in text and "| a cross-fade | 50 % | 25 % | – |" in text


@pytest.mark.parametrize(
    "errors",
    [{"smooth_four": 3.0}, {"smooth_eight": 0.2}, {"v_four": 0.2}, {"square": 3.0}, {"plain_four": 0.2}],
)
def test_settings_that_come_out_otherwise_break_the_sentence(varied, errors):
    with pytest.raises(Unsupported, match="Of these settings"):
        varied(**errors)


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
    assert "| 2 | 0 % |" in text and "| 8 | 0 % |" in text
    assert "0 % are a single bump that stands wrong" in text
    assert "| 8 | 100 % | 1.00 |" in finding("interpolation-fade").data
    blends(lambda labels, canvas, sides: canvas.render(labels))
    with pytest.raises(Unsupported, match="not like the truth"):
        finding("interpolation-fade")

    def middle(labels, canvas, sides):
        moved = labels.clone()
        moved[:, 0] = sum(sides) / 2
        return canvas.render(moved)

    blends(middle)
    with pytest.raises(Unsupported, match="made of what was seen"):
        finding("interpolation-outcomes")


def test_without_a_wide_lesion_nothing_is_said_of_its_drawings(blends, monkeypatch):
    from bumpbook.interpolation.outcomes import cross_fade

    blends(cross_fade)
    monkeypatch.setattr(ch4.lesions, "shown", lambda: {2: of(2)[0]})
    assert "Not measured here" in finding("interpolation-fade").data


def test_guidance_that_interpolates_breaks_the_sentence(blends, monkeypatch):
    monkeypatch.setattr(ch4.lesions, "shown", lambda: {w: of(w)[0] for w in (4, 8)})
    monkeypatch.setattr(ch4.lesions, "stored_model", lambda e: None)
    for brightness in (0, 1):

        def drawn(model, labels, sides, brightness=brightness):
            images = Canvas().render(labels)
            return {"plain": images, "mixed estimates": brightness * images}

        monkeypatch.setattr(ch4, "ways", drawn)
        if brightness:
            with pytest.raises(Unsupported, match="Mixing what it knows"):
                finding("interpolation-guidance")
        else:
            text = finding("interpolation-guidance").data
            assert "draws 0 % of a wide lesion right" in text and "| 4 | plain | 100 % | 0 % |" in text

"""Sentences of chapter 4 follow the records: a doctored store changes them, a missing one is said."""

import pytest
import torch

from bumpbook.frame.findings import Unsupported, finding
from bumpbook.frame.label_codes import turn
from bumpbook.frame.sweeps import sweep
from bumpbook.interpolation import findings as ch4
from bumpbook.interpolation import lesions, turning
from bumpworld.canvas import Canvas
from bumpworld.experiment import to_dict
from bumpworld.files import write_record
from bumpworld.store import Store
from bumpworld.unet import UNetConfig

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
        "interpolation-choices",
        "interpolation-outcomes",
        "interpolation-fade",
        "interpolation-paths",
        "interpolation-guidance",
        "interpolation-apart",
        "interpolation-turned",
        "interpolation-turning",
        "interpolation-told-targets",
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
    assert "where a cross-fade is right in 0 %" in text
    assert "| 3 px | 100 % (n = 5, all alike) | 0 % | 100 % (n = 5, all alike) | 100 % |" in text
    for e in of(8):
        keep(store, e, error_x=0.1)
    with pytest.raises(Unsupported):  # a gap of 9 px is bridged: there are no wide ones left
        finding("interpolation-blend")
    for e in (*of(2), *of(8)):
        keep(store, e, error_x=0.7)
    with pytest.raises(Unsupported):
        finding("interpolation-blend")


def test_a_gap_counts_by_its_width(store):
    keep(store, of(4)[0], error_x=3.0)
    assert "Not measured here" in finding("interpolation-spacing").data
    keep(store, of(3.5, 0.5)[0], error_x=0.7)
    text = finding("interpolation-spacing").data
    assert "lacks 7 columns, and 100 % of them are drawn right" in text and "lacks 4, and 0 % are" in text
    assert "| 0.5 px | 4 px | 7 | 100 % |" in text
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
    assert "(0 % at most) is a single bump" in text
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


def test_the_changed_gap_is_as_long_as_it_is_said_to_be():
    """A gap of 5 columns has ends as far apart in told radians as the sweep's text says."""
    told = {e.unet.label_code: e.unet for e in sweep("reach").experiments}
    usual = {e.unet.label_code: e.unet for code in ("axes", "turned-45") for e in bands(code, 4)}
    ends = torch.tensor([[5.0, 8.0], [10.0, 8.0]])

    def steps(unet, frequency):
        told = turn(ends, unet.label_angle) if unet.label_angle else ends
        return float(told.diff(dim=0).abs().max()) * frequency

    top = {name: [steps(u[name], u[name].label_frequencies[1]) for u in (usual, told)] for name in told}
    assert top["axes"][0] == pytest.approx(top["turned"][1], rel=1e-3)
    assert top["axes"][1] == pytest.approx(top["turned"][0], rel=1e-3)
    assert top["axes"][0] / top["axes"][1] == pytest.approx(2**0.5, rel=1e-3)


@pytest.mark.parametrize(
    ("short", "long", "holds"), [(3.0, 0.1, True), (0.1, 3.0, False), (0.1, 0.1, False), (3.0, 3.0, False)]
)
def test_it_is_the_turning_only_where_the_gap_alone_does_nothing(store, short, long, holds):
    for e in (*bands("axes", 4), *bands("turned-45", 4)):
        keep(store, e, error_x=3.0)
    for e in sweep("reach").experiments:
        inside = e.train_on.rule == "lesion"
        keep(store, e, error_x=(long if e.unet.label_angle else short) if inside else 0.1)
    if holds:
        text = finding("interpolation-turning").data
        assert "networks draw 100 % of the band; in plain axes with the gap as short, 0 %" in text
        assert "**agrees**; that it is the gap" in text and "**disagrees**" in text
        assert text.count("100 % (n = 5, all alike) |\n") == 2
        return
    with pytest.raises(Unsupported, match="It is the turning"):
        finding("interpolation-turning")


@pytest.mark.parametrize(
    ("eps", "v", "plain", "holds"),
    [(0.1, 0.1, 3.0, True), (3.0, 0.1, 3.0, False), (0.1, 3.0, 3.0, False), (0.1, 0.1, 0.1, False)],
)
def test_turned_axes_have_to_fill_the_band_for_both_other_targets(store, eps, v, plain, holds):
    for e in sweep("told-targets").experiments:
        keep(store, e, error_x={"eps": eps, "v": v}[e.target] if e.unet.label_angle else plain)
    if holds:
        text = finding("interpolation-told-targets").data
        assert (
            "told x and y draw 0 % of the band, told turned axes 100 %; trained for v, 0 % and 100 %" in text
        )
        assert text.count("| agrees |") == 2
        return
    with pytest.raises(Unsupported, match="the paper's own target"):
        finding("interpolation-told-targets")


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

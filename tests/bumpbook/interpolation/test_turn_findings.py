"""Sentences of chapter 4 on the language in which a label is told follow the records."""

import pytest
import torch

from bumpbook.frame.findings import Unsupported, finding
from bumpbook.frame.label_codes import turn
from bumpbook.frame.sweeps import sweep
from bumpbook.interpolation import lesions, turning
from made_held_out import keep

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
    assert "draw 20 % of the bumps in a band of four" in text and "they draw 80 %" in text
    assert "The others: 0 % (n = 4, all alike) and 100 % (n = 4, all alike)" in text and "**agrees**" in text
    for e in bands("turned-45", 4):
        keep(store, e, error_x=0.1 if e.seed == 0 else 0.8)
    with pytest.raises(Unsupported, match="Turning the label's axes"):
        finding("interpolation-turned")


def test_the_changed_gap_is_as_long_as_it_is_said_to_be():
    """A gap of 5 columns has ends as far apart in told radians as the sweep's text says."""
    told = {e.unet.label_code: e.unet for e in sweep("reach").experiments if e.until_learned}
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
        inside = e.train_on.rule == "lesion" and e.until_learned
        keep(store, e, error_x=(long if e.unet.label_angle else short) if inside else 0.1)
    if holds:
        text = finding("interpolation-turning").data
        assert "networks draw 100 % of the band; in plain axes with the sides as near, 0 %" in text
        assert "**agrees**; that the short way" in text and "**disagrees**" in text
        assert text.count("100 % (n = 5, all alike) |\n") == 2
        return
    with pytest.raises(Unsupported, match="Turning does more"):
        finding("interpolation-turning")


def test_no_code_may_fill_the_band_of_eight(store):
    for told in ("axes", "smooth", "turned-45"):
        for e in bands(told, 8):
            keep(store, e, error_x=3.0)
    assert "best of 3 codes draws 0 %" in finding("interpolation-eight").data
    for e in bands("smooth", 8):
        keep(store, e, error_x=0.2)
    with pytest.raises(Unsupported, match="no code fills"):
        finding("interpolation-eight")


def test_the_worst_code_decides_about_squares(store):
    for told in ("axes", "one-hot"):
        for e in bands(told, 8, "held_out_square"):
            keep(store, e, error_x=0.4)
    assert "100 % and more, and 100 % and more within 1 px" in finding("interpolation-squares").data
    # near enough for the coarse tolerance alone, and for none
    for error in (0.9, 1.1):
        for e in bands("one-hot", 8, "held_out_square"):
            keep(store, e, error_x=error)
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

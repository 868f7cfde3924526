"""Figures of chapter 5 show what records, rules and drawings say, and stand on few records or none."""

import numpy as np
import pytest
import torch
from made_records import look, record_of
from matplotlib.colors import to_rgba

from bumpbook.composition import baseline_figures as baselines
from bumpbook.composition import figures as composition
from bumpbook.composition import share_figures as composition_shares
from bumpbook.composition.ladder import MODEL, answers, standing
from bumpbook.composition.shapes import NAMES
from bumpbook.frame import style
from bumpbook.frame.designs import rim
from bumpworld import Canvas, Experiment
from bumpworld.instruments.emergence import emergence
from bumpworld.selection import held_out_cross, held_out_square, stripes_only
from bumpworld.store import Result
from shared import assert_fits_a_phone, assert_house_figure

SMALL, BORDERED = Canvas(size=8), Canvas(size=8, margin=2)


def record(canvas=SMALL, train_on=held_out_square(3, 5), wrong=(), seed=0, learned=True, error=3.0):  # noqa: B008
    """A finished result that draws everything right but the regions in ``wrong``, whose x is ``error`` pixels off."""
    experiment = Experiment(canvas=canvas, train_on=train_on, seed=seed, until_learned=True)
    split = train_on.split(canvas)
    off = torch.zeros(len(split.labels))
    for region in wrong:
        off[split.region_masks[region]] = error
    made = record_of(experiment, [look(40, off, 0)], 40 if learned else None)
    made["denoising_error"] |= {name: 1e-2 if name in wrong else 1e-3 for name in split.region_masks}
    return Result(experiment, made, None)


def crosses():
    return [
        record(Canvas(size=8, margin=2, kind=kind), held_out_cross(3, 5, use), wrong, seed)
        for kind in ("bump", "sos")
        for use, wrong in (("2d", ("vertical", "intersection")), ("stripes", ("rest",)), ("both", ()))
        for seed in (0, 1)
    ]


def squares():
    return [
        record(Canvas(size=8, kind=kind), held_out_square(low, high), ("square",) if seed else (), seed)
        for kind in ("bump", "sos")
        for low, high in ((3, 5), (2, 6), (6, 8), (4, 8))
        for seed in (0, 1)
    ]


def rims():
    return [
        record(BORDERED, train_on, wrong)
        for train_on, wrong in ((stripes_only(), ("2d",)), (rim(1), ("inside",)), (rim(1), ()))
    ]


def rows():
    square = held_out_square(2, 6)
    return [("bump", SMALL, (4, 4), answers(SMALL, square, (4, 4)))]


def found():
    return {
        "a": emergence([0.5, 0.9], [0.5, 0.9], [0.3, 0.8], ["r", "r"]),
        "b": emergence([1], [1], [1], ["q"]),
    }


FIGURES = {
    "sets": lambda: composition.training_sets(BORDERED, 3, 5),
    "maps": lambda: composition.accuracy_maps(composition.by_setting(crosses())),
    "many maps": lambda: composition.accuracy_maps(composition.by_setting(squares()), columns=5),
    "gallery": lambda: composition.gallery({"a": SMALL.render([[2, 5]])}, [[2, 5]], SMALL),
    "regions": lambda: composition_shares.region_accuracy(crosses()),
    "cross": lambda: composition_shares.cross_accuracy(crosses()),
    "rim": lambda: composition_shares.rim_accuracy(rims()),
    "squares": lambda: composition_shares.square_widths(squares()),
    "shapes": lambda: composition_shares.shape_shares({"a": SMALL.render([[2, 5]])}, SMALL),
    "answers": lambda: baselines.answer_table(rows()),
    "ladder": lambda: baselines.ladder_widths(standing(squares(), "square")),
    "parts": lambda: baselines.combinations_against_parts(found()),
}


@pytest.mark.parametrize("name", FIGURES)
def test_figures_are_closed_as_wide_as_the_page_and_change_no_setting(name):
    assert_house_figure(FIGURES[name])


@pytest.mark.parametrize("name", FIGURES)
def test_a_phones_layout_has_all_its_words_inside_and_apart(name):
    assert_fits_a_phone(FIGURES[name]())


@pytest.mark.parametrize(
    ("draw", "train_on"),
    [
        ("cross_accuracy", held_out_cross(3, 5, "2d")),
        ("region_accuracy", held_out_cross(3, 5, "2d")),
        ("rim_accuracy", rim(1)),
        ("square_widths", held_out_square(3, 5)),
    ],
)
def test_without_a_model_a_sentence_stands_instead(draw, train_on):
    for results in ([], [record(BORDERED, train_on, learned=False)]):
        figure = getattr(composition_shares, draw)(results)
        (text,) = figure.texts
        assert "bumpworld run" in text.get_text()
        assert_fits_a_phone(figure)


def test_training_sets_show_each_training_label_once():
    figure = composition.training_sets(BORDERED, 3, 5)
    for axes, use in zip(figure.axes, ("2d", "stripes", "both"), strict=True):
        train = held_out_cross(3, 5, use).split(BORDERED).train
        assert np.array_equal(axes.collections[0].get_offsets(), train.numpy())
        assert axes.get_title().endswith(f"{len(train)} labels")


def test_maps_show_the_share_of_models_and_the_edge_of_what_was_held_out():
    square = held_out_square(3, 5)
    # an error of .8 px is what the copy of a neighbour may have
    groups = {"a": [record(), record(wrong=("square",), seed=1, error=0.8)], "gone": [record(learned=False)]}
    figure = composition.accuracy_maps(groups)
    maps = [axes for axes in figure.axes if axes.images]
    assert [axes.get_title() for axes in maps] == ["a (n = 2)"]
    mask = square.split(SMALL).region_masks["square"].reshape(8, 8).numpy()
    assert np.array_equal(maps[0].images[0].get_array(), np.where(mask, 0.5, 1.0))
    lines = maps[0].collections[0].get_segments()
    assert len(lines) == 8  # a 2 x 2 square has a perimeter of 8
    ends = np.concatenate(lines)
    assert ends.min() == 2.5 and ends.max() == 4.5


def test_on_a_phone_maps_fill_two_columns_one_after_the_other():
    groups = {name: [record()] for name in "abcde"}
    maps = [a for a in composition.accuracy_maps(groups).draw_narrow().axes if a.images]
    assert [axes.get_title()[0] for axes in maps] == list("adbec")  # row by row


def test_settings_are_named_and_seeds_grouped():
    groups = composition.by_setting(squares())
    assert list(groups)[:3] == ["bumps, W = 2, middle", "bumps, W = 4, middle", "bumps, W = 2, corner"]
    assert all(len(group) == 2 for group in groups.values()) and len(groups) == 8
    assert list(composition.by_setting(rims())) == ["stripes only", "stripes and rim"]
    assert "SOS, both" in composition.by_setting(crosses())


def test_gallery_names_what_it_sees():
    labels = [[2.0, 5.0], [5.0, 2.0]]
    images = SMALL.render([[2.0, 5.0], [2.0, 5.0]])
    images[1] = 0
    good, bad = composition.gallery({"model": images}, labels, SMALL).axes
    assert good.get_title() == "(2, 5)" and good.get_xlabel() == f"bump {style.mark(True)}"
    assert bad.get_xlabel() == f"nothing {style.mark(False)}"


def markers(axes, curve):
    """Heights of the markers in one curve's colour."""
    lines = [
        line for line in axes.lines if line.get_marker() == curve["marker"] and len(line.get_xdata()) == 1
    ]
    lines = [line for line in lines if to_rgba(line.get_color()) == to_rgba(curve["color"])]
    return [float(line.get_ydata()[0]) for line in lines if line.get_markersize() > 5]


def test_regions_tell_factors_training_sets_and_arms_apart():
    axes = composition_shares.region_accuracy(crosses()).axes
    vertical, horizontal = axes[0], axes[1]
    x, y, right = (markers(vertical, style.CURVES[i]) for i in range(3))
    assert (x, y, right) == ([0, 1, 1], [1, 1, 1], [0, 1, 1])  # 2D labels only: x is off in the vertical arm
    assert markers(horizontal, style.CURVES[0]) == [1, 1, 1]


def test_the_cross_is_told_by_how_many_values_are_new():
    axes = composition_shares.cross_accuracy(crosses()).axes[0]
    # 2D labels only: x is off in the vertical arm, and in the other arm all is right
    assert markers(axes, style.CURVES[0])[0] == 0.5
    assert len(markers(axes, style.CURVES[1])) == 3


def test_rim_figure_averages_over_all_trained_and_held_out_labels():
    axes = composition_shares.rim_accuracy(rims()).axes[0]
    # of 144 labels 64 are 2D and 36 inside the rim
    assert markers(axes, style.CURVES[0]) == pytest.approx([1 - 64 / 144, 1, 0])
    assert markers(axes, style.CURVES[1]) == pytest.approx([1 - 36 / 144 / 2, 1, 0.5])


def test_squares_tell_the_middle_from_the_corner():
    only_middle = [r for r in squares() if dict(r.experiment.train_on.settings)["high"] < 8]
    axes = composition_shares.square_widths(only_middle).axes[0]
    assert markers(axes, style.CURVES[0]) == [0.5, 0.5]
    assert markers(axes, style.CURVES[1]) == []


def test_shape_bars_add_up_to_one():
    images = torch.cat([SMALL.render([[2, 5], [3, 3]]), torch.zeros(2, 1, 8, 8)])
    axes = composition_shares.shape_shares({"half": images, "all": images[:2]}, SMALL).axes[0]
    widths = {bars.get_label(): [patch.get_width() for patch in bars] for bars in axes.containers}
    assert set(widths) == set(NAMES)
    assert widths["bump"] == [0.5, 1] and widths["nothing"] == [0.5, 0]
    assert np.allclose(np.sum(list(widths.values()), axis=0), 1)


def test_answers_that_are_open_get_a_question_mark():
    canvas, train_on = Canvas(size=8, margin=2), held_out_cross(3, 5, "2d")
    images = answers(canvas, train_on, (5, 2))
    axes = {
        a.get_title().replace("\n", " "): a
        for a in baselines.answer_table([("", canvas, (5, 2), images)]).axes
    }
    assert axes["additive"].get_xlabel() == f"open {style.mark(False)}"
    assert [text.get_text() for text in axes["additive"].texts] == ["?"]
    assert not axes["kernel"].texts and axes["asked for"].get_xlabel() == ""
    exact = baselines.answer_table(rows()).axes[4]
    assert exact.get_xlabel() == f"exact {style.mark(True)}"


def test_ladder_draws_each_source_at_its_mean_error():
    table = standing(squares(), "square")
    axes = baselines.ladder_widths(table).axes[0]  # bumps, middle
    lines = {line.get_label(): line for line in axes.lines}
    assert lines[MODEL].get_xdata().tolist() == [2, 4]
    assert lines[MODEL].get_ydata() == pytest.approx([5.5e-3] * 2)
    assert lines["multiplicative"].get_ydata() == pytest.approx([1e-6] * 2)
    assert lines["model, trained labels"].get_ydata() == pytest.approx([1e-4] * 2)


def test_parts_fill_the_looks_inside_the_window_and_count_runs():
    left, right = baselines.combinations_against_parts(found()).axes
    filled = [
        line for line in left.lines if line.get_markerfacecolor() != "none" and line.get_marker() == "o"
    ]
    assert [p for line in filled for p in line.get_xdata()] == [0.25]
    assert [text.get_text() for text in right.get_yticklabels()] == ["a\n(1 run)", "b\n(0 runs)"]


def test_slider_has_a_frame_for_each_label():
    labels = [[2.0, 5.0], [3.0, 5.0], [4.0, 5.0]]
    widget = composition.cross_slider({"a": SMALL.render(labels)}, labels, SMALL)
    assert len({bytes(child.value) for child in widget.children[1].children}) == 3


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: composition.accuracy_maps({"a": [record(learned=False)]}), "no models that learned"),
        (
            lambda: composition.gallery({"a": SMALL.render([[2, 5]])}, [[2, 5], [3, 3]], SMALL),
            r"\(1, 1, 8, 8\); allowed is a tensor of shape \(2,",
        ),
        (lambda: baselines.answer_table([]), "rows is"),
        (lambda: composition.training_sets(SMALL, 3, 5), "margin"),
    ],
)
def test_nonsense_is_refused(draw, words):
    with pytest.raises(ValueError, match=words):
        draw()

"""Figures of chapter 4 show the numbers that they are given, and refuse what does not fit together."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib.figure import Figure

from bumpbook.frame import style
from bumpbook.interpolation import choices
from bumpbook.interpolation import figures as interpolation
from bumpbook.interpolation import map_figures as lesion_maps
from bumpbook.interpolation import score_figures as lesion_scores
from bumpbook.interpolation.outcomes import OUTCOMES, blend_score
from bumpworld import Canvas, Experiment
from bumpworld.selection import lesion
from bumpworld.unet import UNetConfig
from shared import assert_fits_a_phone

CANVAS, GAP = Canvas(), (5.0, 10.0)


def table():
    rows = [(1.0, 2, 3, s, 1.0, 0.9, True) for s in range(5)] + [
        (1.0, 8, 9, s, 0.1 * s, 0.0, True) for s in range(5)
    ]
    rows += [(0.5, 3.5, 4, 0, 0.7, 0.3, True), (1.0, 8, 9, 5, 1.0, 1.0, False)]
    return pd.DataFrame(rows, columns=["spacing", "width", "gap", "seed", "right", "fine", "learned"])


def settings_table():
    rows = [("lesion of 4", choices.PLAIN, s, True, True, 0.2 + 0.1 * s) for s in range(3)]
    rows += [
        ("lesion of 4", "target eps", 0, False, False, np.nan),
        ("lesion of 4", "target v", 0, True, False, 0.1),
    ]
    return pd.DataFrame(rows, columns=["test", "setting", "seed", "finished", "learned", "right"])


def arc(bend):
    angle = np.linspace(0, np.pi, 12)
    return np.stack([np.cos(angle), bend * np.sin(angle)], 1)


def outcome_bars():
    return interpolation.lesion_outcomes({"a": ([6, 6, 7, 7], [0, 0, 0, 4]), "b": ([6, 7], [1, 2])})


def weights():
    experiment = Experiment(train_on=lesion(6, 10))
    left = CANVAS.render([[5.0, y] for y in range(16) for _ in range(4)])
    return interpolation.ingredients({experiment: 0.25 * left[None]})


def settings_dots():
    return lesion_scores.lesion_choices(settings_table())


def paths():
    return lesion_maps.label_paths({"m": {"head": arc(1), "middle": arc(0)}}, (3, 8), {"head": "estimate"})


def errors():
    labels = CANVAS.lattice()
    moved = labels.clone()
    moved[:, 0] = torch.where((labels[:, 0] > 5) & (labels[:, 0] < 8), 5.0, labels[:, 0])
    return interpolation.errors_apart(CANVAS.render(moved), labels, CANVAS, GAP)


def reach():
    return lesion_scores.code_reach(
        CANVAS, {"here": UNetConfig(), "sharp": UNetConfig(label_frequencies=(0.05, 3.0))}
    )


def widths():
    return lesion_scores.lesion_widths(table(), CANVAS)


@pytest.mark.parametrize("draw", [outcome_bars, weights, settings_dots, paths, errors, reach, widths])
def test_draws_a_closed_figure_of_the_books_width(draw):
    figure = draw()
    assert isinstance(figure, Figure)
    assert figure.number not in plt.get_fignums()
    assert figure.get_figwidth() == style.WIDTH
    figure.canvas.draw()  # the layout can be worked out


def test_bars_are_shares_and_add_up():
    left, right = outcome_bars().axes[:2]
    heights = {
        (round(p.get_x() + p.get_width() / 2), k // 2): p.get_height() for k, p in enumerate(left.patches)
    }
    assert (heights[6, 0], heights[7, 0], heights[7, OUTCOMES.index("two bumps")]) == (1, 0.5, 0.5)
    assert sum(p.get_height() for p in right.patches) == pytest.approx(2)
    words = [t.get_text() for t in outcome_bars().legends[0].get_texts()]
    assert words == ["right", "at the left edge", "at the right edge", "two bumps"]


def test_weights_of_a_quarter_of_the_left_edge():
    lines = {line.get_label(): line.get_ydata() for line in weights().axes[0].lines}
    assert lines["left edge"] == pytest.approx(np.full(4, 0.25), abs=1e-5)
    assert lines["right edge"] == pytest.approx(np.zeros(4), abs=1e-5)


def test_means_by_gap_leave_out_models_that_never_learned():
    coarse, fine = widths().axes[:2]
    by_label = {line.get_label(): line for line in coarse.lines}
    ones = by_label["models, spacing 1 px"]
    assert ones.get_xdata().tolist() == [3, 9]
    assert ones.get_ydata().tolist() == pytest.approx([1, 0.2])
    assert by_label["models, spacing 0.5 px"].get_ydata().tolist() == pytest.approx([0.7])
    null = by_label["cross-fade of both edges"]
    assert null.get_ydata()[null.get_xdata() == 9] == pytest.approx(blend_score(CANVAS, 9))
    assert fine.get_title() == "within 0.45 px"


def test_missing_and_unlearned_settings_are_said():
    axes = settings_dots().axes[0]
    assert [t.get_text() for t in axes.texts] == ["not measured yet", "not learned"]
    assert axes.collections[0].get_offsets()[:, 0].tolist() == pytest.approx([0.2, 0.3, 0.4])


def test_titles_of_paths_say_the_detour():
    titles = [axes.get_title() for axes in paths().axes]
    angle = np.linspace(0, np.pi, 12)[[3, 4, 8]]
    bent = 5 * np.sin((angle[1] - angle[0]) / 2) / np.sin((angle[2] - angle[0]) / 2)
    assert titles == [f"estimate: {bent:.1f} × straight", "middle: 1.0 × straight"]


def test_on_a_phone_a_model_has_a_column_and_a_layer_a_row():
    by_layer = {"head": arc(1), "middle": arc(0)}
    figure = lesion_maps.label_paths({"a": by_layer, "b": by_layer}, (3, 8), {"head": "estimate"})
    assert_fits_a_phone(figure)
    axes = figure.draw_narrow().axes
    places = [(a.get_subplotspec().colspan.start, a.get_subplotspec().rowspan.start) for a in axes]
    heads = {
        place: (a.get_title().split("\n")[0], a.get_ylabel()) for place, a in zip(places, axes, strict=True)
    }
    assert [heads[place][0] for place in ((0, 0), (1, 0))] == ["a", "b"]
    assert [heads[place][1] for place in ((0, 0), (0, 1), (1, 1))] == ["estimate", "middle", ""]


def test_positions_are_where_the_bumps_are():
    above = errors().axes[0]
    hidden = np.asarray(above.collections[-1].get_offsets())  # held-out labels come last
    asked, drawn = hidden[:, 0].round(), hidden[:, 1]
    assert drawn[(asked > 5) & (asked < 8)] == pytest.approx(5.0, abs=0.02)
    assert drawn[asked >= 8] == pytest.approx(asked[asked >= 8], abs=0.02)


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="no finished model"):
        lesion_scores.lesion_widths(table().iloc[-1:], CANVAS)

"""Figures of turned codes show the numbers that they are given, and refuse what is too little."""

import pandas as pd
import pytest
import torch

from bumpbook.frame.code_sweeps import code
from bumpbook.interpolation import turn_figures, turning
from bumpworld.canvas import Canvas
from bumpworld.selection import lesion
from bumpworld.store import ResultError, Store
from shared import assert_house_figure

NAMES = ("axes", "turned-20", "turned-45", "fourier", "smooth", "sharp", "one-hot", "pair")


def by_angle():
    rows = [(a, w, s, True, a / 45 * (w == 4)) for a in (0.0, 20.0, 45.0) for w in (4, 8) for s in range(3)]
    rows.append((45.0, 4, 3, False, 0.0))
    return pd.DataFrame(rows, columns=["angle", "width", "seed", "learned", "right"])


def by_code():
    rows = [("axes", "band", 4, s, True, 0.1) for s in range(5)] + [("pair", "band", 4, 0, False, 1.0)]
    return pd.DataFrame(rows, columns=["told", "test", "width", "seed", "learned", "right"])


def maps(right):
    labels = lesion(6, 10).split(Canvas()).test["lesion"]
    return pd.DataFrame({"x": labels[:, 0], "y": labels[:, 1], "right": right})


@pytest.mark.parametrize("name", NAMES)
def test_a_code_has_the_name_that_sweeps_give_it(name):
    assert turning.told(code(name, 16)) == name
    assert name in turn_figures.WORDS


def test_lines_are_means_of_models_that_learned():
    assert_house_figure(lambda: turn_figures.band_by_angle(by_angle()))
    lines = turn_figures.band_by_angle(by_angle()).axes[0].lines
    four, eight = (line for line in lines if line.get_marker() in ("o", "s"))
    assert four.get_ydata().tolist() == pytest.approx([0, 20 / 45, 1])
    assert eight.get_ydata().tolist() == [0, 0, 0]
    with pytest.raises(ValueError, match="no finished model"):
        turn_figures.band_by_angle(by_angle().iloc[-1:])


def test_codes_that_are_missing_or_did_not_learn_say_so():
    assert_house_figure(lambda: turn_figures.band_by_code(by_code()))
    first, second, _ = turn_figures.band_by_code(by_code()).axes
    assert [t.get_text() for t in first.texts] == ["not learned"]
    assert [t.get_text() for t in second.texts] == ["not measured"] * 2
    assert first.collections[0].get_offsets()[:, 0].tolist() == pytest.approx([0.1] * 5)


def test_the_slider_shows_whole_angles_alone():
    row = torch.tensor([[x, 8.0] for x in range(5, 11)])
    pictures = Canvas().render(row)
    found = {
        4: {0.0: maps(False), 45.0: maps(True), 30.0: maps(True)},
        8: {0.0: maps(False), 45.0: maps(False)},
    }
    widget = turn_figures.turn_slider({0.0: pictures, 30.0: pictures, 45.0: pictures}, row, found)
    titles = [label.value for label in widget.children[2].children]
    assert titles == [
        "axes turned by 0°: right are 0 % of the band of 4, 0 % of the band of 8",
        "axes turned by 45°: right are 100 % of the band of 4, 0 % of the band of 8",
    ]
    with pytest.raises(ValueError, match="two or more"):
        turn_figures.turn_slider({0.0: pictures}, row, found)


def test_an_empty_store_is_named(tmp_path):
    store = Store(tmp_path)
    for ask in (turning.by_angle, turning.by_code):
        with pytest.raises(FileNotFoundError, match="bumpworld run"):
            ask(store)
    with pytest.raises(ResultError, match="band of 4"):
        turning.shown(4, store)
    assert turning.maps(4, store=store) == {}

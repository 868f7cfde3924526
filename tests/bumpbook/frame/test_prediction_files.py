"""What was foretold can be read wherever results are: in a checkout, and in what an installed package brought."""

import ast

import pytest

from bumpbook.frame import rooms
from bumpbook.frame.predictions import read_predictions
from bumpworld.files import ResultError
from bumpworld.store import Store
from shared import ROOT


def test_predictions_come_from_the_layer_that_has_them(tmp_path):
    (tmp_path / "shipped" / "predictions").mkdir(parents=True)
    (tmp_path / "shipped" / "predictions" / "tides.json").write_text('{"says": "high"}', encoding="utf-8")
    installed = Store(tmp_path / "own", shipped=tmp_path / "shipped")
    assert read_predictions("tides", installed) == {"says": "high"}
    with pytest.raises(ResultError, match=r"storms\.json cannot be read"):
        read_predictions("storms", installed)
    (tmp_path / "shipped" / "predictions" / "tides.json").write_text("{", encoding="utf-8")
    with pytest.raises(ResultError, match=r"tides\.json cannot be read"):
        read_predictions("tides", installed)


def test_a_wheel_carries_every_kind_of_result():
    assigned = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse((ROOT / "setup.py").read_text()).body
        if isinstance(node, ast.Assign)
    }
    there = {p.name for p in (ROOT / "results").iterdir() if p.is_dir()} - {"own", "locks"}
    assert there == set(assigned["KINDS"])


def test_a_name_begins_with_its_room():
    assert rooms.of("few-examples-enough") == "few_examples"
    assert {rooms.of(f"{room.replace('_', '-')}-x") for room in rooms.names()} == set(rooms.names())
    with pytest.raises(ValueError, match="scoreboard"):
        rooms.of("scoreboard")

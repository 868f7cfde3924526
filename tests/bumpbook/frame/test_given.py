"""What figures are given is returned as it was meant, or named with what is allowed."""

import pandas as pd
import pytest
import torch

from bumpbook.frame import given
from bumpworld import Canvas
from bumpworld.store import Store
from made_up import learning_run

TABLE = pd.DataFrame({"kind": ["bump", "sos"], "right": [0.5, 1.0], "learned": [True, False]})
CANVAS, IMAGES = Canvas(8), torch.rand(2, 1, 8, 8)


def table(value):
    return given.table("table", value, "kind", numbers=["right"], flags=["learned"])


def test_what_fits_comes_back():
    run = learning_run()
    assert table(TABLE) is TABLE
    assert given.results("results", [run], "held_out_square") == given.one_world("results", [run]) == (run,)
    assert given.each("names", [], str, least=0) == given.titles("titles", (), 3, "images") == ()
    assert torch.equal(given.drawings("drawn", {"a": IMAGES.double().numpy()}, 8, 2)["a"], IMAGES)
    assert given.gap("gap", [2, 5]) == (2.0, 5.0) and given.parts("view", [1, 2], "x", "y") == (1, 2)
    assert given.under("record", {"a": {"b": 3}}, "a", "b") == 3
    assert isinstance(given.store(None), Store)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: table("ab"), "table is 'ab'; allowed is a table with rows and the columns kind, right, learned"),
        (lambda: table(TABLE[:0]), "table has no rows"),
        (lambda: table(TABLE.drop(columns="right")), "table has no column 'right'"),
        (lambda: table(TABLE.assign(right="a")), "column 'right' of table is 'a'; allowed are numbers"),
        (lambda: table(TABLE.assign(learned="no")), "column 'learned' of table is 'no'; allowed are True"),
        (lambda: given.results("runs", [3]), "runs is 3; allowed is a Result"),
        (lambda: given.results("runs", [learning_run()], "rim"), "rule of one of runs is 'held_out_square'"),
        (lambda: given.named("views", {}, given.gap), "views is {}; allowed is a dict of one value or more"),
        (lambda: given.named("views", {"a": (1, 2), "b": (1, 2)}, given.gap, most=1), "1 to 1 values"),
        (lambda: given.named("gaps", {"a": (5, 2)}, given.gap), r"gaps\['a'\] is \(5, 2\); allowed is \(left"),
        (lambda: given.images("images", IMAGES, 9), r"images has shape \(2, 1, 8, 8\)"),
        (lambda: given.images("images", IMAGES / 0), "not finite"),
        (lambda: given.labels([[8, 1]], CANVAS), "outside"),
        (lambda: given.titles("titles", ["a"], 2, "images"), "1 titles for 2 images"),
        (lambda: given.under("record", {"a": 3}, "a", "b"), "allowed is a record that keeps 'b' there"),
        (lambda: given.store("results"), "store is 'results'; allowed is a Store"),
    ],
)  # fmt: skip
def test_what_does_not_is_named_with_what_is_allowed(call, words):
    with pytest.raises(ValueError, match=words):
        call()

"""What nulls get: closed forms where there are any, and the shipped tables computed again."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from bumpbook.frame import nulls, tables
from bumpbook.frame.standing import CLAIMS
from bumpbook.frame.sweeps import sweep
from bumpworld.canvas import Canvas
from bumpworld.instruments.baselines import fitted
from bumpworld.measure import judge
from bumpworld.selection import held_out_square
from bumpworld.store import Store

DRAWN = sorted({claim.sweep for claim in CLAIMS if claim.source == ""})
NUMBERS = ("x", "y", "both", "x_fine", "y_fine", "both_fine")


def only(name, *experiments):
    return replace(sweep(name), experiments=experiments)


@pytest.mark.parametrize("name", DRAWN)
def test_the_shipped_table_is_what_is_computed(name):
    """One split of each sweep, told apart by its key; every null and every region of it."""
    experiment = sweep(name).experiments[-1 if name != "percolation" else 0]
    canvas, train_on = experiment.canvas, experiment.train_on
    first = next(e for e in sweep(name).experiments if (e.canvas, e.train_on) == (canvas, train_on))
    made, shipped = nulls.outcomes(only(name, first)), tables.read(f"nulls-{name}")
    shipped = shipped[shipped.key == first.key]
    place = ["null", "region"]
    made, shipped = (t.set_index(place).sort_index() for t in (made, shipped))
    assert list(made.index) == list(shipped.index)
    assert made.learned.all() and shipped.learned.all()
    # an image on the edge of a tolerance may fall to the other side on another machine
    np.testing.assert_allclose(made[list(NUMBERS)], shipped[list(NUMBERS)], atol=0.03)
    np.testing.assert_allclose(made.denoising_error, shipped.denoising_error, rtol=1e-2, atol=1e-6)


def test_the_shipped_geometry_is_what_is_computed():
    experiment = sweep("torus").experiments[0]
    made, shipped = nulls.geometry(only("torus", experiment)), tables.read("nulls-torus-geometry")
    made, shipped = (t[t.key == experiment.key].set_index(["null", "step"]) for t in (made, shipped))
    assert list(made.index) == list(shipped.index)
    scores = ["dimension", "additive", "four", "orthogonal", "parallel", "hyper"]
    np.testing.assert_allclose(made[scores], shipped[scores], rtol=0.02, atol=1e-3)


def surrounded(name):
    """How many splits of a sweep hold out a square or what lies inside a rim, or train on nothing but stripes."""
    rules = ("held_out_square", "rim", "stripes_only")
    return len({(e.canvas, e.train_on) for e in sweep(name).experiments if e.train_on.rule in rules})


@pytest.mark.parametrize("name", ["square", "rim"])
def test_completion_is_asked_where_it_leaves_nothing_open(name):
    for e in {(e.canvas, e.train_on): e for e in sweep(name).experiments}.values():
        split = e.train_on.split(e.canvas)
        held_out = split.labels[split.held_out]
        assert not fitted("completion", e.canvas, split.train).predict(held_out).isnan().any()
        assert "completion" in nulls.asked(e)
    open_ = sweep("few-shot").experiments[-1]
    assert "completion" not in nulls.asked(open_)


def test_completion_draws_squares_no_worse_than_networks():
    drawn = tables.learned(tables.read("square")).query("region == 'square'")
    networks = drawn.groupby(["kind", "low", "high"]).both_fine.mean()
    null = tables.read("nulls-square").query("region == 'square' and null == 'completion'")
    null = null.set_index(["kind", "low", "high"]).both_fine
    assert len(null) == 20 and (null.loc[networks.index] >= networks).all()


@pytest.mark.parametrize("name", DRAWN)
def test_every_split_is_there_for_every_null(name):
    shipped = tables.read(f"nulls-{name}")
    blocks = surrounded(name)
    assert set(shipped.null) == set(nulls.OUTCOMES) - (set() if blocks else {"completion"})
    splits = {(e.canvas, e.train_on, e.energy_normalised): e for e in sweep(name).experiments}
    count = shipped.groupby("null").key.nunique()
    assert count["copy"] == count["kernel"] == len(splits)
    assert count.get("completion", 0) == blocks
    # five folds need five labels
    folded = [len(train_on.split(canvas).train) >= 5 for canvas, train_on, _ in splits]
    assert count["gaussian"] == sum(folded) == sum("gaussian" in nulls.asked(e) for e in splits.values())


def test_the_second_kernel_blends_better_and_is_chapter_5_s():
    shipped = tables.read("nulls-square").query("region == 'square' and kind == 'bump'")
    right = shipped.pivot_table("both_fine", ["low", "high"], "null")
    assert (right.gaussian >= right.kernel).all() and right.gaussian.mean() > right.kernel.mean() + 0.1
    canvas, square = Canvas(), held_out_square(6, 10)
    labels = square.split(canvas).test["square"]
    drawn = fitted("kernel", canvas, square.split(canvas).train).predict(labels)
    known = judge(drawn, labels, canvas).right(tables.FINE)[:, 2].double().mean()
    assert right.gaussian.loc[6, 10] == pytest.approx(float(known), abs=1e-5)


def test_a_copy_reaches_one_column_into_a_hole():
    """Within 1 px a copied neighbour is right in the two outermost columns; within 0.45 px it never is."""
    shipped = tables.read("nulls-lesion")
    rows = shipped[(shipped.null == "copy") & (shipped.region == "lesion") & (shipped.spacing == 1)]
    width = rows.high - rows.low
    np.testing.assert_allclose(rows.both, np.minimum(2 / width, 1), atol=1e-5)
    assert (rows.both_fine == 0).all() and (rows.y_fine == 1).all()


def test_the_bare_code_is_a_sum_and_its_circles_are_round():
    shipped = tables.read("nulls-torus-geometry")
    code = shipped[(shipped.null == "code") & shipped["last"]]
    np.testing.assert_allclose(code.additive, 1, atol=1e-5)
    np.testing.assert_allclose(code.orthogonal, 0, atol=1e-3)


def test_the_picture_is_a_null_without_noise_whose_dimension_is_a_closed_form():
    """On the torus the variance of a wave is the square of a Gaussian's transform, which a sum over all images gives too."""
    shipped = tables.read("nulls-torus-geometry")
    rows = shipped[(shipped.null == "picture") & (shipped.kind == "bump") & shipped.periodic]
    waves = np.fft.fft(np.exp(-(np.minimum(np.arange(16), 16 - np.arange(16)) ** 2) / 2))
    power = np.multiply.outer(np.abs(waves) ** 2, np.abs(waves) ** 2).ravel()[1:]
    narrow = rows[rows.sigma == 1]
    np.testing.assert_allclose(narrow.dimension, power.sum() ** 2 / (power**2).sum(), rtol=1e-4)
    # nothing stands at the first checkpoint that is not there at the last
    assert shipped["last"].all() and set(shipped.null) == set(nulls.INSIDE)


def test_saving_names_what_it_writes(tmp_path):
    small = only("rim", sweep("rim").experiments[0])
    path = nulls.save(small, "", "quick", Store(tmp_path))
    assert path == tmp_path / "tables" / "nulls-rim-quick.csv"
    assert len(pd.read_csv(path)) == len(nulls.outcomes(small))
    with pytest.raises(ValueError, match="source is 'cause'"):
        nulls.save(small, "cause", "quick", Store(tmp_path))

"""Random holes: different ones, of five kinds, upright and turned, each of which leaves enough to train on."""

import numpy as np
import pytest

from bumpbook.frame.code_sweeps import code
from bumpbook.frame.holes import KINDS, random_holes
from bumpbook.frame.painting import paint
from bumpbook.frame.sweeps import sweep
from bumpworld.canvas import Canvas
from bumpworld.experiment import Experiment


def test_forty_different_holes_of_every_kind_leave_half_of_the_labels():
    holes = random_holes()
    assert len(holes) == 40 and len({hole.tobytes() for hole in holes}) == 40
    assert all(hole.any() and hole.mean() <= 0.5 for hole in holes)
    bands = [k for k in range(40) if KINDS[k % 5] in ("band", "line")]
    upright = [k for k in bands if k // 5 % 2 == 0]
    for k in bands:
        # all of the hidden columns, or rows, are hidden from one end to the other
        hidden = holes[k] if k in upright else holes[k].T
        assert (hidden.all(0) == hidden.any(0)).all()
        assert KINDS[k % 5] == "band" or hidden.any(0).sum() == 1


def test_more_holes_begin_with_fewer_and_a_seed_decides():
    assert all((a == b).all() for a, b in zip(random_holes(count=7), random_holes(), strict=False))
    assert any((a != b).any() for a, b in zip(random_holes(seed=1), random_holes(), strict=True))


def test_the_sweep_trains_on_what_is_left_under_every_code():
    experiments = sweep("holes").experiments
    masks = [e.train_on.split(e.canvas).held_out.numpy().reshape(16, 16) for e in experiments[::2][:40]]
    assert all((mask == hole).all() for mask, hole in zip(masks, random_holes(), strict=True))
    assert len(experiments) == 3 * 40 * 2


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: random_holes(11), "side is 11"),
        (lambda: random_holes(count=0), "count is 0"),
        (lambda: paint(np.zeros((16, 16), bool)), "marks 0 labels"),
        (lambda: Experiment(canvas=Canvas(periodic=True), unet=code("turned-45", 16)), "turned code.*torus"),
        (lambda: Experiment(canvas=Canvas(spacing=0.5), unet=code("one-hot", 16)), "names whole pixels"),
        (lambda: Experiment(canvas=Canvas(margin=3), unet=code("pair", 16)), "22 of them here"),
    ],
)
def test_nonsense_is_refused(ask, words):
    with pytest.raises(ValueError, match=words):
        ask()

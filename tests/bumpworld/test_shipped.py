"""Every model that is shipped draws what its record says, though another machine may have trained it."""

import pytest
import torch

from bumpbook.frame.sweeps import PRESETS, names, sweep
from bumpworld.evaluate import draw, judge_model
from bumpworld.measure import judge
from bumpworld.records import PIECE, pieces
from bumpworld.store import Store

TOLERANCE = 0.02  # a label at the rule's edge may fall on the other side under another machine's rounding


def shipped(name, preset="quick"):
    """The first experiment of a sweep whose weights are kept and there."""
    store, chosen = Store(), sweep(name, preset)
    return next((e for e in chosen.experiments if e.key in chosen.keep and store.has(e, weights=True)), None)


LARGER = ("first", "paper-network")
SWEEPS = [(n, p) for p in PRESETS if p != LARGER[1] for n in names(p) if shipped(n, p)]


def test_models_are_shipped():
    assert {(name, "quick") for name in ("intro", "first", "lesion", "torus")} <= set(SWEEPS)
    assert ("first", "paper-world") in SWEEPS


@pytest.mark.parametrize(("name", "preset"), SWEEPS)
def test_a_shipped_model_reproduces_its_record(name, preset):
    result = Store().load(shipped(name, preset))
    canvas = result.experiment.canvas
    split = result.experiment.train_on.split(canvas)
    right = judge_model(result.model, canvas).right().float()
    masks = {"train": split.train_mask, **split.region_masks}
    for region, recorded in result.accuracy().items():
        assert right[masks[region]].mean(0).tolist() == pytest.approx(recorded, abs=TOLERANCE), region


def test_the_larger_network_draws_what_its_record_says():
    # all of its 1024 labels take a core as long as all other tests
    result = Store().load(shipped(*LARGER))
    canvas, masks = result.experiment.canvas, result.experiment.train_on.split(result.experiment.canvas).masks
    for mask, step in ((masks["train"], 120), (masks["square"], 4)):
        rows = mask.nonzero()[::step, 0]
        labels = canvas.lattice()[rows]
        drawn = judge(draw(result.model, labels, steps=10), labels, canvas)
        off = (drawn.error - result.judgement().error[rows]).abs().amax(1)
        # the record's drawings began from another noise and took twice as many steps
        assert off.median() < 0.1 and (off < 0.25).float().mean() >= 0.85
        assert torch.equal(drawn.shape, result.judgement().shape[rows])


@pytest.mark.parametrize("preset", PRESETS)
def test_no_file_of_weights_is_larger_than_a_repository_should_hold(preset):
    for name in names(preset):
        if experiment := shipped(name, preset):
            found = pieces(Store().weights_path(experiment))
            assert max(path.stat().st_size for path in found) <= PIECE
            assert (len(found) > 1) == (preset == LARGER[1])

"""Every model that is shipped draws what its record says, though another machine may have trained it."""

import pytest

from bumpbook.frame.sweeps import PRESETS, names, sweep
from bumpworld.evaluate import judge_model
from bumpworld.store import Store

TOLERANCE = 0.02  # a label at the rule's edge may fall on the other side under another machine's rounding


def shipped(name, preset="quick"):
    """The first experiment of a sweep whose weights are kept and there."""
    store, chosen = Store(), sweep(name, preset)
    return next((e for e in chosen.experiments if e.key in chosen.keep and store.has(e, weights=True)), None)


SWEEPS = [(name, preset) for preset in PRESETS for name in names(preset) if shipped(name, preset)]


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

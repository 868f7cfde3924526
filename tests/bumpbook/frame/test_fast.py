"""Computing fast changes how numbers are rounded and nothing else, and ends with its block."""

from dataclasses import replace

import pytest
import torch

from bumpbook.frame import runner
from bumpbook.frame.fast import fast
from bumpworld import Canvas
from bumpworld.experiment import Experiment
from bumpworld.files import provenance
from bumpworld.store import Store
from bumpworld.train import new_model
from bumpworld.unet import ConditionalUNet, UNetConfig

TINY = Experiment(
    canvas=Canvas(size=8),
    unet=UNetConfig(channels=(8, 8), heads=2, label_features=4, time_features=4, embedding=8),
    steps=3,
)
FORWARD = ConditionalUNet.forward


@pytest.fixture
def interpreted(monkeypatch):
    """All of it but the compiler, which takes half a minute."""
    monkeypatch.setattr(torch, "compile", lambda function, **options: function)


def estimate(model):
    labels = TINY.canvas.lattice()
    noisy = torch.randn(64, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        return model.net(noisy, torch.full((64,), 300), labels).float()


def check_same_function():
    net = new_model(TINY)
    # an untrained network's last layer is zero
    torch.nn.init.normal_(net.net.head[2].weight)
    exact = estimate(net)
    with fast():
        rounded = estimate(net)
        layer = net.net.features(torch.zeros(1, 1, 8, 8), torch.zeros(1).long(), torch.zeros(1, 2), "middle")
    assert layer.shape == (1, 8, 2, 2)
    assert not torch.equal(exact, rounded)
    # bfloat16 keeps eight binary digits; a dozen layers lose some of them
    assert (exact - rounded).norm() < 0.02 * exact.norm()


def test_it_is_the_same_function_but_for_rounding(interpreted):
    check_same_function()


@pytest.mark.long
def test_it_is_the_same_function_when_compiled():
    check_same_function()


def test_it_ends_with_its_block_however_that_ends(interpreted):
    with pytest.raises(RuntimeError, match="on the way"), fast():
        assert ConditionalUNet.forward is not FORWARD
        raise RuntimeError("on the way")
    assert ConditionalUNet.forward is FORWARD and not torch.is_autocast_enabled("cpu")
    with fast(False):
        assert ConditionalUNet.forward is FORWARD and not torch.is_autocast_enabled("cpu")


def test_a_record_says_how_it_was_computed(interpreted, tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "_locally", lambda jobs, tasks: ((t[1], runner.run_one(*t)) for t in tasks))
    store, other = Store(tmp_path), replace(TINY, seed=1)
    for experiment, wanted in ((TINY, True), (other, False)):
        report = runner.run([experiment], jobs=1, store=store, fast=wanted)
        assert report.trained == 1, report
        told = store.load_record(experiment)["provenance"]["precision"]
        assert told == ("bfloat16" if wanted else "float32")


def test_provenance_of_a_device_that_torch_does_not_know_raises_nothing():
    assert provenance("abacus")["precision"] == "float32"

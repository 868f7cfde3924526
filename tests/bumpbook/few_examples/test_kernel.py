"""Labels that half of the unseen ones need: of networks, and of a regression on their code."""

import pytest
from made_studies import keep

from bumpbook.few_examples.kernel_findings import thresholds
from bumpbook.few_examples.kernel_study import LABELS, STUDY, network
from bumpbook.frame.findings import Unsupported, finding

FAST, SLOW = (0.1, 0.3, 0.7, 1.0, 1.0), (0.1, 0.15, 0.35, 0.75, 0.95)


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))


def write(bump, sos):
    """Networks and kernels of both worlds within 0.45 px; within a pixel all are right."""
    for world, (own, kernel) in {"bump": bump, "sos": sos}.items():
        for labels, a, b in zip(LABELS, own, kernel, strict=True):
            measured = {"network": 1.0, "kernel": 1.0, "network_fine": a, "kernel_fine": b}
            for seed in range(3):
                keep(STUDY, {"world": world, "labels": labels}, seed, measured | {"tried": 256 - labels})


def test_the_code_decides_sums_and_the_network_bumps(store):
    write(bump=(FAST, SLOW), sos=(SLOW, FAST))
    bump, sos = thresholds("bump"), thresholds("sos")
    assert 16 < bump["network"].value < 32 < bump["kernel"].value < 64
    assert sos["kernel"].value == bump["network"].value
    fast, slow = (f"{bump[who].value:.0f}" for who in ("network", "kernel"))
    text = finding("few-examples-kernel").data
    assert f"within 0.45 px from {slow} labels on, a network from {fast}." in text
    assert f"the kernel has half from {fast} on, a network from {slow}." in text
    assert "Gaussian kernel on the label's code" in text and "wide untrained network" in text


@pytest.mark.parametrize(
    "shares",
    [
        {"bump": (SLOW, FAST), "sos": (SLOW, FAST)},
        {"bump": (FAST, FAST), "sos": (SLOW, FAST)},
        {"bump": (FAST, SLOW), "sos": (FAST, SLOW)},
        {"bump": (FAST, SLOW), "sos": (FAST, FAST)},
    ],
)
def test_a_doctored_study_breaks_the_sentence(store, shares):
    write(**shares)
    with pytest.raises(Unsupported, match="with another kernel"):
        finding("few-examples-kernel")


def test_its_networks_saw_so_many_pairs_and_no_stripes():
    for world in ("bump", "sos"):
        experiment = network(32, 1, world)
        assert len(experiment.train_on.split(experiment.canvas).train) == 32
        assert experiment.canvas.kind == world and experiment.seed == 1

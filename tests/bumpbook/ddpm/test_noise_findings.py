"""The sentence on the noise at the paper's own size holds to the records, and falls where the target costs little or pairs lag behind."""

from types import SimpleNamespace

import pytest

from bumpbook.ddpm import noise_findings
from bumpbook.frame.findings import Unsupported, finding
from bumpbook.frame.paper_sweeps import NOISE_STEPS
from bumpbook.frame.tables import FINE
from bumpworld.files import ResultError


def network(steps, looks):
    """One that at each of its ``looks``, spread evenly over its ``steps``, draws such a share of its own labels and of the square."""

    def accuracy(tolerance, at=-1):
        assert tolerance == FINE
        own, square = looks[at]
        return {"train": (1, 1, own), "square": (1, 1, square)}

    points = [{"step": steps * (k + 1) // len(looks)} for k in range(len(looks))]
    record = {"checkpoints": points, "training": {"steps": steps}}
    return SimpleNamespace(experiment=SimpleNamespace(steps=steps), record=record, accuracy=accuracy)


@pytest.fixture
def given(monkeypatch):
    def make(few=(0.1, 0.3), many=((0.2, 0.25), (0.8, 0.75)), image=(700, 720)):
        found = {
            "robustness": [network(7200, [(own, 0.0)]) for own in few]
            + ([network(NOISE_STEPS, list(many))] if many else []),
            "first": [network(steps, [(1.0, 1.0)]) for steps in image],
        }
        monkeypatch.setattr(noise_findings, "of", lambda name, target: found[name])

    return make


def test_own_labels_and_the_square_by_steps(given):
    given()
    text = finding("ddpm-noise-larger").data
    assert (
        "train for 710 steps; asked for the noise they draw 20 % of their own labels after 7200, and 80 % after 24000"
        in text
    )
    assert "At that time 75 % of a square of pairs" in text
    assert "| 12000 | 20 % | 25 % |\n| 24000 | 80 % | 75 % |" in text


@pytest.mark.parametrize(
    "changed",
    [
        {"few": (0.96, 0.97)},  # the small world's steps are enough
        {"many": ((0.2, 0.0), (0.8, 0.75))},  # pairs come later
        {"many": ((0.5, 0.5), (0.95, 0.95))},  # more steps are enough
        {"image": (7000, 7200)},  # the image takes long, too
    ],
)
def test_it_falls_where_the_noise_costs_little_or_pairs_lag(given, changed):
    given(**changed)
    with pytest.raises(Unsupported, match="far longer"):
        finding("ddpm-noise-larger")


def test_without_the_longer_training_the_command_is_named(given):
    given(many=())
    with pytest.raises(ResultError, match="bumpworld run robustness --preset paper-world"):
        noise_findings.runs()

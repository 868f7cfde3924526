"""The key to the vote on stripes says what the shipped network draws and what the records say of the others, no more."""

from types import SimpleNamespace

import pytest
import torch

from bumpbook.composition import vote_findings as voting
from bumpbook.frame.findings import Unsupported, finding
from bumpbook.frame.sweeps import sweep
from bumpworld.canvas import Canvas
from bumpworld.store import Store

WORLD = Canvas(margin=3)
CROSS = {"horizontal stripe": 0.5, "vertical stripe": 0.1, "cross": 0.2, "bump": 0.2}
STRIPES = [
    e
    for e in sweep("regions").experiments
    if e.canvas.kind == "bump" and dict(e.train_on.settings)["use"] == "stripes"
]


def group(residuals=(5.0, 1.0, 1.5), shape=0):
    """Results of networks of stripes whose records leave these residuals at (11, 10) and 0 everywhere else."""
    found = []
    for experiment, rest in zip(STRIPES, residuals, strict=False):
        labels = experiment.train_on.split(experiment.canvas).labels
        at = (labels == torch.tensor([11, 10])).all(1)
        judged = SimpleNamespace(residual=rest * at, shape=torch.where(at, shape, 1))
        model = "shipped" if experiment.seed == 0 else None
        found.append(SimpleNamespace(experiment=experiment, model=model, judgement=lambda j=judged: j))
    return found


@pytest.fixture
def made(monkeypatch):
    """Set the records, the place (x, y) of what is drawn (0 is in the border: a stripe) and the shapes over the cross."""

    def put(records=None, drawn=(0, 10), shares=CROSS):
        def draw(model, labels, seed):
            assert (model, labels.tolist()) == ("shipped", [[11, 10]])
            return WORLD.render([drawn])

        monkeypatch.setattr(voting, "regions", lambda: {("bump", "stripes"): records or group()})
        monkeypatch.setattr(voting, "draw", draw)
        monkeypatch.setattr(voting.cross, "_cross_shapes", lambda experiment, store: tuple(shares.items()))

    return put


def test_the_sentence_follows_drawings_and_records(made):
    made()
    text = finding("composition-voted").data
    assert f"one horizontal stripe at (8, 7), from each of {voting.NOISES} noises: **F**" in text
    assert "The other 2 draw no such stripe and no bump" in text
    assert "a horizontal stripe in 50 %, a vertical one in 10 %, a cross in 20 %, a bump in 20 %" in text


@pytest.mark.parametrize(
    "change",
    [
        {"drawn": (11, 0)},  # a vertical stripe
        {"drawn": (11, 10)},  # a bump
        {"records": group((5.0, 1.0, 4.0))},  # another that may draw such a stripe
        {"records": group(shape=1)},  # bumps after all
        {"shares": CROSS | {"cross": 0.6}},
    ],
)
def test_other_results_end_the_build(made, change):
    made(**change)
    with pytest.raises(Unsupported, match="After stripes alone"):
        finding("composition-voted")


def test_without_weights_the_command_is_named(made):
    records = [r for r in group() if r.model is None]
    made(records=records)
    assert "bumpworld run regions" in finding("composition-voted").data


def test_the_shipped_network_s_rows_are_alike_and_its_columns_are_not():
    """A horizontal stripe by the pixels themselves, without a fit."""
    result = Store().load(STRIPES[0])
    image = voting.draw(result.model, torch.tensor([[11.0, 10.0]]))[0, 0]
    rows, columns = image.mean(1), image.mean(0)
    assert float(rows.max() - rows.min()) > 5 * float(columns.max() - columns.min())
    assert voting.at_label(result) == ["horizontal stripe"] * voting.NOISES

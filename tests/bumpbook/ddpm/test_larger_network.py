"""The sentence on networks as the paper draws them holds to their records, and falls where they do not compose."""

from types import SimpleNamespace

import pytest

from bumpbook.ddpm import findings
from bumpbook.frame.findings import Unsupported, finding
from bumpbook.frame.sweeps import sweep
from bumpbook.frame.tables import FINE

DECLARED = sweep("first", "paper-network").experiments


class Shelf:
    """A store of made-up networks: their shares of own labels and of the square, by seed."""

    def __init__(self, shares):
        self.shares = shares

    def has(self, experiment, weights=False):
        return experiment.seed < len(self.shares)

    def load(self, experiment):
        own, square = self.shares[experiment.seed]

        def accuracy(tolerance):
            assert tolerance == FINE
            return {"train": (1, 1, own), "square": (1, 1, square)}

        return SimpleNamespace(experiment=experiment, learned=own > 0.5, accuracy=accuracy)


@pytest.fixture
def given(monkeypatch):
    return lambda *shares: monkeypatch.setattr(findings, "Store", lambda: Shelf(shares))


def test_those_that_know_their_labels_are_asked_for_the_square(given):
    given((0.99, 0.9), (0.0, 0.0), (0.97, 0.8))
    text = finding("ddpm-larger-network").data
    assert (
        f"Of 3 networks as the paper draws them, 2 knew their labels after {DECLARED[0].steps} steps." in text
    )
    assert "They draw 85 % of the square" in text and "| 1 | 0 % | 0 % |" in text


@pytest.mark.parametrize("shares", [[(0.99, 0.9), (0.99, 0.3)], [(0.99, 0.9), (0.0, 0.0)]])
def test_it_falls_where_they_do_not_compose_or_one_alone_knows_its_labels(given, shares):
    given(*shares)
    with pytest.raises(Unsupported, match="It composes, too"):
        finding("ddpm-larger-network")


def test_where_none_is_there_the_command_is_named(given):
    given()
    assert "bumpworld run first --preset paper-network" in finding("ddpm-larger-network").data

"""What chapter 2 says on the time that a hole costs."""

from types import SimpleNamespace

import pytest

from bumpbook.ddpm import findings
from bumpbook.frame.findings import Unsupported
from bumpworld.selection import everything, held_out_square


@pytest.fixture
def say(monkeypatch):
    def control(whole, holed):
        rules = [everything()] * len(whole) + [held_out_square(6, 10)] * len(holed)
        runs = [
            SimpleNamespace(
                experiment=SimpleNamespace(train_on=rule), record={"training": {"learned_at": step}}
            )
            for rule, step in zip(rules, [*whole, *holed], strict=True)
        ]
        monkeypatch.setattr(findings, "results", lambda name: runs)
        return findings.control()

    return control


def test_a_hole_that_costs_no_time_is_said_to(say):
    text = say([100, 110, 120], [90, 110, 130])
    assert "costs no time" in text and "square held out after 110 (range 90 to 130, n = 3)." in text


def test_a_hole_that_costs_time_ends_the_build(say):
    with pytest.raises(Unsupported, match="costs no time"):
        say([100, 110, 120], [200, 210, 220])

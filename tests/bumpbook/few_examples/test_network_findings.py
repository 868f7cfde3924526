"""The sentence on the network that the paper draws holds to its table, and falls where an eighth is not enough or is for a regression."""

import pandas as pd
import pytest

from bumpbook.few_examples import findings as ch6
from bumpbook.frame.findings import Unsupported, finding

SIDE = 32


def models(*found):
    """Rows of models, each (2D labels, steps, learned, share of the others right)."""
    rows = []
    for number, (labels, steps, learned, right) in enumerate(found):
        model = {
            "key": str(number),
            "seed": 0,
            "size": SIDE,
            "stripes": True,
            "train_2d": labels,
            "steps": steps,
        }
        for region, share in (("unseen", right), ("train", 1.0 if learned else 0.8)):
            rows.append(model | {"learned": learned, "region": region, "both": share, "both_fine": share})
    return pd.DataFrame(rows)


@pytest.fixture
def say(monkeypatch):
    def text(table, kernel=0.1):
        monkeypatch.setattr(ch6, "sweep_table", lambda *_: table)
        monkeypatch.setattr(ch6, "kernel_table", lambda *_: table.assign(both_fine=kernel))
        return finding("few-examples-network").data

    return text


EARLY = (SIDE**2 // 8, 1200, False, 0.05)


def test_shares_stand_beside_the_part_that_was_shown(say):
    text = say(models(EARLY, (SIDE**2 // 8, 2400, True, 0.7), (SIDE**2 // 4, 2400, True, 0.9)))
    assert (
        "Trained for 2400 steps" in text and "70 % when shown an eighth and 90 % when shown a quarter" in text
    )
    assert "After 1200 steps it did not know its own labels, and drew 5 %" in text
    assert "| 128 | 1200 | 80 % | 5 % | 5 % |" in text
    # what is not trained yet is not told
    assert "a quarter" not in say(models(EARLY, (SIDE**2 // 8, 2400, True, 0.7)))


@pytest.mark.parametrize(
    ("eighth", "quarter", "early", "kernel"),
    [(0.5, 0.9, 0.05, 0.1), (0.7, 0.5, 0.05, 0.1), (0.7, 0.9, 0.65, 0.1), (0.7, 0.9, 0.05, 0.7)],
)
def test_it_falls_where_the_table_says_otherwise(say, eighth, quarter, early, kernel):
    late = [(SIDE**2 // part, 2400, True, share) for part, share in ((8, eighth), (4, quarter))]
    with pytest.raises(Unsupported, match="is enough beside all stripes"):
        say(models((*EARLY[:3], early), *late), kernel)

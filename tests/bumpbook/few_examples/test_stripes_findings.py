"""The sentence on stripes and steps holds to the tables, and falls where longer training lifts as much."""

from itertools import product

import pandas as pd
import pytest

from bumpbook.few_examples import findings as ch6
from bumpbook.few_examples.stripes_findings import CELLS, LIMITS, SURE, measured, right
from bumpbook.frame.findings import Unsupported, finding
from bumpbook.frame.predictions import read_predictions

SIDE, SEEDS = 32, 3


def models(shares, steps):
    """Rows by (kind, stripes), each with its share right at a sixteenth and at an eighth; ``steps`` by stripes."""
    rows = []
    for (kind, stripes), by_part in shares.items():
        for (part, share), seed in product(zip((16, 8), by_part, strict=True), range(SEEDS)):
            model = {"kind": kind, "stripes": stripes, "seed": seed, "size": SIDE}
            model |= {"train_2d": SIDE**2 // part, "steps": steps[stripes] + seed, "learned": True}
            model |= {"region": "unseen", "both_fine": share + 0.01 * (seed - 1), "both": 1.0}
            rows.append(model)
    return pd.DataFrame(rows)


@pytest.fixture
def given(monkeypatch):
    def make(alone=0.1, late=0.1, beside=0.6):
        """Shares at a sixteenth, for both kinds; an eighth has .2 more in every way."""
        both = lambda share: (share, share + 0.2)
        kinds = ("bump", "sos")
        usual = {(k, s): both(share) for k in kinds for s, share in ((False, alone), (True, beside))}
        made = {
            "few-shot": models(usual, {False: 400, True: 1500}),
            "longer": models({(k, False): both(late) for k in kinds}, {False: 1500}),
        }
        monkeypatch.setattr(ch6, "sweep_table", lambda name, preset: made[name])

    return make


def test_three_ways_stand_side_by_side(given):
    given(0.12, 0.09, 0.56)
    text = finding("few-examples-stripes-or-steps").data
    assert "teaches networks 12 % of the other bumps, and 9 % when they train as long" in text
    assert "beside the stripes it is 56 %. Of sums it is 12 %, 9 % and 56 %" in text
    assert "| bumps | 64 | alone for as long | 1500 to 1502 | 9 % (range 8 to 10 %, n = 3) |" in text
    assert right("sums-eighth", "beside stripes") == pytest.approx([0.75, 0.76, 0.77])
    # over all pairs of seeds: what is least beside stripes minus what is most without
    assert measured("bumps-sixteenth")[SURE] == pytest.approx(0.55 - 0.10)


# the steps do it all; or leave less than the fifth that a sixteenth asks for
@pytest.mark.parametrize("late", [0.56, 0.4])
def test_it_falls_where_longer_training_lifts_too(given, late):
    given(0.12, late, 0.56)
    with pytest.raises(Unsupported, match="not the longer training"):
        finding("few-examples-stripes-or-steps")


def test_limits_are_those_that_were_written_down():
    said = {p["name"]: p["agrees"] for p in read_predictions("stripes-or-steps")["predictions"]}
    assert {name: f"from {limits[0].agrees:g}" for name, limits in LIMITS.items()} == {
        name: text.split(",")[0].replace("from .", "from 0.") for name, text in said.items()
    }
    assert set(CELLS) == set(said)

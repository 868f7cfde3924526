"""The knee of the loss: a made-up loss with a known bend, and the sentence that only real ones support."""

from types import SimpleNamespace

import numpy as np
import pytest

from bumpbook.ddpm import knee_findings as knee
from bumpbook.frame.findings import Unsupported
from bumpworld.selection import everything, held_out_square


def run(before, after, jump=70, hole=True):
    """A run whose loss falls by ``before`` and, from step 40 on, by ``after`` every 20 steps, right from ``jump`` on."""
    step = np.arange(1, 121, 3)
    log_loss = (
        -np.where(step < 40, step * np.log(before), 40 * np.log(before) + (step - 40) * np.log(after)) / 20
    )
    looks = [{"step": s} for s in range(10, 121, 10)]
    return SimpleNamespace(
        experiment=SimpleNamespace(train_on=held_out_square(6, 10) if hole else everything()),
        record={"training": {"loss": np.stack([step, np.exp(log_loss)], 1).tolist()}, "checkpoints": looks},
        accuracy=lambda checkpoint: {"square": (0, 0, float(looks[checkpoint]["step"] >= jump))},
    )


def test_the_fall_is_that_of_the_curve():
    one = run(1.2, 1.9)
    assert knee.fall(one, 0, 40) == pytest.approx(1.2) and knee.fall(one, 40, 80) == pytest.approx(1.9)
    assert knee.half_right(run(1.2, 1.9, jump=65), "square") == 70


def test_the_sentence_says_the_numbers():
    runs = [run(1.2, 1.8 + 0.02 * i, jump=70 + 10 * (i % 2)) for i in range(5)]
    text = knee.sentence([*runs, *(run(1.2, 1.8, hole=False) for _ in range(5))])
    front, behind = text.split("<details")
    assert (
        "Up to step 40 it falls by a factor of 1.20 every 20 steps, then by 1.84;" in front
        and "step 70 to 80" in front
    )
    assert "of 1.20 (n = 5, all alike) before step 40" in behind and "of 1.84 (" in behind


@pytest.mark.parametrize(
    "runs",
    [
        [run(1.5, 1.5), run(1.5, 1.5, hole=False)],  # a straight line
        [run(1.2, 1.8, jump=40), run(1.2, 1.8, hole=False)],  # the jump comes with the knee
        [run(1.2, 1.8), run(1.8, 1.2, hole=False)],  # a knee of the hole alone
    ],
)
def test_what_does_not_support_it_ends_the_build(runs):
    with pytest.raises(Unsupported, match="The loss has a knee"):
        knee.sentence(runs)

"""The step at a threshold: found where it is, absent where the rise is smooth, against an independent regression."""

import numpy as np
import pandas as pd
import pytest

from bumpbook.frame.lattice_sweeps import PITCHES
from bumpbook.percolation.pitch import GLIDE, OPEN, PERCOLATION, power, smooth_null, starts, step, thresholds

KAPPA = thresholds()["cosine", 0.005]


def networks(rise, jump=0.0, scatter=0.02, seeds=2, seed=0, at=KAPPA):
    """Two lattices at ten widths: accuracy rises with ``rise`` and jumps by ``jump``."""
    rng, rows = np.random.default_rng(seed), []
    for number, lattice in enumerate(("turned √5", "turned √10")):
        for s in range(seeds):
            for widths in PITCHES:
                place = np.log(KAPPA / widths)
                value = 0.3 + 0.1 * number + rise * place - 0.2 * place**2 + jump * (widths < at)
                value += 0.03 * s + rng.normal(0, scatter)
                rows.append({"lattice": lattice, "seed": s, "widths": widths, "fine": value})
    return pd.DataFrame(rows)


def test_the_six_thresholds_are_the_known_ones():
    found = thresholds()
    # two closed forms and the reference table
    assert found["cosine", 0.005] == pytest.approx(2 * np.sqrt(np.log(200)))
    assert found["bhattacharyya", 0.05] == pytest.approx(np.sqrt(8 * np.log(20)))
    assert sorted(found.values()) == pytest.approx([3.462, 3.920, 4.604, 4.895, 5.614, 6.510], abs=1e-3)


def test_a_jump_is_found_with_its_size():
    found = step(networks(0.5, jump=0.4), "fine", KAPPA)
    assert found.low < 0.4 < found.high
    assert found.verdict == PERCOLATION
    assert found.n == 40


def test_a_glide_is_no_jump_however_steep():
    found = step(networks(0.9), "fine", KAPPA)
    assert found.verdict == GLIDE
    assert abs(found.size) < 0.1


def test_too_much_scatter_is_open():
    assert step(networks(0.5, scatter=0.5), "fine", KAPPA).verdict == OPEN


def test_a_jump_elsewhere_is_smaller_here():
    rows = networks(0.5, jump=0.4, at=3.7)
    assert (
        step(rows, "fine", KAPPA).size
        < 0.2
        < step(rows, "fine", thresholds()["coefficient", 0.05]).size + 0.2
    )


def test_the_interval_against_statsmodels_free_arithmetic():
    """The same regression with the step projected out of the others first (Frisch, Waugh and Lovell)."""
    rows = networks(0.5, jump=0.1, scatter=0.1)
    place = np.log(rows.widths / KAPPA)
    joined = (place < 0).astype(float)
    dummies = pd.get_dummies(rows.lattice).to_numpy(float)
    others = np.column_stack(
        [
            dummies,
            dummies * place.to_numpy()[:, None],
            dummies * place.to_numpy()[:, None] ** 2,
            dummies * rows.seed.to_numpy()[:, None],
        ]
    )
    residual = lambda v: v - others @ np.linalg.lstsq(others, v, rcond=None)[0]
    a, b = residual(joined.to_numpy()), residual(rows.fine.to_numpy())
    found = step(rows, "fine", KAPPA)
    assert found.size == pytest.approx(a @ b / (a @ a))
    left = ((b - found.size * a) ** 2).sum() / (len(rows) - 9)
    assert found.scatter == pytest.approx(left**0.5)


def test_the_interval_holds_the_truth_as_often_as_it_says():
    hits = [
        abs(s.size - 0.1) <= s.high - s.size
        for s in (step(networks(0.5, 0.1, 0.1, seed=k), "fine", KAPPA) for k in range(300))
    ]
    assert 0.91 < np.mean(hits) < 0.985


def test_power_is_one_for_large_steps_and_small_for_none():
    rows = networks(0.5)
    assert power(rows, "fine", KAPPA, 0.5, draws=50)[PERCOLATION] == 1
    assert power(rows, "fine", KAPPA, 0.0, draws=50)[PERCOLATION] == 0
    assert power(rows, "fine", KAPPA, 0.0, draws=50)[GLIDE] == 1


def test_both_sides_of_a_threshold_are_needed():
    with pytest.raises(ValueError, match="one side"):
        step(networks(0.5), "fine", 20.0)
    with pytest.raises(ValueError, match="three more"):
        step(networks(0.5).iloc[::5], "fine", KAPPA)


def s_curves(jump=0.0, seed=0, scatter=0.01):
    """Two lattices whose accuracy is a steep S-curve, with a true step at the threshold or without."""
    rows = networks(0.0, seed=seed)
    place = np.log(rows.widths / KAPPA)
    height = np.where(rows.lattice == "turned √5", 0.85, 0.45)
    noise = np.random.default_rng(seed).normal(0, scatter, len(rows))
    rows["fine"] = height / (1 + np.exp(14 * (place + 0.1))) + jump * (place < 0) + noise
    return rows


def test_a_steep_s_curve_leaves_a_step_that_the_null_knows():
    rows = s_curves()
    found, (low, high) = step(rows, "fine", KAPPA), smooth_null(rows, "fine", KAPPA)
    assert found.size > 0.05
    assert low < found.size < high


def test_an_s_curve_can_be_as_steep_as_a_step():
    """Fitted to stepped data it takes the step for itself: the null can excuse a step, and never show one."""
    rows = s_curves(jump=0.4)
    assert smooth_null(rows, "fine", KAPPA)[1] > step(rows, "fine", KAPPA).low > 0.4


def test_starts_lie_between_the_widths_that_were_trained():
    rows = s_curves(scatter=0.0)
    found = starts(rows, 0.5, of_widest=True)
    assert len(found) == 4
    # the middle of the curve, a little early since the widest have not levelled off
    assert np.allclose(found, KAPPA * np.exp(-0.1), rtol=0.03)
    assert starts(rows, 0.99).isna().all()

"""The share along turned axes agrees with least squares, and tells what it should from what it should not."""

import numpy as np
import pytest

from bumpbook.manifolds.axes import SIDE, STEPS, additive_share, contrast
from bumpworld import Canvas

LABELS = Canvas(size=16).lattice().double().numpy()
X, Y = LABELS.T


def waves(*coordinates):
    return np.stack([f(w * c) for c in coordinates for w in (0.3, 0.9) for f in (np.sin, np.cos)], 1)


def one_hot(values):
    return (values[:, None] == np.unique(values)).astype(float)


SHEET = LABELS @ np.random.default_rng(0).normal(size=(2, 5))
CLIFFORD = waves(X, Y)
TURNED = waves((X + Y) / 2**0.5, (X - Y) / 2**0.5)
NAMES = np.hstack([one_hot(X), one_hot(Y)])
ROUND = np.exp(-((LABELS[:, None] - LABELS[None]) ** 2).sum(2) / 18)  # only distances matter


def by_least_squares(points, step):
    """The same share from regressions on dummy variables."""
    where = {(int(x), int(y)): i for i, (x, y) in enumerate(LABELS)}
    a, b = (v.ravel() for v in np.meshgrid(np.arange(SIDE), np.arange(SIDE), indexing="ij"))
    design = np.hstack([one_hot(a), one_hot(b)])
    left = total = 0.0
    for x in range(-16, 32):
        for y in range(-16, 32):
            sites = [
                (x + p * step[0] - q * step[1], y + p * step[1] + q * step[0])
                for p, q in zip(a, b, strict=True)
            ]
            if all(site in where for site in sites):
                part = points[[where[site] for site in sites]]
                fit = design @ np.linalg.lstsq(design, part, rcond=None)[0]
                left, total = left + ((part - fit) ** 2).sum(), total + ((part - part.mean(0)) ** 2).sum()
    return 1 - left / total


@pytest.mark.parametrize("step", STEPS.values())
@pytest.mark.parametrize("points", [CLIFFORD, NAMES, ROUND], ids=["clifford", "names", "round"])
def test_shares_are_those_of_a_regression(points, step):
    assert additive_share(points, LABELS, step) == pytest.approx(by_least_squares(points, step), abs=1e-9)


def test_a_flat_sheet_is_additive_in_every_direction():
    assert [additive_share(SHEET, LABELS, step) for step in STEPS.values()] == pytest.approx([1] * 4)


def test_codes_with_axes_are_told_from_codes_without():
    assert contrast(CLIFFORD, LABELS) > 0.1 and contrast(NAMES, LABELS) > 0.1
    assert contrast(TURNED, LABELS) == pytest.approx(-contrast(CLIFFORD, LABELS), abs=0.1)
    assert additive_share(CLIFFORD, LABELS, STEPS[0.0]) == pytest.approx(1)
    assert abs(contrast(SHEET, LABELS)) < 1e-9 and abs(contrast(ROUND, LABELS)) < 0.03


def test_points_without_structure_give_what_chance_gives():
    shares = [
        additive_share(np.random.default_rng(seed).normal(size=(256, 64)), LABELS, step)
        for seed in range(10)
        for step in STEPS.values()
    ]
    assert np.mean(shares) == pytest.approx(2 / (SIDE + 1), abs=0.005)


def test_the_order_of_labels_does_not_matter():
    order = np.random.default_rng(1).permutation(256)
    assert contrast(NAMES[order], LABELS[order]) == pytest.approx(contrast(NAMES, LABELS))


@pytest.mark.parametrize(
    ("points", "labels", "step", "words"),
    [
        (SHEET, LABELS, (0, 0), "goes somewhere"),
        (SHEET, LABELS, (5, 5), "does not fit"),
        (SHEET[:-1], LABELS[:-1], (1, 0), "no full grid"),
        (SHEET[:240], LABELS[:240], (1, 0), "full square lattice"),
        (SHEET * np.nan, LABELS, (1, 0), "finite"),
        (SHEET * 0, LABELS, (1, 0), "points are the same"),
    ],
)
def test_nonsense_is_refused(points, labels, step, words):
    with pytest.raises(ValueError, match=words):
        additive_share(points, labels, step)

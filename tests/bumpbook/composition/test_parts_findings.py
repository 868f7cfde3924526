"""Whether pairs are more than their parts: squares in the middle and at the corner apart, an interval over seeds."""

import pytest

from bumpbook.composition import findings as tables
from bumpbook.composition import parts_findings as found
from bumpbook.frame.findings import Unsupported
from made_composition import declared, write

HALF = [(0.5, 0.5)]
# a look at which all labels that are right in x are right in y is 0.25 above the product, as far as can be: a mean of the two
# looks is half of the way
COUPLED, ALONE = {"wrong": 0.5, "looks": HALF}, {"looks": HALF}
# of the first nine in sixteen labels every third is right in y, and one more of the others
LOSING = {"looks": [(0.5625, 0.34)]}


def laid_out(store, middle=COUPLED, **others):
    """Networks on all squares of width 4 and 8: bumps in the middle as said, all others with independent parts."""
    for kind in tables.KINDS:
        for low, high in ((6, 10), (4, 12), (12, 16), (8, 16)):
            for experiment in declared("square", kind=kind, low=low, high=high):
                usual = LOSING if kind == "sos" and high == 16 else ALONE
                how = middle if kind == "bump" and high < 16 else others.get(kind + str(high), usual)
                write(store, experiment, **how)


def test_networks_of_one_seed_count_once(store):
    group = list(declared("square", kind="bump", low=6, high=10)) + list(
        declared("square", kind="bump", low=4, high=12)
    )
    for experiment in group:
        # seed 0 is coupled in one of its two squares, all others in both
        alone = experiment.seed == 0 and dict(experiment.train_on.settings)["low"] == 4
        write(store, experiment, **(ALONE if alone else COUPLED))
    left = found.left_over([store.load(e) for e in group])
    assert (left.excess.n, left.networks, left.looks) == (5, 10, 19)
    assert left.excess.mean == pytest.approx((4 * 0.125 + 0.0625) / 5)
    assert left.room.mean == pytest.approx((4 * 0.5 + 0.25) / 5)


def test_the_sentence_tells_the_middle_from_the_corner(store):
    laid_out(store)
    text = found.parts()
    assert "they gain 0.12 (0.12 to 0.12 over 5 seeds), about half of the way" in text
    assert (
        "gain nothing that 3 seeds can tell" in text
        and "Sums in the corner lose 0.01, in every seed." in text
    )
    assert (
        "Bumps in the corner: +0.000 (n = 3, all alike), 6 networks, 6 looks: not told apart from the product"
        in text
    )
    assert "more than the product; of the way to the upper bound 50 % (n = 5, all alike)" in text


@pytest.mark.parametrize(
    "wrong",
    [
        # nothing is gained in the middle
        {"middle": ALONE},
        # everything that can be is
        {"middle": {"wrong": 0.5}},
        # the corner gains as much, or sums do
        {"bump16": COUPLED},
        {"sos12": COUPLED},
        {"sos16": COUPLED},
        # sums in the corner lose nothing, or those in the middle lose, too
        {"sos16": ALONE},
        {"sos12": LOSING, "sos10": LOSING},
        # no look while both parts are half learned
        {"bump16": {}},
        {"sos16": {}},
    ],
)
def test_it_breaks_where_the_records_speak_against_it(store, wrong):
    laid_out(store, **wrong)
    with pytest.raises(Unsupported, match="Only bumps in the middle"):
        found.parts()


def test_words_follow_what_is_left_over(store):
    assert "no network was looked at" in found.words(found.Left(*[found.spread([])] * 2, 0, 0))
    few = found.Left(*[found.spread([0.1, 0.2])] * 2, 2, 2)
    less = found.Left(*[found.spread([-0.1, -0.2, -0.1])] * 2, 3, 3)
    assert "too few seeds" in found.words(few) and "less than the product in every seed" in found.words(less)

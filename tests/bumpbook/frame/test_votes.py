"""Votes: one list from which slides, handout and plan are printed, with a picture of every option."""

import pytest
import torch

from bumpbook.frame import votes, votes_figure
from bumpworld.canvas import Canvas
from bumpworld.measure import judge


@pytest.mark.parametrize("one", votes.VOTES, ids=lambda one: one.name)
def test_a_vote_asks_for_a_label_that_is_held_out(one):
    canvas = Canvas(margin=one.margin)
    split = one.train_on.split(canvas)
    asked = torch.tensor(one.label) + one.margin
    assert (split.labels[split.held_out] == asked).all(1).any()
    assert canvas.visible(asked[None]).all()


@pytest.mark.parametrize("one", votes.VOTES, ids=lambda one: one.name)
def test_the_first_option_alone_is_right(one):
    pictures = votes_figure.options(one)[:, None].float()
    labels = torch.tensor([one.label] * len(pictures))
    assert judge(pictures, labels, Canvas()).right()[:, 2].tolist() == [True] + [False] * (len(pictures) - 1)


def test_every_place_prints_the_same_options():
    ballot, sentence = votes.ballot(), votes.options()
    for letter, words in zip("ABCDEF", votes.WITH_STRIPES, strict=True):
        assert f"**{letter}** {words}" in ballot and f"**{letter}** {words}" in sentence
    rows = ballot.split("\n\n")[1].splitlines()[2:]
    assert [row.count("☐") for row in rows] == [len(one.options) for one in votes.VOTES]
    for one, row in zip(votes.VOTES, rows, strict=True):
        assert one.asked in row
        pictures = votes_figure.ballot(one.name).axes[1:]
        shown = [(axes.get_title(), " ".join(axes.get_xlabel().split())) for axes in pictures]
        assert shown == one.choices


def test_the_vote_on_stripes_offers_cross_and_stripe():
    assert {"a cross", "one stripe, either way"} <= set(votes.vote("stripes").options)


def test_the_handout_does_not_say_which_number_the_lecturer_changes():
    assert not any(word in votes.ballot() for word in ("turn", "axes", "45", "x + y"))


def test_an_unknown_vote_is_named():
    with pytest.raises(ValueError, match="vote is 'holes'.*hole"):
        votes.vote("holes")


def test_the_label_stands_in_its_place_of_the_label_space():
    stripes = votes.vote("stripes")
    labels = Canvas(margin=stripes.margin).lattice()
    assert labels[stripes.row(labels)].tolist() == list(stripes.place) == [11, 10]
    assert votes.vote("hole").place == votes.vote("hole").label
    with pytest.raises(ValueError, match="once"):
        stripes.row(labels[:5])

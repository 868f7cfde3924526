"""The key to the votes counts what the records say about the label that is asked for, and ends the build where that changes."""

import pytest
import torch
from made_records import look, record_of

from bumpbook.frame import votes, votes_key
from bumpbook.frame.findings import Unsupported, finding
from bumpworld.files import write_record
from bumpworld.store import Store

RIGHT = {"hole", "turned"}


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    return Store(tmp_path)


def keep(store, one, experiment, off=0.0, shape=1, learned=True):
    """A record in which the vote's label is ``off`` pixels off in y; its neighbours would give another answer."""
    split = experiment.train_on.split(experiment.canvas)
    x, y = (place + one.margin for place in one.label)
    asked = (split.labels[:, 0] == x) & (split.labels[:, 1] == y)
    pick = lambda here, elsewhere: torch.where(asked, float(here), float(elsewhere))
    seen = look(9, pick(0, 2.5), pick(off, 0), pick(shape, 1 - shape), pick(0.1, 0.2))
    write_record(store.record_path(experiment), record_of(experiment, [seen], 5 if learned else None))


def fill(store):
    """Every network of the hole and of the turned band draws the bump, no other does."""
    for one in votes.VOTES:
        for experiment in votes_key.experiments(one):
            keep(store, one, experiment, shape=int(one.name in RIGHT))


@pytest.mark.parametrize("one", votes.VOTES, ids=lambda one: one.name)
def test_a_vote_s_networks_are_trained_on_its_map_and_told_in_its_code(one):
    found = votes_key.experiments(one)
    assert len({e.seed for e in found}) == len(found) == 5
    for e in found:
        split = e.train_on.split(e.canvas)
        inside = ((split.train >= one.margin) & (split.train < one.margin + 16)).all(1)
        trained = {(int(x) - one.margin, int(y) - one.margin) for x, y in split.train[inside].tolist()}
        frame = {(x, y) for x in range(16) for y in range(16)}
        hidden = {
            "hole": {(x, y) for x in range(6, 10) for y in range(6, 10)},
            "band": {(x, y) for x in range(6, 10) for y in range(16)},
            "wide": {(x, y) for x in range(4, 12) for y in range(16)},
            "stripes": frame,
        }
        assert frame - trained == hidden["band" if one.name == "turned" else one.name]
        assert e.canvas.kind == "bump" and e.unet.label_angle == (45 if one.name in ("turned", "wide") else 0)


def test_every_drawing_is_counted_once_and_at_the_label_of_the_vote(store):
    one = votes.vote("turned")
    drawn = [{"off": 0.4}, {"off": -0.9}, {"off": 4.0}, {"off": 0.1, "shape": 0}, {"learned": False}]
    for experiment, what in zip(votes_key.experiments(one), drawn, strict=True):
        keep(store, one, experiment, **what)
    assert votes_key.came(one) == votes_key.Came(networks=4, fine=1, near=2, elsewhere=1, none=1)


def test_without_records_the_command_is_named(store):
    text = finding("votes-key").data
    assert "Not measured here" in text and "bumpworld run first" in text


def test_the_key_is_folded_and_ends_the_build_when_another_vote_comes_true(store, monkeypatch):
    monkeypatch.setattr(votes_key, "finding", lambda name: type("Said", (), {"data": f"({name})"}))
    fill(store)
    text = finding("votes-key").data
    assert text.startswith("<details") and text.endswith("</details>") and "(composition-voted)" in text
    rows = [line.split(" | ")[1:] for line in text.splitlines() if line.startswith(("| Vote", "| And"))]
    yes, no = ["5", "5", "5", "0", "0 |"], ["5", "0", "0", "0", "5 |"]
    assert rows == [yes, no, yes, no, no]
    one = votes.vote("wide")
    keep(store, one, votes_key.experiments(one)[2], off=0.9)
    with pytest.raises(Unsupported, match="in the band of eight"):
        finding("votes-key")
    fill(store)
    one = votes.vote("hole")
    keep(store, one, votes_key.experiments(one)[0], off=1.2)
    with pytest.raises(Unsupported, match="in the hole"):
        finding("votes-key")

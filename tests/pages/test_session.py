"""The session of 90 minutes: its notes keep its minutes, nothing tells what a later vote asks, and its answers are measured."""

import re

import pandas as pd
import pytest
import torch

from bumpbook.frame import teaching_findings as teaching
from bumpbook.frame import votes
from bumpbook.frame.findings import Unsupported
from shared import ROOT
from teaching_plan import PAGE, chapter, plan, slides, wishes


def test_notes_name_minutes_of_the_block_in_which_their_slide_is_named():
    said = {}  # the plan's own slides come last: each takes the place of a chapter's slide with its title
    for path in (*sorted((ROOT / "notebooks").glob("*.ipynb")), slides.PLAN):
        said |= {wish["title"]: re.findall(r"Minute (\d+)", wish.get("notes", "")) for wish in wishes(path)}
    last = 0
    for begin, end, text in re.findall(
        r"^### Minute (\d+) to (\d+):(.*?)(?=^###? |\Z)",
        plan("The session of 90 minutes") + "\n",
        re.M | re.S,
    ):
        for title in slides.in_the_plan(f"## The session of 90 minutes\n{text}"):
            (minute,) = said.pop(title)
            assert max(last, int(begin)) <= int(minute) < int(end), title
            last = int(minute)
    assert last >= 84 and not any(said.values()), "slides for the lab name a minute of the session"


def test_no_slide_before_the_changed_number_tells_what_it_does():
    from bumpbook.frame.findings import finding

    wanted = {w["title"]: w for p in (ROOT / "notebooks").glob("*.ipynb") for w in wishes(p)}
    order = slides.in_the_plan(PAGE)
    shown = order[: order.index(votes.vote("turned").title)]
    said = [finding(w["finding"]).data for t in shown if "finding" in (w := wanted.get(t, {}))]
    said += [" ".join(wanted[t].get("lines", [])) for t in shown if t in wanted]
    assert len(said) > 10
    assert not re.search(r"turned|45°|x ?\+ ?y|language|eight", " ".join(said))


def test_live_parts_ask_what_was_voted_on():
    """Chapter 4's slider holds the band of the vote, chapter 5's path passes the label of the vote on stripes."""
    (slider,) = [c.source for c in chapter(4).cells if "lesion_slider(pair," in c.source]
    settings = dict(votes.vote("band").train_on.settings)
    width = settings["high"] - settings["low"]
    assert f"names[{width:g}]: (models[{width:g}], gaps[names[{width:g}]])" in slider
    (cross,) = [c.source for c in chapter(5).cells if "cross_slider(" in c.source]
    place = {"torch": torch}
    exec(cross.splitlines()[0], place)  # the line that makes the path
    asked = [at + votes.vote("stripes").margin for at in votes.vote("stripes").label]
    assert asked in place["path"].tolist()
    assert f"stop at ({asked[0]}, {asked[1]})" in " ".join(PAGE.split())


def test_what_is_left_out_when_it_is_late_keeps_the_third_goal_and_the_votes():
    late = PAGE.split("### When it is late")[1].split("\n#")[0]
    left_out = " ".join(late.split()).split("Keep")[0]
    assert all(title in slides.in_the_plan(PAGE) for title in re.findall(r"\*([^*]+)\*", late))
    assert "Would something simpler do?" not in left_out
    assert not any(votes.vote(name).title in left_out for name in ("hole", "band", "turned"))


def runs(square, band, seeds=3, ours=0.3):
    """Made-up tables: shares right of the square and of the band in the longest runs, of the band in our longest ones."""
    usual = pd.DataFrame(
        {"learned": True, "region": "lesion", "spacing": 1.0, "steps": [200, 400], "learned_at": [100, 200]}
    )
    rows = [("square", 5, 11, square), ("lesion", 6, 10, band), ("lesion", 4, 12, 0.9)]
    long = [
        {"region": r, "low": low, "high": high, "both_fine": both}
        for r, low, high, both in rows
        for _ in range(seeds)
    ]
    own = pd.DataFrame({"learned": True, "code": "axes", "region": "lesion", "steps": [450, 1800]})
    long = pd.DataFrame(long).assign(learned=True, target="eps", steps=6000)
    return {"lesion": usual, "robustness": long, "reach": own.assign(both_fine=[0.1, ours])}


def test_more_steps_are_measured_and_not_argued(monkeypatch):
    monkeypatch.setattr(teaching, "read", lambda name: runs(0.9, 0.1)[name])
    text = teaching.longer()
    assert "6000 steps, about 20 times as many" in text
    assert (
        "90 % (n = 3, all alike) of a held-out square and 10 % (n = 3, all alike) of a band of four" in text
    )
    assert "10 % of the band after 450 steps and, in the paper's frame, 30 % after 1800" in text
    for broken in (runs(0.9, 0.5), runs(0.5, 0.1), runs(0.9, 0.1, seeds=2), runs(0.9, 0.1, ours=0.6)):
        monkeypatch.setattr(teaching, "read", broken.__getitem__)
        with pytest.raises(Unsupported, match="More steps"):
            teaching.longer()
    longer_trained = runs(0.9, 0.1)
    longer_trained["lesion"]["steps"] *= 2
    monkeypatch.setattr(teaching, "read", longer_trained.__getitem__)
    with pytest.raises(Unsupported):
        teaching.longer()

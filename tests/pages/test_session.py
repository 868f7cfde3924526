"""The session of 90 minutes: its notes keep its minutes, nothing tells what a later vote asks, and its answers are measured."""

import re

import torch

from bumpbook.frame import votes
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

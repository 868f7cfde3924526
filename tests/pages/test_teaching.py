"""The teacher's plans: their minutes add up, and all cells, slides, exercises and sections they name are there."""

import re
import time

import pytest
from bs4 import BeautifulSoup

from bumpbook.frame import rooms, teaching_ideas, votes
from bumpbook.frame import teaching_findings as teaching
from bumpbook.percolation.class_rivals import IN_CLASS
from bumpbook.percolation.rivals import shown
from shared import ROOT
from teaching_plan import PAGE, chapter, plan, slides, wishes

WIDGETS = ROOT / "src" / "bumpbook" / "widgets"
LENGTHS = {"Two": 2, "Three": 3, "Five": 5, "Eight": 8}
BLOCK = re.compile(r"^### Minute (\d+) to (\d+): (.+)$", re.MULTILINE)
LIVE = re.compile(r"\*\*Live\*\* \((\d+) minutes?\)(.*?)(?=\n\n)", re.DOTALL)
CODE = re.compile(rf"`((?:(?:{'|'.join(rooms.names())})\.|for )[^`]+)`")


def live_parts() -> list[tuple[int, str, int]]:
    """Every live part: the chapter's number, the line of code that it names, its minutes."""
    found, number = [], 0
    for minutes, text in LIVE.findall(PAGE):
        named = re.search(r"notebooks/(\d+)_", text)
        number = int(named[1]) if named else number  # a part without a chapter goes on with the one before
        code = CODE.search(" ".join(text.split()))
        assert code, f"a live part names no cell: {text}"
        found.append((number, code[1], int(minutes)))
    return found


@pytest.mark.parametrize(
    ("title", "total"), [("The session of 90 minutes", 90), ("The lab of three hours", 180)]
)
def test_the_minutes_add_up(title, total):
    blocks = [(int(a), int(b)) for a, b, _ in BLOCK.findall(plan(title))]
    assert blocks[0][0] == 0 and blocks[-1][1] == total
    assert all(before[1] == after[0] < after[1] for before, after in zip(blocks, blocks[1:], strict=False))


def test_live_parts_fit_into_their_blocks():
    for text in re.split(r"^### ", PAGE, flags=re.MULTILINE):
        if block := BLOCK.search("### " + text):
            assert sum(int(minutes) for minutes, _ in LIVE.findall(text)) < int(block[2]) - int(block[1])


@pytest.mark.parametrize(("number", "code", "minutes"), live_parts())
def test_live_cells_are_there(number, code, minutes):
    sources = [cell.source for cell in chapter(number).cells if cell.cell_type == "code"]
    assert any(code in source for source in sources), f"chapter {number} has no cell with {code}"


def test_the_session_names_slides_that_are_there_and_the_page_all_others():
    named = slides.in_the_plan(PAGE)
    deck = [wish["title"] for path in sorted((ROOT / "notebooks").glob("*.ipynb")) for wish in wishes(path)]
    own = [wish["title"] for wish in wishes(slides.PLAN)]
    assert len(named) >= 20 and len(set(named)) == len(named)
    assert set(named) <= set(deck + own)
    for_the_lab = set(deck + own) - set(named)
    assert all(title in " ".join(PAGE.split()) for title in for_the_lab), for_the_lab


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_what_a_slide_says_to_run_is_in_its_chapter(path):
    code = "\n".join(cell.source for cell in slides.read(path).cells if cell.cell_type == "code")
    for wish in wishes(path):
        for named in re.findall(r"`([^`]+)`", wish.get("live", "")):
            assert named in code, named


def test_the_slide_on_rivals_shows_those_that_the_plan_lists():
    for words in ("distance to the nearest label", "values seen", "brightness", "time"):
        assert words in PAGE.split("Make them list it:")[1].split("Each is a rival.")[0]
        assert any(words in shown(listed) for listed in IN_CLASS)
    assert len(IN_CLASS) == 4


def test_every_vote_has_a_slide_in_the_block_in_which_it_is_named():
    session = plan("The session of 90 minutes")
    for vote in votes.VOTES:
        (block,) = [part for part in session.split("\n### ") if f'ballot("{vote.name}")' in part]
        assert f"vote: {vote.name}" in block and vote.title in " ".join(block.split())


def heard() -> set[str]:
    """What the plan expects to hear, phrase by phrase, without quotes and stops."""
    rows = [line.split("|") for line in PAGE.splitlines() if line.startswith("| ") and line.count("|") == 4]
    phrases = {part.strip(' "').casefold() for row in rows for part in re.split(r"[.,:]|\"", row[2])}
    return {phrase for phrase in phrases if len(phrase) > 3}


def test_the_questions_offer_what_is_heard_and_one_right_answer():
    page = BeautifulSoup((ROOT / "book" / "questions.md").read_text(encoding="utf-8"), "html.parser")
    questions = page.select("form#questions fieldset")
    assert len(questions) == 6
    letters = ""
    for question in questions:
        options = question.select("label")
        assert len(options) == 4 and len({option.input["name"] for option in options}) == 1
        assert all(option.input["data-say"].endswith(".") for option in options)
        values = [option.input["value"] for option in options]
        assert sorted(values) == ["right", "wrong", "wrong", "wrong"]
        letters += "abcd"[values.index("right")]
        wrong = " ".join(
            option.span.text for option in options if option.input["value"] == "wrong"
        ).casefold()
        assert any(phrase in wrong for phrase in heard()), question.legend.text
    assert f"{' '.join(letters)}." in page.noscript.text and len(set(letters)) > 2


def test_the_lab_ends_with_twenty_minutes_of_bets_in_the_laboratory():
    *_, (begin, end, title) = BLOCK.findall(plan("The lab of three hours"))
    assert (begin, end, title) == ("160", "180", "Bets against results")
    text = plan("The lab of three hours").split(f"### Minute {begin} to {end}: {title}")[1]
    assert sum(LENGTHS[word] for word in re.findall(r"^\d\. (\w+) minutes:", text, re.MULTILINE)) == 20
    page = (ROOT / "book" / "laboratory.md").read_text(encoding="utf-8")
    assert "](#laboratory-class)" in text and "(laboratory-class)=\n" in page
    words = page + "".join(file.read_text(encoding="utf-8") for file in sorted(WIDGETS.glob("lab_*.js")))
    pressed = re.findall(r"\*([^*]+)\*", text.replace("**", ""))
    assert len(pressed) >= 3 and all(name.casefold() in words.casefold() for name in pressed), pressed


def test_exercises_are_there():
    books = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "notebooks").glob("*.ipynb"))
    labels = set(re.findall(r":label: ([\w-]+)", books))
    named = set(re.findall(r"\{ref\}`([\w-]+-[\w-]+)`", PAGE))
    assert named and named <= labels, named - labels


def test_the_headline_is_what_stands_in_bold(monkeypatch):
    class Said:
        data = "**In short.** And at length, **again**."

    monkeypatch.setattr(teaching, "finding", lambda name: Said)
    assert teaching.headline("any") == "In short."
    Said.data = "No more than this."
    assert teaching.headline("any") == "No more than this."


def test_the_position_is_lost_where_the_bound_says():
    from bumpworld.diffusion import NoiseSchedule

    left = (
        NoiseSchedule.linear().alpha_bar
    )  # the bound is 1 px where I = pi/2 alpha_bar / (1 - alpha_bar) is 1
    expected = int((left / (1 - left) < 2 / 3.14159).nonzero()[0])
    assert abs(int(re.search(r"t = (\d+) of", teaching.position())[1]) - expected) <= 2


def test_ideas_make_a_difference_or_the_build_ends():
    table = teaching_ideas.written([("an idea", "`code`", [1.0] * 3, [0.2, 0.3, 0.25])])
    row = "| an idea<br>`code` | 100 % (n = 3, all alike) | 25 % (range 20 to 30 %, n = 3) |"
    assert table.splitlines()[2] == row
    for before, after in (
        ([1.0] * 3, [0.9] * 3),
        ([1.0, 1.0, 0.1], [0.2, 0.3, 0.25]),
        ([1.0] * 2, [0.0] * 2),
    ):
        with pytest.raises(ValueError, match="an idea"):
            teaching_ideas.written([("an idea", "`code`", before, after)])


@pytest.mark.long
@pytest.mark.parametrize("number", sorted({number for number, _, _ in live_parts()}))
def test_live_parts_take_their_minutes(number):
    """As a teacher has it: the chapter has been run before; only the live cells count."""
    from nbclient import NotebookClient

    wanted = {code: minutes for one, code, minutes in live_parts() if one == number}
    notebook = chapter(number)
    last = max(i for i, cell in enumerate(notebook.cells) if any(code in cell.source for code in wanted))
    client = NotebookClient(notebook, timeout=900, resources={"metadata": {"path": str(ROOT / "notebooks")}})
    with client.setup_kernel():
        for index, cell in enumerate(notebook.cells[: last + 1]):
            start = time.perf_counter()
            client.execute_cell(cell, index)
            for code, minutes in wanted.items():
                if cell.cell_type == "code" and code in cell.source:
                    assert time.perf_counter() - start < 60 * minutes, code

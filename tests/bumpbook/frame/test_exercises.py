"""Exercises: every one in the chapters has a check and the other way round, and no answer breaks a check."""

import ast
import builtins
import re
import subprocess
import sys

import nbformat
import numpy as np
import pytest
import torch
from bs4 import BeautifulSoup

from bumpbook import check
from bumpbook.frame import answers, rooms
from bumpbook.frame import exercises as registry
from bumpbook.frame.exercises import Outcome, Unanswered, exercise
from shared import ROOT

sys.path.insert(0, str(ROOT / "tools"))
from student import Block, blocks, parts

CHAPTERS = sorted((ROOT / "notebooks").glob("*.ipynb"))
EXERCISES = registry.exercises()
chapters = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
names = pytest.mark.parametrize("name", EXERCISES)

NONSENSE = [
    None, True, "x", "", b"x", 1j, float("nan"), float("inf"), -7.3, 10**400, object(), len, [], {}, (), set(), [None],
    ["a", 1], [[1, 2], [3]], {1: 2}, {"x": None}, {None: {}}, np.zeros(0), np.zeros((2, 3, 4)), np.array(["a"]),
    torch.zeros(0), torch.full((16, 16), torch.nan), torch.ones(3, dtype=torch.complex64), {1, 2}, iter([1]),
]  # fmt: skip


def of(path) -> list[Block]:
    return blocks(nbformat.read(path, 4))


def exercises_room(name: str) -> str:
    """The room that an exercise's name begins with, in words."""
    return next(r.replace("_", " ") for r in rooms.names() if name.startswith(f"{r.replace('_', '-')}-"))


@chapters
def test_every_exercise_has_one_check_and_the_other_way_round(path):
    labels = [block.label for block in of(path)]
    (room,) = {exercises_room(label) for label in labels}
    assert sorted(labels) == sorted(name for name in EXERCISES if exercises_room(name) == room)
    assert len(labels) >= 4


def test_no_check_is_left_over():
    assert {block.label for path in CHAPTERS for block in of(path)} == set(EXERCISES)


@chapters
def test_titles_grade_and_time_the_exercises_from_easy_to_hard(path):
    stars = []
    for block in of(path):
        assert block.minutes == EXERCISES[block.label].minutes, block.label
        stars.append(block.title.count("★"))
    assert stars == sorted(stars) and len(set(stars)) >= 2


@chapters
def test_the_question_says_what_the_answer_is(path):
    for block in of(path):
        assert "`answer` is" in "".join(cell.source for cell in block.question), block.label


@chapters
def test_the_question_ends_with_what_may_be_needed(path):
    for block in of(path):
        text = "\n\n".join(cell.source for cell in block.question)
        last = block.question[-1].source.split("\n\n")[-1]
        assert last.startswith("*You may need:* ") and last.endswith("."), block.label
        assert text.lower().count("may need") == 1, block.label


@chapters
def test_the_question_names_what_its_solution_takes_and_the_page_has_not_used(path):
    told, imported = set(dir(builtins)) | {"np", "pd", "torch"}, set()
    for part in parts(nbformat.read(path, 4)):
        if isinstance(part, Block):
            told |= set().union(*(spans(cell.source) for cell in part.question))
            assert not taken(part) - told, part.label
            text = "".join(cell.source for cell in part.question)
            modules = {module for name, module in sources(part).items() if name not in imported}
            assert all(module in text for module in modules), part.label
        elif part.cell_type == "code":
            told |= words(part.source)
            imported |= bound(part.source)
        else:
            told |= spans(part.source)


def taken(block: Block) -> set[str]:
    """Names that a solution imports, or uses and does not make."""
    code = "\n".join(cell.source for cell in block.solution if cell.cell_type == "code")
    nodes = list(ast.walk(ast.parse(code)))
    imported = {node.asname or node.name for node in nodes if isinstance(node, ast.alias)}
    used = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    made = bound(code) | {node.arg for node in nodes if isinstance(node, ast.arg)}
    return imported | used - made


def sources(block: Block) -> dict[str, str]:
    """The modules out of which a solution imports names, by name."""
    code = "\n".join(cell.source for cell in block.solution if cell.cell_type == "code")
    found = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.ImportFrom)]
    return {alias.name: node.module for node in found for alias in node.names}


def words(code: str) -> set[str]:
    return set(re.findall(r"[A-Za-z_]\w*", code))


def spans(text: str) -> set[str]:
    """Words in the code of a Markdown text."""
    return words(" ".join(re.findall(r"`[^`]+`", text)))


@chapters
def test_a_solution_is_tagged_and_ends_with_its_only_check(path):
    for block in of(path):
        code = [cell for cell in block.solution if cell.cell_type == "code"]
        assert all("solution" in cell.metadata.get("tags", []) for cell in code), block.label
        assert sum(cell.source.count("check(") for cell in code) == 1, block.label
        assert code[-1].source.endswith(block.check)


@chapters
def test_nothing_outside_uses_a_name_that_only_a_solution_defines(path):
    """Students have no solutions: their notebook must run without."""
    had, lost = set(), set()
    for part in parts(nbformat.read(path, 4)):
        if isinstance(part, Block):
            code = [cell.source for cell in part.solution if cell.cell_type == "code"]
            lost |= set().union(*(bound(source) for source in code)) - had
        elif part.cell_type == "code":
            used = {n.id for n in ast.walk(ast.parse(part.source)) if isinstance(n, ast.Name)}
            assert not used & lost - bound(part.source), part.source
            had |= bound(part.source)


def bound(source: str) -> set[str]:
    """Names that a cell assigns, imports or defines."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
    return found


@names
def test_the_stub_says_what_is_asked(name):
    asked = EXERCISES[name]
    with pytest.raises(Unanswered) as stopped:
        check(name, ...)
    for words in (
        asked.asks,
        asked.wants,
        name,
        f"chapter on {exercises_room(name)}",
        f"{asked.minutes} minutes",
    ):
        assert words in str(stopped.value)
    assert asked.asks.endswith("?") and not asked.wants.endswith(".")
    assert stopped.value._render_traceback_() == [f"Unanswered: {stopped.value}"]


@names
def test_nonsense_is_not_right_and_breaks_nothing(name):
    for answer in NONSENSE:
        outcome = check(name, answer)
        assert not outcome.right and len(outcome.hint) > 10 and outcome.hint[-1] in ".?", (answer, outcome)


@names
def test_what_is_no_answer_at_all_is_told_what_is_wanted(name):
    for answer in (None, object(), len, 1j, b"x"):
        assert EXERCISES[name].wants in check(name, answer).hint


def test_an_unknown_name_is_told_near_ones():
    with pytest.raises(ValueError, match="'interpolation-tow'.*interpolation-two"):
        check("interpolation-tow", 1)
    with pytest.raises(ValueError, match="interpolation-two.*worlds-count"):
        check(None, 1)


def test_importing_the_package_loads_no_chapter():
    """A room is loaded when a reader asks for it."""
    code = "import sys, bumpbook; print(*(name for name in sys.modules if name.startswith('bumpbook.')))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert loaded.split() and {name.split(".")[1] for name in loaded.split()} == {"frame"}


def test_an_outcome_speaks():
    assert repr(Outcome(True)) == "Right." and Outcome(True, says="So.")._repr_markdown_() == "**Right.** So."
    assert (
        repr(Outcome(False, "no.")) == "Not yet: no."
        and "**Not yet:** no." == Outcome(False, "no.")._repr_markdown_()
    )


@pytest.fixture
def made_up(monkeypatch):
    """An empty registry to try things in."""
    monkeypatch.setattr(registry, "_REGISTRY", {})
    return lambda judge, **more: exercise("worlds-x", **({"minutes": 1, "wants": "a thing"} | more))(judge)


def test_a_check_that_fails_inside_shows_no_traceback(made_up):
    def judge(answer):
        """Why?"""
        return answer["a"]["b"]

    made_up(judge, says="So.", is_open=True)
    assert "wanted is a thing; this answer cannot be read (TypeError)" in check("worlds-x", 3).hint
    assert check("worlds-x", {"a": {"b": None}}).says == f"So. {registry.OPEN}"


def test_a_missing_record_is_named(made_up):
    def judge(answer):
        """Why?"""
        raise FileNotFoundError("results/of/something")

    made_up(judge)
    assert (
        "cannot be checked here" in check("worlds-x", 3).hint
        and "results/of/something" in check("worlds-x", 3).hint
    )


def test_a_check_needs_a_question_and_a_name_of_its_own(made_up):
    with pytest.raises(ValueError, match="asks nothing"):
        made_up(lambda answer: None)

    def judge(answer):
        """Why?"""

    def other(answer):
        """Why not?"""

    made_up(judge)
    with pytest.raises(ValueError, match="already has a check"):
        made_up(other)


@pytest.mark.book
@chapters
def test_every_solution_on_the_page_is_right(path, book):
    page = book / "notebooks" / f"{path.stem}.html"
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    shown = {}
    for cell in soup.select("div.cell"):
        source, output = cell.select_one(".cell_input"), cell.select_one(".cell_output")
        if source and "check(" in source.text:
            shown[source.text.split('check("')[1].split('"')[0]] = output.text.strip() if output else ""
    wrong = {
        block.label: shown.get(block.label)
        for block in of(path)
        if "Right." not in shown.get(block.label, "")
    }
    assert not wrong


class TestReaders:
    """Answers come as Python, NumPy, torch or pandas."""

    @pytest.mark.parametrize(
        "seven", [7, 7.0, np.int64(7), np.array([7.0]), torch.tensor(7), torch.tensor([[7.0]])]
    )
    def test_a_number(self, seven):
        assert answers.number(seven) == 7.0

    @pytest.mark.parametrize("nothing", [None, "7", True, [1, 2], np.nan, 1j, {}, torch.tensor(True)])
    def test_no_number(self, nothing):
        with pytest.raises(answers.WrongKind):
            answers.number(nothing)

    def test_a_table_of_numbers_may_be_rows_of_anything(self):
        rows = [(torch.tensor(1.0), 2), (3, np.float64(4))]
        assert answers.numbers(rows, (None, 2)).tolist() == [[1, 2], [3, 4]]
        assert answers.numbers(torch.tensor([1, 2]), 2).tolist() == [1, 2]

    def test_pictures_come_with_or_without_a_channel(self):
        two = torch.rand(2, 1, 16, 16)
        for given in (two, two[:, 0], two.tolist(), list(two), two[:, 0].numpy()):
            assert answers.pictures(given, 2) == pytest.approx(two[:, 0].numpy())
        assert answers.pictures(two[0, 0], 1).shape == answers.pictures(two[:1], 1).shape == (1, 16, 16)
        for given in (two[:1], two[0, 0], 7, None, "two", [1, 2], two * float("nan"), {}):
            with pytest.raises(answers.WrongKind):
                answers.pictures(given, 2)

    def test_a_pair_is_two_things(self):
        assert answers.two([1, None]) == (1, None)
        for given in (torch.zeros(2), "ab", {1: 2, 3: 4}, (1,), 5):
            with pytest.raises(answers.WrongKind):
                answers.two(given)

    def test_keys_may_be_numbers_or_words_in_any_case(self):
        assert answers.by_key({4.0: 1, "Two ": 2}, (4, "two")) == {4: 1.0, "two": 2.0}
        with pytest.raises(answers.WrongKind, match="'two' is missing"):
            answers.by_key({4: 1}, (4, "two"))
        with pytest.raises(answers.WrongKind, match="5 is a key too many"):
            answers.by_key({4: 1, 5: 2}, (4,))

    def test_words(self):
        assert answers.choice(" Linear", ("linear", "cosine")) == "linear"
        with pytest.raises(answers.WrongKind):
            answers.choice("square", ("linear",))

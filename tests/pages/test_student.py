"""The students' notebooks: made from the chapters, without their solutions, in Markdown that JupyterLab shows."""

import re
import sys
from collections import Counter
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from bumpbook.frame.exercises import Unanswered
from shared import ROOT

sys.path.insert(0, str(ROOT / "tools"))
import student
from plain_markdown import converter

CHAPTERS = sorted((ROOT / "notebooks").glob("*.ipynb"))
chapters = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> dict[str, nbformat.NotebookNode]:
    """Every student notebook, as a reader opens it."""
    return {path.name: nbformat.read(path, 4) for path in student.write(tmp_path_factory.mktemp("student"))}


@pytest.fixture(scope="module")
def plain():
    return converter(ROOT / "notebooks", ROOT / "book" / "references.bib")


def stubs(notebook):
    return [cell for cell in notebook.cells if "raises-exception" in cell.metadata.get("tags", [])]


@chapters
def test_every_stub_says_what_is_asked_until_there_is_an_answer(path, made):
    labels = []
    for cell in stubs(made[path.name]):
        comment, answer, check = cell.source.rpartition("\nanswer = ...\n")[0], *cell.source.splitlines()[-2:]
        assert answer == "answer = ..." and all(line.startswith("# ") for line in comment.splitlines())
        labels.append(re.fullmatch(r'check\("(.+)", answer\)', check)[1])
        with pytest.raises(Unanswered, match=labels[-1]):
            exec(cell.source, {"check": __import__("bumpbook").check})
    assert labels == [block.label for block in student.blocks(nbformat.read(path, 4))]


@chapters
def test_nothing_of_a_solution_is_left(path, made):
    chapter, notebook = nbformat.read(path, 4), made[path.name]
    kept = [part for part in student.parts(chapter) if not isinstance(part, student.Block)]
    told = {line for cell in kept for line in lines(cell)}
    seen = {line for cell in notebook.cells for line in lines(cell)} | {
        str(cell.metadata) for cell in notebook.cells
    }
    for block in student.blocks(chapter):
        asked = {line for cell in block.question for line in lines(cell)}
        secret = {line for cell in block.solution for line in lines(cell)} - told - asked - {block.check}
        assert secret and not secret & seen, block.label
        pictures = [cell.metadata.mystnb.image.alt for cell in block.solution if "mystnb" in cell.metadata]
        assert not any(alt in metadata for alt in pictures for metadata in seen)


def lines(cell) -> set[str]:
    """Lines that say something, whatever their indent."""
    return {line.strip() for line in cell.source.splitlines() if len(line.strip()) > 3}


@chapters
def test_all_else_is_kept_in_order(path, made):
    chapter, notebook = nbformat.read(path, 4), made[path.name]
    code = [
        c.source for c in student.parts(chapter) if not isinstance(c, student.Block) and c.cell_type == "code"
    ]
    assert [c.source for c in notebook.cells if c.cell_type == "code" and c not in stubs(notebook)] == code
    questions = [cell.id for block in student.blocks(chapter) for cell in block.question]
    assert [cell.id for cell in notebook.cells if cell.id in questions] == questions
    assert max(Counter(cell.id for cell in notebook.cells).values()) == 1
    nbformat.validate(notebook)


@chapters
def test_the_book_s_hidden_cells_are_folded_and_nothing_is_run_yet(path, made):
    tags = {c.id: set(c.metadata.get("tags", [])) for c in nbformat.read(path, 4).cells}
    hidden = {name for name, found in tags.items() if found & {"remove-input", "hide-input"}}
    for cell in made[path.name].cells:
        assert cell.metadata.get("jupyter", {}).get("source_hidden", False) == (cell.id in hidden)
        assert not cell.get("outputs") and cell.get("execution_count") is None
    assert hidden


@chapters
def test_jupyterlab_can_show_every_text(path, made):
    for cell in made[path.name].cells:
        if cell.cell_type == "markdown":
            assert not re.search(
                r"\{[a-z:-]+\}`|^(```|:::) *\{|^:::|^\([\w-]+\)=$", cell.source, re.MULTILINE
            ), cell.source
            links = re.findall(r"\]\((?!\w+:)([^)]+)\)", cell.source)
            assert all(link in made for link in links), links


class TestMarkdown:
    def test_boxes_become_quotes(self, plain):
        box = ":::{admonition} Take *heed*\n:class: tip\n- a\n- b\n\n**Last:** c\n:::\n\nAfter."
        assert plain(box) == "> **Take *heed***\n>\n> - a\n> - b\n>\n> **Last:** c\n\nAfter."
        assert plain(":::{dropdown} A fold\nin it\n:::") == "> **A fold**\n>\n> in it"
        assert plain("```{note}\nSo.\n```") == "> **Note**\n>\n> So."

    def test_code_and_formulas_stay(self, plain):
        text = "```python\nx = {1: `2`}\n```\n\n$$\n\\{a\\}\n$$\n\nand $a_{b}$ and `{cite}`"
        assert plain(text) == text

    def test_roles_become_words_and_links(self, plain):
        assert plain("{term}`factors <factor>` and a {term}`bump`") == "factors and a bump"
        assert plain("{math}`x^2`, {ref}`there <label>`") == "$x^2$, there"
        assert plain("{doc}`02_conditional_ddpm`") == "[A conditional DDPM](02_conditional_ddpm.ipynb)"
        assert plain("{doc}`the scoreboard <../book/scoreboard>`") == "the scoreboard"
        assert plain("[a page](../book/status.md#x), [out](https://example.org/a.html)").startswith(
            "a page, [out](https"
        )
        assert plain("(a-label)=\n## Title") == "## Title"

    def test_works_are_cited_by_author_and_year(self, plain):
        link = "https://arxiv.org/abs/"
        assert plain("{cite:t}`liang2024factorize`") == f"[Liang et al. (2024a)]({link}2408.13256)"
        assert plain("{cite}`liang2024representations`") == f"([Liang et al., 2024b]({link}2402.03305))"
        two = plain("{cite}`ho2020denoising,song2020denoising`")
        assert two.startswith("([Ho et al., 2020]") and "; [Song et al., 2021]" in two

    def test_what_it_does_not_know_is_named(self, plain):
        with pytest.raises(ValueError, match="'tab-set'"):
            plain("````{tab-set}\nx\n````")
        with pytest.raises(KeyError, match="nobody1900"):
            plain("{cite}`nobody1900`")


def exercise(
    *, label="interpolation-two", title="Two over w (★, up to 5 minutes)", check="", end=True, between=""
):
    text = new_markdown_cell
    cells = [
        text(f"```{{exercise-start}} {title}\n:label: {label}\n```"), text("What?"), text("```{exercise-end}\n```"),
        *([text(between)] if between else []), text(f"```{{solution-start}} {label}\n:class: dropdown\n```"),
        new_code_cell(check or f'answer = 1\ncheck("{label}", answer)'),
    ]  # fmt: skip
    return new_notebook(cells=[*cells, *([text("```{solution-end}\n```")] if end else [])])


class TestForm:
    """A chapter that breaks the form is told so, before a student sees it."""

    def test_the_form_itself(self):
        (block,) = student.blocks(exercise())
        assert (block.minutes, block.check) == (5, 'check("interpolation-two", answer)')

    @pytest.mark.parametrize(
        ("broken", "says"),
        [
            (exercise(end=False), "does not end"),
            (exercise(between="Some text."), "breaks the form"),
            (
                new_notebook(
                    cells=[new_markdown_cell("```{exercise} Old\n:label: interpolation-two\nx\n```")]
                ),
                "breaks the form",
            ),
        ],
    )
    def test_cells_out_of_order(self, broken, says):
        with pytest.raises(ValueError, match=says):
            student.blocks(broken)

    @pytest.mark.parametrize(
        "title", ["Two over w", "Two over w (★)", "Two (up to 5 minutes)", "Two (★, 5 minutes)"]
    )
    def test_titles_without_stars_or_minutes(self, title):
        with pytest.raises(ValueError, match="wanted is 'Name"):
            _ = student.blocks(exercise(title=title))[0].minutes

    @pytest.mark.parametrize(
        "check",
        [
            "answer = 1",
            'check("interpolation-two", 1)',
            'answer = 1\ncheck("interpolation-twa", answer)',
            "1",
        ],
    )
    def test_solutions_without_their_check(self, check):
        with pytest.raises(ValueError, match="interpolation-two"):
            _ = student.blocks(exercise(check=check))[0].check


WHEEL = "bumpworld-9.9-py3-none-any.whl"


def test_the_command_writes_the_folder_that_students_get(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["student.py", "--out", str(tmp_path / "a" / "b")])
    monkeypatch.setattr(student, "build_wheel", lambda folder: WHEEL)
    assert student.main() == 0
    wheel, readme, *notebooks = capsys.readouterr().out.split()
    assert Path(wheel).name == WHEEL and [Path(line).name for line in notebooks] == [
        path.name for path in CHAPTERS
    ]
    assert len(Path(readme).read_text(encoding="utf-8").splitlines()) == 3
    assert sorted(path.name for path in (tmp_path / "a" / "b").iterdir()) == ["README.md", "notebooks"]


@chapters
def test_the_first_cell_installs_from_the_folder(path, plain):
    notebook = student.student_notebook(nbformat.read(path, 4), plain, WHEEL)
    (first,) = [
        cell for cell in notebook.cells if cell.source.startswith("from importlib.util import find_spec")
    ]
    assert f'"../{WHEEL}[chapters]"' in first.source and "%pip install" in first.source


@pytest.mark.long
def test_the_wheel_is_built_and_replaces_an_older_one(tmp_path):
    (tmp_path / "bumpworld-0.0-py3-none-any.whl").touch()
    name = student.build_wheel(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name] and name != "bumpworld-0.0-py3-none-any.whl"

"""Make the folder that students get: `make student`, then _build/student.

It holds the notebooks, the package as a wheel, and a README. A notebook's first cell installs the wheel where the package
is missing.

The solution is the only source. In place of an exercise's solution stands a stub: `answer = ...` and the check, which
says what is asked until there is an answer. An exercise in a chapter has this form, every directive in a cell of its
own, and its solution's last code cell ends with the answer and its check:

    exercise-start, with a title and a label      the question      exercise-end
    solution-start, with the label      cells, the code tagged `solution`      solution-end

Everything else is kept, in Markdown that JupyterLab shows.
"""

import argparse
import ast
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from first_cell import TEST
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from plain_markdown import converter, directive

from bumpbook.frame.exercises import exercises

ROOT = Path(__file__).resolve().parents[1]
TITLE = re.compile(r"(?P<title>.+) \((?P<stars>★{1,3}), up to (?P<minutes>\d+) minutes\)")
HIDDEN = {"remove-input", "hide-input"}  # in the book; here folded
HOW = """Put your answer in place of the dots and run the cell. `check` says whether it is right, and hints when
it is not. Until there is an answer the cell ends with a message that says what is asked; all else runs all the same."""

INSTALL = (
    TEST
    + """%pip install --quiet --find-links .. "../{wheel}[chapters]"
"""
)
README = """\
1. Start JupyterLab in this folder (Python 3.11 or newer) and open a notebook of `notebooks`. Its first cell installs {wheel} from here. Without a network, put the wheels of what it needs here as well: `pip download --dest . "./{wheel}[chapters]"` fetches them.
2. Put your answers in place of the dots. `check` says at once whether one is right; every question tells what it may need.
3. Save the notebook under your name and hand it in.
"""


@dataclass
class Block:
    """One exercise of a chapter: its title, its label, and the cells of its question and of its solution."""

    title: str
    label: str = ""
    question: list[NotebookNode] = field(default_factory=list)
    solution: list[NotebookNode] = field(default_factory=list)

    @property
    def minutes(self) -> int:
        """The time that the title grants. Raises ValueError where it grants none."""
        match = TITLE.fullmatch(self.title)
        if not match:
            raise ValueError(
                f"title of {self.label} is {self.title!r}; wanted is 'Name (★, up to 5 minutes)'"
            )
        return int(match["minutes"])

    @property
    def check(self) -> str:
        """The line that checks the answer. Raises ValueError where the solution does not end with it."""
        code = [cell.source for cell in self.solution if cell.cell_type == "code"]
        last = ast.parse(code[-1]).body if code else []
        wanted = f'check("{self.label}", answer)'
        answered = any(ast.unparse(line).startswith("answer = ") for line in last[:-1])
        if not answered or ast.unparse(last[-1]) != ast.unparse(ast.parse(wanted)):
            raise ValueError(
                f"the last cell of {self.label} is not `answer = ...` and, at its end, `{wanted}`"
            )
        return wanted


def parts(notebook: NotebookNode) -> Iterator[NotebookNode | Block]:
    """The cells of a chapter in order, with a `Block` in place of the cells of each exercise.

    Raises ValueError for an exercise that has another form than that of this file's head.
    """
    block, inside = None, None
    for cell in notebook.cells:
        found = directive(cell.source) if cell.cell_type == "markdown" else None
        name, title, options, _ = found or ("", "", {}, "")
        step = (inside, name)
        if step == (None, "exercise-start"):
            block, inside = Block(title, options.get("label", "")), "exercise"
        elif step == ("exercise", "exercise-end"):
            inside = "between"
        elif step == ("between", "solution-start") and title == block.label:
            inside = "solution"
        elif step == ("solution", "solution-end"):
            yield block
            inside = None
        elif (
            inside == "between"
            or re.search(r"\{(exercise|solution)\b", cell.source)
            and cell.cell_type == "markdown"
        ):
            raise ValueError(f"cell {cell.id} breaks the form of an exercise, after {inside or 'the text'}")
        elif inside is None:
            yield cell
        else:
            (block.question if inside == "exercise" else block.solution).append(cell)
    if inside:
        raise ValueError(f"the exercise {block.label} does not end")


def blocks(notebook: NotebookNode) -> list[Block]:
    """The exercises of a chapter."""
    return [part for part in parts(notebook) if isinstance(part, Block)]


def stub(block: Block) -> NotebookNode:
    """The cell in which a student answers: a comment, `answer = ...`, and the check."""
    asked = exercises()[block.label]
    comment = textwrap.wrap(f"Your turn, up to {block.minutes} minutes: {asked.wants}.", 100)
    source = "\n".join([*(f"# {line}" for line in comment), "answer = ...", block.check])
    return new_code_cell(source, id=f"stub-{block.label}", metadata={"tags": ["raises-exception"]})


def student_notebook(notebook: NotebookNode, plain: Callable[[str], str], wheel: str = "") -> NotebookNode:
    """The notebook for students of a chapter; ``plain`` turns MyST into Markdown, ``wheel`` is what the first cell installs."""
    cells = []
    for part in parts(notebook):
        if isinstance(part, Block):
            heading = nbformat.v4.new_markdown_cell(f"### {part.title}", id=f"title-{part.label}")
            cells += [heading, *(_kept(cell, plain) for cell in part.question), stub(part)]
        else:
            cells.append(_kept(part, plain))
            if wheel and part.cell_type == "code" and part.source.startswith(TEST):
                cells[-1].source = INSTALL.format(wheel=wheel).rstrip()
    made = nbformat.v4.new_notebook(cells=cells, metadata=notebook.metadata)
    nbformat.validate(made)
    return made


def _kept(cell: NotebookNode, plain: Callable[[str], str]) -> NotebookNode:
    cell = nbformat.from_dict(cell)
    if cell.cell_type == "markdown":
        cell.source = plain(cell.source)
        if re.fullmatch(r"## Exercises\s*", cell.source):
            cell.source = f"## Exercises\n\n{HOW}"
    tags = set(cell.metadata.get("tags", []))
    cell.metadata = {"jupyter": {"source_hidden": True}} if tags & HIDDEN else {}
    return cell


def write(folder: Path, wheel: str = "") -> list[Path]:
    """Write the students' notebook of every chapter into ``folder``, below which the ``wheel`` lies; returns their paths."""
    plain = converter(ROOT / "notebooks", ROOT / "book" / "references.bib")
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        made.append(folder / path.name)
        try:
            nbformat.write(student_notebook(nbformat.read(path, 4), plain, wheel), made[-1])
        except (ValueError, KeyError) as error:
            raise ValueError(f"{path.name}: {error}") from error
    return made


def build_wheel(folder: Path) -> str:
    """Build the package's wheel into ``folder``, in place of older ones, and return its name."""
    with tempfile.TemporaryDirectory() as fresh:
        command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", fresh, str(ROOT)]
        try:
            import setuptools  # noqa: F401

            command.append("--no-build-isolation")  # what builds it is here: nothing is fetched
        except ImportError:
            pass
        subprocess.run(command, check=True)
        (wheel,) = Path(fresh).glob("bumpworld-*.whl")
        for old in folder.glob("bumpworld-*.whl"):
            old.unlink()
        shutil.move(wheel, folder / wheel.name)
    return wheel.name


def main() -> int:
    """Write the folder and say what is in it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "_build" / "student")
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    wheel = build_wheel(folder)
    (folder / "README.md").write_text(README.format(wheel=wheel), encoding="utf-8")
    for path in (folder / wheel, folder / "README.md", *write(folder / "notebooks", wheel)):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())

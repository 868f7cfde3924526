"""Grade a folder of students' notebooks: `bumpworld grade FOLDER`.

Each notebook is copied into a scratch folder and run there in a process and a kernel of its own, with a time limit and
behind a `fence`. Nothing is fetched. One that cannot be read, does not end or breaks is a row of the table like any
other.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from . import fence, hand_in, rooms
from .exercises import exercises

MINUTES = 15.0
GRACE = 2 * hand_in.STARTING  # seconds that a process has, besides its notebook's own, to start and to end
OUTCOMES = ("right", "not yet", "open", "missing")
COLUMNS = ("notebook", "chapter", "ended", "minutes", *OUTCOMES, "errors", "remarks")


@dataclass
class Row:
    """One hand-in: how its run ``ended``, the ``minutes`` that its own cells took, what was said to each exercise (``outcomes``: "right", "not yet", "open" or
    "missing", by name), and what the teacher should know."""

    notebook: str
    ended: str
    minutes: float = 0.0
    outcomes: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def count(self, outcome: str) -> int:
        """How many exercises had this outcome."""
        return list(self.outcomes.values()).count(outcome)

    @property
    def chapters(self) -> list[str]:
        """The rooms, in words, of the chapters that its exercises belong to."""
        return sorted({rooms.of(name).replace("_", " ") for name in self.outcomes})

    def plain(self) -> dict[str, str]:
        """The row as it stands in the table, without the single exercises."""
        counts = {name: str(self.count(name)) for name in OUTCOMES}
        told = {"errors": "; ".join(self.errors), "remarks": "; ".join(self.remarks)}
        return {
            "notebook": self.notebook,
            "chapter": ", ".join(self.chapters),
            "ended": self.ended,
            "minutes": f"{self.minutes:.1f}",
            **counts,
            **told,
        }


def hand_ins(folder: Path) -> list[Path]:
    """The notebooks in ``folder`` and below, sorted. Raises ValueError when there is no folder or no notebook in it."""
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder; grade takes a folder of notebooks")
    found = sorted(p for p in folder.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)
    if not found:
        raise ValueError(f"{folder} holds no notebook (*.ipynb)")
    return found


def grade(folder: Path, minutes: float = MINUTES) -> Iterator[Row]:
    """Run every notebook of ``folder`` for up to ``minutes`` each and yield its row.

    Raises ValueError for a folder without notebooks, and for minutes that are not above 0.
    """
    if not minutes > 0:
        raise ValueError(f"minutes is {minutes}; allowed are numbers above 0")
    _require_tools()
    found = hand_ins(folder)
    with tempfile.TemporaryDirectory(prefix="bumpworld-grade-", ignore_cleanup_errors=True) as scratch:
        for number, path in enumerate(found):
            place = Path(scratch) / f"{number:03d}"
            try:
                yield _graded(path, str(path.relative_to(folder)), place, minutes)
            finally:
                shutil.rmtree(place, ignore_errors=True)


def _graded(path: Path, name: str, place: Path, minutes: float) -> Row:
    trouble, told = _read(path)
    if trouble:
        return Row(name, trouble)
    (place / "work").mkdir(parents=True)
    (place / "home").mkdir()
    shutil.copyfile(path, place / "work" / path.name)
    ended, seconds, failed = _run(place, path.name, minutes)
    row = Row(name, ended, seconds / 60)
    row.errors = [f"cell {number}: {error}" for number, error in failed]
    log = _log(place / "log")
    row.outcomes = _outcomes(told, log)
    refused = dict.fromkeys(entry["refused"] for entry in log if "refused" in entry)
    row.remarks = [f"it tried {what}, which was refused" for what in refused]
    if not told:
        row.remarks.append("it checks no exercise")
    if len(row.chapters) > 1:
        row.remarks.append(f"it checks exercises of {len(row.chapters)} chapters")
    return row


def _read(path: Path) -> tuple[str, list[str]]:
    """What makes the file no notebook for Python, or nothing; and the exercises that its cells check."""
    import nbformat

    try:
        notebook = nbformat.read(path, 4)
        nbformat.validate(notebook)
    except Exception as error:  # a hand-in may be any file at all
        return f"is no notebook that can be read ({type(error).__name__})", []
    language = notebook.metadata.get("kernelspec", {}).get("language", "python")
    if language.casefold() != "python":
        return f"is a notebook for {language}", []
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    return "", [name for name in exercises() if f'"{name}"' in code or f"'{name}'" in code]


def _run(place: Path, name: str, minutes: float) -> tuple[str, float, list]:
    """How the notebook's own process ended, the seconds that its cells took, and those that failed."""
    caches = place.parent / "caches"
    caches.mkdir(exist_ok=True)
    # -P: the folder of the file is no place to import from
    command = [sys.executable, "-P", hand_in.__file__, f"work/{name}", str(60 * minutes)]
    command += [fence.cell([place, caches], place / "log")]
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=place,
        env=_environment(place, caches),
        text=True,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        said, trouble = process.communicate(timeout=60 * minutes + GRACE)
        found = json.loads(said.splitlines()[-1])
        return found["ended"], found["seconds"], found["failed"]
    except subprocess.TimeoutExpired:
        return "was ended by force when its time was over", time.monotonic() - started, []
    except (json.JSONDecodeError, IndexError):
        last = (trouble.strip().splitlines() or ["it said nothing"])[-1]
        return f"could not be run: {last[:200]}", 0.0, []
    finally:
        _end(process)


def _end(process: subprocess.Popen) -> None:
    """End the process and its kernel, whatever they do."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, 9)
        else:
            process.kill()
    process.communicate()


def _environment(place: Path, caches: Path) -> dict[str, str]:
    """This process's environment, with every place in which programs like to leave files moved into the scratch folder."""
    own = {"HOME": "home", "USERPROFILE": "home", "TMPDIR": "home", "IPYTHONDIR": "home/ipython"}
    own |= {"JUPYTER_RUNTIME_DIR": "home/run", "JUPYTER_CONFIG_DIR": "home/config"}
    shared = {"MPLCONFIGDIR": "matplotlib", "NUMBA_CACHE_DIR": "numba"}
    moved = {key: str(place / where) for key, where in own.items()}
    moved |= {key: str(caches / where) for key, where in shared.items()}
    return (
        os.environ
        | moved
        | {"PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1")}
    )


def _log(path: Path) -> list[dict]:
    """The lines of a fence's log; the last may be cut short."""
    entries = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else []:
        with suppress(json.JSONDecodeError):
            entries.append(json.loads(line))
    return entries


def _outcomes(told: list[str], log: list[dict]) -> dict[str, str]:
    """What was said last to each exercise of the chapters that the notebook's exercises belong to."""
    chapters = {rooms.of(name) for name in told}
    expected = [name for name in exercises() if rooms.of(name) in chapters]
    said = {entry["check"]: entry["outcome"] for entry in log if entry.get("check") in expected}
    return {name: said.get(name, "missing") for name in expected}


def _require_tools() -> None:
    try:
        import ipykernel  # noqa: F401
        import nbclient  # noqa: F401
    except ImportError as error:
        raise ValueError(
            f"{error.name} is not installed; grading needs `pip install nbclient ipykernel`"
        ) from None


def save(rows: list[Row], path: Path) -> None:
    """Write the table as CSV: a row for each hand-in, its columns, and one for each exercise that any of them has."""
    names = sorted({name for row in rows for name in row.outcomes})
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, [*COLUMNS, *names], restval="")
        writer.writeheader()
        for row in rows:
            writer.writerow(row.plain() | row.outcomes)

"""Grading: hand-ins good and bad, each in a process of its own; nothing that they do leaves their scratch folder."""

import csv
import os

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from bumpbook.frame import cli, fence, grading, hand_in

RIGHT = {
    "worlds-narrow": "__import__('bumpworld').Canvas(sigma=1.0).render([[12, 4]])",
    "worlds-count": '{"margin": 8, "two": 256, "one": 512, "none": 256}',
    "worlds-reach": "68",
    "worlds-ghost": "0.54",
    "worlds-equal": "[0, 14]",
    "worlds-few": "[(x, x) for x in range(16)] + [(x, x + 1) for x in range(15)]",
}
START = "from bumpbook import check"
NUMBER = len(RIGHT)  # all exercises of that chapter


def answer(name, value):
    return f'answer = {value}\ncheck("{name}", answer)'


def put(folder, name, *cells, start=START, **metadata):
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in (start, *cells)], metadata=metadata)
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / name)


@pytest.fixture(scope="module")
def treasure(tmp_path_factory):
    """What lies outside of every hand-in's folder."""
    folder = tmp_path_factory.mktemp("treasure")
    (folder / "marks.csv").write_text("kept", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory, treasure):
    """Hand-ins as they come, in folders or not."""
    folder = tmp_path_factory.mktemp("hand-ins")
    put(folder, "good.ipynb", *(answer(name, value) for name, value in RIGHT.items()))
    put(folder, "untouched.ipynb", *(answer(name, "...") for name in [*RIGHT, "ddpm-half"]))
    put(folder, "half.ipynb", answer("worlds-count", '{"margin": 7}'), answer("worlds-reach", "68"))
    second_thoughts = answer("worlds-reach", "69"), answer("worlds-reach", "68")
    put(folder, "Ann B/stumbles.ipynb", "if True print(1)", "1 / 0", "import no_such_thing", *second_thoughts)
    put(folder, "claims.ipynb", 'check = lambda *given: print("Right.")', answer("worlds-reach", "1"))
    put(folder, "none.ipynb", "1 + 1", kernelspec={"name": "gone", "display_name": "G", "language": "python"})
    put(folder, "julia.ipynb", "1 + 1", kernelspec={"name": "j", "display_name": "J", "language": "julia"})
    (folder / "text.ipynb").write_text("Dear teacher,", encoding="utf-8")
    (folder / "empty.ipynb").touch()
    put(
        folder,
        "leaves.ipynb",
        answer("worlds-reach", "68"),
        "import os; os._exit(3)",
        answer("worlds-ghost", "0.54"),
    )
    put(
        folder,
        "deletes.ipynb",
        f"import shutil; shutil.rmtree({str(treasure)!r})",
        f"import os; os.remove({str(treasure / 'marks.csv')!r})",
        f"open({str(treasure / 'marks.csv')!r}, 'w')",
        f"import pathlib; pathlib.Path({str(treasure / 'marks.csv')!r}).rename('mine')",
        f"import subprocess; subprocess.run(['rm', '-r', {str(treasure)!r}])",
        f"!rm -r {treasure}",
        "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)",
        "[p.unlink() for p in pathlib.Path().iterdir()]; shutil.rmtree(pathlib.Path.home())",
        answer("worlds-reach", "68"),
    )  # fmt: skip
    (folder / ".ipynb_checkpoints").mkdir()
    put(folder, ".ipynb_checkpoints/good.ipynb", answer("worlds-reach", "1"))
    (folder / "report.docx").touch()
    return folder


@pytest.fixture(scope="module")
def rows(folder, tmp_path_factory):
    return {row.notebook: row for row in grading.grade(folder, minutes=5)}


@pytest.mark.long
def test_every_hand_in_has_a_row(rows, folder):
    assert list(rows) == sorted(
        str(p.relative_to(folder)) for p in folder.rglob("*.ipynb") if "checkpoints" not in str(p)
    )
    assert len(rows) >= 10


@pytest.mark.long
def test_answers_are_counted_one_exercise_at_a_time(rows):
    good = rows["good.ipynb"]
    assert (good.ended, good.count("right"), good.count("missing"), good.errors) == ("ran", NUMBER, 0, [])
    assert good.remarks == [] and 0 < good.minutes < 5
    untouched = rows["untouched.ipynb"]
    assert untouched.count("open") == NUMBER + 1 and untouched.errors == []
    assert good.chapters == ["worlds"] and untouched.chapters == ["ddpm", "worlds"]
    assert untouched.remarks == ["it checks exercises of 2 chapters"]
    half = rows["half.ipynb"]
    assert (half.count("right"), half.count("not yet"), half.count("missing")) == (1, 1, NUMBER - 2)


@pytest.mark.long
def test_what_breaks_does_not_end_the_rest(rows):
    row = rows["Ann B/stumbles.ipynb"]
    assert row.ended == "ran" and row.outcomes["worlds-reach"] == "right"  # the last answer counts
    assert [error.split(":")[0] for error in row.errors] == ["cell 2", "cell 3", "cell 4"]
    assert "SyntaxError" in row.errors[0] and "ZeroDivisionError" in row.errors[1]
    assert "ModuleNotFoundError" in row.errors[2]
    assert (
        "ended in cell 3" in rows["leaves.ipynb"].ended
        and rows["leaves.ipynb"].outcomes["worlds-reach"] == "right"
    )


@pytest.mark.long
def test_what_only_says_right_is_not(rows):
    assert rows["claims.ipynb"].count("right") == 0


@pytest.mark.long
def test_what_is_no_notebook_is_said(rows):
    assert "no notebook" in rows["text.ipynb"].ended and "no notebook" in rows["empty.ipynb"].ended
    assert rows["julia.ipynb"].ended == "is a notebook for julia"
    assert rows["none.ipynb"].remarks == ["it checks no exercise"] and rows["none.ipynb"].ended == "ran"


@pytest.mark.long
def test_nothing_outside_is_changed(rows, treasure, folder):
    assert (treasure / "marks.csv").read_text(encoding="utf-8") == "kept"
    row = rows["deletes.ipynb"]
    assert sum(str(treasure) in remark for remark in row.remarks) >= 2
    assert sum("no other program" in error for error in row.errors) == 2
    assert any("to ask 192.0.2.1" in remark for remark in row.remarks)
    assert len(row.errors) == 7 and all("a notebook that is graded may" in error for error in row.errors)
    # it may do with its own copy what it likes, and what was handed in is still there
    assert row.outcomes["worlds-reach"] == "right" and (folder / "deletes.ipynb").is_file()


SILENT, LOUD = "while True: pass", "while True: print('again')"
STUBBORN = """
while True:
    try:
        while True: pass
    except BaseException: pass
"""
NOTE = "import os; _ = open('number', 'w').write(str(os.getpid()))"


@pytest.mark.long
@pytest.mark.parametrize("loop", [SILENT, LOUD, STUBBORN], ids=["silent", "loud", "stubborn"])
def test_what_does_not_end_is_ended(loop, tmp_path):
    put(tmp_path, "loops.ipynb", loop, "1 / 0", start="1 / 0")
    found = hand_in.run(tmp_path / "loops.ipynb", 4, NOTE)
    assert found["ended"] == "stopped in cell 2 when its time was over" and 3 < found["seconds"] < 60
    assert found["failed"] == [(1, "ZeroDivisionError: division by zero")]
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "number").read_text()), 0)


@pytest.mark.long
def test_nothing_runs_without_its_fence(tmp_path):
    put(tmp_path, "any.ipynb", start="open('ran', 'w')")
    found = hand_in.run(tmp_path / "any.ipynb", 60, "1 / 0")
    assert found["ended"].startswith("was not run, as the fence") and "ZeroDivisionError" in found["ended"]
    assert not (tmp_path / "ran").exists() and found["seconds"] == 0


@pytest.mark.long
def test_a_loop_is_a_row_like_any_other(tmp_path):
    put(tmp_path, "loops.ipynb", STUBBORN, answer("worlds-ghost", "0.54"))
    (row,) = grading.grade(tmp_path, minutes=0.1)
    assert row.ended == "stopped in cell 2 when its time was over" and row.minutes < 1
    assert row.outcomes["worlds-ghost"] == "missing"


def test_a_process_that_says_nothing_is_told(tmp_path, monkeypatch):
    put(tmp_path, "any.ipynb", answer("worlds-ghost", "0.54"))
    broken = tmp_path / "broken.py"
    broken.write_text("raise SystemExit('no kernel is here')", encoding="utf-8")
    monkeypatch.setattr(grading.hand_in, "__file__", str(broken))
    (row,) = grading.grade(tmp_path)
    assert row.ended == "could not be run: no kernel is here" and row.outcomes["worlds-ghost"] == "missing"


@pytest.mark.long
def test_the_command_writes_the_table(tmp_path, capsys, monkeypatch):
    made = [
        grading.Row(
            "a.ipynb", "ran", 1.25, {"worlds-reach": "right", "worlds-few": "open"}, ["cell 2: E: e"]
        ),
        grading.Row("b.ipynb", "is a notebook for R"),
    ]
    monkeypatch.setattr(grading, "grade", lambda folder, minutes: iter(made))
    assert cli.main(["grade", str(tmp_path), "--out", str(tmp_path / "table.csv")]) == 0
    out = capsys.readouterr().out
    assert "a.ipynb: ran" in out and "cell 2: E: e" in out and "b.ipynb: is a notebook for R" in out
    with (tmp_path / "table.csv").open(encoding="utf-8") as stream:
        first, second = csv.DictReader(stream)
    assert first["chapter"] == "worlds" and second["chapter"] == ""
    assert (first["right"], first["open"], first["minutes"], first["worlds-few"]) == ("1", "1", "1.2", "open")
    assert second["ended"] == "is a notebook for R" and second["worlds-few"] == ""


def test_bad_calls_are_told(tmp_path, capsys):
    assert cli.main(["grade", str(tmp_path)]) == 2
    assert "holds no notebook" in capsys.readouterr().err
    assert cli.main(["grade", str(tmp_path / "nowhere")]) == 2
    assert "is no folder" in capsys.readouterr().err
    put(tmp_path, "one.ipynb", "1")
    assert cli.main(["grade", str(tmp_path), "--minutes", "0"]) == 2
    assert "minutes is 0" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("event", "arguments", "inside"),
    [
        ("open", ("work/x", "w", 0), True), ("open", ("/etc/x", "r", 0), True), ("open", ("/etc/x", "a", 0), False),
        ("open", ("/etc/x", None, 1), False), ("open", (7, "w", 0), True), ("open", ("/dev/null", "w", 0), True),
        ("open", ("../x", "w", 0), False), ("open", ("work/../../x", "x", 0), False), ("os.remove", (b"/etc/x", -1), False),
        ("os.rename", ("work/x", "/etc/x", -1, -1), False), ("os.rename", ("/etc/x", "work/x", -1, -1), False),
        ("os.symlink", ("/etc", "work/x", -1), True), ("os.remove", ("link/x", -1), False), ("os.remove", ("link", -1), True),
        ("socket.connect", (None, ("192.0.2.1", 80)), False), ("socket.connect", (None, ("127.0.0.1", 80)), True),
        ("socket.connect", (None, "/run/x"), True), ("socket.sendto", (None, ("192.0.2.1", 53)), False),
        ("socket.getaddrinfo", ("example.org", 80, 0, 0, 0), False), ("socket.getaddrinfo", (b"localhost", 80, 0, 0, 0), True),
        ("os.system", ("true",), False), ("os.listdir", ("/etc",), True),
    ],
)  # fmt: skip
def test_the_fence_judges_by_the_real_place(event, arguments, inside, tmp_path, monkeypatch):
    (tmp_path / "in" / "work").mkdir(parents=True)
    (tmp_path / "in" / "link").symlink_to(tmp_path)
    monkeypatch.chdir(tmp_path / "in")
    noted = []
    judge = lambda: fence._judge(
        event, arguments, [str(tmp_path / "in")], lambda **entry: noted.append(entry)
    )
    if inside:
        judge()
    else:
        with pytest.raises(PermissionError):
            judge()
    assert bool(noted) != (inside or event == "os.system")

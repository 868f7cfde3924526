"""The command line on tiny sweeps: what it prints, what it leaves behind, its exit statuses and messages."""

import subprocess
import sys
from dataclasses import replace

import pandas as pd
import pytest

import bumpworld
from bumpbook.frame import cli, studies
from bumpbook.frame import runner as runner
from bumpbook.frame import sweeps as experiments
from bumpbook.frame.sweeps import Sweep
from bumpworld import Canvas
from bumpworld.experiment import Experiment
from bumpworld.selection import lesion
from bumpworld.store import Store
from bumpworld.unet import UNetConfig

TINY = Experiment(
    canvas=Canvas(size=8),
    train_on=lesion(3, 5),
    unet=UNetConfig(channels=(8, 8), heads=2, label_features=4, time_features=4, embedding=8),
    steps=2,
)
declared = experiments.sweep


@pytest.fixture
def tiny(monkeypatch):
    """Every sweep has two tiny experiments; bad names, presets and seeds are refused as they are by the real ones."""

    def sweep(name, preset="quick", seeds=None):
        real = declared(name, preset, seeds)
        shapes = [
            replace(TINY, seed=s, train_on=lesion(3, high)) for s in range(seeds or 1) for high in (4, 5)
        ]
        return Sweep(real.name, real.figure, real.question, tuple(shapes), frozenset())

    monkeypatch.setattr(experiments, "sweep", sweep)


def words(text, start):
    (line,) = [line for line in text.splitlines() if line.split()[:1] == [start]]
    return line.split()


def test_list_says_what_there_is(capsys):
    assert cli.main(["list"]) == 0
    out = capsys.readouterr().out
    listed = [line.split()[0] for line in out.splitlines()]
    assert listed == [*experiments.names(), *studies.names()]
    for name in experiments.names():
        assert int(words(out, name)[1]) == len(declared(name).experiments)
        assert declared(name).question in out


def test_list_with_other_seeds(capsys):
    assert cli.main(["list", "--seeds", "10", "--preset", "paper-world"]) == 0
    out = capsys.readouterr().out
    assert int(words(out, "first")[1]) == 10


def test_another_preset_lists_its_sweeps_and_no_study(tmp_path, capsys):
    """A sweep that the preset does not have is not listed, nor are studies, which are of the small world."""
    for command in ("list", "status"):
        where = ["--results", str(tmp_path)] if command == "status" else []
        assert cli.main([command, "--preset", "paper-world", *where]) == 0
        listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
        assert [name for name in listed if name != "name"] == list(experiments.names("paper-world"))


def test_a_reader_who_leaves_is_no_error():
    """As in `bumpworld list | head`: what nobody reads ends the command, without a word."""
    command = [sys.executable, "-m", "bumpbook.frame.cli", "list"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b"" and process.wait() == 1


def test_run_show_status(tmp_path, capsys, tiny):
    """With a real worker process."""
    where = ["--results", str(tmp_path)]
    assert cli.main(["status", "lesion", *where]) == 0
    assert words(capsys.readouterr().out, "lesion")[1:5] == ["0", "0", "0", "2"]

    assert cli.main(["run", "lesion", "--jobs", "1", *where]) == 0
    assert "lesion: 0 done before, 2 trained, 0 in other hands, 0 failed" in capsys.readouterr().out
    table = pd.read_csv(tmp_path / "tables" / "lesion-quick.csv")
    assert len(table) == 4
    assert set(table.high) == {4, 5}

    assert cli.main(["status", "lesion", *where]) == 0
    row = words(capsys.readouterr().out, "lesion")
    assert row[1:5] == ["2", "0", "0", "0"]
    seconds = [
        Store(tmp_path).load(e).record["provenance"]["seconds"]
        for e in experiments.sweep("lesion").experiments
    ]
    assert float(row[5]) == pytest.approx(sum(seconds), abs=0.51)

    assert cli.main(["show", "lesion", *where]) == 0
    out = capsys.readouterr().out
    assert "mean" in out
    assert "train" in out
    assert "4 of 4 rows left out" in out  # two steps teach nothing


def test_run_again_trains_nothing_and_more_seeds_the_rest(tmp_path, capsys, tiny, in_process):
    where = ["--results", str(tmp_path)]
    assert cli.main(["run", "rim", *where]) == 0
    assert cli.main(["run", "rim", *where]) == 0
    assert cli.main(["run", "rim", "--seeds", "2", *where]) == 0
    done = [line.split(",")[:2] for line in capsys.readouterr().out.splitlines()]
    assert done == [
        ["rim: 0 done before", " 2 trained"],
        ["rim: 2 done before", " 0 trained"],
        ["rim: 2 done before", " 2 trained"],
    ]


def test_run_without_a_name_runs_every_sweep(tmp_path, capsys, tiny, in_process):
    assert cli.main(["run", "--results", str(tmp_path)]) == 0
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines()] == list(experiments.names())
    assert len(list((tmp_path / "tables").glob("*-quick.csv"))) == len(experiments.names())
    assert cli.main(["status", "--results", str(tmp_path)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1 + len(experiments.names()) + len(studies.names())


def test_a_failed_experiment_is_status_1(tmp_path, capsys, monkeypatch, in_process):
    broken = replace(TINY, train_on=lesion(0, 8))  # nothing left to train on
    made_up = Sweep("rim", "", "", (broken, TINY), frozenset())
    monkeypatch.setattr(experiments, "sweep", lambda *_: made_up)
    assert cli.main(["run", "rim", "--results", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "1 trained" in out
    assert broken.key in out
    assert "no training label" in out
    assert cli.main(["status", "rim", "--results", str(tmp_path)]) == 0
    assert words(capsys.readouterr().out, "rim")[1:5] == ["1", "0", "1", "0"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "torsu"], "allowed are intro"),
        (["show", "torsu"], "'torsu'"),
        (["status", "torsu"], "torus"),
        (["status", "halve"], "'halves'"),  # a study
        (["run", "lesion", "--preset", "huge"], "quick, paper"),
        (["list", "--preset", "huge"], "'huge'"),
        (["run", "lesion", "--seeds", "0"], "from 1"),
        (["run", "lesion", "--jobs", "0"], "jobs is 0"),
        (["show", "lesion"], "bumpworld run lesion"),
        (["show", "lesion", "--preset", "paper-world"], "bumpworld run lesion --preset paper-world"),
        (["run", "grid", "--preset", "paper-world"], "allowed are first"),
        (["run", "halves"], "halves is a study, which `bumpworld study halves` runs"),
        (["study", "lesion"], "lesion is a sweep, which `bumpworld run lesion` runs"),
    ],
)
def test_wrong_calls_are_status_2_and_name_the_way_out(arguments, message, tmp_path, capsys):
    where = [] if arguments[0] == "list" else ["--results", str(tmp_path)]
    assert cli.main([*arguments, *where]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("bumpworld: ")
    assert message in said.err
    assert "Traceback" not in said.err
    assert not list(tmp_path.rglob("*.json*"))


def test_nulls_are_computed_for_the_sweeps_of_claims(tmp_path, capsys, tiny):
    where = ["--results", str(tmp_path)]
    assert cli.main(["nulls", "lesion", *where]) == 0
    (path,) = (tmp_path / "tables").glob("*.csv")
    assert path.name == "nulls-lesion-quick.csv" and str(path) in capsys.readouterr().out
    assert set(pd.read_csv(path).null) == {"copy", "kernel", "gaussian"}
    assert cli.main(["nulls", "which", *where]) == 2
    assert "no claim rests on the sweep 'which'; allowed are" in capsys.readouterr().err


def test_fewer_seeds_take_nothing_out_of_a_table(tmp_path, monkeypatch, in_process):
    def two(name, preset="quick", seeds=None):
        return Sweep(name, "", "", tuple(replace(TINY, seed=s) for s in range(seeds or 2)), frozenset())

    monkeypatch.setattr(experiments, "sweep", two)
    for asked in ([], ["--seeds", "1"], ["--seeds", "3"]):
        assert cli.main(["run", "rim", *asked, "--results", str(tmp_path)]) == 0
        table = pd.read_csv(tmp_path / "tables" / "rim-quick.csv")
        assert set(table.seed) == ({0, 1, 2} if "3" in asked else {0, 1})


def test_an_unreachable_scheduler(tmp_path, capsys, monkeypatch, tiny):
    distributed = pytest.importorskip("dask.distributed", reason="needs the extra [scale]")
    client = distributed.Client
    monkeypatch.setattr(distributed, "Client", lambda address, timeout: client(address, timeout=0.5))
    arguments = ["run", "rim", "--cluster", "tcp://127.0.0.1:1", "--results", str(tmp_path)]
    assert cli.main(arguments) == 2
    assert "tcp://127.0.0.1:1" in capsys.readouterr().err


def test_a_damaged_record_is_status_2_and_named(tmp_path, capsys, tiny, in_process):
    where = ["--results", str(tmp_path)]
    cli.main(["run", "rim", *where])
    path = next((tmp_path / "records").glob("*.json.gz"))
    path.write_bytes(path.read_bytes()[:100])
    capsys.readouterr()
    assert cli.main(["show", "rim", *where]) == 2
    assert str(path) in capsys.readouterr().err
    assert len(path.read_bytes()) == 100


def test_the_version_is_the_packages(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"bumpworld {bumpworld.__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["show"], ["run", "lesion", "--seeds", "two"]])
def test_the_parser_refuses(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2
    assert "usage: bumpworld" in capsys.readouterr().err

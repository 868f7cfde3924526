"""Sweeps that are stopped, left by their parent, called from odd scripts, or of which one model fails."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from test_runner import PATIENCE, TINY, files, half_written, seeds, wait_for
from test_studies import made

import bumpworld
from bumpbook.frame import cli, studies
from bumpbook.frame import runner as sweep
from bumpbook.frame import sweeps as experiments
from bumpbook.frame.reports import Report, Stopped, attempt, has_failed, reason
from bumpbook.frame.sweeps import Sweep
from bumpworld import checks
from bumpworld.store import Store

SOURCE = Path(bumpworld.__file__).parents[1]
TESTS = Path(__file__).parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{SOURCE}:{TESTS}", "OMP_NUM_THREADS": "1"}
CALL = """
    import signal, sys
    from bumpworld.store import Store
    from bumpbook.frame.runner import run
    from test_runner import LONGER, seeds

    signal.signal(signal.SIGINT, signal.default_int_handler)
    print(run(seeds(14, LONGER), jobs=2, store=Store(sys.argv[1])))
"""
CALL = textwrap.dedent(CALL)
GUARDED = "if __name__ == '__main__':" + textwrap.indent(CALL, "    ")


def script(folder, text=GUARDED, steps=40, **options):
    """A process group that runs ``text`` as a script on results in ``folder``."""
    path = folder / "script.py"
    path.write_text(
        text.replace("LONGER)", f"replace(LONGER, steps={steps}))").replace(
            "import signal,", "from dataclasses import replace; import signal,"
        )
    )
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    command = [sys.executable, str(path), str(folder / "results")]
    return subprocess.Popen(command, env=ENVIRONMENT, start_new_session=True, **pipes, **options)


def records(folder):
    return list((folder / "results" / "records").glob("[!.]*.json.gz"))


def in_hand(folder):
    return list((folder / "results" / "locks").glob("*.lock"))


def others_of_group(group):
    """Processes of a group that are still there and no zombies."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, of = stat.read_text().rsplit(")", 1)[1].split()[:3]
        except OSError:
            continue
        if int(of) == group and state != "Z":
            found.append(int(stat.parent.name))
    return found


def test_ctrl_c_ends_a_sweep_after_the_models_in_hand(tmp_path):
    """As from a terminal: the signal goes to the workers too."""
    process = script(tmp_path)
    wait_for(lambda: records(tmp_path))
    os.killpg(process.pid, signal.SIGINT)
    begun = len(in_hand(tmp_path))
    out, said = process.communicate(timeout=PATIENCE)
    assert process.returncode != 0
    # one may have begun between the signal and the count, none is lost and none was begun after it
    assert len(records(tmp_path)) == len(in_hand(tmp_path)) <= begun + 2 < 12
    assert "stopping after the models in hand" in said
    assert f"{len(records(tmp_path))} trained" in said and f"{14 - len(records(tmp_path))} left" in said
    assert not half_written(Store(tmp_path / "results"))


@pytest.mark.long
def test_a_second_ctrl_c_ends_it_at_once(tmp_path):
    process = script(tmp_path, steps=100_000)
    wait_for(lambda: in_hand(tmp_path))
    os.killpg(process.pid, signal.SIGINT)
    time.sleep(0.3)
    assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "14 left" in said
    wait_for(lambda: not others_of_group(process.pid))


def test_workers_notice_that_their_sweep_was_killed(tmp_path):
    if not Path("/proc/self/stat").exists():
        pytest.skip("needs /proc")
    process = script(tmp_path, steps=100_000)
    wait_for(lambda: len(in_hand(tmp_path)) == 2)
    assert len(others_of_group(process.pid)) >= 3
    process.kill()
    process.wait()
    wait_for(lambda: not others_of_group(process.pid))
    process.stdout.close(), process.stderr.close()
    assert not records(tmp_path)


@pytest.mark.parametrize(
    "text",
    [CALL, pytest.param("from os import sep\n" + CALL, marks=pytest.mark.long)],
    ids=["plain", "with an import"],
)
def test_a_script_without_a_main_guard_is_told_so(tmp_path, text):
    process = script(tmp_path, text)
    out, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "if __name__ == '__main__':" in said.splitlines()[-1]
    assert said.count("Traceback") == 1
    assert not records(tmp_path)


@pytest.mark.long
def test_a_program_on_standard_input_is_told_so(tmp_path):
    command = [sys.executable, "-", str(tmp_path / "results")]
    done = subprocess.run(
        command, input=GUARDED, env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert done.returncode == 1
    assert "save it as a file" in done.stderr.splitlines()[-1]
    assert "if __name__ == '__main__':" in done.stderr.splitlines()[-1]


# One model's failure


def test_what_a_worker_raises_is_noted_and_the_others_go_on(tmp_path):
    """With a real worker: its folder of weights cannot be made, which concerns one of three models."""
    store, (first, second, third) = Store(tmp_path), seeds(3)
    (tmp_path / "weights").write_text("a file in the way")
    made_up = Sweep("made-up", "", "", (first, second, third), frozenset({second.key}))
    report = sweep.run(made_up, jobs=1, store=store)
    assert (report.trained, set(report.failed)) == (2, {second.key})
    assert has_failed(store, second.key) and not has_failed(store, first.key)
    assert sweep.status(made_up, store)["failed"] == 1


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory"),
        MemoryError(),
        KeyError("place"),
        AssertionError(),
        OSError(5, "I/O"),
    ],
)
def test_any_error_is_one_models_failure(tmp_path, monkeypatch, in_process, error):
    store, experiments = Store(tmp_path), seeds(3)
    real = Store.run

    def run(self, experiment, *arguments, **options):
        if experiment.seed == 1:
            raise error
        return real(self, experiment, *arguments, **options)

    monkeypatch.setattr(Store, "run", run)
    report = sweep.run(experiments, store=store)
    assert report.trained == 2
    assert type(error).__name__ in report.failed[experiments[1].key]
    assert has_failed(store, experiments[1].key)

    # and the same in a study
    def measure(setting, seed):
        if setting["n"] == 1:
            raise error
        return {}

    report = studies.run(made(measure), store)
    assert (report.trained, len(report.failed), report.left) == (2, 2, 0)
    assert type(error).__name__ in str(report)


def test_an_error_without_a_word_is_no_success(tmp_path):
    def fail():
        raise ValueError

    why = attempt(Store(tmp_path), "x", fail)
    assert why and "ValueError" in why
    assert reason(ValueError("ours")) == "ours"
    assert attempt(Store(tmp_path), "y", lambda: True) is None
    assert attempt(Store(tmp_path), "y", lambda: False) == "done"


def test_ctrl_c_in_a_study_says_how_far_it_came(tmp_path):
    def measure(setting, seed):
        if setting["n"] == 2:
            raise KeyboardInterrupt
        return {}

    with pytest.raises(Stopped) as caught:
        studies.run(made(measure), Store(tmp_path))
    assert caught.value.report == Report(trained=1, left=3)


@pytest.mark.parametrize("device", ["cuda", "foo", "cuda:99", "meta", "cpu:x", "CPU", ""])
def test_a_device_that_is_not_there_is_one_line_before_anything_starts(tmp_path, capsys, device):
    if device == "cuda" and torch.cuda.is_available():
        pytest.skip("there is one")
    results = tmp_path / "results"
    assert cli.main(["run", "lesion", "--device", device, "--results", str(results)]) == 2
    said = capsys.readouterr().err
    assert repr(device) in said and "allowed" in said and len(said.splitlines()) == 1
    assert not results.exists()


def test_a_clusters_device_need_not_be_here():
    checks.device("device", "cuda:1", here=False)
    with pytest.raises(ValueError, match="'foo'"):
        checks.device("device", "foo", here=False)


def test_the_command_goes_on_after_a_damaged_record(tmp_path, capsys, monkeypatch, in_process):
    made_up = {
        name: Sweep(name, "", "", tuple(replace(TINY, seed=s) for s in at), frozenset())
        for name, at in (("rim", (0, 1)), ("square", (2,)))
    }
    monkeypatch.setattr(experiments, "sweep", lambda name, *_: made_up[name])
    damaged = Store(tmp_path).record_path(replace(TINY, seed=0))
    damaged.parent.mkdir()
    damaged.write_text("{")
    assert cli.main(["run", "rim", "square", "--results", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert "rim: 0 done before, 1 trained, 0 in other hands, 1 failed" in said.out
    assert "square: 0 done before, 1 trained" in said.out
    assert str(damaged) in said.err
    assert cli.main(["status", "rim", "square", "--results", str(tmp_path)]) == 0
    assert [line.split()[1:5] for line in capsys.readouterr().out.splitlines()[1:]] == [
        list("1010"),
        list("1000"),
    ]


def test_stopping_before_anything_began_is_status_130_too(capsys, monkeypatch):
    def interrupted(options):
        raise KeyboardInterrupt

    monkeypatch.setitem(cli._COMMANDS, "list", interrupted)
    interrupted.__doc__ = "Stop."
    assert cli.main(["list"]) == 130
    assert capsys.readouterr().err == "bumpworld: stopped by Ctrl-C\n"


def test_stopping_is_status_130(tmp_path, capsys, monkeypatch):
    def interrupted(jobs, tasks):
        yield tasks[0][1], sweep.run_one(*tasks[0])
        raise KeyboardInterrupt

    monkeypatch.setattr(
        experiments, "sweep", lambda name, *_: Sweep(name, "", "", tuple(seeds(3)), frozenset())
    )
    monkeypatch.setattr(sweep, "_locally", interrupted)
    assert cli.main(["run", "rim", "square", "--results", str(tmp_path)]) == 130
    said = capsys.readouterr().err
    assert "1 trained" in said and "2 left" in said
    assert len(files(Store(tmp_path))) == 1

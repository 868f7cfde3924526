"""The command line: `bumpworld list | run | study | nulls | show | status | grade`."""

import argparse
import os
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

from bumpworld import __version__, checks
from bumpworld.store import ResultError, Store

from . import grading
from . import sweeps as experiments
from .workers import WorkerError


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status: 0 if all went well, 1 if something failed, 2 for a wrong call, 130
    after Ctrl-C."""
    parser = argparse.ArgumentParser(prog="bumpworld", description="Experiments of the bumpworld book.")
    parser.add_argument("--version", action="version", version=f"bumpworld {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, what in _COMMANDS.items():
        command = commands.add_parser(name, help=what.__doc__)
        if name == "study":
            command.add_argument("study", nargs="*", help="name of a study; see `bumpworld list`")
            command.add_argument("--results", help="folder of results (default: the project's)")
            continue
        if name == "grade":
            command.add_argument("folder", type=Path, help="folder of students' notebooks")
            command.add_argument("--minutes", type=float, default=grading.MINUTES, help="for each notebook")
            command.add_argument("--out", type=Path, default=Path("grades.csv"), help="table to write")
            continue
        if name != "list":
            many = {"nargs": "*"} if name in ("run", "nulls", "status") else {}
            command.add_argument("sweep", help="name of a sweep; see `bumpworld list`", **many)
        command.add_argument("--preset", default="quick", help=f"one of {', '.join(experiments.PRESETS)}")
        command.add_argument(
            "--seeds", type=int, help="seeds for each setting, instead of the sweep's own number"
        )
        command.add_argument("--results", help="folder of results (default: the project's)")
        if name == "run":
            command.add_argument(
                "--jobs", type=int, help="local processes, one thread each (default: one a core)"
            )
            command.add_argument(
                "--cluster", help="address of a Dask scheduler, for instance tcp://host:8786"
            )
            command.add_argument("--device", default="cpu", help="cpu, cuda or mps")
            command.add_argument("--compile", action="store_true", help=_COMPILE)
    options = parser.parse_args(arguments)
    try:
        code = _COMMANDS[options.command](options)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # whoever read along, `head` for instance, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (ValueError, ResultError, WorkerError, ConnectionError, FileNotFoundError) as error:
        print(f"bumpworld: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt as stop:
        print(f"bumpworld: {str(stop) or 'stopped by Ctrl-C'}", file=sys.stderr)
        return 130


def _list(options) -> int:
    """Say which sweeps and studies there are, what they ask and how much they train."""
    from . import studies

    for sweep in _sweeps(options, experiments.names(options.preset)):
        print(f"{sweep.name:15} {len(sweep.experiments):4} models  {sweep.question}")
    for study in map(studies.study, studies.names() if options.preset == _OF_STUDIES else ()):
        print(f"{study.name:15} {len(list(study.cases())):4} cases  {study.question} (`{study.command}`)")
    return 0


def _run(options) -> int:
    """Run sweeps (default: all); what is finished is never trained again."""
    from . import runner, tables

    store, failed = Store(options.results), False
    for sweep in _sweeps(options, options.sweep or experiments.names(options.preset)):
        report = runner.run(sweep, options.cluster, options.jobs, store, options.device, options.compile)
        print(f"{sweep.name}: {report}", flush=True)
        failed |= bool(report.failed)
        if report.done + report.trained:
            # a table that one damaged record spoils is no reason to leave the other sweeps undone
            try:
                # asked for fewer seeds than it has, a sweep's table keeps those that are there
                own = experiments.sweep(sweep.name, options.preset)
                every = tuple(dict.fromkeys(own.experiments + sweep.experiments))
                tables.save(replace(own, experiments=every), options.preset, store)
            except ResultError as error:
                print(f"{sweep.name}: no table was written: {error}", file=sys.stderr, flush=True)
                failed = True
    return int(failed)


def _study(options) -> int:
    """Run studies (default: all); what is measured is never measured again."""
    from . import studies

    for name in set(options.study).intersection(experiments.names()):
        raise ValueError(f"{name} is a sweep, which `bumpworld run {name}` runs; see `bumpworld list`")
    wanted, failed = [studies.study(name) for name in options.study or studies.names()], False
    for study in wanted:
        report = studies.run(study, Store(options.results))
        print(f"{study.name}: {report}", flush=True)
        failed |= bool(report.failed)
    return int(failed)


def _nulls(options) -> int:
    """Compute what nulls get by the rules of the scoreboard (default: all sweeps that a claim rests on)."""
    from . import causes, nulls
    from .standing import CLAIMS

    judged = dict.fromkeys((claim.sweep, claim.source) for claim in CLAIMS)
    store, failed = Store(options.results), False
    names = sorted({name for name, _ in judged}.intersection(experiments.names(options.preset)))
    for sweep in _sweeps(options, options.sweep or names):
        if sweep.name not in names:
            raise ValueError(f"no claim rests on the sweep {sweep.name!r}; allowed are {', '.join(names)}")
        for source in (source for name, source in judged if name == sweep.name):
            try:
                made = causes.save if source == "cause" else partial(nulls.save, sweep, source)
                print(made(options.preset, store), flush=True)
            except (ValueError, ResultError) as error:
                print(f"{sweep.name}: no null was written: {error}", file=sys.stderr, flush=True)
                failed = True
    return int(failed)


def _show(options) -> int:
    """Print accuracy by setting and region: mean, lowest and highest over seeds."""
    from . import tables

    (sweep,) = _sweeps(options, [options.sweep])
    table = tables.table(sweep, Store(options.results))
    varying = [c for c in table.columns if c in _SHOWN and table[c].nunique(dropna=False) > 1]
    grouped = tables.learned(table).groupby([*varying, "region"], dropna=False)["both"]
    print(grouped.agg(["count", "mean", "min", "max"]).round(3).to_string())
    if lost := int((~table.learned).sum()):
        print(f"{lost} of {len(table)} rows left out: the model never learned its training labels")
    return 0


def _status(options) -> int:
    """Say what is done, running, failed and missing in each sweep and study (default: all)."""
    from . import runner, studies

    store = Store(options.results)
    if not any(layer.is_dir() for layer in store.layers):
        print(f"bumpworld: {store.root} is not there", file=sys.stderr)
    known = [*experiments.names(options.preset), *studies.names()]
    names = [checks.choice("sweep or study", name, known) for name in options.sweep]
    names = names or (known if options.preset == _OF_STUDIES else experiments.names(options.preset))
    print(f"{'name':15} {'done':>6} {'running':>8} {'failed':>7} {'missing':>8} {'seconds':>9}")
    for name in names:
        if name in studies.names():
            c = studies.status(studies.study(name), store)
        else:
            c = runner.status(*_sweeps(options, [name]), store)
        row = f"{c['done']:6} {c['running']:8} {c['failed']:7} {c['missing']:8} {c['seconds']:9.0f}"
        print(f"{name:15} {row}")
    return 0


def _grade(options) -> int:
    """Run a folder of students' notebooks, each in a process of its own, and write a table of what came out."""
    rows = []
    for row in grading.grade(options.folder, options.minutes):
        if not rows:
            print(f"{'right':>5} {'not yet':>7} {'open':>4} {'missing':>7} {'minutes':>7}  notebook")
        rows.append(row)
        counts = (
            f"{row.count('right'):5} {row.count('not yet'):7} {row.count('open'):4} {row.count('missing'):7}"
        )
        print(f"{counts} {row.minutes:7.1f}  {row.notebook}: {row.ended}", flush=True)
        for line in (*row.errors, *row.remarks):
            print(f"{'':34}  {line}", flush=True)
    grading.save(rows, options.out)
    print(f"the table, with every exercise: {options.out}")
    return 0


_COMPILE = "compile networks first, which pays for large ones; needs a C++ compiler"
_OF_STUDIES = "quick"  # the preset in whose world studies are; they are listed with it alone
_SHOWN = {
    "size",
    "kind",
    "sigma",
    "spacing",
    "periodic",
    "margin",
    "target",
    "normalised",
    "code",
    "place",
    "max_frequency",
    "channels",
    "rule",
    "low",
    "high",
    "use",
    "width",
    "fraction",
    "stripes",
    "count",
    "how",
    "train_2d",
}
_COMMANDS = {
    "list": _list,
    "run": _run,
    "study": _study,
    "nulls": _nulls,
    "show": _show,
    "status": _status,
    "grade": _grade,
}


def _sweeps(options, names):
    try:
        return [experiments.sweep(name, options.preset, options.seeds) for name in names]
    except ValueError:
        # asked for here alone: it brings in all rooms
        from . import studies

        for name in set(names).intersection(studies.names()):
            said = f"{name} is a study, which `bumpworld study {name}` runs; see `bumpworld list`"
            raise ValueError(said) from None
        raise


if __name__ == "__main__":
    sys.exit(main())

"""The status page's tables: counts of what stands in a store, hardware once, benchmarks as text."""

import json

import pandas as pd
import pytest

from bumpbook.frame import status
from bumpbook.frame.pages import thin
from bumpbook.frame.sweeps import names, sweep
from bumpworld.store import Store


@pytest.fixture(scope="module")
def costs():
    return status.costs()


def test_counts_are_those_of_the_sweeps_and_hardware_is_no_column(costs):
    assert costs.loc["square", "models"] == len(sweep("square").experiments)
    assert (costs.finished <= costs.models).all() and (costs["not learned"] <= costs.finished).all()
    assert "hardware" not in costs


def test_a_model_of_two_sweeps_is_counted_and_paid_for_once(costs):
    """By the keys of the records, which know nothing of sweeps."""
    keys = {e.key: e for name in names("quick") for e in sweep(name).experiments}
    done = [Store().load_record(e)["provenance"]["seconds"] for e in keys.values() if Store().has(e)]
    assert f"of {thin(len(keys))} models" in status.total() and len(keys) < costs.models.sum()
    assert (
        f"**{thin(len(done))} of" in status.total() and f"at {sum(done) / 3600:.1f} hours" in status.total()
    )


def test_hardware_is_said_once_and_counts_a_model_of_two_sweeps_once(monkeypatch):
    small = [*sweep("intro").experiments]
    sweeps = {"quick": {"one": small, "two": small[:1]}, "paper-world": {}, "paper-network": {}}
    monkeypatch.setattr(status.experiments, "names", lambda preset: tuple(sweeps[preset]))
    monkeypatch.setattr(
        status.experiments,
        "sweep",
        lambda name, preset: type("Sweep", (), {"experiments": sweeps[preset][name]}),
    )
    said = status.hardware()
    assert said.startswith(f"{len(small)} on ") and " and " not in said


def test_a_benchmark_is_text_with_its_numbers_at_the_right_or_says_what_to_run(tmp_path):
    (tmp_path / "benchmarks").mkdir()
    rows = [
        {"who": "ours", "parameters": 344676, "seconds": 3.3567},
        {"who": "peer", "parameters": 99, "seconds": None},
    ]
    (tmp_path / "benchmarks" / "race.json").write_text(json.dumps({"where": "Measured here.", "rows": rows}))
    where, _, heads, kinds, *lines = status.benchmark("race", "never", Store(tmp_path)).data.splitlines()
    assert where == "Measured here." and heads == "| who | parameters | seconds |"
    assert kinds == "| --- | ---: | ---: |"
    assert lines == ["| ours | 344\N{NARROW NO-BREAK SPACE}676 | 3.357 |", "| peer | 99 | never |"]
    assert "make bench" in status.benchmark("none", store=Store(tmp_path)).data


def test_a_package_that_is_missing_is_said_so():
    table = status.versions(("torch", "no-such-package"))
    assert isinstance(table, pd.DataFrame) and table.index.name == "package"
    assert table.version["no-such-package"] == "not installed"

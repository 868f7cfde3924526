"""Contrast and cause out of made-up records of the two studies."""

import pytest

from bumpbook.frame import causes, cli, studies, tables
from bumpbook.frame.claims_manifolds import CAUSE, CONTRAST, FACTORIZED
from bumpbook.frame.standing import standing
from bumpbook.frame.studies import Study
from bumpworld.store import Store
from made_up import write_study


def measured(setting, seed):
    if "world" not in setting:
        return {"learned": seed != 1, "square": {"sum": [1.0, 0.9], "shuffled": [0.1, 0.05]}}
    shares = {"code": [0.3, 0.5, 0.9], "random middle": [0.4, 0.5, 0.9], "blank middle": [0.9, 0.8, 0.5]}
    return {"learned": seed != 6, "shares": shares if seed >= 5 else {}}


@pytest.fixture
def store(tmp_path, monkeypatch):
    made = {
        "axes-sos": Study(
            "axes-sos",
            "",
            1,
            ({"world": "sos", "code": "turned-45"}, {"world": "sos", "code": "axes"}),
            10,
            measured,
        ),
        "cause": Study("cause", "", 1, ({"code": "axes"}, {"code": "one-hot"}), 5, measured),
    }
    # all rooms have named theirs before: what is named in a copy is lost
    studies.names()
    monkeypatch.setattr(studies, "names", lambda: tuple(made))
    monkeypatch.setattr(studies, "_registered", made)
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    for study in made.values():
        write_study(study, Store(), measured, study.seeds)
    return Store()


def test_judged_by_fresh_seeds_that_learned(store):
    found = causes.networks(store)
    assert found.dropna(subset="contrast").seed.tolist() == [5, 7, 8, 9]
    assert found.dropna(subset="cause").seed.tolist() == [0, 2, 3, 4]
    assert found.contrast.dropna().round(6).unique() == [0.4]


def test_the_command_writes_what_the_rule_reads(store, capsys):
    assert cli.main(["nulls", "codes"]) == 0
    assert "nulls-codes-cause-quick.csv" in capsys.readouterr().out
    now = standing(FACTORIZED)
    assert now.networks.verdict == "agrees" and now.passed_by == []
    assert now.networks.measured[CONTRAST].n == now.networks.measured[CAUSE].n == 4
    by_null = {name: score.measured[CONTRAST].mean for name, score in now.nulls.items()}
    assert by_null == pytest.approx({"code": -0.6, "untrained": -0.5})
    assert {score.verdict for score in now.nulls.values()} == {"disagrees"}


def test_without_the_studies_it_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(studies, "names", lambda: ("third",))
    assert cli.main(["nulls", "codes", "--results", str(tmp_path)]) == 1
    assert "study is 'axes-sos'; allowed are third" in capsys.readouterr().err
    with pytest.raises(FileNotFoundError):
        tables.read("codes-cause", "quick", Store(tmp_path))

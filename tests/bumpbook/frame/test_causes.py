"""Contrast and cause out of made-up records of the two studies."""

import pytest

from bumpbook.frame import causes, cli, studies, tables
from bumpbook.frame.claims_manifolds import CAUSE, CONTRAST, FACTORIZED
from bumpbook.frame.standing import standing
from bumpbook.frame.studies import Study
from bumpworld.store import Store
from made_up import write_study
from shared import ROOT

CLOUDS = {"code": [0.3, 0.5, 0.9], "random middle": [0.4, 0.5, 0.9], "blank middle": [0.9, 0.8, 0.5]}
SHEET = {"code": [0.3, 0.5, 0.9], "random middle": [0.4, 0.5, 0.9], "blank middle": [0.98, 0.96, 0.97]}


def stripes(setting, seed):
    return {"learned": seed != 6, "shares": CLOUDS if seed >= 5 else {}}


def bumps(setting, seed):
    return {"learned": seed != 2, "shares": SHEET}


def cause(setting, seed):
    drawn = 0.9 if setting["code"] == "axes" else 0.6
    return {"learned": seed != 1, "square": {"sum": [1.0, drawn], "shuffled": [0.1, 0.05]}}


def pictures(setting, seed):
    stripes = setting["world"] == "sos"
    shares, drawn = ([1.0, 0.5, 0.3], 1.0) if stripes else ([0.45, 0.4, 0.46], 0.0)
    return {"learned": True, "shares": {"picture": shares}, "square": {"sum": [drawn, drawn]}}


def noises(setting, seed):
    dimension = 30 + seed if setting.get("first") else 2
    scores = {
        str(n): {"hyper": n / 10 + (not setting["periodic"]), "dimension": dimension} for n in (1, 2, 12)
    }
    return {"learned": seed != 3 or "first" in setting, "scores": scores}


@pytest.fixture
def store(tmp_path, monkeypatch):
    told = [{"code": code} for code in ("axes", "turned-45", "one-hot")]
    worlds = [{"world": world} for world in ("sos", "bump")]
    cases = {
        "axes-sos": (stripes, [{"world": "sos"} | t for t in told], 10),
        "axes-bump": (bumps, [{"world": "bump"} | t for t in told], 5),
        "cause": (cause, told, 5),
        "pictures": (pictures, worlds, 1),
        "noises": (noises, [{"periodic": True}, {"periodic": False}], 5),
        "first-noises": (noises, [{"periodic": True, "first": True}], 5),
    }
    made = {
        name: Study(name, "", 1, tuple(settings), seeds, measure)
        for name, (measure, settings, seeds) in cases.items()
    }
    assert set(made) == set(causes.STUDIES)
    # all rooms have named theirs before: what is named in a copy is lost
    studies.names()
    monkeypatch.setattr(studies, "names", lambda: tuple(made))
    monkeypatch.setattr(studies, "_registered", made)
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    for study in made.values():
        write_study(study, Store(), study.measure, study.seeds)
    return Store()


def test_judged_by_fresh_seeds_that_learned(store):
    found = causes.networks(store)
    for column in ("contrast", "contrast_axes"):
        assert found.dropna(subset=column).seed.tolist() == [5, 7, 8, 9]
    assert found.dropna(subset="contrast_bumps").seed.tolist() == [0, 1, 3, 4]
    assert found.flat_bumps.dropna().unique() == [0.96]
    assert found.contrast.dropna().round(6).unique() == [0.4]
    for column, drawn in (("cause", 0.6), ("cause_axes", 0.9)):
        assert found.dropna(subset=column).seed.tolist() == [0, 2, 3, 4]
        assert found[column].dropna().unique() == [drawn]


def test_the_command_writes_what_the_rule_reads(store, capsys):
    assert cli.main(["nulls", "codes"]) == 0
    assert "nulls-codes-cause-quick.csv" in capsys.readouterr().out
    now = standing(FACTORIZED)
    # the weaker of two codes decides
    assert now.networks.verdict == "partly" and now.passed_by == ()
    assert now.networks.measured[CONTRAST].n == now.networks.measured[CAUSE].n == 4
    by_null = {name: score.measured[CONTRAST].mean for name, score in now.nulls.items()}
    assert by_null == pytest.approx({"code-shuffled": -0.6, "untrained-shuffled": -0.5, "picture": 0.7})
    drawn = {name: score.measured[CAUSE].mean for name, score in now.nulls.items()}
    assert drawn == pytest.approx({"code-shuffled": 0.05, "untrained-shuffled": 0.05, "picture": 0})
    assert {score.verdict for score in now.nulls.values()} == {"disagrees"}


def test_scores_are_those_of_the_most_noises_on_the_torus(store):
    found = causes.averaged(store)
    assert found.seed.tolist() == [0, 1, 2, 4]
    assert set(found.noises) == {"12"} and set(found.hyper) == {1.2}
    # both ends of the same network's training
    assert set(found.dimension) == {2} and found["first"].tolist() == [30, 31, 32, 34]


def test_the_shipped_tables_say_what_the_records_say(tmp_path):
    shipped = Store(ROOT / "results")
    for made, name in (
        (causes.networks, "codes-cause"),
        (causes.nulls, "nulls-codes-cause"),
        (causes.averaged, "torus-noises"),
    ):
        tables.write(made(shipped), name, "quick", Store(tmp_path))
        kept = tables.path(name, "quick", shipped).read_bytes()
        assert tables.path(name, "quick", Store(tmp_path)).read_bytes() == kept


def test_without_the_studies_it_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(studies, "names", lambda: ("third",))
    assert cli.main(["nulls", "codes", "--results", str(tmp_path)]) == 1
    assert "study is 'axes-sos'; allowed are third" in capsys.readouterr().err
    with pytest.raises(FileNotFoundError):
        tables.read("codes-cause", "quick", Store(tmp_path))

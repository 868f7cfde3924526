"""The laboratory's two studies: by which rule its network is chosen, and what its pages show before anything is loaded."""

import json
import zlib

import pytest

from bumpbook.ddpm import lab_answers, lab_network
from bumpbook.frame.findings import Unsupported
from bumpbook.widgets import Laboratory
from bumpbook.widgets.lab_presets import NETWORK, NETWORKS, WORLD, presets
from bumpworld.files import write_record
from bumpworld.store import ResultError, Store


def made_up(root, right, milliseconds):
    """Records of five seeds: ``right`` of the held-out labels by network, and its cost of a step."""
    store = Store(root)
    for setting, seed in lab_network.STUDY.cases():
        share = 0.0 if setting["set"] == "band" else right[setting["network"]] + 0.01 * seed
        measured = {"held 5 0.45": share, "trained 5 0.45": 1.0, "parameters": 1000, "processor_seconds": 1.0}
        identity = {"study": "lab-network", "version": 1, "setting": setting, "seed": seed}
        record = {**identity, "measured": measured, "provenance": {"seconds": 1.0}}
        write_record(lab_network.STUDY.path(setting, seed, store), record)
    rows = [{"network": name, "all steps, s": milliseconds[name]} for name in NETWORKS]
    (root / "benchmarks").mkdir(exist_ok=True)
    (root / "benchmarks" / "lab_steps.json").write_text(json.dumps({"where": "", "rows": rows}))
    return store


@pytest.mark.parametrize(
    ("small", "longer", "wins"),
    [(0.58, 0.58, "16-32"), (0.5, 0.58, "16-32, longer"), (0.5, 0.5, "32-64"), (0.9, 0.9, "16-32")],
)
def test_the_fastest_that_composes_is_chosen(tmp_path, small, longer, wins):
    right = {"32-64": 0.6, "16-32": small, "16-32, longer": longer}
    seconds = {"32-64": 16.0, "16-32": 5.0, "16-32, longer": 10.0}
    store = made_up(tmp_path, right, seconds)
    assert lab_network.chosen(store) == wins
    row = lab_network.compared(store).loc["16-32"]
    assert row.composed.mean == pytest.approx(small + 0.02) and row.composed.n == 5
    assert row[lab_network.TIME] == pytest.approx(5 / 16)


def test_nothing_is_said_on_one_seed(tmp_path):
    store = made_up(tmp_path, dict.fromkeys(NETWORKS, 0.5), dict.fromkeys(NETWORKS, 9.0))
    setting = lab_network.STUDY.settings[0]
    for seed in (2, 3, 4):
        lab_network.STUDY.path(setting, seed, store).unlink()
    with pytest.raises(ResultError, match="72 of 75 cases of lab-network are there; run `bumpworld study"):
        lab_network.compared(store)


def test_the_pages_sentence_ends_the_build_where_another_network_wins(tmp_path, monkeypatch):
    from bumpbook.ddpm.lab_findings import sentence

    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    seconds = {"32-64": 16.0, "16-32": 5.0, "16-32, longer": 10.0}
    made_up(tmp_path, {"32-64": 0.6, "16-32": 0.4, "16-32, longer": 0.6}, seconds)
    assert NETWORK == "16-32, longer" and "trains for 320 steps in 62 % of the time that" in sentence()
    assert "would stop after" not in sentence()
    made_up(tmp_path / "cheaper", {"32-64": 0.6, "16-32": 0.6, "16-32, longer": 0.7}, seconds)
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path / "cheaper"))
    assert "would stop after 160 steps" in sentence()
    made_up(tmp_path / "other", {"32-64": 0.6, "16-32": 0.6, "16-32, longer": 0.6}, seconds)
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path / "other"))
    with pytest.raises(Unsupported):
        sentence()


def test_what_comes_along_fits_the_figure(tmp_path):
    assert lab_answers.shipped(Store(tmp_path)) == []
    with pytest.raises(ValueError, match="set is 'circle'"):
        lab_answers.shipped(Store(tmp_path), circle="a circle")
    for found in lab_answers.shipped():
        rows = dict(presets()[found["title"]].settings)["rows"]
        assert found["settings"]["rows"] == rows and len(found["off"]) == 256
        assert len(zlib.decompress(found["pictures"])) == 256 * WORLD.size**2
        assert Laboratory(answers=[found])._answers == [found]

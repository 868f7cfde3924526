"""The laboratory without a browser: what surrounds a step is what `train` does; sets, links and rows are what they say."""

import json
import math
import zlib
from functools import partial
from importlib import import_module

import numpy as np
import pytest
import torch
from in_node import in_node as run_in_node

from bumpbook.frame.findings import finding
from bumpbook.frame.painting import paint, painted
from bumpbook.widgets import Laboratory
from bumpbook.widgets.bundle import HERE
from bumpbook.widgets.lab_presets import LANGUAGES, NETWORK, WORLD, lab_experiment, presets
from bumpbook.widgets.laboratory import answer, experiment_of
from bumpbook.widgets.onnx_training import flat_weights
from bumpworld import Canvas, Experiment
from bumpworld.diffusion import TARGETS, DiffusionModel, make_target
from bumpworld.experiment import from_dict
from bumpworld.selection import everything, held_out_square, lesion
from bumpworld.train import WARM_UP, new_model
from bumpworld.unet import UNetConfig
from bumpworld.unet_config import CODES

training = import_module("bumpworld.train")  # the package has a function of this name
TINY = UNetConfig(channels=(8,), attention=(), label_features=4, time_features=4, embedding=8)
SMALL = Experiment(unet=TINY, steps=12, batch_size=16)
in_node = partial(run_in_node, module="training_maths.js")


def test_the_rate_and_the_average_are_those_of_train():
    e = Experiment(steps=160)
    plan = {"steps": 160, "rate": e.learning_rate, "warmUp": WARM_UP, "betas": [0.9, 0.99], "ema": e.ema}
    found = in_node("return Array.from({ length: 160 }, (_, i) => m.atStep(i + 1, plan))", plan=plan)
    for number, numbers in enumerate(found, 1):
        assert numbers["rate"] == pytest.approx(
            e.learning_rate * training._rate(e, number, None, e.steps), rel=1e-9
        )
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


def test_a_set_is_written_as_painted_has_it():
    for selection in (*presets().values(), paint(torch.rand(16, 16) < 0.4)):
        rows = dict(selection.settings)["rows"]
        mask = selection.split(WORLD).train_mask
        found = in_node(
            "const set = m.setOf(rows); return { set: [...set], back: m.rowsOf(set), counts: m.counts(set) }",
            module="lab_set.js",
            rows=rows,
        )
        assert found["set"] == mask.int().tolist() and found["back"] == rows
        y, x = mask.reshape(16, 16).nonzero().T
        counts = {"train": int(mask.sum()), "held": int((~mask).sum())}
        assert found["counts"] == counts | {"xs": len(set(x.tolist())), "ys": len(set(y.tolist()))}


def test_the_sets_are_what_their_names_say():
    masks = {name: s.split(WORLD).train_mask.reshape(16, 16) for name, s in presets().items()}
    square = held_out_square(4, 12).split(WORLD).train_mask.reshape(16, 16)
    band = lesion(4, 12).split(WORLD).train_mask.reshape(16, 16)
    assert (masks["square"] == square).all() and (masks["band"] == band).all()
    assert int(masks["random"].sum()) == 32 and masks["everything"].all()
    assert (masks["columns"].sum(0) == torch.tensor([16, 0] * 8)).all()
    assert int(masks["checkerboard"].sum()) == int(masks["halves"].sum()) == 128
    assert (masks["halves"] == masks["halves"].T).all() and not masks["halves"][0, 15]
    # in these four every value is seen, and in the band half of x is not
    for name in ("square", "cross", "checkerboard", "halves"):
        assert masks[name].any(0).all() and masks[name].any(1).all()
    assert int(masks["band"].any(0).sum()) == 8


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_label_is_told_as_the_network_hears_it(language):
    """Turned labels and other frequencies give the code that a network is told."""
    widget, labels = Laboratory(), 15 * torch.rand(20, 2)
    spoken = widget._network["languages"][language]
    told = in_node(
        "return [...m.told(labels, angle)]",
        module="lab_settings.js",
        labels=labels.flatten().tolist(),
        angle=spoken["angle"],
    )
    angles = torch.tensor(told).reshape(-1, 2, 1) * torch.tensor(spoken["frequencies"])
    code = torch.cat([angles.sin(), angles.cos()], 2).flatten(1)
    config = lab_experiment(everything(), language=language).unet
    truth = CODES[config.label_code](config)(labels)
    np.testing.assert_allclose(code, truth, atol=1e-4)


@pytest.mark.parametrize("language", LANGUAGES)
def test_python_and_the_link_say_what_runs(language):
    settings = {"rows": "0f" * 32, "kind": "sos", "sigma": 1.5, "language": language, "seed": 7}
    widget = Laboratory(settings=settings)
    network = {**widget._network, "alphaBar": []}
    text, link, back = in_node(
        "const link = m.linkOf(settings); return [m.toPython(settings, network), link, m.fromLink(link)]",
        module="lab_settings.js",
        settings=settings,
        network=network,
    )
    said = {}
    exec(text, said)  # noqa: S102 (the figure's own words)
    assert said["experiment"] == widget.experiment == experiment_of(settings)
    assert widget.experiment.train_on == painted("0f" * 32) and widget.experiment.canvas.kind == "sos"
    assert back == settings and link.startswith("#lab?v=1&rows=0f0f")


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ("#elsewhere", None),
        ("#lab?v=1", "its set of labels is not 64 of the digits 0-9 and a-f"),
        ("#lab?v=2&rows=0", "it is of version “2”, and this page reads version 1"),
        (f"#lab?v=1&rows={'g' * 64}", "its set of labels"),
        (f"#lab?v=1&rows={'0' * 64}&kind=<b>&sigma=1&language=axes&seed=0", "its world “<b>” is neither"),
        (f"#lab?v=1&rows={'0' * 64}&kind=bump&sigma=NaN&language=axes&seed=0", "its width “NaN”"),
        (f"#lab?v=1&rows={'0' * 64}&kind=bump&sigma=1&language=toString&seed=0", "its language “toString”"),
        (f"#lab?v=1&rows={'0' * 64}&kind=bump&sigma=1&language=axes&seed=1.5", "its seed “1.5”"),
    ],
)
def test_a_link_is_checked(link, says):
    found = in_node(
        "try { return m.fromLink(link) } catch (error) { return error.message }",
        module="lab_settings.js",
        link=link,
    )
    assert found is None if says is None else found.startswith(says)


def test_principal_components_are_those_of_the_singular_value_decomposition():
    draw = np.random.default_rng(0)
    points = (draw.normal(size=(256, 12)) * np.r_[9, 5, np.ones(10)] + 3).round(2)
    found = in_node(
        "const p = new m.Principal(256); p.put([...Array(256).keys()].map(i => i), Float32Array.from(points));"
        "return [...p.shown(40)]",
        module="lab_pca.js",
        points=points.flatten().tolist(),
    )
    centred = points - points.mean(0)
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    truth, shown = u[:, :2] * s[:2], np.reshape(found, (256, 2))
    for axis in (0, 1):
        assert abs(np.corrcoef(truth[:, axis], shown[:, axis])[0, 1]) > 0.9999
    assert np.abs(shown).max() == pytest.approx(1)
    still = in_node(
        "const p = new m.Principal(256), all = [...Array(256).keys()]; p.put(all, new Float32Array(256 * 8).fill(2));"
        "p.shown(); p.put(all, Float32Array.from({ length: 2048 }, (_, i) => i % 8 ? 0 : i)); return [...p.shown(20)]",
        module="lab_pca.js",
    )
    assert np.ptp(np.reshape(still, (256, 2))[:, 0]) > 1.5  # a cloud that was one point opens up


def test_the_state_tells_the_browser_all_it_needs():
    widget, base = Laboratory("band"), lab_experiment(presets()["everything"])
    network = widget._network
    assert (network["steps"], network["batch"], network["rate"]) == (
        base.steps,
        base.batch_size,
        base.learning_rate,
    )
    np.testing.assert_array_equal(np.frombuffer(network["alphaBar"], "<f4"), base.schedule.alpha_bar)
    assert from_dict(json.loads(json.dumps(widget._experiment))) == base and widget._key == base.key
    assert widget._key == Laboratory("square")._key  # one set of files for all of them
    assert widget.experiment.train_on == presets()["band"]
    assert sum(map(len, (p["rows"] for p in widget._presets))) == 10 * 64
    assert Laboratory(view="class")._worker == "" and Laboratory(view="class")._network == {}


def test_python_answers_with_the_files_or_with_what_is_wrong(monkeypatch):
    widget, sent = Laboratory(), []
    monkeypatch.setattr(widget, "send", lambda *message: sent.append(message))
    monkeypatch.setattr("bumpbook.widgets.laboratory.training_graphs", lambda experiment: 1 / 0)
    widget._handle_custom_msg({"ask": "model", "index": 1}, [])
    assert sent.pop() == ({"model": 1, "error": "division by zero"},)
    made = type("Graphs", (), {"step": b"the step", "draw": b"the drawing", "ask": b"one"})
    monkeypatch.setattr("bumpbook.widgets.laboratory.training_graphs", lambda experiment: made)
    for content in (
        {"ask": "model", "index": 0},
        {"ask": "model", "index": 2},
        {"ask": "model", "index": 3},
        {"ask": "tea"},
    ):
        widget._handle_custom_msg(content, [])
    assert sent == [({"model": 0}, [b"the step"]), ({"model": 2}, [b"one"])]


def test_the_browsers_weights_make_a_model():
    widget = Laboratory(network=SMALL)
    with pytest.raises(RuntimeError, match="train in the figure first"):
        widget.weights()
    numbers = np.linspace(-1, 1, len(flat_weights(new_model(SMALL).net)), dtype="<f4")
    widget._handle_custom_msg({"weights": widget.settings}, [memoryview(numbers.tobytes())])
    model = widget.weights()
    np.testing.assert_array_equal(flat_weights(model.net), numbers)
    assert (model.size, model.target) == (16, "x0")


def test_an_answer_is_what_the_model_draws_and_how_far_off():
    e = lab_experiment(presets()["square"], network=SMALL)
    labels = e.canvas.lattice()

    class Exact(torch.nn.Module):
        """Draws each label where it is asked for, but those in the last column a pixel to the left, and one as a blank."""

        def forward(self, x, t, asked):
            moved = asked - torch.tensor([1.0, 0.0]) * (asked[:, :1] == 15)
            return e.canvas.render(moved) * (asked.sum(1) > 0)[:, None, None, None]

    found = answer("a title", e, DiffusionModel(Exact(), e.schedule, "x0", 16))
    off = np.frombuffer(found["off"], np.uint8).reshape(16, 16)
    assert off[0, 0] == 255 and (off[:, 15] == 100).all() and off.sum() == 255 + 16 * 100
    pictures = np.frombuffer(zlib.decompress(found["pictures"]), np.uint8).reshape(256, 16, 16)
    truth = e.canvas.render(labels)[:, 0].numpy()
    inside = (labels[:, 0] < 15) & (labels.sum(1) > 0)
    np.testing.assert_allclose(pictures[inside] / 255, truth[inside], atol=0.003)
    assert found["settings"] == {**Laboratory().settings, "rows": dict(e.train_on.settings)["rows"]}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"preset": "circle"}, "preset is 'circle'; allowed are square, band"),
        ({"view": "compare"}, "0 answers; allowed are 2 or 3"),
        ({"network": "huge"}, "network is 'huge'"),
    ],
)
def test_what_cannot_be_shown_is_refused(given, says):
    with pytest.raises(ValueError, match=says):
        Laboratory(**given)
    with pytest.raises(ValueError, match="16 x 16 labels with edges"):
        answer("torus", Experiment(canvas=Canvas(periodic=True)), None)
    with pytest.raises(ValueError, match="told as 'one-hot'"):
        named = UNetConfig(label_code="one-hot", label_values=16)
        answer("named", Experiment(unet=named), new_model(Experiment(unet=named)))
    for damaged in ({}, {"rows": "0", "kind": "bump", "sigma": None, "language": "axes", "seed": 0}):
        with pytest.raises(ValueError):
            experiment_of(damaged)


def test_a_page_that_trains_gets_its_files(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(HERE.parents[2] / "book" / "_ext"))
    from page_models import export_training, keys_in, untrained_in

    widgets = [Laboratory(network=SMALL), Laboratory(view="class")]
    states = [
        {name: getattr(widget, name) for name in ("_anywidget_id", "_key", "_experiment")}
        for widget in widgets
    ]
    state = {str(i): {"state": each} for i, each in enumerate(states)}
    page = f'<script type="application/vnd.jupyter.widget-state+json">{json.dumps({"state": state})}</script>'
    key = widgets[0]._key
    assert untrained_in(page) == {key: widgets[0]._experiment} and keys_in(page) == set()
    made = type("Graphs", (), {"step": b"the step", "draw": b"the drawing", "ask": b"one"})
    monkeypatch.setattr(
        "bumpbook.widgets.onnx_training.training_graphs", lambda given: given.key == key and made
    )
    export_training(key, widgets[0]._experiment, tmp_path / "models")
    assert (tmp_path / "models" / f"{key}-step.onnx").read_bytes() == b"the step"
    assert (tmp_path / "models" / f"{key}-ask.onnx").read_bytes() == b"one"


def saved(folder, wall, busy, composed, network=NETWORK):
    """A made-up benchmark in which the whole run took ``wall`` seconds, ``busy`` of them of processor time."""
    row = lambda what, *seconds: dict(
        zip(("what", "seconds", "processor seconds"), (what, *seconds), strict=True)
    )
    rows = [row("the whole run", wall, busy), row("a step, PyTorch on one thread", 0.2, 0.1)]
    if composed:
        rows.append(row("until all drawings of held-out labels are right", wall / 2, busy / 2))
    report = {
        "where": "",
        "network": network,
        "rows": rows,
        "composed": composed,
        "megabytes": 3.91,
        "last looks": 3 * [{}],
    }
    (folder / "benchmarks").mkdir(exist_ok=True)
    (folder / "benchmarks" / "browser_training.json").write_text(json.dumps(report))


def test_the_books_sentence_follows_what_was_measured(tmp_path, monkeypatch):
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    say = lambda: finding("ddpm-browser").data
    assert "browser_training.json is not there; run `make bench`" in say()
    saved(tmp_path, wall=44, busy=40, composed=2)
    assert "320 steps take 40 s" in say() and "PyTorch needs 32 s" in say() and "fetches 3.9 MB" in say()
    assert "in 2 of 3 runs" in say() and "after 20 s" in say() and "On the clock" not in say()
    saved(tmp_path, wall=90, busy=40, composed=0)
    assert "On the clock the run took 90 s" in say() and "held-out" not in say()
    saved(tmp_path, wall=44, busy=40, composed=3, network="32-64")
    assert "is of another network; run `make bench` again" in say()

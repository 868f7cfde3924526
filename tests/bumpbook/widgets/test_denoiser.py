"""The living model: what its scripts compute is what the package computes, and its class refuses what cannot be."""

import json
import shutil
from dataclasses import asdict, replace
from functools import partial

import numpy as np
import pytest
import torch
import traitlets
from hypothesis import given, settings
from hypothesis import strategies as st
from in_node import in_node as run_in_node

from bumpbook.frame.sweeps import sweep
from bumpbook.widgets import Denoiser
from bumpbook.widgets.bundle import HERE
from bumpbook.widgets.denoiser import denoised, readings, seeded_noise
from bumpworld import Canvas, NoiseSchedule, accuracy
from bumpworld.diffusion import DiffusionModel, ddim_step, sample, sampling_times, x0_from
from bumpworld.measure import judge, read_centers
from bumpworld.store import Result, Store
from bumpworld.unet import ConditionalUNet, UNetConfig

PAIRS, COLUMNS = sweep("intro").experiments
TINY = UNetConfig(channels=(8,), attention=(), label_features=4, time_features=4, embedding=8)
WORLDS = {
    "plain": Canvas(),
    "wide": Canvas(size=12, sigma=1.7),
    "torus": Canvas(periodic=True),
    "narrow": Canvas(size=8, sigma=0.5),
    "stripes": Canvas(margin=3),
    "cross": Canvas(kind="sos"),
    "cross, stripes": Canvas(size=12, kind="sos", margin=2),
}

in_node = partial(run_in_node, module="denoiser_maths.js")


def small(size=16, schedule=None, target="x0"):
    torch.manual_seed(0)
    net = ConditionalUNet(TINY)
    torch.nn.init.normal_(net.head[2].weight, std=0.1)
    return (
        DiffusionModel(net, schedule or NoiseSchedule.linear(1000), target, size).eval().requires_grad_(False)
    )


@pytest.fixture(scope="module")
def stored():
    return Store().load(PAIRS), Store().load(COLUMNS)


def test_noise_is_the_same_on_both_sides_and_normal():
    seeds = [0, 1, 12345, 2**32 - 1]
    drawn = in_node("return seeds.map((seed) => [...m.noise(seed, 81)])", module="random.js", seeds=seeds)
    for seed, numbers in zip(seeds, drawn, strict=True):
        np.testing.assert_allclose(numbers, seeded_noise(seed, 9).flatten(), rtol=1e-6, atol=1e-7)
    many = torch.cat([seeded_noise(seed, 16).flatten() for seed in range(60)])
    assert abs(many.mean()) < 0.03 and abs(many.std() - 1) < 0.02 and abs((many**4).mean() - 3) < 0.2
    assert abs(np.corrcoef(seeded_noise(0, 16).flatten(), seeded_noise(1, 16).flatten())[0, 1]) < 0.2


def test_times_are_those_of_the_sampler():
    found = in_node("return steps.map((n) => m.samplingTimes(1000, n))", steps=list(range(1, 1001)))
    assert found == [
        sampling_times(NoiseSchedule(), n) for n in range(1, 1001)
    ]  # halves are rounded as Python does


@pytest.mark.parametrize("target", ["eps", "v", "x0"])
def test_a_step_is_that_of_the_sampler(target):
    schedule, draw = NoiseSchedule.cosine(50), torch.Generator().manual_seed(0)
    x, output = torch.randn(2, 1, 1, 4, 4, generator=draw)
    alpha_bar = torch.cat([schedule.alpha_bar, torch.ones(1)])
    for time, before in ((49, 40), (30, 3), (3, -1)):
        x0 = x0_from(target, output, x, *schedule.signal_noise(torch.tensor([time])))
        ours = ddim_step(x, x0, alpha_bar[time], alpha_bar[before], 0.0, None).flatten()
        theirs = in_node(
            "return [...m.ddimStep(Float32Array.from(x), output, target, now, next)]",
            x=x.flatten().tolist(),
            output=output.flatten().tolist(),
            target=target,
            now=float(alpha_bar[time]),
            next=float(alpha_bar[before]),
        )
        np.testing.assert_allclose(theirs, ours, rtol=2e-4, atol=1e-5)


def noisy_drawings(canvas, n, seed):
    """Renderings with noise, two renderings at once, and nothing, with the labels they are held against."""
    draw = torch.Generator().manual_seed(seed)
    labels = (canvas.span - 0.01) * torch.rand(n, 2, generator=draw)
    images = canvas.render(labels)
    images[n // 3 : n // 2] += canvas.render(
        (canvas.span - 1) * torch.rand(n // 2 - n // 3, 2, generator=draw)
    )
    images[:2] = 0
    images += 0.06 * torch.rand(n, 1, 1, 1, generator=draw) * torch.randn(images.shape, generator=draw)
    asked = labels.clone()
    asked[::3] = (canvas.span - 0.01) * torch.rand(len(asked[::3]), 2, generator=draw)
    return images, asked


@settings(max_examples=8)
@given(world=st.sampled_from(sorted(WORLDS)), seed=st.integers(0, 10_000))
def test_readings_of_the_browser_are_the_matched_filters(world, seed):
    canvas = WORLDS[world]
    images, labels = noisy_drawings(canvas, 24, seed)
    code = "return images.map((image, i) => m.read(Float32Array.from(image), world, labels[i]))"
    found = in_node(code, images=images.flatten(1).tolist(), world=asdict(canvas), labels=labels.tolist())
    centers, residual = read_centers(images, canvas)
    judged = judge(images, labels, canvas)
    right = judged.right()[:, 2]
    on_the_edge = (judged.residual - 0.3).abs() < 0.01
    on_the_edge |= ((judged.error.abs() - 1).abs() < 0.01).any(1)
    for i, reading in enumerate(found):
        clear = bool(residual[i] < 0.3)
        if abs(residual[i] - 0.3) > 0.01:
            assert reading["clear"] == clear
        if not on_the_edge[i]:
            assert reading["right"] == bool(right[i])
        if not (clear and reading["clear"]):
            continue  # two bumps are fitted by either
        for axis, ours in zip("xy", centers[i].tolist(), strict=True):
            assert (reading[axis] is None) == np.isnan(ours)
            if reading[axis] is not None:
                apart = abs(reading[axis] - ours)
                assert min(apart, canvas.size - apart if canvas.periodic else apart) < 0.02


@pytest.mark.parametrize("kind", ["bump", "sos"])
@pytest.mark.parametrize("size", [24, 40])
def test_the_browser_takes_no_shape_for_a_blank_in_a_large_frame(kind, size):
    canvas = Canvas(size=size, sigma=0.5, kind=kind, margin=3)
    places = torch.tensor([[3.0, 3.0], [size / 2, 9.5], [size + 2.0, 8.0], [8.0, 0.0], [0.0, 7.5]])
    noise = 0.04 * torch.randn(3, 1, size, size, generator=torch.Generator().manual_seed(size))
    images = torch.cat([canvas.render(places), noise, torch.zeros_like(noise[:1])])
    code = "return images.map((image) => m.read(Float32Array.from(image), world, [0, 0]).right)"
    said = in_node(code, images=images.flatten(1).tolist(), world=asdict(canvas))
    assert said == [False] * len(places) + [True] * 4


def large_frame_pictures(canvas, n, seed):
    """Bumps, stripes, corners as dim as noise, dimmed bumps in noise, and noise, with what each is held against."""
    draw = torch.Generator().manual_seed(seed)
    far, middle = canvas.margin + canvas.size - 0.1, canvas.margin + canvas.size / 2
    labels = canvas.margin + (canvas.size - 0.01) * torch.rand(n, 2, generator=draw)
    labels[:6] = torch.tensor([[3, 3], [far, 8], [8, 0], [0, middle], [far, far], [far, 3]])
    images, asked = canvas.render(labels), labels.clone()
    asked[:4], asked[6::2] = 0, 0
    images[6:] *= 0.5 * torch.rand(n - 6, 1, 1, 1, generator=draw)
    images[-5:] = 0
    strength = 0.07 * torch.rand(n - 6, 1, 1, 1, generator=draw)
    images[6:] += strength * torch.randn(images[6:].shape, generator=draw)
    return images, asked


@pytest.mark.parametrize("canvas", [Canvas(size=24, margin=3, sigma=0.5), Canvas(size=32, margin=3)])
def test_in_a_large_frame_the_browser_gives_the_verdicts_of_the_package(canvas):
    images, labels = large_frame_pictures(canvas, 16, seed=canvas.size)
    code = "return images.map((image, i) => m.read(Float32Array.from(image), world, labels[i]))"
    found = in_node(code, images=images.flatten(1).tolist(), world=asdict(canvas), labels=labels.tolist())
    pairs = zip(images[:, None], labels[:, None], strict=True)
    right = [accuracy(image, label, canvas).both == 1 for image, label in pairs]
    assert [reading["right"] for reading in found] == right
    assert not any(right[:4]) and all(right[4:6])  # a whole shape is no blank, and a dim corner is not lost
    assert 0 < sum(right[6:]) < 10
    centers, residual = read_centers(images, canvas)
    seen = np.array([[np.nan if at is None else at for at in (r["x"], r["y"])] for r in found])
    clear = np.array([reading["clear"] for reading in found])
    assert (clear == (residual < 0.3).numpy()).all()
    np.testing.assert_array_equal(np.isnan(seen[clear]), centers[clear].isnan())
    apart = np.nan_to_num(np.abs(seen - centers.numpy())).max(1)
    # along a dim corner's valley of nearly equal fits the browser stops a little earlier
    assert apart[4] < 0.1 and apart[clear & (np.arange(16) != 4)].max() < 0.02


def test_the_drawing_made_beforehand_is_the_samplers(stored):
    model, label = stored[0].model, torch.tensor([[3.0, 12.0]])
    generator = torch.Generator().manual_seed(5)
    noise = torch.randn(1, 1, 16, 16, generator=torch.Generator().manual_seed(5))
    # the browser has alpha_bar in half the digits that the sampler has
    drawn = sample(model, label, 7, generator=generator)
    np.testing.assert_allclose(denoised(model, noise, label, 7), drawn, atol=1e-6)


def test_state_tells_the_browser_all_it_needs(stored):
    widget = Denoiser({"pairs": stored[0], "columns": stored[1]}, PAIRS.canvas, x=3, y=12, seed=9)
    assert widget._world == asdict(PAIRS.canvas)
    assert [entry["key"] for entry in widget._models] == [PAIRS.key, COLUMNS.key]
    for entry, result in zip(widget._models, stored, strict=True):
        split = result.experiment.train_on.split(PAIRS.canvas)
        assert np.frombuffer(entry["train"], np.uint8).astype(bool).tolist() == split.train_mask.tolist()
        assert (entry["target"], entry["scale"]) == (result.model.target, result.model.scale)
    np.testing.assert_array_equal(np.frombuffer(widget._alpha_bar, "<f4"), PAIRS.schedule.alpha_bar)
    image = np.frombuffer(widget._drawn["images"][1], "<f4").reshape(1, 1, 16, 16)
    fresh = denoised(stored[1].model, seeded_noise(9, 16), torch.tensor([[3.0, 12.0]]), 20)
    np.testing.assert_allclose(image, fresh, atol=1e-5)
    carried = [entry["train"] for entry in widget._models] + widget._drawn["images"] + [widget._alpha_bar]
    assert sum(map(len, carried)) < 10_000  # a page carries no model


def test_readings_in_words_of_the_state():
    canvas = Canvas(margin=3)
    images = canvas.render([[10.0, 12.0], [1.0, 7.0], [10.0, 12.0]])
    images[2] = torch.rand(16, 16, generator=torch.Generator().manual_seed(0))
    bump, stripe, noise = readings(images, torch.tensor([[10.0, 12.0]]), canvas)
    assert bump["x"] == pytest.approx(10, abs=0.01) and bump["clear"] and bump["right"]
    assert stripe["x"] is None and stripe["y"] == pytest.approx(7, abs=0.01)
    assert stripe["clear"] and not stripe["right"]
    assert not noise["clear"] and not noise["right"]


def test_python_answers_with_the_model_or_with_what_is_wrong(monkeypatch):
    widget = Denoiser({"a": small(8)}, Canvas(size=8))
    sent = []
    monkeypatch.setattr(widget, "send", lambda *message: sent.append(message))
    for content in ({"ask": "model", "index": 0}, {"ask": "model", "index": 7}, {"ask": "tea"}, {}):
        widget._handle_custom_msg(content, [])
    ((content, (file,)),) = sent
    assert content == {"model": 0} and b"onnx" in file.lower() or b"pytorch" in file
    monkeypatch.setattr("bumpbook.widgets.denoiser.export_onnx", lambda model: 1 / 0)
    widget._exported.clear()
    widget._handle_custom_msg({"ask": "model", "index": 0}, [])
    assert sent[-1] == ({"model": 0, "error": "division by zero"},)


@pytest.mark.parametrize(
    ("models", "canvas", "says"),
    [
        ({}, Canvas(), "at least one model"),
        ([small()], Canvas(), "allowed is a dict"),
        (
            {"a": "model"},
            Canvas(),
            "model 'a' is 'model'; allowed is a DiffusionModel or a Result with weights",
        ),
        ({"a": Result(PAIRS, {}, None)}, Canvas(), "model 'a' is None; allowed .* a Result with weights"),
        ({"a": small(8)}, Canvas(), "images of side 8; this canvas has 16"),
        ({"a": Result(PAIRS, {}, small())}, Canvas(sigma=2.0), "model 'a' draws Canvas"),
        ({"a": small(), "b": small(schedule=NoiseSchedule.cosine(1000))}, Canvas(), "must have the same"),
    ],
)
def test_models_that_do_not_fit(models, canvas, says):
    with pytest.raises(ValueError, match=says):
        Denoiser(models, canvas)


@pytest.mark.parametrize(
    "traits",
    [
        {"x": 16.0},
        {"y": -0.5},
        {"x": float("nan")},
        {"seed": -1},
        {"seed": 2**32},
        {"steps": 0},
        {"steps": 1001},
    ],
)
def test_traits_that_cannot_be(traits):
    (name,) = traits
    with pytest.raises(traitlets.TraitError, match=name):
        Denoiser({"a": small()}, Canvas(), **traits)
    widget = Denoiser({"a": small()}, Canvas())
    with pytest.raises(traitlets.TraitError, match=name):
        setattr(widget, name, traits[name])


def test_an_exported_page_model_is_found_by_its_key(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(HERE.parents[2] / "book" / "_ext"))
    from page_models import export, keys_in

    widget = Denoiser({"pairs": Store().load(PAIRS), "by hand": small()}, PAIRS.canvas)
    state = {
        "state": {"1": {"state": {k: v for k, v in widget.get_state().items() if k in ("_anywidget_id",)}}}
    }
    state["state"]["1"]["state"]["_models"] = [{"key": entry["key"]} for entry in widget._models]
    state["state"]["2"] = {"state": {"_anywidget_id": "elsewhere.Other", "_models": [{"key": "0"}]}}
    page = f'<p></p><script type="application/vnd.jupyter.widget-state+json">{json.dumps(state)}</script>'
    assert keys_in(page) == {PAIRS.key} and keys_in("<p>no widget</p>") == set()
    export(PAIRS.key, tmp_path / "models" / "a.onnx")
    assert (tmp_path / "models" / "a.onnx").stat().st_size < 1_000_000
    shutil.copytree(
        Store().root / "records",
        tmp_path / "records",
        ignore=lambda _, names: {n for n in names if PAIRS.key not in n},
    )
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    with pytest.raises(RuntimeError, match="weights"):
        export(PAIRS.key, tmp_path / "b.onnx")
    with pytest.raises(RuntimeError, match="not there"):
        export(replace(PAIRS, seed=99).key, tmp_path / "b.onnx")

"""Exported models: ONNX Runtime, a program that knows nothing of PyTorch, computes what PyTorch computes."""

from dataclasses import replace
from functools import cache

import numpy as np
import onnx
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto

from bumpbook.frame.sweeps import sweep
from bumpbook.widgets.onnx_export import AGREE, export_onnx
from bumpworld import NoiseSchedule
from bumpworld.diffusion import DiffusionModel
from bumpworld.store import Store
from bumpworld.unet import ConditionalUNet, UNetConfig
from shared import onnx_session

SMALL = {"heads": 2, "label_features": 8, "time_features": 8, "embedding": 24}
CONFIGS = {
    "quick": UNetConfig(channels=(8, 16), **SMALL),
    "paper": UNetConfig.paper(channels=(8, 12, 16), **SMALL),
    "map": UNetConfig(channels=(8, 16), place=2, **SMALL),
    "three labels": UNetConfig(channels=(8,), attention=(0,), label_dims=3, **SMALL),
}


def fresh(config, loud=1.0, target="x0"):
    """An untrained model none of whose layers is silent."""
    torch.manual_seed(0)
    net = ConditionalUNet(config)
    with torch.no_grad():
        for weight in net.parameters():
            if not weight.any():
                weight.normal_(std=0.05)
        net.head[2].weight *= loud
    return DiffusionModel(net, NoiseSchedule.linear(1000), target, 8)


@cache
def pair(name):
    """A model and its exported twin; "shipped" is the front page's, as it lies in the store."""
    model = (
        Store().load(sweep("intro").experiments[0]).model
        if name == "shipped"
        else fresh(CONFIGS[name]).eval()
    )
    return model, onnx_session(export_onnx(model))


@torch.no_grad()
def largest_difference(model, session, x, t, labels):
    inputs = {"x": x.numpy(), "t": t.numpy(), "labels": labels.numpy()}
    (output,) = session.run(["output"], inputs)
    assert output.shape == x.shape and output.dtype == np.float32
    return float(np.abs(output - model(x, t, labels).numpy()).max())


@settings(max_examples=12)
@given(
    name=st.sampled_from([*CONFIGS, "shipped"]),
    n=st.integers(1, 5),
    seed=st.integers(0, 2**32 - 1),
    loud=st.sampled_from([0.0, 1.0, 5.0]),
)
def test_both_runtimes_agree_on_random_images_times_and_labels(name, n, seed, loud):
    model, session = pair(name)
    draw = torch.Generator().manual_seed(seed)
    x = loud * torch.randn(n, 1, model.size, model.size, generator=draw)
    t = torch.randint(model.schedule.steps, (n,), generator=draw).float()
    labels = model.size * torch.rand(n, model.net.config.label_dims, generator=draw)
    assert largest_difference(model, session, x, t, labels) < AGREE


def test_inputs_are_named_and_take_any_batch():
    graph = onnx.load_from_string(export_onnx(fresh(CONFIGS["quick"]))).graph
    shapes = {
        value.name: [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]
        for value in [*graph.input, *graph.output]
    }
    assert shapes == {"x": ["n", 1, 8, 8], "t": ["n"], "labels": ["n", 2], "output": ["n", 1, 8, 8]}
    assert {value.type.tensor_type.elem_type for value in [*graph.input, *graph.output]} == {
        TensorProto.FLOAT
    }


def test_stored_weights_are_half_as_long_and_lose_nothing():
    model, _ = pair("shipped")
    file = export_onnx(model)
    graph = onnx.load_from_string(file).graph
    half = {weight.name: weight for weight in graph.initializer if weight.data_type == TensorProto.FLOAT16}
    numbers = sum(int(np.prod(weight.dims)) for weight in half.values())
    parameters = sum(weight.numel() for weight in model.parameters())
    assert numbers > 0.98 * parameters and len(file) < 2 * parameters + 100_000
    for weight in half.values():
        name = weight.name.removesuffix(".half")
        if name in (own := model.state_dict()):
            np.testing.assert_array_equal(onnx.numpy_helper.to_array(weight), own[name].numpy())
    users = {node.op_type for node in graph.node for name in node.input if name in half}
    assert users == {"Cast"}  # widened at once: all else is computed in single precision


def test_weights_that_do_not_survive_halving_stay_single():
    model = fresh(CONFIGS["quick"], loud=300.0).eval()
    rounded = fresh(CONFIGS["quick"], loud=300.0).half().float().eval()
    inputs = (torch.randn(4, 1, 8, 8), torch.tensor([0.0, 300, 600, 999]), 8 * torch.rand(4, 2))
    with torch.no_grad():
        assert (model(*inputs) - rounded(*inputs)).abs().max() > AGREE
    file = export_onnx(model)
    assert TensorProto.FLOAT16 not in {w.data_type for w in onnx.load_from_string(file).graph.initializer}
    assert largest_difference(model, onnx_session(file), *inputs) < AGREE


def test_a_network_that_rounds_is_exported_as_it_is_without():
    rounded = fresh(replace(CONFIGS["paper"], precision="bfloat16"))
    assert export_onnx(rounded) == export_onnx(fresh(CONFIGS["paper"]))
    assert rounded.net.stem.rounded


def test_exporting_changes_nothing_and_repeats():
    model = fresh(CONFIGS["quick"]).train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    assert export_onnx(model) == export_onnx(model)
    assert model.training and all(weight.requires_grad for weight in model.parameters())
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


@pytest.mark.parametrize("wrong", [None, b"", ConditionalUNet(CONFIGS["quick"])])
def test_only_diffusion_models_are_exported(wrong):
    with pytest.raises(ValueError, match="allowed is a DiffusionModel"):
        export_onnx(wrong)

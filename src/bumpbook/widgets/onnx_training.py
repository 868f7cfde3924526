"""One training step as an ONNX file: the reader's browser trains a network from scratch with it.

A runtime for inference runs a training step as well as anything else once the backward pass, the optimiser and the
average of the weights are written down as plain operations: PyTorch takes the step once, every operation is recorded,
and each becomes ONNX nodes. The numbers that change from step to step come in and go out again.
"""

import math
import warnings
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call

from bumpworld.experiment import Experiment
from bumpworld.train import new_model

from .onnx_export import OPSET
from .onnx_ops import write_node
from .onnx_writer import Writer

BETAS, DECAY, EPSILON = (0.9, 0.99), 0.01, 1e-8  # AdamW's, as `train` uses it
STATE = ("weights", "mean", "square", "averaged")


@dataclass(frozen=True)
class TrainingGraphs:
    """Three ONNX files without a weight in them, and where each weight lies in the flat vectors that they take.

    ``step`` takes ``weights``, Adam's moments ``mean`` and ``square``, and ``averaged``, all (count,); a batch of noisy
    images ``x`` (batch, 1, size, size), times ``t`` (batch,), ``labels`` (batch, label_dims) and what the network is
    ``wanted`` to answer; the ``frequencies`` (label_features / 2,) of the labels' sinusoids, so that one file serves every
    language in which labels can be told by waves along two axes; and the numbers ``rate`` (of learning), ``first`` and ``second`` (1 - beta^k at step k) and
    ``keep`` (of the average), each (1,). It gives the four vectors after the step, as ``new_weights`` and so on, and
    the ``loss``.

    ``draw`` takes ``averaged``, ``x``, ``t``, ``labels`` and ``frequencies`` and gives the network's ``output`` and its
    ``middle`` layer (batch, channels, rows, columns). ``ask`` is the same for a batch of one.

    ``layout`` names every parameter with its shape, in the vectors' order.
    """

    step: bytes
    draw: bytes
    ask: bytes
    layout: dict[str, tuple[int, ...]]


class Waves(nn.Module):
    """The codes "axes" and "turned", with frequencies that are an input and no constant."""

    def __init__(self, config):
        super().__init__()
        self.register_buffer("frequencies", frequencies(config))

    def forward(self, labels: Tensor) -> Tensor:
        angles = labels[:, :, None] * self.frequencies
        return torch.cat([angles.sin(), angles.cos()], dim=2).flatten(1)


def frequencies(config) -> Tensor:
    """Those of the sinusoids of each told number, (label_features / 2,), in radians per pixel."""
    low, high = map(math.log10, config.label_frequencies)
    return torch.logspace(low, high, config.label_features // 2)


def training_graphs(experiment: Experiment) -> TrainingGraphs:
    """Record one training step of the experiment's network and two looks at what it draws.

    Whoever runs them turns the labels of a "turned" code; other codes than that and "axes" raise ValueError.
    """
    net = new_model(experiment).net
    if net.config.label_code not in ("axes", "turned") or net.config.label_dropout:
        raise ValueError(
            f"label_code is {net.config.label_code!r}; allowed here are axes and turned, without dropout"
        )
    layout = {name: tuple(value.shape) for name, value in net.named_parameters()}
    net.label_code = Waves(net.config)
    batch, side = experiment.batch_size, experiment.canvas.size
    inputs = {name: flat_weights(net) for name in STATE}
    inputs |= {"x": torch.zeros(batch, 1, side, side), "t": torch.zeros(batch)}  # only shapes are recorded
    inputs |= {
        "labels": torch.zeros(batch, net.config.label_dims),
        "frequencies": net.label_code.frequencies.clone(),
        "wanted": torch.zeros(batch, 1, side, side),
    }
    seen = {name: inputs[name].clone() for name in ("averaged", "x", "t", "labels", "frequencies")}
    one = {name: v[:1].clone() if name in ("x", "t", "labels") else v.clone() for name, v in seen.items()}
    inputs |= {name: torch.ones(1) for name in ("rate", "first", "second", "keep")}
    step, look = partial(_step, net, layout), partial(_look, net, layout)
    outputs = [*(f"new_{name}" for name in STATE), "loss"]
    draw, ask = (_record(look, given, ["output", "middle"]) for given in (seen, one))
    return TrainingGraphs(_record(step, inputs, outputs), draw, ask, layout)


def flat_weights(net: nn.Module) -> Tensor:
    """All parameters of a network as one vector, in `TrainingGraphs.layout`'s order."""
    return torch.cat([value.detach().flatten() for value in net.parameters()])


def first_weights(net: nn.Module) -> list[dict]:
    """How PyTorch fills each parameter at first, in `TrainingGraphs.layout`'s order, for a browser to do the same.

    A dict of ``count`` numbers that are all the "same" ``value``, or "uniform" from -value to value: 1 / sqrt(inputs),
    PyTorch's own choice for linear and convolutional layers.
    """
    fillings = []
    for module in net.modules():
        for value in module.parameters(recurse=False):
            numbers = value.detach().flatten()
            same = bool((numbers == numbers[0]).all())
            bound = float(numbers[0]) if same else 1 / math.sqrt(module.weight[0].numel())
            fillings.append({"count": len(numbers), "kind": "same" if same else "uniform", "value": bound})
    return fillings


def _split(weights: Tensor, layout) -> dict[str, Tensor]:
    parts = weights.split([int(np.prod(shape)) for shape in layout.values()])
    return {name: part.view(shape) for part, (name, shape) in zip(parts, layout.items(), strict=True)}


def _told(weights: Tensor, layout, waves: Tensor) -> dict[str, Tensor]:
    return _split(weights, layout) | {"label_code.frequencies": waves}


def _look(net, layout, averaged, x, t, labels, waves) -> tuple[Tensor, Tensor]:
    """The network's output and its middle layer."""
    kept = {}
    given = {"keep": kept.__setitem__}
    output = functional_call(net, _told(averaged, layout, waves), (x, t, labels), given)
    return output, kept["middle"]


def _step(
    net, layout, weights, mean, square, averaged, x, t, labels, waves, wanted, rate, first, second, keep
):
    """One step of AdamW (Loshchilov & Hutter 2019, Algorithm 2) and of the average of the weights."""
    leaf = weights.detach().requires_grad_()
    loss = ((functional_call(net, _told(leaf, layout, waves), (x, t, labels)) - wanted) ** 2).mean()
    (gradient,) = torch.autograd.grad(loss, leaf)
    mean = BETAS[0] * mean + (1 - BETAS[0]) * gradient
    square = BETAS[1] * square + (1 - BETAS[1]) * gradient * gradient
    weights = weights * (1 - DECAY * rate) - rate * (mean / first) / ((square / second).sqrt() + EPSILON)
    return weights, mean, square, averaged + (1 - keep) * (weights - averaged), loss.detach()


def _record(function, inputs: dict[str, Tensor], outputs: list[str]) -> bytes:
    """The ONNX file of what ``function`` does with the values of ``inputs``, for these shapes only."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    from torch.fx.experimental.proxy_tensor import make_fx
    from torch.nn.attention import SDPBackend, sdpa_kernel

    with warnings.catch_warnings(), sdpa_kernel(SDPBackend.MATH):  # attention as plain products
        warnings.simplefilter("ignore")
        traced = make_fx(function)(*inputs.values())
    traced.graph.eliminate_dead_code()
    writer, names, given = Writer(), {}, iter(inputs)
    for node in traced.graph.nodes:
        if node.op == "placeholder":
            names[node] = next(given)
            writer.shapes[names[node]] = tuple(node.meta["val"].shape)
        elif node.op == "get_attr":
            names[node] = writer.constant(getattr(traced, node.target).numpy())
        elif node.op == "call_function":
            names[node] = write_node(writer, node, names)
        else:
            results = node.args[0] if isinstance(node.args[0], (list, tuple)) else [node.args[0]]
    ends = []
    for name, node in zip(outputs, results, strict=True):
        full = writer.plain(writer.spread(names[node], node.meta["val"].shape))
        writer.nodes.append(helper.make_node("Identity", [full], [name]))
        ends.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, writer.shapes[full]))
    starts = [helper.make_tensor_value_info(n, TensorProto.FLOAT, v.shape) for n, v in inputs.items()]
    used = {name for node in writer.live(outputs) for name in node.input}
    stored = [numpy_helper.from_array(v, name) for name, v in writer.constants.items() if name in used]
    nodes = writer.live(outputs)
    graph = helper.make_graph(nodes, "training", starts, ends, stored)
    opset = [helper.make_opsetid("", OPSET)]
    file = helper.make_model(graph, opset_imports=opset, ir_version=8)
    onnx.checker.check_model(file, full_check=True)
    return file.SerializeToString()

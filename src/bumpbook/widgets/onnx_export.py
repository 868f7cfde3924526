"""A trained model as one ONNX file, for runtimes without Python: the reader's browser is one."""

import copy
import io
import warnings

import torch

from bumpworld.diffusion import DiffusionModel
from bumpworld.unet import Conv

OPSET = 17  # every operator of the network, in every runtime of the last years
AGREE = 1e-3  # largest difference in an output that half-precision weights may make
LARGE = 64  # numbers in a weight from which it is worth halving
PROBES = 64  # random inputs on which halved weights are tried


def export_onnx(model: DiffusionModel) -> bytes:
    """The network of ``model`` as an ONNX file that computes in float32, for batches of any size n.

    Inputs are ``x`` (n, 1, size, size) in scaled units, ``t`` (n,) and ``labels`` (n, label_dims); the one output is
    ``output`` (n, 1, size, size), in units of the model's target. All are float32, the times too: a browser has no
    handy 64-bit integers.

    Weights are stored in half precision where that changes no output by more than 1e-3, which it never does for a
    model loaded from a store. Raises ValueError for anything but a `DiffusionModel`.
    """
    if not isinstance(model, DiffusionModel):
        raise ValueError(f"model is a {type(model).__name__}; allowed is a DiffusionModel")
    import onnx

    model = copy.deepcopy(model).cpu().eval().requires_grad_(False)
    for part in model.modules():
        # no runtime has a convolution of bfloat16
        if isinstance(part, Conv):
            part.rounded = False
    inputs = _probe(model, 2)
    names = ("x", "t", "labels")
    target = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # shapes are checked while tracing, and are the same ever after
        torch.onnx.export(
            model,
            inputs,
            target,
            input_names=list(names),
            output_names=["output"],
            dynamic_axes={name: {0: "n"} for name in (*names, "output")},
            opset_version=OPSET,
            dynamo=False,  # the newer exporter needs another package and ten times as long
        )
    graph = onnx.load_from_string(target.getvalue())
    sides = graph.graph.output[0].type.tensor_type.shape.dim[1:]
    for dim, length in zip(sides, (1, model.size, model.size), strict=True):
        dim.dim_value = length  # the exporter loses them in the last reshaping
    if _halving_agrees(model):
        _halve(graph.graph)
    onnx.checker.check_model(graph)
    return graph.SerializeToString()


def _probe(model: DiffusionModel, n: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Seeded inputs (x, t, labels) for ``model``, n of each: noisy images, all times, labels over the frame."""
    draw = torch.Generator().manual_seed(0)
    labels = torch.rand(n, getattr(getattr(model.net, "config", None), "label_dims", 2), generator=draw)
    return (
        torch.randn(n, 1, model.size, model.size, generator=draw),
        torch.linspace(0, model.schedule.steps - 1, n).round(),
        labels * model.size,
    )


@torch.no_grad()
def _halving_agrees(model: DiffusionModel) -> bool:
    inputs = _probe(model, PROBES)
    difference = (copy.deepcopy(model).half().float()(*inputs) - model(*inputs)).abs().max()
    return bool(difference <= AGREE)  # also false for weights too large for half precision


def _halve(graph) -> None:
    """Store the large float32 weights of an ONNX ``graph`` in half precision, and widen them before they are used.

    A runtime widens them once, when it loads the file.
    """
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper

    casts = []
    for weight in graph.initializer:
        if weight.data_type != TensorProto.FLOAT or np.prod(weight.dims) < LARGE:
            continue
        name, short = weight.name, f"{weight.name}.half"
        weight.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(weight).astype(np.float16), short))
        casts.append(helper.make_node("Cast", [short], [name], to=TensorProto.FLOAT, name=f"{name}.widen"))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)

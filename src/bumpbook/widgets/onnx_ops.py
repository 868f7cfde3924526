"""Tensor operations as ONNX nodes: what PyTorch did, written down for a runtime that cannot differentiate.

`onnx_training` traces a whole training step, backward pass included, into PyTorch's own few dozen operations (an fx
graph of "aten" calls). Here each becomes one or a few ONNX nodes of fixed shapes. Two need care: a convolution
(`onnx_conv`), and a tensor that is spread over a larger shape (`expand`), which is left small for as long as the
operations after it spread it anyway.
"""

import operator

import numpy as np
import torch
from torch import fx

from .onnx_conv import convolution, convolution_backward
from .onnx_writer import Writer

Name = str | list  # of a value in the ONNX graph, or of several


def _silu(w: Writer, x: str) -> str:
    return w.each("Mul", x, w.each("Sigmoid", x))


def _silu_backward(w: Writer, g: str, x: str) -> str:
    s = w.each("Sigmoid", x)
    return w.each("Mul", w.each("Mul", g, s), w.each("Add", w.each("Sub", x, _silu(w, x)), 1.0))


def _softmax_backward(w: Writer, g: str, y: str, axis: int, _dtype) -> str:
    product = w.each("Mul", g, y)
    return w.each("Sub", product, w.each("Mul", y, w.total(product, [axis], True)))


def _pixels_to_channels(w: Writer, x: str, r: int) -> str:
    x = w.turn(x)
    c, h, width, n = w.shapes[x]
    cells = w.reshape(x, (c, h // r, r, width // r, r, n))
    return w.mark(w.reshape(w.permute(cells, (0, 2, 4, 1, 3, 5)), (c * r * r, h // r, width // r, n)))


def _channels_to_pixels(w: Writer, x: str, r: int) -> str:
    x = w.turn(x)
    c, h, width, n = w.shapes[x]
    cells = w.reshape(x, (c // r**2, r, r, h, width, n))
    return w.mark(w.reshape(w.permute(cells, (0, 3, 1, 4, 2, 5)), (c // r**2, h * r, width * r, n)))


def _grow(w: Writer, x: str, size, *_scales) -> str:
    x = w.turn(x)
    c, h, width, n = w.shapes[x]
    a, b = size[0] // h, size[1] // width
    # not by spread, which takes axes as PyTorch has them
    shape = (c, h, a, width, b, n)
    cells = w.reshape(x, (c, h, 1, width, 1, n))
    grown = w.add("Expand", [cells, w.constant(np.array(shape, dtype=np.int64))], shape)
    return w.mark(w.reshape(grown, (c, *size, n)))


def _grow_backward(w: Writer, g: str, size, before, *_scales) -> str:
    g = w.turn(g)
    n, c, h, width = before
    cells = w.reshape(g, (c, h, size[0] // h, width, size[1] // width, n))
    return w.mark(w.reshape(w.total(cells, [2, 4], False), (c, h, width, n)))


def _slice(w: Writer, x: str, axis: int = 0, start=None, end=None, step: int = 1) -> str:
    shape, axis = list(w.shapes[x]), w.axis(x, axis)
    start, end, _ = slice(start, end, step).indices(shape[axis])
    shape[axis] = len(range(start, end, step))
    cut = [w.constant(np.array([v])) for v in (start, end, axis, step)]
    return w.mark(w.add("Slice", [x, *cut], shape), x in w.turned)


def _parts_of(w: Writer, x: str, size, axis: int = 0) -> list[str]:
    length = w.shapes[x][w.axis(x, axis)]
    sizes = size if isinstance(size, list) else [min(size, length - i) for i in range(0, length, size)]
    return w.parts(x, sizes, axis)


def _unbind(w: Writer, x: str, axis: int = 0) -> list[str]:
    shape = [n for i, n in enumerate(w.shapes[x]) if i != axis]
    return [w.reshape(part, shape) for part in w.parts(x, [1] * w.shapes[x][axis], axis)]


def _stack(w: Writer, values: list[str], axis: int = 0) -> str:
    shape = list(w.shapes[values[0]])
    shape.insert(axis, 1)
    return w.join([w.reshape(value, shape) for value in values], axis)


def _mean(w: Writer, x: str, axes=None, keep: bool = False) -> str:
    axes = list(range(len(w.shapes[x]))) if axes is None else axes
    count = np.prod([w.shapes[x][w.axis(x, axis)] for axis in axes])
    return w.each("Mul", w.total(x, axes, keep), 1.0 / float(count))


def _transpose(w: Writer, x: str, a: int = 0, b: int = 1) -> str:
    order = list(range(len(w.shapes[x])))
    order[a], order[b] = order[b], order[a]
    return w.permute(x, order)


def _product(w: Writer, a: str, b: str) -> str:
    return w.add("MatMul", [a, b], (*w.shapes[a][:-1], w.shapes[b][-1]))


_SAME = lambda w, x, *_: x
# Operations on each number: their arguments may be smaller than they are said to be.
EACH = {
    "mul": lambda w, a, b: w.each("Mul", a, b),
    "add": lambda w, a, b: w.each("Add", a, b),
    "sub": lambda w, a, b: w.each("Sub", a, b),
    "rsub": lambda w, a, b: w.each("Sub", b, a),
    "div": lambda w, a, b: w.each("Div", a, b),
    "pow": lambda w, a, b: w.each("Pow", a, float(b)),
    "sqrt": lambda w, a: w.each("Sqrt", a),
    "rsqrt": lambda w, a: w.each("Reciprocal", w.each("Sqrt", a)),
    "sin": lambda w, a: w.each("Sin", a),
    "cos": lambda w, a: w.each("Cos", a),
    "silu": _silu,
    "silu_backward": _silu_backward,
    "detach": _SAME,
    "clone": _SAME,
    "expand": _SAME,
}
# These take their arguments whole; the first ones in whichever order of axes they are stored.
EITHER = {
    "sum": lambda w, x, axes, keep=False: w.total(x, axes, keep),
    "mean": _mean,
    "cat": lambda w, values, axis=0: w.join(values, axis),
    "slice": _slice,
    "split": _parts_of,
    "split_with_sizes": _parts_of,
    "convolution": convolution,
    "convolution_backward": convolution_backward,
    "pixel_unshuffle": _pixels_to_channels,
    "pixel_shuffle": _channels_to_pixels,
    "upsample_nearest2d": _grow,
    "upsample_nearest2d_backward": _grow_backward,
}
PLAIN = {
    "addmm": lambda w, c, a, b: w.add("Gemm", [a, b, c], (w.shapes[a][0], w.shapes[b][1])),
    "mm": _product,
    "bmm": _product,
    "stack": _stack,
    "unbind": _unbind,
    "t": _transpose,
    "transpose": _transpose,
    "permute": lambda w, x, order: w.permute(x, order),
    "_softmax": lambda w, x, axis, _: w.add("Softmax", [x], w.shapes[x], axis=axis),
    "_safe_softmax": lambda w, x, axis: w.add("Softmax", [x], w.shapes[x], axis=axis),
    "_softmax_backward_data": _softmax_backward,
}
RESHAPES = ("view", "_unsafe_view", "squeeze", "unsqueeze")


def write_node(w: Writer, node: fx.Node, names: dict[fx.Node, Name]) -> Name:
    """Write one call of an fx graph, whose arguments have ``names``; raises ValueError for one that is not known."""
    if node.target is operator.getitem:
        return names[node.args[0]][node.args[1]]
    op = node.target._schema.name.removeprefix("aten::")
    if not node.all_input_nodes:  # made from nothing: sinusoids' frequencies
        return w.constant(node.target(*node.args, **node.kwargs).numpy())
    if "alpha" in node.kwargs:
        raise ValueError(f"operation {op!r} has alpha = {node.kwargs['alpha']}; allowed is none")
    if op == "ones_like":
        return w.constant(np.ones(node.meta["val"].shape))
    if op in EACH:
        return EACH[op](w, *fx.map_arg(node.args, names.__getitem__))
    if op not in EITHER and op not in PLAIN and op not in RESHAPES:
        allowed = sorted([*EACH, *EITHER, *PLAIN, *RESHAPES])
        raise ValueError(f"operation is {op!r}; allowed are {allowed}")

    def whole(n: fx.Node) -> Name:
        if not isinstance(names[n], str):
            return names[n]
        value = w.spread(names[n], n.meta["val"].shape)
        return value if op in EITHER else w.plain(value)

    arguments = fx.map_arg(node.args, whole)
    if op in RESHAPES:
        return w.reshape(arguments[0], node.meta["val"].shape)
    return (EITHER.get(op) or PLAIN[op])(w, *map(_plain, arguments))


def _plain(argument):
    """fx keeps lists as its own kind."""
    return list(argument) if isinstance(argument, (list, tuple, torch.Size)) else argument
